"""Propose the examples that a rulebook lacks: cases that would notice what none of its examples notices.

A proposal is a case in which a provision is met, not met or open for one reason alone, or a day on which
it begins or ends. What comes out of it is what the rulebook says now, so a proposal proves nothing: a
person who has read the law must say whether that is right, and give it a better name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from licet.model.fact import FactType, parse_value
from licet.model.outcome import Effect
from licet.rules.examples import example_scope, findings_of, leaves_of, run_example
from licet.rules.grammar import Leaf, walk
from licet.rules.mutants import PROPOSED, condition_of, owners_under
from licet.rules.mutation import unnoticed
from licet.rules.rulebook import ProvisionTest
from licet.rules.trees import Leaves
from licet.rules.ways import MOST, Ways, concrete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.rules.evaluate import Truth
    from licet.rules.mutants import Mutant
    from licet.rules.rulebook import Provision, Rulebook

_DAY = "2026-01-01"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An example that is missing, and how many changes it would notice."""

    provision: str
    file: str
    example: ProvisionTest
    notices: int


def proposals(book: Rulebook) -> Iterator[Proposal]:
    """The examples that are missing, provision by provision, each with what comes out of it now."""
    missed = unnoticed(book)
    homes = _homes(book)
    for provision in book.provisions.values():
        mine = {provision.id, *(name for name, home in homes.items() if home == provision.id)}
        targets = [mutant for mutant in missed if mutant.owner in mine]
        yield from _chosen(book, provision, mine, targets)


def _homes(book: Rulebook) -> Mapping[str, str]:
    """For each term and derived fact, the provision whose examples had best try it: the smallest."""
    sizes = {
        p.id: len(book.facts_under(p.when)) for p in book.provisions.values() if p.when is not None
    }
    found: dict[str, str] = {}
    for name in sorted(sizes, key=lambda name: sizes[name]):
        for owner in owners_under(book, book.provisions[name]):
            if owner not in book.provisions:
                found.setdefault(owner, name)
    return found


# Cases -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A case that might be an example, and which states it must come out with to be one."""

    name: str
    day: str
    given: Mapping[str, Any]
    states: tuple[str, ...]
    dated: bool = False
    left_out: str = ""


def _candidates(book: Rulebook, provision: Provision, mine: set[str]) -> Iterator[_Candidate]:
    met = next((t for t in provision.tests if t.expect == "met"), None)
    day = met.day if met is not None else _day_of(provision)
    ways = Ways(book, date.fromisoformat(day)) if len(day) == len(_DAY) else Ways(book, None)
    first = (
        {n: parse_value(book.dictionary.facts[n], v) for n, v in met.given.items()} if met else None
    )
    bases = [first] if first is not None else []
    if provision.when is not None:
        for want, state in ((True, "met"), (False, "not_met")):
            for world, words in ways.of(provision.when, want):
                given = concrete(book, world)
                if given is not None:
                    bases += [given] if want else []
                    yield _Candidate(words, day, given, (state,))
    leaves = [
        node
        for owner in sorted(mine)
        if (when := condition_of(book, owner)) is not None
        for node in walk(when)
        if isinstance(node, Leaf)
    ]
    for given in bases[:MOST]:
        yield from _one_changed(book, given, day, leaves)
    given = bases[0] if bases else {}
    for kind in provision.for_kinds:
        words = dict(book.dictionary.facts["case.kind"].codes).get(kind, kind)
        name = f"the case is about: {words[:1].lower()}{words[1:]}"
        yield _Candidate(name, day, {**given, "case.kind": kind}, ("met",), dated=True)
    yield from _on_the_edges(provision, given)


def _day_of(provision: Provision) -> str:
    for period in provision.periods:
        start = period.start or period.not_later_than
        if start is not None and start.year != PROPOSED:
            return start.isoformat()
    return _DAY


def _one_changed(
    book: Rulebook, given: Mapping[str, Any], day: str, leaves: Iterable[Leaf]
) -> Iterator[_Candidate]:
    """A case with one fact not known, turned round, at its limit, or with another code."""
    for name, value in given.items():
        definition = book.dictionary.facts[name]
        less = {key: other for key, other in given.items() if key != name}
        plain = definition.type is FactType.YES_NO
        words = (
            f"it is not known whether {definition.statement}"
            if plain
            else f"not answered: {definition.question}"
        )
        yield _Candidate(words, day, less, ("unknown",), left_out=name)
        if plain:
            said = definition.statement if not value else definition.statement_no
            yield _Candidate(said, day, {**given, name: not value}, ("met", "not_met"))
        for leaf in leaves:
            if leaf.fact == name:
                for words, other in _others(book, leaf):
                    yield _Candidate(words, day, {**given, name: other}, ("met", "not_met"))


def _others(book: Rulebook, leaf: Leaf) -> Iterator[tuple[str, Any]]:
    """Values of a fact that a comparison of it tells apart."""
    definition = book.dictionary.facts[leaf.fact]
    if leaf.op in ("<", "<=", ">", ">=") and definition.type is not FactType.DATE:
        for words, step in (("just under", -1), ("exactly at", 0), ("just over", 1)):
            number = int(leaf.operand) + step
            value = str(number) if definition.type is FactType.DECIMAL else number
            yield f"{definition.statement}: {words} the limit", value
    for code in leaf.operand if isinstance(leaf.operand, tuple) else ():
        words = dict(definition.codes).get(str(code), str(code))
        several = definition.type is FactType.CODES
        yield f"{definition.statement}: {words}", (code,) if several else code


def _on_the_edges(provision: Provision, given: Mapping[str, Any]) -> Iterator[_Candidate]:
    """The first and last days of a provision, and the days beside them."""
    any_state = ("met", "not_met", "unknown", "not_in_force")
    for period in provision.periods:
        start = period.start or period.not_later_than
        if start is not None and start.year != PROPOSED:
            known = period.start is not None
            on = "on the first day it is in force" if known else "on the day it is in force by"
            yield _Candidate(on, str(start), given, any_state, dated=True)
            before = "the day before it begins" if known else "the day before that"
            yield _Candidate(before, str(start - timedelta(1)), given, any_state, dated=True)
        if period.end is not None:
            yield _Candidate("on its last day", str(period.end), given, any_state, dated=True)
            after = str(period.end + timedelta(1))
            yield _Candidate("the day after it ended", after, given, any_state, dated=True)


# Choosing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tried:
    """A candidate as an example, and what it would notice or show for the first time."""

    example: ProvisionTest
    gain: frozenset[int | tuple[int, Truth]]
    cost: float


def _chosen(
    book: Rulebook, provision: Provision, mine: set[str], targets: list[Mutant]
) -> Iterator[Proposal]:
    unseen = _unseen(book, mine)
    if not targets and not unseen:
        return
    tried = [
        one
        for candidate in _candidates(book, provision, mine)
        if (one := _try(book, provision, candidate, targets, unseen)) is not None
    ]
    left: set[Any] = set(range(len(targets))) | unseen
    while tried:
        best = max(tried, key=lambda one: len(one.gain & left) - one.cost)
        new = best.gain & left
        if not new:
            return
        left -= new
        notices = sum(isinstance(thing, int) for thing in best.gain)
        yield Proposal(provision.id, provision.file, best.example, notices)


def _unseen(book: Rulebook, mine: set[str]) -> set[tuple[int, Truth]]:
    """The truths that no example gave to a comparison of these owners."""
    seen: set[tuple[int, Truth]] = set()
    for provision in book.provisions.values():
        for test in provision.tests:
            for finding in findings_of(book, provision, test, example_scope(book, test.given)):
                seen |= {(id(node), truth) for node, truth in leaves_of(finding.trace)}
    named = [book.provisions[n].when if n in book.provisions else None for n in mine]
    named += [book.terms[n].when for n in mine if n in book.terms]
    nodes = [node for when in named if when is not None for node in walk(when)]
    every: tuple[Truth, ...] = (True, False, None)
    return {(id(n), t) for n in nodes if isinstance(n, Leaf) for t in every} - seen


_ORDER = ("out_of_scope", "not_in_force", "not_met", "unknown", "met")


def _try(
    book: Rulebook,
    provision: Provision,
    candidate: _Candidate,
    targets: list[Mutant],
    unseen: set[tuple[int, Truth]],
) -> _Tried | None:
    raw = {n: list(v) if isinstance(v, tuple) else v for n, v in candidate.given.items()}
    example = ProvisionTest(candidate.name, candidate.day, raw, "met")
    scope = example_scope(book, raw)
    found = findings_of(book, provision, example, scope)
    state = max((finding.state.value for finding in found), key=_ORDER.index)
    if state not in candidate.states:
        return None
    if found[0].in_force.value == "unknown" and candidate.dated:
        state = "in_force_unknown"
    example = replace(example, expect=state, then=_then(provision, candidate, state))
    if candidate.left_out:
        asked = {fact for f in found if f.trace for _, fact in Leaves().open(f.trace)}
        asks = (candidate.left_out,) if candidate.left_out in asked else None
        example = replace(example, asks=asks)
    noticed = {
        i
        for i, m in enumerate(targets)
        if not run_example(m.book, m.book.provisions[provision.id], example, scope).passed
    }
    shown = {pair for f in found for n, t in leaves_of(f.trace) if (pair := (id(n), t)) in unseen}
    cost = 0.05 * len(raw) + (0 if candidate.dated else 0.5)
    return _Tried(example, frozenset(noticed | shown), cost)


def _then(provision: Provision, candidate: _Candidate, state: str) -> str:
    """What must follow: said where a day or a kind of case is tried."""
    if state != "met" or not candidate.dated or provision.effect is Effect.DEFINITION:
        return ""
    return provision.grade or provision.effect_for(str(candidate.given.get("case.kind", ""))).value
