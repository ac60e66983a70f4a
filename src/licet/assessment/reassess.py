"""Stored cases under the law, lists and evidence of another day, held against what was answered.

The case stays as it was stored but for the day on which it is assessed, so the dates that fix which
law applies (application, decision, contract, export) go on fixing it. Must not read the clock.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import assess
from licet.assessment.comparison import compare
from licet.assessment.replay import find_case, find_moratoria, options_of, unknown_inputs
from licet.errors import ReplayError
from licet.model.canonical import canonical_bytes
from licet.model.dates import Span
from licet.rules.load import shipped
from licet.rules.moratorium import with_moratoria

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from licet.assessment.evidence import Knowledge
    from licet.model.case import Case
    from licet.rules.moratorium import Moratorium
    from licet.rules.rulebook import Rulebook

GONE = "rulebook_gone"
NOT_STORED = "not_stored"


def reassess(
    bodies: Iterable[Mapping[str, Any]],
    folders: Sequence[Path],
    knowledge: Knowledge,
    day: date,
    books: Mapping[str, Rulebook] | None = None,
    moratoria: Iterable[Moratorium] = (),
) -> Iterator[dict[str, Any]]:
    """Each stored determination compared with the answer of ``day``, case by case.

    The moratoria that an answer rests on are found by digest and stand again; ``moratoria`` are
    declared besides, and take the place of a stored one of the same id.

    A rulebook that is no longer there is told as ``{"rulebook_gone": true}``; those that are there
    but have no stored answer, which is how new law looks, as ``{"not_stored": [...]}`` once a case.
    Raises ReplayError where a case is not found by its digest, or where an answer rests on inputs
    that this version cannot apply.
    """
    known = shipped() if books is None else books
    for stored in _by_case(bodies):
        faults = [fault for body in stored for fault in unknown_inputs(body)]
        if faults:
            raise ReplayError(faults)
        case = find_case(stored[0]["case_digest"], folders)
        dates = case.dates.model_copy(update={"assessed": Span(day, day)})
        case = case.model_copy(update={"dates": dates})
        for same in _by_moratoria(stored):
            yield from _again(same, case, folders, knowledge, known, moratoria)
        missing = sorted(known.keys() - {body["rulebook"] for body in stored})
        if missing:
            yield {"case": case.id, NOT_STORED: missing}


def _again(
    stored: list[Mapping[str, Any]],
    case: Case,
    folders: Sequence[Path],
    knowledge: Knowledge,
    known: Mapping[str, Rulebook],
    moratoria: Iterable[Moratorium],
) -> Iterator[dict[str, Any]]:
    """Determinations of one case made with the same options and moratoria, made again."""
    kept = {m.id: m for m in find_moratoria(stored[0], folders)}
    standing = {**kept, **{m.id: m for m in moratoria}}.values()
    books = {name: with_moratoria(book, standing) for name, book in known.items()}
    again = assess(
        case,
        knowledge,
        rulebooks=[body["rulebook"] for body in stored if body["rulebook"] in books],
        books=books,
        options=options_of(stored[0]),
    )
    fresh = {determination.book.id: determination.body for determination in again}
    for body in stored:
        name = body["rulebook"]
        if name in fresh:
            yield compare(body, fresh[name])
        else:
            yield {"case": body["case"], "rulebook": name, GONE: True}


def _by_case(bodies: Iterable[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    """Determinations of the same case, made with the same options, together."""
    found: defaultdict[tuple[str, bytes], list[Mapping[str, Any]]] = defaultdict(list)
    for body in bodies:
        found[body["case_digest"], canonical_bytes(body["options"])].append(body)
    return found.values()


def _by_moratoria(stored: list[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    """Determinations that rest on the same moratoria, together."""
    found: defaultdict[bytes, list[Mapping[str, Any]]] = defaultdict(list)
    for body in stored:
        found[canonical_bytes(body.get("moratoria", []))].append(body)
    return found.values()
