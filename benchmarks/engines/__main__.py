"""Licet beside other rule engines: the same answers, how fast, and what each says when a fact is missing.

``make bench-engines``, or ``python -m benchmarks.engines`` where `requirements/bench.txt` is installed.
One made-up rule set in Licet's format is turned into the text of each engine. Every engine must first give
Licet's outcome on complete facts: one mismatch ends the run with code 1. Speeds are measured in turns,
round by round, in one process; each decision gets a case of its own. Time is the processor's, so that other
work on the machine counts little.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.engines import ruleset, tables, texts
from benchmarks.engines.adapters import Answer, Engine, engines
from licet.model.outcome import Outcome, ordered, strictness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.engines.ruleset import Facts
    from licet.rules.rulebook import Rulebook


# The same answers --------------------------------------------------------------------------------


def mismatches(tried: list[Engine], cases: list[Facts]) -> dict[str, int]:
    """For each way of asking, how many complete cases it answers otherwise than Licet does."""
    reference = [tried[0].answer(facts) for facts in cases]
    found = {}
    for engine in tried:
        answers = answer_all(engine, cases)
        wrong = sum(a.outcomes != r.outcomes for a, r in zip(answers, reference, strict=True))
        found[f"{engine.name}: {engine.how}"] = wrong
    return found


def answer_all(engine: Engine, cases: list[Facts]) -> list[Answer]:
    """The answers of one engine to several cases."""
    return engine.many(cases) if engine.many else [engine.answer(facts) for facts in cases]


# Speed -------------------------------------------------------------------------------------------


def speeds(tried: list[Engine], rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Decisions a second, all engines in turns; each turn takes about the same time."""
    sizes = [_size(engine, seconds) for engine in tried]
    found: list[list[float]] = [[] for _ in tried]
    for turn in range(rounds):
        for i, engine in enumerate(tried):
            cases = ruleset.cases(sizes[i], seed=1000 * (turn + 1) + i)
            gc.collect()
            start = time.process_time()
            answer_all(engine, cases)
            found[i].append(sizes[i] / (time.process_time() - start))
    ours = found[0]
    rows = []
    for engine, rates in zip(tried, found, strict=True):
        ratios = [rate / own for rate, own in zip(rates, ours, strict=True)]
        rows.append(
            {
                "engine": engine.name,
                "how": engine.how,
                "median": statistics.median(rates),
                "slowest": min(rates),
                "fastest": max(rates),
                "times_licet": statistics.median(ratios),
            }
        )
    return rows


def _size(engine: Engine, seconds: float) -> int:
    """How many cases take about that long; at least 20."""
    cases = ruleset.cases(20, seed=1)
    answer_all(engine, cases)
    start = time.process_time()
    answer_all(engine, cases)
    return max(20, int(20 * seconds / (time.process_time() - start)))


# A fact is missing -------------------------------------------------------------------------------


def removals(licet: Engine, cases: list[Facts]) -> Iterator[tuple[Facts, str, frozenset[str]]]:
    """Each case with each fact left out in turn, and every outcome that the fact could give.

    The outcomes are found by trying every value of the missing fact, not by three-valued logic.
    """
    for facts in cases:
        for fact in facts:
            worlds = [licet.answer({**facts, fact: value}) for value in ruleset.values(fact)]
            left = {name: value for name, value in facts.items() if name != fact}
            yield left, fact, frozenset().union(*(world.outcomes for world in worlds))


def kind_of(engine: Engine, facts: Facts, possible: frozenset[str]) -> tuple[str, Answer | str]:
    """What sort of answer an engine gives to a case that lacks a fact, and the answer or error."""
    try:
        answer = engine.answer(facts)
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is its answer here
        return "error", str(error).splitlines()[0]
    if len(answer.outcomes) > 1 and answer.outcomes >= possible:
        sort = "open"
    elif answer.outcomes == possible:
        sort = "right"
    elif _mildest(answer.outcomes) > _strictest(possible):
        sort = "milder"
    else:
        sort = "as strict"
    return sort + (", error noted" if answer.noted else ""), answer


def _strictest(outcomes: frozenset[str]) -> int:
    return min(strictness(Outcome(outcome)) for outcome in outcomes)


def _mildest(outcomes: frozenset[str]) -> int:
    return max(strictness(Outcome(outcome)) for outcome in outcomes)


def missing(tried: list[Engine], cases: list[Facts]) -> dict[str, Any]:
    """What each engine answers when one fact is left out, counted and by one example."""
    compared = [engine for engine in tried if engine.compare]
    counts: dict[str, dict[bool, Counter[str]]] = {
        engine.name: {True: Counter(), False: Counter()} for engine in compared
    }
    example: dict[str, Any] = {}
    wanted = frozenset({Outcome.PROHIBITED.value, Outcome.NO_RULE_APPLIES.value})
    for facts, fact, possible in removals(tried[0], cases):
        said = {e.name: kind_of(e, facts, possible) for e in compared}
        for name, (sort, _) in said.items():
            counts[name][len(possible) > 1][sort] += 1
        if not example and possible == wanted:
            example = {
                "fact": fact,
                "possible": told(possible),
                "answers": {name: _words(sort, answer) for name, (sort, answer) in said.items()},
            }
    return {"counts": counts, "example": example}


def told(outcomes: frozenset[str]) -> str:
    """Outcomes in words, strictest first."""
    return " or ".join(o.value for o in ordered({Outcome(o) for o in outcomes}))


def _words(sort: str, answer: Answer | str) -> str:
    if isinstance(answer, str):
        return f"an error: {answer[:90]}"
    noted = f" (beside it: {answer.noted[:90]})" if answer.noted else ""
    return f"{'open: ' if sort == 'open' else ''}{told(answer.outcomes)}{noted}"


# The commands ------------------------------------------------------------------------------------


def write_texts(book: Rulebook, folder: Path) -> None:
    """Write what each engine reads beside the rule set's own files, to be looked at."""
    ruleset.write(folder)
    written = {
        "zen-expression.txt": texts.ZEN.outcome(book),
        "zen-graph.json": texts.zen_graph(book),
        "cel.txt": texts.CEL.outcome(book),
        "json-logic.json": json.dumps(texts.json_logic(book), indent=1),
        "policies.cedar": "\n".join(texts.cedar_policies(book).values()),
        "made_up.rego": texts.Rego(book).module,
    }
    for name, text in written.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")


def made_up(seed: int) -> Rulebook:
    """The rule set of a seed, loaded."""
    with tempfile.TemporaryDirectory() as folder:
        return ruleset.write(Path(folder), seed)


def check(sets: int, cases: int) -> int:
    """Other engines as oracles: many rule sets, complete cases, the outcomes alone. 1 at a mismatch."""
    for seed in range(sets):
        tried = engines(made_up(seed))
        wrong = mismatches(tried, ruleset.cases(cases, seed))
        if any(wrong.values()):
            print(f"rule set {seed}: not the same outcomes: {wrong}", file=sys.stderr)
            return 1
    print(f"{sets} rule sets, {cases} complete cases of each: every engine gives the same outcomes")
    return 0


def compare(book: Rulebook, args: argparse.Namespace) -> int:
    """Everything on one rule set. 1 where an engine, or Licet with a fact missing, is wrong."""
    tried = engines(book)
    wrong = mismatches(tried, ruleset.cases(args.cases, seed=0))
    if any(wrong.values()):
        print(f"not the same outcomes: {wrong}", file=sys.stderr)
        return 1
    rows = speeds(tried, args.rounds, args.seconds)
    lacking = missing(tried, ruleset.cases(args.removals, seed=42))
    ours = lacking["counts"][tried[0].name]
    unsound = (ours[True] + ours[False]).keys() - {"open", "right"}
    if args.json:
        body = {"mismatches": wrong, "speeds": rows, "missing": tables.plain(lacking)}
        print(json.dumps(body, indent=1))
    else:
        print(f"{args.cases} complete cases: no mismatch in {len(tried)} ways of asking\n")
        print(tables.speeds(rows))
        print(f"\n{args.removals} cases, each of {len(ruleset.FACTS)} facts left out in turn")
        print(tables.all_of(lacking))
    return 1 if unsound else 0


def main() -> int:
    """Read the command, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=7, help="rounds of all engines (7)")
    add("--seconds", type=float, default=0.3, help="of each engine in a round (0.3)")
    add("--cases", type=int, default=400, help="complete cases compared (400)")
    add("--removals", type=int, default=60, help="cases of which each fact is left out (60)")
    add("--texts", type=Path, help="write the rule set and each engine's text here")
    add("--check", type=int, metavar="SETS", help="only compare, on so many other rule sets")
    add("--json", action="store_true")
    args = parser.parse_args()
    if args.check:
        return check(args.check, args.cases)
    book = made_up(ruleset.SEED)
    if args.texts:
        write_texts(book, args.texts)
    return compare(book, args)


if __name__ == "__main__":
    sys.exit(main())
