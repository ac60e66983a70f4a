"""``licet hindsight``: past transfers, assessed with only what was public before each, and counted."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.files import STDIN, put, refuse_overwriting, write_atomic
from licet.cli.parser import Parser, UsageError, add_json
from licet.cli.terminal import table
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from licet.assessment.evidence import Knowledge
    from licet.assessment.hindsight.counting import Share, Tally
    from licet.assessment.hindsight.inventory import Row, SetAside
    from licet.assessment.hindsight.study import Study
    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet hindsight inventory.csv                    denied, refer, cleared, with intervals",
    "licet hindsight inventory.csv --json             the same as JSON, with `totals`",
    "licet hindsight inventory.csv -o rows.csv        and every assessment, to look it up",
    "licet hindsight inventory.csv --cases hindsight  and its case, for `licet assess`",
    "licet hindsight --controls                       what the same rules do with lawful transfers",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS = (".csv", ".jsonl")
WORDS = {
    "report": "what the row reports",
    "documentation": "how documented it is",
    "technology": "technology",
    "dating": "whether a first year of use is stated",
    "year": "first year of use, else of disclosure",
    "destination": "destination",
}
BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def parser(prog: str) -> Parser:
    """The options of ``licet hindsight``."""
    made = Parser(
        prog, "Assess past transfers with only what was public before each, and count.", EXAMPLES
    )
    made.add_argument(
        "inventory", nargs="?", metavar="TABLE.csv", help="the inventory, or a table of your own"
    )
    made.add_argument(
        "--controls",
        action="store_true",
        help="instead: the dossiers, the lawful controls, and exempt items to everywhere",
    )
    made.add_argument(
        "--rulebook", action="append", metavar="BOOK", help="only this one (may be repeated)"
    )
    made.add_argument("--snapshot", metavar="DIR", help="other evidence than the one that ships")
    made.add_argument("--encoding", help="of the table (UTF-8, or as its first bytes say)")
    made.add_argument(
        "--undated-span",
        type=int,
        default=5,
        metavar="YEARS",
        help="how long before its disclosure a transfer without a year may have been (5)",
    )
    made.add_argument(
        "--earlier", type=int, default=0, metavar="YEARS", help="move every day so much earlier (0)"
    )
    made.add_argument(
        "--years", default="2021-2026", metavar="FIRST-LAST", help="years for --controls"
    )
    made.add_argument("--examples", metavar="DIR", help="the folder of the examples and controls")
    made.add_argument("-o", "--output", metavar="ROWS", help="every assessment, as .csv or .jsonl")
    made.add_argument("--cases", metavar="DIR", help="write the case of every assessment here")
    made.add_argument("--force", action="store_true", help="write over files that are there")
    add_json(made, "all counts")
    made.epilog = (
        "columns: Country of deployment, Category of technology, Period of use, Year of disclosure, "
        "Commercial Entity, Country of origin; or destination, technology, period, disclosed, vendor, "
        "origin, and end user, report, sources where you have them"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the counts. The exit code is 0 whatever they are: this measures, it does not judge."""
    from licet.assessment.evidence import Knowledge

    if args.controls == bool(args.inventory):
        raise UsageError(Fault("licet hindsight", "name a table, or --controls, and not both"))
    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    if args.controls:
        return _controls(args, knowledge, terminal)
    _check(args)
    from licet.assessment.hindsight.controls import lawful_names, try_all
    from licet.assessment.hindsight.study import body, study

    done = study(_rows(args, knowledge), knowledge, rulebooks=args.rulebook, days=_days(args))
    folder = _examples(args)
    beside = try_all(folder, knowledge, lawful_names(folder))
    _write(args, done, terminal)
    if args.json:
        found = {
            **body(done),
            "lawful_controls_refused": {
                "of": "amnesty-2021",
                "all": beside.refused().body(),
                "from_dossiers": beside.refused(own=False).body(),
                "built_by_this_project": beside.refused(own=True).body(),
            },
        }
        terminal.data(json.dumps(found, ensure_ascii=False))
        return 0
    for block in _text(args.inventory, done, beside.refused(), knowledge, terminal.width):
        # A table keeps its columns; a sentence is broken at the width.
        terminal.data(block if "\n" in block else terminal.wrap(block, hanging="  "))
    return 0


# In ----------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> None:
    """Everything that can be refused before the work begins."""
    if args.output and not args.output.endswith(ROWS):
        raise UsageError(Fault("-o", "name a file that ends in .csv or .jsonl", args.output))
    refuse_overwriting(args.output, force=args.force)
    folder = Path(args.cases) if args.cases else None
    if folder is not None and folder.exists() and not args.force:
        empty = folder.is_dir() and not any(folder.iterdir())
        if not empty:
            raise InputError(
                Fault("--cases", "is there and not empty: name another, or add --force", args.cases)
            )
    _days(args)
    try:
        "".encode(args.encoding or "utf-8")
    except LookupError as error:
        raise UsageError(Fault("--encoding", f"{error}: name one such as cp1252")) from error


def _days(args: argparse.Namespace) -> Any:
    from licet.assessment.hindsight.cases import Days

    for name, years in (("--undated-span", args.undated_span), ("--earlier", args.earlier)):
        if not 0 <= years <= 50:
            raise UsageError(Fault(name, f"got {years}: expected 0 to 50 years"))
    return Days(args.undated_span, args.earlier)


def _rows(args: argparse.Namespace, knowledge: Knowledge) -> Iterator[Row | SetAside]:
    """The rows of the table, read one by one."""
    from licet.assessment.hindsight.inventory import read_inventory

    name = "<stdin>" if args.inventory == STDIN else args.inventory
    try:
        with _open(args.inventory) as raw:
            encoding = args.encoding or _encoding(raw.peek(4))
            text = io.TextIOWrapper(raw, encoding=encoding, newline="")
            yield from read_inventory(text, name, knowledge.country)
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", name)) from error


def _open(name: str) -> io.BufferedReader:
    if name == STDIN:
        return io.BufferedReader(sys.stdin.buffer)  # type: ignore[arg-type]
    return Path(name).open("rb")


def _encoding(first: bytes) -> str:
    return next((name for mark, name in BOMS if first.startswith(mark)), "utf-8")


def _examples(args: argparse.Namespace) -> Path:
    from licet.cli.demo import shipped_examples

    return Path(args.examples) if args.examples else shipped_examples()


# Out ---------------------------------------------------------------------------------------------


def _write(args: argparse.Namespace, done: Study, terminal: Terminal) -> None:
    """The assessments and the cases, where they were asked for."""
    from licet.assessment.casefile import write_yaml
    from licet.assessment.hindsight.study import rows_of

    if args.output:
        put(args.output, _table_of(rows_of(done), args.output).encode())
        terminal.say(f"wrote {args.output}")
    if args.cases:
        cases = {one.asked.case.id: one.asked.case for r in done.results for one in r.assessed}
        for name in terminal.progress(list(cases)):
            write_atomic(Path(args.cases) / f"{name}.yaml", write_yaml(cases[name]).encode())
        terminal.say(f"wrote {len(cases)} cases to {args.cases}")


def _table_of(rows: list[dict[str, Any]], name: str) -> str:
    if name.endswith(".jsonl"):
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ["line"])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return text.getvalue()


def _cell(value: Any) -> str:
    """A value as a cell; one that a spreadsheet would take for a formula is marked as text.

    >>> _cell(["AMN-05", "AMN-06"]), _cell("=1+1, 2014")
    ('AMN-05; AMN-06', "'=1+1, 2014")
    """
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def percent(share: Share) -> str:
    """A share with its interval.

    >>> from licet.assessment.hindsight.counting import Share
    >>> percent(Share(1, 88)), percent(Share(0, 0))
    ('1.1 % (0.2 to 6.2)', '-')
    """
    if not share.of:
        return "-"
    low, high = share.interval
    return f"{100 * share.found / share.of:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _counts(tally: Tally) -> tuple[str, ...]:
    from licet.assessment.hindsight.counting import Verdict

    return tuple(str(tally.counts[v]) for v in Verdict)


def _text(name: str, done: Study, lawful: Share, knowledge: Knowledge, width: int) -> Iterator[str]:
    from licet.assessment.hindsight.counting import Verdict
    from licet.assessment.hindsight.study import body

    found = body(done)
    yield (
        f"{name}: {done.read} rows read = {len(done.results)} assessed + "
        f"{len(done.set_aside)} set aside"
    )
    for one in done.set_aside:
        yield f"- line {one.line}: {one.reason}"
    yield (
        f"Under {done.headline}, on the merits, any moratorium off, with what had been published "
        "by the day before."
    )
    yield ""
    yield _groups(done, knowledge, width)
    yield ""
    yield _books(done, width)
    yield ""
    related = found["refused_by_destination_interval"]
    yield (
        f"Beside it: {lawful.found} of {lawful.of} lawful, safeguarded controls are refused by "
        f"amnesty-2021: {percent(lawful)}."
    )
    cleared = done.tally().share(Verdict.CLEARED)
    yield f"Cleared: {cleared.found} of {cleared.of}: {percent(cleared)}."
    for words, counts in (
        (
            "Retro-coded evidence, apart: with later editions of yearly series",
            found["retro_coded"]["totals"],
        ),
        ("By transfer, one for each supplier and period:", found["transfers"]),
        ("If each took place on the latest day it may have:", found["on_latest_day"]),
    ):
        yield f"{words} {counts['refused']} denied, {counts['referred']} refer, {counts['cleared']} cleared."
    yield (
        f"Rows of one destination taken as related: {100 * float(related['low']):.1f} to "
        f"{100 * float(related['high']):.1f} % denied, of {related['destinations']} destinations."
    )
    yield "Rows that needed care: " + _listed(found["handled"]) + "."
    yield "Known from evidence on every day: " + _listed(found["known_on_every_day"]) + "."
    supposed = _listed(found["referred_and_would_have_been_refused"])
    yield f"Of the rows referred, denied if: {supposed}."
    never = found["no_possible_world_unrestricted"]
    yield f"Rows in which no possible world is unrestricted: {never} of {len(done.results)}."
    yield "What this does not show: docs/hindsight.md"


def _groups(done: Study, knowledge: Knowledge, width: int) -> str:
    """The rows in groups, each with its size and interval."""
    from licet.assessment.hindsight.study import GROUPS, grouped

    shown = [_line("all rows", done.tally())]
    for by in GROUPS:
        shown.append((f"by {WORDS[by]}", *[""] * 6))
        for key, rows in grouped(done, by).items():
            words = knowledge.country_name(key) if by == "destination" else key.replace("_", " ")
            shown.append(_line(f"  {words}", done.tally(results=rows)))
    head = ("", "rows", "denied", "refer", "cleared", "not reached", "share denied, 95 %")
    return table(shown, head, width)


def _line(label: str, tally: Tally) -> tuple[str, ...]:
    from licet.assessment.hindsight.counting import Verdict

    return (label, str(tally.total), *_counts(tally), percent(tally.share(Verdict.REFUSED)))


def _listed(counts: dict[str, int]) -> str:
    """Counts as words; what is zero is left out."""
    return ", ".join(f"{key.replace('_', ' ')} {n}" for key, n in counts.items() if n) or "none"


def _books(done: Study, width: int) -> str:
    """Every rulebook by itself, and the strictest view over the law that binds."""
    from licet.assessment.hindsight.counting import Verdict
    from licet.assessment.hindsight.study import LAW
    from licet.assessment.options import EvidenceMode

    rows = []
    names = [(b.id, b.kind.value) for b in done.books]
    if any(kind == "binding" for _, kind in names):
        names.append((LAW, "binding"))
    for name, kind in names if done.results else ():
        retro = done.tally(name, EvidenceMode.RECONSTRUCTED).counts[Verdict.REFUSED]
        rows.append((name, kind, *_counts(done.tally(name)), str(retro)))
    head = ("rulebook", "kind", "denied", "refer", "cleared", "not reached", "denied, retro-coded")
    return table(rows, head, width)


# The other side ----------------------------------------------------------------------------------


def _controls(args: argparse.Namespace, knowledge: Knowledge, terminal: Terminal) -> int:
    from licet.assessment.hindsight.controls import body, send_everywhere, sent_body, try_all
    from licet.assessment.hindsight.periods import read_periods

    try:
        first, last = next((p.first, p.last) for p in read_periods(args.years))
        years = range(int(first or 0), int(last or 0) + 1)
    except (ValueError, StopIteration) as error:
        raise UsageError(Fault("--years", f"{error}: write it as 2021-2026")) from error
    if not years or not years[0]:
        raise UsageError(Fault("--years", f"got {args.years!r}: write it as 2021-2026"))
    folder = _examples(args)
    tried = try_all(folder, knowledge)
    codes = sorted(code for code in knowledge.snapshot.countries.codes if len(code) == 2)
    sent = (
        one
        for code in terminal.progress(codes)
        for one in send_everywhere(folder, knowledge, years, [code])
    )
    found = {"schema": "licet/controls/1", **body(tried), "exempt_everywhere": sent_body(sent)}
    if args.json:
        terminal.data(json.dumps(found, ensure_ascii=False))
        return 0
    terminal.data("\n".join(_control_lines(found)))
    return 0


def _control_lines(found: dict[str, Any]) -> Iterable[str]:
    def words(share: dict[str, Any]) -> str:
        bounds = f"{100 * float(share['low']):.1f} to {100 * float(share['high']):.1f} %"
        return f"{share['found']} of {share['of']} ({bounds})"

    refused, agreed, sent = (
        found["lawful_refused"],
        found["as_expected"],
        found["exempt_everywhere"],
    )
    yield f"Under {found['of']}, on the merits, the moratorium off. Intervals at 95 %."
    told = found["documented_verdicts"]
    yield (
        f"documented transfers, told in full: {told['refused']} refused, {told['referred']} referred, "
        f"{told['cleared']} cleared"
    )
    yield f"lawful, safeguarded controls refused: {words(refused['all'])}"
    yield f"  from the dossiers: {words(refused['from_dossiers'])}"
    yield f"  built by this project: {words(refused['built_by_this_project'])}"
    yield from (f"    {name}" for name in refused["refused"])
    yield f"twins, one fact changed, that change their answer: {words(found['twins_flipped'])}"
    yield from (f"    same: {name}" for name in found["twins_flipped"]["same"])
    yield f"answers as expected, dossiers: {words(agreed['dossiers'])}"
    yield f"answers as expected, built by this project: {words(agreed['built_by_this_project'])}"
    yield from (f"    {one['example']}: got {', '.join(one['got'])}" for one in agreed["other"])
    yield (
        f"exempt items sent everywhere: {words(sent['through'])} go through; {sent['examples']} items, "
        f"{sent['territories']} territories, {len(sent['years'])} years"
    )
    for one in sent["not_through"]:
        places = ", ".join(one["territories"][:12])
        yield f"    {one['example']}: {one['outcomes']}, {one['times']} times ({places} ...)"
