"""One rulebook's answer in words: what carries it, what stands beside it, what it asks. Pure; no markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.assessment.cautions import reading_decides
from licet.model.fact import UnknownReason
from licet.model.outcome import Outcome
from licet.rules.evaluate import State
from licet.rules.rulebook import BookKind
from licet.rules.trees import support

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.assessment.determination import Determination, LineDecision
    from licet.rules.questions import UnderReading
    from licet.rules.rulebook import Provision

OUTSIDE = frozenset({Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE})
"""Outcomes of a rulebook that does not speak of the case."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: whom it is about, why it is open, what each answer would leave."""

    fact: str
    question: str
    reason: UnknownReason
    why: str
    provisions: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One provision that carries the answer, and the facts that suffice to meet it."""

    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """One provision that is read in rival ways: what each reading gives, and on whose authority."""

    text: str
    """The provision, whether the choice of a reading decides, and on which line."""
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rulebook says, in words."""

    book: str
    title: str
    kind: str
    binding: bool
    headline: str
    merits: str
    reasons: tuple[Reason, ...]
    also: tuple[str, ...]
    """Duties, expectations and what must be weighed: they set no outcome."""
    questions: tuple[Asked, ...]
    lines: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...]
    overdue: tuple[str, ...]
    """What follows where time has run out on an open answer."""
    cautions: tuple[str, ...]
    rivals: tuple[Rival, ...]
    """Provisions whose rival readings part ways here."""
    not_considered: tuple[str, ...]
    outside: bool
    sha256: str


def _also(determination: Determination) -> Iterable[str]:
    """Provisions that are met and set no outcome."""
    book = determination.book
    met = dict.fromkeys(
        f.provision
        for d in determination.decisions
        for f in d.result.findings
        if f.state is State.MET
    )
    for provision in (book.provisions[pid] for pid in met):
        if provision.effect in wording.BESIDE:
            yield wording.beside(provision)


def answer(determination: Determination) -> Answer:
    """One determination in words."""
    book = determination.book
    merits = determination.outcomes_on_merits
    heads = heads_of(determination)
    also = tuple(_also(determination))
    lines = [
        (d.line.label, wording.outcomes(d.result.outcomes_on_merits))
        for d in determination.decisions
    ]
    conditions = dict.fromkeys(c for p in heads for c in p.conditions)
    return Answer(
        book=book.id,
        title=book.title,
        kind=wording.kind(book.kind),
        binding=book.kind is BookKind.BINDING,
        headline=wording.expects(determination.outcomes, also)
        if book.kind is BookKind.SOFT
        else wording.outcomes(determination.outcomes),
        merits=wording.expects(merits, also)
        if book.kind is BookKind.SOFT
        else wording.outcomes(merits),
        reasons=tuple(Reason(wording.because([p]), _facts_behind(determination, p)) for p in heads),
        also=also,
        questions=tuple(asked_of(determination)),
        lines=tuple(lines) if len({text for _, text in lines}) > 1 else (),
        conditions=tuple(wording.MITIGATIONS.get(c, c) for c in conditions),
        overdue=tuple(
            wording.overdue(book, entry) for entry in determination.body.get("overdue", ())
        ),
        cautions=tuple(wording.caution(c) for c in determination.body["cautions"]),
        rivals=tuple(_rivals(determination)),
        not_considered=book.not_considered,
        outside=determination.outcomes <= OUTSIDE,
        sha256=determination.sha256,
    )


def _rivals(determination: Determination) -> Iterable[Rival]:
    """Each provision whose rival readings part ways, line by line, every reading beside the other."""
    book = determination.book
    several = len(determination.decisions) > 1
    for decision in determination.decisions:
        by_provision: dict[str, list[UnderReading]] = {}
        for one in decision.result.readings:
            by_provision.setdefault(one.provision, []).append(one)
        for pid, found in by_provision.items():
            if len({(one.state, one.outcomes) for one in found}) > 1:
                label = decision.line.label if several else ""
                decides = reading_decides(decision, pid)
                yield Rival(
                    wording.rival(book.provisions[pid], label, decides=decides),
                    tuple(wording.rival_way(book.provisions[pid], one) for one in found),
                )


def heads_of(determination: Determination) -> tuple[Provision, ...]:
    """The provisions that carry the answer, then those that carry it on the merits."""
    book = determination.book
    names = dict.fromkeys(pid for d in determination.decisions for pid in d.result.heads)
    for decision in determination.decisions:
        names.update(dict.fromkeys(p for p in _merit_heads(decision) if p not in book.moratoria))
    return tuple(book.provisions[pid] for pid in names)


def _facts_behind(determination: Determination, provision: Provision) -> tuple[str, ...]:
    """The facts that suffice to meet a provision, each with what it rests on."""
    found: dict[str, None] = {}
    for decision in determination.decisions:
        for finding in decision.result.findings:
            if finding.provision != provision.id or finding.trace is None:
                continue
            if finding.state is not State.MET:
                continue
            for name, reading in support(finding.trace):
                if name not in _PLAIN_FACTS:
                    found.setdefault(wording.fact(determination.book, name, reading))
    return tuple(found)


_PLAIN_FACTS = frozenset({"case.kind"})
"""Facts that the head of the answer shows anyway."""


def _merit_heads(decision: LineDecision) -> list[str]:
    """Provisions met for certain that carry the outcome on the merits."""
    names = {o.value for o in decision.result.outcomes_on_merits}
    if len(names) != 1:
        return []
    met = [f.provision for f in decision.result.findings if f.state is State.MET]
    return [
        pid
        for pid in met
        if decision.result.live.get(pid) is True and decision_effect(decision, pid) in names
    ]


def decision_effect(decision: LineDecision, pid: str) -> str:
    """The outcome a met provision gives in this decision's kind of case."""
    reading = decision.readings.get("case.kind")
    kind = reading.value if reading is not None and reading.known else ""
    provision = decision.book.provisions[pid]
    return provision.effect_for(str(kind)).value


def asked_of(determination: Determination) -> list[Asked]:
    """The questions of a determination, each fact once."""
    book = determination.book
    found: list[Asked] = []
    for entry in determination.body["questions"]:
        # Asked of two lines, a question is put once.
        if entry["derived"] or any(one.fact == entry["fact"] for one in found):
            continue
        answers = tuple(
            (a["answer"], wording.outcomes(frozenset(map(Outcome, a["outcomes_if"]))))
            for a in entry["answers"]
        )
        own_words = [
            q.question
            for q in determination.case.open_questions
            if q.fact == entry["fact"] and q.question
        ]
        text = " / ".join(own_words) or wording.question(book, entry["fact"])
        found.append(
            Asked(
                entry["fact"],
                text,
                UnknownReason(entry["why"]),
                wording.reason(entry["why"]),
                tuple(entry["provisions"]),
                answers,
            )
        )
    return found
