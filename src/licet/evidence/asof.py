"""What was known on a day (semantics, 6): strictly, or as a later edition reconstructs it.

``strict`` sees only what was published by the day. ``reconstructed`` also admits a later edition
of a yearly series for the years whose figures had, by the source's stated lag, been published by
the day; every such reading is labelled. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from licet.model.dates import Span


class AsOfMode(StrEnum):
    """How a day in the past is read."""

    STRICT = "strict"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True, slots=True)
class Edition:
    """When one edition of a source came out, and how soon a year's figures appear."""

    published: Span
    lag_days: int
    max_age_days: int

    def out_by(self, day: date) -> bool:
        """Whether this edition was public on the day. A partial date counts as its last day."""
        return self.published.last <= day

    def stale_on(self, day: date) -> bool:
        """Whether the edition is older than its stated age on the day."""
        return day > self.published.last + timedelta(days=self.max_age_days)

    def last_year_known(self, day: date, mode: AsOfMode) -> int | None:
        """The last year whose figures count as known on the day; None if no year's do.

        >>> v14 = Edition(Span.read("2024-03"), lag_days=91, max_age_days=550)
        >>> v14.last_year_known(date(2017, 6, 1), AsOfMode.STRICT) is None
        True
        >>> v14.last_year_known(date(2017, 6, 1), AsOfMode.RECONSTRUCTED)
        2016
        >>> v14.last_year_known(date(2017, 2, 1), AsOfMode.RECONSTRUCTED)
        2015
        """
        if self.out_by(day):
            return day.year
        if mode == AsOfMode.STRICT:
            return None
        year = day.year
        while date(year, 12, 31) + timedelta(days=self.lag_days) > day:
            year -= 1
        return year
