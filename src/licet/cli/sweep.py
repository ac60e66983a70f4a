"""``licet sweep``: rulebooks over whole tables of transfers, in intervals."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.books import add_rulebooks, with_own
from licet.cli.files import refuse_overwriting, write_atomic
from licet.cli.moratoria import add_moratorium, declared
from licet.cli.parser import Parser, UsageError, add_json
from licet.errors import Fault, InputError, LicetError, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from licet.cli.terminal import Terminal
    from licet.rules.rulebook import Rulebook
    from licet.rules.sweep.run import Piece, Plan
    from licet.rules.sweep.summary import Checked, Counts

EXAMPLES = (
    "licet resolve cases/*.yaml -o tables/                        make tables from case files",
    "licet sweep tables/transfers.parquet --parties tables/parties.parquet",
    "licet sweep transfers.parquet --rulebook eu-dual-use -o out.parquet --provisions",
    "licet sweep transfers.parquet --by dest.country --by year --report report.html",
    "licet sweep transfers.parquet --rulebook eu-dual-use --against my-draft/    what an amendment changes",
    "licet sweep transfers.parquet --rulebook eu-dual-use --explain T-1042       one row in full",
)
ENGINES = ("polars", "duckdb", "spark")
SAMPLE = 200
ASKING = 40
"""How many open rows of the sample are asked, under each rulebook, what would decide them."""
AGAINST = " (against)"


def parser(prog: str) -> Parser:
    """The options of ``licet sweep``."""
    made = Parser(
        prog, "Apply rulebooks to a table of resolved facts, one transfer a row.", EXAMPLES
    )
    made.add_argument("transfers", metavar="FILE", help="the main table (.parquet or .csv)")
    made.add_argument("--parties", metavar="FILE", help="the parties of the transfers, by id")
    made.add_argument("--items", metavar="FILE", help="the items of the transfers, by id")
    made.add_argument("--rulebook", action="append", metavar="ID", help="only this (repeatable)")
    add_rulebooks(made)
    add_moratorium(made)
    made.add_argument(
        "--against",
        metavar="ID|DIR",
        help="another rulebook or version: who changes, from what to what",
    )
    made.add_argument(
        "--by",
        action="append",
        metavar="COLUMN",
        help="count by this column, or by year (repeatable; dest.country, item.category and year)",
    )
    made.add_argument("--as-of", metavar="DATE", help="the day for rows without dates.assessed")
    made.add_argument("--strict-dates", action="store_true", help="a model does not look back")
    made.add_argument("--provisions", action="store_true", help="a column for each provision, too")
    made.add_argument("--masks", action="store_true", help="numbers for sets of outcomes, no words")
    made.add_argument("--engine", choices=ENGINES, default="polars", help="what works it out")
    made.add_argument(
        "--sample",
        type=int,
        default=SAMPLE,
        metavar="N",
        help=f"rows put through the full explanation and compared ({SAMPLE})",
    )
    made.add_argument("--report", metavar="HTML", help="write the summary as a page with charts")
    made.add_argument("--explain", metavar="ID", help="explain the row with this id, and stop")
    add_json(made, "the summary")
    made.add_argument(
        "-o", "--output", metavar="FILE", help="write one row a transfer: .parquet or .csv"
    )
    made.add_argument("--force", action="store_true", help="write over files that are there")
    made.epilog = "exit codes: 0 done, 1 the sweep and the explanation differ, 2 wrong usage or a table with a fault"
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Sweep, write, sum up; or explain one row."""
    need("polars", "sweep")
    if args.sample < 0:
        raise UsageError(Fault("--sample", f"got {args.sample}: give a number of rows from 0"))
    refuse_overwriting(args.output, force=args.force)
    refuse_overwriting(args.report, force=args.force, option="--report")
    planned, by, compared = _planned(args)
    if args.explain is not None:
        return _explain(args.explain, planned, terminal)
    counts, checked = _swept(args, planned, by, compared)
    from licet.assessment.sweep_report import page, summary_body, summary_text

    if args.report:
        write_atomic(Path(args.report), page(planned, counts, checked, compared).encode())
    if args.json:
        terminal.data(
            json.dumps(summary_body(planned, counts, checked, compared), ensure_ascii=False)
        )
    else:
        terminal.data(summary_text(planned, counts, checked, compared, width=terminal.width))
    return 0


def need(module: str, extra: str, verb: str = "licet sweep") -> None:
    """Refuse to go on without an optional library. Raises UsageError that says how to install it."""
    if importlib.util.find_spec(module) is None:
        raise UsageError(
            Fault(verb, f"needs {module}: install it with pip install 'licet[{extra}]'")
        )


def _planned(args: argparse.Namespace) -> tuple[Plan, tuple[str, ...], tuple[str, str] | None]:
    from licet.evidence import Snapshot
    from licet.model.dates import Span
    from licet.rules.load import default_dictionary
    from licet.rules.sweep.run import open_inputs, plan

    books, compared = _books(args)
    inputs = open_inputs(
        Path(args.transfers),
        default_dictionary().facts,
        Path(args.parties) if args.parties else None,
        Path(args.items) if args.items else None,
    )
    day: date | None = None
    if args.as_of:
        try:
            day = Span.read(args.as_of).last
        except ValueError as error:
            raise UsageError(Fault("--as-of", str(error))) from error
    planned = plan(
        inputs,
        books,
        Snapshot.open().countries.stated_codes,
        as_of=day,
        strict_dates=args.strict_dates,
        provisions=args.provisions,
    )
    return planned, _by(args, planned), compared


def _books(args: argparse.Namespace) -> tuple[dict[str, Rulebook], tuple[str, str] | None]:
    """The rulebooks by the names of their columns, and which two are compared."""
    from licet.rules.load import chosen_books, load_rulebook

    own = with_own(args.rulebooks)
    known = dict(declared(args, own) or own)
    chosen = {book.id: book for book in chosen_books(args.rulebook, known)}
    if not args.against:
        return chosen, None
    if len(args.rulebook or ()) != 1:
        raise UsageError(Fault("--against", "compare it with one rulebook: add one --rulebook ID"))
    if args.against in known:
        other = known[args.against]
    elif Path(args.against).is_dir():
        other = load_rulebook(Path(args.against))
    else:
        hint = nearest(args.against, known)
        raise UsageError(
            Fault("--against", f"{args.against!r} is neither a rulebook{hint} nor a folder")
        )
    label = other.id + (AGAINST if other.id in chosen else "")
    for name in other.uses:
        chosen.setdefault(name, known[name])
    return {**chosen, label: other}, (args.rulebook[0], label)


def _by(args: argparse.Namespace, planned: Plan) -> tuple[str, ...]:
    from licet.rules.sweep.run import YEAR

    columns = planned.inputs.main.schema
    if args.by is None:
        return (*(n for n in ("dest.country", "item.category") if n in columns), YEAR)
    for name in args.by:
        if name not in columns and name != YEAR:
            known = [*columns, YEAR]
            raise UsageError(
                Fault(
                    "--by",
                    f"{name!r} is not a column of {planned.inputs.main.path.name}{nearest(name, known)}",
                )
            )
        if name in columns and columns[name].is_nested():
            raise UsageError(
                Fault("--by", f"{name} holds lists: count by a column of single values")
            )
    return tuple(dict.fromkeys(args.by))


def _swept(
    args: argparse.Namespace,
    planned: Plan,
    by: tuple[str, ...],
    compared: tuple[str, str] | None,
) -> tuple[Counts, Checked]:
    from contextlib import nullcontext

    from licet.rules.sweep.output import Writer
    from licet.rules.sweep.reference import Reference
    from licet.rules.sweep.summary import Checked, Counts

    counts, checked = Counts(planned.books, by), Checked()
    reference = Reference(planned)
    target = (
        Writer(Path(args.output), planned.books, masks=args.masks) if args.output else nullcontext()
    )
    with target as writer:
        for piece in _pieces(args, planned, by, compared):
            counts.join(piece.counts)
            if writer is not None:
                writer.write(piece.frame)
            _check(piece, reference, checked)
        if checked.differing:
            # Raised inside, so that the file is not put in place.
            raise LicetError(_differing(checked))
    return counts, checked


def _differing(checked: Checked) -> str:
    lines = "\n".join(checked.differing[:5])
    return (
        f"the sweep and the explanation differ in {len(checked.differing)} places of "
        f"{checked.rows} rows; nothing is reported:\n{lines}"
    )


def _check(piece: Piece, reference: Any, checked: Checked) -> None:
    from licet.rules.sweep.table import ID

    if not piece.sampled:
        return
    import polars as pl

    ids = pl.Series(ID, [row[ID] for row, _ in piece.sampled], dtype=piece.frame[ID].dtype)
    chosen = piece.frame.filter(pl.col(ID).is_in(ids.implode()))
    got = {row[ID]: row for row in chosen.iter_rows(named=True)}
    for row, related in piece.sampled:
        checked.add(reference.looked(row, related), got[row[ID]], ASKING)


def _pieces(
    args: argparse.Namespace,
    planned: Plan,
    by: tuple[str, ...],
    compared: tuple[str, str] | None,
) -> Iterator[Piece]:
    from licet.rules.sweep.run import sweep
    from licet.rules.sweep.summary import Counts

    if args.engine == "polars":
        yield from sweep(planned, by, compared=compared, sample=args.sample)
        return
    from licet.rules.sweep import sql
    from licet.rules.sweep.run import Piece, samples

    sql.check(planned)
    if args.engine == "duckdb":
        need("duckdb", "sweep")
        frame = sql.run_duckdb(planned, by)
    else:
        need("pyspark", "spark")
        with sql.spark_session() as session:
            frame = sql.run_spark(planned, session, by)
    counted = Counts(planned.books, by).of(frame, compared)
    yield Piece(frame, samples(planned, args.sample), counted)


def _explain(text: str, planned: Plan, terminal: Terminal) -> int:
    from licet.assessment.sweep_report import explained
    from licet.rules.sweep.reference import Reference, rows_of

    kind = planned.inputs.ids.dtype
    if kind.is_integer() and not text.lstrip("-").isdecimal():
        raise UsageError(
            Fault("--explain", f"{text!r} is not a whole number, as the ids of this table are")
        )
    wanted: Any = int(text) if kind.is_integer() else text
    rows = rows_of(planned, [wanted])
    if wanted not in rows:
        raise InputError(
            Fault("--explain", f"no row has the id {text!r}", str(planned.inputs.main.path))
        )
    looked = Reference(planned).looked(*rows[wanted])
    terminal.data(explained(looked, wanted, width=terminal.width))
    return 0
