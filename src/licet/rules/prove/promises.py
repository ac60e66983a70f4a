"""What a rulebook promises of every case: worse news never makes the answer milder.

The dictionary says of each fact which values speak against a transfer (``adverse``: a red flag that
is up, a safeguard that is missing). Two promises follow, and one question settles both:

- raising a red flag never loosens the outcome;
- declaring a safeguard met never tightens it.

An applicant's own word counts at once where it is adverse, so a promise that fails for a fact the
applicant states is a way to talk oneself into a milder answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import z3

from licet.model.fact import FactType, stored
from licet.model.outcome import RESTRICTING, Outcome, strictness
from licet.rules.grades import GRADES
from licet.rules.prove.findings import Finding, Kind, ProofError, graded, is_method, replayed
from licet.rules.prove.question import Answer
from licet.rules.prove.world import LINE
from licet.rules.rulebook import Anchor
from licet.rules.scope import Scope

if TYPE_CHECKING:
    from licet.model.fact import FactDefinition
    from licet.rules.prove.analyses import Prover
    from licet.rules.prove.question import Witness


@dataclass(frozen=True, slots=True)
class Loosened:
    """A fact whose adverse value makes an outcome milder, in the case of the witness."""

    fact: str
    adverse: Any
    mild: Any
    scope: str
    before: str
    """The outcome with the mild value."""
    after: str
    """The outcome with the adverse value."""
    witness: Witness
    """The case with the adverse value."""


Fixing = tuple[z3.BoolRef, z3.BoolRef]


class Promises:
    """The promises of one rulebook."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self.world = prover.world
        self.kept: set[str] = set()
        """The facts of which :meth:`findings` proved that they break no promise."""
        self.rungs = self._rungs()
        """From the strictest on, for each grade apart: that the answer is at least as strict."""
        self.excepted = [
            prover.encoding.condition(one.where, LINE, Anchor.ASSESSED.value)
            for one in prover.book.promises_except
        ]

    def _rungs(self) -> list[tuple[str, z3.BoolRef]]:
        if not is_method(self.prover.book):
            ladder = self.prover.ladder
            return [(e.value, ladder.at_least(rung)) for rung, e in enumerate(RESTRICTING)]
        return [
            (f"{name.removeprefix('grade.')}: {GRADES[rank]}", z3.Or(*literals[rank:]))
            for name, literals in self.prover.encoding.grades().items()
            for rank in reversed(range(1, len(GRADES)))
        ]

    def facts(self) -> list[tuple[str, str]]:
        """The (scope, fact) pairs that the rulebook reads and that have adverse values."""
        pairs = {*self.world.bools, *self.world.singles}
        pairs |= {(owner, fact) for owner, fact, _ in self.world.several}
        first = {LINE, *(members[0] for members in self.world.members.values() if members)}
        # One member stands for each: what holds of the first holds of all.
        return sorted(
            (owner, fact)
            for owner, fact in pairs
            if owner in first and self.world.definition(fact).adverse
        )

    def findings(self) -> Iterator[Finding]:
        """Each fact that breaks a promise, once, with a case that shows it."""
        told: set[str] = set()
        file = f"{self.prover.book.id}/rulebook.yaml"
        for owner, fact in self.facts():
            if fact in told:
                continue
            for adverse, mild, worse, better in self._changes(owner, fact):
                self.kept.add(fact)
                answer, found = self._loosened(owner, fact, (adverse, mild), worse, better)
                if answer is Answer.NOT_PROVED:
                    told.add(fact)
                    yield self.prover.not_proved(fact, file, "whether it loosens the outcome")
                if found is not None:
                    told.add(fact)
                    yield Finding(Kind.LOOSENS, fact, file, _words(found), found.witness)
                if fact in told:
                    break
        self.kept -= told

    def _changes(
        self, owner: str, fact: str
    ) -> Iterator[tuple[Any, Any, list[Fixing], list[Fixing]]]:
        """Each adverse value beside each other: the values, and how to fix either."""
        definition = self.world.definition(fact)
        match definition.type:
            case FactType.YES_NO if len(definition.adverse) == 1:
                literal = self.world.bools[owner, fact]
                flag = self.world.stated_flags.get((owner, fact))
                stated = [(flag, z3.BoolVal(True))] if flag is not None else []
                bad = definition.adverse[0] == "yes"
                worse, better = z3.BoolVal(bad), z3.BoolVal(not bad)
                yield bad, not bad, [(literal, worse), *stated], [(literal, better), *stated]
            case FactType.CODE:
                for adverse in definition.adverse:
                    for mild in _mild(definition):
                        yield (
                            adverse,
                            mild,
                            self._fix(owner, fact, adverse),
                            self._fix(owner, fact, mild),
                        )
            case FactType.CODES:
                for (held_by, name, code), literal in self.world.several.items():
                    if (held_by, name) == (owner, fact) and code in definition.adverse:
                        yes, no = z3.BoolVal(True), z3.BoolVal(False)
                        yield code, "", [(literal, yes)], [(literal, no)]
            case _:
                return  # A fact whose values all speak against it, or that has no adverse value.

    def _fix(self, owner: str, fact: str, value: Any) -> list[Fixing]:
        cells = self.world.singles[owner, fact].cells
        return [(literal, z3.BoolVal(code == value)) for code, literal in cells.items()]

    def _loosened(
        self,
        owner: str,
        fact: str,
        values: tuple[Any, Any],
        worse: list[Fixing],
        better: list[Fixing],
    ) -> tuple[Answer, Loosened | None]:
        milder = []
        for _, rung in self.rungs:
            before, after = z3.substitute(rung, *better), z3.substitute(rung, *worse)
            milder.append(z3.And(before, z3.Not(after)))
        holds = [literal == value for literal, value in worse]
        excepted = [z3.Not(z3.substitute(where, *worse)) for where in self.excepted]
        answer, witness = self.prover.solver.witness(z3.Or(milder), *holds, *excepted)
        if witness is None:
            return answer, None
        return answer, self._named(owner, fact, values, milder, witness)

    def _named(
        self,
        owner: str,
        fact: str,
        values: tuple[Any, Any],
        milder: list[z3.BoolRef],
        witness: Witness,
    ) -> Loosened:
        solver = self.prover.solver
        broken = [i for i, claim in enumerate(milder) if solver.holds(claim)]
        before = self.rungs[broken[0]][0]
        ladder = before.partition(": ")[0] if is_method(self.prover.book) else ""
        after = next(
            (n for n, rung in self.rungs if n.startswith(ladder) and solver.holds(rung)), ""
        )
        found = Loosened(fact, values[0], values[1], owner, before, after, witness)
        self._confirm(found)
        return found

    def _confirm(self, found: Loosened) -> None:
        """Put both cases to the engine."""
        book, methods = self.prover.book, self.prover.methods
        instead = otherwise(found.witness, found.scope, found.fact, found.mild, found.adverse)
        if is_method(book):
            name, _, grade = found.before.partition(": ")
            worse, better = (graded(book, w)[f"grade.{name}"] for w in (found.witness, instead))
            milder = grade in better and min(map(GRADES.index, worse)) < GRADES.index(grade)
        else:
            after = replayed(book, methods, found.witness).outcomes_on_merits
            before = replayed(book, methods, instead).outcomes_on_merits
            strict = min(map(strictness, before))
            milder = Outcome(found.before) in before and max(map(strictness, after)) > strict
        if not milder:
            raise ProofError(f"{book.id}: the engine does not find {found.fact} milder")


def otherwise(witness: Witness, owner: str, fact: str, value: Any, instead_of: Any) -> Witness:
    """The same case with one fact otherwise; of a fact that holds codes, without one of them."""
    collections: dict[str, tuple[Scope, ...]] = {}
    own = {LINE: dict(witness.scope.facts)}
    for group in witness.scope.collections.values():
        own.update({member.name: dict(member.facts) for member in group})
    before = own[owner][fact]
    if isinstance(before.value, tuple):
        value = tuple(code for code in before.value if code != instead_of)
    own[owner][fact] = replace(before, value=value)
    line = Scope(LINE, own[LINE], None, collections)
    for name, group in witness.scope.collections.items():
        collections[name] = tuple(Scope(m.name, own[m.name], line) for m in group)
    return replace(witness, scope=line)


def _mild(definition: FactDefinition) -> list[str]:
    """The values beside the adverse ones: of a checklist's item, that it is met."""
    mild = [code for code in definition.code_names if code not in definition.adverse]
    return [code for code in mild if code in ("met", "none_found")] or mild


def _words(found: Loosened) -> str:
    after = found.after.replace("_", " ") or "no restriction"
    return (
        f"{found.fact}: `{stored(found.adverse)}` speaks against a transfer and makes the outcome "
        f"milder: {after}, where `{stored(found.mild)}` gives {found.before.replace('_', ' ')}"
    )
