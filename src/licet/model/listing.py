"""One entry of a sanctions or export-control list, and the one Arrow schema all lists share.

Evidence writes lists in this form; screening indexes it and parses no source (semantics, 10).
Nothing here reads a file. Of natural persons only what matching needs is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class NameKind(StrEnum):
    """How strongly the list itself stands behind a name."""

    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak"


class ListedType(StrEnum):
    """What is listed, as the list says. Many lists do not say: then it may be a person."""

    ENTITY = "entity"
    INDIVIDUAL = "individual"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNSTATED = "unstated"


class ListingStatus(StrEnum):
    """What one edition of a list says about an entry on a day (semantics, 6)."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name as the list writes it. Persons are often written ``SURNAME, Given``."""

    name: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class ListedIdentifier:
    """A number that names the entry, and whose number it is."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One list entry.

    ``listed_from`` is the first day listed, if known. ``listed_to`` is the day of removal: the
    entry is listed on the days before it, not on it. ``countries`` are ISO 3166-1 alpha-2 codes
    in capitals.
    """

    id: str
    list_code: str
    list_name: str
    authority: str
    type: ListedType
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[ListedIdentifier, ...] = ()
    programmes: tuple[str, ...] = ()
    legal_basis: str = ""
    citation: str = ""
    listed_from: date | None = None
    listed_to: date | None = None
    licence_requirement: str = ""
    licence_policy: str = ""
    source_url: str = ""

    def status(self, day: date, edition: date) -> ListingStatus:
        """What the list of ``edition`` says of this entry on ``day``.

        An entry without a first day is *undated* before the edition: never a hit, never clear.

        >>> from datetime import date
        >>> entry = Listing("x", "US-EL", "", "", ListedType.ENTITY, ())
        >>> str(entry.status(date(2020, 1, 1), edition=date(2026, 7, 31)))
        'undated'
        """
        if self.listed_to is not None and day >= self.listed_to:
            return ListingStatus.NOT_LISTED
        if self.listed_from is not None:
            known = day >= self.listed_from
            return ListingStatus.LISTED if known else ListingStatus.NOT_LISTED
        return ListingStatus.LISTED if day >= edition else ListingStatus.UNDATED


def arrow_schema() -> Any:
    """The Arrow schema of a table of listings."""
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    return pa.schema(
        [
            ("id", text),
            ("list_code", text),
            ("list_name", text),
            ("authority", text),
            ("type", text),
            ("names", pa.list_(pa.struct([("name", text), ("kind", text)]))),
            ("countries", texts),
            ("identifiers", pa.list_(pa.struct([("scheme", text), ("value", text)]))),
            ("programmes", texts),
            ("legal_basis", text),
            ("citation", text),
            ("listed_from", pa.date32()),
            ("listed_to", pa.date32()),
            ("licence_requirement", text),
            ("licence_policy", text),
            ("source_url", text),
        ]
    )


def to_arrow(listings: Iterable[Listing]) -> Any:
    """An Arrow table of the listings, in their order."""
    import pyarrow as pa

    return pa.Table.from_pylist([_plain(entry) for entry in listings], schema=arrow_schema())


def from_arrow(table: Any) -> tuple[Listing, ...]:
    """The listings of an Arrow table in :func:`arrow_schema`'s form. Other columns are ignored."""
    fields = arrow_schema().names
    return tuple(_listing(row) for row in table.select(fields).to_pylist())


def _plain(entry: Listing) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in Listing.__slots__}
    row["type"] = str(entry.type)
    row["names"] = [{"name": n.name, "kind": str(n.kind)} for n in entry.names]
    row["identifiers"] = [{"scheme": i.scheme, "value": i.value} for i in entry.identifiers]
    return row


def _listing(row: dict[str, Any]) -> Listing:
    parts = dict(row)
    parts["type"] = ListedType(row["type"])
    parts["names"] = tuple(ListedName(n["name"], NameKind(n["kind"])) for n in row["names"])
    parts["identifiers"] = tuple(ListedIdentifier(**i) for i in row["identifiers"])
    parts["countries"] = tuple(row["countries"])
    parts["programmes"] = tuple(row["programmes"])
    return Listing(**parts)
