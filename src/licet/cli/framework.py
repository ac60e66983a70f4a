"""``licet framework``: a State against the lifting conditions of the model moratorium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from licet.cli.files import read
from licet.cli.parser import Parser, add_as_of, add_json, as_of
from licet.cli.terminal import listing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from licet.assessment.framework import Framework
    from licet.cli.terminal import Terminal
    from licet.rules.lifting import Standing

EXAMPLES = (
    "licet framework DE                               what is in force there today",
    "licet framework France --date 2018-01-01         as of another day",
    "licet framework US --json",
    "licet framework NO --facts my-records.yaml       with records of your own",
)


def parser(prog: str) -> Parser:
    """The options of ``licet framework``."""
    made = Parser(
        prog,
        "Say whether the model moratorium would lift in a State, and what is missing.",
        EXAMPLES,
    )
    made.add_argument("state", metavar="STATE", help="ISO code or name")
    add_as_of(made, "--date")
    made.add_argument(
        "--facts", action="append", default=[], metavar="FILE", help="further records (repeatable)"
    )
    add_json(made, "every condition with its records")
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print each condition, its records, and what follows. Exit 0 whatever follows."""
    from licet.assessment.evidence import Knowledge
    from licet.assessment.framework import framework_of, read_facts

    knowledge = Knowledge.open()
    added = [one for name in args.facts for one in read_facts(*read(name), knowledge)]
    found = framework_of(args.state, as_of(args), knowledge, added)
    if args.json:
        terminal.data(json.dumps(found.stored(), ensure_ascii=False))
        return 0
    title = f"{found.name} ({found.state}) as of {found.day}: what {found.moratorium} waits for"
    terminal.data(terminal.style(title, "bold"))
    terminal.data("")
    entries = [_entry(standing, found) for standing in found.standings]
    terminal.data(listing(entries, ("condition", "asked by", "status"), terminal.width))
    terminal.data("")
    for line in _conclusion(found):
        terminal.data(terminal.wrap(line))
    return 0


def _entry(standing: Standing, found: Framework) -> tuple[tuple[str, ...], str]:
    from licet.assessment import wording
    from licet.rules.lifting import Status

    condition = standing.condition
    cells = (condition.id, condition.cite.locator, wording.status(standing.status))
    told = []
    for record in standing.records:
        cite, level = record.provision.cite, record.provision.checked.level
        whose = f"{record.of} law: " if record.of != found.state else ""
        idle = ", lifts nothing" if record.status is Status.IN_FORCE and not record.counts else ""
        told.append(
            f"{whose}{cite.instrument}, {cite.locator}: {wording.status(record.status)}"
            + (f", {record.says}" if record.says else "")
            + f" ({wording.level(level.value)}{idle})"
        )
    return cells, "; ".join(told) if told else "nothing is on record here"


def _conclusion(found: Framework) -> Iterable[str]:
    from licet.rules.lifting import Status

    done = len(found.with_status(Status.IN_FORCE))
    number = len(found.standings)
    if found.would_lift:
        yield f"All {number} are in force: the moratorium would lift. Who declared it decides."
        return
    yield f"The moratorium would not lift: {done} of {number} are in force."
    for status, words in (
        (Status.PARTIAL, "partial"),
        (Status.MISSING, "missing"),
        (Status.UNKNOWN, "unknown, which is neither in force nor missing"),
    ):
        names = found.with_status(status)
        if names:
            yield f"{len(names)} {words}: {', '.join(names)}."
