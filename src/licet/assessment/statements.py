"""Weigh what was stated about one fact: which value may be used, or why none may (decision 8).

An applicant's word tightens an outcome at once and loosens nothing until a document is accepted.
One uncorroborated press or leaked source raises a question, never a refusal. A denial disputes a
fact only when it comes from a source of equal class. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.model.fact import (
    FactDefinition,
    Reading,
    Source,
    SourceClass,
    Standing,
    UnknownReason,
    parse_value,
    stored,
)

if TYPE_CHECKING:
    from licet.model.case import Statement, StatementSource


class Mode(StrEnum):
    """Who runs the assessment: an authority, or the applicant about itself."""

    AUTHORITY = "authority"
    SELF_ASSESSMENT = "self_assessment"


_RANK = {
    Standing.SELF_DECLARED: 0,
    Standing.DERIVED: 1,
    Standing.EVIDENCED: 1,
    Standing.ACCEPTED: 2,
    Standing.JUDGED: 2,
}
_WEAK_ALONE = (SourceClass.PRESS, SourceClass.LEAKED)
_OWN = (SourceClass.OWN_WORD, SourceClass.COMPANY_STATEMENT)
_CLASS_RANK = {
    SourceClass.COURT: 5,
    SourceClass.UN_BODY: 4,
    SourceClass.PUBLIC_AUTHORITY: 4,
    SourceClass.LABORATORY: 3,
    SourceClass.DATASET: 3,
    SourceClass.NGO: 2,
    SourceClass.PRESS: 2,
    SourceClass.LEAKED: 1,
    SourceClass.COMPANY_STATEMENT: 0,
    SourceClass.OWN_WORD: 0,
}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One statement after weighing: usable with a value, or the reason it is not."""

    statement: Statement
    value: Any
    reason: UnknownReason | None


def weigh(
    definition: FactDefinition, statements: tuple[Statement, ...], mode: Mode, origin: str
) -> Reading:
    """The reading of one fact from all that was stated about it."""
    weighed = [_weigh_one(definition, statement, mode) for statement in statements]
    weighed = _corroborate(weighed)
    usable = [w for w in weighed if w.reason is None]
    sources = tuple(_source(s) for w in weighed for s in _sources(w.statement))
    if not usable:
        reason = weighed[0].reason or UnknownReason.NOT_ASKED
        return Reading(
            unknown=reason, origin=origin, sources=sources, standing=weighed[0].statement.standing
        )
    top = max(_RANK[w.statement.standing] for w in usable)
    best = [w for w in usable if _RANK[w.statement.standing] == top]
    values = {_key(w.value) for w in best}
    if len(values) > 1 or _strongly_contradicted(definition, best, usable):
        return Reading(
            unknown=UnknownReason.DISPUTED,
            origin=origin,
            sources=sources,
            standing=best[0].statement.standing,
        )
    return Reading(
        value=best[0].value, standing=best[0].statement.standing, origin=origin, sources=sources
    )


def _weigh_one(definition: FactDefinition, statement: Statement, mode: Mode) -> _Weighed:
    if statement.unknown is not None or statement.value is None:
        return _Weighed(statement, None, statement.unknown or UnknownReason.NOT_ASKED)
    value = parse_value(definition, statement.value)
    if definition.judgement and not _judged(statement):
        return _Weighed(statement, None, UnknownReason.UNVERIFIABLE)
    adverse = _is_adverse(definition, value)
    own_word = statement.standing is Standing.SELF_DECLARED or (
        statement.standing is Standing.EVIDENCED
        and statement.source is not None
        and statement.source.source_class in _OWN
    )
    if own_word and not adverse and mode is Mode.AUTHORITY:
        return _Weighed(statement, value, UnknownReason.SELF_DECLARED)
    if _denied_as_equal(statement):
        return _Weighed(statement, value, UnknownReason.DISPUTED)
    if _alone_and_weak(statement):
        return _Weighed(statement, value, UnknownReason.UNCORROBORATED)
    return _Weighed(statement, value, None)


def _judged(statement: Statement) -> bool:
    """A judgement counts only from a named person who gives reasons."""
    return (
        statement.standing is Standing.JUDGED
        and bool(statement.signed_by)
        and bool(statement.reasons)
    )


def _is_adverse(definition: FactDefinition, value: Any) -> bool:
    written = stored(value)
    if isinstance(written, list):
        return not definition.adverse or any(part in definition.adverse for part in written)
    return str(written) in definition.adverse


def _denied_as_equal(statement: Statement) -> bool:
    if statement.denied_by is None or statement.source is None:
        return False
    ours = statement.source.source_class
    return ours is not None and _CLASS_RANK[statement.denied_by] >= _CLASS_RANK[ours]


def _alone_and_weak(statement: Statement) -> bool:
    source = statement.source
    return (
        statement.standing is Standing.EVIDENCED
        and source is not None
        and source.source_class in _WEAK_ALONE
        and statement.second_source is None
    )


def _corroborate(weighed: list[_Weighed]) -> list[_Weighed]:
    """A weak source that another statement of the same value bears out is no longer alone."""
    result = []
    for one in weighed:
        if one.reason is UnknownReason.UNCORROBORATED and any(
            other is not one
            and other.reason in (None, UnknownReason.UNCORROBORATED)
            and _key(other.value) == _key(one.value)
            for other in weighed
        ):
            result.append(_Weighed(one.statement, one.value, None))
        else:
            result.append(one)
    return result


def _strongly_contradicted(
    definition: FactDefinition, best: list[_Weighed], usable: list[_Weighed]
) -> bool:
    """An accepted document does not silence a court or an authority that says the contrary."""
    value = _key(best[0].value)
    return any(
        _key(w.value) != value
        and _is_adverse(definition, w.value)
        and w.statement.source is not None
        and w.statement.source.source_class is not None
        and _CLASS_RANK[w.statement.source.source_class] >= _CLASS_RANK[SourceClass.LABORATORY]
        for w in usable
        if w not in best
    )


def _key(value: Any) -> Any:
    written = stored(value)
    return tuple(written) if isinstance(written, list) else written


def _sources(statement: Statement) -> tuple[StatementSource, ...]:
    return tuple(s for s in (statement.source, statement.second_source) if s is not None)


def _source(source: StatementSource) -> Source:
    return Source(source.title, source.source_class, source.url, source.published, source.publisher)
