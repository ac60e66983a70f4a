"""Ranking Digital Rights: what digital companies commit to, 0 to 100 an indicator, by service.

About fourteen large platforms and operators, not vendors of surveillance: a table to read, which
no rule reads. A blank is an indicator that does not apply to the service, never zero. One file may
hold several years of the index; each row names its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="Ranking Digital Rights, levels by indicator",
    publisher="Ranking Digital Rights",
    licence="CC BY as believed; the publisher's terms were not read: see them before use",
    credit="Ranking Digital Rights, RDR Corporate Accountability Index",
    url="https://rankingdigitalrights.org",
    max_age_days=1100,
    lag_days=0,
)
CATEGORIES = {"G": "governance", "F": "freedom of expression", "P": "privacy"}
COLUMNS = ("Index", "Company", "Category", "Indicator", "Class", "Service", "Score")
FIELDS = {
    "year": "integer",
    "company": "text",
    "category": "text",
    "indicator": "text",
    "class": "text",
    "service": "text",
    "score": "decimal",
}


def read(path: Path, countries: Countries) -> Sifted:
    """Indicators by company and service."""
    del countries

    def row(checks: RowChecks, line: Line) -> Row:
        category = checks.choice(line, "Category", CATEGORIES)
        indicator = checks.text(line, "Indicator")
        if not indicator.startswith(category):
            checks.fault(line, f"Indicator {indicator!r} is not of the category {category!r}")
        return {
            "year": checks.year(line, "Index"),
            "company": checks.text(line, "Company"),
            "category": CATEGORIES[category],
            "indicator": indicator,
            "class": checks.text(line, "Class"),
            "service": checks.text(line, "Service"),
            "score": checks.figure(line, "Score", "0", "100"),
        }

    return sift(path, lines_of(path, COLUMNS), row, lambda row: tuple(row.values())[:-1])
