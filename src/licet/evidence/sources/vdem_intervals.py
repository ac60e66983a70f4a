"""V-Dem, five democracy indices with their credible intervals (edition 15 and later).

An estimate is the middle of an interval (``codelow`` to ``codehigh``, about 68 %). A difference
between two estimates whose intervals overlap is not significant, and no page may call it a change.
The publisher is that of the V-Dem table which ships: it is one publisher, not two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="V-Dem, high-level indices with credible intervals",
    publisher="V-Dem Institute, University of Gothenburg",
    licence="CC BY-SA 4.0",
    credit="Coppedge et al., V-Dem Country-Year Dataset, Varieties of Democracy Project",
    url="https://v-dem.net/data/the-v-dem-dataset/",
    max_age_days=550,
    lag_days=91,
)
INDICES = ("v2x_polyarchy", "v2x_libdem", "v2x_partipdem", "v2x_delibdem", "v2x_egaldem")
PARTS = ("", "_codelow", "_codehigh")
COLUMNS = (
    "vdem_country_name",
    "country_text_id",
    "year",
    *(f"{index}{part}" for index in INDICES for part in PARTS),
)
FIELDS = {"country": "text", "country_name": "text", "year": "integer"} | {
    f"{index}{part}": "decimal" for index in INDICES for part in PARTS
}
SERIES = "0 to 1, higher is more democratic"


def read(path: Path, countries: Countries) -> Sifted:
    """Country-years with five estimates and the interval of each."""

    def row(checks: RowChecks, line: Line) -> Row:
        found: Row = {
            "country": checks.state(line, "vdem_country_name", countries, {}),
            "country_name": checks.text(line, "vdem_country_name"),
            "year": checks.year(line, "year"),
        }
        for index in INDICES:
            parts = [checks.figure(line, f"{index}{part}", "0", "1") for part in PARTS]
            middle, low, high = parts
            if middle is None or low is None or high is None:
                if any(part is not None for part in parts):
                    checks.fault(line, f"{index} has an estimate without its interval, or none")
            elif not low <= middle <= high:
                checks.fault(line, f"{index} is {middle}, outside its interval {low} to {high}")
            found |= {f"{index}{part}": value for part, value in zip(PARTS, parts, strict=True)}
        return found

    return sift(path, lines_of(path, COLUMNS), row, lambda row: (row["country_name"], row["year"]))


def figures(row: Row) -> Iterator[Row]:
    """The estimates with their intervals."""
    for index in INDICES:
        yield {
            "name": index,
            "value": row[index],
            "low": row[f"{index}_codelow"],
            "high": row[f"{index}_codehigh"],
            "unknown": "" if row[index] is not None else "the publisher gives no estimate",
            "series": SERIES,
        }
