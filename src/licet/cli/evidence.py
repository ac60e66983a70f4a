"""``licet evidence``: the evidence that is used, and how to build it."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, UsageError, add_json
from licet.cli.terminal import listing
from licet.errors import Fault, nearest

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.evidence.facts import SourceRow

EXAMPLES = (
    "licet evidence list",
    "licet evidence show safeguards",
    "licet evidence check",
    "licet evidence build data -o my-snapshot",
    "licet evidence add freedom_house scores.csv -o my-snapshot",
)


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

    rows = {r.id: r for r in describe(_snapshot(args))}
    if args.source not in rows:
        raise UsageError(
            Fault("source", f"{args.source!r} is not a source{nearest(args.source, rows)}")
        )
    r = rows[args.source]
    if args.json:
        terminal.data(json.dumps(_facts_of(r), ensure_ascii=False))
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
            )
        )
    )
    return 0


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
    made = Parser(prog, about, ("licet evidence add freedom_house scores.csv -o my-snapshot",))
    made.add_argument("source", help="id of the source, such as freedom_house or us_csl")
    made.add_argument("file", help="the publisher's file")
    made.add_argument("-o", "--output", required=True, metavar="DIR", help="where to write it")
    made.add_argument(
        "--published",
        metavar="DATE",
        help="the day this edition was published, where its file does not say",
    )
    made.add_argument("--snapshot", metavar="DIR", help="the snapshot to begin from")
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
    manifest = add(
        _snapshot(args),
        args.source,
        Path(args.file),
        Path(args.output),
        published=published,
        shrinkage=_share(args.may_shrink),
    )
    write_index(Path(args.output))
    terminal.data(f"built {args.output}: {manifest.digest}")
    return 0


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


ACTIONS = {
    "list": ("every source, with dates and licence", _listing, run_list),
    "show": ("one source", _showing, run_show),
    "check": ("read everything and compare it with its hashes", _checking, run_check),
    "build": ("build a snapshot from a data folder", _building, run_build),
    "add": ("add a source that you bring, or a newer edition", _adding, run_add),
}
