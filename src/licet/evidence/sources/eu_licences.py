"""Brokering licences of EU member states, as CAAT took them from the Union's annual reports.

The file has no header row, and from line 702 on some lines are lists as a program printed them
(``[u'AUSTRIA', 'issued', ...]``): those are set aside row by row, also where they happen to have
the right number of commas. Several destinations stand in one cell ("IN; ZA"); some are no state
("NATO+", "Multiple countries") and stay as words. A blank value is not zero.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="EU brokering licences, issued and refused",
    publisher="Campaign Against Arms Trade, from the annual reports of the European Union",
    licence="reuse of EU documents is free with the source named; the compiler states no licence",
    credit="Campaign Against Arms Trade; Council of the European Union, annual reports on arms exports",
    url="https://github.com/caatdata/eu-arms-export-data",
    max_age_days=1100,
    lag_days=366,
)
COLUMNS = (
    "year",
    "state_code",
    "state",
    "decision",
    "destination_codes",
    "destinations",
    "licences",
    "value",
    "items",
    "quantity",
    "quantity_2",
    "origin_codes",
    "origins",
)
FIELDS = {
    "line": "integer",
    "year": "integer",
    "country": "text",
    "decision": "text",
    "destinations": "texts",
    "destination_words": "text",
    "licences": "integer",
    "value_eur": "text",
    "items": "text",
    "origins": "texts",
}
_VALUE = re.compile(r"^(\d+(\.\d+)?)?$")
MOST = Decimal("0.25")
"""A fifth of the published file is such printed lists; a file that is worse is another file."""


def read(path: Path, countries: Countries) -> Sifted:
    """One row a published line: state, year, decision, destinations."""

    def row(checks: RowChecks, line: Line) -> Row:
        if "[u'" in "".join(line.cells.values()):
            checks.fault(line, "is a list as a program printed it, not a row of cells")
        if not _VALUE.match(line["value"].strip()):
            checks.fault(line, f"value is {line['value']!r}: expected euros, or a blank")
        return {
            "line": line.number,
            "year": _year(checks, line),
            "country": _state(checks, line, countries),
            "decision": checks.choice(line, "decision", ("issued", "refused")),
            "destinations": _codes(checks, line, "destination_codes", countries),
            "destination_words": checks.text(line, "destinations"),
            "licences": checks.whole(line, "licences", 0, 100000),
            "value_eur": line["value"].strip(),
            "items": line["items"].strip(),
            "origins": _codes(checks, line, "origin_codes", countries),
        }

    # Two licences may read alike: each line counts, none is a double.
    return sift(path, lines_of(path, COLUMNS, header=False), row, lambda row: row["line"], MOST)


def _year(checks: RowChecks, line: Line) -> int:
    year = checks.year(line, "year")
    if year < 1998:
        checks.fault(line, f"year is {year}: the reports begin with 1998")
    return year


def _state(checks: RowChecks, line: Line, countries: Countries) -> str | None:
    code = checks.country(line, "state_code")
    named = countries.resolve(checks.text(line, "state")).code
    if named != code:
        checks.fault(line, f"{code} and {line['state']!r} are not the same state")
    return code


def _codes(checks: RowChecks, line: Line, column: str, countries: Countries) -> list[str]:
    codes = [part.strip() for part in line[column].split(";") if part.strip()]
    for code in codes:
        if code not in countries.codes:
            checks.fault(line, f"{column} has {code!r}, which is no code of a state")
    return list(dict.fromkeys(codes))
