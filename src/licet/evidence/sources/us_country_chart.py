"""The US Commerce Country Chart: which reasons for control need a licence for which destination.

No mark is not clearance. Embargoed destinations have no marks and point elsewhere; a destination
without a row is unknown, not free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import json_object, refuse

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    "name": "text",
    "row": "text",
    "basis": "text",
    "columns": "texts",
    "embargoed": "text",
    "footnotes": "texts",
}


def read(path: Path) -> Any:
    """A table of destinations: own rows, embargoed rows, and rows taken from another by law."""
    chart = json_object(
        path,
        (
            "countries",
            "countryCount",
            "columns",
            "embargoed",
            "footnotes",
            "territoryInheritance",
            "ecfrIssueDate",
        ),
    )
    rows = chart["countries"]
    named = len(rows) + len(chart["embargoed"])
    if chart["countryCount"] not in (len(rows), named) or not rows:
        raise refuse(
            path,
            f"has {len(rows)} countries where it states {chart['countryCount']}: "
            "the file is cut off; fetch it again",
        )
    result = [_marked(path, chart, name, name, "") for name in sorted(rows)]
    result += [_embargoed(path, chart, name) for name in sorted(chart["embargoed"])]
    result += [
        _marked(path, chart, name, entry["row"], entry["basis"])
        for name, entry in sorted(chart["territoryInheritance"].items())
        if name.casefold() not in {row.casefold() for row in rows}
    ]
    return tables.table(FIELDS, result)


def _marked(path: Path, chart: dict[str, Any], name: str, row: str, basis: str) -> dict[str, Any]:
    if row not in chart["countries"]:
        raise refuse(path, f"{name!r} is said to follow {row!r}, which has no row")
    entry = chart["countries"][row]
    for mark in entry["marks"]:
        if mark not in chart["columns"]:
            raise refuse(path, f"{row!r} is marked in {mark!r}, which is no column of the chart")
    return {
        "name": name,
        "row": row,
        "basis": basis,
        "embargoed": "",
        "columns": [mark.replace(" ", "") for mark in entry["marks"]],
        "footnotes": _footnotes(path, chart, row, entry),
    }


def _embargoed(path: Path, chart: dict[str, Any], name: str) -> dict[str, Any]:
    entry = chart["embargoed"][name]
    if not entry.get("pointer"):
        raise refuse(path, f"the embargoed row {name!r} points to no provision")
    return {
        "name": name,
        "row": name,
        "basis": "",
        "columns": [],
        "embargoed": entry["pointer"],
        "footnotes": _footnotes(path, chart, name, entry),
    }


def _footnotes(path: Path, chart: dict[str, Any], row: str, entry: dict[str, Any]) -> list[str]:
    notes = []
    for number in entry["footnotes"]:
        if str(number) not in chart["footnotes"]:
            raise refuse(path, f"{row!r} cites footnote {number}, which the file lacks")
        notes.append(f"{number}. {chart['footnotes'][str(number)]}")
    return notes
