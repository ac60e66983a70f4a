"""The exact set of possible outcomes of one case: every unknown fact takes each of its values.

The engine lets every unknown *provision* go either way, which can leave more outcomes open than any
answers could give (a fact that two provisions share). This is the measure it is held against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from licet.model.fact import UnknownReason
from licet.model.outcome import Outcome
from licet.rules.prove.encode import KIND, encodings
from licet.rules.prove.question import LIMIT, Answer, Solver
from licet.rules.prove.world import LINE, Given, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.rules.rulebook import Rulebook
    from licet.rules.scope import Days, Scope


class NotProved(Exception):  # noqa: N818 - it is an answer, not a fault
    """The time limit ran out before the question was settled."""


class ExactCase:
    """One case under one rulebook, each open question answered in every way.

    ``methods`` are the rulebooks whose grades the book reads. Every answer raises NotProved where
    ``limit`` seconds do not suffice for it.
    """

    def __init__(
        self,
        book: Rulebook,
        line: Scope,
        days: Days,
        kind: str,
        *,
        methods: Sequence[Rulebook] = (),
        limit: float = LIMIT,
    ) -> None:
        self.world = World((book, *methods), given=_given(line))
        self.encoding = encodings(book, self.world)
        self._line, self._days, self._kind = line, days, kind
        self._solver = Solver(self.world, limit)

    def outcomes(self, lifted: Sequence[str] = ()) -> frozenset[Outcome]:
        """Every outcome that some answers would give, and no other; ``lifted`` are left out."""
        ladder = self.encoding.ladder(lifted)
        return frozenset(o for o in Outcome if self._possible(ladder.outcome(o)))

    def met(self, provision: str) -> frozenset[bool]:
        """Whether a provision can be met, and whether it can be not met."""
        truth = self.encoding.met(self.encoding.book.provisions[provision])
        sides = {True: truth, False: z3.Not(truth)}
        return frozenset(side for side, claim in sides.items() if self._possible(claim))

    def _possible(self, claim: z3.BoolRef) -> bool:
        answer = self._solver.ask(claim, *self._fixed())
        if answer is Answer.NOT_PROVED:
            raise NotProved
        return answer is Answer.SOMETIMES

    def _fixed(self) -> Iterator[z3.BoolRef]:
        # Told anew for each claim: a claim may speak of facts that none before it spoke of.
        if (LINE, KIND) in self.world.singles:
            yield self.encoding.of_kind(self._kind)
        yield from _facts(self.world, self._line)
        yield from _present(self.world, self._line)
        yield from _days(self.world, self._days)


def _scopes(line: Scope) -> dict[str, Scope]:
    return {LINE: line, **{m.name: m for group in line.collections.values() for m in group}}


def _given(line: Scope) -> Given:
    collections = line.collections
    items = tuple(dict.fromkeys(m.name for m in collections.get("items", ())))
    parties = dict.fromkeys(
        m.name for name, group in collections.items() if name != "items" for m in group
    )
    pairs = [(s.name, f, r) for s in _scopes(line).values() for f, r in s.facts.items()]
    values: dict[str, set[Any]] = {}
    for _, fact, reading in pairs:
        values.setdefault(fact, set()).update(reading.possible or ())
        if reading.known and not isinstance(reading.value, tuple | frozenset):
            values[fact].add(reading.value)
    return Given(
        members={"party": tuple(parties), "item": items},
        own=frozenset((name, fact) for name, fact, _ in pairs),
        asked=frozenset((n, f) for n, f, r in pairs if r.unknown is UnknownReason.ASKED),
        silent=frozenset((n, f) for n, f, r in pairs if r.known and r.by_silence),
        values={fact: frozenset(found) for fact, found in values.items()},
        collections=frozenset(collections),
    )


def _present(world: World, line: Scope) -> Iterator[z3.BoolRef]:
    for (member, collection), flag in world.present_flags.items():
        there = any(m.name == member for m in line.collections.get(collection, ()))
        yield flag if there else z3.Not(flag)


def _facts(world: World, line: Scope) -> Iterator[z3.BoolRef]:
    scopes = _scopes(line)
    for (owner, fact), flag in world.stated_flags.items():
        reading = scopes[owner].facts.get(fact)
        yield flag if reading is not None and reading.known else z3.Not(flag)
    for (owner, fact), literal in world.bools.items():
        reading = scopes[owner].facts.get(fact)
        if reading is not None and reading.known:
            yield literal if reading.value is True else z3.Not(literal)
    for (owner, fact), single in world.singles.items():
        reading = scopes[owner].facts.get(fact)
        if reading is None or (not reading.known and not reading.possible):
            continue
        left = {reading.value} if reading.known else set(reading.possible or ())
        yield z3.Or([literal for value, literal in single.cells.items() if value in left])
    for (owner, fact, code), literal in world.several.items():
        reading = scopes[owner].facts.get(fact)
        if reading is not None and reading.known:
            yield literal if code in reading.value else z3.Not(literal)


def _days(world: World, days: Days) -> Iterator[z3.BoolRef]:
    for anchor, flags in world.passed.items():
        span = days.of(anchor)
        for turn, flag in flags.items():
            if turn <= span.first.toordinal():
                yield flag
            elif turn > span.last.toordinal():
                yield z3.Not(flag)
