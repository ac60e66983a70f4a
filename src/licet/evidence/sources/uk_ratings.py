"""The UK's control entries (ratings), military or dual-use, with their descriptions (CAAT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift
from licet.evidence.sources import uk_refusals

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="UK control entries (ratings)",
    publisher=uk_refusals.ABOUT.publisher,
    licence=uk_refusals.ABOUT.licence,
    credit=uk_refusals.ABOUT.credit,
    url=uk_refusals.ABOUT.url,
    max_age_days=550,
    lag_days=0,
)
COLUMNS = ("rating", "military", "short_description", "full_description")
FIELDS = {"rating": "text", "is_military": "flag", "short": "text", "full": "text"}


def read(path: Path, countries: Countries) -> Sifted:
    """One row a rating."""
    del countries

    def row(checks: RowChecks, line: Line) -> Row:
        return {
            "rating": checks.text(line, "rating"),
            "is_military": checks.choice(line, "military", ("0", "1")) == "1",
            "short": line["short_description"].strip(),
            "full": line["full_description"].strip(),
        }

    return sift(path, lines_of(path, COLUMNS, paragraphs=True), row, lambda row: row["rating"])
