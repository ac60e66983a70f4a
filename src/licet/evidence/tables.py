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
from typing import TYPE_CHECKING, Any

from licet.model.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

DECIMAL_DIGITS = (12, 6)
"""Precision and scale of a decimal column."""


def schema(fields: Mapping[str, str]) -> Any:  # noqa: ANN401
    """An Arrow schema from words: text, texts, integer, decimal, day, flag."""
    import pyarrow as pa

    types = {
        "text": pa.string(), "texts": pa.list_(pa.string()), "integer": pa.int64(),
        "decimal": pa.decimal128(*DECIMAL_DIGITS), "day": pa.date32(), "flag": pa.bool_(),
        "pairs": pa.list_(pa.struct([("name", pa.string()), ("text", pa.string())])),
    }
    return pa.schema([(name, types[word]) for name, word in fields.items()])


def table(fields: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """An Arrow table of the rows, with exactly these columns."""
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema(fields))


def rows_sha256(arrow: Any) -> str:  # noqa: ANN401
    """The hash of a table's columns and canonical rows, whatever their order."""
    head = canonical_bytes([[field.name, str(field.type)] for field in arrow.schema])
    rows = sorted(canonical_bytes(plain(row)) for row in arrow.to_pylist())
    digest = hashlib.sha256(head)
    for row in rows:
        digest.update(b"\n" + row)
    return digest.hexdigest()


def plain(value: Any) -> Any:  # noqa: ANN401
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


def write_parquet(arrow: Any, path: Path) -> None:  # noqa: ANN401
    """Write one table, packed for size."""
    from pyarrow import parquet

    parquet.write_table(arrow, path, compression="zstd", compression_level=19)


def read_parquet(path: Path) -> Any:  # noqa: ANN401
    """Read one table."""
    from pyarrow import parquet

    return parquet.read_table(path)


def lookup_text(arrow: Any, key: str) -> str:  # noqa: ANN401
    """A table as lines of JSON, one line a key: columns first, then ``["SA",[[...],...]]``.

    One assessment reads a line or two; opening Parquet for that would cost it ten times as much.
    """
    columns = arrow.schema.names
    groups: dict[str, list[list[Any]]] = {}
    for row in arrow.to_pylist():
        groups.setdefault(row[key] or "", []).append([plain(row[name]) for name in columns])
    lines = [_compact(columns)]
    lines += [_compact([name, groups[name]]) for name in sorted(groups)]
    return "\n".join(lines) + "\n"


def _compact(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Lookup:
    """The lines of one lookup file. Finds one key's rows without parsing the others."""

    def __init__(self, text: str) -> None:
        head, _, self._lines = text.partition("\n")
        self.columns: tuple[str, ...] = tuple(json.loads(head))
        self._lines = "\n" + self._lines

    def get(self, key: str) -> tuple[dict[str, Any], ...]:
        """The rows under one key; none if the key is not there."""
        start = self._lines.find(f"\n[{_compact(key)},")
        if start < 0:
            return ()
        end = self._lines.find("\n", start + 1)
        return self._rows([self._lines[start + 1:end]])

    def all(self) -> tuple[dict[str, Any], ...]:
        """Every row, in the order of the keys."""
        return self._rows(self._lines.splitlines()[1:])

    def _rows(self, lines: Iterable[str]) -> tuple[dict[str, Any], ...]:
        return tuple(dict(zip(self.columns, row, strict=True))
                     for line in lines if line for row in json.loads(line)[1])
