"""From findings to the set of possible outcomes of a line, the questions, and what would change.

Each unknown provision may go either way; the set holds every outcome that some combination
gives. It can be wider than what every single fact allows (a fact that two provisions share), and
is never narrower. Unknown never becomes permitted: ``no_rule_applies`` is in the set only as long
as no restricting provision is certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from licet.model.fact import Reading, UnknownReason, stored
from licet.model.outcome import LADDER, RESTRICTING, Effect, Outcome, ordered
from licet.rules.evaluate import (
    Evaluation,
    Finding,
    InForce,
    Leaves,
    State,
    Trace,
    Truth,
    kleene_all,
    kleene_any,
    kleene_not,
)
from licet.rules.regimes import regimes
from licet.rules.rulebook import REACH
from licet.rules.supposition import Supposition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.rules.rulebook import Provision, Rulebook
    from licet.rules.scope import Days, Scope

_RANK = {effect: rank for rank, effect in enumerate(RESTRICTING)}


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


@dataclass(frozen=True, slots=True)
class LineResult:
    """What one rulebook says of one line."""

    outcomes: frozenset[Outcome]
    outcomes_on_merits: frozenset[Outcome]
    outcomes_before_review: frozenset[Outcome]
    """What is declared, with open grounds of refusal set aside that bind the authority on review: whether
    permission is needed is one question, how it must be decided another."""
    merits_before_review: frozenset[Outcome]
    """The same with the moratoria lifted."""
    findings: tuple[Finding, ...]
    reach: Trace | None
    live: Mapping[str, Truth]
    heads: tuple[str, ...]
    questions: tuple[Question, ...]
    changes: tuple[Change, ...]
    readings: tuple[UnderReading, ...] = ()
    """For each provision in force that is read in rival ways, what each reading gives."""


Behind = Mapping[str, tuple[tuple[str, str], ...]]
"""For a fact that a method worked out and left open: the (scope, fact) pairs it hangs on."""


def decide(
    book: Rulebook,
    line: Scope,
    days: Days,
    kind: str,
    *,
    explain: bool = True,
    behind: Behind | None = None,
) -> LineResult:
    """Apply a whole rulebook to one line.

    ``behind`` names what an open grade hangs on, so that people are asked that, and never for a
    grade.
    """
    whole = _World.of(book, line, days, kind)
    parts = regimes(book, days)
    # Days within which the law changed: each law alone, and then every outcome that one of them gives.
    worlds = [_World.of(book, line, part, kind) for part in parts] if len(parts) > 1 else [whole]
    declared = [world.view for world in worlds]
    merits = [view.lifted() if book.moratoria else view for view in declared]
    outcomes = _outcomes(declared)
    questions: tuple[Question, ...] = ()
    changes: tuple[Change, ...] = ()
    readings: tuple[UnderReading, ...] = ()
    if explain:
        # A declared moratorium settles the outcome and must not silence the questions behind it.
        whole_merits = whole.view.lifted() if book.moratoria else whole.view
        asker = _Asker(whole, whole_merits, list(zip(worlds, merits, strict=True)), behind or {})
        questions = asker.questions()
        questions += _about_moratoria(whole, worlds, behind or {}, questions)
        changes = asker.changes()
        readings = tuple(asker.readings())
    return LineResult(
        outcomes,
        _outcomes(merits),
        _outcomes([view.before_review() for view in declared]),
        _outcomes([view.before_review() for view in merits]),
        tuple(f for found in whole.findings.values() for f in found),
        whole.reach,
        whole.view.live,
        whole.view.heads() or _heads_of_each(declared, outcomes),
        questions,
        changes,
        readings,
    )


def _outcomes(views: Iterable[_View]) -> frozenset[Outcome]:
    """Every outcome that one of the views gives."""
    return frozenset().union(*(view.outcomes() for view in views))


def _heads_of_each(views: list[_View], outcomes: frozenset[Outcome]) -> tuple[str, ...]:
    """What carries an outcome that several laws give alike, one after the other."""
    heads = [view.heads() for view in views]
    if len(outcomes) > 1 or not all(heads):
        return ()
    return tuple(dict.fromkeys(pid for found in heads for pid in found))


def _about_moratoria(
    whole: _World, worlds: list[_World], behind: Behind, asked: tuple[Question, ...]
) -> tuple[Question, ...]:
    """What only a moratorium asks: whether it covers the case, where nobody knows."""
    live = whole.view.live
    hanging = [pid for pid in whole.view.book.moratoria if live.get(pid, False) is None]
    if not hanging:
        return ()
    known = {(question.fact, question.of) for question in asked}
    asker = _Asker(whole, whole.view, [(world, world.view) for world in worlds], behind)
    found = asker.questions(frozenset(hanging))
    return tuple(q for q in found if (q.fact, q.of) not in known)


@dataclass(frozen=True, slots=True)
class _World:
    """One line under the law of one span of days: the findings and what they leave possible."""

    evaluation: Evaluation
    findings: Mapping[str, tuple[Finding, ...]]
    reach: Trace | None
    view: _View

    @staticmethod
    def of(book: Rulebook, line: Scope, days: Days, kind: str) -> _World:
        """Apply a whole rulebook under the law of these days."""
        evaluation = Evaluation(book, line, days, kind)
        findings = {p.id: evaluation.findings(p) for p in book.provisions.values()}
        reach = evaluation.reach()
        truths = {pid: _truth(found) for pid, found in findings.items()}
        reached = True if reach is None else reach.truth
        forces = {pid: found[0].in_force for pid, found in findings.items()}
        view = _View(book, kind, truths, forces, reached)
        return _World(evaluation, findings, reach, view)


def _truth(findings: tuple[Finding, ...]) -> Truth:
    """A provision applied to several things is met if it is met for one of them."""
    return kleene_any(finding.truth for finding in findings)


_STATES: Mapping[Truth, State] = {True: State.MET, False: State.NOT_MET, None: State.UNKNOWN}


class _View:
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

    def lifted(self) -> _View:
        """The same with the moratoria lifted, as if they were not in force: never hidden merits."""
        away = self.without(self.book.moratoria)
        forces = {**self.forces, **dict.fromkeys(self.book.moratoria, InForce.NO)}
        return _View(self.book, self.kind, away.truths, forces, self.reach)

    def without(self, ids: Iterable[str]) -> _View:
        """The same with some provisions not met."""
        truths = {**self.truths, **dict.fromkeys(ids, False)}
        return _View(self.book, self.kind, truths, self.forces, self.reach)

    def before_review(self) -> _View:
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
            rank = _RANK[self._effect(pid)]
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
        ranks = [_RANK[self._effect(pid)] for pid, truth in self.live.items() if truth is True]
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
            if truth is True and _RANK[self._effect(pid)] == certain
        )


class _Asker:
    """Works out what to ask, and which single facts would alter the outcome."""

    def __init__(
        self, whole: _World, view: _View, worlds: list[tuple[_World, _View]], behind: Behind
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
        self.base = _outcomes([part for _, part in worlds])
        self.settling = dict.fromkeys(
            p.id
            for p in self.book.provisions.values()
            if view.forces[p.id] is not InForce.NO  # as moratoria are in a view that lifts them
            and (p.restricting or p.effect is Effect.EXEMPT)
        )
        """The provisions that set an outcome here, in the order of the book."""

    def suppose(self, fact: str, value: Any) -> frozenset[Outcome]:
        """The outcomes if a fact had this value, working out again only what reads it."""
        return _outcomes([self._supposed(world, view, fact, value) for world, view in self.worlds])

    def _supposed(self, world: _World, view: _View, fact: str, value: Any) -> _View:
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
        return _View(self.book, self.kind, {**view.truths, **changed}, view.forces, reach)

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
        return certain is None or _RANK[provision.effect_for(self.kind)] < certain

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


# Grades ------------------------------------------------------------------------------------------

GRADES = ("none_found", "elevated", "high", "severe")
LIKELIHOOD = "likelihood"
"""The dimension that mitigation may lower. The overall grade leaves it out: what was found stays found."""


def open_behind(
    book: Rulebook, readings: Mapping[str, Reading], findings: tuple[Finding, ...]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each open grade of a method, the facts that keep it open."""
    behind: dict[str, tuple[tuple[str, str], ...]] = {}
    walker = Leaves()
    for name, reading in readings.items():
        if reading.known:
            continue
        leaves: dict[tuple[str, str], None] = {}
        for finding in findings:
            provision = book.provisions[finding.provision]
            matters = name == f"grade.{provision.dimension}" or (
                name == "grade.overall" and provision.dimension != LIKELIHOOD
            )
            if matters and finding.trace and provision.grade in (reading.possible or ()):
                leaves.update(dict.fromkeys(walker.open(finding.trace)))
        behind[name] = tuple(leaves)
    return behind


def grades(
    book: Rulebook, line: Scope, days: Days, kind: str
) -> tuple[dict[str, Reading], tuple[Finding, ...]]:
    """Apply a method rulebook: the grade of each dimension, as readings, and the findings.

    A dimension's grade is the worst that is met; where an unknown provision could make it worse
    the reading is unknown, narrowed to the grades still possible. The overall grade is the worst
    dimension: no mean, nothing averaged away.
    """
    evaluation = Evaluation(book, line, days, kind)
    by_dimension: dict[str, set[str]] = {}
    findings: list[Finding] = []
    certain: dict[str, int] = {}
    for provision in book.provisions.values():
        found = evaluation.findings(provision)
        findings.extend(found)
        if provision.effect is not Effect.GRADE:
            continue
        possible = by_dimension.setdefault(provision.dimension, {GRADES[0]})
        absent = all(f.state is State.NOT_IN_FORCE for f in found)
        # A method that was not in force graded nothing: no grade is not a low grade.
        truth = None if absent else _truth(found)
        if truth is not False:
            possible.add(provision.grade)
        if truth is True:
            rank = GRADES.index(provision.grade)
            certain[provision.dimension] = max(rank, certain.get(provision.dimension, 0))
    readings = {}
    overall: set[int] = {0}
    for dimension, possible in sorted(by_dimension.items()):
        floor = certain.get(dimension, 0)
        left = {rank for rank in map(GRADES.index, possible) if rank >= floor}
        if dimension != LIKELIHOOD:
            overall = {max(a, b) for a in overall for b in left}
        readings[f"grade.{dimension}"] = _grade_reading(left, book.id)
    readings["grade.overall"] = _grade_reading(overall, book.id)
    return readings, tuple(findings)


def _grade_reading(ranks: set[int], origin: str) -> Reading:
    names = frozenset(GRADES[rank] for rank in ranks)
    if len(names) == 1:
        return Reading(value=next(iter(names)), origin=origin)
    return Reading(unknown=UnknownReason.OPEN, possible=names, origin=origin)
