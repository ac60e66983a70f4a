"""``licet replay``: recompute a determination and compare it byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.books import add_rulebooks
from licet.cli.parser import Parser, UsageError, add_json
from licet.errors import Fault

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet assess case.yaml --save decisions/",
    "licet replay decisions/case.eu-dual-use.json",
    "licet replay determination.json --store cases/",
)


def parser(prog: str) -> Parser:
    """The options of ``licet replay``."""
    made = Parser(
        prog, "Recompute a determination from its inputs and compare the bytes.", EXAMPLES
    )
    made.add_argument(
        "files", nargs="+", metavar="FILE", help="a stored determination, or a folder"
    )
    made.add_argument(
        "--store",
        action="append",
        default=[],
        metavar="DIR",
        help="folder with case-<digest>.json and moratorium-<digest>.json files, and rulebook-<digest> folders",
    )
    add_rulebooks(made)
    made.add_argument("--snapshot", metavar="DIR", help="evidence snapshot to use")
    add_json(made, "the comparison")
    return made


def stored_files(names: list[str]) -> list[str]:
    """The files of stored determinations: those named, and every one of a named folder."""
    from licet.assessment.replay import is_input_file

    found = []
    for name in names:
        folder = Path(name)
        inside = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
        kept = [str(p) for p in inside if not is_input_file(p.name)]
        if folder.is_dir() and not kept:
            raise UsageError(Fault("", "holds no determination", name))
        found.extend(kept)
    return found


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Exit 0 where every determination comes out the same, 1 where one differs."""
    from licet.assessment.evidence import Knowledge
    from licet.assessment.replay import replay_file
    from licet.cli.books import with_own

    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    books = with_own(args.rulebooks)
    same = True
    for name in stored_files(args.files):
        for one in replay_file(
            Path(name), knowledge, store=[Path(p) for p in args.store], books=books
        ):
            same = same and one.same
            if args.json:
                terminal.data(
                    json.dumps(
                        {
                            "case": one.case,
                            "rulebook": one.rulebook,
                            "same": one.same,
                            "sha256": one.sha256,
                            "recomputed": one.recomputed_sha256,
                            "differences": [str(d) for d in one.differences],
                        },
                        ensure_ascii=False,
                    )
                )
                continue
            terminal.data(
                f"{name}: {'the same, byte for byte' if one.same else 'DIFFERENT'} "
                f"({one.case} under {one.rulebook}, {one.sha256})"
            )
            for difference in one.differences:
                terminal.data(f"  {difference}")
    return 0 if same else 1
