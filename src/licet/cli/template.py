"""``licet template``: a spreadsheet for many deals."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.files import refuse_overwriting, write_atomic
from licet.cli.parser import Parser, UsageError, add_output
from licet.errors import Fault

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal

EXAMPLES = ("licet template -o deals.xlsx", "licet assess deals.xlsx")


def parser(prog: str) -> Parser:
    """The options of ``licet template``."""
    made = Parser(prog, "Write a workbook to fill in, one row a deal.", EXAMPLES)
    add_output(made, "OUT.xlsx", required=True)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write the workbook."""
    from licet.assessment.workbook import write_template

    if not args.output.endswith(".xlsx"):
        raise UsageError(Fault("-o", f"got {args.output!r}: a workbook's name ends in .xlsx"))
    refuse_overwriting(args.output, force=args.force)
    buffer = io.BytesIO()
    write_template(buffer)
    write_atomic(Path(args.output), buffer.getvalue())
    terminal.say(f"wrote {args.output}: fill in the sheet Deals, then `licet assess {args.output}`")
    return 0
