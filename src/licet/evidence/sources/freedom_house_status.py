"""Freedom in the World since 2000: ratings of rights, 1 (most free) to 7, and the status.

The flag ``ct`` tells countries (c) from territories (t); a territory counts as a state only where
it has a code of its own. Editions once covered parts of two years ("2000-01"), so that the year
under review stands in a column of its own and is the one that is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift
from licet.evidence.sources import freedom_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="Freedom in the World, ratings and status",
    publisher=freedom_house.PUBLISHER,
    licence=freedom_house.LICENCE,
    credit=freedom_house.CREDIT,
    url=freedom_house.URL,
    max_age_days=freedom_house.MAX_AGE_DAYS,
    lag_days=freedom_house.PUBLICATION_LAG_DAYS,
)
COLUMNS = ("name", "ct", "edition", "year_under_review", "pr", "cl", "status")
FIELDS = {
    "country": "text",
    "country_name": "text",
    "is_country": "flag",
    "year": "integer",
    "political_rights": "integer",
    "civil_liberties": "integer",
    "status": "text",
}
SERIES = "1 most to 7 least free"


def read(path: Path, countries: Countries) -> Sifted:
    """Countries and territories by year under review."""

    def row(checks: RowChecks, line: Line) -> Row:
        is_country = checks.choice(line, "ct", ("c", "t")) == "c"
        name = checks.text(line, "name")
        return {
            "country": checks.state(line, "name", countries, {} if is_country else {name: ""}),
            "country_name": name,
            "is_country": is_country,
            "year": checks.year(line, "year_under_review"),
            "political_rights": _rating(checks, line, "pr"),
            "civil_liberties": _rating(checks, line, "cl"),
            "status": checks.choice(line, "status", freedom_house.STATUSES),
        }

    return sift(path, lines_of(path, COLUMNS), row, lambda row: (row["country_name"], row["year"]))


def figures(row: Row) -> Iterator[Row]:
    """The status, in the words and the scale of the sub-scores' reader, and the two ratings."""
    status = freedom_house.STATUSES[::-1].index(row["status"])
    scale = "0 not free, 1 partly free, 2 free"
    yield {
        "name": freedom_house.STATUS_INDICATOR,
        "value": status,
        "unknown": "",
        "series": scale,
    }
    for column in ("political_rights", "civil_liberties"):
        name = f"fiw_{column}_rating"
        yield {"name": name, "value": row[column], "unknown": "", "series": SERIES}


def _rating(checks: RowChecks, line: Line, column: str) -> int:
    rating = checks.whole(line, column, 1, 7)
    if rating is None:
        checks.fault(line, f"{column} is blank: every country has a rating from 1 to 7")
    return rating
