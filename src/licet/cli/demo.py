"""``licet demo``: the examples, assessed, and how good the answers are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from licet.cli.parser import Parser, add_json
from licet.cli.terminal import table
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

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
    add_json(made, "answers and shares")
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Assess every example; exit 1 where a share is not as it must be."""
    from licet.assessment.assess import assess
    from licet.assessment.casefile import read_case
    from licet.assessment.evidence import Knowledge

    folder = Path(args.folder) if args.folder else shipped_examples()
    expected = _expected(folder)
    knowledge = Knowledge.open()
    done: dict[str, Assessment] = {}
    for name in terminal.progress(list(expected)):
        done[name] = assess(read_case(folder / f"{name}.yaml"), knowledge, explain=False)
    shares = list(_shares(done, expected))
    missed = [share for share in shares if not share.met]
    if args.json:
        terminal.data(json.dumps(_body(done, expected, shares), ensure_ascii=False))
        return 1 if missed else 0
    terminal.data(_table(done, expected, terminal.width))
    terminal.data("\nOn the merits, the moratorium off:")
    for share in shares:
        terminal.data(f"  {share.found} of {share.of}  {share.words} ({share.wanted})")
    terminal.data(
        "\nLook next:\n"
        f"  licet assess {folder}/cases/01-nso-saudi-2017.yaml\n"
        f"  licet assess {folder}/controls/03-li-mediation-ke-no-court.yaml\n"
        "  licet rulebook show amnesty-2021 AMN-06"
    )
    return 1 if missed else 0


class Share(NamedTuple):
    """How many of a group of examples have a property, and whether that is as it must be."""

    words: str
    found: int
    of: int
    wanted: str
    met: bool


def shipped_examples() -> Path:
    """The folder of the examples that come with Licet."""
    from importlib.resources import files

    inside = Path(str(files("licet"))) / "examples"
    beside = Path(__file__).resolve().parents[3] / "examples"
    found = inside if inside.is_dir() else beside
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


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


def _shares(done: Mapping[str, Assessment], expected: Mapping[str, Any]) -> Iterator[Share]:
    """The four shares that tell whether refusing, clearing or asking everything would do as well."""
    from licet.assessment.views import agreements, model_on_merits
    from licet.model.outcome import REFUSES, UNRESTRICTED

    merits = {name: model_on_merits(a) for name, a in done.items()}

    documented = [n for n, e in expected.items() if e["basis"].startswith("documented")]
    loose = sum(merits[n] <= UNRESTRICTED for n in documented)
    words = "documented transfers that end unrestricted under the policy"
    yield Share(words, loose, len(documented), "must be 0", loose == 0)

    exempt = [n for n, e in expected.items() if e["group"] == "ordinary-or-exempt"]
    hard = sum(merits[n] <= REFUSES for n in exempt)
    words = "ordinary, exempt items that are refused"
    yield Share(words, hard, len(exempt), "must be 0", hard == 0)

    lawful = [n for n, e in expected.items() if "control-must-not-refuse" in e["tags"]]
    hard = sum(merits[n] <= REFUSES for n in lawful)
    words = "lawful, safeguarded controls that are refused"
    yield Share(words, hard, len(lawful), "at most one in ten", hard * 10 <= len(lawful))

    twins = [n for n, e in expected.items() if e["twin_of"]]
    flips = sum(merits[n] != merits[f"controls/{expected[n]['twin_of']}"] for n in twins)
    words = "twins, one thing changed, that change their answer"
    yield Share(words, flips, len(twins), "must be all", flips == len(twins))

    held = [a for name, one in done.items() for a in agreements(one, expected[name])]
    agree = sum(a.verdict == "agrees" for a in held)
    words = "answers as the dossiers expect; the rest is argued in docs/differences.md"
    forbidden = any(a.verdict == "must_not" for a in held)
    yield Share(words, agree, len(held), "no forbidden answer", not forbidden)


def _body(
    done: Mapping[str, Assessment], expected: Mapping[str, Any], shares: list[Share]
) -> dict[str, Any]:
    from licet.assessment.views import agreements, model_on_merits
    from licet.model.outcome import ordered

    return {
        "cases": [
            {
                "case": assessment.case.id,
                "policy_on_merits": [o.value for o in ordered(model_on_merits(assessment))],
                "expectations": [
                    {"of": a.of, "got": [o.value for o in ordered(a.got)], "verdict": a.verdict}
                    for a in agreements(assessment, expected[name])
                ],
            }
            for name, assessment in done.items()
        ],
        "shares": [share._asdict() for share in shares],
    }
