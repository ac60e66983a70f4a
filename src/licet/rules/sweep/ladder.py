"""The outcomes that stay possible in a row, from the truths of a book's provisions.

What :class:`licet.rules.worlds.View` does for one case. Must not know what a provision's condition is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.outcome import LADDER, RESTRICTING, Effect, Outcome
from licet.rules.sweep.algebra import KIND, LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from licet.rules.rulebook import Provision, Rulebook
    from licet.rules.sweep.algebra import Column, Columns

OUTCOME_BITS: tuple[str, ...] = (
    *(outcome.value for outcome in LADDER),
    Outcome.CONFLICT.value,
    Outcome.NOT_IN_FORCE.value,
    Outcome.NOT_REACHED.value,
)
"""What bit 0, 1, 2 ... of a mask of possible outcomes stands for."""


class Ladder:
    """One rulebook's outcomes. ``force`` gives the column of whether a provision is in force."""

    def __init__(
        self,
        book: Rulebook,
        columns: Columns,
        force: Callable[[Provision], Column],
        truths: Mapping[str, Column],
        reach: Column,
    ) -> None:
        self.book = book
        self.columns = columns
        self.force = force
        self.truths = truths
        self.reach = reach
        self.live = {p.id: self._live(p) for p in book.provisions.values() if p.restricting}

    def _live(self, provision: Provision) -> Column:
        columns = self.columns
        releases = [self.truths[pid] for pid in self.book.releasers.get(provision.id, ())]
        return columns.all([self.truths[provision.id], columns.negate(columns.any(releases))])

    def bits(self) -> tuple[tuple[str, Column], ...]:
        """For each outcome whether it stays possible; see ``OUTCOME_BITS``."""
        columns = self.columns
        reached = columns.possible(self.reach)
        found = {name: columns.all([reached, bit]) for name, bit in self._reached().items()}
        found[Outcome.NOT_REACHED.value] = columns.negate(columns.certain(self.reach))
        return tuple((name, found.get(name, columns.false)) for name in OUTCOME_BITS)

    def _forces(self) -> tuple[Column, Column]:
        """Whether the book itself is in force for certain, and perhaps: a moratorium does not put it into force."""
        own = [p for p in self.book.provisions.values() if p.id not in self.book.moratoria]
        acting = [p for p in own if p.restricting or p.effect is Effect.EXEMPT]
        columns = self.columns
        forces = [self.force(p) for p in acting or own]
        return (
            columns.any(columns.certain(force) for force in forces),
            columns.any(columns.possible(force) for force in forces),
        )

    def _reached(self) -> dict[str, Column]:
        columns = self.columns
        found: dict[str, Column] = {}
        stricter = columns.false
        conflicts = []
        for rank, effect in enumerate(RESTRICTING):
            here = [
                (pid, columns.all([self._has(pid, effect), live]))
                for pid, live in self.live.items()
            ]
            open_still = columns.negate(stricter)
            heads, clashes = [], []
            for pid, live in here:
                clash = self._clash(pid, live)
                maybe = columns.possible(live)
                heads.append(columns.all([maybe, columns.negate(columns.certain(clash))]))
                clashes.append(columns.all([maybe, columns.possible(clash)]))
            found[LADDER[rank].value] = columns.all([open_still, columns.any(heads)])
            conflicts.append(columns.all([open_still, columns.any(clashes)]))
            certain = columns.any(columns.certain(live) for _, live in here)
            stricter = columns.any([stricter, certain])
        found[Outcome.CONFLICT.value] = columns.any(conflicts)
        (awake, perhaps), free = self._forces(), columns.negate(stricter)
        found[Outcome.NOT_IN_FORCE.value] = columns.all([columns.negate(awake), free])
        free = columns.all([free, perhaps])
        met = columns.any(columns.certain(self.truths[pid]) for pid in self.live)
        found[Outcome.NO_RULE_APPLIES.value] = columns.all([free, columns.negate(met)])
        released = columns.any(self._released(pid) for pid in self.live)
        found[Outcome.EXEMPT.value] = columns.all([free, released])
        return found

    def _has(self, pid: str, effect: Effect) -> Column:
        """Whether a provision has this effect in a row: it may differ by the kind of the case."""
        provision = self.book.provisions[pid]
        kinds = tuple(sorted(k for k, e in provision.for_kinds.items() if e is effect))
        others = tuple(sorted(provision.for_kinds))
        columns = self.columns
        if provision.effect is not effect:
            return self._of_kind(kinds) if kinds else columns.false
        elsewhere = tuple(kind for kind in others if kind not in kinds)
        if not elsewhere:
            return columns.true
        return columns.negate(self._of_kind(elsewhere))

    def _of_kind(self, kinds: tuple[str, ...]) -> Column:
        return self.columns.certain(self.columns.test(LINE, KIND, "is one of", kinds))

    def _clash(self, pid: str, live: Column) -> Column:
        undeclared = [self.truths[other] for other in self.book.clashing[pid]]
        return self.columns.all([live, self.columns.any(undeclared)])

    def _released(self, pid: str) -> Column:
        columns = self.columns
        others = [
            columns.possible(self.truths[other]) for other in self.book.releasers.get(pid, ())
        ]
        return columns.all([columns.possible(self.truths[pid]), columns.any(others)])
