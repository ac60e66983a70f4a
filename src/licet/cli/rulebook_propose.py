"""``licet rulebook propose``: the examples that a rulebook lacks, for a person to judge."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, add_json
from licet.model.fact import stored

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from licet.cli.terminal import Terminal
    from licet.rules.proposals import Proposal
    from licet.rules.rulebook import ProvisionTest

_HEAD = """\
# What each of these expects is what the rulebook says now. Read it against the law: where it is right, give it your
# own words and put it at the end of the tests of its file; where it is wrong, the provision is."""


def proposing(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook propose``."""
    made = Parser(prog, about, (f"{prog} my-rulebook/", f"{prog} my-rulebook/ > missing.yaml"))
    made.add_argument("rulebook", nargs="*", help="id or folder; all that ship when left out")
    add_json(made, "the examples")
    return made


def run_propose(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the missing examples of each provision as they would stand in its file."""
    from licet.cli.books import books_named
    from licet.rules.proposals import proposals

    count = 0
    for book in books_named(args.rulebook):
        found = list(proposals(book))
        if args.json:
            rows = [{"provision": p.provision, "file": p.file, **_row(p.example)} for p in found]
            terminal.data(json.dumps({"rulebook": book.id, "examples": rows}, ensure_ascii=False))
        elif found:
            terminal.data(_HEAD if not count else "")
            terminal.data("\n".join(_blocks(found)))
        count += len(found)
    terminal.say(
        f"{count} examples to read; none is right before a person says so"
        if count
        else "no example is missing: each condition is seen true, false and open, and no change of "
        "a mutation run goes unnoticed"
    )
    return 0


def _blocks(found: Iterable[Proposal]) -> Iterable[str]:
    before = ""
    for proposal in found:
        if proposal.file != before:
            yield f"\n# {proposal.file}"
            before = proposal.file
        yield block(proposal.example)


def block(example: ProvisionTest) -> str:
    """An example as it stands in a provision's file.

    >>> from licet.rules.rulebook import ProvisionTest
    >>> print(block(ProvisionTest("no", "2026-01-01", {"item.surveillance": False}, "not_met")))
    - name: "no"
      date: "2026-01-01"
      given: {item.surveillance: no}
      expect: not_met
    """
    given = ", ".join(f"{name}: {_value(value)}" for name, value in example.given.items())
    lines = [
        f"- name: {json.dumps(example.name, ensure_ascii=False)}",
        f'  date: "{example.day}"',
        f"  given: {{{given}}}",
        f"  expect: {example.expect}",
    ]
    lines += [f"  then: {example.then}"] if example.then else []
    lines += [f"  asks: [{', '.join(example.asks)}]"] if example.asks else []
    return "\n".join(lines)


def _value(value: Any) -> str:
    shown = stored(tuple(value) if isinstance(value, list) else value)
    if isinstance(shown, list):
        return f"[{', '.join(map(_value, shown))}]"
    text = str(shown)
    plain = re.fullmatch(r"[A-Za-z0-9_.+-]+", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _row(example: ProvisionTest) -> dict[str, Any]:
    given = {n: stored(tuple(v) if isinstance(v, list) else v) for n, v in example.given.items()}
    return {
        "name": example.name,
        "date": example.day,
        "given": given,
        "expect": example.expect,
        "then": example.then,
        "asks": list(example.asks or ()),
    }
