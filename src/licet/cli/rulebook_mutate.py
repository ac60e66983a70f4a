"""``licet rulebook mutate``: spoil a rulebook in one place at a time, and list what no example notices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, UsageError, add_json
from licet.cli.terminal import listing
from licet.errors import Fault

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.rules.mutants import Mutant
    from licet.rules.mutation import MutationRun

_SLIPS = {
    "negated": "turned into its contrary",
    "dropped": "left out",
    "joined": "joined otherwise",
    "counted": "counted otherwise",
    "compared": "limit taken otherwise",
    "coded": "another code",
    "moved": "a day moved",
    "effect": "another effect",
}


def mutating(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook mutate``."""
    made = Parser(prog, about, (prog, f"{prog} uk-export", f"{prog} my-rulebook/ --json"))
    made.add_argument("rulebook", nargs="*", help="id or folder; all that ship when left out")
    made.add_argument(
        "--share",
        type=float,
        default=1.0,
        metavar="PART",
        help="try only this part of the changes, such as 0.2; always the same ones",
    )
    made.add_argument(
        "--equivalent", action="store_true", help="also list the changes that change nothing"
    )
    add_json(made, "what was found")
    made.epilog = (
        "Each change is one slip a person could make: a not forgotten, a condition left out, all for "
        "any, a code dropped, a day moved, another effect. What no example notices is listed."
    )
    return made


def run_mutate(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print, for each rulebook, the changes that its own examples let pass."""
    from licet.cli.books import books_named
    from licet.rules.examples import run_examples
    from licet.rules.mutation import run_mutants

    if not 0 < args.share <= 1:
        raise UsageError(Fault("--share", f"got {args.share}: give a part such as 0.2"))
    for book in books_named(args.rulebook):
        bad = [result for result in run_examples(book) if not result.passed]
        if bad:
            raise UsageError(
                Fault(bad[0].name, "does not hold: mend the examples first", bad[0].file)
            )
        run = run_mutants(book, args.share)
        if args.json:
            terminal.data(json.dumps(_body(run), ensure_ascii=False))
        else:
            _show(run, terminal, equivalent=args.equivalent)
    return 0


def _show(run: MutationRun, terminal: Terminal, *, equivalent: bool) -> None:
    for heading, found in (
        ("no example notices", run.survivors),
        ("changes nothing", run.equivalent if equivalent else ()),
    ):
        entries = [((m.file, m.place, _SLIPS[m.slip]), change(run, m)) for m in found]
        if entries:
            terminal.data(f"{run.book.id}: {heading}")
            terminal.data(listing(entries, ("file", "where", "change"), terminal.width))
    killed, of = run.score
    same = f" ({len(run.equivalent)} more change nothing)" if run.equivalent else ""
    terminal.data(f"{run.book.id}: the examples notice {killed} of {of} changes{same}")


def change(run: MutationRun, mutant: Mutant) -> str:
    """What stands in the file and what stood there in the mutant, in words."""
    from licet.assessment.aloud import condition_words

    was = mutant.was if isinstance(mutant.was, str) else condition_words(run.book, mutant.was)
    if mutant.now is None:
        return f"left out: {was}"
    now = mutant.now if isinstance(mutant.now, str) else condition_words(run.book, mutant.now)
    return f"{was} -> {now}"


def _body(run: MutationRun) -> dict[str, Any]:
    def told(mutant: Mutant) -> dict[str, str]:
        return {
            "in": mutant.owner,
            "file": mutant.file,
            "at": mutant.place,
            "slip": mutant.slip,
            "change": change(run, mutant),
        }

    killed, of = run.score
    return {
        "rulebook": run.book.id,
        "digest": run.book.digest,
        "noticed": killed,
        "mutants": of,
        "survivors": [told(m) for m in run.survivors],
        "equivalent": [told(m) for m in run.equivalent],
    }
