"""Find the rows of documented misuse that concern a state, its agencies or a vendor.

Absence of a row says nothing. A row is found by the very name or a tabled alias, never by
likeness: to show one company's record under another's name would be a false accusation. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.evidence.bodies import same_agency, vendor_name, vendors_in
from licet.evidence.facts import MatchedBy, MisuseRow
from licet.model.dates import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_SPANS = ("period_from", "period_to", "published")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. ``vendors`` are names as :func:`known_as` gives them."""

    country: str | None
    agencies: tuple[str, ...]
    vendors: frozenset[str]


def known_as(vendors: Sequence[str], also_named: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The names under which the vendors may stand in a row, from what was asked and the table."""
    asked: set[str] = set()
    for vendor in vendors:
        for part in re.split(r"\s/\s|;", vendor):
            asked.add(vendor_name(re.sub(r"\([^)]*\)", " ", part)))
            asked |= {vendor_name(inner) for inner in re.findall(r"\(([^)]*)\)", part)}
    asked.discard("")
    found = set(asked)
    for row in also_named:
        pair = {vendor_name(row["vendor"]), vendor_name(row["also_named"])}
        if pair & asked:
            found |= pair
    return frozenset(found)


def find(
    rows: Sequence[Mapping[str, Any]], asked: Asked, day: date, *, stale: bool
) -> tuple[MisuseRow, ...]:
    """The rows that match and were public by the day, in order of their ids."""
    found = []
    for row in rows:
        matched = _match(row, asked)
        if matched and Span.read(row["published"]).last <= day:
            found.append(_row(row, matched, stale=stale))
    return tuple(sorted(found, key=lambda one: one.id))


def _match(row: Mapping[str, Any], asked: Asked) -> tuple[MatchedBy, ...]:
    matched = []
    here = asked.country is not None and row["country"] == asked.country
    if here and row["agency"] and any(same_agency(row["agency"], one) for one in asked.agencies):
        matched.append(MatchedBy.AGENCY)
    if asked.vendors and vendors_in(row["vendor"]) & asked.vendors:
        matched.append(MatchedBy.VENDOR)
    if here:
        matched.append(MatchedBy.COUNTRY)
    return tuple(matched)


def _row(row: Mapping[str, Any], matched: tuple[MatchedBy, ...], *, stale: bool) -> MisuseRow:
    parts = dict(row) | {name: Span.read(row[name]) if row[name] else None for name in _SPANS}
    parts["target_categories"] = tuple(row["target_categories"])
    return MisuseRow(**parts, matched_by=matched, stale=stale)
