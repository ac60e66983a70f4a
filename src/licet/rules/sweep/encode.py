"""The columns of a table in the form that comparisons use, each value checked on the way.

A value is read as a case file's would be, once for each distinct text; what cannot be read is an error that
names the column, the first row and the remedy, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from licet.errors import Fault, nearest
from licet.model.case import Role
from licet.model.dates import Span
from licet.model.fact import FactType, parse_value
from licet.rules.sweep.algebra import ASKED, KIND, ROLES, SILENT
from licet.rules.sweep.table import (
    ARROW,
    ASSESSED,
    DAYS,
    ID,
    SEPARATOR,
    SHOWN,
    Edges,
    Rows,
    Table,
    TableError,
    listed_ids,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date


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

    def check(self, rows: Rows) -> None:
        """Refuse rows that lack what every case states, and lists that name what is not there.

        A name that is misspelt in a list would be skipped in silence. Raises TableError.
        """
        if rows.has(KIND):
            self._filled(rows, KIND, "say what kind of case it is")
        if rows.has(ROLES):
            self._filled(
                rows, ROLES, "say what the party does; `other` where it is none of the roles"
            )
            self._only(rows, ROLES, [role.value for role in Role])
        for listing in (ASKED, SILENT):
            if rows.has(listing):
                self._only(rows, listing, list(self.table.facts))

    def _filled(self, rows: Rows, name: str, remedy: str) -> None:
        empty = rows.series(name).is_null()
        if empty.any():
            first = rows.series(ID).filter(empty).item(0)
            raise self._error(name, f"is empty, first in a row with id {first}: {remedy}")

    def _only(self, rows: Rows, listing: str, known: Sequence[str]) -> None:
        raw = rows.series(listing)
        if isinstance(raw.dtype, pl.List):
            named = raw.explode(keep_nulls=False, empty_as_null=False).unique().to_list()
        else:
            texts = raw.drop_nulls().cast(pl.String).unique()
            named = [name.strip() for text in texts for name in text.split(SEPARATOR)]
        for name in sorted(filter(None, named)):
            if name not in known:
                what = "is no role" if listing == ROLES else "is no fact with a column here"
                raise self._error(listing, f"names {name!r}, which {what}{nearest(name, known)}")

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
            again = Rows(pa.table({fact: texts.to_arrow(compat_level=ARROW)}))
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
            ids = rows.series(ID).filter(missing).head(SHOWN).to_list()
            raise self._error(
                ASSESSED,
                f"is empty, first in the rows with id {listed_ids(ids)}: state the day to look back from, "
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
        shown = ", ".join(repr(value) for value in bad[:SHOWN])
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        where = ""
        if rows.has(ID) and wrong.any():
            where = f" (first in the row with id {rows.series(ID).filter(wrong).item(0)})"
        told = remedy or why[bad[0]].removeprefix(f"got {bad[0]!r}: ")
        raise self._error(name, f"got {shown}{more}{where}: {told}")

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
