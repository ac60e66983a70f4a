"""What a reader must be told beside the answer: codes and identifiers, worded when rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.model.fact import Standing, UnknownReason
from licet.rules.evaluate import State
from licet.rules.rulebook import CheckLevel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from licet.assessment.determination import LineDecision
    from licet.assessment.evidence import Knowledge
    from licet.assessment.options import Options
    from licet.model.case import Case
    from licet.rules.rulebook import Rulebook

Caution = dict[str, Any]


def cautions_of(
    case: Case,
    book: Rulebook,
    decisions: tuple[LineDecision, ...],
    knowledge: Knowledge,
    as_of: date,
    options: Options,
    *,
    looks_back: bool,
) -> list[Caution]:
    """Every caution of one determination, in a fixed order."""
    found: list[Caution] = []
    found.extend(_memory(book, decisions))
    if looks_back:
        found.append({"code": "retrospective_policy"})
    found.extend(_in_force_unknown(decisions))
    found.extend(_standing(book, decisions, options))
    found.extend(_unknown_reasons(book, decisions))
    found.extend(_used_with_reserve(book, decisions))
    found.extend(_readings_at_odds(book, decisions))
    found.extend(_contested(book, decisions))
    found.extend(_judgement_or_grade(book, decisions))
    found.extend(_conventions(book, decisions))
    if case.open_questions:
        facts = sorted({q.fact for q in case.open_questions if q.material})
        if facts:
            found.append({"code": "file_leaves_open", "facts": facts})
    found.extend(knowledge.cautions(case, as_of))
    return found


def _deciding(decision: LineDecision) -> Iterable[str]:
    """The provisions an outcome rests on, or hangs on."""
    yield from decision.result.heads
    yield from (
        f.provision
        for f in decision.result.findings
        if f.state is State.UNKNOWN and decision.result.live.get(f.provision, False) is None
    )


def _memory(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    weak = {
        pid
        for d in decisions
        for pid in _rests_on(book, d)
        if book.provisions[pid].checked.level is CheckLevel.MEMORY
    }
    if weak:
        yield {"code": "rests_on_memory", "provisions": sorted(weak)}


def _rests_on(book: Rulebook, decision: LineDecision) -> set[str]:
    """The deciding provisions and those they refer to."""
    from licet.rules.grammar import Ref, walk

    todo, seen = list(_deciding(decision)), set()
    while todo:
        pid = todo.pop()
        if pid in seen:
            continue
        node = None
        if pid in book.provisions:
            seen.add(pid)
            node = book.provisions[pid].when
        elif pid in book.terms:
            node = book.terms[pid].when
        if node is not None:
            todo.extend(
                n.target
                for n in walk(node)
                if isinstance(n, Ref) and n.target not in seen and _bites(n.target, book, decision)
            )
    return seen


def _bites(target: str, book: Rulebook, decision: LineDecision) -> bool:
    """Whether a referred provision takes part: met or open, not one that plainly fails."""
    if target in book.terms:
        return True
    return any(
        f.provision == target and f.state in (State.MET, State.UNKNOWN)
        for f in decision.result.findings
    )


def _in_force_unknown(decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    found = {
        f.provision for d in decisions for f in d.result.findings if f.in_force.value == "unknown"
    }
    if found:
        yield {"code": "in_force_unknown", "provisions": sorted(found)}


def _standing(
    book: Rulebook, decisions: tuple[LineDecision, ...], options: Options
) -> Iterable[Caution]:
    own = {
        name
        for d in decisions
        for name, r in d.readings.items()
        if r.known and r.standing is Standing.SELF_DECLARED and name in book.readers_of
    }
    if own:
        yield {"code": "self_declared", "facts": sorted(own), "mode": options.mode.value}


_REASONS = (
    UnknownReason.SELF_DECLARED,
    UnknownReason.UNCORROBORATED,
    UnknownReason.DISPUTED,
    UnknownReason.UNREVIEWED_HIT,
    UnknownReason.STALE,
    UnknownReason.NOT_COVERED,
    UnknownReason.UNDATED,
    UnknownReason.MEMORY_ONLY,
    UnknownReason.RETRO_CODED,
)


def _unknown_reasons(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    facts: dict[UnknownReason, set[str]] = {}
    for decision in decisions:
        for name, reading in decision.readings.items():
            if reading.unknown is not None and name in book.readers_of:
                facts.setdefault(reading.unknown, set()).add(name)
    for reason in _REASONS:
        if reason in facts:
            yield {"code": f"not_used_{reason.value}", "facts": sorted(facts[reason])}


def _used_with_reserve(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    """Known facts that were used and that a reader should look at again."""
    retro: set[str] = set()
    unreviewed: set[str] = set()
    denied: set[str] = set()
    for decision in decisions:
        for name, reading in decision.readings.items():
            if reading.known and name in book.readers_of:
                retro |= {name} if "retro_coded" in reading.cautions else set()
                unreviewed |= {name} if "unreviewed" in reading.cautions else set()
                denied |= {name} if reading.denied_by else set()
    if retro:
        yield {"code": "used_retro_coded", "facts": sorted(retro)}
    if unreviewed:
        yield {"code": "used_unreviewed", "facts": sorted(unreviewed)}
    if denied:
        yield {"code": "denied", "facts": sorted(denied)}


def _readings_at_odds(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    """Provisions with rival readings that lead to different answers on some line."""
    for provision in book.provisions.values():
        if provision.readings and any(reading_decides(d, provision.id) for d in decisions):
            yield {
                "code": "reading_may_decide",
                "provision": provision.id,
                "readings": [r.name for r in provision.readings],
            }


def reading_decides(decision: LineDecision, provision: str) -> bool:
    """Whether the rival readings of a provision leave different outcomes of a line."""
    found = {one.outcomes for one in decision.result.readings if one.provision == provision}
    return len(found) > 1


def _contested(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    found = sorted(
        {pid for d in decisions for pid in d.result.heads if book.provisions[pid].contested}
    )
    if found:
        yield {"code": "contested", "provisions": found}


def _judgement_or_grade(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    """Whether a judgement fact was judged by a named person or stood in for by the method."""
    for name in sorted(book.derive):
        definition = book.dictionary.facts[name]
        if not definition.judgement or name not in book.readers_of:
            continue
        judged = [
            d.line.id for d in decisions if (r := d.readings.get(name)) is not None and r.known
        ]
        yield {"code": "rests_on_judgement" if judged else "rests_on_grade", "fact": name}


def _conventions(book: Rulebook, decisions: tuple[LineDecision, ...]) -> Iterable[Caution]:
    facts = {
        name
        for d in decisions
        for name, r in d.readings.items()
        if name in book.readers_of and r.by_silence and r.known
    }
    if facts:
        yield {"code": "silence_taken_for_no", "count": len(facts)}
