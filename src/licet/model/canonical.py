"""Canonical JSON (RFC 8785) and digests. The reference implementation is the tests' oracle.

Only text, integers, booleans, null, lists and objects with ASCII names are written here, so the
standard library's writer gives the RFC's bytes: with ASCII names the order by code point is the
order by UTF-16 unit. A float is refused: amounts are decimals, written as text.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_LIKE_A_FLOAT = re.compile(r"(?:^|[\[,:])(?:-?\d+(?:\.|[eE])|-?Infinity|NaN)")


def canonical_bytes(value: Any) -> bytes:
    r"""The RFC 8785 bytes of a JSON value without floats. Raises TypeError on a float.

    >>> canonical_bytes({"b": [1, True, None], "a": "é"})
    b'{"a":"\xc3\xa9","b":[1,true,null]}'
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if not text.isascii() or _LIKE_A_FLOAT.search(text):
        # Only then can there be a float or a name that would sort otherwise.
        _refuse_floats(value)
    return text.encode("utf-8")


def digest(value: Any) -> str:
    """``sha256:`` and the hex digest of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value)).hexdigest()


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
