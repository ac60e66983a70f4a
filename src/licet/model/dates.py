"""Dates as people state them: a day, a month or a year; and intervals of validity.

A partial date stands for every day in it. Where one day is needed to ask "was this published by
then?", it counts as its last day, so that nothing is taken as known too early.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A day, or all the days of a month or a year: ``first`` to ``last``, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        """The shortest text that reads back to the same span.

        >>> str(Span.read("2017-06")), str(Span.read("2017")), str(Span.read("2017-06-30"))
        ('2017-06', '2017', '2017-06-30')
        """
        if self.first == self.last:
            return self.first.isoformat()
        if self.first.month == self.last.month:
            return self.first.strftime("%Y-%m")
        return self.first.strftime("%Y")

    @staticmethod
    def read(text: str) -> Span:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. Raises ValueError, naming the remedy.

        >>> Span.read("2024-02").last
        datetime.date(2024, 2, 29)
        """
        match = _PARTIAL.match(text.strip())
        if match is None:
            raise ValueError(f"got {text!r}: write a date as YYYY-MM-DD, YYYY-MM or YYYY")
        year, month, day = (int(part) if part else 0 for part in match.groups())
        try:
            if day:
                exact = date(year, month, day)
                return Span(exact, exact)
            if month:
                return Span(
                    date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
                )
            return Span(date(year, 1, 1), date(year, 12, 31))
        except ValueError as error:
            raise ValueError(f"got {text!r}: no such day in the calendar") from error
