"""Export licences refused by the United Kingdom, with the criterion cited (CAAT, from SPIRE).

One row is one criterion of one refusal, so that a refusal on three grounds has three rows; criterion
2 is human rights and humanitarian law. The licences themselves are not in the file: it says how
often a ground was cited, not what was refused to whom.
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
    title="UK export licences refused, by criterion",
    publisher="Campaign Against Arms Trade, from the UK licensing database (SPIRE)",
    licence="Open Government Licence v3 for the origin; the compiler states no licence",
    credit="Campaign Against Arms Trade; UK Department for Business and Trade",
    url="https://github.com/caatdata/uk-arms-export-data",
    max_age_days=550,
    lag_days=183,
)
COLUMNS = ("licence_cohort_id", "criterion", "description")
FIELDS = {"refusal": "integer", "criterion": "integer", "description": "text"}


def read(path: Path, countries: Countries) -> Sifted:
    """Refusal and criterion, with the words of the criterion at that time."""
    del countries

    def row(checks: RowChecks, line: Line) -> Row:
        refusal = checks.whole(line, "licence_cohort_id", 1, 10_000_000)
        criterion = checks.whole(line, "criterion", 1, 8)
        if refusal is None or criterion is None:
            checks.fault(line, "licence_cohort_id or criterion is blank")
        return {
            "refusal": refusal,
            "criterion": criterion,
            "description": checks.text(line, "description"),
        }

    lines = lines_of(path, COLUMNS, paragraphs=True)
    return sift(path, lines, row, lambda row: tuple(row.values()))
