"""Hits of a screening as facts (semantics, 3): true, false, or unknown with the reason.

A score alone never makes a fact true, and silence says nothing where a list does not cover the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.fact import Reading, Source, SourceClass, Standing, UnknownReason
from licet.screening import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.model.dates import Span
    from licet.screening import Hit, Result

_LISTS = {
    "party.on_entity_list": ("US-EL",),
    "party.on_sdn": ("US-SDN",),
    "party.on_un_sanctions_list": ("UN-SC",),
}
"""Facts about lists, and the list each is read from; a list that is not at hand answers nothing."""
_DAILY = {"US-SDN-DAILY": "US-SDN"}
"""Daily editions, and the list they are editions of: a hit on one counts, absence says nothing."""
_ONLY_SHOWN = frozenset({"JP-EUL", *_DAILY})
"""Lists whose silence no fact rests on; of Japan's list a hit is shown, and no rule reads it."""
_ORDER = (
    UnknownReason.UNREVIEWED_HIT,
    UnknownReason.UNDATED,
    UnknownReason.STALE,
    UnknownReason.NOT_COVERED,
)


def hit_facts(result: Result, export: Span) -> Iterable[tuple[str, Reading]]:
    """What the lists at hand say of a party; dated listings as of the day of export."""
    at_hand = {version.code for version in result.searched}
    for fact, codes in _LISTS.items():
        if at_hand.intersection(codes):
            yield fact, listed(result, codes)
    yield "party.listed", listed(result, tuple(sorted(at_hand - _ONLY_SHOWN)))
    yield "party.dated_listing", _dated(result, export)


def listed(result: Result, codes: tuple[str, ...]) -> Reading:
    """Whether a party is on any of these lists on the day."""
    hits = [hit for hit in result.hits if _DAILY.get(hit.list_code, hit.list_code) in codes]
    dated = {(h.list_code, h.basis) for h in hits if h.listed_from is not None}
    reasons: set[UnknownReason] = set()
    for hit in hits:
        if hit.status.value in ("not_yet_listed", "removed"):
            continue
        if hit.status.value == "undated":
            # A dated entry of the same list and name says when; the undated copy adds nothing.
            if (hit.list_code, hit.basis) not in dated:
                reasons.add(UnknownReason.UNDATED)
        elif hit.basis is Basis.EXACT_NAME_COUNTRY_AGREES:
            return Reading(
                value=True,
                standing=Standing.DERIVED,
                origin="screening",
                sources=(_hit_source(hit),),
                cautions=("unreviewed",),
            )
        else:
            reasons.add(UnknownReason.UNREVIEWED_HIT)
    versions = [v for v in result.searched if v.code in codes]
    if any(v.stale_on(result.day) for v in versions):
        reasons.add(UnknownReason.STALE)
    if any(v.published > result.day for v in versions):
        reasons.add(UnknownReason.NOT_COVERED)
    sources = tuple(_hit_source(hit) for hit in hits[:3])
    for reason in _ORDER:
        if reason in reasons:
            return Reading(unknown=reason, origin="screening", sources=sources)
    return Reading(value=False, standing=Standing.DERIVED, origin="screening", sources=sources)


def _dated(result: Result, export: Span) -> Reading:
    """The dated provisions that name the party: a statement about our table, so it is known.

    One provision may name parties from different days on, so the entry's own days count too: those
    of the export, by which these provisions look.
    """
    named = [hit for hit in result.hits if hit.rule and _stood(hit, export)]
    exact = {hit.rule for hit in named if hit.basis is Basis.EXACT_NAME_COUNTRY_AGREES}
    if not exact and named:
        return Reading(
            unknown=UnknownReason.UNREVIEWED_HIT,
            origin="screening",
            sources=tuple(_hit_source(hit) for hit in named[:3]),
        )
    return Reading(
        value=tuple(sorted(exact)),
        standing=Standing.DERIVED,
        origin="screening",
        sources=tuple(_hit_source(hit) for hit in named[:3]),
    )


def _stood(hit: Hit, span: Span) -> bool:
    """Whether an entry stood on its list on some day of a span; it ends on the day of removal."""
    begun = hit.listed_from is None or hit.listed_from <= span.last
    return begun and (hit.listed_to is None or hit.listed_to > span.first)


def _hit_source(hit: Hit) -> Source:
    title = f"{hit.matched} on {hit.list_code} ({hit.basis.value}, {hit.status.value})"
    return Source(title, SourceClass.PUBLIC_AUTHORITY, publisher=hit.citation)
