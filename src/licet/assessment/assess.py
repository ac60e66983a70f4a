"""Assess a case: facts, then each rulebook alone, then one determination for each.

``determination = f(case, options, rulebook digests, snapshot digest, moratoria, hit decisions,
peer denials, semantics version)``, all of them in it. Same inputs, same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.assessment.cautions import cautions_of
from licet.assessment.determination import (
    SCHEMA,
    SEMANTICS,
    Determination,
    LineDecision,
    file_questions,
    line_body,
    merged_questions,
    outcome_fields,
    reading_body,
    seal,
)
from licet.assessment.lines import Deriver, Line, Stated, days_of, line_scope, lines_of
from licet.assessment.listed import any_party, party_readings
from licet.assessment.options import Options
from licet.assessment.overdue import overdue
from licet.assessment.overrides import set_aside
from licet.assessment.statements import Mode, weigh, weigh_silence
from licet.model.canonical import digest
from licet.model.dates import Span
from licet.model.fact import Reading, Standing
from licet.model.outcome import strictest_of
from licet.rules.grades import grades, open_behind
from licet.rules.load import chosen_books, default_dictionary
from licet.rules.outcomes import decide
from licet.rules.rulebook import Anchor, BookKind
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.assessment.evidence import Knowledge
    from licet.model.case import Case
    from licet.model.fact import FactDefinition
    from licet.rules.evaluate import Finding
    from licet.rules.outcomes import LineResult
    from licet.rules.rulebook import Rulebook
    from licet.screening import Result


@dataclass(frozen=True, slots=True)
class Graded:
    """What a method rulebook made of one line."""

    book: Rulebook
    readings: Mapping[str, Reading]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A case under several rulebooks: one determination each, never merged."""

    case: Case
    determinations: tuple[Determination, ...]
    graded: Mapping[str, tuple[Graded, ...]]
    """The method's grades, by line."""
    screened: Mapping[str, Result]
    """What the lists say of each party, by party id."""

    def __iter__(self) -> Iterator[Determination]:
        return iter(self.determinations)

    def _repr_html_(self) -> str:
        """Notebooks show the page that a reader would get."""
        from licet.assessment.page import render_page

        return render_page(self)


def assess(
    case: Case,
    knowledge: Knowledge,
    *,
    rulebooks: Iterable[str] | None = None,
    books: Mapping[str, Rulebook] | None = None,
    options: Options | None = None,
    explain: bool = True,
) -> Assessment:
    """Assess one case under the named rulebooks (all that ship when none is named).

    Raises InputError for an unknown rulebook, EvidenceError or ScreeningError where evidence or
    lists could not be used: a search that failed stops the work.
    """
    return _Run(
        case, knowledge, chosen_books(rulebooks, books), options or Options(), explain=explain
    ).assess()


def resolved(
    case: Case, knowledge: Knowledge, options: Options | None = None
) -> Iterator[tuple[Line, Scope]]:
    """Each line of a case with what the rules may see of it: weighed, derived, screened, looked up."""
    run = _Run(case, knowledge, (), options or Options(), explain=False)
    lines, base = run.scopes(knowledge.screen(case, run.as_of).facts)
    return ((line, base[line.id]) for line in lines)


class _Run:
    """One assessment on its way."""

    def __init__(
        self,
        case: Case,
        knowledge: Knowledge,
        books: tuple[Rulebook, ...],
        options: Options,
        *,
        explain: bool,
    ) -> None:
        self.case = case
        self.knowledge = knowledge
        self.books = books
        self.options = options
        self.explain = explain
        self.dictionary = default_dictionary()
        self.case_digest = digest(case.canonical())
        self._bodies: dict[int, tuple[Reading, dict[str, Any]]] = {}
        self.as_of = case.dates.assessed.last
        self.days = days_of(case)

    def assess(self) -> Assessment:
        screened = self.knowledge.screen(self.case, self.as_of)
        lines, base = self.scopes(screened.facts)
        methods = [book for book in self.books if book.kind is BookKind.METHOD]
        graded = {
            line.id: tuple(self._grade(book, base[line.id]) for book in methods) for line in lines
        }
        determinations = tuple(self._determine(book, lines, base, graded) for book in self.books)
        return Assessment(self.case, determinations, graded, screened.results)

    def scopes(
        self, screened: Mapping[str, Mapping[str, Reading]]
    ) -> tuple[tuple[Line, ...], dict[str, Scope]]:
        """The lines, and what the rules may see of each."""
        stated = Stated(self.case, self.dictionary, self._weigh, self._weigh_silence)
        lines = lines_of(self.case, self.knowledge.country)
        eu = self.knowledge.eu_members(self.as_of)
        deriver = Deriver(self.case, self.dictionary, self.knowledge.country, eu)
        base: dict[str, Scope] = {}
        for line in lines:
            facts = self._facts(line, stated, deriver)
            parties = party_readings(screened, facts)
            facts.update(any_party(parties, facts))
            base[line.id] = line_scope(self.case, line, facts, parties, stated)
        return lines, base

    def _weigh(
        self, definition: FactDefinition, statements: tuple[Any, ...], origin: str
    ) -> Reading:
        return weigh(definition, statements, self.options.mode, origin)

    def _weigh_silence(self, definition: FactDefinition, standing: Standing) -> Reading:
        return weigh_silence(definition, standing, self.options.mode)

    def _facts(self, line: Line, stated: Stated, deriver: Deriver) -> dict[str, Reading]:
        facts = stated.for_line(line)
        found = deriver.facts(line, facts)
        seen = self.knowledge.line_facts(self.case, line, self.as_of, self.options, facts)
        for name, reading in {**found, **seen}.items():
            before = facts.get(name)
            if before is None or (not before.known and reading.known):
                facts[name] = reading
        for name, reading in stated.silences.items():
            facts.setdefault(name, reading)
        return facts

    # Methods and rulebooks

    def _book_days(self, book: Rulebook) -> tuple[Days, bool]:
        """The days for a book; a model that looks back is applied as if it were in force."""
        starts = [
            p.start
            for provision in book.provisions.values()
            for p in provision.periods
            if p.start is not None
        ]
        first = min(starts, default=date.min)
        looks_back = book.retrospective and not self.options.strict_dates and self.as_of < first
        if not looks_back:
            return self.days, False
        return Days({anchor.value: Span(first, first) for anchor in Anchor}), True

    def _grade(self, book: Rulebook, scope: Scope) -> Graded:
        days, _ = self._book_days(book)
        readings, findings = grades(book, scope, days, self.case.kind.value)
        return Graded(book, readings, findings)

    def _determine(
        self,
        book: Rulebook,
        lines: tuple[Line, ...],
        base: Mapping[str, Scope],
        graded: Mapping[str, tuple[Graded, ...]],
    ) -> Determination:
        days, looks_back = self._book_days(book)
        book, aside = set_aside(self.case, book, self.as_of)
        decisions = []
        for line in lines:
            scope = self._with_grades(book, base[line.id], graded[line.id])
            if book.kind is BookKind.METHOD:
                result = _method_result(graded[line.id], book)
            else:
                result = decide(
                    book,
                    scope,
                    days,
                    self.case.kind.value,
                    explain=self.explain,
                    behind=_behind(book, graded[line.id]),
                )
                result = self._without_own(result, scope)
            decisions.append(LineDecision(line, result, scope.facts, book))
        return self._sealed(book, tuple(decisions), graded, aside, looks_back=looks_back)

    def _without_own(self, result: LineResult, scope: Scope) -> LineResult:
        """Who assesses itself is not told how to change the answer by stating otherwise."""
        if self.options.mode is not Mode.SELF_ASSESSMENT:
            return result
        told = tuple(
            change
            for change in result.changes
            if scope.reading(change.fact).standing is not Standing.SELF_DECLARED
        )
        return replace(result, changes=told)

    def _with_grades(self, book: Rulebook, scope: Scope, graded: tuple[Graded, ...]) -> Scope:
        used = {
            name: reading
            for one in graded
            if one.book.id in book.uses
            for name, reading in one.readings.items()
        }
        if not used:
            return scope
        facts = {**used, **scope.facts}
        collections: dict[str, tuple[Scope, ...]] = {}
        again = Scope(scope.name, facts, None, collections)
        for name, group in scope.collections.items():
            collections[name] = tuple(Scope(m.name, m.facts, again) for m in group)
        return again

    def _sealed(
        self,
        book: Rulebook,
        decisions: tuple[LineDecision, ...],
        graded: Mapping[str, tuple[Graded, ...]],
        aside: tuple[dict[str, Any], ...],
        *,
        looks_back: bool,
    ) -> Determination:
        outcomes = strictest_of([d.result.outcomes for d in decisions])
        merits = strictest_of([d.result.outcomes_on_merits for d in decisions])
        questions = merged_questions(decisions)
        if len(merits) > 1:
            questions += file_questions(self.case, questions)
        body: dict[str, Any] = {
            "schema": SCHEMA,
            "semantics": SEMANTICS,
            "case": self.case.id,
            "case_digest": self.case_digest,
            "rulebook": book.id,
            "rulebook_digest": book.digest,
            "rulebook_version": book.version,
            "kind": book.kind.value,
            "jurisdiction": book.jurisdiction,
            "uses": {used.id: used.digest for used in self.books if used.id in book.uses},
            "snapshot_digest": self.knowledge.digest,
            "options": self.options.stored(),
            "moratoria": [m.stored() for m in book.declared],
            "hit_decisions": [],
            "peer_denials": [],
            "assessed_as_of": self.as_of.isoformat(),
            "mode": "retrospective_policy" if looks_back else "as_in_force",
            **outcome_fields(outcomes, merits),
            "questions": questions,
            "open_questions": [q.model_dump(mode="json") for q in self.case.open_questions],
            "lines": [line_body(d) for d in decisions],
            "facts": self._used_facts(book, decisions),
            "not_considered": list(book.not_considered),
        }
        late = overdue(self.case, book, outcomes, self.as_of)
        if late:
            body["overdue"] = late
        if book.kind is BookKind.METHOD:
            body["grades"] = {
                line: {
                    name: reading_body(reading)
                    for one in found
                    if one.book.id == book.id
                    for name, reading in sorted(one.readings.items())
                }
                for line, found in graded.items()
            }
            body["outcomes"] = _overall(graded, book)
            body["outcome"] = body["outcomes"][0] if len(body["outcomes"]) == 1 else "indeterminate"
            body["outcomes_on_merits"] = body["outcomes"]
            body["outcome_on_merits"] = body["outcome"]
        body["cautions"] = cautions_of(
            self.case,
            book,
            decisions,
            self.knowledge,
            self.as_of,
            self.options,
            looks_back=looks_back,
        )
        body["cautions"] += aside
        return Determination(self.case, book, decisions, seal(body))

    def _used_facts(self, book: Rulebook, decisions: tuple[LineDecision, ...]) -> dict[str, Any]:
        """The readings that the book's provisions may depend on, by line."""
        wanted = book.readers_of
        return {
            d.line.id: {
                name: self._stored(d.readings[name])
                for name in sorted(wanted.keys() & d.readings.keys())
            }
            for d in decisions
        }

    def _stored(self, reading: Reading) -> dict[str, Any]:
        """A reading in the stored form, worked out once for all the rulebooks that use it."""
        kept = self._bodies.get(id(reading))
        if kept is None:
            kept = self._bodies[id(reading)] = (reading, reading_body(reading))
        return kept[1]


def _behind(book: Rulebook, graded: tuple[Graded, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the open grades of the methods that a book uses hang on."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in graded:
        if one.book.id in book.uses:
            found.update(open_behind(one.book, one.readings, one.findings))
    return found


def _overall(graded: Mapping[str, tuple[Graded, ...]], book: Rulebook) -> list[str]:
    """The overall grades still possible over all lines, worst last."""
    from licet.rules.grades import GRADES

    found: set[str] = set()
    for one in (g for groups in graded.values() for g in groups if g.book.id == book.id):
        reading = one.readings["grade.overall"]
        found.update({reading.value} if reading.known else reading.possible or ())
    return sorted(found, key=GRADES.index)


def _method_result(graded: tuple[Graded, ...], book: Rulebook) -> Any:
    from licet.model.outcome import Outcome
    from licet.rules.outcomes import LineResult

    findings = next(one.findings for one in graded if one.book.id == book.id)
    nothing = frozenset({Outcome.NO_RULE_APPLIES})
    return LineResult(nothing, nothing, nothing, nothing, findings, None, {}, (), (), ())
