"""The days of a case cut where the law changes, so that each part knows one law only.

A case may know a month or a year only, in which one law ended and another began. To call both
"unknown" would leave open what either of them settles; so each part is evaluated alone and the
outcomes are joined. Must not evaluate.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from licet.model.dates import Span
from licet.rules.scope import Days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.rules.rulebook import Rulebook

MAX_REGIMES = 48
"""Beyond this many combinations the days are left whole; the outcome set is then wider."""

_DAY = timedelta(days=1)


def regimes(book: Rulebook, days: Days) -> tuple[Days, ...]:
    """The days of a case, cut so that within each part no provision or list of the book changes.

    One part, the days themselves, where nothing changes within them.
    """
    if all(span.first == span.last for span in days.by_anchor.values()):
        return (days,)
    turning = _turning_days(book, days)
    parts = {name: _cut(span, turning[name]) for name, span in days.by_anchor.items()}
    combinations = [
        dict(zip(parts, one, strict=True)) for one in itertools.product(*parts.values())
    ]
    return tuple(map(Days, combinations)) if len(combinations) <= MAX_REGIMES else (days,)


def _turning_days(book: Rulebook, days: Days) -> dict[str, set[date]]:
    """For each dated anchor, the days on which something in the book begins or has just ended."""
    found: defaultdict[str, set[date]] = defaultdict(set)

    def note(anchor: str, begins: date | None, ends: date | None = None) -> None:
        # An anchor that the file does not date stands for the day of assessment.
        where = found[anchor if anchor in days.by_anchor else "assessed"]
        where.update(day for day in (begins, _after(ends)) if day is not None)

    for provision in book.provisions.values():
        for period in provision.periods:
            note(provision.anchor, period.start or period.not_later_than, period.end)
            for saving in (period.continues_for, period.not_for):
                if saving is not None:
                    note(saving.anchor, saving.before)
    for row in itertools.chain.from_iterable(book.lists.values()):
        for anchor in days.by_anchor:
            note(anchor, row.valid_from, row.valid_to)
    return found


def _after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + _DAY


def _cut(span: Span, turning: Iterable[date]) -> tuple[Span, ...]:
    """A span cut before each turning day inside it.

    >>> [str(s.first) for s in _cut(Span.read("2021"), [date(2021, 9, 9), date(2022, 1, 1)])]
    ['2021-01-01', '2021-09-09']
    """
    firsts = [span.first, *sorted(day for day in set(turning) if span.first < day <= span.last)]
    lasts = [day - _DAY for day in firsts[1:]] + [span.last]
    return tuple(Span(first, last) for first, last in zip(firsts, lasts, strict=True))
