"""RSF World Press Freedom Index: rank, and from 2013 a score, 0 to 100, higher is freer.

Three traps. There was no edition of 2011. In 2022 the method changed, so that no score or rank
before it may be compared with one after: the two are different series here. And copies have lost
the decimal comma (9231 for 92.31): "92,31" is read as what it plainly is, digits without any mark
are refused, and a score that contradicts its rank is set aside, which finds "100" for a lost one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.reading import Line
from licet.evidence.sifting import (
    BadRowError,
    Quarantined,
    Row,
    RowChecks,
    Sifted,
    lines_of,
    set_aside,
    sift,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.evidence.countries import Countries

ABOUT = About(
    title="World Press Freedom Index",
    publisher="Reporters Without Borders (RSF)",
    licence="(c) Reporters Without Borders; the publisher's terms were not read: see them before use",
    credit="Reporters Without Borders, World Press Freedom Index",
    url="https://rsf.org/en/index",
    max_age_days=550,
    lag_days=0,
)
"""An index named after a year comes out in spring of that year and looks back on the one before."""

PARTS = ("political", "economic", "legal", "social", "safety")
COLUMNS = ("iso3", "year", "country", "rank", "score", *PARTS)
FIELDS = {
    "country": "text",
    "country_name": "text",
    "year": "integer",
    "rank": "integer",
    "score": "decimal",
    "repair": "text",
}
NOT_STATES = {
    "USA1": "conduct of the United States outside its territory",
    "USA2": "conduct of the United States inside its territory, ranked apart",
    "USA_I": "conduct of the United States in Iraq",
    "ISR1": "conduct of Israel inside its territory, ranked apart",
    "ISR2": "conduct of Israel outside its territory",
    "ISR3": "conduct of Israel in the occupied territories",
    "CTU": "the northern part of Cyprus",
    "XCD": "a group of Caribbean states, ranked together",
    "CSS": "a group of Caribbean states, ranked together",
}
"""Codes of this index that are no states, and what they stand for."""
OWN_CODES = {"XKO": "XK"}
FIRST, WITHOUT, BREAK, SCORED = 2002, 2011, 2022, 2013
_COMMA = re.compile(r"^\d{1,3},\d{1,2}$")
_DIGITS = re.compile(r"^\d{3,}(\.0)?$")


def read(path: Path, countries: Countries) -> Sifted:
    """Country-years with rank, and score from 2013 on."""

    def row(checks: RowChecks, line: Line) -> Row:
        year = checks.year(line, "year")
        if year < FIRST or year == WITHOUT:
            checks.fault(line, f"year is {year}: there are editions from {FIRST} on, none of 2011")
        score, repair = _number(checks, line, "score")
        for part in PARTS:
            _number(checks, line, part)
        if (score is None) == (year >= SCORED):
            checks.fault(line, f"score is {line['score']!r}: there are scores from {SCORED} on")
        return {
            "country": _country(checks, line, countries),
            "country_name": checks.text(line, "country"),
            "year": year,
            "rank": _rank(checks, line),
            "score": score,
            "repair": repair,
        }

    lines = [*lines_of(path, COLUMNS)]
    lines = _against_rank(path, lines)
    return sift(path, lines, row, lambda row: (row["country_name"], row["year"]))


def figures(row: Row) -> Iterator[Row]:
    """Rank and score of a row, in the series of its method."""
    series = f"method from {BREAK}" if row["year"] >= BREAK else f"method before {BREAK}"
    if row["score"] is not None:
        yield {"name": "rsf_score", "value": row["score"], "unknown": "", "series": series}
    yield {"name": "rsf_rank", "value": row["rank"], "unknown": "", "series": series}


def _country(checks: RowChecks, line: Line, countries: Countries) -> str | None:
    """By code, since names in copies have lost letters; a name of another state is a fault."""
    text = checks.text(line, "iso3")
    if text in NOT_STATES:
        return None
    code = countries.resolve(OWN_CODES.get(text, text)).code
    named = countries.resolve(checks.text(line, "country")).code
    if code is None and named is None:
        checks.fault(line, f"iso3 {text!r} and country {line['country']!r} name no known state")
    if code and named and code != named:
        checks.fault(line, f"iso3 {text!r} and country {line['country']!r} are two states")
    return code or named


def _rank(checks: RowChecks, line: Line) -> int:
    rank = checks.whole(line, "rank", 1, 250)
    if rank is None:
        checks.fault(line, "rank is blank: every state of an edition has one")
    return rank


def _number(checks: RowChecks, line: Line, column: str) -> tuple[Decimal | None, str]:
    """A score, and how it was repaired. Digits that lost their comma are not guessed at."""
    text = line[column].strip()
    if _COMMA.match(text):
        return _in_range(checks, line, column, text.replace(",", ".")), f"{column}: comma for point"
    if _DIGITS.match(text) and Decimal(text) > Decimal(100):
        checks.fault(
            line,
            f"{column} is {text}: a decimal comma was lost, and 365 may be 36.5 or 3.65; take the "
            "publisher's own file",
        )
    return checks.figure(line, column, "0", "100"), ""


def _in_range(checks: RowChecks, line: Line, column: str, text: str) -> Decimal:
    number = Decimal(text)
    if number > Decimal(100):
        checks.fault(line, f"{column} is {line[column]}: expected 0 to 100")
    return number


def _against_rank(path: Path, lines: list[Line | Quarantined]) -> list[Line | Quarantined]:
    """The lines, with those set aside whose score stands out of the order of the ranks."""
    years: dict[str, list[Line]] = defaultdict(list)
    checks = RowChecks(path)
    for line in lines:
        if isinstance(line, Line):
            years[line["year"]].append(line)
    bad: set[int] = set()
    for group in years.values():
        pairs = [(pair, line) for line in group if (pair := _pair(checks, line)) is not None]
        pairs.sort(key=lambda one: (one[0][0], -one[0][1]))
        kept = _longest_falling([score for (_, score), _ in pairs])
        bad |= {line.number for place, (_, line) in enumerate(pairs) if place not in kept}
    return [
        set_aside(line, _OUT_OF_ORDER.format(score=line["score"], rank=line["rank"]))
        if isinstance(line, Line) and line.number in bad
        else line
        for line in lines
    ]


_OUT_OF_ORDER = (
    "score {score} contradicts rank {rank}: states ranked before and after score otherwise; take "
    "the figure from the publisher"
)


def _pair(checks: RowChecks, line: Line) -> tuple[int, Decimal] | None:
    try:
        score, _ = _number(checks, line, "score")
        return None if score is None else (_rank(checks, line), score)
    except BadRowError:
        return None


def _longest_falling(scores: list[Decimal]) -> set[int]:
    """The places that every longest series which never rises goes through.

    Who is left out broke the order, or may have: of two that contradict each other, neither stays.
    """
    ahead = _lengths(scores)
    behind = _lengths([-score for score in reversed(scores)])[::-1]
    longest = max(ahead, default=0)
    on_one = [place for place in range(len(scores)) if ahead[place] + behind[place] - 1 == longest]
    at_step = Counter(ahead[place] for place in on_one)
    return {place for place in on_one if at_step[ahead[place]] == 1}


def _lengths(scores: list[Decimal]) -> list[int]:
    """For each place, the length of the longest series that never rises and ends there."""
    tails: list[Decimal] = []
    lengths: list[int] = []
    for score in scores:
        place = bisect_right(tails, -score)
        tails[place : place + 1] = [-score]
        lengths.append(place + 1)
    return lengths
