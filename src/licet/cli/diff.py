"""``licet diff``: what changed between two determinations, and what changed it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from licet.assessment.comparison import ANSWERS, compare, pair
from licet.cli.files import read
from licet.cli.parser import Parser, add_json
from licet.cli.replay import stored_files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet assess case.yaml --save before/                  keep today's answer",
    "licet diff before/ after/                              all that changed",
    "licet diff before/a.eu-ai-act.json after/a.eu-ai-act.json",
)
_MANY = 12
_STATES = {"met": "met", "not_met": "not met", "unknown": "open", "not_in_force": "not in force"}


def parser(prog: str) -> Parser:
    """The options of ``licet diff``."""
    made = Parser(prog, "Explain what changed between two determinations.", EXAMPLES)
    made.add_argument("before", metavar="BEFORE", help="a stored determination, or a folder")
    made.add_argument("after", metavar="AFTER", help="the same, made later or from other inputs")
    add_json(made, "the comparison, one object a rulebook,")
    made.epilog = "exit codes: 0 every answer is the same, 1 one differs, 2 wrong usage"
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Exit 0 where every answer is the same, 1 where one differs or has no counterpart."""
    same = True
    for was, now in pair(stored_bodies(args.before), stored_bodies(args.after)):
        if was is None or now is None:
            same = False
            one = was or now or {}
            _only(one, args.before if now is None else args.after, terminal, as_json=args.json)
            continue
        found = compare(was, now)
        same = same and found["same_answer"]
        if args.json:
            terminal.data(json.dumps(found, ensure_ascii=False))
        else:
            for line in told(found, terminal):
                terminal.data(line)
    return 0 if same else 1


def stored_bodies(name: str) -> list[dict[str, Any]]:
    """Every stored determination of a file or folder."""
    from licet.assessment.replay import read_determinations

    return [body for path in stored_files([name]) for body in read_determinations(*read(path))]


def _only(body: Mapping[str, Any], where: str, terminal: Terminal, *, as_json: bool) -> None:
    told = {"case": body["case"], "rulebook": body["rulebook"], "only_in": where}
    words = f"{told['case']} under {told['rulebook']}: only in {where}"
    terminal.data(json.dumps(told, ensure_ascii=False) if as_json else words)


def told(found: Mapping[str, Any], terminal: Terminal) -> Iterator[str]:
    """The comparison in words: the answer, what it was made from, then each line."""
    name = terminal.style(f"{found['case']} under {found['rulebook']}", "bold")
    inputs = [_input(one) for one in found["inputs"]] or ["every input is the same"]
    if found["same_answer"]:
        answer = _outcomes(found["outcomes"]["after"])
        yield terminal.wrap(f"{name}: the same answer: {answer} ({'; '.join(inputs)})", "", "  ")
    else:
        yield f"{name}: ANOTHER ANSWER"
        yield from _answers(found, "  ", terminal)
        yield terminal.wrap(f"made from other inputs: {'; '.join(inputs)}", "  ", "    ")
    for line in found["lines"]:
        yield terminal.wrap(f"{line['item']} → {line['end_user'] or 'no end user'}", "  ")
        if any(line[key] != found[key] for key in ANSWERS):
            yield from _answers(line, "    ", terminal)
        yield from _changed(line, terminal)
    for word in ("opened", "closed"):
        if found["questions"][word]:
            listed = _some(found["questions"][word])
            yield terminal.wrap(f"questions {word}: {listed}", "  ", "    ")


def _answers(of: Mapping[str, Any], indent: str, terminal: Terminal) -> Iterator[str]:
    for key, label in zip(ANSWERS, ("answer", "on the merits"), strict=True):
        if label == "on the merits" and of[key] == of["outcomes"]:
            continue
        before, after = (_outcomes(of[key][side]) for side in ("before", "after"))
        text = f"{label}: {after}" if before == after else f"{label}: {before} → {after}"
        yield terminal.wrap(text, indent, f"{indent}  ")


def _outcomes(stored: list[str] | None) -> str:
    """Outcomes in words; a method stores grades in their place."""
    from licet.assessment import wording
    from licet.model.outcome import Outcome

    if stored is None:
        return "no such line"
    outcomes = frozenset(Outcome(value) for value in stored if value in set(Outcome))
    words = [wording.grade(value) for value in stored if value not in outcomes]
    return " or ".join([*words, wording.outcomes(outcomes)] if outcomes else words)


def _input(one: Mapping[str, Any]) -> str:
    match one["input"]:
        case "case_digest":
            return "the case file changed"
        case "rulebook_digest":
            return "the rulebook changed"
        case "snapshot_digest":
            return "the evidence snapshot changed"
        case "moratoria":
            return f"moratoria: {_ids(one['before'])} → {_ids(one['after'])}"
        case "uses":
            return "a rulebook that this one uses changed"
        case name:
            return f"{name.replace('_', ' ')}: {_value(one['before'])} → {_value(one['after'])}"


def _ids(moratoria: list[Mapping[str, str]] | None) -> str:
    listed = [f"{one['id']} ({one['digest'][7:15]})" for one in moratoria or ()]
    return ", ".join(listed) or "none"


def _changed(line: Mapping[str, Any], terminal: Terminal) -> Iterator[str]:
    """What decides first; a fact is told where it first made a difference, the rest at the end."""
    facts = {
        one["fact"]: f"{_fact(one['before'])} → {_fact(one['after'])}" for one in line["facts"]
    }
    told: set[str] = set()
    idle = [one for one in line["provisions"] if not _matters(one)]
    shown = [one for one in line["provisions"] if _matters(one)]
    for one in sorted(shown, key=lambda one: not one["decides"]):
        states = " → ".join(_STATES.get(one[side], one[side]) for side in ("before", "after"))
        decides = " (decides)" if one["decides"] else ""
        yield f"    {one['provision']}: {states}{decides}"
        for fact in one["because"]:
            change = "" if fact in told else f": {facts[fact]}" if fact in facts else ""
            yield terminal.wrap(f"because {fact}{change}", "      ", "        ")
            told.add(fact)
    if idle:
        yield f"    {len(idle)} more came into force or went out of it, and are not met"
    rest = [fact for fact in facts if fact not in told]
    for fact in rest[:_MANY]:
        yield terminal.wrap(f"also read otherwise: {fact}: {facts[fact]}", "    ", "      ")
    if len(rest) > _MANY:
        yield f"    and {len(rest) - _MANY} more facts; --json lists them"


def _matters(one: Mapping[str, Any]) -> bool:
    """Whether a provision was or became met or open, or read a fact otherwise."""
    idle = {"not_met", "not_in_force", "absent"}
    return bool(one["because"]) or not {one["before"], one["after"]} <= idle


def _fact(reading: Mapping[str, Any] | None) -> str:
    from licet.assessment import wording

    if reading is None:
        return "not read"
    if "unknown" in reading:
        still = f": {', '.join(map(_value, reading['possible']))}" if "possible" in reading else ""
        return f"not known ({wording.reason(reading['unknown'])}{still})"
    return f"{_value(reading['value'])} ({reading['standing'].replace('_', ' ')})"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more
