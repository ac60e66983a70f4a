"""The outer shape of a file that strangers send: which fields, each a text, a list or a map.

Checked once at the door, so that what reads the file may trust it. Must not judge contents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from licet.errors import Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["text", "texts", "map", "maps", "map_of_maps", "map_or_maps", "condition"]

_WORDS: dict[str, str] = {
    "text": "give a text",
    "texts": "give a list of texts",
    "map": "give a map of fields",
    "maps": "give a list of maps",
    "map_of_maps": "give a map from a name to a map of fields",
    "map_or_maps": "give a map of fields, or a list of them",
    "condition": "give a condition: a fact in words, or a map such as `all: [...]`",
}


def faults_of(
    raw: Any, fields: Mapping[str, Kind], file: str, path: str = "", *, open_ended: bool = False
) -> Iterable[Fault]:
    """What is wrong with the shape of a map: unknown fields, and fields of the wrong kind.

    >>> [str(f) for f in faults_of({"titel": "x", "tests": "y"}, {"title": "text",
    ...     "tests": "maps"}, "p.yaml")]
    ["p.yaml: titel: is not a known field; nearest: 'title'", "p.yaml: tests: got 'y': give a list of maps"]
    """
    if not isinstance(raw, dict):
        yield Fault(path.rstrip("."), f"got {_short(raw)}: give a map of fields", file)
        return
    for key, value in raw.items():
        if key not in fields:
            if not open_ended:
                yield Fault(f"{path}{key}", f"is not a known field{nearest(key, fields)}", file)
        elif not _is(value, fields[key]):
            yield Fault(f"{path}{key}", f"got {_short(value)}: {_WORDS[fields[key]]}", file)


def _is(value: Any, kind: Kind) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "condition":
        return isinstance(value, str | dict)
    if kind == "map":
        return isinstance(value, dict)
    if kind == "map_of_maps":
        return isinstance(value, dict) and _all(value.values(), dict)
    if kind == "map_or_maps" and isinstance(value, dict):
        return True
    return isinstance(value, list) and _all(value, str if kind == "texts" else dict)


def _all(values: Iterable[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
