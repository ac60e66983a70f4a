"""Tables of resolved facts: what their columns mean, and how they are read and checked.

The main table has a row for each line (an item to an end user): ``id``, any facts under their own
names, the days ``dates.assessed``, ``dates.export`` and so on. Parties and items stand in related
tables with the same ``id``. A null is a fact that nobody knows. A name with a dot must be a fact or
a day; other columns are labels to count by. A value outside a fact's codes is an error, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from licet.errors import Fault, InputError, nearest
from licet.model.fact import Attaches
from licet.rules.rulebook import Anchor
from licet.rules.sweep.algebra import ASKED, ITEM, KIND, LINE, PARTY, ROLES, SILENT
from licet.rules.sweep.lower import Stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from licet.model.fact import FactDefinition

Row = dict[str, Any]
"""One row as plain values, by column."""

Edges = dict[tuple[str, str], pl.Series]
"""For each anchor and edge (``first``, ``last``) a day in every row, as its number since 1970."""

ID = "id"
DAYS = {f"dates.{anchor.value}": anchor.value for anchor in Anchor}
ASSESSED = "dates.assessed"
SEPARATOR = ";"
"""Between the codes of one cell, where a table has no lists (CSV)."""
_ATTACHED = {PARTY: Attaches.PARTY, ITEM: Attaches.ITEM}
SHOWN = 5


class TableError(InputError):
    """A table that cannot be swept, with the column, the rows and the remedy."""


@dataclass(frozen=True)
class Table:
    """One table: its file, its level, and what its columns are."""

    path: Path
    level: str
    schema: Mapping[str, pl.DataType]
    rows: int
    facts: Mapping[str, FactDefinition]
    """The facts that have a column."""

    @property
    def lists(self) -> frozenset[str]:
        """Which of ``asked``, ``silent`` and ``roles`` the table carries."""
        return frozenset({ASKED, SILENT, ROLES} & self.schema.keys())

    @cached_property
    def frame(self) -> pl.LazyFrame:
        """The table, not yet read."""
        return _scan(self.path)

    def ids(self) -> pl.Series:
        """The whole column of ids."""
        return _collect(self.frame.select(ID), self.path).to_series()

    def read(self, columns: Iterable[str], within: tuple[Any, Any] | None = None) -> Rows:
        """Some columns of all rows, or of those whose id lies within two ids, both included."""
        frame = self.frame
        if within is not None:
            frame = frame.filter(pl.col(ID).is_between(pl.lit(within[0]), pl.lit(within[1])))
        return Rows(_collect(frame.select(columns), self.path).to_arrow(compat_level=ARROW))

    def rows_with(self, ids: pl.Series) -> Rows:
        """Every column of the rows with these ids."""
        frame = self.frame.filter(pl.col(ID).is_in(ids.implode()))
        return Rows(_collect(frame, self.path).to_arrow(compat_level=ARROW))

    def slices(self, columns: Sequence[str], size: int) -> Iterator[Rows]:
        """Some columns, at most ``size`` rows at a time, in the order of the file."""
        if self.path.suffix.lower() == ".csv":
            whole = self.read(columns)
            yield from (whole.slice(start, size) for start in range(0, self.rows, size))
            return
        texts = [name for name in columns if self.schema[name] == pl.String]
        lists = [f"{n}.list.element" for n in columns if self.schema[n] == pl.List(pl.String)]
        try:
            with pq.ParquetFile(self.path, read_dictionary=texts + lists) as file:
                for group in range(file.num_row_groups):
                    batch = file.read_row_group(group, columns=list(columns))
                    for start in range(0, batch.num_rows, size):
                        yield Rows(batch.slice(start, size))
        except (pa.ArrowException, OSError) as error:
            raise TableError(Fault("", _short(error), str(self.path))) from error


ARROW = pl.CompatLevel.oldest()


class Rows:
    """Some rows of a table, as they were read."""

    def __init__(self, batch: pa.RecordBatch | pa.Table) -> None:
        self.batch = batch

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def slice(self, start: int, size: int) -> Rows:
        """Some of the rows."""
        return Rows(self.batch.slice(start, size))

    def take(self, places: pl.Series) -> Rows:
        """Some of the rows, by their places."""
        return Rows(self.batch.take(pa.array(places.to_arrow(), pa.int64())))

    def plain(self) -> list[Row]:
        """The rows as plain values by column."""
        columns = {name: self.series(name).to_list() for name in self.batch.schema.names}
        return [
            dict(zip(columns, values, strict=True))
            for values in zip(*columns.values(), strict=True)
        ]

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self.batch.schema.names

    def series(self, name: str) -> pl.Series:
        """One column as it stands."""
        found = self.arrow(name)
        if pa.types.is_dictionary(found.type):
            found = found.dictionary_decode()
        elif _of_places(found.type):
            found = found.cast(pa.large_list(found.type.value_type.value_type))
        return pl.Series(name, found)

    def arrow(self, name: str) -> pa.Array:
        """One column as it was read, in one piece."""
        found = self.batch.column(name)
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    def texts(self, name: str) -> tuple[pl.Series, list[str]]:
        """A column of texts as places in the list of its distinct texts; null where empty."""
        found = self.arrow(name)
        if pa.types.is_dictionary(found.type):
            return pl.Series(found.indices), found.dictionary.to_pylist()
        texts = pl.Series(found).cast(pl.String)
        distinct = texts.drop_nulls().unique().to_list()
        return texts.cast(pl.Enum(distinct)).to_physical(), distinct


def _of_places(kind: pa.DataType) -> bool:
    """Whether it is a list of texts, read as places in the list of the distinct ones."""
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(is_list and pa.types.is_dictionary(kind.value_type))


def _scan(path: Path) -> pl.LazyFrame:
    """A CSV file is read as text: its columns are typed by what they mean."""
    if path.suffix.lower() == ".csv":
        return pl.scan_csv(path, infer_schema=False, null_values=[""])
    return pl.scan_parquet(path)


def _collect(frame: pl.LazyFrame, path: Path) -> pl.DataFrame:
    try:
        return frame.collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableError(Fault("", _short(error), str(path))) from error


def _short(error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"cannot be read as a table: {first}; give a whole Parquet or CSV file"


def open_table(path: Path, level: str, facts: Mapping[str, FactDefinition]) -> Table:
    """Open one table and check the names of its columns. Raises TableError."""
    if path.suffix.lower() not in (".parquet", ".csv"):
        raise TableError(Fault("", "give a .parquet or a .csv file", str(path)))
    if not path.is_file():
        raise TableError(Fault("", "cannot be read: no such file", str(path)))
    frame = _scan(path)
    try:
        schema = dict(frame.collect_schema())
        rows = int(frame.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableError(Fault("", _short(error), str(path))) from error
    faults = list(_name_faults(path, level, schema, facts))
    if faults:
        raise TableError(faults)
    return Table(path, level, schema, rows, {n: facts[n] for n in schema if n in facts})


def _name_faults(
    path: Path, level: str, schema: Mapping[str, pl.DataType], facts: Mapping[str, FactDefinition]
) -> Iterator[Fault]:
    file = str(path)
    if ID not in schema:
        more = "; separate the columns by commas, in UTF-8" if file.endswith(".csv") else ""
        yield Fault(ID, f"is missing: every row needs an id that no other row has{more}", file)
    if level == LINE and KIND not in schema:
        yield Fault(
            KIND,
            "is missing: say of each row what kind of case it is; a provision may have another "
            "effect for a purchase than for an export",
            file,
        )
    days = DAYS if level == LINE else {}
    for name in schema:
        if "." not in name:
            continue
        if name in facts:
            yield from _misplaced(facts[name], level, file)
        elif name not in days:
            known = [*facts, *days]
            yield Fault(
                name,
                f"is not a fact{nearest(name, known)}; see `licet schema facts`, or take the dot "
                "out of the name of a column that is only a label",
                file,
            )


def _misplaced(definition: FactDefinition, level: str, file: str) -> Iterator[Fault]:
    wanted = _ATTACHED.get(level)
    if wanted is not None and definition.attaches is not wanted:
        yield Fault(
            definition.name,
            f"is about the {definition.attaches.value}: it belongs into the main table",
            file,
        )
    if definition.name.startswith("grade."):
        yield Fault(definition.name, "is worked out by the risk method: leave the column out", file)


def stated(tables: Sequence[Table]) -> Stated:
    """What the tables state, for lowering rulebooks onto them."""
    return Stated(
        {table.level: frozenset(table.facts) for table in tables},
        {table.level: table.lists for table in tables},
    )


def listed_ids(ids: Sequence[Any]) -> str:
    """Some ids in words."""
    return ", ".join(str(one) for one in ids)


def check_ids(table: Table, ids: pl.Series) -> bool:
    """Whether ids rise strictly, from row to row. Raises TableError where one is empty or stands twice."""
    file = str(table.path)
    if ids.dtype != pl.String and not ids.dtype.is_integer():
        raise TableError(Fault(ID, f"holds {ids.dtype}: give texts or whole numbers", file))
    if ids.null_count():
        raise TableError(
            Fault(ID, f"is empty in {ids.null_count()} rows: give every row one", file)
        )
    if len(ids) < 2 or bool((ids.slice(1) > ids.slice(0, len(ids) - 1)).all()):
        return True
    twice = ids.filter(ids.is_duplicated()).unique().sort()
    if len(twice):
        shown = listed_ids(twice.head(SHOWN).to_list())
        raise TableError(
            Fault(
                ID,
                f"{len(twice)} ids stand in more than one row: {shown}; give each row its own",
                file,
            )
        )
    return False
