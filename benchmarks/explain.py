"""How fast the largest rulebooks are explained. ``python -m benchmarks.explain``.

One explanation applies every provision of the book to one line and keeps the whole tree, without
short circuit. The stored form is the same tree as identifiers, written as canonical JSON and
hashed, together with the readings that were used. Neither screening nor looking up evidence is part of it. Each
explanation gets a scope of its own that no other one had: nothing can be remembered. Time is the processor's,
so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from licet.assessment import assess as assessing
from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.determination import LineDecision, line_body, reading_body
from licet.assessment.evidence import Knowledge
from licet.assessment.lines import Line
from licet.model.canonical import digest
from licet.model.dates import Span
from licet.model.fact import FactType, Reading, Standing, UnknownReason
from licet.rules.grammar import Leaf, walk
from licet.rules.load import shipped
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.rules.rulebook import Rulebook

ROOT = Path(__file__).resolve().parents[1]
LARGEST = ("eu-dual-use", "us-ear")
"""The most provisions (53) and the most facts (122) of the books that ship."""
SEED = 20261125


@dataclass(frozen=True, slots=True)
class Input:
    """What one explanation is given."""

    scope: Scope
    days: Days
    kind: str


def operands(book: Rulebook) -> dict[str, list[Any]]:
    """For each fact, the values that the book's conditions compare it with."""
    found: dict[str, set[Any]] = {}
    nodes = [p.when for p in book.provisions.values()] + [t.when for t in book.terms.values()]
    for node in (n for n in [*nodes, *book.derive.values(), book.reaches] if n is not None):
        for leaf in walk(node):
            if isinstance(leaf, Leaf):
                named = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
                listed = [row.code for row in book.lists.get(leaf.list_name, ())]
                found.setdefault(leaf.fact, set()).update(listed or named)
    return {fact: sorted(values - {None}, key=str) for fact, values in found.items()}


def random_inputs(book: Rulebook, count: int, missing: float) -> list[Input]:
    """Lines of which every fact that the book reads is drawn; a share of them is unknown."""
    draw = random.Random(SEED)  # noqa: S311 - a benchmark
    compared = operands(book)
    days = Days({"assessed": Span.read("2024-06-01")})

    def reading(fact: str) -> Reading:
        definition = book.dictionary.facts[fact]
        if draw.random() < missing:
            return Reading(unknown=draw.choice(list(UnknownReason)), origin="random")
        among = list(definition.domain) or definition.code_names or [*compared.get(fact, ()), "XX"]
        value = draw.choice(among)
        if definition.type is FactType.CODES:
            value = tuple(sorted(set(draw.choices(among, k=3))))
        return Reading(value=value, standing=Standing.EVIDENCED, origin="random")

    facts = sorted(book.readers_of)
    return [
        Input(Scope("line", {fact: reading(fact) for fact in facts}), days, "export")
        for _ in range(count)
    ]


def example_inputs(book: Rulebook, count: int) -> list[Input]:
    """What an assessment of the examples hands to the book, again and again with one fact altered."""
    seen: list[Input] = []

    def record(given: Rulebook, scope: Scope, days: Days, kind: str, **others: Any) -> Any:
        if given.id == book.id:
            seen.append(Input(scope, days, kind))
        return decide(given, scope, days, kind, **others)

    knowledge = Knowledge.open()
    with mock.patch.object(assessing, "decide", record):
        for path in sorted((ROOT / "examples").rglob("*.yaml")):
            assess(read_case(path), knowledge, rulebooks=[book.id], explain=False)
    draw = random.Random(SEED)  # noqa: S311 - a benchmark
    yes_no = sorted(f for f in book.readers_of if book.dictionary.facts[f].type is FactType.YES_NO)
    found = []
    for i in range(count):
        base = seen[i % len(seen)]
        altered = Reading(value=draw.random() < 0.5, origin="altered")
        facts = {**base.scope.facts, draw.choice(yes_no): altered}
        collections: dict[str, tuple[Scope, ...]] = {}
        scope = Scope("line", facts, None, collections)
        collections.update(
            {
                name: tuple(Scope(m.name, m.facts, scope) for m in members)
                for name, members in base.scope.collections.items()
            }
        )
        found.append(Input(scope, base.days, base.kind))
    return found


def tree(book: Rulebook, given: Input, *, explain: bool) -> LineDecision:
    """One explanation: every provision, the whole tree; with ``explain`` also what to ask."""
    result = decide(book, given.scope, given.days, given.kind, explain=explain)
    return LineDecision(Line("line-1", None, None, ()), result, given.scope.facts, book)


def stored_form(book: Rulebook, given: Input, *, explain: bool) -> str:
    """The same as it is kept: canonical JSON of the tree and of the readings used, hashed."""
    decision = tree(book, given, explain=explain)
    readings = decision.readings
    body = line_body(decision)
    body["facts"] = {
        name: reading_body(readings[name])
        for name in sorted(book.readers_of.keys() & readings.keys())
    }
    return digest(body, ours=True)


def rates(run: Callable[[Input], object], inputs: list[Input], rounds: int) -> dict[str, Any]:
    """Explanations a second: the median of rounds, each over its own share of the inputs."""
    size = len(inputs) // (rounds + 1)
    found = []
    for turn in range(rounds + 1):
        share = inputs[turn * size : (turn + 1) * size]
        gc.collect()
        start = time.process_time()
        for given in share:
            run(given)
        found.append(size / (time.process_time() - start))
    counted = found[1:]  # the first round fills the book's own tables
    return {
        "median": round(statistics.median(counted)),
        "slowest": round(min(counted)),
        "fastest": round(max(counted)),
    }


def measure(rounds: int, size: int) -> list[dict[str, Any]]:
    """Every figure, as rows."""
    rows = []
    count = (rounds + 1) * size
    for name in LARGEST:
        book = shipped()[name]
        kinds = {
            "examples, one fact altered": example_inputs(book, count),
            "random, all facts known": random_inputs(book, count, 0.0),
            "random, 30 % unknown": random_inputs(book, count, 0.3),
        }
        runs: dict[str, Callable[[Input], object]] = {
            "full tree": lambda given, book=book: tree(book, given, explain=False),
            "stored": lambda given, book=book: stored_form(book, given, explain=False),
            "tree, questions, what-ifs": lambda given, book=book: tree(book, given, explain=True),
            "the same, stored": lambda given, book=book: stored_form(book, given, explain=True),
        }
        rows += [
            {"rulebook": name, "facts": facts, "what": what, **rates(run, inputs, rounds)}
            for facts, inputs in kinds.items()
            for what, run in runs.items()
        ]
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explain", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that are counted (7)")
    parser.add_argument("--size", type=int, default=150, help="explanations in a round (150)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = measure(args.rounds, args.size)
    if args.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'rulebook':13}{'facts':30}{'what':28}a second, median (slowest to fastest round)")
    for row in rows:
        print(
            f"{row['rulebook']:13}{row['facts']:30}{row['what']:28}"
            f"{row['median']:6} ({row['slowest']} to {row['fastest']})"
        )


if __name__ == "__main__":
    main()
