"""Tables of a snapshot: Arrow in memory, Parquet on disk, and a hash of their rows.

The hash is over canonical rows, not over Parquet bytes, so it is the same with any version of
any library. No floats: numbers are decimals. pyarrow is imported only inside functions, because
one assessment does not need it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from licet.model.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DECIMAL_DIGITS = (12, 6)
"""Precision and scale of a decimal column."""


def schema(fields: Mapping[str, str]) -> Any:
    """An Arrow schema from words: text, texts, integer, decimal, day, flag."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "integer": pa.int64(),
        "decimal": pa.decimal128(*DECIMAL_DIGITS),
        "day": pa.date32(),
        "flag": pa.bool_(),
        "pairs": pa.list_(pa.struct([("name", pa.string()), ("text", pa.string())])),
    }
    return pa.schema([(name, types[word]) for name, word in fields.items()])


def table(fields: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Any:
    """An Arrow table of the rows, with exactly these columns."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema(fields))


def rows_sha256(arrow: Any) -> str:
    """The hash of a table's columns and canonical rows, whatever their order."""
    head = canonical_bytes([[field.name, _type_word(field.type)] for field in arrow.schema])
    rows = sorted(canonical_bytes(plain(row)) for row in arrow.to_pylist())
    digest = hashlib.sha256(head)
    for row in rows:
        digest.update(b"\n" + row)
    return digest.hexdigest()


def _type_word(kind: Any) -> str:
    """A type in words of our own: Parquet renames the inside of a list, which changes no row."""
    from pyarrow import types

    if types.is_list(kind):
        return f"list of {_type_word(kind.value_type)}"
    if types.is_struct(kind):
        parts = ", ".join(f"{part.name} {_type_word(part.type)}" for part in kind.fields)
        return f"struct of {parts}"
    return str(kind)


def plain(value: Any) -> Any:
    """A cell as canonical JSON has it: decimals and days as text."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def decimal_text(value: Decimal) -> str:
    """The shortest plain text of a decimal.

    >>> decimal_text(Decimal("0.460000")), decimal_text(Decimal("100.000000"))
    ('0.46', '100')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_parquet(arrow: Any, path: Path) -> None:
    """Write one table, packed for size."""
    from pyarrow import parquet

    parquet.write_table(arrow, path, compression="zstd", compression_level=19)


def read_parquet(path: Path) -> Any:
    """Read one table."""
    from pyarrow import parquet

    return parquet.read_table(path)


def lookup_text(arrow: Any, key: str) -> str:
    """A table as lines of JSON, one line a key: the columns first, then ``["SA",[[...],...]]``.

    One assessment reads a line or two; opening Parquet for that would cost it ten times as much.
    The key is not repeated in its rows, and a row's blanks at its end are left out.
    """
    columns = [key, *(name for name in arrow.schema.names if name != key)]
    groups: dict[str, list[list[Any]]] = {}
    for row in arrow.to_pylist():
        cells = [plain(row[name]) for name in columns[1:]]
        while cells and cells[-1] is None:
            cells.pop()
        groups.setdefault(row[key] or "", []).append(cells)
    lines = [_compact(columns)]
    lines += [_compact([name, groups[name]]) for name in sorted(groups)]
    return "\n".join(lines) + "\n"


def text_sha256(text: str) -> str:
    """The hash of a lookup file, by which it is known when it is read."""
    return hashlib.sha256(text.encode()).hexdigest()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Lookup:
    """The lines of one lookup file. Finds one key's rows without parsing the others."""

    def __init__(self, text: str) -> None:
        head, _, lines = text.partition("\n")
        self.columns: tuple[str, ...] = tuple(json.loads(head))
        self._lines = "\n" + lines
        self._found: dict[str, tuple[dict[str, Any], ...]] = {}
        self._all: tuple[dict[str, Any], ...] | None = None

    def get(self, key: str) -> tuple[dict[str, Any], ...]:
        """The rows under one key; none if the key is not there."""
        if key not in self._found:
            start = self._lines.find(f"\n[{_compact(key)},")
            end = self._lines.find("\n", start + 1)
            self._found[key] = self._rows(self._lines[start + 1 : end]) if start >= 0 else ()
        return self._found[key]

    def all(self) -> tuple[dict[str, Any], ...]:
        """Every row, in the order of the keys."""
        if self._all is None:
            lines = (line for line in self._lines.split("\n") if line)
            self._all = tuple(row for line in lines for row in self._rows(line))
        return self._all

    def _rows(self, line: str) -> tuple[dict[str, Any], ...]:
        key, rows = json.loads(line)
        return tuple(dict(zip_longest(self.columns, (key or None, *row))) for row in rows)
