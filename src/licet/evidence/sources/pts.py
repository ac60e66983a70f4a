"""Political Terror Scale: violations of physical integrity, 1 (least) to 5 (most), by three readers.

The same year is coded apart from the reports of Amnesty International (A), Human Rights Watch (H)
and the US State Department (S). A blank is not zero: NA_Status says which kind of "not known" it
is. A status that contradicts its score sets the row aside. The file codes entities that are no
states ("Gaza (Hamas)", "Israel in pre-1967 borders"): kept, under no state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="Political Terror Scale",
    publisher="Political Terror Scale project",
    licence="CC BY-NC-SA as believed; the publisher's terms were not read: see them before use",
    credit="Gibney, Haschke, Arnon, Pisanò, Barrett, Park and Barnes, The Political Terror Scale",
    url="https://www.politicalterrorscale.org",
    max_age_days=550,
    lag_days=366,
)

STATUS = {
    "0": "",
    "66": "code 66: not coded as an entity of its own in that year",
    "77": "code 77: the state did not exist in that year",
    "88": "code 88: no report to code",
    "99": "code 99: a report that could not be coded, or is missing",
}
"""What NA_Status says, as the rows of the file bear it out; the codebook was not at hand."""

READERS = {"A": "pts_amnesty", "H": "pts_human_rights_watch", "S": "pts_state_department"}
COLUMNS = (
    "Country",
    "Year",
    *(f"{part}_{one}" for part in ("PTS", "NA_Status") for one in READERS),
)
FIELDS = {"country": "text", "country_name": "text", "year": "integer"} | {
    f"{part}_{one}": word
    for one in READERS
    for part, word in (("score", "integer"), ("unknown", "text"))
}
SERIES = "1 least to 5 most terror"


def read(path: Path, countries: Countries) -> Sifted:
    """Country-years with three scores, each a number or the reason why there is none."""

    def row(checks: RowChecks, line: Line) -> Row:
        found: Row = {
            "country": checks.state(line, "Country", countries, {}),
            "country_name": checks.text(line, "Country"),
            "year": checks.year(line, "Year"),
        }
        for one in READERS:
            score = checks.figure(line, f"PTS_{one}", "1", "5")
            if score is not None and score != score.to_integral_value():
                checks.fault(line, f"PTS_{one} is {score}: expected a whole number, 1 to 5")
            status = checks.choice(line, f"NA_Status_{one}", STATUS)
            if (score is None) == (status == "0"):
                said = "no score" if score is None else f"the score {score}"
                checks.fault(line, f"NA_Status_{one} is {status} beside {said}: they contradict")
            found[f"score_{one}"] = None if score is None else int(score)
            found[f"unknown_{one}"] = STATUS[status]
        return found

    return sift(path, lines_of(path, COLUMNS), row, lambda row: (row["country_name"], row["year"]))


def figures(row: Row) -> Iterator[Row]:
    """The three scores of a row as figures of the state."""
    for one, name in READERS.items():
        yield {
            "name": name,
            "value": row[f"score_{one}"],
            "unknown": row[f"unknown_{one}"],
            "series": SERIES,
        }
