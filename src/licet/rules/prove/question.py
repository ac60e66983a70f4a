"""Put one question about all cases to the solver, within a time limit, and read its answer back.

An answer is *never* (no case does it), a witness (the case with the fewest departures from the quiet
one, in which nothing is so), or *not proved*: the limit ran out, which is never a pass.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import z3

from licet.model.dates import Span
from licet.model.fact import Reading, Standing
from licet.rules.prove.encode import KIND
from licet.rules.prove.world import LINE
from licet.rules.rulebook import Anchor
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.rules.prove.world import World

LIMIT = 5.0
"""Seconds for one question, when nobody says otherwise."""
_ABOVE = date(9000, 1, 1).toordinal()
"""A beginning later than this stands for "not yet law"."""


class Answer(StrEnum):
    """What the solver said of one question."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    NOT_PROVED = "not_proved"


@dataclass(frozen=True, slots=True)
class Witness:
    """One case, as rules see it: what is so in it. All that it does not name is not so."""

    line: tuple[tuple[str, Any], ...]
    """What departs from the quiet case: (fact, value), in the order of the fact's name."""
    members: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, Any], ...]], ...]
    """Each party or item: its name, the collections it stands in, what is so of it."""
    kind: str
    days: tuple[tuple[str, date], ...]
    smallest: bool
    """Whether it was shown that no case with fewer departures does it."""
    scope: Scope
    """The whole case, for the engine."""

    @property
    def at(self) -> Days:
        """The days, for the engine."""
        return Days({anchor: Span(day, day) for anchor, day in self.days})


class Solver:
    """All cases of a world, ready for questions."""

    def __init__(self, world: World, limit: float = LIMIT) -> None:
        self.world = world
        self.limit = limit
        self._solver = z3.SolverFor("QF_FD")
        self._added = 0
        self._model: Any = None

    def ask(self, *claims: z3.BoolRef, limit: float | None = None) -> Answer:
        """Whether some case fulfils all claims."""
        self._add_new()
        self._solver.set(
            "timeout", max(1, int(1000 * (limit if limit is not None else self.limit)))
        )
        self._solver.push()
        self._solver.add(*claims)
        result = self._solver.check()
        self._model = self._solver.model() if result == z3.sat else None
        self._solver.pop()
        if self._model is not None:
            return Answer.SOMETIMES
        return Answer.NEVER if result == z3.unsat else Answer.NOT_PROVED

    def holds(self, claim: z3.BoolRef) -> bool:
        """Whether a claim holds in the case that answered the last question."""
        return self._true(claim)

    def _add_new(self) -> None:
        """What binds variables made since the last question."""
        constraints = self.world.constraints
        self._solver.add(*constraints[self._added :])
        self._added = len(constraints)

    def witness(self, *claims: z3.BoolRef) -> tuple[Answer, Witness | None]:
        """Whether some case fulfils all claims, and the smallest that does."""
        preferred: list[z3.BoolRef] = []
        answer = Answer.NEVER
        # A case in which nobody contradicts what follows, and all on one day, is told most easily.
        for wish in ((self.world.follow, self.world.one_day), (self.world.one_day,), ()):
            answer = self.ask(*claims, *wish)
            if answer is not Answer.NEVER:
                preferred = list(wish)
                break
        if answer is not Answer.SOMETIMES:
            return answer, None
        smallest = self._shrink([*claims, *preferred])
        fixed = [literal for literal, _ in self._weights() if not self._true(literal)]
        self._latest_day([*claims, *preferred, *map(z3.Not, fixed)])
        return answer, self._read(smallest=smallest)

    def _weights(self) -> list[tuple[z3.BoolRef, int]]:
        return [(departure.literal, departure.weight) for departure in self.world.departures]

    def _true(self, literal: z3.BoolRef) -> bool:
        return bool(z3.is_true(self._model.eval(literal, model_completion=True)))

    def _shrink(self, claims: list[z3.BoolRef]) -> bool:
        """Find the case with the fewest departures; whether there was time to show that it is."""
        until = time.monotonic() + self.limit
        while True:
            weights = self._weights()
            cost = sum(weight for literal, weight in weights if self._true(literal))
            kept = self._model
            if cost == 0:
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            answer = self.ask(*claims, z3.PbLe(weights, cost - 1), limit=left)
            if answer is not Answer.SOMETIMES:
                self._model = kept
                return answer is Answer.NEVER

    def _latest_day(self, claims: list[z3.BoolRef]) -> None:
        """Move the days as late as they can be, but not to a day on which nothing is law yet."""
        kept = self._model
        for turn in reversed([turn for turn in self.world.turns if turn < _ABOVE]):
            passed = [flags[turn] for flags in self.world.passed.values()]
            late = [flags[t] for flags in self.world.passed.values() for t in flags if t >= _ABOVE]
            if self.ask(*claims, *passed, *map(z3.Not, late)) is Answer.SOMETIMES:
                return
            self._model = kept
            if self._true(self.world.passed[Anchor.ASSESSED.value][turn]):
                return

    # Reading a case back

    def _read(self, *, smallest: bool) -> Witness:
        facts, members = self._facts(), self._members()
        collections: dict[str, tuple[Scope, ...]] = {"parties": (), "items": (), "end_users": ()}
        line = Scope(LINE, {f: _reading(v) for f, v in facts[LINE].items()}, None, collections)
        scopes = {
            name: Scope(name, {f: _reading(v) for f, v in facts.get(name, {}).items()}, line)
            for name in members
        }
        for _, collection in self.world.present_flags:
            collections.setdefault(collection, ())
        for name, stands_in in members.items():
            for collection in stands_in:
                collections[collection] += (scopes[name],)
        kind = str(facts[LINE].get(KIND, "export"))
        return Witness(
            self._told(facts[LINE]),
            tuple(
                (name, where, self._told(facts.get(name, {}))) for name, where in members.items()
            ),
            kind,
            self._days(),
            smallest,
            line,
        )

    def _told(self, facts: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
        world = self.world
        return tuple(
            (fact, value)
            for fact, value in sorted(facts.items())
            if fact in world.derivable or (value not in (False, ()) and value != world.quiet(fact))
        )

    def _facts(self) -> dict[str, dict[str, Any]]:
        """The known facts by scope; one that may follow from others only where it is stated."""
        world = self.world
        found: dict[str, dict[str, Any]] = {LINE: {}}
        for (owner, fact), literal in world.bools.items():
            flag = world.stated_flags.get((owner, fact))
            if flag is None or self._true(flag):
                found.setdefault(owner, {})[fact] = self._true(literal)
        for (owner, fact), single in world.singles.items():
            value = next(value for value, literal in single.cells.items() if self._true(literal))
            found.setdefault(owner, {})[fact] = value
        for (owner, fact, code), literal in world.several.items():
            codes = found.setdefault(owner, {}).setdefault(fact, ())
            if self._true(literal):
                found[owner][fact] = tuple(sorted({*codes, code}))
        return found

    def _members(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for (member, collection), flag in self.world.present_flags.items():
            if self._true(flag):
                found[member] = (*found.get(member, ()), collection)
        return found

    def _days(self) -> tuple[tuple[str, date], ...]:
        return tuple(
            (anchor, self._day([turn for turn, flag in flags.items() if self._true(flag)]))
            for anchor, flags in self.world.passed.items()
        )

    def _day(self, passed: Sequence[int]) -> date:
        if passed:
            return date.fromordinal(passed[-1])
        first = self.world.turns[0] if self.world.turns else date(2024, 1, 1).toordinal()
        return date.fromordinal(first) - timedelta(days=1)


def _reading(value: Any) -> Reading:
    return Reading(value=value, standing=Standing.ACCEPTED, origin="witness")
