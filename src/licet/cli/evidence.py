"""``licet evidence``: the evidence that is used, and how to build it."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, UsageError, add_as_of, add_json, as_of
from licet.cli.terminal import listing
from licet.errors import Fault, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from licet.cli.terminal import Terminal
    from licet.evidence.facts import Figure, SourceRow
    from licet.evidence.figures import Change

EXAMPLES = (
    "licet evidence list",
    "licet evidence show safeguards",
    "licet evidence check",
    "licet evidence build data -o my-snapshot",
    "licet evidence add freedom_house scores.csv -o my-snapshot",
    "licet evidence add pts PTS-2024.csv --published 2024-09 -o my-snapshot",
    "licet evidence figures Mexico --since 2015 --snapshot my-snapshot",
)


_SHOWN = 5
"""How many quarantined rows are named when a source is added; ``show`` names all."""


def _listing(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet evidence list", "licet evidence list --json"))
    made.add_argument(
        "--snapshot", metavar="DIR", help="the snapshot; the one that ships when left out"
    )
    add_json(made, "the sources")
    return made


def _snapshot(args: argparse.Namespace):  # type: ignore[no-untyped-def]
    from licet.evidence import Snapshot

    return Snapshot.open(Path(args.snapshot) if args.snapshot else None)


def _facts_of(row: SourceRow) -> dict[str, Any]:
    """What a program wants to know of a source."""
    return {
        "id": row.id,
        "title": row.title,
        "publisher": row.publisher,
        "licence": row.licence,
        "credit": row.credit,
        "url": row.url,
        "published": str(row.published),
        "describes": row.describes,
        "stale_after": row.stale_after.isoformat(),
        "publication_lag_days": row.publication_lag_days,
        "rows": row.rows,
    }


def run_list(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print every source of the snapshot."""
    from licet.evidence import describe

    snapshot = _snapshot(args)
    rows = describe(snapshot)
    if args.json:
        terminal.data(
            json.dumps(
                {
                    "digest": snapshot.digest,
                    "sources": [_facts_of(row) for row in rows],
                },
                ensure_ascii=False,
            )
        )
        return 0
    entries = [
        (
            (r.id, str(r.published), r.describes, str(r.rows)),
            f"{r.title}. {r.publisher}. Licence: {r.licence}",
        )
        for r in rows
    ]
    headings = ("source", "published", "describes", "rows")
    terminal.data(f"snapshot {snapshot.digest}\n\n" + listing(entries, headings, terminal.width))
    return 0


def _showing(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet evidence show vdem",))
    made.add_argument("source", help="id of a source, from `licet evidence list`")
    made.add_argument(
        "--snapshot", metavar="DIR", help="the snapshot; the one that ships when left out"
    )
    add_json(made, "the source")
    return made


def run_show(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print one source: publisher, licence, dates."""
    from licet.evidence import describe

    snapshot = _snapshot(args)
    rows = {r.id: r for r in describe(snapshot)}
    if args.source not in rows:
        raise UsageError(
            Fault("source", f"{args.source!r} is not a source{nearest(args.source, rows)}")
        )
    r = rows[args.source]
    aside = snapshot.quarantined(args.source)
    if args.json:
        terminal.data(json.dumps(_facts_of(r) | _aside(aside), ensure_ascii=False))
        return 0
    terminal.data(
        "\n".join(
            (
                f"{r.id}: {r.title}",
                f"publisher: {r.publisher}",
                f"licence: {r.licence}",
                f"credit: {r.credit}",
                f"address: {r.url or 'none'}",
                f"published: {r.published}",
                f"describes: {r.describes}",
                f"may be relied on until: {r.stale_after}",
                f"figures appear after: {r.publication_lag_days} days",
                f"rows: {r.rows}",
                *_aside_words(r.rows, aside),
            )
        )
    )
    return 0


def _aside(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows set aside, where there are any, as JSON."""
    kept = ("file", "line", "last_line", "reason")
    return {"quarantined": [{name: row[name] for name in kept} for row in rows]} if rows else {}


def _aside_words(kept: int, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    head = _counts(kept + len(rows), kept, len(rows))
    return [head, *(f"  {row['file']}: row {row['line']}: {row['reason']}" for row in rows)]


def _building(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet evidence build data -o my-snapshot",))
    made.add_argument("data", help="folder with one folder a source")
    made.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="DIR",
        help="where to write it; against a snapshot that is there, no source may have shrunk",
    )
    _add_share(made)
    return made


def run_build(args: argparse.Namespace, terminal: Terminal) -> int:
    """Build a snapshot and its screening index."""
    from licet.assessment.evidence import write_index
    from licet.evidence.build import build
    from licet.evidence.manifest import FILE_NAME, read_manifest

    before = read_manifest(Path(args.output)) if (Path(args.output) / FILE_NAME).is_file() else None
    shrinkage = _share(args.may_shrink)
    manifest = build(Path(args.data), Path(args.output), built_from=before, shrinkage=shrinkage)
    write_index(Path(args.output))
    terminal.data(f"built {args.output}: {manifest.digest}")
    return 0


def _adding(prog: str, about: str) -> Parser:
    made = Parser(
        prog,
        about,
        (
            "licet evidence add freedom_house scores.csv -o my-snapshot",
            "licet evidence add un_sc consolidated.xml --snapshot my-snapshot -o with-un",
        ),
    )
    made.add_argument("source", help="id of the source, such as freedom_house, pts or us_csl")
    made.add_argument("file", help="the publisher's file, or a folder of daily files")
    made.add_argument("-o", "--output", required=True, metavar="DIR", help="where to write it")
    made.add_argument(
        "--published",
        metavar="DATE",
        help="the day this edition was published, where its file does not say",
    )
    made.add_argument("--snapshot", metavar="DIR", help="the snapshot to begin from")
    made.add_argument(
        "--convert-scale",
        action="store_true",
        help="turn the totals of Freedom on the Net before 2019 round, each marked as converted",
    )
    _add_share(made)
    return made


def _add_share(made: Parser) -> None:
    made.add_argument(
        "--may-shrink",
        metavar="SHARE",
        default="0.10",
        help="the share of its rows a source may have lost, 0 to 1 (0.10)",
    )


def _share(text: str) -> Decimal:
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise UsageError(Fault("--may-shrink", f"got {text!r}: give a share from 0 to 1"))
    return share


def run_add(args: argparse.Namespace, terminal: Terminal) -> int:
    """Make a new snapshot with one source added or brought up to date."""
    from licet.assessment.evidence import write_index
    from licet.evidence.build import add
    from licet.model.dates import Span

    try:
        published = Span.read(args.published) if args.published else None
    except ValueError as error:
        raise UsageError(Fault("--published", str(error))) from error
    manifest, sifted = add(
        _snapshot(args),
        args.source,
        Path(args.file),
        Path(args.output),
        published=published,
        shrinkage=_share(args.may_shrink),
        convert=args.convert_scale,
    )
    write_index(Path(args.output))
    if sifted is not None:
        terminal.data(_counts(sifted.read, len(sifted.rows), len(sifted.quarantined)))
        for row in sifted.quarantined[:_SHOWN]:
            terminal.say(f"  {args.file}: row {row.line}: {row.reason}")
        if sifted.quarantined:
            terminal.say(
                f"  all of them: licet evidence show {args.source} --snapshot {args.output}"
            )
    terminal.data(f"built {args.output}: {manifest.digest}")
    return 0


def _counts(read: int, kept: int, aside: int) -> str:
    return f"{read} rows read: {kept} kept, {aside} quarantined"


def _checking(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet evidence check", "licet evidence check my-snapshot"))
    made.add_argument("snapshot", nargs="?", metavar="DIR", help="a snapshot; the one that ships")
    return made


def run_check(args: argparse.Namespace, terminal: Terminal) -> int:
    """Read every table, lookup file and the screening index, and compare each with its hash."""
    from licet.assessment.evidence import check_index

    snapshot = _snapshot(args)
    snapshot.verify()
    check_index(snapshot)
    tables = len(snapshot.manifest.tables)
    terminal.data(f"{tables} tables and the screening index are whole: {snapshot.digest}")
    return 0


def _figuring(prog: str, about: str) -> Parser:
    made = Parser(
        prog,
        about,
        (
            "licet evidence figures Mexico --snapshot my-snapshot",
            "licet evidence figures MX --as-of 2024-06-01 --since 2015 --snapshot my-snapshot",
        ),
    )
    made.add_argument("country", help="a state, by name or code")
    made.add_argument(
        "--since", metavar="YEAR", type=int, help="compare with the figures of a year"
    )
    made.add_argument("--snapshot", metavar="DIR", help="a snapshot with sources that you brought")
    add_as_of(made)
    add_json(made, "the figures")
    return made


def run_figures(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what the indices that a user brought say of a state, and whether it changed."""
    from licet.assessment.brought import title
    from licet.evidence.figures import change

    snapshot, day = _snapshot(args), as_of(args)
    answer = snapshot.resolve_country(args.country)
    if answer.code is None:
        raise UsageError(Fault("country", f"{args.country!r} is {answer.reason}"))
    earlier = {}
    if args.since is not None:
        before = snapshot.figures(answer.code, day, up_to=args.since)
        earlier = {(f.source, f.name): f for f in before if f.name and f.year == args.since}
    found = []
    for figure in snapshot.figures(answer.code, day):
        old = earlier.get((figure.source, figure.name))
        found.append((figure, old, change(old, figure) if old else None))
    if args.json:
        bodies = [_figure_body(*one) for one in found]
        terminal.data(json.dumps({"country": answer.code, "figures": bodies}, ensure_ascii=False))
        return 0
    if not found:
        terminal.data("no source in this snapshot was brought: licet evidence add brings one")
    for figure, old, changed in found:
        terminal.data(title(figure))
        if old is not None and changed is not None:
            terminal.data(f"    against {title(old)}: {_CHANGES[changed.value]}")
    return 0


_CHANGES = {
    "higher": "higher",
    "lower": "lower",
    "higher_without_interval": "higher; the source gives no interval",
    "lower_without_interval": "lower; the source gives no interval",
    "same": "the same",
    "not_significant": "not significant: the intervals overlap",
    "not_comparable": "not comparable: another scale or method",
    "unknown": "unknown: one of the two has no value",
}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _figure_body(figure: Figure, old: Figure | None, changed: Change | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "source": figure.source,
        "name": figure.name,
        "year": figure.year,
        "value": _text(figure.value),
        "low": _text(figure.low),
        "high": _text(figure.high),
        "series": figure.series,
        "unknown": figure.unknown,
        "published": str(figure.published),
        "retro_coded": figure.retro_coded,
        "stale": figure.stale,
    }
    if old is not None and changed is not None:
        body["since"] = {"year": old.year, "value": _text(old.value), "change": changed.value}
    return body


ACTIONS = {
    "list": ("every source, with dates and licence", _listing, run_list),
    "show": ("one source", _showing, run_show),
    "check": ("read everything and compare it with its hashes", _checking, run_check),
    "build": ("build a snapshot from a data folder", _building, run_build),
    "add": ("add a source that you bring, or a newer edition", _adding, run_add),
    "figures": ("what the indices that you brought say of a state", _figuring, run_figures),
}
