"""The encoding that proofs rest on, held against the engine that decides.

Where everything is known, both give the same outcome. Where something is open, the exact set of
possible outcomes (every open fact takes each of its values) lies inside the engine's.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

pytest.importorskip("z3")

from tests.oracles.every_form import TURNS_ON_ITSELF, every_form

from licet.model.dates import Span
from licet.model.fact import Attaches, FactType, Reading, UnknownReason, parse_value
from licet.rules.evaluate import kleene_any
from licet.rules.grades import grades
from licet.rules.load import shipped
from licet.rules.outcomes import LineResult, decide
from licet.rules.prove.encode import encodings
from licet.rules.prove.possible import ExactCase
from licet.rules.prove.question import Solver
from licet.rules.prove.world import World
from licet.rules.rulebook import Anchor, BookKind, Rulebook
from licet.rules.scope import Days, Scope

BOOKS = {bid: book for bid, book in shipped().items() if book.kind is not BookKind.METHOD}
BOOKS["every-form"] = every_form()
ACTING = [
    bid for bid, book in BOOKS.items() if any(p.restricting for p in book.provisions.values())
]
REASONS = [UnknownReason.NOT_ASKED, UnknownReason.ASKED, UnknownReason.DISPUTED]


def methods(book: Rulebook) -> list[Rulebook]:
    return [shipped()[bid] for bid in book.uses]


class Draw:
    """Random cases for one rulebook, as rules see them."""

    def __init__(self, book: Rulebook, seed: int, *, complete: bool) -> None:
        self.random = random.Random(seed)
        self.book = book
        self.books = [book, *methods(book)]
        self.complete = complete
        self.world = World(self.books)
        self.facts = sorted(
            f for b in self.books for f in {*b.readers_of, *b.derive} if not f.startswith("grade.")
        )
        self.often = self.random.choice([0.1, 0.3, 0.6])
        self.openness = 0.0 if complete else self.random.choice([0.1, 0.3, 0.7])

    def value(self, fact: str) -> Any:
        definition = self.book.dictionary.facts[fact]
        if definition.type is FactType.YES_NO:
            return self.random.random() < self.often
        if definition.type is FactType.CODES:
            return tuple(sorted(c for c in definition.code_names if self.random.random() < 0.1))
        return self.random.choice(self.world.cells(fact))

    def reading(self, fact: str) -> Reading | None:
        derivable = any(fact in book.derive for book in self.books)
        if self.complete and fact in TURNS_ON_ITSELF:
            return Reading(value=self.value(fact))
        if derivable and self.random.random() < 0.6:
            reason = self.random.choice(REASONS)
            return None if self.complete else Reading(unknown=reason)
        if self.random.random() < self.openness:
            return self.unknown(fact)
        silent = self.complete and derivable and self.random.random() < 0.5
        return Reading(value=self.value(fact), by_silence=silent)

    def unknown(self, fact: str) -> Reading | None:
        definition = self.book.dictionary.facts[fact]
        single = definition.type in (FactType.CODE, FactType.COUNTRY)
        if single and self.random.random() < 0.3:
            left = frozenset(self.random.choices(self.world.cells(fact), k=2))
            return Reading(unknown=UnknownReason.OPEN, possible=left)
        return self.random.choice([None, *(Reading(unknown=r) for r in REASONS)])

    def readings(self, facts: list[str], share: float) -> dict[str, Reading]:
        found = {f: self.reading(f) for f in facts if self.random.random() < share}
        return {fact: reading for fact, reading in found.items() if reading is not None}

    def example(self) -> dict[str, Reading]:
        """What some provision was written for: the example in its file, or facts that meet it."""
        provision = self.random.choice(list(self.book.provisions.values()))
        facts = self.book.dictionary.facts
        if provision.tests and self.random.random() < 0.5:
            given = self.random.choice(provision.tests).given
            return {f: Reading(value=parse_value(facts[f], v)) for f, v in given.items()}
        encoding = encodings(self.book, self.world)
        claims = (encoding.reach(), encoding.met(provision))
        _, witness = Solver(self.world).witness(*claims)
        return {f: Reading(value=value) for f, value in witness.line} if witness else {}

    def scope(self) -> tuple[Scope, str]:
        facts = self.readings(self.facts, 1.0)
        if self.random.random() < 0.8:
            facts |= self.example()
        kind = "export" if self.random.random() < 0.7 else str(self.value("case.kind"))
        if "case.kind" in facts and facts["case.kind"].known:
            kind = facts["case.kind"].value
        facts["case.kind"] = Reading(value=kind)
        line = Scope("line", facts, None, {})
        self.collections(line)
        return line, kind

    def collections(self, line: Scope) -> None:
        parties = [
            self.member(f"p{i}", line, Attaches.PARTY) for i in range(self.random.randint(0, 3))
        ]
        items = [
            self.member(f"i{i}", line, Attaches.ITEM) for i in range(self.random.randint(0, 2))
        ]
        roles = {f"role:{r}" for p in self.book.provisions.values() for r in p.roles}
        line.collections.update({"parties": tuple(parties), "items": tuple(items)})
        for name in sorted({"end_users", *roles}):
            line.collections[name] = tuple(p for p in parties if self.random.random() < 0.5)

    def member(self, name: str, line: Scope, attaches: Attaches) -> Scope:
        facts = self.book.dictionary.facts
        own = [f for f in self.facts if facts[f].attaches is attaches]
        return Scope(name, self.readings(own, 0.5), line)

    def days(self) -> Days:
        turns = [t for t in self.world.turns if t < date(2100, 1, 1).toordinal()]
        found = {}
        for anchor in Anchor:
            day = date.fromordinal(self.random.choice(turns) + self.random.randint(-2, 700))
            last = (
                day if self.complete else day + timedelta(days=self.random.choice([0, 0, 30, 365]))
            )
            if anchor is Anchor.ASSESSED or self.random.random() < 0.7:
                found[anchor.value] = Span(day, last)
        return Days(found)


def graded(book: Rulebook, line: Scope, days: Days, kind: str) -> Scope:
    """The line with the grades of the methods that a book uses, as an assessment has them."""
    found: dict[str, Reading] = {}
    for method in methods(book):
        found |= grades(method, line, days, kind)[0]
    around = Scope("line", {**found, **line.facts}, None, {})
    around.collections.update(
        {
            name: tuple(Scope(m.name, m.facts, around) for m in group)
            for name, group in line.collections.items()
        }
    )
    return around


def compare(bid: str, seed: int, *, complete: bool) -> None:
    book = BOOKS[bid]
    draw = Draw(book, seed, complete=complete)
    line, kind = draw.scope()
    days = draw.days()
    result = decide(book, graded(book, line, days, kind), days, kind, explain=False)
    exact = ExactCase(book, line, days, kind, methods=methods(book))
    outcomes, merits = exact.outcomes(), exact.outcomes(book.moratoria)
    assert outcomes
    assert outcomes <= result.outcomes
    assert merits <= result.outcomes_on_merits
    settled = complete and methods_in_force(draw, days)
    for provision, truth in truths(result).items():
        if truth is not None:
            assert exact.met(provision) == {truth}, provision
        elif settled:
            assert exact.met(provision) == {True, False}, provision
    if settled:
        assert outcomes == result.outcomes
        assert merits == result.outcomes_on_merits


def truths(result: LineResult) -> dict[str, bool | None]:
    """Whether each provision is met for some thing it binds to, as the engine found."""
    found: dict[str, list[bool | None]] = {}
    for finding in result.findings:
        found.setdefault(finding.provision, []).append(finding.truth)
    return {provision: kleene_any(each) for provision, each in found.items()}


def methods_in_force(draw: Draw, days: Days) -> bool:
    """Whether the methods were in force: before that, grades are open though all else is known."""
    return all(
        days.of(provision.anchor).first >= period.start
        for method in draw.books[1:]
        for provision in method.provisions.values()
        for period in provision.periods
        if period.start is not None
    )


@pytest.mark.parametrize("bid", ACTING)
@pytest.mark.parametrize("complete", [True, False])
def test_proofs_and_the_engine_agree_on_a_few_cases(bid: str, complete: bool) -> None:
    for seed in range(2):
        compare(bid, seed, complete=complete)


@pytest.mark.slow
@pytest.mark.parametrize("bid", BOOKS)
@pytest.mark.parametrize("complete", [True, False])
def test_proofs_and_the_engine_agree_on_many_cases(bid: str, complete: bool) -> None:
    for seed in range(100, 125):
        compare(bid, seed, complete=complete)
