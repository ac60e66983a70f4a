"""Write a sweep's result as it comes: whole or not at all, readable without Licet.

Masks become words (``refusal_required | exempt``), or stay numbers with the meaning of their bits in the
file's metadata, beside the digests of the rulebooks.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from licet.errors import Fault, InputError
from licet.rules.sweep.summary import names_of, words
from licet.rules.sweep.table import ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from licet.rules.rulebook import Rulebook

METADATA = b"licet"
BETWEEN = " | "
"""Between the outcomes that stay possible in one row."""


class Writer:
    """Writes pieces to one .parquet or .csv file, put in place when all are written."""

    def __init__(self, target: Path, books: Mapping[str, Rulebook], *, masks: bool = False) -> None:
        if target.suffix.lower() not in (".parquet", ".csv"):
            raise InputError(Fault("-o", "name a .parquet or a .csv file", str(target)))
        self.target = target
        self.books = books
        self.masks = masks
        self._temporary = target
        self._writer: pq.ParquetWriter | pacsv.CSVWriter | None = None

    def __enter__(self) -> Self:
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.target.parent, prefix=".licet-")
            os.close(handle)
        except OSError as error:
            raise self._failed(error) from error
        self._temporary = Path(name)
        return self

    def write(self, frame: pl.DataFrame) -> None:
        """Add a piece. Raises InputError where the disk is full."""
        made = self._table(frame)
        try:
            if self._writer is None:
                self._writer = self._open(made.schema)
            self._writer.write_table(made)
        except OSError as error:
            raise self._failed(error) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._writer is not None:
                self._writer.close()
            if kind is None:
                umask = os.umask(0o077)
                os.umask(umask)
                self._temporary.chmod(0o666 & ~umask)
                self._temporary.replace(self.target)
        except OSError as fault:
            raise self._failed(fault) from fault
        finally:
            with suppress(OSError):
                self._temporary.unlink()

    def _open(self, schema: pa.Schema) -> pq.ParquetWriter | pacsv.CSVWriter:
        if self.target.suffix.lower() == ".csv":
            return pacsv.CSVWriter(self._temporary, schema)
        repeated = [name for name in schema.names if name != ID]  # no id stands twice
        return pq.ParquetWriter(self._temporary, schema, use_dictionary=repeated)

    def _failed(self, error: OSError) -> InputError:
        reason = error.strerror or str(error)
        message = f"cannot be written: {reason}; nothing was left half-written"
        return InputError(Fault("-o", message, str(self.target)))

    def _table(self, frame: pl.DataFrame) -> pa.Table:
        columns = {}
        for name in frame.columns:
            label = name.removesuffix("~")
            book = self.books.get(label)
            if book is not None:
                told = label + (" on the merits" if name.endswith("~") else "")
                columns[told] = self._masks(frame[name], book)
            elif name == ID or "/" in name:
                columns[name] = frame[name].to_arrow(compat_level=_PLAIN)
        told_of = {
            label: {
                "digest": book.digest,
                "version": book.version,
                "moratoria": [one.stored() for one in book.declared],
                "bits": list(names_of(book)),
            }
            for label, book in self.books.items()
        }
        return pa.table(columns).replace_schema_metadata({METADATA: json.dumps(told_of)})

    def _masks(self, masks: pl.Series, book: Rulebook) -> pa.Array:
        return masks.to_arrow() if self.masks else _worded(masks, names_of(book))


_PLAIN = pl.CompatLevel.oldest()


def _worded(masks: pl.Series, names: tuple[str, ...]) -> pa.Array:
    """Masks as texts, each distinct one written once."""
    distinct = masks.unique().sort()
    place = pl.zeros(1 << 16, dtype=pl.Int32, eager=True)
    place = place.scatter(
        distinct.cast(pl.UInt32), pl.arange(len(distinct), dtype=pl.Int32, eager=True)
    )
    texts = [BETWEEN.join(words(mask, names)) for mask in distinct.to_list()]
    places = place.gather(masks.cast(pl.UInt32)).to_arrow(compat_level=_PLAIN)
    return pa.DictionaryArray.from_arrays(places, pa.array(texts, pa.string()))
