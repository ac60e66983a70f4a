"""The questions that ``licet rulebook check --deep`` puts to one rulebook.

Each finding names a provision and its file. A question that was not settled in time is a finding of
its own, never a pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import z3

from licet.model.outcome import LADDER, Effect, Outcome
from licet.rules.grades import GRADES
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref
from licet.rules.prove.encode import encodings
from licet.rules.prove.findings import Finding, Kind, ProofError, is_method, replayed
from licet.rules.prove.question import LIMIT, Answer, Solver, Witness
from licet.rules.prove.world import LINE, World
from licet.rules.rulebook import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Provision, Rulebook


class Prover:
    """One rulebook, with the methods whose grades it reads, ready to be asked about every case."""

    def __init__(
        self, book: Rulebook, methods: Sequence[Rulebook] = (), limit: float = LIMIT
    ) -> None:
        self.book = book
        self.methods = tuple(methods)
        self.world = World((book, *self.methods), copies=2)
        self.encoding = encodings(book, self.world)
        self.ladder = self.encoding.ladder(book.moratoria)
        self.solver = Solver(self.world, limit)

    def findings(self) -> Iterator[Finding]:
        """Everything that one rulebook's own conditions show, in a fixed order."""
        for provision in self.book.provisions.values():
            yield from self._reachable(provision)
            yield from self._always(provision)
        yield from (self._grades() if is_method(self.book) else self._outcomes())
        yield from self._conflicts()
        yield from self._redundant()

    def not_proved(self, about: str, file: str, question: str) -> Finding:
        """That the limit ran out on a question."""
        return Finding(
            Kind.NOT_PROVED,
            about,
            file,
            f"{about}: {question} was not settled within {self.solver.limit:g} seconds: give more "
            "with --limit",
        )

    # 1: can it be met?

    def _reachable(self, provision: Provision) -> Iterator[Finding]:
        met, reach = self.encoding.met(provision), self.encoding.reach()
        pid, file = provision.id, provision.file
        follow = self.world.follow
        steps = (
            ((met,), Kind.UNREACHABLE, "no facts meet it, on any day of its periods"),
            (
                (met, reach),
                Kind.UNREACHED,
                "it is met only where the rulebook does not reach the case",
            ),
            (
                (met, reach, follow),
                Kind.AGAINST_DERIVATION,
                "only a fact stated against what follows from others meets it",
            ),
        )
        for claims, kind, words in steps:
            answer = self.solver.ask(*claims)
            if answer is Answer.NOT_PROVED:
                yield self.not_proved(pid, file, "whether it can be met")
                return
            if answer is Answer.NEVER:
                yield Finding(kind, pid, file, f"{pid}: {words}")
                return

    # 2: can it be not met?

    def _always(self, provision: Provision) -> Iterator[Finding]:
        if provision.when is None:
            return  # It says itself that it has no condition.
        scope, there = self._bound(provision)
        fails = z3.Not(self.encoding.condition(provision.when, scope, provision.anchor.value))
        answer = self.solver.ask(self.encoding.in_force(provision), fails, *there)
        if answer is Answer.NOT_PROVED:
            yield self.not_proved(provision.id, provision.file, "whether it can be not met")
        if answer is Answer.NEVER:
            message = f"{provision.id}: every case meets it, on every day of its periods"
            yield Finding(Kind.ALWAYS_MET, provision.id, provision.file, message)

    def _bound(self, provision: Provision) -> tuple[str, tuple[z3.BoolRef, ...]]:
        """What one finding of a provision is about, and that it is there."""
        if provision.scope is not Scope.PARTY:
            return LINE, ()
        member = self.world.members["party"][0]
        return member, (self.world.present(member, "parties"),)

    # 3: does every outcome come about?

    def _outcomes(self) -> Iterator[Finding]:
        for provision in self.ladder.restricting:
            if provision.id in self.book.moratoria:
                continue
            live = self.ladder.live[provision.id]
            met = self.ladder.met[provision.id]
            if self.solver.ask(live) is Answer.NEVER and self.solver.ask(met) is Answer.SOMETIMES:
                message = f"{provision.id}: whenever it is met, an exemption releases it"
                yield Finding(Kind.ALWAYS_RELEASED, provision.id, provision.file, message)
        for outcome, provisions in self._standing_for().items():
            declared = any(p.id in self.book.moratoria for p in provisions)
            ladder = self.encoding.ladder() if declared else self.ladder
            answer = self.solver.ask(ladder.outcome(outcome))
            yield from self._never(answer, outcome.value, provisions, "outcome")

    def _standing_for(self) -> dict[Outcome, list[Provision]]:
        found: dict[Outcome, list[Provision]] = {}
        for provision in self.book.provisions.values():
            if not provision.restricting and provision.effect is not Effect.EXEMPT:
                continue
            for effect in {provision.effect, *provision.for_kinds.values()}:
                found.setdefault(Outcome(effect.value), []).append(provision)
        return {outcome: found[outcome] for outcome in LADDER if outcome in found}

    def _never(
        self, answer: Answer, name: str, provisions: Sequence[Provision], what: str
    ) -> Iterator[Finding]:
        words = name.replace("_", " ")
        ids = ", ".join(p.id for p in provisions)
        file = provisions[0].file
        if answer is Answer.NOT_PROVED:
            yield self.not_proved(name, file, f"whether the {what} comes about")
        if answer is Answer.NEVER:
            message = f"no facts lead to the {what} `{words}`, for which {ids} stands"
            yield Finding(Kind.OUTCOME_NEVER, name, file, message)

    def _grades(self) -> Iterator[Finding]:
        grades = self.encoding.grades()
        stand: dict[tuple[str, str], list[Provision]] = {}
        for provision in self.book.provisions.values():
            if provision.effect is Effect.GRADE:
                stand.setdefault((provision.dimension, provision.grade), []).append(provision)
        for (dimension, grade), provisions in stand.items():
            claim = grades[f"grade.{dimension}"][GRADES.index(grade)]
            in_force = z3.Not(self.encoding.absent(provisions[0]))
            answer = self.solver.ask(claim, in_force)
            yield from self._never(answer, f"{dimension}: {grade}", provisions, "grade")

    # 4: do a restriction and an exemption ever bite together with no order?

    def _conflicts(self) -> Iterator[Finding]:
        for provision in self.ladder.restricting:
            for other in self.book.clashing[provision.id]:
                claims = (
                    self.ladder.live[provision.id],
                    self.ladder.met[other],
                    self.ladder.reached,
                )
                answer, witness = self.solver.witness(*claims)
                pair = f"{provision.id} and {other}"
                if answer is Answer.NOT_PROVED:
                    yield self.not_proved(pair, provision.file, "whether both bite together")
                if witness is not None:
                    self._confirm_conflict(witness, provision.id, other)
                    message = (
                        f"{provision.id} restricts and {other} exempts the same case, and no order "
                        "is declared: add `releases` or `prevails_over`"
                    )
                    yield Finding(Kind.CONFLICT, provision.id, provision.file, message, witness)

    def _confirm_conflict(self, witness: Witness, *ids: str) -> None:
        result = replayed(self.book, self.methods, witness)
        for pid in ids:
            found = [f.truth for f in result.findings if f.provision == pid]
            if all(truth is False for truth in found):
                raise ProofError(f"{self.book.id}: the engine does not find {pid} met in a witness")

    # 5: what could be left out?

    def _redundant(self) -> Iterator[Finding]:
        for provision in self.book.provisions.values():
            if provision.when is not None:
                scope, there = self._bound(provision)
                within = (*there, self.encoding.in_force(provision))
                anchor = provision.anchor.value
                yield from self._parts(
                    provision.id, provision.file, provision.when, scope, anchor, within
                )
        file = f"{self.book.id}/rulebook.yaml"
        named = [(term.name, term.when) for term in self.book.terms.values()]
        if self.book.reaches is not None:
            named.append(("reaches", self.book.reaches))
        for name, when in named:
            yield from self._parts(name, file, when, LINE, "assessed", ())

    def _parts(
        self,
        owner: str,
        file: str,
        root: Node,
        scope: str,
        anchor: str,
        within: tuple[z3.BoolRef, ...],
    ) -> Iterator[Finding]:
        whole = self.encoding.condition(root, scope, anchor)
        for part, without in lacking(root):
            if part.path.startswith("readings"):
                continue  # rival readings share parts by the way they are put into one condition
            rest = self.encoding.condition(without, scope, anchor)
            answer = self.solver.ask(*within, z3.Xor(whole, rest))
            if answer is Answer.NOT_PROVED:
                yield self.not_proved(owner, file, f"whether {part.path} matters")
            if answer is Answer.NEVER:
                message = f"{owner} {part.path} ({said(part)}) could be left out: nothing changes"
                yield Finding(Kind.REDUNDANT, owner, file, message)


def lacking(root: Node) -> Iterator[tuple[Node, Node]]:
    """Each part of each ``all``, ``any`` and ``none`` of a condition, and the condition without it."""
    match root:
        case Group():
            for index, part in enumerate(root.parts):
                rest = (*root.parts[:index], *root.parts[index + 1 :])
                if rest and root.kind != "at_least":
                    yield part, replace(root, parts=rest)
                for inner, changed in lacking(part):
                    parts = (*root.parts[:index], changed, *root.parts[index + 1 :])
                    yield inner, replace(root, parts=parts)
        case Not():
            for inner, changed in lacking(root.part):
                yield inner, replace(root, part=changed)
        case Quantified():
            for inner, changed in lacking(root.test):
                yield inner, replace(root, test=changed)
        case Leaf() | Ref():
            return


def said(node: Node) -> str:
    """A part of a condition as its file words it, in short."""
    match node:
        case _ if node.says:
            return node.says
        case Leaf():
            return node.fact if node.operand is True else f"{node.fact} {node.op}"
        case Ref():
            return f"ref {node.target}"
        case Not():
            return f"not {said(node.part)}"
        case Quantified():
            return f"{node.kind} of {node.over}"
        case Group():
            return f"{node.kind} of {len(node.parts)}"
