"""``licet case``: begin a case, check one, turn a dossier into one."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from licet.cli.files import put, read, refuse_overwriting
from licet.cli.parser import Parser, UsageError, add_json, add_output, today
from licet.errors import Fault, nearest

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.model.case import Case

EXAMPLES = (
    "licet case new --kind export --category forensic_extraction -o case.yaml",
    "licet case check case.yaml",
    "licet case import --from case-dossier/1 dossier.yaml -o case.yaml",
    'licet case close case.yaml --by "J. Muster, licensing officer" -o closed.yaml',
)


def _new(prog: str, about: str) -> Parser:
    from licet.model.case import Kind

    made = Parser(prog, about, EXAMPLES[:1])
    made.add_argument("--id", default="my-case", help="the case's id")
    kinds = [k.value for k in Kind]
    made.add_argument(
        "--kind", default="export", choices=kinds, metavar="KIND", help=f"one of {', '.join(kinds)}"
    )
    made.add_argument("--category", default="other", help="plain category of the item")
    add_output(made, "OUT.yaml")
    return made


def run_new(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write a scaffold with the questions that the rules ask for this category."""
    from licet.assessment.scaffold import scaffold
    from licet.rules.load import default_dictionary

    known = default_dictionary().category_entries
    if args.category not in known:
        raise UsageError(
            Fault(
                "--category",
                f"{args.category!r} is not known"
                f"{nearest(args.category, known)}; one of {', '.join(known)}",
            )
        )
    refuse_overwriting(args.output, force=args.force)
    text = scaffold(args.id, args.kind, args.category, today(), secrets.token_hex(32))
    if put(args.output, text.encode()):
        terminal.say(f"wrote {args.output}: fill it in, then `licet case check {args.output}`")
    return 0


def _check(prog: str, about: str) -> Parser:
    made = Parser(prog, about, EXAMPLES[1:2])
    made.add_argument("files", nargs="+", metavar="FILE", help="case (YAML or JSON), or -")
    add_json(made, "one object per file, with every fault,")
    return made


def run_check(args: argparse.Namespace, terminal: Terminal) -> int:
    """Check cases without assessing them; every fault of every file."""
    from licet.assessment.casefile import parse_case
    from licet.errors import InputError

    failed = False
    for name in args.files:
        try:
            raw, label = read(name)
            case = parse_case(raw, label)
        except InputError as error:
            failed = True
            if args.json:
                faults = [{"path": f.path, "message": f.message} for f in error.faults]
                terminal.data(json.dumps({"file": name, "faults": faults}, ensure_ascii=False))
            else:
                terminal.complain(str(error))
            continue
        answers = [case.answers, *(p.answers for p in case.parties)]
        answers += [item.answers for item in case.items]
        stated = {
            fact
            for given in answers
            for fact, statements in given.items()
            if any(one.value is not None for one in statements)
        }
        if args.json:
            body = {"file": name, "faults": [], "case": case.id, "facts_stated": len(stated)}
            terminal.data(json.dumps(body, ensure_ascii=False))
            continue
        terminal.data(
            f"{name}: holds together; {len(case.parties)} parties, {len(case.items)} "
            f"items, {len(stated)} facts stated"
        )
        for text in _strange_countries(case):
            terminal.say(f"{name}: no country is known as {text!r}; it would be left open")
        if case.dates.assessed.first > today():
            terminal.say(f"{name}: it is assessed as of a day to come, {case.dates.assessed}")
        if not case.nonce:
            terminal.say(
                f"{name}: has no nonce; `licet case new` gives one, and publishing needs it"
            )
    return 2 if failed else 0


def _strange_countries(case: Case) -> list[str]:
    from licet.assessment.lines import UNREADABLE, codes_in
    from licet.evidence import Snapshot

    country = Snapshot.open().country
    texts = [text for party in case.parties for text in party.country]
    return [text for text in texts if UNREADABLE in codes_in(text, country)]


def _import(prog: str, about: str) -> Parser:
    made = Parser(prog, about, EXAMPLES[2:3])
    made.add_argument(
        "--from",
        dest="form",
        default="case-dossier/1",
        choices=["case-dossier/1"],
        help="what the file is",
    )
    made.add_argument("file", metavar="FILE", help="a dossier, or -")
    made.add_argument(
        "--run",
        choices=("full", "public"),
        default="full",
        help="public: leave out what only the parties knew on the day",
    )
    add_output(made, "OUT.yaml")
    return made


def run_import(args: argparse.Namespace, terminal: Terminal) -> int:
    """Turn a dossier into a case; what was not understood is a warning."""
    from licet.assessment.casefile import build_case, write_yaml
    from licet.assessment.dossier import Run, import_dossier
    from licet.rules.strict_yaml import read_bytes

    refuse_overwriting(args.output, force=args.force)
    raw, label = read(args.file)
    imported = import_dossier(read_bytes(raw, label), label, Run(args.run))
    for warning in imported.warnings:
        terminal.say(f"{label}: {warning}")
    case = build_case(imported.case, label)
    if put(args.output, write_yaml(case).encode()):
        terminal.say(f"wrote {args.output}; next `licet assess {args.output}`")
    return 0


def _close(prog: str, about: str) -> Parser:
    made = Parser(prog, about, EXAMPLES[3:])
    made.add_argument("file", metavar="FILE", help="a case, or -")
    made.add_argument(
        "--by", required=True, metavar="WHO", help="who looked and closes the file, with office"
    )
    add_output(made, "OUT.yaml")
    return made


def run_close(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write the case again with every fact listed that a finished file answers by its silence."""
    from licet.assessment.casefile import parse_case, write_yaml
    from licet.assessment.dossier import silent_facts
    from licet.rules.load import default_dictionary

    refuse_overwriting(args.output, force=args.force)
    case = parse_case(*read(args.file))
    answers = [case.answers, *(p.answers for p in case.parties), *(i.answers for i in case.items)]
    mentioned = {fact for given in answers for fact in given}
    stated = {
        fact
        for given in answers
        for fact, statements in given.items()
        if any(one.value is not None for one in statements)
    }
    silent = silent_facts(default_dictionary(), stated, mentioned)
    closed = case.model_copy(update={"nothing_recorded": tuple(silent), "closed_by": args.by})
    put(args.output, write_yaml(closed).encode())
    terminal.say(
        f"{args.by} says of {len(silent)} facts that nothing is recorded: read them under "
        "`nothing_recorded`, and take out each that nobody looked at"
    )
    return 0


ACTIONS = {
    "new": ("begin a case file", _new, run_new),
    "check": ("check case files without assessing", _check, run_check),
    "close": ("say of what is not mentioned that nothing is recorded", _close, run_close),
    "import": ("turn a dossier into a case", _import, run_import),
}
