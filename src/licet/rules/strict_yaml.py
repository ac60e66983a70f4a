"""YAML for files that strangers send: plain maps, lists and text, nothing else.

Every scalar stays text (``NO`` stays Norway, ``2021-09-09`` stays a text), and anchors, aliases,
tags, duplicate keys and several documents are refused, as is anything past the limits on size,
depth and number of nodes. Must not interpret values: types come from the fact dictionary.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from licet.errors import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_SCALAR = 50_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_file(path: Path) -> Any:
    """Read one strict YAML file. Raises InputError with file, line and remedy."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Fault("", f"cannot be read: {reason}", str(path))) from error
    return read_bytes(raw, str(path))


def read_bytes(raw: bytes, name: str) -> Any:
    """Read strict YAML (or JSON, which is refused the same things) from bytes."""
    if len(raw) > MAX_BYTES:
        raise InputError(Fault("", f"has {len(raw)} bytes; at most {MAX_BYTES} are read", name))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Fault("", f"is not UTF-8 at byte {error.start}: save it as UTF-8", name)
        ) from error
    if not text.strip():
        raise InputError(Fault("", "is empty", name))
    if text.lstrip()[0] in "{[" and name.endswith((".json", "<stdin>")):
        return read_json(text, name)
    return _Builder(name).build(text)


def read_json(text: str, name: str) -> Any:
    """Read JSON with the same refusals: duplicate names, floats, depth."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                raise InputError(Fault(key, "stands twice in one object: keep one", name))
            seen[key] = value
        return seen

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InputError(
            Fault(f"line {error.lineno}", f"is not JSON: {error.msg}", name)
        ) from error
    except RecursionError:
        raise InputError(Fault("", "is nested too deeply", name)) from None
    _check_depth(value, name, 0)
    return value


def _check_depth(value: Any, name: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InputError(Fault("", f"is nested deeper than {MAX_DEPTH} levels", name))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _check_depth(part, name, depth + 1)


class _Builder:
    """Builds plain values from the parser's events, refusing what is not allowed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def build(self, text: str) -> Any:
        try:
            events = yaml.parse(text, Loader=_LOADER)
            next(events)  # stream start
            if isinstance(next(events), yaml.events.StreamEndEvent):
                raise InputError(Fault("", "holds no document", self.name))
            value = self._value(next(events), events, 0)
            next(events)  # document end
            if not isinstance(next(events), yaml.events.StreamEndEvent):
                raise InputError(Fault("", "holds several documents: keep one", self.name))
        except yaml.YAMLError as error:
            raise InputError(self._syntax(error)) from error
        return value

    def _syntax(self, error: yaml.YAMLError) -> Fault:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        return Fault(where, f"is not valid YAML: {problem}", self.name)

    def _fault(self, event: Any, message: str) -> InputError:
        return InputError(Fault(f"line {event.start_mark.line + 1}", message, self.name))

    def _value(self, event: Any, events: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._fault(event, f"holds more than {MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise self._fault(event, f"is nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.events.AliasEvent):
            raise self._fault(event, "uses an alias (*name): write the value out")
        if event.anchor is not None:
            raise self._fault(event, "uses an anchor (&name): write the value out where needed")
        if event.tag not in (None, "!"):
            raise self._fault(event, f"uses the tag {event.tag}: tags are not allowed")
        if isinstance(event, yaml.events.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.events.SequenceStartEvent):
            return self._sequence(events, depth)
        return self._mapping(events, depth)

    def _scalar(self, event: Any) -> str:
        text: str = event.value
        if len(text) > MAX_SCALAR:
            raise self._fault(
                event, f"holds a text of {len(text)} characters; at most {MAX_SCALAR} are read"
            )
        return text

    def _sequence(self, events: Any, depth: int) -> list[Any]:
        parts = []
        while not isinstance(event := next(events), yaml.events.SequenceEndEvent):
            parts.append(self._value(event, events, depth + 1))
        return parts

    def _mapping(self, events: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.events.MappingEndEvent):
            key = self._value(event, events, depth + 1)
            if not isinstance(key, str):
                raise self._fault(event, "has a list or map as a key: use a plain text")
            if key in result:
                raise self._fault(event, f"holds the key {key!r} twice: keep one")
            result[key] = self._value(next(events), events, depth + 1)
        return result
