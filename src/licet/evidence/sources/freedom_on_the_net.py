"""Freedom on the Net: total of three parts, 0 to 100. The scale was turned round in 2019.

To the edition of 2018 a low total is free; from 2019 on a high one is. The edition stands in the
names of the columns. A file is read on the scale of its edition, each status is checked against
its total on that scale, and a file that mixes editions is refused. Nothing is converted unless
asked: the old totals keep a name of their own, so that no two scales are ever compared; turned
round on request, a figure says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.reading import refuse, source_text
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="Freedom on the Net",
    publisher="Freedom House",
    licence="(c) Freedom House; free to use with attribution by the publisher's terms",
    credit="Freedom House, Freedom on the Net",
    url="https://freedomhouse.org/report/freedom-net",
    max_age_days=550,
    lag_days=0,
)
FIELDS = {
    "country": "text",
    "country_name": "text",
    "year": "integer",
    "status": "text",
    "obstacles": "integer",
    "limits": "integer",
    "violations": "integer",
    "total": "integer",
    "scale": "text",
}
TURNED = 2019
LOW_IS_FREE = f"0 most free to 100 least, editions before {TURNED}"
HIGH_IS_FREE = f"0 least free to 100 most, editions from {TURNED}"
CONVERTED = f"{HIGH_IS_FREE}; converted: 100 less the figure of the scale before {TURNED}"
PARTS = {
    "obstacles": ("A: Obstacles to Access", 25),
    "limits": ("B: Limits on Content", 35),
    "violations": ("C: Violations of User Rights", 40),
}
BANDS = {
    LOW_IS_FREE: {"FREE": (0, 30), "PARTLY FREE": (31, 60), "NOT FREE": (61, 100)},
    HIGH_IS_FREE: {"FREE": (70, 100), "PARTLY FREE": (40, 69), "NOT FREE": (0, 39)},
}
"""Which totals have which status, on each scale."""
_EDITION = re.compile(r"Freedom on the Net\W+(\d{4})")


def read(path: Path, countries: Countries) -> Sifted:
    """The states of one edition, with the scale their totals stand on."""
    text = source_text(path)
    head = text.partition("\n")[0]
    year = _edition(path, head)
    scale = HIGH_IS_FREE if year >= TURNED else LOW_IS_FREE
    status, total = (
        f'"Freedom on the Net {year}" Status',
        f'"Freedom on the Net {year}" Total Score',
    )
    columns = ("Country", status, total, *(column for column, _ in PARTS.values()))

    def row(checks: RowChecks, line: Line) -> Row:
        found: Row = {
            "country": checks.state(line, "Country", countries, {}),
            "country_name": checks.text(line, "Country"),
            "year": year,
            "status": checks.choice(line, status, BANDS[scale]),
            "total": checks.whole(line, total, 0, 100),
            "scale": scale,
        }
        for name, (column, most) in PARTS.items():
            found[name] = checks.whole(line, column, 0, most)
        if None in found.values() and found["country"]:
            checks.fault(line, "a part or the total is blank; fetch the file again")
        if sum(found[name] for name in PARTS) != found["total"]:
            checks.fault(line, f"the parts do not add up to the total {found['total']}")
        low, high = BANDS[scale][found["status"]]
        if not low <= found["total"] <= high:
            checks.fault(
                line,
                f"{found['status']} at {found['total']} does not fit the scale of {year} ({scale}): "
                "the file may mix editions of both scales",
            )
        return found

    return sift(path, lines_of(path, columns, text=text), row, lambda row: row["country_name"])


def convert(found: Sifted) -> Sifted:
    """The same edition with its totals turned round, each labelled. Only on request."""
    turned = tuple(
        row | {"total": 100 - row["total"], "scale": CONVERTED}
        if row["scale"] == LOW_IS_FREE
        else row
        for row in found.rows
    )
    return Sifted(found.read, turned, found.quarantined)


def figures(row: Row) -> Iterator[Row]:
    """The total, under a name that says on which scale it stands."""
    name = "fotn_total_low_is_free" if row["scale"] == LOW_IS_FREE else "fotn_total"
    yield {"name": name, "value": row["total"], "unknown": "", "series": row["scale"]}


def _edition(path: Path, head: str) -> int:
    years = sorted({int(year) for year in _EDITION.findall(head)})
    if len(years) == 1:
        return years[0]
    if not years:
        raise refuse(
            path,
            'lacks the column "Freedom on the Net YEAR" Total Score: without the edition nobody '
            f"knows which way the scale runs (it was turned round in {TURNED})",
        )
    raise refuse(
        path,
        f"mixes the editions {', '.join(map(str, years))}: the scale was turned round in {TURNED}; "
        "give one edition a file",
    )
