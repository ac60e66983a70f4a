"""Legal, procedural and technical safeguards by state and agency, item by item, with dates.

Compiled from public sources. No row is unknown, never met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, Line, csv_lines, refuse

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = (
    *(f"L{n}" for n in range(1, 12)),
    *(f"P{n}" for n in range(1, 12)),
    *(f"T{n}" for n in range(1, 11)),
)
VALUES = ("met", "partly", "not_met", "unknown")
SOURCE_CLASSES = (
    "statute",
    "court",
    "public_authority",
    "un_body",
    "ngo",
    "press",
    "laboratory_with_method",
    "company_statement",
    "leaked_material",
)
COLUMNS = (
    "row_id",
    "country",
    "agency",
    "item",
    "value",
    "as_of_from",
    "as_of_to",
    "published",
    "basis",
    "source_class",
    "url",
    "certainty",
    "checked",
)
SERIES = (("V-Dem v14 ", "vdem"), ("Freedom in the World ", "freedom_house"))
"""How the basis of a row begins when it was computed from a yearly index, and which one."""
FIELDS = dict.fromkeys(COLUMNS, "text") | {"series": "text"}


def read(path: Path) -> Any:
    """A table of rows. ``series`` names the yearly index a row was computed from, if any."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS)]
    checks.done()
    if len({row["row_id"] for row in rows}) != len(rows):
        raise refuse(
            path, "two rows have one row_id; close the older by as_of_to, give the newer its own id"
        )
    return tables.table(FIELDS, rows)


def _row(checks: Checks, line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {name: line[name].strip() for name in COLUMNS}
    row["row_id"] = checks.text(line, "row_id")
    row["country"] = checks.country(line, "country")
    row["agency"] = checks.text(line, "agency")
    checks.choice(line, "item", ITEMS)
    checks.choice(line, "value", VALUES)
    checks.choice(line, "source_class", SOURCE_CLASSES)
    checks.choice(line, "certainty", ("established", "well_documented", "reported"))
    checks.choice(line, "checked", ("opened", "memory"))
    row["as_of_from"] = checks.span(line, "as_of_from", blank=False)
    row["as_of_to"] = checks.span(line, "as_of_to")
    row["published"] = checks.span(line, "published", blank=False)
    row["series"] = next((name for start, name in SERIES if row["basis"].startswith(start)), None)
    return row
