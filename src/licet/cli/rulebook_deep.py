"""``licet rulebook check --deep`` and ``licet rulebook diff``: what is so of every case, proved.

Needs z3 (the extra ``licet[prove]``), which is asked for only here and when it is needed.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from licet.cli.parser import Parser, UsageError, add_json
from licet.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from licet.cli.terminal import Terminal
    from licet.rules.prove.difference import Change, Difference
    from licet.rules.prove.findings import Finding
    from licet.rules.prove.question import Witness
    from licet.rules.rulebook import Rulebook

SECONDS = 5.0
SAME, DIFFERS, NOT_SETTLED = 0, 1, 2


def add_limit(parser: Parser) -> None:
    """The ``--limit`` option."""
    parser.add_argument(
        "--limit",
        metavar="SECONDS",
        type=float,
        default=SECONDS,
        help=f"how long one question may take before it is given up as not proved ({SECONDS:g})",
    )


def require_z3(asked: str, limit: float) -> None:
    """Raise where the solver is not installed, or has no time."""
    if importlib.util.find_spec("z3") is None:
        raise InputError(
            Fault(asked, "needs z3, which is not installed: run `pip install 'licet[prove]'`")
        )
    if not limit > 0:
        raise UsageError(Fault("--limit", f"got {limit:g}: give a number of seconds above 0"))


def methods_of(*books: Rulebook) -> list[Rulebook]:
    """The shipped methods whose grades rulebooks read."""
    from licet.rules.load import shipped

    known = shipped()
    return [
        known[name] for name in dict.fromkeys(n for b in books for n in b.uses) if name in known
    ]


# check --deep ------------------------------------------------------------------------------------


class Deep(NamedTuple):
    """What proofs say of one rulebook."""

    findings: list[Finding]
    promised: int
    """Of how many of the facts it reads worse news never makes the answer milder."""

    @property
    def blocking(self) -> int:
        """How many findings fail the check."""
        return sum(finding.blocks for finding in self.findings)


def deep(book: Rulebook, limit: float) -> Deep:
    """All that proofs find in one rulebook. Raises InputError where z3 is not installed."""
    require_z3("--deep", limit)
    from licet.rules.prove.analyses import Prover
    from licet.rules.prove.findings import with_reasons
    from licet.rules.prove.promises import Promises

    prover = Prover(book, methods_of(book), limit)
    promises = Promises(prover)
    findings = with_reasons(book, [*prover.findings(), *promises.findings()])
    return Deep(findings, len(promises.kept))


def deep_body(found: Deep) -> dict[str, Any]:
    """What proofs say of one rulebook, for a program."""
    proofs = [finding_body(finding) for finding in found.findings]
    return {"proofs": proofs, "facts_promised": found.promised}


def deep_lines(book: Rulebook, found: Deep, terminal: Terminal) -> Iterator[str]:
    """What proofs say of one rulebook, for a reader."""
    for finding in found.findings:
        yield from told(book, finding, terminal)
    for exception in book.promises_except:
        where = exception.where.says or exception.where.path
        yield terminal.wrap(f"{book.id}: worse news may make the answer milder for {where}")
        yield terminal.wrap(f"meant so: {exception.because}", indent="  ")
    rest = ", but for what is told above" if found.findings or book.promises_except else ""
    yield terminal.wrap(
        f"{book.id}: proved of every case on every day{rest}: each condition can be met and can fail, "
        f"each outcome comes about, nothing clashes, no part is idle, and worse news on any of "
        f"{found.promised} facts never makes the answer milder",
        hanging="  ",
    )


def finding_body(finding: Finding) -> dict[str, Any]:
    """One finding for a program."""
    return {
        "finding": finding.kind.value,
        "about": finding.about,
        "file": finding.file,
        "message": finding.message,
        "blocks": finding.blocks,
        "because": finding.reason,
        "witness": witness_body(finding.witness),
    }


def told(book: Rulebook, finding: Finding, terminal: Terminal) -> Iterator[str]:
    """One finding for a reader, with a case that shows it."""
    yield terminal.wrap(f"{finding.file}: {finding.message}", hanging="  ")
    if finding.reason:
        yield terminal.wrap(f"meant so: {finding.reason}", indent="  ")
        return
    if finding.witness is not None:
        yield from case_lines(book, finding.witness, terminal)


# A witness in words ------------------------------------------------------------------------------


def witness_body(witness: Witness | None) -> dict[str, Any] | None:
    """A case for a program: what is so in it; all that it does not name is not so."""
    from licet.model.fact import stored

    if witness is None:
        return None
    return {
        "kind": witness.kind,
        "days": {anchor: day.isoformat() for anchor, day in witness.days},
        "facts": {fact: stored(value) for fact, value in witness.line},
        "members": [
            {"name": name, "in": list(where), "facts": {f: stored(v) for f, v in facts}}
            for name, where, facts in witness.members
        ],
        "smallest": witness.smallest,
    }


def case_lines(book: Rulebook, witness: Witness, terminal: Terminal) -> Iterator[str]:
    """A case for a reader, in the words of the fact dictionary."""
    size = "the smallest case that shows it" if witness.smallest else "a case that shows it"
    yield terminal.wrap(f"{size}, {_day_words(witness)}:", indent="    ")
    lines = [in_words(book, fact, value) for fact, value in witness.line]
    if not any(fact == "case.kind" for fact, _ in witness.line):
        lines.insert(0, f"the case is one of {witness.kind.replace('_', ' ')}")
    for name, where, facts in witness.members:
        roles = ", ".join(w.removeprefix("role:").replace("_", " ") for w in where)
        own = "; ".join(in_words(book, fact, value) for fact, value in facts)
        lines.append(f"there is {name} ({roles})" + (f", of which: {own}" if own else ""))
    for line in lines:
        yield terminal.wrap(line, indent="    - ", hanging="      ")
    yield "    and nothing else is so"


def in_words(book: Rulebook, fact: str, value: Any) -> str:
    """One fact of a case as the dictionary words it."""
    definition = book.dictionary.facts[fact]
    if value is True:
        return definition.statement
    if value is False:
        return f"{definition.statement_no} (stated so, whatever else follows)"
    words = dict(definition.codes)
    values = value if isinstance(value, tuple) else (value,)
    # Where the dictionary has words for a code, the code stands beside them.
    shown = [f"{words[v]} ({v})" if words.get(v, v) != v else str(v) for v in values]
    return f"{definition.statement}: {', '.join(shown)}"


def _day_words(witness: Witness) -> str:
    days = dict(witness.days)
    assessed = days.pop("assessed")
    others = [f"{anchor} {day}" for anchor, day in days.items() if day != assessed]
    return f"on {assessed}" + (f" ({', '.join(others)})" if others else "")


# diff --------------------------------------------------------------------------------------------


def diffing(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook diff``."""
    made = Parser(
        prog,
        about,
        (
            "licet rulebook diff eu-dual-use my-amendment/      what an amendment would change",
            "licet rulebook diff before/ after/ --json",
        ),
    )
    made.add_argument("old", metavar="OLD", help="id of a rulebook that ships, or a folder")
    made.add_argument("new", metavar="NEW", help="the same, in another version")
    add_limit(made)
    add_json(made, "the difference")
    made.epilog = (
        "exit codes: 0 no facts tell the two apart, 1 some do, 2 wrong usage, or a question that was "
        "not settled within the limit"
    )
    return made


def book_of(name: str) -> Rulebook:
    """A rulebook by folder, or by the id of one that ships."""
    from licet.rules.load import load_rulebook, shipped

    if Path(name).is_dir():
        return load_rulebook(Path(name))
    books = shipped()
    if name not in books:
        raise UsageError(
            Fault("rulebook", f"{name!r} is neither a folder nor a known id{nearest(name, books)}")
        )
    return books[name]


def run_diff(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what changed between two versions of a rulebook, and for whom."""
    require_z3("diff", args.limit)
    from licet.rules.prove.difference import difference

    old, new = book_of(args.old), book_of(args.new)
    found = difference(old, new, methods_of(old, new), args.limit)
    if args.json:
        terminal.data(json.dumps(difference_body(found), ensure_ascii=False))
    else:
        for line in difference_lines(found, terminal):
            terminal.data(line)
    if found.not_proved:
        return NOT_SETTLED
    return SAME if found.equivalent else DIFFERS


def difference_body(found: Difference) -> dict[str, Any]:
    """A difference for a program."""
    return {
        "old": {"rulebook": found.old.id, "digest": found.old.digest},
        "new": {"rulebook": found.new.id, "digest": found.new.digest},
        "added": [p.id for p in found.added],
        "removed": [p.id for p in found.removed],
        "declared": [
            {"provision": pid, "what": what, "before": before, "after": after}
            for pid, what, before, after in found.declared
        ],
        "provisions": [_change_body(change) for change in found.provisions],
        "outcomes": [_change_body(change) for change in found.outcomes],
        "no_facts_tell_them_apart": found.equivalent,
    }


def _change_body(change: Change) -> dict[str, Any]:
    return {
        "about": change.about,
        "before": change.before,
        "after": change.after,
        "proved": change.witness is not None,
        "witness": witness_body(change.witness),
    }


def difference_lines(found: Difference, terminal: Terminal) -> Iterator[str]:
    """A difference for a reader."""
    yield f"old: {found.old.id}, {found.old.digest}"
    yield f"new: {found.new.id}, {found.new.digest}"
    for word, provisions in (("added", found.added), ("removed", found.removed)):
        for provision in provisions:
            yield terminal.wrap(f"{word}: {provision.id}, {provision.title}", hanging="  ")
    for pid, what, before, after in found.declared:
        yield terminal.wrap(
            f"{pid} says of itself: {what}: {after} (before: {before})", hanging="  "
        )
    if found.equivalent:
        yield "no facts tell the two apart, on any day: every provision in both is met by the same"
        yield "cases, and every case has the same outcome"
        return
    yield from _changes(found, found.provisions, terminal)
    yield from _changes(found, found.outcomes, terminal)
    if not found.outcomes:
        yield "no outcome changes, for any case on any day"


def _changes(found: Difference, changes: Iterable[Change], terminal: Terminal) -> Iterator[str]:
    for change in changes:
        about = change.about.replace("_", " ")
        before, after = change.before.replace("_", " "), change.after.replace("_", " ")
        if change.witness is None:
            text = f"{about}: whether it goes from `{before}` to `{after}` was not settled in time"
            yield terminal.wrap(text, hanging="  ")
            continue
        yield terminal.wrap(f"{about}: from `{before}` to `{after}`", hanging="  ")
        yield from case_lines(found.new, change.witness, terminal)
