"""How fast: one case warm, the command line cold, a portfolio. ``python -m benchmarks``.

Machines are noisy, so every figure is a median with its spread, and a cold start also stands as a
ratio to starting Python with nothing, measured in turns in the same run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import assess
from licet.assessment.book import render_pages
from licet.assessment.casefile import build_case, read_case
from licet.assessment.evidence import Knowledge
from licet.rules.examples import run_examples
from licet.rules.load import shipped
from licet.rules.mutants import mutants
from licet.rules.mutation import run_mutants

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FIVE_PARTIES = (
    ("Acme Telecom Systems", "exporter", "FR"),
    ("Blue Harbour Trading", "consignee", "AE"),
    ("Ministry of Interior", "end_user", "EG"),
    ("Nordic Probe", "manufacturer", "SE"),
    ("Cedar Brokers", "broker", "CY"),
)


def five_party_case() -> Any:
    """A case of five parties with three aliases each, of which almost nothing else is known."""
    return build_case(
        {
            "schema": "licet/case/1",
            "id": "five-parties",
            "kind": "export",
            "dates": {"assessed": "2024-05-01"},
            "parties": [
                {
                    "name": name,
                    "roles": [role],
                    "country": [country],
                    "aliases": [f"{name} Ltd", f"{name.upper()} GmbH", f"The {name}"],
                }
                for name, role, country in FIVE_PARTIES
            ],
            "items": [{"name": "IMSI catcher"}],
            "answers": {"item.surveillance": "yes"},
        },
        "five parties",
    )


def documented_case() -> Any:
    """A documented transfer of five parties, each with three aliases: most facts are stated."""
    raw = read_case(ROOT / "examples/cases/04-intellexa-madagascar-sudan-2021.yaml").canonical()
    for party in raw["parties"]:
        name = party["name"]
        party["aliases"] = [f"{name} Ltd", f"{name.upper()} GmbH", f"The {name}"]
    return build_case(raw, "documented")


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, fastest and slowest, in milliseconds."""
    return {
        "median_ms": round(1000 * statistics.median(seconds), 1),
        "fastest_ms": round(1000 * min(seconds), 1),
        "slowest_ms": round(1000 * max(seconds), 1),
    }


def timed(run: Callable[[], object], times: int) -> dict[str, float]:
    """Time a function after one run that is not counted."""
    run()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return spread(seconds)


def warm(times: int) -> dict[str, Any]:
    """One case under all rulebooks in a process that has begun, and the parts of it."""
    case, knowledge, documented = five_party_case(), Knowledge.open(), documented_case()
    day = case.dates.assessed.last
    return {
        "a documented case: every rulebook, screening, questions": timed(
            lambda: assess(documented, knowledge), times
        ),
        "a case of which almost nothing is known": timed(lambda: assess(case, knowledge), times),
        "the same without questions and what-ifs": timed(
            lambda: assess(case, knowledge, explain=False), times
        ),
        "screening of its 20 names alone": timed(lambda: knowledge.screen(case, day), times),
    }


def portfolio() -> dict[str, Any]:
    """All examples in one process."""
    knowledge = Knowledge.open()
    cases = [read_case(path) for path in sorted((ROOT / "examples").rglob("*.yaml"))]
    found = timed(lambda: [assess(case, knowledge) for case in cases], 3)
    each = round(found["median_ms"] / len(cases), 1)
    return {f"all {len(cases)} examples": found, "one of them, in the mean": {"median_ms": each}}


def rulebooks() -> dict[str, Any]:
    """What those who write law run: examples, mutants, pages."""
    books = shipped().values()
    changes = sum(1 for book in books for _ in mutants(book))
    return {
        "every example of every rulebook": timed(lambda: [run_examples(b) for b in books], 5),
        f"all {changes} mutants": timed(lambda: [run_mutants(b) for b in books], 3),
        "every page of every rulebook": timed(lambda: [render_pages(b) for b in books], 3),
    }


def cold(times: int) -> dict[str, Any]:
    """The command line from nothing, in turns with a Python that does nothing."""
    case = str(ROOT / "examples/cases/01-nso-saudi-2017.yaml")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "licet --version": [sys.executable, "-m", "licet.cli.main", "--version"],
        "licet screen": [sys.executable, "-m", "licet.cli.main", "screen", "NSO Group"],
        "licet assess": [sys.executable, "-m", "licet.cli.main", "assess", case],
        "licet rulebook check": [sys.executable, "-m", "licet.cli.main", "rulebook", "check"],
        "licet rulebook check eu-dual-use/": [
            *(sys.executable, "-m", "licet.cli.main", "rulebook", "check"),
            str(ROOT / "src/licet/rulebooks/eu-dual-use"),
        ],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            if turn:
                seconds[name].append(time.perf_counter() - start)
    found: dict[str, Any] = {name: spread(took) for name, took in seconds.items()}
    base = found["python -c pass"]["median_ms"]
    for one in found.values():
        one["times_python"] = round(one["median_ms"] / base, 1)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--times", type=int, default=15, help="repetitions (15)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = {
        "warm": warm(args.times),
        "cold": cold(args.times),
        "portfolio": portfolio(),
        "rulebooks": rulebooks(),
    }
    if args.json:
        print(json.dumps(found, indent=1))
        return
    for part, rows in found.items():
        print(part)
        for name, figures in rows.items():
            told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items())
            print(f"  {name}: {told}")


if __name__ == "__main__":
    main()
