"""``licet hindsight``: past transfers, assessed with only what was public before each, and counted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.files import STDIN, put, refuse_overwriting, write_atomic
from licet.cli.hindsight_text import controls_text, study_text
from licet.cli.parser import Parser, UsageError, add_json
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from licet.assessment.evidence import Knowledge
    from licet.assessment.hindsight.inventory import Row, SetAside
    from licet.assessment.hindsight.study import Study
    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet hindsight inventory.csv                    denied, refer, cleared, with intervals",
    "licet hindsight inventory.csv --json             the same as JSON, with `totals`",
    "licet hindsight inventory.csv -o rows.csv        and every assessment, to look it up",
    "licet hindsight inventory.csv --cases hindsight  and its case, for `licet assess`",
    "licet hindsight --controls                       what the same rules do with lawful transfers",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS = (".csv", ".jsonl")
BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def parser(prog: str) -> Parser:
    """The options of ``licet hindsight``."""
    made = Parser(
        prog, "Assess past transfers with only what was public before each, and count.", EXAMPLES
    )
    made.add_argument(
        "inventory", nargs="?", metavar="TABLE.csv", help="the inventory, or a table of your own"
    )
    made.add_argument(
        "--controls",
        action="store_true",
        help="instead: the dossiers, the lawful controls, and exempt items to everywhere",
    )
    made.add_argument(
        "--rulebook", action="append", metavar="BOOK", help="only this one (may be repeated)"
    )
    made.add_argument("--snapshot", metavar="DIR", help="other evidence than the one that ships")
    made.add_argument("--encoding", help="of the table (UTF-8, or as its first bytes say)")
    made.add_argument(
        "--undated-span",
        type=int,
        default=5,
        metavar="YEARS",
        help="how long before its disclosure a transfer without a year may have been (5)",
    )
    made.add_argument(
        "--earlier", type=int, default=0, metavar="YEARS", help="move every day so much earlier (0)"
    )
    made.add_argument(
        "--years", default="2021-2026", metavar="FIRST-LAST", help="years for --controls"
    )
    made.add_argument("--examples", metavar="DIR", help="the folder of the examples and controls")
    made.add_argument("-o", "--output", metavar="ROWS", help="every assessment, as .csv or .jsonl")
    made.add_argument("--cases", metavar="DIR", help="write the case of every assessment here")
    made.add_argument("--force", action="store_true", help="write over files that are there")
    add_json(made, "all counts")
    made.epilog = (
        "columns: Country of deployment, Category of technology, Period of use, Year of disclosure, "
        "Commercial Entity, Country of origin; or destination, technology, period, disclosed, vendor, "
        "origin, and end user, report, sources where you have them"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the counts. The exit code is 0 whatever they are: this measures, it does not judge."""
    from licet.assessment.evidence import Knowledge

    if args.controls == bool(args.inventory):
        raise UsageError(Fault("licet hindsight", "name a table, or --controls, and not both"))
    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    if args.controls:
        return _controls(args, knowledge, terminal)
    _check(args)
    from licet.assessment.hindsight.controls import lawful_names, try_all
    from licet.assessment.hindsight.report import body
    from licet.assessment.hindsight.study import study

    done = study(_rows(args, knowledge), knowledge, rulebooks=args.rulebook, days=_days(args))
    folder = _examples(args)
    beside = try_all(folder, knowledge, lawful_names(folder))
    _write(args, done, terminal)
    if args.json:
        found = {
            "table": {"name": args.inventory, "sha256": _sha256(args.inventory)},
            **body(done),
            "lawful_controls_refused": {
                "of": "amnesty-2021",
                "all": beside.refused().body(),
                "from_dossiers": beside.refused(own=False).body(),
                "built_by_this_project": beside.refused(own=True).body(),
            },
        }
        terminal.data(json.dumps(found, ensure_ascii=False))
        return 0
    for block in study_text(args.inventory, done, beside.refused(), knowledge, terminal.width):
        # A table keeps its columns; a sentence is broken at the width.
        terminal.data(block if "\n" in block else terminal.wrap(block, hanging="  "))
    return 0


# In ----------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> None:
    """Everything that can be refused before the work begins."""
    if args.output and not args.output.endswith(ROWS):
        raise UsageError(Fault("-o", "name a file that ends in .csv or .jsonl", args.output))
    refuse_overwriting(args.output, force=args.force)
    folder = Path(args.cases) if args.cases else None
    if folder is not None and folder.exists() and not args.force:
        empty = folder.is_dir() and not any(folder.iterdir())
        if not empty:
            raise InputError(
                Fault("--cases", "is there and not empty: name another, or add --force", args.cases)
            )
    _days(args)
    try:
        "".encode(args.encoding or "utf-8")
    except LookupError as error:
        raise UsageError(Fault("--encoding", f"{error}: name one such as cp1252")) from error


def _days(args: argparse.Namespace) -> Any:
    from licet.assessment.hindsight.cases import Days

    for name, years in (("--undated-span", args.undated_span), ("--earlier", args.earlier)):
        if not 0 <= years <= 50:
            raise UsageError(Fault(name, f"got {years}: expected 0 to 50 years"))
    return Days(args.undated_span, args.earlier)


def _rows(args: argparse.Namespace, knowledge: Knowledge) -> Iterator[Row | SetAside]:
    """The rows of the table, read one by one."""
    from licet.assessment.hindsight.inventory import read_inventory

    name = "<stdin>" if args.inventory == STDIN else args.inventory
    try:
        with _open(args.inventory) as raw:
            encoding = args.encoding or _encoding(raw.peek(4))
            text = io.TextIOWrapper(raw, encoding=encoding, newline="")
            yield from read_inventory(text, name, knowledge.country)
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", name)) from error


def _open(name: str) -> io.BufferedReader:
    if name == STDIN:
        return io.BufferedReader(sys.stdin.buffer)  # type: ignore[arg-type]
    return Path(name).open("rb")


def _sha256(name: str) -> str | None:
    """The digest of the table, so that figures can be tied to it; None for standard input."""
    if name == STDIN:
        return None
    return f"sha256:{hashlib.sha256(Path(name).read_bytes()).hexdigest()}"


def _encoding(first: bytes) -> str:
    return next((name for mark, name in BOMS if first.startswith(mark)), "utf-8")


def _examples(args: argparse.Namespace) -> Path:
    from licet.cli.demo import shipped_examples

    return Path(args.examples) if args.examples else shipped_examples()


# Out ---------------------------------------------------------------------------------------------


def _write(args: argparse.Namespace, done: Study, terminal: Terminal) -> None:
    """The assessments and the cases, where they were asked for."""
    from licet.assessment.casefile import write_yaml
    from licet.assessment.hindsight.report import rows_of

    if args.output:
        put(args.output, _table_of(rows_of(done), args.output).encode())
        terminal.say(f"wrote {args.output}")
    if args.cases:
        cases = {one.asked.case.id: one.asked.case for r in done.results for one in r.assessed}
        for name in terminal.progress(list(cases)):
            write_atomic(Path(args.cases) / f"{name}.yaml", write_yaml(cases[name]).encode())
        terminal.say(f"wrote {len(cases)} cases to {args.cases}")


def _table_of(rows: list[dict[str, Any]], name: str) -> str:
    if name.endswith(".jsonl"):
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ["line"])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return text.getvalue()


def _cell(value: Any) -> str:
    """A value as a cell; one that a spreadsheet would take for a formula is marked as text.

    >>> _cell(["AMN-05", "AMN-06"]), _cell("=1+1, 2014")
    ('AMN-05; AMN-06', "'=1+1, 2014")
    """
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


# The other side ----------------------------------------------------------------------------------


def _controls(args: argparse.Namespace, knowledge: Knowledge, terminal: Terminal) -> int:
    from licet.assessment.hindsight.controls import body, send_everywhere, sent_body, try_all
    from licet.assessment.hindsight.periods import read_periods

    try:
        first, last = next((p.first, p.last) for p in read_periods(args.years))
        years = range(int(first or 0), int(last or 0) + 1)
    except (ValueError, StopIteration) as error:
        raise UsageError(Fault("--years", f"{error}: write it as 2021-2026")) from error
    if not years or not years[0]:
        raise UsageError(Fault("--years", f"got {args.years!r}: write it as 2021-2026"))
    folder = _examples(args)
    tried = try_all(folder, knowledge)
    codes = sorted(code for code in knowledge.snapshot.countries.codes if len(code) == 2)
    sent = (
        one
        for code in terminal.progress(codes)
        for one in send_everywhere(folder, knowledge, years, [code])
    )
    found = {"schema": "licet/controls/1", **body(tried), "exempt_everywhere": sent_body(sent)}
    if args.json:
        terminal.data(json.dumps(found, ensure_ascii=False))
        return 0
    terminal.data("\n".join(controls_text(found)))
    return 0
