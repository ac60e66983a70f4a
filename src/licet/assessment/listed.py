"""Screening beside what was stated: which of the two speaks of a party's listing.

A hit outweighs a statement that there is none, unless an officer looked at it and said so. A list
that does not cover the day, is too old or holds an undated entry leaves a statement standing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.fact import Reading, Standing, UnknownReason

if TYPE_CHECKING:
    from collections.abc import Mapping

_SILENT = (UnknownReason.NOT_COVERED, UnknownReason.STALE, UnknownReason.UNDATED)


def party_readings(
    screened: Mapping[str, Mapping[str, Reading]], stated: Mapping[str, Reading]
) -> dict[str, dict[str, Reading]]:
    """What the rules see of each party's listings."""
    return {
        party: {
            fact: reading
            for fact, reading in facts.items()
            if not _gives_way(reading, stated, fact)
        }
        for party, facts in screened.items()
    }


def _gives_way(reading: Reading, stated: Mapping[str, Reading], fact: str) -> bool:
    said = stated.get(fact)
    if said is None or not said.known:
        return False
    reviewed = said.standing in (Standing.ACCEPTED, Standing.JUDGED)
    return reviewed or (not reading.known and reading.unknown in _SILENT)


def any_party(
    parties: Mapping[str, Mapping[str, Reading]], stated: Mapping[str, Reading]
) -> dict[str, Reading]:
    """For each yes/no listing fact, whether it holds of some party of the case."""
    names = {
        fact
        for facts in parties.values()
        for fact, r in facts.items()
        if not isinstance(r.value, tuple) and fact != "party.dated_listing"
    }
    found = {}
    for fact in sorted(names):
        readings = [facts[fact] for facts in parties.values() if fact in facts]
        hit = next((r for r in readings if r.value is True), None)
        unknown = next((r for r in readings if not r.known), None)
        said = stated.get(fact)
        if hit is not None:
            found[fact] = hit
        elif said is not None and said.value is True:
            continue
        elif unknown is not None:
            found[fact] = unknown
        elif said is None or not said.known:
            found[fact] = readings[0]
    return found
