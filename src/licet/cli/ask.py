"""``licet ask``: an interview that puts only what can still change the answer."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from licet.cli.files import put, read, refuse_overwriting
from licet.cli.parser import Parser, UsageError, add_json, add_output
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.model.case import Case

EXAMPLES = (
    "licet ask case.yaml -o answered.yaml                       an interview",
    "licet ask case.yaml --json                                 the questions, for a form",
    'licet ask case.yaml --accepted "Test report 44" -o b.yaml  by an officer, from a document',
)
STOP = ("stop", "quit", "q")
UNKNOWN = ("", "skip", "?", "unknown")


def parser(prog: str) -> Parser:
    """The options of ``licet ask``."""
    made = Parser(prog, "Ask what can still change an answer, most decisive first.", EXAMPLES)
    made.add_argument("file", metavar="FILE", help="a case (YAML or JSON), or - with --json")
    made.add_argument("--rulebook", action="append", metavar="ID", help="only this (repeatable)")
    made.add_argument("--accepted", metavar="SOURCE", help="an officer answers, from this document")
    add_json(made, "every open question, and ask nothing,")
    add_output(made, "OUT.yaml", to="where to write the case with its answers")
    made.epilog = (
        "An empty line leaves a question open; stop ends the interview. exit codes: 0 settled, 10 "
        "questions are left, 2 wrong usage"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List the questions, or put them one by one; 0 where none is left, else 10."""
    from licet.assessment.assess import assess
    from licet.assessment.casefile import parse_case, write_yaml
    from licet.assessment.evidence import Knowledge
    from licet.assessment.interview import questions

    case = parse_case(*read(args.file))
    knowledge = Knowledge.open()

    def left(of: Case) -> list[dict[str, Any]]:
        return questions(assess(of, knowledge, rulebooks=args.rulebook))

    if args.json:
        found = left(case)
        terminal.data(json.dumps({"case": case.id, "questions": found}, ensure_ascii=False))
        return 10 if found else 0
    if args.file == "-":
        raise UsageError(Fault("FILE", "an interview reads its answers from standard input"))
    refuse_overwriting(args.output, force=args.force)
    skipped: set[str] = set()
    while True:
        open_ones = [q for q in left(case) if q["fact"] not in skipped]
        if not open_ones:
            break
        answer = _put(open_ones[0], len(open_ones), terminal)
        if answer is None:
            break
        if answer in UNKNOWN:
            skipped.add(open_ones[0]["fact"])
            continue
        try:
            case = _answered(case, open_ones[0], answer, args.accepted or "", terminal)
        except InputError as error:
            terminal.complain(str(error))
    remaining = len(left(case))
    put(args.output, write_yaml(case).encode())
    terminal.say(f"{remaining} questions left open" if remaining else "nothing more can change it")
    return 10 if remaining else 0


def _put(question: dict[str, Any], number: int, terminal: Terminal) -> str | None:
    """Put one question; None where the interview ends."""
    matters = "; ".join(
        f"{m['rulebook']} {', '.join(m['provisions'])}".strip() for m in question["matters_for"]
    )
    terminal.say(f"\n{terminal.wrap(question['question'])}")
    terminal.say(terminal.wrap(f"matters for {matters.replace('@reach', '(its reach)')}", "  "))
    if question["evidence_asked"]:
        terminal.say(terminal.wrap(f"evidence: {question['evidence_asked']}", "  "))
    offered = ", ".join(question["may_be"]) or "a text"
    terminal.err.write(f"[{number} open] {offered}; empty: not known; stop > ")
    terminal.err.flush()
    line = sys.stdin.readline()
    if not line or line.strip().lower() in STOP:
        return None
    return line.strip()


def _answered(
    case: Case, question: dict[str, Any], answer: str, accepted: str, terminal: Terminal
) -> Case:
    from licet.assessment.interview import with_answer
    from licet.model.fact import Standing
    from licet.rules.load import default_dictionary

    source, reasons = accepted, ""
    if default_dictionary().facts[question["fact"]].judgement:
        terminal.err.write("  who judges > ")
        terminal.err.flush()
        source = sys.stdin.readline().strip()
        terminal.err.write("  for what reasons > ")
        terminal.err.flush()
        reasons = sys.stdin.readline().strip()
    standing = Standing.ACCEPTED if accepted else Standing.SELF_DECLARED
    return with_answer(
        case, question["fact"], answer, standing=standing, source=source, reasons=reasons
    )
