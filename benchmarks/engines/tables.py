"""What was measured, as Markdown."""

from __future__ import annotations

from collections import Counter
from typing import Any


def speeds(rows: list[dict[str, Any]]) -> str:
    """The speeds as Markdown."""
    lines = [
        "| engine | asked how | decisions a second, median | slowest to fastest round | times Licet's tree |",
        "|---|---|---|---|---|",
    ]
    for r in rows:
        spread = f"{_round(r['slowest'])} to {_round(r['fastest'])}"
        cells = (r["engine"], r["how"], _round(r["median"]), spread, f"{r['times_licet']:.2g}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _round(rate: float) -> str:
    """Three figures are more than a shared machine is worth."""
    return f"{float(f'{rate:.3g}'):,.0f}"


def missing(found: dict[str, Any], *, matters: bool) -> str:
    """How often each engine answered how, where the missing fact matters or not, as Markdown."""
    if matters:
        sorts = ("open", "error", "as strict", "milder")
        words = ("said it is open", "an error", "one outcome, the strictest", "**one, too mild**")
    else:
        sorts = ("right", "open", "error", "as strict", "milder")
        words = ("the outcome", "said it is open", "an error", "too strict", "**too mild**")
    lines = [f"| engine | {' | '.join(words)} |", "|---" * (len(sorts) + 1) + "|"]
    for name, counts in found["counts"].items():
        told_so = _without_notes(counts[matters])
        lines.append(f"| {name} | {' | '.join(str(told_so[sort]) for sort in sorts)} |")
    return "\n".join(lines)


def _without_notes(counts: Counter[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for sort, count in counts.items():
        total[sort.removesuffix(", error noted")] += count
    return total


def example_of(example: dict[str, Any]) -> str:
    """The one example, as Markdown."""
    rows = [f"| {name} | {said} |" for name, said in example["answers"].items()]
    return "\n".join(["| engine | answer |", "|---|---|", *rows])


def all_of(found: dict[str, Any]) -> str:
    """Everything on missing facts."""
    counts = next(iter(found["counts"].values()))
    parts = [
        f"\nIt matters {counts[True].total()} times: other values give other outcomes\n",
        missing(found, matters=True),
        f"\nIt does not matter {counts[False].total()} times: every value gives one outcome\n",
        missing(found, matters=False),
    ]
    example = found["example"]
    if example:
        head = f"\nOne of them: {example['fact']} is missing; in truth {example['possible']}\n"
        parts += [head, example_of(example)]
    return "\n".join(parts)


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The counts with words for keys, for JSON."""
    counts = {
        name: {"matters": dict(both[True]), "does_not_matter": dict(both[False])}
        for name, both in found["counts"].items()
    }
    return {**found, "counts": counts}
