"""Work truth columns out with Polars, some rows of a table at a time.

Kleene's logic is Polars' own for ``&`` and ``|`` over nulls; what is known to skip nulls there (any, is_in,
when) is not used. Each column is made once and let go after its last use.
"""

from __future__ import annotations

from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from licet.model.fact import FactType
from licet.rules.sweep.algebra import ROLES, Column, needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.sweep.encode import Encoder
    from licet.rules.sweep.table import Edges, Rows

_FEW = 8
"""Up to so many codes are compared one by one; more by looking each code up."""


class Members:
    """The parties or items of the lines at hand, in the order of their lines.

    ``runs`` holds the place of each line that has members, rising, and ``lengths`` how many.
    """

    def __init__(self, runs: pl.Series, lengths: pl.Series, lines: int) -> None:
        self._runs = runs
        self._lengths = lengths
        counts = pl.zeros(lines, dtype=pl.Int64, eager=True).scatter(runs, lengths.cast(pl.Int64))
        self._offsets = pl.concat([pl.Series([0], dtype=pl.Int64), counts.cum_sum()])

    @cached_property
    def line_of(self) -> pl.Series:
        """For each member the place of its line."""
        return self._runs.repeat_by(self._lengths).explode()

    def by_line(self, values: pl.Series) -> pl.Series:
        """The members' values, one list for each line."""
        offsets = pa.array(self._offsets.to_arrow(), pa.int64())
        return pl.Series(pa.LargeListArray.from_arrays(offsets, values.to_arrow()))

    def of_lines(self, places: pl.Series) -> tuple[pl.Series, Members]:
        """The members of some of the lines, taken in that order: their places, and how they belong."""
        own = self.by_line(pl.arange(int(self._offsets[-1]), eager=True)).gather(places)
        lengths = own.list.len()
        having = (lengths > 0).arg_true()
        found = Members(having, lengths.gather(having), len(places))
        return own.explode(empty_as_null=False), found


class Level:
    """The rows of one table at hand, with the encoder that reads their facts."""

    def __init__(self, rows: Rows, encoder: Encoder, members: Members | None = None) -> None:
        self.rows = rows
        self.encoder = encoder
        self._members = members
        self._facts: dict[str, pl.Series] = {}

    @property
    def members(self) -> Members:
        """Which line each row belongs to. Raises ValueError at the level of the lines themselves."""
        if self._members is None:
            raise ValueError("the main table's rows belong to no other")
        return self._members

    def of_lines(self, places: pl.Series) -> Level:
        """What belongs to some of the lines, taken in that order."""
        if self._members is None:
            return Level(self.rows.take(places), self.encoder)
        own, members = self._members.of_lines(places)
        return Level(self.rows.take(own), self.encoder, members)

    def fact(self, name: str) -> pl.Series:
        """A fact's column, encoded once."""
        if name not in self._facts:
            self._facts[name] = self.encoder.fact(self.rows, name)
        return self._facts[name]

    def constant(self, truth: bool | None) -> pl.Series:
        """A column that is the same in every row."""
        return pl.Series([truth], dtype=pl.Boolean).new_from_index(0, len(self.rows))


class Worker:
    """Works columns out over the rows at hand.

    ``whole`` holds all the days that each anchor may mean; ``days`` those that are looked at, where
    each law is looked at alone.
    """

    def __init__(
        self, levels: Mapping[str, Level], whole: Edges, days: Edges | None = None
    ) -> None:
        self.levels = levels
        self._whole = whole
        self._days = whole if days is None else days

    def year(self) -> pl.Series:
        """The year of assessment of each row."""
        return self._whole["assessed", "last"].cast(pl.Date).dt.year().cast(pl.String)

    def work(self, roots: Iterable[Column]) -> dict[int, pl.Series]:
        """Each root's column, by number."""
        wanted = list(roots)
        order = list(needed(wanted))
        uses = {column.number: 0 for column in order}
        for used in [*wanted, *(arg for column in order for arg in column.args)]:
            uses[used.number] += 1
        done: dict[int, pl.Series] = {}
        for column in order:
            done[column.number] = self._column(
                column, [self._at(arg, column, done) for arg in column.args]
            )
            for arg in column.args:
                uses[arg.number] -= 1
                if not uses[arg.number]:
                    del done[arg.number]
        return {column.number: done[column.number] for column in wanted}

    def _at(self, arg: Column, column: Column, done: Mapping[int, pl.Series]) -> pl.Series:
        """An argument at the level of what is made of it: a constant has no level of its own."""
        if arg.constant:
            level = str(column.data[0]) if column.op in ("some", "every") else column.level
            return self.levels[level].constant(arg.value)
        return done[arg.number]

    def _column(self, column: Column, args: list[pl.Series]) -> pl.Series:
        level = self.levels[column.level]
        match column.op:
            case "constant":
                return level.constant(column.value)
            case "test":
                return _test(level, *column.data)
            case "known":
                return level.fact(column.data[0]).is_not_null()
            case "has":
                return level.encoder.listed(level.rows, *column.data)
            case "day":
                return self._day(*column.data)
            case "all":
                return reduce(and_, args)
            case "any":
                return reduce(or_, args)
            case "not":
                return ~args[0]
            case "at_least":
                return _at_least(column.data[0], args, level)
            case "certain":
                return args[0].fill_null(value=False)
            case "possible":
                return args[0].fill_null(value=True)
            case "choose":
                return args[1].zip_with(args[0], args[2])
            case "up":
                return args[0].gather(level.members.line_of)
            case _:
                return self._over(column, args[0])

    def _day(self, anchor: str, edge: str, op: str, day: object, whole: bool) -> pl.Series:
        days = (self._whole if whole else self._days)[anchor, edge]
        bound = pl.Series([day]).cast(pl.Int32).item()
        found: pl.Series = days >= bound if op == ">=" else days <= bound
        return found

    def _over(self, column: Column, truth: pl.Series) -> pl.Series:
        """Some or every member of each line. 0 is false, 1 unknown, 2 true; a line without members is unknown."""
        level = self.levels[str(column.data[0])]
        counted = truth.cast(pl.UInt8).fill_null(2)  # false 0, true 1, unknown 2
        code = pl.Series([0, 2, 1], dtype=pl.UInt8).gather(counted)
        roles = column.data[1:]
        if roles:
            inside = reduce(or_, (level.encoder.listed(level.rows, ROLES, role) for role in roles))
            outside = pl.Series([0 if column.op == "some" else 2], dtype=pl.UInt8)
            code = code.zip_with(inside, outside.new_from_index(0, len(code)))
        lists = level.members.by_line(code)
        found = lists.list.max() if column.op == "some" else lists.list.min()
        return pl.Series([False, None, True]).gather(found)


def mask_of(bits: list[pl.Series]) -> pl.Series:
    """Columns that are never null as the bits of numbers."""
    found = pl.zeros(len(bits[0]), dtype=pl.UInt16, eager=True)
    for number, bit in enumerate(bits):
        if bit.any():
            found |= bit.cast(pl.UInt16) * (1 << number)
    return found


def _at_least(count: int, args: list[pl.Series], level: Level) -> pl.Series:
    certain = reduce(
        lambda a, b: a + b, (arg.fill_null(value=False).cast(pl.UInt8) for arg in args)
    )
    possible = reduce(
        lambda a, b: a + b, (arg.fill_null(value=True).cast(pl.UInt8) for arg in args)
    )
    return (certain >= count) | ((possible >= count) & level.constant(None))


def _test(level: Level, fact: str, op: str, operand: Any) -> pl.Series:
    encoded = level.fact(fact)
    encoder = level.encoder
    match encoder.table.facts[fact].type:
        case FactType.YES_NO:
            return encoded if operand is True else ~encoded
        case FactType.CODES:
            return _includes(
                encoded, encoder.codes(fact), operand if isinstance(operand, tuple) else (operand,)
            )
        case FactType.CODE | FactType.COUNTRY:
            values = operand if op == "is one of" else (operand,)
            return _one_of(encoded, encoder.codes(fact), values)
        case _:
            return _compared(encoded, op, operand)


def _one_of(places: pl.Series, codes: tuple[str, ...], values: tuple[str, ...]) -> pl.Series:
    wanted = [codes.index(value) for value in values if value in codes]
    if not wanted:
        wanted = [len(codes)]
    if len(wanted) <= _FEW:
        return reduce(or_, (places == place for place in wanted))
    table = pl.Series([place in wanted for place in range(len(codes))])
    return table.gather(places)


def _includes(masks: pl.Series, codes: tuple[str, ...], values: tuple[str, ...]) -> pl.Series:
    parts = []
    for number in range(-(-len(codes) // 64)):
        bits = sum(
            1 << codes.index(value) - 64 * number
            for value in values
            if value in codes and codes.index(value) // 64 == number
        )
        if bits or not number:
            parts.append(
                (masks.struct.field(str(number)) & pl.Series([bits], dtype=pl.UInt64)) != 0
            )
    return reduce(or_, parts)


def _compared(values: pl.Series, op: str, operand: Any) -> pl.Series:
    if values.dtype.is_decimal():
        operand = pl.Series([operand], dtype=pl.String).cast(pl.Decimal(38, 9))
    found: pl.Series
    match op:
        case "is":
            found = values == operand
        case "is one of":
            found = reduce(or_, (values == one for one in operand))
        case "<":
            found = values < operand
        case "<=":
            found = values <= operand
        case ">":
            found = values > operand
        case _:
            found = values >= operand
    return found
