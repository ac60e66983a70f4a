"""Weigh what was stated about one fact: which value may be used, or why none may (decision 8).

An applicant's word tightens an outcome at once and loosens nothing until a document is accepted.
One uncorroborated press or leaked source raises a question, never a refusal. A denial disputes a
fact only when it comes from a source of equal class. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
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


SILENCE = "nothing recorded"
"""The origin of a reading that rests on a finished file's silence."""


@lru_cache(maxsize=4_000)
def weigh_silence(definition: FactDefinition, standing: Standing, mode: Mode) -> Reading:
    """What a file's silence on a fact is worth: as much as the word of who closed it."""
    from licet.model.case import Statement, StatementSource

    closed = StatementSource(title=SILENCE, **{"class": SourceClass.DATASET})
    silence = Statement(value=definition.unmentioned, standing=standing, source=closed)
    reading = weigh(definition, (silence,), mode, SILENCE)
    return replace(reading, by_silence=True, sources=())


def weigh(
    definition: FactDefinition, statements: tuple[Statement, ...], mode: Mode, origin: str
) -> Reading:
    """The reading of one fact from all that was stated about it.

    ``denied_by`` of a reading names every class of source that is on record with a denial, also
    where the denial does not outweigh the statement.
    """
    weighed = _corroborate(
        definition, [_weigh_one(definition, statement, mode) for statement in statements]
    )
    usable = [w for w in weighed if w.reason is None]
    sources = tuple(_source(s) for w in weighed for s in _sources(w.statement))
    denied = tuple(sorted({s.denied_by.value for s in statements if s.denied_by is not None}))

    def unknown(reason: UnknownReason, standing: Standing) -> Reading:
        return Reading(
            unknown=reason, origin=origin, sources=sources, standing=standing, denied_by=denied
        )

    if not usable:
        first = weighed[0]
        return unknown(first.reason or UnknownReason.NOT_ASKED, first.statement.standing)
    top = max(_RANK[w.statement.standing] for w in usable)
    best = [w for w in usable if _RANK[w.statement.standing] == top]
    heaviest = _heaviest(definition, best)
    standing = best[0].statement.standing
    if heaviest is None or _strongly_contradicted(definition, best, usable):
        return unknown(UnknownReason.DISPUTED, standing)
    if any(_as_strong(w, heaviest) for w in weighed if w.reason is UnknownReason.DISPUTED):
        return unknown(UnknownReason.DISPUTED, standing)
    return Reading(
        value=heaviest.value, standing=standing, origin=origin, sources=sources, denied_by=denied
    )


def _heaviest(definition: FactDefinition, best: list[_Weighed]) -> _Weighed | None:
    """The statement that stands among those of one standing; None where they dispute each other.

    An adverse statement outweighs a contrary one of lower class, such as a party's own denial. A
    favourable one never does: then the fact is disputed, whoever says so.
    """
    if len({_key(w.value) for w in best}) == 1:
        return best[0]
    if any(w.statement.standing in (Standing.ACCEPTED, Standing.JUDGED) for w in best):
        return None
    first = max(best, key=lambda w: _class_rank(w.statement))
    rivals = [w for w in best if _key(w.value) != _key(first.value)]
    if _is_adverse(definition, first.value) and all(
        _class_rank(w.statement) < _class_rank(first.statement) for w in rivals
    ):
        return first
    return None


def _class_rank(statement: Statement) -> int:
    """How weighty the class of a statement's source is; a source without a class weighs as press."""
    if statement.standing is Standing.SELF_DECLARED and statement.source is None:
        return 0
    found = statement.source.source_class if statement.source is not None else None
    return _CLASS_RANK[found] if found is not None else _CLASS_RANK[SourceClass.PRESS]


def _as_strong(disputed: _Weighed, other: _Weighed) -> bool:
    """Whether a disputed statement weighs as much as one that would settle the fact."""
    ours, theirs = disputed.statement, other.statement
    return (_RANK[ours.standing], _class_rank(ours)) >= (
        _RANK[theirs.standing],
        _class_rank(theirs),
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
        and (statement.source is None or statement.source.source_class in _OWN)
    )
    if own_word and not adverse and mode is Mode.AUTHORITY:
        return _Weighed(statement, value, UnknownReason.SELF_DECLARED)
    if _denied_as_equal(statement):
        return _Weighed(statement, value, UnknownReason.DISPUTED)
    if _alone_and_weak(statement, adverse=adverse):
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


def _alone_and_weak(statement: Statement, *, adverse: bool) -> bool:
    source, second = statement.source, statement.second_source
    if (
        statement.standing is not Standing.EVIDENCED
        or source is None
        or source.source_class not in (*_WEAK_ALONE, None)
    ):
        return False
    if second is None or _same(source, second):
        return True
    # What a party says of itself bears out an article against it, never one in its favour.
    return second.source_class in _OWN and not adverse


def _same(one: StatementSource | None, other: StatementSource | None) -> bool:
    """Whether two references are to one source, which cited twice is still one."""
    if one is None or other is None:
        return False
    if one.url and other.url:
        return one.url == other.url
    return " ".join(one.title.casefold().split()) == " ".join(other.title.casefold().split())


def _corroborate(definition: FactDefinition, weighed: list[_Weighed]) -> list[_Weighed]:
    """A weak source that another statement of the same value bears out is no longer alone."""

    def bears_out(other: _Weighed, one: _Weighed) -> bool:
        source = other.statement.source
        own = source is not None and source.source_class in _OWN
        return (
            other is not one
            and other.reason in (None, UnknownReason.UNCORROBORATED)
            and _key(other.value) == _key(one.value)
            and not _same(source, one.statement.source)
            and not (own and not _is_adverse(definition, one.value))
        )

    return [
        _Weighed(one.statement, one.value, None)
        if one.reason is UnknownReason.UNCORROBORATED
        and any(bears_out(other, one) for other in weighed)
        else one
        for one in weighed
    ]


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
