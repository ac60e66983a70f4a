"""A fact: one typed statement about a case, an item or a party, and who says it.

Unknown is a value with a reason. Nothing here decides anything: how statements of different
standing are weighed is in :mod:`licet.assessment.facts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from licet.model.dates import Span


class Standing(StrEnum):
    """Who vouches for a statement (design, decision 8)."""

    SELF_DECLARED = "self_declared"
    EVIDENCED = "evidenced"
    ACCEPTED = "accepted"
    DERIVED = "derived"
    JUDGED = "judged"


class SourceClass(StrEnum):
    """What kind of source a statement rests on."""

    COURT = "court"
    PUBLIC_AUTHORITY = "public_authority"
    UN_BODY = "un_body"
    LABORATORY = "laboratory_with_method"
    PRESS = "press"
    NGO = "ngo"
    COMPANY_STATEMENT = "company_statement"
    LEAKED = "leaked_material"
    DATASET = "dataset"
    OWN_WORD = "own_word"


class UnknownReason(StrEnum):
    """Why a fact has no value that may be used."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    REFUSED = "refused"
    DISPUTED = "disputed"
    UNVERIFIABLE = "unverifiable"
    NOT_PUBLIC = "not_public"
    SELF_DECLARED = "self_declared"
    UNCORROBORATED = "uncorroborated"
    UNREVIEWED_HIT = "unreviewed_hit"
    NOT_COVERED = "not_covered"
    STALE = "stale"
    UNDATED = "undated"
    MEMORY_ONLY = "memory_only"
    RETRO_CODED = "retro_coded"
    OPEN = "open"


class FactType(StrEnum):
    """The types a fact may have. There are no floats: amounts are decimals."""

    YES_NO = "yes_no"
    CODE = "code"
    CODES = "codes"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    COUNTRY = "country"


class AnsweredBy(StrEnum):
    """Who is asked for a fact."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    EVIDENCE = "evidence"
    DERIVED = "derived"


class Attaches(StrEnum):
    """What a fact is about."""

    CASE = "case"
    ITEM = "item"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One entry of the fact dictionary: what may be asked, of whom, and how it reads.

    ``adverse`` holds the values that tighten an outcome: an applicant's own word counts at once
    only when it is one of these. ``unmentioned`` is the value that a *finished dossier* states by
    silence (a red flag not raised, a letter not received); it is never used for a case.
    """

    name: str
    type: FactType
    attaches: Attaches
    question: str
    statement: str
    answered_by: AnsweredBy
    statement_no: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    roles: tuple[str, ...] = ()
    evidence_asked: str = ""
    judgement: bool = False
    publishable: bool = True
    adverse: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    red_flag: str = ""
    severity: str = ""
    aliases: tuple[str, ...] = ()
    unmentioned: str | None = None

    @property
    def code_names(self) -> tuple[str, ...]:
        """The codes alone, without their wording."""
        return tuple(code for code, _ in self.codes)

    @property
    def domain(self) -> tuple[Any, ...]:
        """Every value the fact can take, where that is a short closed list; else empty."""
        if self.type is FactType.YES_NO:
            return (True, False)
        if self.type is FactType.CODE:
            return self.code_names
        return ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from. ``published`` is the day it became public, if known."""

    title: str = ""
    source_class: SourceClass | None = None
    url: str = ""
    published: Span | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the engine may use for one fact: a value, or unknown with its reason.

    ``possible`` narrows an unknown to the values still possible (a grade that is "elevated or
    high"). ``origin`` says where the value came from (``case``, ``item:1``, ``screening``,
    ``snapshot``, ``risk-method`` ...). Facts of one determination are stored in this form.
    """

    value: Any = None
    unknown: UnknownReason | None = None
    possible: frozenset[Any] | None = None
    standing: Standing = Standing.DERIVED
    origin: str = ""
    sources: tuple[Source, ...] = field(default=())
    cautions: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    """Classes of source on record with a denial, also where it does not outweigh the value."""
    by_silence: bool = False
    """Whether the value rests on a closed file's silence: anything that is said outweighs it."""

    @property
    def known(self) -> bool:
        """Whether there is a value that may be used."""
        return self.unknown is None


NOT_ASKED = Reading(unknown=UnknownReason.NOT_ASKED)
"""The reading of a fact that nobody has been asked."""


def derived(value: Any, origin: str) -> Reading:
    """A known reading that the engine itself worked out from other parts of the case."""
    return Reading(value=value, standing=Standing.DERIVED, origin=origin)


def parse_value(definition: FactDefinition, raw: Any) -> Any:
    """Turn what a file says into the fact's own type, or raise ValueError with the remedy.

    >>> d = FactDefinition("x", FactType.YES_NO, Attaches.CASE, "?", "x", AnsweredBy.APPLICANT)
    >>> parse_value(d, "yes"), parse_value(d, False)
    (True, False)
    """
    match definition.type:
        case FactType.YES_NO:
            return _yes_no(raw)
        case FactType.CODE:
            return _code(definition, raw)
        case FactType.CODES:
            return _codes(definition, raw)
        case FactType.INTEGER:
            return _whole(raw)
        case FactType.DECIMAL:
            return _decimal(raw)
        case FactType.DATE:
            return _day(raw)
        case FactType.TEXT | FactType.COUNTRY:
            return _text(raw)


def _yes_no(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    words = {"yes": True, "true": True, "no": False, "false": False}
    if isinstance(raw, str) and raw.strip().lower() in words:
        return words[raw.strip().lower()]
    raise ValueError(f"got {raw!r}: answer yes, no, or {{unknown: reason}}")


def _code(definition: FactDefinition, raw: Any) -> str:
    from licet.errors import nearest

    text = {True: "yes", False: "no"}.get(raw, raw) if isinstance(raw, bool) else raw
    if isinstance(text, str) and text in definition.code_names:
        return text
    codes = ", ".join(definition.code_names)
    hint = nearest(text, definition.code_names) if isinstance(text, str) else ""
    raise ValueError(f"got {raw!r}: choose one of {codes}{hint}")


def _codes(definition: FactDefinition, raw: Any) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple):
        raise ValueError(f"got {raw!r}: give a list of codes")  # noqa: TRY004 - all are ValueError
    return tuple(sorted({_code(definition, part) for part in parts}))


def _whole(raw: Any) -> int:
    try:
        return int(str(raw))
    except ValueError:
        raise ValueError(f"got {raw!r}: give a whole number") from None


def _decimal(raw: Any) -> str:
    from decimal import Decimal, InvalidOperation

    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        raise ValueError(f"got {raw!r}: give a number such as 1250.50") from None
    if not number.is_finite():
        raise ValueError(f"got {raw!r}: give a finite number")
    return format(number.normalize(), "f")


def _day(raw: Any) -> date:
    return Span.read(str(raw)).last


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"got {raw!r}: give a text")
    return raw.strip()


def stored(value: Any) -> Any:
    """A fact's value as canonical JSON has it: ``yes``/``no``, text, integers, lists."""
    if isinstance(value, str):
        return value  # most are text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, frozenset, set)):
        return sorted([stored(part) for part in value])
    return value
