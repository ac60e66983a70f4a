"""The parts of an answer in the order in which people read them: text and page draw from these.

Answer first, then why, then what is missing, then what would change it, then what was not
considered. Law and policy are kept apart. Pure; no markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.assessment import wording
from licet.assessment.cautions import reading_decides
from licet.assessment.grounds import placed
from licet.assessment.lines import days_of
from licet.assessment.views import StrictestView, jurisdictions, strictest_view
from licet.model.fact import UnknownReason
from licet.model.outcome import Outcome, strictness
from licet.rules.evaluate import State
from licet.rules.grades import GRADES, open_behind
from licet.rules.rulebook import BookKind
from licet.rules.trees import support
from licet.screening import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.assessment.assess import Assessment
    from licet.assessment.determination import Determination, LineDecision
    from licet.rules.evaluate import Finding
    from licet.rules.questions import UnderReading
    from licet.rules.rulebook import Provision, Rulebook

LIST_TOO_OLD = (UnknownReason.STALE, UnknownReason.NOT_COVERED)
ASK_FIRST = 5
"""How many questions head the answer."""

QUIET = frozenset(
    {Outcome.NO_RULE_APPLIES, Outcome.EXEMPT, Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE}
)
_OUTSIDE = frozenset({Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE})


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


@dataclass(frozen=True, slots=True)
class Story:
    """A whole assessment in words."""

    title: str
    case: str
    kind: str
    day: str
    first: tuple[str, ...]
    listed: tuple[str, ...]
    """Parties with a hit on a list that counts on the day."""
    ask_first: tuple[Asked, ...]
    """The most decisive questions over all rulebooks, each once."""
    views: tuple[tuple[str, str, str], ...]
    moratoria: tuple[str, ...]
    """The moratoria declared in files that stand in a rulebook applied, and what would lift each."""
    law: tuple[Answer, ...]
    no_law: str
    """What to say where no rulebook of law reaches the case."""
    outside: tuple[Answer, ...]
    policy: tuple[Answer, ...]
    expectations: tuple[Answer, ...]
    vendor: tuple[str, ...]
    """What was found about the vendor, each with its lawful ground or as policy only."""
    grades: tuple[tuple[str, str, str, str], ...]
    gap: tuple[str, ...]
    warnings: tuple[str, ...]
    changes: tuple[str, ...]
    not_considered: tuple[str, ...]
    sources: tuple[tuple[str, str, str, str], ...]
    parties: tuple[tuple[str, str, str, str], ...]
    snapshot: str


def tell(assessment: Assessment) -> Story:
    """Put an assessment into words."""
    case = assessment.case
    answers = {
        d.book.id: answer(d)
        for d in assessment.determinations
        if d.book.kind is not BookKind.METHOD
    }
    by_kind = {
        kind: [d for d in assessment.determinations if d.book.kind is kind] for kind in BookKind
    }
    law = [
        answers[d.book.id]
        for d in sorted(
            by_kind[BookKind.BINDING],
            key=lambda d: (len(d.outcomes) > 1, min(map(strictness, d.outcomes))),
        )
    ]
    policy = [answers[d.book.id] for d in by_kind[BookKind.MODEL]]
    views = [v for j in jurisdictions(assessment) if (v := strictest_view(assessment, j))]
    bodies = [d.body for d in assessment.determinations]
    return Story(
        title=case.title or case.id,
        case=case.id,
        kind=case.kind.value.replace("_", " "),
        day=str(case.dates.assessed),
        first=tuple(_first(views, policy)),
        listed=tuple(_listed(assessment)),
        ask_first=tuple(_ask_first(assessment)),
        views=tuple(
            (v.jurisdiction, wording.outcomes(v.outcomes), ", ".join(v.rulebooks)) for v in views
        ),
        moratoria=tuple(_moratoria(assessment)),
        law=tuple(a for a in law if not a.outside),
        no_law=wording.NO_LAW_REACHES if law else wording.NO_LAW_APPLIED,
        outside=tuple(a for a in law if a.outside),
        policy=tuple(policy),
        expectations=tuple(answers[d.book.id] for d in by_kind[BookKind.SOFT]),
        vendor=tuple(_vendor(assessment)),
        grades=tuple(_grades(assessment)),
        gap=tuple(_gap(assessment, views)),
        warnings=tuple(dict.fromkeys(_warnings(assessment))),
        changes=tuple(_changes(assessment)),
        not_considered=tuple(
            dict.fromkeys(x for d in _by_nearness(assessment) for x in d.body["not_considered"])
        ),
        sources=tuple(_sources(bodies)),
        parties=tuple(
            (
                p.name,
                ", ".join(r.value.replace("_", " ") for r in p.roles),
                ", ".join(p.country),
                p.kind.value.replace("_", " "),
            )
            for p in case.parties
        ),
        snapshot=bodies[0]["snapshot_digest"] if bodies else "",
    )


def _moratoria(assessment: Assessment) -> Iterable[str]:
    """Each declared moratorium once, as it stands on the day of assessment."""
    days = days_of(assessment.case)
    declared = {m.id: m for d in assessment.determinations for m in d.book.declared}
    for moratorium in declared.values():
        day = moratorium.anchor_day(days).last
        books = [d.book.id for d in assessment.determinations if moratorium in d.book.declared]
        yield wording.moratorium(moratorium, books, day)


def _vendor(assessment: Assessment) -> Iterable[str]:
    provisions = {
        pid: provision
        for d in assessment.determinations
        for pid, provision in d.book.provisions.items()
    }
    dictionary = assessment.determinations[0].book.dictionary
    for one in placed(assessment):
        finding = dictionary.facts[one.fact].statement
        if not one.grounds:
            yield wording.policy_only(finding, one.jurisdiction, one.policy_only)
        for ground, state in one.grounds:
            through = dictionary.facts[ground.through].statement
            yield wording.ground(finding, ground, provisions[ground.provision], state, through)


def _warnings(assessment: Assessment) -> Iterable[str]:
    """What is read before anything else, each thing once over all rulebooks."""
    memory: dict[str, None] = {}
    own: set[str] = set()
    once: dict[str, None] = {}
    for determination in assessment.determinations:
        outside = determination.outcomes <= _OUTSIDE
        for caution in determination.body["cautions"]:
            match caution["code"]:
                case "rests_on_memory" if not outside:
                    memory.update(dict.fromkeys(caution["provisions"]))
                case "self_declared" if caution["mode"] == "self_assessment":
                    own.update(caution["facts"])
                case "lists_stale":
                    once[wording.LISTS_STALE] = None
                case "overridden" | "override_not_on_record" | "country_not_known":
                    once[wording.caution(caution)] = None
                case _:
                    pass
    if memory:
        yield wording.caution({"code": "rests_on_memory", "provisions": list(memory)})
    if own:
        yield wording.self_assessment(len(own))
    yield from once


def _by_nearness(assessment: Assessment) -> list[Determination]:
    """Law that reaches the case, then other law, then the rest."""
    return sorted(
        assessment.determinations,
        key=lambda d: (d.book.kind is not BookKind.BINDING, d.outcomes <= _OUTSIDE),
    )


def _listed(assessment: Assessment) -> Iterable[str]:
    for party in assessment.case.parties:
        result = assessment.screened.get(party.id)
        for hit in result.hits if result is not None else ():
            if hit.status is Status.LISTED:
                yield wording.hit(party.name, hit)


def most_decisive(determinations: Iterable[Determination]) -> list[Asked]:
    """The questions of several rulebooks, each fact once, those first that settle most.

    Law counts double. What only a newer list can answer is left out: the head of an answer says so.
    """
    weights: dict[str, int] = {}
    asked: dict[str, Asked] = {}
    for determination in determinations:
        removes = {q["fact"]: q["removes"] for q in determination.body["questions"]}
        factor = 2 if determination.book.kind is BookKind.BINDING else 1
        for one in _asked(determination):
            if one.reason not in LIST_TOO_OLD:
                weights[one.fact] = weights.get(one.fact, 0) + factor * removes[one.fact]
                asked.setdefault(one.fact, one)
    return sorted(asked.values(), key=lambda one: -weights[one.fact])


def open_determinations(assessment: Assessment) -> list[Determination]:
    """The answers of every jurisdiction whose strictest view is open, and of policy.

    A moratorium settles an answer and silences no question on the merits.
    """
    views = {j: strictest_view(assessment, j) for j in jurisdictions(assessment)}
    settled = {
        j
        for j, view in views.items()
        if view is not None and len(view.outcomes) == len(view.on_merits) == 1
    }
    return [
        d
        for d in _by_nearness(assessment)
        if d.book.kind is not BookKind.METHOD and d.book.jurisdiction not in settled
    ]


def _ask_first(assessment: Assessment) -> list[Asked]:
    """The most decisive questions where an answer is still open."""
    return most_decisive(open_determinations(assessment))[:ASK_FIRST]


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


def _first(views: list[StrictestView], policy: list[Answer]) -> list[str]:
    speaking = [v for v in views if not v.outcomes <= _OUTSIDE]
    found = [
        f"{v.jurisdiction} law (strictest view): {wording.outcomes(v.outcomes)}."
        + (
            f" On the merits, moratorium aside: {wording.outcomes(v.on_merits)}."
            if v.on_merits != v.outcomes
            else ""
        )
        for v in speaking
    ]
    if views and not speaking:
        found.append(wording.NO_LAW_REACHES)
    for one in policy:
        found.append(
            f"Policy, not law ({one.book}): {one.headline}."
            + (
                f" On the merits, moratorium aside: {one.merits}."
                if one.merits != one.headline
                else ""
            )
        )
    return found


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
        questions=tuple(_asked(determination)),
        lines=tuple(lines) if len({text for _, text in lines}) > 1 else (),
        conditions=tuple(wording.MITIGATIONS.get(c, c) for c in conditions),
        overdue=tuple(
            wording.overdue(book, entry) for entry in determination.body.get("overdue", ())
        ),
        cautions=tuple(wording.caution(c) for c in determination.body["cautions"]),
        rivals=tuple(_rivals(determination)),
        not_considered=book.not_considered,
        outside=determination.outcomes <= _OUTSIDE,
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


def _asked(determination: Determination) -> list[Asked]:
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


def _grades(assessment: Assessment) -> list[tuple[str, str, str, str]]:
    rows = []
    for determination in assessment.determinations:
        if determination.book.kind is not BookKind.METHOD:
            continue
        for decision in determination.decisions:
            for one in assessment.graded[decision.line.id]:
                if one.book.id == determination.book.id:
                    rows.extend(
                        _grade_rows(decision, one.readings, one.findings, determination.book)
                    )
    return rows


def _grade_rows(
    decision: LineDecision, readings: Any, findings: tuple[Finding, ...], book: Rulebook
) -> list[tuple[str, str, str, str]]:
    behind = open_behind(book, readings, findings)
    rows = []
    for name, reading in readings.items():
        dimension = name.removeprefix("grade.")
        if reading.known:
            words = wording.grade(reading.value)
        else:
            possible = sorted(reading.possible, key=GRADES.index)
            words = "open: " + " or ".join(wording.grade(g) for g in possible)
        met = [
            f.provision
            for f in findings
            if f.state is State.MET and book.provisions[f.provision].dimension == dimension
        ]
        why = [f"{pid}: {book.provisions[pid].because}" for pid in met]
        hangs = list(dict.fromkeys(fact for _, fact in behind.get(name, ())))
        if hangs and dimension != "overall":
            questions = [wording.question(book, fact) for fact in hangs[:HANGS_ON]]
            more = len(hangs) - len(questions)
            why.append("hangs on: " + " ".join(questions) + (f" and {more} more" if more else ""))
        rows.append((decision.line.label, dimension.replace("_", " "), words, "; ".join(why)))
    return rows


HANGS_ON = 2
"""How many questions an open grade shows."""


def _gap(assessment: Assessment, views: list[StrictestView]) -> list[str]:
    """Where binding law is silent and the risk is graded high: what the law leaves out."""
    overall = {
        g
        for graded in assessment.graded.values()
        for one in graded
        for g in (
            [one.readings["grade.overall"].value] if one.readings["grade.overall"].known else []
        )
    }
    silent = [v for v in views if v.outcomes <= QUIET]
    if not silent or not overall & {"high", "severe"}:
        return []
    found: list[str] = []
    for view in silent:
        for determination in assessment.determinations:
            book = determination.book
            if (
                book.kind is BookKind.BINDING
                and book.jurisdiction == view.jurisdiction
                and not determination.outcomes <= _OUTSIDE
            ):
                found.extend(
                    f"{view.jurisdiction}: {gap.get('instrument') or book.title}, "
                    f"{gap.get('article') or gap['provision']}. {gap['says']}"
                    for gap in book.gaps
                )
    return found


def _changes(assessment: Assessment) -> list[str]:
    found = []
    for determination in assessment.determinations:
        book = determination.book
        for decision in determination.decisions:
            settled = decision.result.outcomes == decision.result.outcomes_on_merits
            for change in decision.result.changes[:6]:
                definition = book.dictionary.facts[change.fact]
                instead = (
                    definition.statement
                    if change.instead == "yes"
                    else definition.statement_no
                    if change.instead == "no"
                    else f"{definition.statement}: {str(change.instead).replace('_', ' ')}"
                )
                words = wording.outcomes(frozenset(change.outcomes))
                merits = "" if settled else ", on the merits"
                found.append(f"If {instead}: {words} ({book.id}{merits}).")
    return list(dict.fromkeys(found))


def _sources(bodies: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    seen: dict[tuple[str, str, str, str], None] = {}
    for body in bodies:
        for facts in body["facts"].values():
            for fact, entry in facts.items():
                for source in entry.get("sources", ()):
                    if source.get("title"):
                        seen[
                            (
                                fact,
                                source["title"],
                                source.get("class", ""),
                                source.get("published", ""),
                            )
                        ] = None
    return sorted(seen)
