"""Which provisions of the fact sheet are encoded, where, and why the others are not.

A provision that is neither in a rulebook nor left out with a reason is a fault: nobody shall take
silence for law that is not there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, RulebookError
from licet.rules.load import RULEBOOKS, folder_document, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.rulebook import Rulebook

FILE = "coverage.yaml"


@dataclass(frozen=True, slots=True)
class Covered:
    """One provision of the sheet: the rulebook that holds it, or why none does."""

    id: str
    file: str
    """``law`` or ``additions``."""
    sheet_level: str
    """How well the sheet's author checked it: verified, partial, memory."""
    rulebook: str
    provision: str
    checked: str
    """Our check level of the encoded text; empty where it is left out."""
    why: str
    """Why it is left out; empty where it is encoded."""


def coverage(books: Mapping[str, Rulebook] | None = None) -> tuple[Covered, ...]:
    """One row for each provision of the sheet, in its order. Raises RulebookError on a hole."""
    held = {
        provision.id: (book.id, provision)
        for book in (books or shipped()).values()
        for provision in book.provisions.values()
    }
    rows = []
    faults = []
    for entry in folder_document(RULEBOOKS, FILE)["provisions"]:
        name, why = entry["id"], entry.get("why", "")
        book, provision = held.get(name, ("", None))
        if bool(why) == (provision is not None):
            message = "stands in no rulebook and has no reason" if not why else "has both"
            faults.append(Fault(name, f"{message}: encode it, or say why not", FILE))
            continue
        rows.append(
            Covered(
                name,
                entry["file"],
                entry["level"],
                book,
                provision.id if provision is not None else "",
                provision.checked.level.value if provision is not None else "",
                why,
            )
        )
    if faults:
        raise RulebookError(faults)
    return tuple(rows)


def beyond_the_sheet(rows: Iterable[Covered]) -> tuple[str, ...]:
    """Provisions of the books of law and policy that have no row in the sheet."""
    listed = {row.id for row in rows}
    return tuple(
        sorted(
            provision
            for book in shipped().values()
            if book.kind.value != "method"
            for provision in book.provisions
            if provision not in listed
        )
    )


def counts(rows: Iterable[Covered]) -> dict[str, Any]:
    """How many are encoded and left out, and the encoded by our check level."""
    found = list(rows)
    levels = Counter(row.checked for row in found if row.rulebook)
    encoded = sum(levels.values())
    return {
        "provisions": len(found),
        "encoded": encoded,
        "left_out": len(found) - encoded,
        "by_check_level": dict(sorted(levels.items())),
        "by_rulebook": dict(sorted(Counter(r.rulebook for r in found if r.rulebook).items())),
    }
