"""``licet reassess``: what changes for stored cases under the law, lists and evidence of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.books import add_rulebooks
from licet.cli.diff import stored_bodies, told
from licet.cli.moratoria import add_moratorium, declared, read_moratoria
from licet.cli.parser import Parser, add_as_of, add_json, as_of

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet assess cases/*.yaml --save decisions/     keep the answers",
    "licet reassess decisions/                       what changes today",
    "licet reassess decisions/ --as-of 2026-12-31    what changes by then",
    "licet reassess decisions/ --moratorium a.yaml   what a moratorium would change",
)


def parser(prog: str) -> Parser:
    """The options of ``licet reassess``."""
    made = Parser(prog, "Say what changes for stored cases.", EXAMPLES)
    made.add_argument(
        "stored", metavar="DIR", help="a folder that `licet assess --save` wrote, or one file of it"
    )
    add_as_of(made)
    add_moratorium(made)
    made.add_argument("--all", action="store_true", help="print answers that stay as well")
    made.add_argument(
        "--store", action="append", default=[], metavar="DIR", help="a further folder with cases"
    )
    add_rulebooks(made, "as it is now")
    add_json(made, "every comparison, one object a line,")
    made.epilog = "exit codes: 0 every answer stays, 1 one changes, 2 wrong usage"
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Exit 0 where every answer stays, 1 where one changes or its rulebook is gone."""
    from licet.assessment.evidence import Knowledge
    from licet.assessment.reassess import GONE, NOT_STORED, reassess
    from licet.cli.books import with_own

    day = as_of(args)
    place = Path(args.stored)
    folders = [place if place.is_dir() else place.parent, *map(Path, args.store)]
    changed = number = 0
    books = with_own(args.rulebooks)
    declared(args, books)  # so that a moratorium that names no rulebook is refused first
    moratoria = read_moratoria(args)
    stored = stored_bodies(args.stored)
    for found in reassess(stored, folders, Knowledge.open(), day, books, moratoria):
        if NOT_STORED in found:
            if args.json:
                terminal.data(json.dumps(found, ensure_ascii=False))
            else:
                listed = ", ".join(found[NOT_STORED])
                text = f"{found['case']}: no stored answer, and so not asked, under {listed}"
                terminal.data(terminal.wrap(text, "", "  "))
            continue
        number += 1
        stays = not found.get(GONE) and found["same_answer"]
        changed += not stays
        if args.json:
            terminal.data(json.dumps(found, ensure_ascii=False))
        elif found.get(GONE):
            terminal.data(
                f"{found['case']} under {found['rulebook']}: this rulebook is no longer there"
            )
        elif args.all or not stays:
            for line in told(found, terminal):
                terminal.data(line)
    terminal.say(
        f"as of {day}: {number - changed} of {number} stored answers stay, {changed} change"
    )
    return 1 if changed else 0
