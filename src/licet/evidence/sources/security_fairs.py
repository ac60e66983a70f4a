"""Exhibitors at arms and security fairs, 2015 to 2026. Presence at a fair is not wrongdoing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, csv_lines

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("fair", "year", "exhibitor", "iso2", "categories", "website")
FIELDS = {
    "fair": "text",
    "year": "integer",
    "exhibitor": "text",
    "country": "text",
    "categories": "texts",
    "website": "text",
}


def read(path: Path) -> Any:
    """A table of fair, year and exhibitor, names as printed."""
    checks = Checks(path)
    rows = [
        {
            "fair": checks.text(line, "fair"),
            "year": checks.year(line, "year"),
            "exhibitor": checks.text(line, "exhibitor"),
            "country": checks.country(line, "iso2", blank=True),
            "categories": [part.strip() for part in line["categories"].split(";") if part.strip()],
            "website": line["website"].strip(),
        }
        for line in csv_lines(path, COLUMNS)
    ]
    checks.done()
    return tables.table(FIELDS, rows)
