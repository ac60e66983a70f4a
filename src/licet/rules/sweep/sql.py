"""Truth columns as one SQL query, for DuckDB here and for Spark on a cluster.

SQL's booleans are Kleene's already. What would lose an unknown is written out: a grouped ``bool_or`` skips
nulls, so members are counted as 0, 1, 2; rows are matched by id, never by their place.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.errors import Fault
from licet.model.fact import FactType
from licet.rules.sweep.algebra import ITEM, LINE, PARTY, ROLES, Column, needed
from licet.rules.sweep.run import SLICE, refuse_orphans
from licet.rules.sweep.table import ASSESSED, DAYS, ID, TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    import polars as pl

    from licet.rules.sweep.encode import Encoder
    from licet.rules.sweep.run import Plan
    from licet.rules.sweep.table import Rows, Table

_DEEP = 24
"""How deep an expression may nest before a part of it becomes a column of its own."""


@dataclass(frozen=True)
class Dialect:
    """How one engine writes what the standard leaves open."""

    name: str
    quote: str
    contains: str
    overlap: Callable[[str, Sequence[str]], str]
    in_order: bool
    varchar: str

    def named(self, name: str) -> str:
        """A name as an identifier."""
        return f"{self.quote}{name.replace(self.quote, 2 * self.quote)}{self.quote}"


def text(value: str) -> str:
    """A text as a literal."""
    return "'" + value.replace("'", "''") + "'"


DUCKDB = Dialect(
    "duckdb",
    '"',
    "list_contains",
    lambda column, codes: f"list_has_any({column}, [{', '.join(map(text, codes))}])",
    in_order=True,
    varchar="VARCHAR",
)
SPARK = Dialect(
    "spark",
    "`",
    "array_contains",
    lambda column, codes: f"arrays_overlap({column}, array({', '.join(map(text, codes))}))",
    in_order=False,
    varchar="STRING",
)


def query(plan: Plan, dialect: Dialect, sources: Mapping[str, str], by: Sequence[str] = ()) -> str:
    """The query of a whole sweep; ``sources`` says what to read each level's table from."""
    return _Query(plan, dialect, sources, by).text()


class _Query:
    """One query on its way."""

    def __init__(
        self, plan: Plan, dialect: Dialect, sources: Mapping[str, str], by: Sequence[str]
    ) -> None:
        self.plan = plan
        self.dialect = dialect
        self.sources = sources
        self.by = by
        self.order = list(needed(plan.outputs.values()))
        self.stage: dict[int, int] = {}
        self.tables = {table.level: table for table in plan.inputs.tables}
        self.names: dict[int, str] = {}
        """The columns that stand in a relation under a name of their own."""
        self.written: dict[int, str] = {}
        self.steps: list[str] = []
        self._facts: dict[tuple[str, str], str] = {}
        self._number_stages()
        self.kept = self._kept()

    def _number_stages(self) -> None:
        for column in self.order:
            after = max((self.stage[arg.number] for arg in column.args), default=0)
            self.stage[column.number] = after + (column.op in ("some", "every"))

    def _kept(self) -> dict[int, int]:
        """The columns that are worked out once and named, with the layer of their relation."""
        uses: dict[int, int] = {column.number: 0 for column in self.order}
        for column in self.order:
            for arg in column.args:
                uses[arg.number] += 1
                if column.op == "up" or column.op in ("some", "every"):
                    uses[arg.number] += 2  # read from another relation
        for column in self.plan.outputs.values():
            uses[column.number] += 1
        layer: dict[int, int] = {}
        depth: dict[int, int] = {}
        kept: dict[int, int] = {}
        for column in self.order:
            layer[column.number] = max(
                (layer[arg.number] + (arg.number in kept) for arg in column.args), default=0
            )
            depth[column.number] = 1 + max(
                (0 if arg.number in kept else depth[arg.number] for arg in column.args), default=0
            )
            simple = column.op in ("constant", "known", "day", "up", "some", "every")
            if not simple and (uses[column.number] > 1 or depth[column.number] > _DEEP):
                kept[column.number] = layer[column.number]
        return kept

    # Relations

    def text(self) -> str:
        for level in (LINE, PARTY, ITEM):
            if level in self.tables:
                self.steps.append(f"{level}_0 AS ({self._base(self.tables[level])})")
        relation = "line_0"
        stages = 1 + max(self.stage.values(), default=0)
        for stage in range(stages):
            if stage:
                relation = self._folded(relation, stage)
            relation = self._layers(relation, LINE, stage, self.order)
        masks = [f"{name} AS {self.dialect.named(label)}" for label, name in self._outputs()]
        columns = self.plan.inputs.main.schema
        own = [
            self.dialect.named(name)
            if name in columns or name == ID
            else f"CAST(year(assessed_last) AS {self.dialect.varchar}) AS {self.dialect.named(name)}"
            for name in (ID, *self.by)
        ]
        ordered = f" ORDER BY {own[0]}" if self.dialect.in_order else ""
        steps = ",\n".join(self.steps)
        return f"WITH {steps}\nSELECT {', '.join(own + masks)} FROM {relation}{ordered}"

    def _base(self, table: Table) -> str:
        """The table with short names for its facts, and its days as first and last of each anchor."""
        quoted = self.dialect.named
        chosen = [quoted(ID)]
        if table.level == LINE:
            chosen += [quoted(name) for name in self.by if name in table.schema]
            chosen += self._day_columns(table)
        for number, name in enumerate(self.plan.columns(table)):
            if name in (ID, *DAYS):
                continue
            short = f"{table.level}_f{number}"
            self._facts[table.level, name] = short
            chosen.append(f"{quoted(name)} AS {short}")
        return f"SELECT {', '.join(dict.fromkeys(chosen))} FROM {self.sources[table.level]}"

    def _day_columns(self, table: Table) -> list[str]:
        as_of = self.plan.encoders[LINE].as_of
        found = []
        for name, anchor in DAYS.items():
            for edge in ("first", "last"):
                own = [self._edge(table, key) for key in dict.fromkeys((name, ASSESSED))]
                own += [f"DATE '{as_of.isoformat()}'"] if as_of else []
                present = [part for part in own if part]
                found.append(f"COALESCE({', '.join([*present, 'NULL'])}) AS {anchor}_{edge}")
        return found

    def _edge(self, table: Table, name: str) -> str:
        return f"CAST({self.dialect.named(name)} AS DATE)" if name in table.schema else ""

    def _layers(self, relation: str, level: str, stage: int, among: Sequence[Column]) -> str:
        """Add the named columns of one level and stage, those that others are made of first."""
        wanted = [
            column
            for column in among
            if column.number in self.kept
            and column.level == level
            and self.stage[column.number] == stage
            and not column.constant
        ]
        for layer in sorted({self.kept[column.number] for column in wanted}):
            here = [column for column in wanted if self.kept[column.number] == layer]
            parts = [f"{self._written(column)} AS c{column.number}" for column in here]
            following = f"{level}_{len(self.steps)}"
            self.steps.append(f"{following} AS (SELECT *, {', '.join(parts)} FROM {relation})")
            relation = following
            self.names.update({column.number: f"c{column.number}" for column in here})
        return relation

    def _folded(self, relation: str, stage: int) -> str:
        """Join what parties and items come to, line by line, to the lines."""
        for level in (PARTY, ITEM):
            folds = [
                column
                for column in self.order
                if column.op in ("some", "every")
                and column.data[0] == level
                and self.stage[column.number] == stage
            ]
            if not folds:
                continue
            members = self._members(relation, level, folds, stage)
            parts = [f"{self._code(column)} AS c{column.number}" for column in folds]
            folded = f"{level}_{len(self.steps)}"
            identity = self.dialect.named(ID)
            self.steps.append(
                f"{folded} AS (SELECT {identity}, {', '.join(parts)} FROM {members} GROUP BY {identity})"
            )
            following = f"line_{len(self.steps)}"
            told = ", ".join(f"{folded}.c{column.number}" for column in folds)
            self.steps.append(
                f"{following} AS (SELECT {relation}.*, {told} FROM {relation} LEFT JOIN {folded} "
                f"ON {relation}.{identity} = {folded}.{identity})"
            )
            for column in folds:
                name = f"c{column.number}"
                self.names[column.number] = f"(CASE {name} WHEN 2 THEN TRUE WHEN 0 THEN FALSE END)"
            relation = following
        return relation

    def _members(self, relation: str, level: str, folds: Sequence[Column], stage: int) -> str:
        """The members with the lines' columns that they read, and their own named columns."""
        below = list(needed(arg for column in folds for arg in column.args))
        ups = {column.args[0].number: column.args[0] for column in below if column.op == "up"}
        told = "".join(
            f", {self._write(line)} AS up{number}" for number, line in sorted(ups.items())
        )
        identity = self.dialect.named(ID)
        lines = f"lines_{len(self.steps)}"
        self.steps.append(f"{lines} AS (SELECT {identity}{told} FROM {relation})")
        joined = f"{level}_{len(self.steps)}"
        columns = "".join(f", {lines}.up{number}" for number in sorted(ups))
        self.steps.append(
            f"{joined} AS (SELECT {level}_0.*{columns} FROM {level}_0 JOIN {lines} "
            f"ON {level}_0.{identity} = {lines}.{identity})"
        )
        for earlier in range(stage):
            joined = self._layers(joined, level, earlier, below)
        return joined

    def _code(self, column: Column) -> str:
        truth = self._write(column.args[0])
        level, *roles = column.data
        inside = " OR ".join(self._listed(str(level), ROLES, role) for role in roles) or "TRUE"
        outside = "0" if column.op == "some" else "2"
        code = (
            f"CASE WHEN NOT ({inside}) THEN {outside} WHEN {truth} THEN 2 "
            f"WHEN ({truth}) IS NULL THEN 1 ELSE 0 END"
        )
        return f"{'max' if column.op == 'some' else 'min'}({code})"

    def _outputs(self) -> list[tuple[str, str]]:
        found = []
        for one in self.plan.lowered:
            for sign, bits in (("", one.bits), ("~", one.merits)):
                if bits:
                    terms = [
                        f"CASE WHEN {self._write(bit)} THEN {1 << number} ELSE 0 END"
                        for number, (_, bit) in enumerate(bits)
                        if not (bit.constant and bit.value is False)
                    ]
                    found.append((one.label + sign, f"({' + '.join(terms) or '0'})"))
        for name, column in self.plan.outputs.items():
            if "/" in name:
                found.append((name, self._write(column)))
        return found

    # Expressions

    def _write(self, column: Column) -> str:
        return self.names.get(column.number) or self._written(column)

    def _written(self, column: Column) -> str:
        args = [self._write(arg) for arg in column.args] if column.op != "up" else []
        match column.op:
            case "constant":
                return {True: "TRUE", False: "FALSE", None: "CAST(NULL AS BOOLEAN)"}[column.value]
            case "test":
                return self._test(column.level, *column.data)
            case "known":
                return f"({self._facts[column.level, column.data[0]]} IS NOT NULL)"
            case "has":
                return self._listed(column.level, *column.data)
            case "day":
                return self._day(*column.data)
            case "all":
                return f"({' AND '.join(args)})"
            case "any":
                return f"({' OR '.join(args)})"
            case "not":
                return f"(NOT {args[0]})"
            case "at_least":
                return self._at_least(column.data[0], args)
            case "certain":
                return f"COALESCE({args[0]}, FALSE)"
            case "possible":
                return f"COALESCE({args[0]}, TRUE)"
            case "choose":
                return f"(CASE WHEN {args[0]} THEN {args[1]} ELSE {args[2]} END)"
            case "up":
                return f"up{column.args[0].number}"
            case _:
                raise AssertionError(f"{column.op} is joined, not written")

    def _at_least(self, count: int, args: Sequence[str]) -> str:
        certain = " + ".join(f"CASE WHEN {arg} THEN 1 ELSE 0 END" for arg in args)
        possible = " + ".join(f"CASE WHEN COALESCE({arg}, TRUE) THEN 1 ELSE 0 END" for arg in args)
        return (
            f"(CASE WHEN {certain} >= {count} THEN TRUE WHEN {possible} < {count} THEN FALSE END)"
        )

    def _day(self, anchor: str, edge: str, op: str, day: date, _whole: bool) -> str:
        return f"({anchor}_{edge} {op} DATE '{day.isoformat()}')"

    def _listed(self, level: str, listing: str, name: str) -> str:
        column = self._facts[level, listing]
        return f"COALESCE({self.dialect.contains}({column}, {text(name)}), FALSE)"

    def _test(self, level: str, fact: str, op: str, operand: Any) -> str:
        column = self._facts[level, fact]
        match self.tables[level].facts[fact].type:
            case FactType.YES_NO:
                return column if operand is True else f"(NOT {column})"
            case FactType.CODES if isinstance(operand, tuple):
                return self.dialect.overlap(column, operand)
            case FactType.CODES:
                return f"{self.dialect.contains}({column}, {text(operand)})"
            case FactType.DECIMAL:
                return f"({column} {'=' if op == 'is' else op} {operand})"
            case _:
                if op == "is one of":
                    return f"({column} IN ({', '.join(map(_literal, operand))}))"
                return f"({column} {'=' if op == 'is' else op} {_literal(operand)})"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return text(value)
    return f"DATE '{value.isoformat()}'" if hasattr(value, "isoformat") else str(value)


def check(plan: Plan) -> None:
    """Read every value once, as the other back end does, so that none is taken for what it is not.

    Raises TableError for a value that cannot be used, and for a table that SQL cannot read as it stands.
    """
    for table in plan.inputs.tables:
        file = str(table.path)
        if table.path.suffix.lower() != ".parquet":
            raise TableError(
                Fault("", "this engine reads .parquet alone: give that, or --engine polars", file)
            )
        faults = [
            Fault(
                name,
                f"holds {table.schema[name]}: this engine needs {wanted}; --engine polars reads it",
                file,
            )
            for name, definition in table.facts.items()
            for wanted in _wanted(definition.type, table.schema[name])
        ]
        if faults:
            raise TableError(faults)
        if table.level != LINE:
            refuse_orphans(plan.inputs, table)
        encoder = plan.encoders[table.level]
        columns = plan.columns(table)
        for rows in table.slices(columns, SLICE):
            encoder.check(rows)
            for name in columns:
                if name in table.facts:
                    encoder.fact(rows, name)
            if table.level == LINE:
                _whole_days(encoder, rows)


def _whole_days(encoder: Encoder, rows: Rows) -> None:
    days = encoder.days(rows)
    for name, anchor in DAYS.items():
        partial = days[anchor, "first"] != days[anchor, "last"]
        if partial.any():
            first = rows.series(ID).filter(partial).item(0)
            message = (
                f"says a month or a year only (first in the row with id {first}): this engine needs "
                "whole days; --engine polars reads both"
            )
            raise TableError(Fault(name, message, str(encoder.table.path)))


def _wanted(kind: FactType, dtype: pl.DataType) -> list[str]:
    import polars as pl

    if dtype == pl.Null:
        return []
    if kind is FactType.YES_NO and dtype != pl.Boolean:
        return ["true and false"]
    if kind is FactType.CODES and dtype != pl.List(pl.String):
        return ["lists of texts"]
    return []


def run_duckdb(plan: Plan, by: Sequence[str] = (), *, threads: int = 2) -> pl.DataFrame:
    """The whole sweep by DuckDB, in the order of the ids."""
    import duckdb

    sources = {t.level: f"read_parquet({text(str(t.path))})" for t in plan.inputs.tables}
    with duckdb.connect(config={"threads": threads}) as connection:
        found: pl.DataFrame = connection.sql(query(plan, DUCKDB, sources, by)).pl()
        return found


@contextmanager
def spark_session() -> Iterator[Any]:
    """A Spark session on this machine, or the one that SPARK_REMOTE or a submitted job names."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("licet sweep").config("spark.ui.enabled", "false")
    if "SPARK_REMOTE" not in os.environ and "PYSPARK_GATEWAY_PORT" not in os.environ:
        builder = builder.master("local[2]").config("spark.sql.shuffle.partitions", "4")
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


def run_spark(plan: Plan, spark: Any, by: Sequence[str] = ()) -> pl.DataFrame:
    """The same by a Spark session: on this machine, or on the cluster that the session belongs to."""
    import polars as pl

    sources = {}
    for table in plan.inputs.tables:
        view = f"licet_{table.level}"
        spark.read.parquet(str(table.path)).createOrReplaceTempView(view)
        sources[table.level] = view
    return pl.DataFrame(spark.sql(query(plan, SPARK, sources, by)).toArrow())
