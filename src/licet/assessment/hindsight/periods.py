"""Read the years in which something was used, as inventories write them: ``2016-2018, 2021``.

Only years are kept, and of an imprecise text the earliest reading, so that nothing published
later is taken as known. Pure. Must not guess: what cannot be read is a fault of its row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 1900, 2100
MONTHS = 12
LONGEST = 300
"""Characters of a text of periods; a longer one is a cell that slipped into the wrong column."""

_UNKNOWN = frozenset(
    {"", "?", "-", "n/a", "na", "n.a.", "none", "unknown", "undated", "not stated"}
)
_OPEN_END = ("present", "ongoing", "now", "today", "current", "date")
_MONTHS = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_VAGUE = re.compile(
    r"\b(?:circa|ca\.?|c\.|about|around|approximately|approx\.?|at\s+least|early|mid|late|in)(?=[\s\d-])-?"
    rf"|~|{_MONTHS}|\bq[1-4]\b|(?<=\d)\?"
)
_DASH = re.compile(r"[‐-―−]")
_POINT = r"\d{4}-\d{2}-\d{2}(?!\d)|\d{4}-\d{2}(?!\d)|\d{4}s?(?!\d)"
_BETWEEN = r"\s*(?:-|\bto\b|\buntil\b|\btill\b|\bthrough\b|\bor\b)\s*"
_END = "|".join((*_OPEN_END, r"\?", _POINT))
_RANGE = re.compile(rf"^(?P<first>{_POINT}|\?){_BETWEEN}(?P<last>{_END})?$")
_ONE = re.compile(rf"^(?P<first>{_POINT})$")
_OPEN = re.compile(rf"^(?P<first>{_POINT})\+$")
_SINCE = re.compile(rf"^(?:since|after|from)\s+(?P<first>{_POINT})(?:{_BETWEEN}(?P<last>{_END}))?$")
_UNTIL = re.compile(
    rf"^(?:(?:before|prior\s+to|until|till|by|up\s+to)\s+|pre-?\s*|-\s*)(?P<last>{_POINT})$"
)
_SHORT = re.compile(r"(?<![\d-])(\d{2})(\d{2})([/-])(\d{2})(?![\d-])")
_SPLIT = re.compile(r"[,;&/]|\band\b|\n")


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its first and its last year, both included; None where the text leaves it open."""

    first: int | None
    last: int | None
    text: str


def read_periods(text: str) -> tuple[Period, ...]:
    """The periods in a text, in its order; empty where it states none.

    A decade counts from its first year. Raises ValueError, saying how to write it.

    >>> [(p.first, p.last) for p in read_periods("2016-2018, 2021")]
    [(2016, 2018), (2021, 2021)]
    >>> [(p.first, p.last) for p in read_periods("2010s - present; ?-2021")]
    [(2010, None), (None, 2021)]
    >>> read_periods("?")
    ()
    """
    if len(text) > LONGEST:
        raise ValueError(f"holds {len(text)} characters: write years, such as 2016-2018, 2021")
    plain = _DASH.sub("-", text.strip().lower())
    if plain in _UNKNOWN:
        return ()
    plain = _SHORT.sub(_in_full, _VAGUE.sub(" ", plain.replace("unknown", "?")))
    parts = [part.strip() for part in _SPLIT.split(plain)]
    return tuple(_period(part, text) for part in parts if part)


def _in_full(match: re.Match[str]) -> str:
    """``2016/17`` and ``2016-18`` as ranges; ``2016-08`` is a month and stays.

    >>> read_periods("2016-18")[0].last, read_periods("2016-08")[0].last
    (2018, 2016)
    """
    century, year, mark, end = match.groups()
    if mark == "-" and int(end) <= MONTHS:
        return match[0]
    return f"{century}{year}-{century}{end}"


def _period(part: str, text: str) -> Period:
    for form in (_ONE, _OPEN, _RANGE, _SINCE, _UNTIL):
        match = form.match(part)
        if match is None:
            continue
        found = match.groupdict()
        first = _first(found.get("first"))
        last = _last(found["first"] if form is _ONE else found.get("last"))
        if first is None and last is None:
            break
        if first is not None and last is not None and last < first:
            raise ValueError(f"got {text!r}: {part!r} ends before it begins")
        return Period(first, last, part)
    raise ValueError(
        f"got {text!r}: {part!r} is not a year or a period; write 2016, 2016-2018, "
        "2016-present or ?-2018, several with commas"
    )


def _first(point: str | None) -> int | None:
    return None if point in (None, "?") else _year(str(point))


def _last(point: str | None) -> int | None:
    """The last year of a period; a decade ends with its ninth year."""
    if point is None or point == "?" or point in _OPEN_END:
        return None
    year = _year(point)
    return year + 9 if point.endswith("s") else year


def _year(point: str) -> int:
    year = int(point[:4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"got the year {year}: expected {FIRST_YEAR} to {LAST_YEAR}")
    return year
