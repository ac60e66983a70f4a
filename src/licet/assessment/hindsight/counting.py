"""Count verdicts, and say how far a share can be trusted. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.model.outcome import OFF_LADDER, REFUSES, UNRESTRICTED, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Z = 1.959963984540054
"""The standard normal's 97.5th percentile: intervals are at 95 %."""


class Verdict(StrEnum):
    """What a rulebook would have done with a transfer, as far as the evidence settles it."""

    REFUSED = "refused"
    REFERRED = "referred"
    CLEARED = "cleared"
    NOT_REACHED = "not_reached"


def verdict(outcomes: frozenset[Outcome]) -> Verdict:
    """The verdict on every outcome that is possible.

    Refused: every possible world refuses. Cleared: every one is exempt or meets no rule. Not
    reached: the rulebook does not apply, or was not in force, in any. All else goes to a person.

    >>> verdict(frozenset({Outcome.REFUSAL_REQUIRED, Outcome.PROHIBITED})).value
    'refused'
    >>> verdict(frozenset({Outcome.REFUSAL_REQUIRED, Outcome.NO_RULE_APPLIES})).value
    'referred'
    >>> verdict(frozenset({Outcome.CONDITIONS})).value, verdict(frozenset({Outcome.EXEMPT})).value
    ('referred', 'cleared')
    """
    if not outcomes:
        raise ValueError("a verdict needs at least one possible outcome")
    if outcomes <= REFUSES:
        return Verdict.REFUSED
    if outcomes <= UNRESTRICTED:
        return Verdict.CLEARED
    if outcomes <= frozenset(OFF_LADDER):
        return Verdict.NOT_REACHED
    return Verdict.REFERRED


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for several assessments of one row, read against us.

    Refused only if every one refuses; cleared if any one clears.

    >>> together([Verdict.REFUSED, Verdict.REFERRED]).value
    'referred'
    >>> together([Verdict.REFUSED, Verdict.CLEARED]).value
    'cleared'
    """
    found = set(verdicts)
    if Verdict.CLEARED in found:
        return Verdict.CLEARED
    return found.pop() if len(found) == 1 else Verdict.REFERRED


@dataclass(frozen=True, slots=True)
class Share:
    """``found`` of ``of``, with the Wilson interval at 95 % (0 to 1 where nothing was counted)."""

    found: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound of the share."""
        return wilson(self.found, self.of)

    def body(self) -> dict[str, Any]:
        """The share for JSON: bounds as decimals in text, as everywhere."""
        low, high = self.interval
        return {"found": self.found, "of": self.of, "low": f"{low:.6f}", "high": f"{high:.6f}"}


def wilson(found: float, of: float, z: float = Z) -> tuple[float, float]:
    """The score interval for a proportion (Wilson 1927; method 3 of Newcombe 1998).

    >>> tuple(round(bound, 4) for bound in wilson(81, 263))
    (0.2553, 0.3662)
    """
    if of <= 0:
        return 0.0, 1.0
    share = found / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def clustered(groups: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The interval of a share whose rows come in groups that are not independent.

    ``groups`` holds (found, of) for each. The variance is that of a ratio over groups (Cochran 1977,
    6.4); the score interval is then taken at the number of independent rows with that variance, never
    more than there are rows. Where all rows agree the groups are the sample.
    """
    groups = [(found, of) for found, of in groups if of]
    rows, found, count = sum(of for _, of in groups), sum(f for f, _ in groups), len(groups)
    if count <= 1:
        return wilson(found / rows if rows else 0, count)
    share = found / rows
    spread = sum((f - share * of) ** 2 for f, of in groups) * count / (count - 1) / rows**2
    alike = share in (0.0, 1.0) or spread == 0
    independent = float(count) if alike else min(share * (1 - share) / spread, rows)
    return wilson(share * independent, independent)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each verdict."""

    counts: Counter[Verdict]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Tally:
        """Count verdicts."""
        return cls(Counter(verdicts))

    @property
    def total(self) -> int:
        """All that were counted."""
        return self.counts.total()

    def share(self, verdict: Verdict) -> Share:
        """One verdict's share of all."""
        return Share(self.counts[verdict], self.total)

    def body(self) -> dict[str, int]:
        """The counts for JSON."""
        return {verdict.value: self.counts[verdict] for verdict in Verdict}
