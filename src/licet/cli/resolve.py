"""``licet resolve``: cases as tables of resolved facts, for ``licet sweep``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.files import refuse_overwriting, write_atomic
from licet.cli.parser import Parser
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet resolve examples/cases/*.yaml -o tables/",
    "licet resolve deals.xlsx -o tables/",
    "licet sweep tables/transfers.parquet --parties tables/parties.parquet --items tables/items.parquet",
)


def parser(prog: str) -> Parser:
    """The options of ``licet resolve``."""
    made = Parser(
        prog,
        "Write cases as tables: what the rules may see of each line, one row a line.",
        EXAMPLES,
    )
    made.add_argument("files", nargs="+", metavar="FILE", help="case (YAML, JSON), .xlsx, or -")
    made.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder to write to")
    made.add_argument("--force", action="store_true", help="write over tables that are there")
    made.epilog = (
        "exit codes: 0 written, 2 a file failed (nothing is written). Facts are weighed, derived, screened and "
        "looked up as for an assessment."
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Resolve every case, then write the tables."""
    from licet.assessment.evidence import Knowledge
    from licet.assessment.resolve import FILES, tables_of
    from licet.cli.assess import read_all
    from licet.cli.sweep import need

    need("polars", "sweep", "licet resolve")
    folder = Path(args.output)
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("-o", "is a file: name a folder", args.output))
    for name in FILES.values():
        refuse_overwriting(str(folder / name), force=args.force)
    cases, failed = read_all(args.files, terminal)
    if failed:
        return 2
    tables = tables_of(
        (cases[i] for i, _ in enumerate(terminal.progress([c.id for c in cases]))), Knowledge.open()
    )
    for level, frame in tables.items():
        content = io.BytesIO()
        frame.write_parquet(content)
        write_atomic(folder / FILES[level], content.getvalue())
        terminal.say(f"{folder / FILES[level]}: {len(frame):,} rows")
    return 0
