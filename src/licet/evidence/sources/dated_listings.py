"""Researched listing dates, and entries since removed, that the screening list does not carry.

A dated row sets the first day of the entry it names, or adds an entry that has been removed. A
row without an end that the list lacks is a fault: either the name is wrong or its end is missing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from licet.errors import EvidenceError, Fault
from licet.evidence.reading import Checks, Line, csv_lines
from licet.model.listing import ListedName, ListedType, Listing, NameKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

COLUMNS = (
    "list_code",
    "name",
    "type",
    "countries",
    "programmes",
    "listed_from",
    "listed_to",
    "citation",
    "provision",
    "checked",
    "note",
)


@dataclass(frozen=True, slots=True)
class DatedListing:
    """One researched listing: which entry, from when, and until when if it was removed."""

    list_code: str
    name: str
    type: ListedType
    countries: tuple[str, ...]
    programmes: tuple[str, ...]
    listed_from: date
    listed_to: date | None
    citation: str
    provision: str
    checked: str
    note: str


def read(path: Path) -> tuple[DatedListing, ...]:
    """Every dated row. Raises EvidenceError naming file, row and remedy."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS)]
    checks.done()
    return tuple(row for row in rows if row is not None)


def apply(
    listings: Sequence[Listing], dated: Sequence[DatedListing], path: Path
) -> tuple[Listing, ...]:
    """The listings with the dated rows laid over them."""
    places = {
        (entry.list_code, entry.names[0].name.casefold()): place
        for place, entry in enumerate(listings)
    }
    result = list(listings)
    faults: list[Fault] = []
    for row in dated:
        place = places.get((row.list_code, row.name.casefold()))
        if (place is None) == (row.listed_to is None):
            faults.append(_contradiction(row, path))
        elif place is not None:
            entry = result[place]
            result[place] = replace(
                entry, listed_from=row.listed_from, citation=entry.citation or row.citation
            )
        else:
            result.append(_removed(row, listings))
    if faults:
        raise EvidenceError(faults)
    return tuple(result)


def _row(checks: Checks, line: Line) -> DatedListing | None:
    first = checks.day(line, "listed_from")
    last = checks.day(line, "listed_to", blank=True)
    kind = checks.choice(line, "type", [str(value) for value in ListedType])
    name = checks.text(line, "name")
    if first is None or kind not in list(ListedType):
        return None
    if last is not None and last <= first:
        checks.fault(line, f"listed_to {last} is not after listed_from {first}")
    return DatedListing(
        line["list_code"].strip(),
        name,
        ListedType(kind),
        tuple(line["countries"].split()),
        tuple(line["programmes"].split()),
        first,
        last,
        line["citation"],
        line["provision"],
        checks.choice(line, "checked", ("opened", "law_table", "memory")),
        line["note"],
    )


def _contradiction(row: DatedListing, path: Path) -> Fault:
    if row.listed_to is None:
        message = (
            f"{row.name!r} is dated as still on {row.list_code}, which lacks it: correct "
            "the name, or give the day of removal"
        )
    else:
        message = (
            f"{row.name!r} is dated as removed from {row.list_code}, which has it: the "
            "party was listed again, or the day of removal is wrong"
        )
    return Fault(row.name, message, str(path))


def _removed(row: DatedListing, listings: Sequence[Listing]) -> Listing:
    model = next(entry for entry in listings if entry.list_code == row.list_code)
    key = hashlib.sha256(f"{row.list_code}\n{row.name}\n{row.listed_from}".encode()).hexdigest()
    return Listing(
        id=f"{row.list_code}:removed-{key[:12]}",
        list_code=row.list_code,
        list_name=model.list_name,
        authority=model.authority,
        type=row.type,
        names=(ListedName(row.name, NameKind.PRIMARY),),
        countries=row.countries,
        programmes=row.programmes,
        legal_basis=model.legal_basis,
        citation=row.citation,
        listed_from=row.listed_from,
        listed_to=row.listed_to,
        source_url="",
    )
