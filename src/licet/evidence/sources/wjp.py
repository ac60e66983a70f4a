"""WJP Rule of Law Index: household and expert surveys, 0 to 1, higher is better.

Editions of two years have labels of two ("2012-2013", "2017-2018"): they describe the later one.
Many states are not surveyed at all (Saudi Arabia, Israel, Iraq, Azerbaijan ...): no row is *not
covered*, never zero. A blank cell is a question that was not scored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="WJP Rule of Law Index, historical data",
    publisher="World Justice Project",
    licence="(c) World Justice Project; non-commercial use with attribution as believed, terms not read",
    credit="World Justice Project, Rule of Law Index",
    url="https://worldjusticeproject.org/rule-of-law-index",
    max_age_days=550,
    lag_days=0,
)
"""The index comes out in October of the year it is named after."""

INDICATORS = {
    "WJP Rule of Law Index: Overall Score": "wjp_overall",
    "1.2 Government powers are effectively limited by the judiciary": "wjp_1_2_judicial_limits",
    "4.3 Due process of the law and rights of the accused": "wjp_4_3_due_process",
    "4.6 Freedom from arbitrary interference with privacy is effectively guaranteed": (
        "wjp_4_6_privacy"
    ),
}
COLUMNS = ("Country", "Year", "Country Code", *INDICATORS)
FIELDS = {
    "country": "text",
    "country_name": "text",
    "label": "text",
    "year": "integer",
} | dict.fromkeys(INDICATORS.values(), "decimal")
SERIES = "0 to 1, higher is better"
FIRST = 2012
_LABEL = re.compile(r"^(\d{4})(?:-(\d{4}))?$")


def read(path: Path, countries: Countries) -> Sifted:
    """States and editions with the scores that bear on surveillance."""

    def row(checks: RowChecks, line: Line) -> Row:
        label = checks.text(line, "Year")
        found: Row = {
            "country": checks.state(line, "Country", countries, {}),
            "country_name": checks.text(line, "Country"),
            "label": label,
            "year": _year(checks, line, label),
        }
        code = countries.resolve(checks.text(line, "Country Code")).code
        if code and code != found["country"]:
            checks.fault(line, f"Country and Country Code are two states: {label} {code}")
        for column, name in INDICATORS.items():
            found[name] = checks.figure(line, column, "0", "1")
        if found["wjp_overall"] is None:
            checks.fault(line, "has no overall score; a state that was surveyed has one")
        return found

    return sift(path, lines_of(path, COLUMNS), row, lambda row: (row["country_name"], row["year"]))


def figures(row: Row) -> Iterator[Row]:
    """The scores of a row as figures of the state."""
    for name in INDICATORS.values():
        unknown = "" if row[name] is not None else "the question was not scored in that edition"
        yield {"name": name, "value": row[name], "unknown": unknown, "series": SERIES}


def _year(checks: RowChecks, line: Line, label: str) -> int:
    match = _LABEL.match(label)
    if match is None:
        checks.fault(line, f"Year is {label!r}: expected 2025, or two years such as 2017-2018")
    first, last = int(match[1]), int(match[2] or match[1])
    if not FIRST <= first <= last <= min(first + 1, 2100):
        checks.fault(line, f"Year is {label!r}: expected {FIRST} or later, and at most two years")
    return last
