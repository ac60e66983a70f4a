"""The US Commerce Control List: entries, reasons for control, and item text where captured.

Full item text is present for categories 1, 3, 4 and 5 only. Nothing here classifies an item.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import json_object, refuse

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    "eccn": "text",
    "category": "text",
    "product_group": "text",
    "heading": "text",
    "reasons": "texts",
    "chart": "pairs",
    "licence_exceptions": "pairs",
    "related_controls": "text",
    "text_captured": "flag",
}
ITEM_FIELDS = {
    "eccn": "text",
    "place": "integer",
    "paragraph": "text",
    "kind": "text",
    "depth": "integer",
    "text": "text",
}
_ECCN = re.compile(r"^[0-9][A-E][0-9]{3}$")


def read(path: Path) -> Any:
    """A table of entries. Raises EvidenceError naming the entry and the remedy."""
    return tables.table(FIELDS, [_entry(path, entry) for entry in _entries(path)])


def read_items(path: Path) -> Any:
    """A table of item paragraphs, in the order of the regulation."""
    rows = [
        {
            "eccn": entry["eccn"],
            "place": place,
            "paragraph": item.get("paragraph"),
            "kind": item["kind"],
            "depth": item["depth"],
            "text": item["text"],
        }
        for entry in _entries(path)
        for place, item in enumerate(entry.get("items", ()))
    ]
    return tables.table(ITEM_FIELDS, rows)


def _entries(path: Path) -> list[dict[str, Any]]:
    whole = json_object(path, ("entries", "entryCount", "ecfrIssueDate"))
    entries: list[dict[str, Any]] = whole["entries"]
    if not entries or len(entries) != whole["entryCount"]:
        raise refuse(
            path,
            f"has {len(entries)} entries where it states {whole['entryCount']}: "
            "the file is cut off; fetch it again",
        )
    seen: set[str] = set()
    for entry in entries:
        number = str(entry.get("eccn", ""))
        if not _ECCN.match(number) or number in seen or not entry.get("heading"):
            raise refuse(path, f"entry {number!r} is repeated, unnumbered or has no heading")
        seen.add(number)
    return entries


def _entry(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "eccn": entry["eccn"],
            "category": entry["category"],
            "product_group": entry["productGroup"],
            "heading": entry["heading"],
            "reasons": _reasons(entry["reasonForControl"]),
            "chart": [
                {"name": part["control"], "text": part["countryChart"]}
                for part in entry["countryChart"]
            ],
            "licence_exceptions": [
                {"name": name, "text": _flat(text)}
                for name, text in sorted(entry["licenceExceptionFlags"].items())
            ],
            "related_controls": entry["relatedControls"] or "",
            "text_captured": "items" in entry,
        }
    except (KeyError, TypeError) as error:
        raise refuse(
            path,
            f"entry {entry['eccn']!r} lacks {error}; the form has changed: compare "
            "and adapt the reader",
        ) from error


def _reasons(text: str | None) -> list[str]:
    return [part.strip(" .") for part in (text or "").split(",") if part.strip(" .")]


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
