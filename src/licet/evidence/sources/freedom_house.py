"""Freedom in the World, sub-scores. Not shipped: a user brings the publisher's own file.

An edition covers the year before it. Negative scores are real: the additional question takes off
up to four points for a deliberate change of a territory's people, and a state can stand at -3 of
40 for political rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, Line, csv_lines

if TYPE_CHECKING:
    from pathlib import Path

PUBLICATION_LAG_DAYS = 90
"""An edition appears between January and March of the year after the one it covers."""
MAX_AGE_DAYS = 550
TITLE, PUBLISHER = "Freedom in the World, sub-scores", "Freedom House"
LICENCE = "(c) Freedom House; free to use with attribution by the publisher's terms"
CREDIT, URL = "Freedom House, Freedom in the World", "https://freedomhouse.org/report/freedom-world"

QUESTIONS = {"A": 3, "B": 4, "C": 3, "D": 4, "E": 3, "F": 4, "G": 4}
STATUSES = ("F", "PF", "NF")
INDICATORS = {
    "Total": "fiw_total",
    "PR": "fiw_political_rights",
    "CL": "fiw_civil_liberties",
    "D": "fiw_expression",
    "F": "fiw_rule_of_law",
    "F2": "fiw_due_process",
    "G": "fiw_personal_autonomy",
}
STATUS_INDICATOR = "fiw_status"
"""The status as a figure: the place in STATUSES from the worst, 0 for Not Free."""
_PARTS = tuple(f"{group}{n}" for group, most in QUESTIONS.items() for n in range(1, most + 1))
SCORES = (*_PARTS, *QUESTIONS, "Add Q", "Add A", "PR", "CL", "Total")
COLUMNS = ("Country/Territory", "C/T", "Edition", "Status", "PR rating", "CL rating", *SCORES)
FIELDS = {
    "country_name": "text",
    "is_country": "flag",
    "edition": "integer",
    "year": "integer",
    "status": "text",
} | dict.fromkeys(SCORES, "integer")


def read(path: Path) -> Any:
    """A table of country or territory and edition. Sums are checked against their parts."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS)]
    checks.done()
    return tables.table(FIELDS, rows)


def _row(checks: Checks, line: Line) -> dict[str, Any]:
    edition = checks.year(line, "Edition")
    row: dict[str, Any] = {
        "country_name": checks.text(line, "Country/Territory"),
        "is_country": checks.choice(line, "C/T", ("c", "t")) == "c",
        "edition": edition,
        "year": edition - 1,
        "status": checks.choice(line, "Status", STATUSES),
    }
    row |= {name: checks.whole(line, name, *_range(name)) for name in SCORES}
    _check_sums(checks, line, row)
    return row


def _range(name: str) -> tuple[int, int]:
    if name in _PARTS or name.startswith("Add"):
        return 0, 4
    if name in QUESTIONS:
        return 0, 4 * QUESTIONS[name]
    return {"PR": (-4, 40), "CL": (0, 60), "Total": (-4, 100)}[name]


def _check_sums(checks: Checks, line: Line, row: dict[str, Any]) -> None:
    def total(names: str) -> int:
        return sum(row[name] or 0 for name in names)

    rights = total("ABC") - (row["Add Q"] or 0) + (row["Add A"] or 0)
    if rights != row["PR"] or total("DEFG") != row["CL"]:
        checks.fault(
            line,
            f"the parts give {rights} and {total('DEFG')}, the row has "
            f"{row['PR']} and {row['CL']}: a figure is damaged; fetch it again",
        )
    elif row["PR"] + row["CL"] != row["Total"]:
        checks.fault(line, f"{row['PR']} and {row['CL']} do not add up to {row['Total']}")


def edition(table: Any) -> tuple[str, str, str]:
    """When the file came out and which years it describes: the newest edition, by end of March."""
    years = table.column("year").to_pylist()
    return f"{max(table.column('edition').to_pylist())}-03", str(min(years)), str(max(years))
