"""Sweep: rulebooks over tables, a slice of rows at a time, on as many threads as there are cores.

Memory holds a few slices, whatever the table's length. What is counted and what is written come from
the same columns, in the order of the table.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl

from licet.errors import Fault
from licet.rules.sweep.algebra import ASKED, ITEM, KIND, LINE, PARTY, ROLES, SILENT, needed
from licet.rules.sweep.encode import Encoder, filled
from licet.rules.sweep.lower import Lowered, Lowering
from licet.rules.sweep.polars_engine import Level, Members, Worker, mask_of
from licet.rules.sweep.spans import each_law
from licet.rules.sweep.summary import Counts
from licet.rules.sweep.table import (
    DAYS,
    ID,
    Row,
    Rows,
    Table,
    TableError,
    check_ids,
    open_table,
    stated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import date
    from pathlib import Path

    from licet.model.fact import FactDefinition
    from licet.rules.rulebook import Rulebook
    from licet.rules.sweep.algebra import Column
    from licet.rules.sweep.table import Row

SLICE = 1 << 17
"""Rows worked on at a time by one thread."""
YEAR = "year"
"""What can be counted by beside the table's columns: the year of assessment."""


@dataclass(frozen=True)
class Inputs:
    """The tables of one sweep, opened and checked."""

    main: Table
    related: Mapping[str, Table]
    ids: pl.Series
    rising: bool
    """Whether the main table's ids rise from row to row: related rows are then read slice by slice."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The main table first."""
        return (self.main, *self.related.values())


def open_inputs(
    main: Path,
    facts: Mapping[str, FactDefinition],
    parties: Path | None = None,
    items: Path | None = None,
) -> Inputs:
    """Open the tables, check their columns' names and their ids. Raises TableError."""
    table = open_table(main, LINE, facts)
    related = {
        level: open_table(path, level, facts)
        for level, path in ((PARTY, parties), (ITEM, items))
        if path is not None
    }
    ids = table.ids()
    rising = check_ids(table, ids)
    for other in related.values():
        kinds = (table.schema[ID], other.schema[ID])
        if kinds[0] != kinds[1]:
            message = (
                f"holds {kinds[1]}, but {kinds[0]} in {table.path.name}: give both the same type"
            )
            raise TableError(Fault(ID, message, str(other.path)))
        if other.read([ID]).series(ID).null_count():
            message = f"is empty in some rows: give each the id of its row in {table.path.name}"
            raise TableError(Fault(ID, message, str(other.path)))
    return Inputs(table, related, ids, rising)


@dataclass(frozen=True)
class Plan:
    """What is worked out for each row."""

    inputs: Inputs
    encoders: Mapping[str, Encoder]
    lowered: tuple[Lowered, ...]
    outputs: Mapping[str, Column]
    """Truth columns by name: ``book=outcome``, ``book~outcome`` (on the merits), ``book/provision``."""
    strict_dates: bool = False

    @property
    def books(self) -> dict[str, Rulebook]:
        """The rulebooks, by the names of their columns."""
        return {one.label: one.book for one in self.lowered}

    def columns(self, table: Table, by: Sequence[str] = ()) -> list[str]:
        """The columns of a table that are read."""
        always = (KIND, *DAYS) if table.level == LINE else (ROLES,)
        wanted = {ID, ASKED, SILENT, *always, *by}
        for column in needed(self.outputs.values()):
            if column.level == table.level and column.op in ("test", "known"):
                wanted.add(column.data[0])
        return [name for name in table.schema if name in wanted]


def plan(
    inputs: Inputs,
    books: Mapping[str, Rulebook],
    countries: tuple[str, ...],
    *,
    as_of: date | None = None,
    strict_dates: bool = False,
    provisions: bool = False,
) -> Plan:
    """Lower rulebooks onto the tables. ``books`` are named as their columns shall be.

    A book that uses a method needs that method among the books.
    """
    lowering = Lowering(stated(inputs.tables), strict_dates=strict_dates)
    by_id = {book.id: book for book in reversed(list(books.values()))}
    lowered = tuple(lowering.book(book, by_id, label) for label, book in books.items())
    outputs: dict[str, Column] = {}
    for one in lowered:
        outputs.update({f"{one.label}={name}": bit for name, bit in one.bits})
        outputs.update({f"{one.label}~{name}": bit for name, bit in one.merits})
        if provisions:
            outputs.update({f"{one.label}/{pid}": truth for pid, truth in one.provisions.items()})
    encoders = {table.level: Encoder(table, countries, as_of) for table in inputs.tables}
    return Plan(inputs, encoders, lowered, outputs, strict_dates=strict_dates)


@dataclass(frozen=True)
class Piece:
    """The result for some rows, and those of them that are put through the explanation."""

    frame: pl.DataFrame
    sampled: tuple[tuple[Row, dict[str, list[Row]]], ...]
    counts: Counts


def sweep(
    made: Plan,
    by: Sequence[str] = (),
    *,
    compared: tuple[str, str] | None = None,
    sample: int = 0,
    size: int = SLICE,
    threads: int = 2,
) -> Iterator[Piece]:
    """Give the result piece by piece, in the order of the main table.

    Each frame has ``id``, the ``by`` columns (``year`` is the year of assessment), ``book`` (a mask of the
    outcomes still possible, see ``OUTCOME_BITS``; of grades for a method) for each rulebook, ``book~`` (the
    same on the merits) where one has moratoria, and ``book/provision`` (true, false, null) where provisions
    were asked for. ``sample`` rows, evenly spread, come with what the tables say of them.
    """
    main = made.inputs.main
    total = Counts(made.books, tuple(by))
    columns = made.columns(main, by)
    whole = {}
    if not made.inputs.rising:
        whole = {t.level: _read(made, t) for t in made.inputs.related.values()}
    seen: dict[str, int] = dict.fromkeys(made.inputs.related, 0)
    stride = -(-main.rows // sample) if sample else 0

    def one(rows: Rows, start: int) -> tuple[Piece, dict[str, int]]:
        levels = {LINE: Level(rows, made.encoders[LINE])}
        for table in made.inputs.related.values():
            levels[table.level] = _related(made, table, rows, whole.get(table.level))
        for level in levels.values():
            level.encoder.check(level.rows)
        spans = made.encoders[LINE].spans(rows)
        whole_days = filled(spans)
        frame = _result(made, rows, by, Worker(levels, whole_days))
        frame = each_law(made, frame, levels, spans, whole_days)
        places = range(-start % stride, len(rows), stride) if stride else range(0)
        counts = {level: len(levels[level].rows) for level in made.inputs.related}
        return Piece(frame, tuple(_sampled(levels, places)), total.of(frame, compared)), counts

    def take(future: Future[tuple[Piece, dict[str, int]]]) -> Piece:
        piece, counts = future.result()
        seen.update({level: seen[level] + count for level, count in counts.items()})
        return piece

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[tuple[Piece, dict[str, int]]]] = deque()
        start = 0
        for rows in main.slices(columns, size):
            waiting.append(pool.submit(one, rows, start))
            start += len(rows)
            if len(waiting) > threads:
                yield take(waiting.popleft())
        while waiting:
            yield take(waiting.popleft())
    for level, count in seen.items():
        table = made.inputs.related[level]
        if count != table.rows:
            _refuse_orphans(made.inputs, table)


def _sampled(
    levels: Mapping[str, Level], places: range
) -> Iterator[tuple[Row, dict[str, list[Row]]]]:
    """Some rows as plain values, each with its parties and items."""
    if not places:
        return
    chosen = pl.Series(places, dtype=pl.Int64)
    lines = levels[LINE].rows.take(chosen).plain()
    related: dict[str, dict[int, list[Row]]] = {}
    for level, rows in levels.items():
        if level == LINE:
            continue
        line_of = rows.members.line_of
        here = line_of.is_in(chosen.cast(line_of.dtype).implode()).arg_true()
        related[level] = {}
        found = zip(line_of.gather(here).to_list(), rows.rows.take(here).plain(), strict=True)
        for place, row in found:
            related[level].setdefault(place, []).append(row)
    for place, row in zip(places, lines, strict=True):
        yield row, {level: found.get(place, []) for level, found in related.items()}


def _read(made: Plan, table: Table, within: tuple[Any, Any] | None = None) -> Rows:
    return table.read(made.columns(table), within)


def _related(made: Plan, table: Table, lines: Rows, whole: Rows | None) -> Level:
    """The related rows of the lines at hand, ordered as their lines are."""
    ids = lines.series(ID)
    rows = whole if whole is not None else _read(made, table, (ids[0], ids[-1]))
    own = rows.series(ID)
    if whole is None and own.is_sorted():
        runs = own.rle().struct.unnest()
        places = ids.search_sorted(runs["value"])
        if (ids.gather(places) != runs["value"]).any():
            _refuse_orphans(made.inputs, table)
        lengths = runs["len"]
    else:
        numbered = pl.DataFrame(
            {ID: ids, "place": pl.arange(len(ids), dtype=pl.UInt32, eager=True)}
        )
        here = own.to_frame(ID).with_row_index("row").join(numbered, on=ID).sort("place", "row")
        rows = rows.take(here["row"])
        places, lengths = here["place"].rle().struct.unnest().select("value", "len").get_columns()
    return Level(rows, made.encoders[table.level], Members(places, lengths, len(ids)))


def _result(made: Plan, rows: Rows, by: Sequence[str], worker: Worker) -> pl.DataFrame:
    done = worker.work(made.outputs.values())
    found: dict[str, pl.Series] = {
        name: worker.year() if name == YEAR and not rows.has(YEAR) else rows.series(name)
        for name in (ID, *by)
    }
    for one in made.lowered:
        for name, bits in one.masks:
            found[name] = mask_of([done[bit.number] for bit in bits])
    for name, column in made.outputs.items():
        if "/" in name:
            found[name] = done[column.number]
    return pl.DataFrame(found)


def refuse_orphans(inputs: Inputs, table: Table) -> None:
    """Raise TableError where a related row belongs to no line."""
    if (~table.ids().is_in(inputs.ids.implode())).any():
        _refuse_orphans(inputs, table)


def _refuse_orphans(inputs: Inputs, table: Table) -> NoReturn:
    lost = table.ids()
    lost = lost.filter(~lost.is_in(inputs.ids.implode())).unique().sort()
    shown = ", ".join(str(one) for one in lost.head(5).to_list())
    message = (
        f"{len(lost)} ids are not in {inputs.main.path.name}: {shown}; add those rows there, or "
        "leave these out"
    )
    raise TableError(Fault(ID, message, str(table.path)))


def samples(made: Plan, count: int) -> tuple[tuple[Row, dict[str, list[Row]]], ...]:
    """Evenly spread rows with their parties and items, read on their own."""
    from licet.rules.sweep.reference import rows_of

    if not count or not len(made.inputs.ids):
        return ()
    ids = made.inputs.ids.gather_every(-(-len(made.inputs.ids) // count)).to_list()
    return tuple(rows_of(made, ids).values())
