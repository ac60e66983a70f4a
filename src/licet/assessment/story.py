"""The parts of an answer in the order in which people read them: text and page draw from these.

Answer first, then why, then what is missing, then what would change it, then what was not
considered. Law and policy are kept apart. Pure; no markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.assessment import wording
from licet.assessment.answers import OUTSIDE, Answer, Asked, answer, asked_of
from licet.assessment.grounds import placed
from licet.assessment.lines import days_of
from licet.assessment.views import StrictestView, jurisdictions, strictest_view
from licet.model.fact import UnknownReason
from licet.model.outcome import Outcome, strictness
from licet.rules.evaluate import State
from licet.rules.grades import GRADES, open_behind
from licet.rules.rulebook import BookKind
from licet.screening import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.assessment.assess import Assessment
    from licet.assessment.determination import Determination, LineDecision
    from licet.rules.evaluate import Finding
    from licet.rules.rulebook import Rulebook

LIST_TOO_OLD = (UnknownReason.STALE, UnknownReason.NOT_COVERED)
ASK_FIRST = 5
"""How many questions head the answer."""

QUIET = frozenset(
    {Outcome.NO_RULE_APPLIES, Outcome.EXEMPT, Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE}
)


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
        outside = determination.outcomes <= OUTSIDE
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
        key=lambda d: (d.book.kind is not BookKind.BINDING, d.outcomes <= OUTSIDE),
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
        for one in asked_of(determination):
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


def _first(views: list[StrictestView], policy: list[Answer]) -> list[str]:
    speaking = [v for v in views if not v.outcomes <= OUTSIDE]
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
                and not determination.outcomes <= OUTSIDE
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
