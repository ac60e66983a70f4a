"""``licet ask``: an interview that puts only what can still change the answer."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from licet.cli.books import add_rulebooks, with_own
from licet.cli.files import STDIN, put, read, refuse_overwriting
from licet.cli.moratoria import add_moratorium, declared
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
    add_rulebooks(made)
    add_moratorium(made)
    made.add_argument("--accepted", metavar="SOURCE", help="an officer answers, from this document")
    add_json(made, "every open question, and ask nothing,")
    add_output(made, "OUT.yaml", to="where to write the case with its answers")
    made.epilog = (
        "Judgements are put only with --accepted. An empty line leaves a question open; stop ends the interview. exit codes: 0 settled, 10 "
        "questions are left, 2 wrong usage"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List the questions, or put them one by one; 0 where none is left, else 10."""
    from licet.assessment import wording
    from licet.assessment.assess import assess
    from licet.assessment.casefile import parse_case, write_yaml
    from licet.assessment.evidence import Knowledge
    from licet.assessment.interview import questions

    case = parse_case(*read(args.file))
    knowledge = Knowledge.open()
    books = declared(args, with_own(args.rulebooks))

    def may_be_put(question: dict[str, Any]) -> bool:
        """A judgement is an officer's: an applicant's name under it would make it count."""
        return bool(args.accepted) or not question["judgement"]

    def left(of: Case) -> list[dict[str, Any]]:
        return questions(assess(of, knowledge, rulebooks=args.rulebook, books=books))

    if args.json:
        found = left(case)
        terminal.data(json.dumps({"case": case.id, "questions": found}, ensure_ascii=False))
        return 10 if found else 0
    if args.file == "-":
        raise UsageError(Fault("FILE", "an interview reads its answers from standard input"))
    refuse_overwriting(args.output, force=args.force)
    put_before: set[str] = set()
    while open_ones := [q for q in left(case) if q["fact"] not in put_before and may_be_put(q)]:
        asked = open_ones[0]
        try:
            answer = _put(asked, len(open_ones), terminal)
            if answer not in UNKNOWN:
                case = _answered(case, asked, answer, args.accepted or "", terminal)
            # Not twice: what a word alone does not settle stays open, and wants evidence.
            put_before.add(asked["fact"])
        except InputError as error:
            terminal.complain(str(error))
        except _EndedError:
            break
        if args.output not in (None, STDIN):  # an interview cut off loses nothing that was said
            put(args.output, write_yaml(case).encode())
    remaining = left(case)
    put(args.output, write_yaml(case).encode())
    terminal.say("left open:" if remaining else "nothing more can change the answer")
    for question in remaining:
        terminal.say(f"  {question['fact']}: {wording.reason(question['why'])}")
    return 10 if remaining else 0


class _EndedError(Exception):
    """The person asked wants no further question."""


def _line(prompt: str, terminal: Terminal) -> str:
    """One line said after a prompt; raises _EndedError at stop, end of input or an interrupt."""
    terminal.err.write(prompt)
    terminal.err.flush()
    try:
        said = sys.stdin.readline()
    except KeyboardInterrupt:
        said = ""
    if not said or said.strip().lower() in STOP:
        terminal.err.write("\n")
        raise _EndedError
    return said.strip()


def _put(question: dict[str, Any], number: int, terminal: Terminal) -> str:
    matters = "; ".join(
        f"{m['rulebook']} {', '.join(m['provisions'])}".strip() for m in question["matters_for"]
    )
    terminal.say(f"\n{terminal.wrap(question['question'])}")
    if len(question["said_of"]) > 1:
        listed = "; ".join(question["said_of"])
        terminal.say(terminal.wrap(f"one answer for each of: {listed}", "  "))
    terminal.say(terminal.wrap(f"matters for {matters.replace('@reach', '(its reach)')}", "  "))
    if question["evidence_asked"]:
        terminal.say(terminal.wrap(f"evidence: {question['evidence_asked']}", "  "))
    offered = ", ".join(question["may_be"]) or "a text"
    return _line(f"[{number} open] {offered}; empty: not known; stop > ", terminal)


def _answered(
    case: Case, question: dict[str, Any], answer: str, accepted: str, terminal: Terminal
) -> Case:
    from licet.assessment.interview import with_answer
    from licet.model.fact import Standing

    source, reasons = accepted, ""
    if question["judgement"]:
        source = _line("  who judges > ", terminal)
        reasons = _line("  for what reasons > ", terminal)
    standing = Standing.ACCEPTED if accepted else Standing.SELF_DECLARED
    return with_answer(
        case, question["fact"], answer, standing=standing, source=source, reasons=reasons
    )
