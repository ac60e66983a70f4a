"""V-Dem, edition 14: rights and rule of law, point estimates by country and year, 2000 to 2023.

``v2x`` indices run from 0 to 1; other ``v2`` variables are on an interval scale, about -5 to 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, csv_lines, refuse

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("country_name", "country_text_id", "year")
INDICATORS = (
    "v2x_regime",
    "v2x_clpriv",
    "v2x_civlib",
    "v2x_clphy",
    "v2x_jucon",
    "v2xcl_rol",
    "v2x_rule",
)
"""The variables that an assessment reads. The table keeps all of them."""


def read(path: Path) -> Any:
    """A table of country-years with every ``v2`` variable in the file."""
    lines = csv_lines(path, (*KEYS, *INDICATORS))
    variables = [name for name in lines[0].cells if name.startswith("v2")]
    checks = Checks(path)
    rows = [
        {
            "country_name": checks.text(line, "country_name"),
            "country_text_id": checks.text(line, "country_text_id"),
            "year": checks.year(line, "year"),
            **{name: checks.decimal(line, name, *_range(name)) for name in variables},
        }
        for line in lines
    ]
    checks.done()
    if len({(row["country_text_id"], row["year"]) for row in rows}) != len(rows):
        raise refuse(path, "a country has two rows for one year; fetch the file again")
    fields = {"country_name": "text", "country_text_id": "text", "year": "integer"}
    return tables.table(fields | dict.fromkeys(variables, "decimal"), rows)


def _range(name: str) -> tuple[str, str]:
    if name == "v2x_regime":
        return "0", "3"
    # Accountability indices are v2x by name and interval-scaled by nature.
    if (
        name.startswith(("v2x_", "v2xcl_", "v2xcs_", "v2xlg_"))
        and not name.endswith("acc")
        and name != "v2x_accountability"
    ):
        return "0", "1"
    return "-6", "6"
