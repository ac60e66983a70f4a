"""Apply a whole rulebook to one line: its outcomes, the reasons, the questions, what would change.

Where only a month or a year is known, each law within it is looked at alone, and every outcome that one
of them gives is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.model.outcome import Outcome
from licet.rules.evaluate import Finding, Trace, Truth
from licet.rules.questions import Asker, Behind, Change, Question, UnderReading
from licet.rules.regimes import regimes
from licet.rules.worlds import View, World, outcomes_of

if TYPE_CHECKING:
    from licet.rules.rulebook import Rulebook
    from licet.rules.scope import Days, Scope


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
    whole = World.of(book, line, days, kind)
    parts = regimes(book, days)
    # Days within which the law changed: each law alone, and then every outcome that one of them gives.
    worlds = [World.of(book, line, part, kind) for part in parts] if len(parts) > 1 else [whole]
    declared = [world.view for world in worlds]
    merits = [view.lifted() if book.moratoria else view for view in declared]
    outcomes = outcomes_of(declared)
    questions: tuple[Question, ...] = ()
    changes: tuple[Change, ...] = ()
    readings: tuple[UnderReading, ...] = ()
    if explain:
        # A declared moratorium settles the outcome and must not silence the questions behind it.
        whole_merits = whole.view.lifted() if book.moratoria else whole.view
        asker = Asker(whole, whole_merits, list(zip(worlds, merits, strict=True)), behind or {})
        questions = asker.questions()
        questions += _about_moratoria(whole, worlds, behind or {}, questions)
        changes = asker.changes()
        readings = tuple(asker.readings())
    return LineResult(
        outcomes,
        outcomes_of(merits),
        outcomes_of([view.before_review() for view in declared]),
        outcomes_of([view.before_review() for view in merits]),
        tuple(f for found in whole.findings.values() for f in found),
        whole.reach,
        whole.view.live,
        whole.view.heads() or _heads_of_each(declared, outcomes),
        questions,
        changes,
        readings,
    )


def _heads_of_each(views: list[View], outcomes: frozenset[Outcome]) -> tuple[str, ...]:
    """What carries an outcome that several laws give alike, one after the other."""
    heads = [view.heads() for view in views]
    if len(outcomes) > 1 or not all(heads):
        return ()
    return tuple(dict.fromkeys(pid for found in heads for pid in found))


def _about_moratoria(
    whole: World, worlds: list[World], behind: Behind, asked: tuple[Question, ...]
) -> tuple[Question, ...]:
    """What only a moratorium asks: whether it covers the case, where nobody knows."""
    live = whole.view.live
    hanging = [pid for pid in whole.view.book.moratoria if live.get(pid, False) is None]
    if not hanging:
        return ()
    known = {(question.fact, question.of) for question in asked}
    asker = Asker(whole, whole.view, [(world, world.view) for world in worlds], behind)
    found = asker.questions(frozenset(hanging))
    return tuple(q for q in found if (q.fact, q.of) not in known)
