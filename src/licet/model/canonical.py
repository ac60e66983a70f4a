"""Canonical JSON (RFC 8785) and digests. The reference implementation is the tests' oracle.

Only text, integers, booleans, null, lists and objects with ASCII names are written here, so the
standard library's writer gives the RFC's bytes: with ASCII names the order by code point is the
order by UTF-16 unit. A float is refused: amounts are decimals, written as text.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_bytes(value: Any, *, ours: bool = False) -> bytes:
    r"""The RFC 8785 bytes of a JSON value without floats. Raises TypeError on a float.

    ``ours`` says that the value was put together here, of text, whole numbers and truth values
    alone, and need not be searched for anything else.

    >>> canonical_bytes({"b": [1, True, None], "a": "é"})
    b'{"a":"\xc3\xa9","b":[1,true,null]}'
    """
    if not ours:
        _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def digest(value: Any, *, ours: bool = False) -> str:
    """``sha256:`` and the hex digest of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value, ours=ours)).hexdigest()


def _refuse_floats(value: Any) -> None:
    left = [value]
    while left:
        part = left.pop()
        kind = type(part)
        if kind is dict:
            for name, inner in part.items():
                if not name.isascii():
                    raise TypeError(f"got the name {name!r}: names in canonical JSON are ASCII")
                if type(inner) not in _PLAIN:
                    left.append(inner)
        elif kind is list or kind is tuple:
            left.extend(inner for inner in part if type(inner) not in _PLAIN)
        elif isinstance(part, float):
            raise TypeError(f"got the float {part!r}: write amounts as decimal text")


_PLAIN = frozenset({str, int, bool, type(None)})
