"""What to ask about a line, most decisive first, and which single facts would alter its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.model.fact import UnknownReason, stored
from licet.model.outcome import Effect, Outcome, ordered
from licet.rules.evaluate import InForce, State, Trace, Truth
from licet.rules.rulebook import REACH
from licet.rules.supposition import Supposition
from licet.rules.trees import Leaves
from licet.rules.worlds import RANK, View, World, outcomes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.model.fact import Reading
    from licet.rules.rulebook import Provision


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that nobody knows and that matters, with the outcomes each answer would leave."""

    fact: str
    of: str
    why: UnknownReason
    provisions: tuple[str, ...]
    answers: tuple[tuple[str, tuple[Outcome, ...]], ...]
    removes: int
    through: str = ""
    """The derived fact (a grade, a summary of a checklist) through which it matters, if any."""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A single known fact that, were it otherwise, would alter the outcome."""

    fact: str
    of: str
    value: Any
    instead: Any
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class UnderReading:
    """What comes of a provision, and of the line, when one of its rival readings is taken."""

    provision: str
    reading: str
    state: State
    outcomes: frozenset[Outcome]
    """The outcomes of the line under this reading, all else equal, moratoria lifted."""


Behind = Mapping[str, tuple[tuple[str, str], ...]]
"""For a fact that a method worked out and left open: the (scope, fact) pairs it hangs on."""


_STATES: Mapping[Truth, State] = {True: State.MET, False: State.NOT_MET, None: State.UNKNOWN}


class Asker:
    """Works out what to ask, and which single facts would alter the outcome."""

    def __init__(
        self, whole: World, view: View, worlds: list[tuple[World, View]], behind: Behind
    ) -> None:
        self.behind = behind
        self.evaluation = whole.evaluation
        self.book = whole.evaluation.book
        self.line = whole.evaluation.line
        self.kind = whole.evaluation.kind
        self.view = view
        self.findings = whole.findings
        self.reach = whole.reach
        self.worlds = worlds
        """The law of each part of the days, with the view of it that is asked about."""
        self.base = outcomes_of([part for _, part in worlds])
        self.settling = dict.fromkeys(
            p.id
            for p in self.book.provisions.values()
            if view.forces[p.id] is not InForce.NO  # as moratoria are in a view that lifts them
            and (p.restricting or p.effect is Effect.EXEMPT)
        )
        """The provisions that set an outcome here, in the order of the book."""

    def suppose(self, fact: str, value: Any) -> frozenset[Outcome]:
        """The outcomes if a fact had this value, working out again only what reads it."""
        return outcomes_of(
            [self._supposed(world, view, fact, value) for world, view in self.worlds]
        )

    def _supposed(self, world: World, view: View, fact: str, value: Any) -> View:
        supposition = Supposition(world.evaluation, fact, value)
        changed: dict[str, Truth] = {}
        reach = view.reach
        for reader in self.book.readers_of.get(fact, ()):
            if reader == REACH and world.reach is not None:
                reach = supposition.reach(world.reach)
            elif reader in self.settling:
                provision = self.book.provisions[reader]
                truth = supposition.met(provision, world.findings[reader])
                if truth is not view.truths[reader]:
                    changed[reader] = truth
        if not changed and reach is view.reach:
            return view
        return View(self.book, self.kind, {**view.truths, **changed}, view.forces, reach)

    def readings(self) -> Iterable[UnderReading]:
        """What each rival reading gives, where the rulebook reaches the line."""
        if self.view.reach is False:
            return
        for provision in self.book.provisions.values():
            if self.view.forces[provision.id] is InForce.NO:
                continue
            for one in provision.readings:
                supposition = Supposition(self.evaluation, provision.settled_by, one.name)
                state = _STATES[supposition.met(provision, self.findings[provision.id])]
                outcomes = self.suppose(provision.settled_by, one.name)
                yield UnderReading(provision.id, one.name, state, outcomes)

    def questions(self, only: frozenset[str] = frozenset()) -> tuple[Question, ...]:
        """What to ask, most decisive first; of some provisions only, where any are named.

        Nothing when the outcome is settled.
        """
        if len(self.base) == 1:
            return ()
        asked: dict[tuple[str, str], list[str]] = {}
        leaves = Leaves()
        for owner, trace in self._open_traces():
            if only and owner not in only:
                continue
            for of, fact in leaves.open(trace):
                owners = asked.setdefault((fact, of), [])
                if owner not in owners:
                    owners.append(owner)
        found = self._through_methods(
            [self._question(fact, of, tuple(owners)) for (fact, of), owners in asked.items()]
        )
        found.sort(key=lambda q: (-q.removes, q.derived, q.fact, q.of))
        return tuple(found)

    def _through_methods(self, asked: list[Question]) -> list[Question]:
        """Put in place of each open grade the facts that the method lacks."""
        found = [q for q in asked if q.fact not in self.behind]
        seen = {(q.fact, q.of) for q in found}
        for grade in (q for q in asked if q.fact in self.behind):
            for of, fact in self.behind[grade.fact]:
                if (fact, of) not in seen:
                    seen.add((fact, of))
                    why = self.line.reading(fact).unknown or UnknownReason.NOT_ASKED
                    found.append(
                        Question(fact, of, why, grade.provisions, (), grade.removes, grade.fact)
                    )
        return found

    def _open_traces(self) -> Iterable[tuple[str, Trace]]:
        if self.reach is not None and self.reach.truth is None:
            yield REACH, self.reach
        certain = self.view._certain_rank()  # noqa: SLF001 - one algorithm in two classes
        for provision in self.book.provisions.values():
            if not self._matters(provision, certain):
                continue
            for finding in self.findings[provision.id]:
                if finding.trace is not None and finding.state is State.UNKNOWN:
                    yield provision.id, finding.trace

    def _matters(self, provision: Provision, certain: int | None) -> bool:
        if provision.effect is Effect.EXEMPT:
            return any(self.view.truths.get(pid) is not False for pid in provision.releases)
        if not provision.restricting or self.view.live[provision.id] is not None:
            return False
        return certain is None or RANK[provision.effect_for(self.kind)] < certain

    def _question(self, fact: str, of: str, provisions: tuple[str, ...]) -> Question:
        definition = self.book.dictionary.facts[fact]
        reading = self.line.reading(fact)
        answers = []
        removes = 0
        for value in definition.domain:
            left = self.suppose(fact, value)
            answers.append((str(stored(value)), ordered(left)))
            removes += len(self.base - left)
        why = reading.unknown or UnknownReason.NOT_ASKED
        return Question(
            fact,
            of,
            why,
            provisions,
            tuple(answers),
            removes,
            derived=fact in self.book.derive,
        )

    def changes(self) -> tuple[Change, ...]:
        """The single known facts that would alter the outcome, were they otherwise."""
        leaves = Leaves()
        known: dict[tuple[str, str], Reading] = {}
        traces = [f.trace for pid in self.settling for f in self.findings[pid] if f.trace]
        for trace in [*traces, *([self.reach] if self.reach else [])]:
            known.update(leaves.known(trace))
        found: list[Change] = []
        for (of, fact), reading in sorted(known.items(), key=lambda pair: pair[0][::-1]):
            # What kind of case it is, and what follows from that, could not have been otherwise.
            if fact != "case.kind" and reading.origin != "case":
                found.extend(self._alternatives(fact, of, reading))
        return tuple(found)

    def _alternatives(self, fact: str, of: str, reading: Reading) -> Iterable[Change]:
        for value in self.book.dictionary.facts[fact].domain:
            if value == reading.value:
                continue
            left = self.suppose(fact, value)
            if left != self.base:
                yield Change(fact, of, stored(reading.value), stored(value), ordered(left))
