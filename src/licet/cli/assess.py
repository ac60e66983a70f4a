"""``licet assess``: cases in, answers out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.exit_codes import WORDS, Answer, answer_of, exit_code
from licet.cli.files import read, write_atomic
from licet.cli.parser import Parser, add_json
from licet.errors import Fault, InputError, LicetError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from licet.assessment.assess import Assessment
    from licet.assessment.evidence import Knowledge
    from licet.assessment.options import Options
    from licet.cli.terminal import Terminal
    from licet.model.case import Case
    from licet.rules.rulebook import Rulebook

EXAMPLES = (
    "licet assess case.yaml                          the answer in words",
    "licet assess examples/cases/*.yaml --json       one JSON object per case and rulebook",
    "licet assess case.yaml --rulebook eu-dual-use   one rulebook alone",
    "licet assess case.yaml --html answer.html       a page to print",
    "licet assess case.yaml --save decisions/        keep it, for licet replay",
    "licet assess deals.xlsx                         a whole portfolio, worst first",
    "cat case.json | licet assess -                  from standard input",
)


def parser(prog: str) -> Parser:
    """The options of ``licet assess``."""
    made = Parser(prog, "Assess cases under every rulebook, each alone.", EXAMPLES)
    made.add_argument("files", nargs="+", metavar="FILE", help="case (YAML, JSON), .xlsx, or -")
    add_json(made, "one object per case and rulebook")
    made.add_argument("--rulebook", action="append", metavar="ID", help="only this (repeatable)")
    made.add_argument("--rulebooks", metavar="DIR", help="a rulebook folder of your own, as well")
    made.add_argument("--html", metavar="OUT", help="write a page (for one case)")
    made.add_argument("--save", metavar="DIR", help="write determinations and their cases here")
    made.add_argument(
        "--mode",
        choices=("authority", "self-assessment"),
        default="authority",
        help="self-assessment: the applicant's own word counts, and is shown",
    )
    made.add_argument(
        "--evidence",
        choices=("strict", "reconstructed"),
        default="reconstructed",
        help="strict: only editions published by the day",
    )
    made.add_argument(
        "--strict-dates",
        action="store_true",
        help="a model rulebook does not look back to years before it",
    )
    made.add_argument("--as-of", metavar="DATE", help="assess as of this day instead")
    made.add_argument("--snapshot", metavar="DIR", help="evidence snapshot to use")
    made.add_argument("--full", action="store_true", help="every question and caution")
    codes = "; ".join(f"{int(code)} {words}" for code, words in WORDS.items())
    made.epilog = f"exit codes, the first that applies over everything assessed: {codes}"
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Assess every file; report those that failed and print the others."""
    from licet.assessment.evidence import Knowledge

    books = _books(args)
    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    named = tuple(args.rulebook or ())
    answers: list[Answer] = []
    failed = False
    for name in terminal.progress(args.files):
        for case in _cases(name, terminal):
            if isinstance(case, InputError):
                terminal.complain(str(case))
                failed = True
                continue
            done = _assess(case, knowledge, args, books)
            answers.extend(answer_of(d.body) for d in done.determinations)
            _show(done, args, terminal)
    return exit_code(answers, named, failed=failed)


def _books(args: argparse.Namespace) -> dict[str, Rulebook] | None:
    if not args.rulebooks:
        return None
    from licet.rules.load import load_rulebook, shipped

    own = load_rulebook(Path(args.rulebooks))
    return {**shipped(), own.id: own}


def _cases(name: str, terminal: Terminal) -> Iterable[Case | InputError]:
    from licet.assessment.casefile import parse_case

    if name.endswith((".xlsx", ".xlsm")):
        from licet.assessment.workbook import read_workbook

        try:
            rows = read_workbook(Path(name))
        except InputError as error:
            yield error
            return
        for _, case in rows:
            yield case
        return
    try:
        raw, label = read(name)
        yield parse_case(raw, label)
    except InputError as error:
        yield error
    del terminal


def _options(args: argparse.Namespace) -> Options:
    from licet.assessment.options import EvidenceMode, Options
    from licet.assessment.statements import Mode

    return Options(
        Mode(args.mode.replace("-", "_")), EvidenceMode(args.evidence), args.strict_dates
    )


def _assess(
    case: Case, knowledge: Knowledge, args: argparse.Namespace, books: dict[str, Rulebook] | None
) -> Assessment:
    from licet.assessment.assess import assess
    from licet.model.dates import Span

    if args.as_of:
        try:
            day = Span.read(args.as_of)
        except ValueError as error:
            raise InputError(Fault("--as-of", str(error))) from error
        case = case.model_copy(update={"dates": case.dates.model_copy(update={"assessed": day})})
    return assess(case, knowledge, rulebooks=args.rulebook, books=books, options=_options(args))


def _show(done: Assessment, args: argparse.Namespace, terminal: Terminal) -> None:
    if args.save:
        for path in save(done, Path(args.save)):
            terminal.say(f"kept {path}")
    if args.html:
        from licet.assessment.page import render_page

        write_atomic(Path(args.html), render_page(done).encode())
        terminal.say(f"wrote {args.html}")
    if args.json:
        for determination in done.determinations:
            terminal.data(json.dumps(determination.body, ensure_ascii=False, sort_keys=True))
    elif not (args.html and args.quiet):
        from licet.assessment.text import render_text

        terminal.data(
            render_text(done, width=terminal.width, colour=terminal.colour, full=args.full)
        )


def save(done: Assessment, folder: Path) -> tuple[Path, ...]:
    """Write an assessment's determinations and its case, each whole or not at all."""
    from licet.assessment.replay import case_file_name
    from licet.model.canonical import canonical_bytes, digest

    canonical = done.case.canonical()
    paths = [folder / case_file_name(digest(canonical))]
    write_atomic(paths[0], canonical_bytes(canonical))
    for determination in done.determinations:
        path = folder / f"{done.case.id}.{determination.book.id}.json"
        write_atomic(path, determination.to_bytes())
        paths.append(path)
    return tuple(paths)


__all__ = ["LicetError", "parser", "run", "save"]
