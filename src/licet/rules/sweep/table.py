"""Tables of resolved facts: what their columns mean, and how they are read and checked.

The main table has a row for each line (an item to an end user): ``id``, any facts under their own
names, the days ``dates.assessed``, ``dates.export`` and so on. Parties and items stand in related
tables with the same ``id``. A null is a fact that nobody knows. A name with a dot must be a fact or
a day; other columns are labels to count by. A value outside a fact's codes is an error, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from licet.errors import Fault, InputError, nearest
from licet.model.dates import Span
from licet.model.fact import Attaches, FactType, parse_value
from licet.rules.rulebook import Anchor
from licet.rules.sweep.algebra import ASKED, ITEM, LINE, PARTY, SILENT
from licet.rules.sweep.lower import Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from licet.model.fact import FactDefinition

Row = dict[str, Any]
"""One row as plain values, by column."""

Edges = dict[tuple[str, str], pl.Series]
"""For each anchor and edge (``first``, ``last``) a day in every row, as its number since 1970."""

ID = "id"
ROLES = "roles"
DAYS = {f"dates.{anchor.value}": anchor.value for anchor in Anchor}
ASSESSED = "dates.assessed"
SEPARATOR = ";"
"""Between the codes of one cell, where a table has no lists (CSV)."""
_LISTS = {LINE: (ASKED, SILENT), PARTY: (ASKED, SILENT, ROLES), ITEM: (ASKED, SILENT)}
_ATTACHED = {PARTY: Attaches.PARTY, ITEM: Attaches.ITEM}
_SHOWN = 5


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
        """Which of ``asked`` and ``silent`` the table carries."""
        return frozenset({ASKED, SILENT} & self.schema.keys())

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that are neither facts nor days: for people to count by."""
        own = {ID, *_LISTS[self.level]}
        return tuple(name for name in self.schema if "." not in name and name not in own)

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
        return Rows(_collect(frame.select(columns), self.path).to_arrow(compat_level=_ARROW))

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


_ARROW = pl.CompatLevel.oldest()


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
        yield Fault(ID, "is missing: every row needs an id that no other row has", file)
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


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Encoder:
    """Turns the columns of a table into the form that comparisons use, and checks each value.

    Codes become their place in the fact's list of codes; lists of codes a mask; days their number.
    ``countries`` are the codes a country may be stated by.
    """

    table: Table
    countries: tuple[str, ...]
    as_of: date | None = None

    def codes(self, fact: str) -> tuple[str, ...]:
        """The codes of a code or country fact, in the order of their places."""
        definition = self.table.facts[fact]
        return self.countries if definition.type is FactType.COUNTRY else definition.code_names

    def fact(self, rows: Rows, fact: str) -> pl.Series:
        """One fact's column, encoded. Raises TableError naming the values that cannot be."""
        match self.table.facts[fact].type:
            case FactType.YES_NO:
                return self._yes_no(rows, fact)
            case FactType.CODE | FactType.COUNTRY:
                return self._coded(rows, fact)
            case FactType.CODES:
                return self._mask(rows, fact)
            case FactType.INTEGER:
                return self._whole(rows, fact)
            case FactType.DECIMAL:
                return self._decimal(rows, fact)
            case FactType.DATE:
                return self._span(rows, fact)[1]
            case FactType.TEXT:
                return rows.series(fact).cast(pl.String)

    def _by_text(
        self, rows: Rows, name: str, meaning: Callable[[str], Any], dtype: Any
    ) -> pl.Series:
        """A column of texts, each distinct text read once. Raises TableError for those that cannot be."""
        places, texts = rows.texts(name)
        read: list[Any] = []
        bad: dict[str, str] = {}
        for text in texts:
            try:
                read.append(meaning(text))
            except ValueError as error:
                bad[text] = str(error)
                read.append(None)
        if bad:
            used = pl.Series(texts, dtype=pl.String).gather(places)
            self._refuse(rows, name, used.is_in(list(bad)), used, bad)
        return pl.Series(name, read, dtype=dtype).gather(places)

    def _yes_no(self, rows: Rows, fact: str) -> pl.Series:
        dtype = self.table.schema[fact]
        if dtype in (pl.Boolean, pl.Null):
            return rows.series(fact).cast(pl.Boolean)
        self._textual(fact, dtype, "yes, no or nothing")
        definition = self.table.facts[fact]
        return self._by_text(rows, fact, lambda text: parse_value(definition, text), pl.Boolean)

    def _coded(self, rows: Rows, fact: str) -> pl.Series:
        """Each code as its place in the list of codes."""
        self._textual(fact, self.table.schema[fact], "codes as text")
        codes = self.codes(fact)
        places = {code: place for place, code in enumerate(codes)}
        country = self.table.facts[fact].type is FactType.COUNTRY

        def place(text: str) -> int:
            if text not in places:
                what = "a two-letter country code" if country else f"one of {_few(codes)}"
                raise ValueError(f"give {what}{nearest(text, codes)}")
            return places[text]

        return self._by_text(rows, fact, place, pl.UInt16)

    def _mask(self, rows: Rows, fact: str) -> pl.Series:
        """A list of codes as a mask, in a struct of as many 64-bit words as the codes need."""
        codes = self.codes(fact)
        bits = {code: 1 << place for place, code in enumerate(codes)}

        def mask(text: str) -> int:
            found = 0
            for part in filter(None, (piece.strip() for piece in text.split(SEPARATOR))):
                if part not in bits:
                    raise ValueError(f"give codes among {_few(codes)}{nearest(part, codes)}")
                found |= bits[part]
            return found

        dtype = self.table.schema[fact]
        words = [pl.UInt64] * -(-len(codes) // 64)
        if isinstance(dtype, pl.List):
            return self._list_mask(rows, fact, mask, len(words))
        self._textual(fact, dtype, f"lists of codes, or texts with {SEPARATOR!r} between codes")
        return self._by_text(
            rows, fact, lambda text: _words(mask(text), len(words)), _struct(len(words))
        )

    def _list_mask(
        self, rows: Rows, fact: str, mask: Callable[[str], int], count: int
    ) -> pl.Series:
        lists = rows.arrow(fact)
        lengths = pc.list_value_length(lists)
        flat = Rows(pa.table({fact: lists.flatten()}))
        bits = self._by_text(flat, fact, lambda text: _words(mask(text), count), _struct(count))
        ends = pl.Series(lengths).fill_null(0).cast(pl.Int64).cum_sum()
        offsets = pl.concat([pl.Series([0], dtype=pl.Int64), ends]).to_arrow()
        words = []
        for number in range(count):
            word = bits.struct.field(str(number)).to_arrow()
            sums = pl.Series(pa.LargeListArray.from_arrays(offsets, word)).list.sum()
            words.append(sums.alias(str(number)))
        # A sum is a union as long as no code stands twice: then it has as many bits as there are codes.
        held = reduce(add, (word.bitwise_count_ones() for word in words))
        if (held != pl.Series(lengths).fill_null(0)).any():
            texts = rows.series(fact).list.unique().list.join(SEPARATOR)
            again = Rows(pa.table({fact: texts.to_arrow(compat_level=_ARROW)}))
            return self._by_text(
                again, fact, lambda text: _words(mask(text), count), _struct(count)
            )
        found = pl.DataFrame(words).to_struct(fact)
        if lists.null_count:
            nothing = pl.Series([None], dtype=_struct(count)).new_from_index(0, len(found))
            found = nothing.zip_with(pl.Series(lists.is_null()), found)
        return found

    def _whole(self, rows: Rows, fact: str) -> pl.Series:
        raw = rows.series(fact)
        found = raw.cast(pl.Int64, strict=False)
        wrong = raw.is_not_null() & found.is_null()
        if raw.dtype.is_float():
            wrong |= raw.is_not_null() & (raw != raw.floor())
        if wrong.any():
            self._refuse(rows, fact, wrong, raw, {}, "give whole numbers")
        return found

    def _decimal(self, rows: Rows, fact: str) -> pl.Series:
        raw = rows.series(fact)
        if isinstance(raw.dtype, pl.Decimal) or raw.dtype.is_integer():
            return raw.cast(pl.Decimal(38, 9))
        # By way of the shortest text that reads back to the same number: 0.1 is one tenth.
        texts = raw.cast(pl.String)
        wrong = ~texts.str.contains(r"^[+-]?\d{1,20}(\.\d{1,9})?$").fill_null(value=True)
        if wrong.any():
            remedy = "give numbers with at most 20 digits before the point and 9 after it"
            self._refuse(rows, fact, wrong, texts, {}, remedy)
        return texts.cast(pl.Decimal(38, 9))

    def spans(self, rows: Rows) -> dict[str, tuple[pl.Series, ...]]:
        """For each anchor the first and the last day it may mean; null where it is not stated."""
        found = {anchor: self._span(rows, name) for name, anchor in DAYS.items()}
        if self.as_of is not None:
            given = pl.Series([self.as_of]).cast(pl.Int32).item()
            found["assessed"] = tuple(days.fill_null(given) for days in found["assessed"])
        missing = found["assessed"][1].is_null()
        if missing.any():
            ids = rows.series(ID).filter(missing).head(_SHOWN).to_list()
            raise self._error(
                ASSESSED,
                f"is empty, first in the rows with id {_ids(ids)}: state the day to look back from, "
                "or give --as-of for all that have none",
            )
        return found

    def days(self, rows: Rows) -> Edges:
        """For each anchor the first and last day it may mean; the day of assessment where it has none."""
        return filled(self.spans(rows))

    def _span(self, rows: Rows, name: str) -> tuple[pl.Series, ...]:
        """The first and the last day that a column's dates may mean, as numbers of days."""
        if not rows.has(name):
            nothing = pl.Series(name, [None], dtype=pl.Int32).new_from_index(0, len(rows))
            return nothing, nothing
        dtype = self.table.schema[name]
        if dtype.is_temporal() or dtype == pl.Null:
            days = rows.series(name).cast(pl.Date).cast(pl.Int32)
            return days, days
        self._textual(name, dtype, "days, or texts as YYYY-MM-DD, YYYY-MM or YYYY")
        edges = (lambda text: Span.read(text).first, lambda text: Span.read(text).last)
        return tuple(self._by_text(rows, name, edge, pl.Date).cast(pl.Int32) for edge in edges)

    def listed(self, rows: Rows, listing: str, name: str) -> pl.Series:
        """Whether a list column (asked, silent, roles) names something. Never null."""
        raw = rows.series(listing)
        if isinstance(raw.dtype, pl.List):
            return raw.list.contains(name).fill_null(value=False)
        padded = SEPARATOR + raw.cast(pl.String).str.replace_all(" ", "") + SEPARATOR
        wanted = SEPARATOR + name + SEPARATOR
        return padded.str.contains(wanted, literal=True).fill_null(value=False)

    def _textual(self, name: str, dtype: pl.DataType, remedy: str) -> None:
        if dtype not in (pl.String, pl.Null) and not isinstance(dtype, pl.Categorical | pl.Enum):
            raise self._error(name, f"holds {dtype}: give {remedy}")

    def _refuse(
        self,
        rows: Rows,
        name: str,
        wrong: pl.Series,
        values: pl.Series,
        why: Mapping[str, str],
        remedy: str = "",
    ) -> NoReturn:
        """Say which values cannot be used, in which row first, and what to do."""
        bad = values.filter(wrong).unique(maintain_order=True).to_list() or list(why)
        shown = ", ".join(repr(value) for value in bad[:_SHOWN])
        more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        where = ""
        if rows.has(ID) and wrong.any():
            where = f" (first in the row with id {rows.series(ID).filter(wrong).item(0)})"
        raise self._error(name, f"got {shown}{more}{where}: {remedy or why[bad[0]]}")

    def _error(self, name: str, message: str) -> TableError:
        return TableError(Fault(name, message, str(self.table.path)))


def filled(spans: Mapping[str, tuple[pl.Series, ...]]) -> Edges:
    """The first and last day of each anchor; the day of assessment where it has none."""
    return {
        (anchor, edge): days.zip_with(days.is_not_null(), otherwise)
        for anchor, own in spans.items()
        for edge, days, otherwise in zip(("first", "last"), own, spans["assessed"], strict=True)
    }


def _struct(count: int) -> pl.Struct:
    return pl.Struct({str(number): pl.UInt64 for number in range(count)})


def _words(mask: int, count: int) -> dict[str, int]:
    return {str(number): mask >> 64 * number & 0xFFFFFFFFFFFFFFFF for number in range(count)}


def _few(codes: Sequence[str]) -> str:
    return ", ".join(codes[:12]) + (" ..." if len(codes) > 12 else "")


def _ids(ids: Sequence[Any]) -> str:
    return ", ".join(str(one) for one in ids)


def check_ids(table: Table, ids: pl.Series) -> bool:
    """Whether ids rise strictly, from row to row. Raises TableError where one is empty or stands twice."""
    file = str(table.path)
    if ids.null_count():
        raise TableError(
            Fault(ID, f"is empty in {ids.null_count()} rows: give every row one", file)
        )
    if len(ids) < 2 or bool((ids.slice(1) > ids.slice(0, len(ids) - 1)).all()):
        return True
    twice = ids.filter(ids.is_duplicated()).unique().sort()
    if len(twice):
        shown = _ids(twice.head(_SHOWN).to_list())
        raise TableError(Fault(ID, f"{len(twice)} ids stand in more than one row: {shown}", file))
    return False
