"""From the truths of provisions to the set of possible outcomes, under the law of one span of days.

Each unknown provision may go either way; the set holds every outcome that some combination
gives. It can be wider than what every single fact allows (a fact that two provisions share), and
is never narrower. Unknown never becomes permitted: ``no_rule_applies`` is in the set only as long
as no restricting provision is certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from licet.model.outcome import LADDER, RESTRICTING, Effect, Outcome
from licet.rules.evaluate import (
    Evaluation,
    Finding,
    InForce,
    Trace,
    Truth,
    kleene_all,
    kleene_any,
    kleene_not,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.rules.rulebook import Provision, Rulebook
    from licet.rules.scope import Days, Scope

RANK = {effect: rank for rank, effect in enumerate(RESTRICTING)}


def outcomes_of(views: Iterable[View]) -> frozenset[Outcome]:
    """Every outcome that one of the views gives."""
    return frozenset().union(*(view.outcomes() for view in views))


@dataclass(frozen=True, slots=True)
class World:
    """One line under the law of one span of days: the findings and what they leave possible."""

    evaluation: Evaluation
    findings: Mapping[str, tuple[Finding, ...]]
    reach: Trace | None
    view: View

    @staticmethod
    def of(book: Rulebook, line: Scope, days: Days, kind: str) -> World:
        """Apply a whole rulebook under the law of these days."""
        evaluation = Evaluation(book, line, days, kind)
        findings = {p.id: evaluation.findings(p) for p in book.provisions.values()}
        reach = evaluation.reach()
        truths = {pid: met_for_any(found) for pid, found in findings.items()}
        reached = True if reach is None else reach.truth
        forces = {pid: found[0].in_force for pid, found in findings.items()}
        view = View(book, kind, truths, forces, reached)
        return World(evaluation, findings, reach, view)


def met_for_any(findings: tuple[Finding, ...]) -> Truth:
    """A provision applied to several things is met if it is met for one of them."""
    return kleene_any(finding.truth for finding in findings)


class View:
    """The truths of all provisions of one line, and the outcomes they leave possible."""

    def __init__(
        self,
        book: Rulebook,
        kind: str,
        truths: Mapping[str, Truth],
        forces: Mapping[str, InForce],
        reach: Truth,
    ) -> None:
        self.book = book
        self.kind = kind
        self.truths = truths
        self.forces = forces
        self.reach = reach
        self.live = {p.id: self._live(p) for p in book.provisions.values() if p.restricting}

    def lifted(self) -> View:
        """The same with the moratoria lifted, as if they were not in force: never hidden merits."""
        away = self.without(self.book.moratoria)
        forces = {**self.forces, **dict.fromkeys(self.book.moratoria, InForce.NO)}
        return View(self.book, self.kind, away.truths, forces, self.reach)

    def without(self, ids: Iterable[str]) -> View:
        """The same with some provisions not met."""
        truths = {**self.truths, **dict.fromkeys(ids, False)}
        return View(self.book, self.kind, truths, self.forces, self.reach)

    def before_review(self) -> View:
        """The same with open grounds of refusal set aside that bind the authority on review."""
        provisions = self.book.provisions.values()
        review = [p.id for p in provisions if p.on_review and self.truths[p.id] is None]
        return self.without(review) if review else self

    def _live(self, provision: Provision) -> Truth:
        """Whether a restricting provision is met and not released."""
        releases = [self.truths[pid] for pid in self.book.releasers.get(provision.id, ())]
        return kleene_all([self.truths[provision.id], kleene_not(kleene_any(releases))])

    def outcomes(self) -> frozenset[Outcome]:
        """Every outcome that some possible world gives."""
        return self._possible

    @cached_property
    def _possible(self) -> frozenset[Outcome]:
        if self.reach is False:
            return frozenset({Outcome.NOT_REACHED})
        found = set(self._reached())
        if self.reach is None:
            found.add(Outcome.NOT_REACHED)
        return frozenset(found)

    def _reached(self) -> Iterable[Outcome]:
        own = [p for p in self.book.provisions.values() if p.id not in self.book.moratoria]
        acting = [p for p in own if p.restricting or p.effect is Effect.EXEMPT]
        # A rulebook of expectations alone is in force when one of these is. A moratorium can stand
        # before the rules that it suspends are in force, and does not put them into force.
        forces = {self.forces[p.id] for p in acting or own}
        certain = self._certain_rank()
        if InForce.YES not in forces and certain is None:
            yield Outcome.NOT_IN_FORCE
        for pid, truth in self.live.items():
            rank = RANK[self._effect(pid)]
            if truth is False or (certain is not None and rank > certain):
                continue
            clash = self._clash(pid)
            if clash is not True:
                yield LADDER[rank]
            if clash is not False:
                yield Outcome.CONFLICT
        if certain is None and forces - {InForce.NO}:
            yield from self._unrestricted()

    def _unrestricted(self) -> Iterable[Outcome]:
        restricting = [self.truths[pid] for pid in self.live]
        if True not in restricting:
            yield Outcome.NO_RULE_APPLIES
        if any(self._released(pid) for pid in self.live):
            yield Outcome.EXEMPT

    def _released(self, pid: str) -> bool:
        """Whether, in some world, the provision is met and an exemption releases it."""
        return self.truths[pid] is not False and any(
            self.truths[other] is not False for other in self.book.releasers.get(pid, ())
        )

    def _effect(self, pid: str) -> Effect:
        return self.book.provisions[pid].effect_for(self.kind)

    def _certain_rank(self) -> int | None:
        ranks = [RANK[self._effect(pid)] for pid, truth in self.live.items() if truth is True]
        return min(ranks) if ranks else None

    def _clash(self, pid: str) -> Truth:
        """Whether a release with no declared order bites beside this restriction."""
        undeclared = [self.truths[other] for other in self.book.clashing[pid]]
        return kleene_all([self.live[pid], kleene_any(undeclared)])

    def heads(self) -> tuple[str, ...]:
        """The certain live provisions with the strictest effect: what the outcome rests on."""
        certain = self._certain_rank()
        return tuple(
            pid
            for pid, truth in self.live.items()
            if truth is True and RANK[self._effect(pid)] == certain
        )
