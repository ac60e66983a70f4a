"""Worldwide Governance Indicators: estimates with standard error and 90 % percentile bounds.

"Rule of law" here partly measures order and contract enforcement; it is positive for several
states that jail critics. It is never used alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, csv_lines

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "code",
    "countryname",
    "year",
    "indicator",
    "estimate",
    "stddev",
    "nsource",
    "pctrank",
    "pctranklower",
    "pctrankupper",
)
FIELDS = {
    "code": "text",
    "country_name": "text",
    "year": "integer",
    "indicator": "text",
    "estimate": "decimal",
    "standard_error": "decimal",
    "sources": "integer",
    "percentile": "decimal",
    "percentile_low": "decimal",
    "percentile_high": "decimal",
}
DIMENSIONS = ("cc", "ge", "pv", "rl", "rq", "va")
INDICATORS = ("rl", "va")
"""The dimensions that an assessment reads: rule of law; voice and accountability."""


def read(path: Path) -> Any:
    """A table of country, year and dimension. Blank estimates stay blank."""
    checks = Checks(path)
    rows = [
        {
            "code": checks.text(line, "code"),
            "country_name": checks.text(line, "countryname"),
            "year": checks.year(line, "year"),
            "indicator": checks.choice(line, "indicator", DIMENSIONS),
            "estimate": checks.decimal(line, "estimate", "-5", "5"),
            "standard_error": checks.decimal(line, "stddev", "0", "5"),
            "sources": checks.whole(line, "nsource", 0, 100),
            "percentile": checks.decimal(line, "pctrank", "0", "100"),
            "percentile_low": checks.decimal(line, "pctranklower", "0", "100"),
            "percentile_high": checks.decimal(line, "pctrankupper", "0", "100"),
        }
        for line in csv_lines(path, COLUMNS)
    ]
    checks.done()
    return tables.table(FIELDS, rows)
