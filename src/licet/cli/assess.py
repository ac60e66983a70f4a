"""``licet assess``: cases in, answers out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.books import add_rulebooks
from licet.cli.exit_codes import WORDS, Answer, answer_of, exit_code
from licet.cli.files import read, write_atomic
from licet.cli.moratoria import add_moratorium, declared
from licet.cli.parser import Parser, UsageError, add_json
from licet.cli.terminal import table
from licet.errors import EvidenceError, Fault, InputError, ScreeningError, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from licet.assessment.assess import Assessment
    from licet.assessment.evidence import Knowledge
    from licet.assessment.options import Options
    from licet.assessment.portfolio import Deal
    from licet.cli.terminal import Terminal
    from licet.model.case import Case
    from licet.rules.rulebook import Rulebook

SHEETS = (".xlsx", ".xlsm")
EXAMPLES = (
    "licet assess case.yaml                          the answer in words",
    "licet assess examples/cases/*.yaml --json       one JSON object per case and rulebook",
    "licet assess case.yaml --rulebook eu-dual-use   one rulebook alone",
    "licet assess case.yaml --html answer.html       a page to print",
    "licet assess case.yaml --save decisions/        keep it, for licet replay",
    "licet assess case.yaml --moratorium pause.yaml  with a moratorium that stands",
    "licet assess deals.xlsx                         a whole portfolio, worst first",
    "cat case.json | licet assess -                  from standard input",
)


def parser(prog: str) -> Parser:
    """The options of ``licet assess``."""
    made = Parser(prog, "Assess cases under every rulebook, each alone.", EXAMPLES)
    made.add_argument("files", nargs="+", metavar="FILE", help="case (YAML, JSON), .xlsx, or -")
    add_json(made, "one object per case and rulebook")
    made.add_argument("--rulebook", action="append", metavar="ID", help="only this (repeatable)")
    add_rulebooks(made)
    add_moratorium(made)
    made.add_argument("--table", action="store_true", help="one line a case, worst first")
    made.add_argument("--only", metavar="ID", action="append", help="only this case (repeatable)")
    made.add_argument("--html", metavar="OUT", help="write a page; a folder, for several cases")
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

    books = declared(args, _books(args))
    _say_idle(args, books, terminal)
    cases, failed = read_all(args.files, terminal)
    cases = _only(cases, args.only)
    _check_page(args, cases)
    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    in_table = args.table or (not args.only and any(n.endswith(SHEETS) for n in args.files))
    answers: list[Answer] = []
    deals: list[Deal] = []
    for index, _ in enumerate(terminal.progress([case.id for case in cases])):
        try:
            done = _assess(cases[index], knowledge, args, books)
        except (EvidenceError, ScreeningError):
            raise  # a list or source that cannot be used stops the work
        except InputError as error:
            terminal.complain(f"{cases[index].id}: {error}")
            failed = True
            continue
        answers.extend(answer_of(d.body) for d in done.determinations)
        if in_table and not args.json:
            from licet.assessment.portfolio import deal

            deals.append(deal(done))
        _show(done, args, terminal, many=len(cases) > 1, silent=in_table and not args.json)
    if deals:
        _show_table(deals, terminal)
    return exit_code(answers, tuple(args.rulebook or ()), failed=failed)


def _say_idle(
    args: argparse.Namespace, books: Mapping[str, Rulebook] | None, terminal: Terminal
) -> None:
    """Tell which named moratoria stand in no rulebook that is applied."""
    from licet.rules.load import chosen_books

    if not args.moratorium or books is None:
        return
    applied = {m.id for book in chosen_books(args.rulebook, books) for m in book.declared}
    for moratorium in {m.id: m for book in books.values() for m in book.declared}.values():
        if moratorium.id not in applied:
            where = ", ".join((*moratorium.rulebooks, *moratorium.jurisdictions))
            terminal.complain(
                f"{moratorium.id} stands in no rulebook that is applied here: it stands in {where}"
            )


def _books(args: argparse.Namespace) -> dict[str, Rulebook] | None:
    if not args.rulebooks:
        return None
    from licet.cli.books import with_own

    return with_own(args.rulebooks)


def read_all(names: Iterable[str], terminal: Terminal) -> tuple[list[Case], bool]:
    """Every case of every file, and whether one failed. Two cases may not share an id."""
    cases: dict[str, Case] = {}
    places: dict[str, str] = {}
    failed = False
    for name in names:
        for place, case in _cases(name):
            if isinstance(case, InputError):
                terminal.complain(str(case))
                failed = True
            elif case.id in cases:
                fault = Fault("id", f"{case.id!r} also stands in {places[case.id]}", place)
                terminal.complain(f"{fault}: ids must differ; this one was not assessed")
                failed = True
            else:
                cases[case.id], places[case.id] = case, place
    return list(cases.values()), failed


def _cases(name: str) -> Iterable[tuple[str, Case | InputError]]:
    from licet.assessment.casefile import parse_case

    try:
        if name.endswith(SHEETS):
            from licet.assessment.workbook import read_workbook

            yield from ((f"{name}, row {row}", case) for row, case in read_workbook(Path(name)))
            return
        if name.lower().endswith((".csv", ".xls", ".ods")):
            raise InputError(
                Fault("", "is not read: many deals go into a workbook of `licet template`", name)
            )
        raw, label = read(name)
        yield label, parse_case(raw, label)
    except InputError as error:
        yield name, error


def _only(cases: list[Case], wanted: list[str] | None) -> list[Case]:
    if not wanted:
        return cases
    known = [case.id for case in cases]
    for name in wanted:
        if name not in known:
            raise UsageError(Fault("--only", f"{name!r} is no case here{nearest(name, known)}"))
    return [case for case in cases if case.id in wanted]


def _check_page(args: argparse.Namespace, cases: list[Case]) -> None:
    if args.html and len(cases) > 1 and Path(args.html).suffix:
        raise UsageError(
            Fault("--html", f"got one file for {len(cases)} cases: name a folder", args.html)
        )


def _show_table(deals: list[Deal], terminal: Terminal) -> None:
    """The portfolio: what to do with each, worst first, and why in a sentence."""
    from collections import Counter

    rows = [
        (
            d.law.value,
            d.policy.value if d.policy else "-",
            d.case,
            (f"On a list: {'; '.join(d.listed)}. " if d.listed else "") + d.reason,
        )
        for d in sorted(deals, key=lambda d: d.order)
    ]
    terminal.data(
        table(rows, ("law", "policy", "case", "why, or what to ask first"), terminal.width)
    )
    counts = Counter(d.law.value for d in deals)
    terminal.say(
        f"\n{len(deals)} assessed; under the law: "
        + ", ".join(f"{n} {word}" for word, n in counts.most_common())
        + ". Nothing found is no permission. One in full: licet assess FILE --only ID"
    )


def _options(args: argparse.Namespace) -> Options:
    from licet.assessment.options import EvidenceMode, Options
    from licet.assessment.statements import Mode

    return Options(
        Mode(args.mode.replace("-", "_")), EvidenceMode(args.evidence), args.strict_dates
    )


def _assess(
    case: Case,
    knowledge: Knowledge,
    args: argparse.Namespace,
    books: Mapping[str, Rulebook] | None,
) -> Assessment:
    from licet.assessment.assess import assess
    from licet.assessment.overrides import refuse_unknown
    from licet.model.dates import Span

    if args.as_of:
        try:
            day = Span.read(args.as_of)
        except ValueError as error:
            raise InputError(Fault("--as-of", str(error))) from error
        case = case.model_copy(update={"dates": case.dates.model_copy(update={"assessed": day})})
    refuse_unknown(case, books)
    return assess(case, knowledge, rulebooks=args.rulebook, books=books, options=_options(args))


def _show(
    done: Assessment, args: argparse.Namespace, terminal: Terminal, *, many: bool, silent: bool
) -> None:
    if args.save:
        for path in save(done, Path(args.save)):
            terminal.say(f"kept {path}")
        for folder in args.rulebooks:
            from licet.cli.books import keep

            terminal.say(f"kept {keep(Path(folder), Path(args.save))}")
    if args.html:
        from licet.assessment.page import render_page

        page = Path(args.html) / f"{done.case.id}.html" if many else Path(args.html)
        write_atomic(page, render_page(done).encode())
        terminal.say(f"wrote {page}")
    if args.json:
        for determination in done.determinations:
            terminal.data(json.dumps(determination.body, ensure_ascii=False, sort_keys=True))
    elif not silent and not (args.html and args.quiet):
        from licet.assessment.text import render_text

        terminal.data(
            render_text(done, width=terminal.width, colour=terminal.colour, full=args.full)
        )


def save(done: Assessment, folder: Path) -> tuple[Path, ...]:
    """Write an assessment's determinations and its case, each whole or not at all."""
    from licet.assessment.replay import case_file_name, moratorium_file_name
    from licet.model.canonical import canonical_bytes, digest

    canonical = done.case.canonical()
    paths = [folder / case_file_name(digest(canonical))]
    write_atomic(paths[0], canonical_bytes(canonical))
    for moratorium in {m.digest: m for d in done for m in d.book.declared}.values():
        paths.append(folder / moratorium_file_name(moratorium.digest))
        write_atomic(paths[-1], canonical_bytes(dict(moratorium.raw)))
    for determination in done.determinations:
        path = folder / f"{done.case.id}.{determination.book.id}.json"
        write_atomic(path, determination.to_bytes())
        paths.append(path)
    return tuple(paths)
