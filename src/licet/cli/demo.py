"""``licet demo``: the examples, assessed, and how good the answers are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser
from licet.cli.terminal import table
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from licet.assessment.assess import Assessment
    from licet.cli.terminal import Terminal
    from licet.model.outcome import Outcome

EXAMPLES = (
    "licet demo                the examples that come with Licet",
    "licet demo examples      those of a folder with expected.json",
)


def parser(prog: str) -> Parser:
    """The options of ``licet demo``."""
    made = Parser(prog, "Assess the examples and say how good the answers are.", EXAMPLES)
    made.add_argument("folder", nargs="?", help="folder that holds expected.json and the cases")
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Assess every example; exit 1 if an answer that must not come out did."""
    from licet.assessment.assess import assess
    from licet.assessment.casefile import read_case
    from licet.assessment.evidence import Knowledge

    folder = Path(args.folder) if args.folder else _shipped()
    expected = _expected(folder)
    knowledge = Knowledge.open()
    done: dict[str, Assessment] = {}
    for name in terminal.progress(list(expected)):
        done[name] = assess(read_case(folder / f"{name}.yaml"), knowledge, explain=False)
    terminal.data(_table(done, expected, terminal.width))
    forbidden = _report(done, expected, terminal)
    terminal.data(
        "Look next:\n"
        f"  licet assess {folder}/cases/01-nso-saudi-2017.yaml\n"
        f"  licet assess {folder}/controls/03-li-mediation-ke-no-court.yaml\n"
        "  licet rulebook show amnesty-2021 AMN-06"
    )
    return 1 if forbidden else 0


def _shipped() -> Path:
    from importlib.resources import files

    inside = Path(str(files("licet"))) / "examples"
    beside = Path(__file__).resolve().parents[3] / "examples"
    return inside if inside.is_dir() else beside


def _expected(folder: Path) -> dict[str, Any]:
    file = folder / "expected.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(
                "",
                f"cannot be read ({error}): name a folder that holds expected.json and the cases",
                str(file),
            )
        ) from error
    return found


def _short(outcomes: frozenset[Outcome]) -> str:
    from licet.assessment.story import QUIET
    from licet.model.outcome import ordered

    words = [o.value.replace("_", " ") for o in ordered(outcomes)]
    if outcomes <= QUIET and len(words) == 2:
        return " or ".join(word.removesuffix(" applies") for word in words)
    return words[0] if len(words) == 1 else f"open ({len(words)} ways)"


def _table(done: Mapping[str, Assessment], expected: Mapping[str, Any], width: int) -> str:
    from licet.assessment.views import agreements, model_on_merits, strictest_view

    rows = []
    for name, assessment in done.items():
        views = [strictest_view(assessment, j) for j in ("EU", "US")]
        held = agreements(assessment, expected[name])
        agree = sum(a.verdict == "agrees" for a in held)
        rows.append(
            (
                assessment.case.id[:34],
                *(_short(v.outcomes) if v else "-" for v in views),
                _short(model_on_merits(assessment)),
                f"{agree}/{len(held)}",
            )
        )
    return table(rows, ("case", "EU law", "US law", "policy, on the merits", "as expected"), width)


def _report(done: Mapping[str, Assessment], expected: Mapping[str, Any], terminal: Terminal) -> int:
    from licet.assessment.views import agreements, model_on_merits
    from licet.model.outcome import Outcome

    loose = {Outcome.NO_RULE_APPLIES, Outcome.EXEMPT}
    refused = {
        Outcome.PROHIBITED,
        Outcome.REFUSAL_REQUIRED,
        Outcome.EXCLUSION_REQUIRED,
        Outcome.REFUSAL_PRESUMED,
    }
    merits = {name: model_on_merits(a) for name, a in done.items()}
    held = [a for name, one in done.items() for a in agreements(one, expected[name])]
    groups = {
        "documented transfers that end unrestricted under the policy": (
            [n for n, e in expected.items() if e["basis"].startswith("documented")],
            lambda n: merits[n] <= loose,
            "must be 0",
        ),
        "ordinary, exempt items that are refused": (
            [n for n, e in expected.items() if e["group"] == "ordinary-or-exempt"],
            lambda n: merits[n] <= refused,
            "must be 0",
        ),
        "lawful, safeguarded controls that are refused": (
            [n for n, e in expected.items() if "control-must-not-refuse" in e["tags"]],
            lambda n: merits[n] <= refused,
            "at most one in ten",
        ),
        "twins, one thing changed, that change their answer": (
            [n for n, e in expected.items() if e["twin_of"]],
            lambda n: merits[n] != merits[f"controls/{expected[n]['twin_of']}"],
            "must be all",
        ),
    }
    terminal.data("\nOn the merits, the moratorium off:")
    for words, (names, test, wanted) in groups.items():
        terminal.data(f"  {sum(map(test, names))} of {len(names)}  {words} ({wanted})")
    agree = sum(a.verdict == "agrees" for a in held)
    terminal.data(
        f"  {agree} of {len(held)}  answers as the dossiers expect; the rest is argued in "
        "docs/differences.md\n"
    )
    return sum(a.verdict == "must_not" for a in held)
