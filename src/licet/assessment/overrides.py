"""Overrides of moratoria that a case claims, held against the moratoria's own text.

A claim without a clause is an error: nothing is set aside silently. A claim whose decision is not on
record sets nothing aside either, and the answer says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError
from licet.model.fact import Standing
from licet.rules.load import shipped
from licet.rules.moratorium import overridden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from licet.model.case import Case, Override
    from licet.rules.moratorium import Moratorium
    from licet.rules.rulebook import Rulebook

ON_RECORD = (Standing.ACCEPTED, Standing.JUDGED)


def set_aside(case: Case, book: Rulebook, day: date) -> tuple[Rulebook, tuple[dict[str, Any], ...]]:
    """The rulebook with the moratoria set aside that this case overrides, and what to say of it.

    Raises InputError where a moratorium of the rulebook has no clause, or not for that authority.
    """
    said: list[dict[str, Any]] = []
    faults: list[Fault] = []
    declared = {m.id: m for m in book.declared}
    for index, claim in enumerate(case.overrides):
        path = f"overrides[{index}]"
        if claim.moratorium not in book.moratoria:
            continue
        if any(claim.moratorium == other.moratorium for other in case.overrides[:index]):
            faults.append(Fault(path, f"claims an override of {claim.moratorium} twice: keep one"))
            continue
        fault = _unfounded(claim, declared.get(claim.moratorium), path)
        if fault is not None:
            faults.append(fault)
            continue
        entry = {"moratorium": claim.moratorium, "by": claim.by}
        if claim.standing not in ON_RECORD or claim.decided.last > day:
            said.append({"code": "override_not_on_record", **entry})
            continue
        book = overridden(book, declared[claim.moratorium])
        said.append({"code": "overridden", **entry, "decided": str(claim.decided)})
    if faults:
        raise InputError(faults)
    return book, tuple(said)


def refuse_unknown(case: Case, books: Mapping[str, Rulebook] | None) -> None:
    """Raise InputError for each claim about a moratorium that none of the rulebooks holds."""
    if not case.overrides:
        return
    known = {name for book in (books or shipped()).values() for name in book.moratoria}
    faults = [
        Fault(
            f"overrides[{index}]",
            f"claims an override of {claim.moratorium!r}, which is not declared here: name its "
            "file with --moratorium",
        )
        for index, claim in enumerate(case.overrides)
        if claim.moratorium not in known
    ]
    if faults:
        raise InputError(faults)


def _unfounded(claim: Override, moratorium: Moratorium | None, path: str) -> Fault | None:
    """Why a claim cannot be right: no clause, or a clause that names another authority."""
    clause = moratorium.override if moratorium is not None else None
    if clause is None:
        return Fault(
            path,
            f"claims an override of {claim.moratorium}, whose own text grants none: take it out",
        )
    if _words(claim.by) != _words(clause.by):
        return Fault(
            path,
            f"claims an override by {claim.by!r}; {clause.cite.locator} gives it to {clause.by!r}",
        )
    return None


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
