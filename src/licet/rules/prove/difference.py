"""What an amendment changed, and for whom: two versions of a rulebook, over every case.

A difference comes with the smallest case that shows it. Where there is none, that is proved: no
facts tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import z3

from licet.model.outcome import Effect, Outcome, ordered
from licet.rules.grades import GRADES
from licet.rules.prove.encode import encodings
from licet.rules.prove.findings import ProofError, graded, is_method, replayed
from licet.rules.prove.question import LIMIT, Answer, Solver, Witness
from licet.rules.prove.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.rules.rulebook import Provision, Rulebook, Saving

MET, NOT_MET = "met", "not met"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the new version answers otherwise, with the smallest case that shows it."""

    about: str
    """A provision, ``outcome``, ``outcome on the merits`` or a grade."""
    before: str
    after: str
    answer: Answer
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two versions of a rulebook differ."""

    old: Rulebook
    new: Rulebook
    added: tuple[Provision, ...]
    removed: tuple[Provision, ...]
    declared: tuple[tuple[str, str, str, str], ...]
    """What a provision says of itself: (provision, what, before, after)."""
    provisions: tuple[Change, ...]
    """Provisions in both that some facts meet in only one of them."""
    outcomes: tuple[Change, ...]

    @property
    def not_proved(self) -> tuple[Change, ...]:
        """The questions that the time limit cut off."""
        every = (*self.provisions, *self.outcomes)
        return tuple(change for change in every if change.answer is Answer.NOT_PROVED)

    @property
    def equivalent(self) -> bool:
        """Whether it is proved that no facts tell the two apart."""
        return not self.provisions and not self.outcomes and not self._acting()

    def _acting(self) -> bool:
        return bool(self.added or self.removed)


def difference(
    old: Rulebook, new: Rulebook, methods: Sequence[Rulebook] = (), limit: float = LIMIT
) -> Difference:
    """Compare two versions of a rulebook; ``methods`` are those whose grades either reads."""
    return _Comparison(old, new, methods, limit).difference()


class _Comparison:
    def __init__(
        self, old: Rulebook, new: Rulebook, methods: Sequence[Rulebook], limit: float
    ) -> None:
        self.old, self.new = old, new
        self.methods = tuple(m for m in methods if m is not old and m is not new)
        self.world = World((old, new, *self.methods))
        self.before, self.after = encodings(old, self.world), encodings(new, self.world)
        self.solver = Solver(self.world, limit)

    def difference(self) -> Difference:
        old, new = self.old.provisions, self.new.provisions
        common = [pid for pid in new if pid in old]
        return Difference(
            self.old,
            self.new,
            tuple(p for pid, p in new.items() if pid not in old),
            tuple(p for pid, p in old.items() if pid not in new),
            tuple(row for pid in common for row in _declared(old[pid], new[pid])),
            tuple(change for pid in common for change in self._provision(pid)),
            tuple(self._grades() if is_method(self.new) else self._outcomes()),
        )

    # Provisions

    def _provision(self, pid: str) -> Iterator[Change]:
        before = self.before.met(self.old.provisions[pid])
        after = self.after.met(self.new.provisions[pid])
        for was, now, words in (
            (z3.Not(before), after, (NOT_MET, MET)),
            (before, z3.Not(after), (MET, NOT_MET)),
        ):
            answer, witness = self.solver.witness(was, now)
            if answer is not Answer.NEVER:
                self._confirm_met(pid, words, witness)
                yield Change(pid, *words, answer, witness)

    def _confirm_met(self, pid: str, words: tuple[str, str], witness: Witness | None) -> None:
        if witness is None:
            return
        for book, word in zip((self.old, self.new), words, strict=True):
            result = replayed(book, self.methods, witness)
            found = [f.truth for f in result.findings if f.provision == pid]
            truth = True in found
            if truth is not (word == MET) and None not in found:
                raise ProofError(f"{book.id}: the engine does not find {pid} {word} in a witness")

    # Outcomes

    def _outcomes(self) -> Iterator[Change]:
        yield from self._moved("outcome", ((), ()))
        if self.old.moratoria or self.new.moratoria:
            lifted = (self.old.moratoria, self.new.moratoria)
            yield from self._moved("outcome on the merits", lifted)

    def _moved(
        self, about: str, lifted: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> Iterator[Change]:
        before, after = self.before.ladder(lifted[0]), self.after.ladder(lifted[1])
        every = ordered(frozenset(Outcome))
        was = {outcome: before.outcome(outcome) for outcome in every}
        now = {outcome: after.outcome(outcome) for outcome in every}
        for first in every:
            for second in every:
                if first is second:
                    continue
                # Where only some heads clash, one case has two outcomes; it moved if they differ.
                moved = z3.Or(z3.Not(now[first]), z3.Not(was[second]))
                answer, witness = self.solver.witness(was[first], now[second], moved)
                if answer is Answer.NEVER:
                    continue
                if witness is not None:
                    self._confirm_outcome(
                        (first, second), witness, merits=bool(lifted[0] or lifted[1])
                    )
                yield Change(about, first.value, second.value, answer, witness)

    def _confirm_outcome(
        self, moved: tuple[Outcome, Outcome], witness: Witness, *, merits: bool
    ) -> None:
        for book, outcome in zip((self.old, self.new), moved, strict=True):
            result = replayed(book, self.methods, witness)
            if outcome not in (result.outcomes_on_merits if merits else result.outcomes):
                raise ProofError(f"{book.id}: the engine does not find `{outcome}` in a witness")

    # Grades

    def _grades(self) -> Iterator[Change]:
        was, now = self.before.grades(), self.after.grades()
        nothing = (z3.BoolVal(True), *[z3.BoolVal(False)] * (len(GRADES) - 1))
        for name in sorted({*was, *now}):
            before, after = was.get(name, nothing), now.get(name, nothing)
            for first, was_it in zip(GRADES, before, strict=True):
                for second, is_it in zip(GRADES, after, strict=True):
                    if first == second:
                        continue
                    answer, witness = self.solver.witness(was_it, is_it)
                    if answer is not Answer.NEVER:
                        self._confirm_grade(name, (first, second), witness)
                        yield Change(name, first, second, answer, witness)

    def _confirm_grade(self, name: str, moved: tuple[str, str], witness: Witness | None) -> None:
        if witness is None:
            return
        for book, grade in zip((self.old, self.new), moved, strict=True):
            if grade not in graded(book, witness).get(name, (GRADES[0],)):
                raise ProofError(f"{book.id}: the engine does not find {name} {grade} in a witness")


def _declared(old: Provision, new: Provision) -> Iterator[tuple[str, str, str, str]]:
    """What a provision says of itself and says otherwise now."""
    for what, read in _SAYS.items():
        before, after = read(old), read(new)
        if before != after:
            yield new.id, what, before or "none", after or "none"


def _effects(provision: Provision) -> str:
    special = [f"{word.value} for {kind}" for kind, word in provision.for_kinds.items()]
    return ", ".join([provision.effect.value, *special]).replace("_", " ")


def _periods(provision: Provision) -> str:
    return "; ".join(
        f"from {p.start or f'a day not later than {p.not_later_than}'}"
        + (f" to {p.end}" if p.end else "")
        + (f", and on for {_saved(p.continues_for)}" if p.continues_for else "")
        + (f", but not for {_saved(p.not_for)}" if p.not_for else "")
        for p in provision.periods
    )


def _saved(saving: Saving) -> str:
    return f"a case whose day of {saving.anchor.value} lies before {saving.before}"


_SAYS: dict[str, Any] = {
    "effect": _effects,
    "releases": lambda p: ", ".join(p.releases),
    "prevails over": lambda p: ", ".join(p.prevails_over),
    "in force": _periods,
    "looks at the day of": lambda p: p.anchor.value,
    "applies to": lambda p: ", ".join((p.scope.value, *p.roles)),
    "conditions": lambda p: ", ".join(p.conditions),
    "grade": lambda p: f"{p.dimension} {p.grade}".strip() if p.effect is Effect.GRADE else "",
}
