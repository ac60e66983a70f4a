"""Atlas of Surveillance: technology of US police forces, with up to three dated sources each.

The edition is of October 2020. One number stands twice in the file; rows are kept as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, Line, csv_lines

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "AOSNUMBER": "number",
    "City": "city",
    "County": "county",
    "State": "state",
    "Agency": "agency",
    "Type of LEA": "agency_type",
    "Summary": "summary",
    "Type of Juris": "jurisdiction",
    "Technology": "technology",
    "Vendor": "vendor",
}
LINKS = (1, 2, 3)
FIELDS = dict.fromkeys(TEXTS.values(), "text") | {"sources": "pairs"}
COLUMNS = (*TEXTS, *(f"Link {n}" for n in LINKS), *(f"Link {n} Date" for n in LINKS))


def read(path: Path) -> Any:
    """A table of agency and technology; ``sources`` pairs an address with its date as printed."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS, paragraphs=True)]
    checks.done()
    return tables.table(FIELDS, rows)


def _row(checks: Checks, line: Line) -> dict[str, Any]:
    for column in ("AOSNUMBER", "Agency", "Technology"):
        checks.text(line, column)
    row: dict[str, Any] = {name: line[column].strip() for column, name in TEXTS.items()}
    row["sources"] = [
        {"name": line[f"Link {n}"].strip(), "text": line[f"Link {n} Date"].strip()}
        for n in LINKS
        if line[f"Link {n}"].strip()
    ]
    return row
