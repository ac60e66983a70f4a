"""``licet rulebook``: list, show, check and test the law and policy that is applied."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from licet.cli import rulebook_deep
from licet.cli.books import books_named
from licet.cli.parser import Parser, UsageError, add_json
from licet.cli.rulebook_mutate import mutating, run_mutate
from licet.cli.rulebook_new import beginning, run_new
from licet.cli.rulebook_pages import booking, paging, run_book, run_pages
from licet.cli.rulebook_propose import proposing, run_propose
from licet.cli.terminal import listing, table
from licet.errors import Fault, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from licet.cli.terminal import Terminal
    from licet.rules.rulebook import Provision, Rulebook

EXAMPLES = (
    "licet rulebook list",
    "licet rulebook show eu-dual-use EU-DU-5.1",
    "licet rulebook new my-rulebook",
    "licet rulebook check my-rulebook/",
    "licet rulebook check my-rulebook/ --deep",
    "licet rulebook diff eu-dual-use my-amendment/",
    "licet rulebook test",
    "licet rulebook coverage",
    "licet rulebook grounds",
)


def _listing(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet rulebook list", "licet rulebook list --json"))
    add_json(made, "the rulebooks")
    return made


def _rows() -> list[dict[str, Any]]:
    from licet.rules.load import shipped

    return [
        {
            "id": book.id,
            "title": book.title,
            "kind": book.kind.value,
            "jurisdiction": book.jurisdiction,
            "version": book.version,
            "digest": book.digest,
            "provisions": len(book.provisions),
            "checked": dict(
                sorted(Counter(p.checked.level.value for p in book.provisions.values()).items())
            ),
        }
        for book in shipped().values()
    ]


def run_list(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print every rulebook that ships."""
    rows = _rows()
    if args.json:
        terminal.data(json.dumps(rows, ensure_ascii=False))
        return 0
    entries = [
        (
            (
                r["id"],
                r["kind"],
                r["jurisdiction"],
                str(r["provisions"]),
                ", ".join(f"{n} {k}" for k, n in r["checked"].items()),
            ),
            r["title"],
        )
        for r in rows
    ]
    headings = ("rulebook", "kind", "of", "provisions", "how well their text was checked")
    terminal.data(listing(entries, headings, terminal.width))
    return 0


def _showing(prog: str, about: str) -> Parser:
    made = Parser(
        prog,
        about,
        ("licet rulebook show amnesty-2021", "licet rulebook show eu-dual-use EU-DU-5.2"),
    )
    made.add_argument("rulebook", help="id of a rulebook, or a folder")
    made.add_argument("provision", nargs="?", help="id of a provision")
    add_json(made, "the rulebook or provision")
    return made


def run_show(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print a rulebook, or one provision as it would be read aloud."""
    book = books_named([args.rulebook])[0]
    if args.provision is None and args.json:
        provisions = [_facts_of(book, p) for p in book.provisions.values()]
        whole = {"id": book.id, "title": book.title, "digest": book.digest}
        terminal.data(json.dumps(whole | {"provisions": provisions}, ensure_ascii=False))
        return 0
    if args.provision is None:
        rows = [(p.id, p.effect.value.replace("_", " "), p.title) for p in book.provisions.values()]
        terminal.data(
            f"{book.title}\n{book.authority}\n\n"
            + table(rows, ("provision", "effect", "title"), terminal.width)
        )
        return 0
    if args.provision not in book.provisions:
        raise UsageError(
            Fault(
                "provision",
                f"{args.provision!r} is not in {book.id}{nearest(args.provision, book.provisions)}",
            )
        )
    provision = book.provisions[args.provision]
    terminal.data(
        json.dumps(_facts_of(book, provision), ensure_ascii=False)
        if args.json
        else read_aloud(book, provision, terminal)
    )
    return 0


def _facts_of(book: Rulebook, provision: Provision) -> dict[str, Any]:
    """What a program wants to know of a provision."""
    from licet.assessment.aloud import period

    return {
        "id": provision.id,
        "rulebook": book.id,
        "title": provision.title,
        "instrument": provision.cite.instrument,
        "locator": provision.cite.locator,
        "url": provision.cite.url,
        "checked": provision.checked.level.value,
        "checked_source": provision.checked.source,
        "in_force": [period(p) for p in provision.periods],
        "anchor": provision.anchor.value,
        "effect": provision.effect.value,
        "because": provision.because,
        "reading": provision.reading.strip(),
        "contested": provision.contested.strip(),
        "readings": [
            {"name": r.name, "authority": r.authority, "applies": r.applies}
            for r in provision.readings
        ],
        "settled_by": provision.settled_by,
        "facts": sorted(book.facts_under(provision.when)) if provision.when else [],
        "file": provision.file,
    }


def read_aloud(book: Rulebook, provision: Provision, terminal: Terminal) -> str:
    """One provision in plain words: what, where, since when, if, then, and our reading."""
    from licet.assessment import aloud, wording

    lines = [
        f"{provision.id}: {provision.title}",
        f"{provision.cite.instrument}, {provision.cite.locator}",
    ]
    if provision.cite.url:
        lines.append(provision.cite.url)
    lines.append(
        f"checked: {wording.level(provision.checked.level.value)}; {provision.checked.source}"
    )
    lines.append(
        "in force: "
        + "; ".join(aloud.period(p) for p in provision.periods)
        + f" (by the day of: {provision.anchor.value})"
    )
    if provision.binds:
        lines.append(f"binds: {provision.binds}")
    if provision.when is not None:
        lines.append("If:")
        tree = aloud.phrase(book, provision.when)
        lines.extend("  " * depth + words for depth, words in aloud.lines(tree, 1))
    lines.append(
        f"Then: {provision.because or provision.title} [{provision.effect.value.replace('_', ' ')}]"
    )
    for kind, effect in provision.for_kinds.items():
        lines.append(f"  for a case of {kind}: {effect.value.replace('_', ' ')}")
    lines.append(terminal.wrap("Our reading: " + provision.reading))
    if provision.contested:
        lines.append(terminal.wrap("Contested: " + provision.contested))
    lines.extend(
        terminal.wrap(f"Rival reading, {r.name.replace('_', ' ')}: {r.authority}")
        for r in provision.readings
    )
    if provision.readings:
        settled = book.dictionary.facts[provision.settled_by]
        lines.append(terminal.wrap(f"A named person settles it: {settled.question}"))
    lines.extend(terminal.wrap(line) for line in _tables(book, provision))
    lines.extend(
        f"Example: {t.name}, {t.day}: {t.expect.replace('_', ' ')}" for t in provision.tests
    )
    return "\n".join(lines)


def _tables(book: Rulebook, provision: Provision) -> Iterable[str]:
    """The rows of the tables that ship with a rulebook and tell how a provision is read."""
    from licet.rules.load import side_tables

    for sheet in side_tables(book.id):
        if sheet["provision"] != provision.id:
            continue
        yield f"{sheet['title']}:"
        for row in sheet["uses"]:
            contested = f" Contested: {row['contested']}" if "contested" in row else ""
            cite = f" ({row['cite']})" if "cite" in row else ""
            yield f"- {row['use']}{cite}: {row['reading']}; {row['why']}.{contested}"


def _checking(prog: str, about: str) -> Parser:
    made = Parser(prog, about, (f"{prog}", f"{prog} my-rulebook/"))
    made.add_argument(
        "folder", nargs="?", help="a rulebook folder, or an id; all that ship when left out"
    )
    add_json(made, "what was found")
    return made


def _examining(prog: str, about: str) -> Parser:
    made = _checking(prog, about)
    made.examples = (*made.examples, f"{prog} my-rulebook/ --deep")
    made.add_argument(
        "--deep", action="store_true", help="prove what holds of every case on every day (with z3)"
    )
    rulebook_deep.add_limit(made)
    return made


def run_check(args: argparse.Namespace, terminal: Terminal) -> int:
    """Load, and report clashes without a declared order and provisions without examples."""
    found = 0
    for book in books_named([args.folder] if args.folder else ()):
        faults = list(_loose_ends(book))
        deep = rulebook_deep.deep(book, args.limit) if args.deep else None
        found += sum(fault["blocks"] for fault in faults) + (deep.blocking if deep else 0)
        if args.json:
            body = {"rulebook": book.id, "digest": book.digest, "provisions": len(book.provisions)}
            body |= {"faults": faults} | (rulebook_deep.deep_body(deep) if deep else {})
            terminal.data(json.dumps(body, ensure_ascii=False))
            continue
        for fault in faults:
            terminal.data(f"{fault['file']}: {fault['message']}")
        for line in rulebook_deep.deep_lines(book, deep, terminal) if deep else ():
            terminal.data(line)
        terminal.data(f"{book.id}: {len(book.provisions)} provisions hold together, {book.digest}")
    return 2 if found else 0


def _loose_ends(book: Rulebook) -> Iterable[dict[str, Any]]:
    from licet.model.outcome import Effect

    exempt = [p for p in book.provisions.values() if p.effect is Effect.EXEMPT]
    for provision in book.provisions.values():
        if not provision.tests:
            message = f"{provision.id} has no example"
            yield {"file": provision.file, "message": message, "blocks": False}
        for other in exempt if provision.restricting else ():
            if provision.id not in other.releases and other.id not in provision.prevails_over:
                message = (
                    f"{provision.id} and the exemption {other.id} have no declared order: add "
                    "`releases` or `prevails_over`"
                )
                yield {"file": provision.file, "message": message, "blocks": True}


def _testing(prog: str, about: str) -> Parser:
    made = _checking(prog, about)
    made.add_argument(
        "--leaves", action="store_true", help="print each condition that no example tried in full"
    )
    return made


def run_test(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run the examples in every provision file, and tell which conditions they tried."""
    from licet.rules.examples import leaf_coverage, run_examples

    failed = 0
    for book in books_named([args.folder] if args.folder else ()):
        results = run_examples(book)
        bad = [r for r in results if not r.passed]
        leaves = leaf_coverage(book)
        missed = [one for one in leaves if one.never]
        failed += len(bad)
        if args.json:
            body = {"rulebook": book.id, "examples": len(results), "failed": len(bad)}
            wrong = [
                {"file": r.file, "name": r.name, "expected": str(r.expected), "got": str(r.got)}
                for r in bad
            ]
            untried = [
                {"in": one.owner, "at": one.leaf.path, "fact": one.leaf.fact, "never": one.never}
                for one in missed
            ]
            tried = {"leaves": len(leaves), "leaves_not_tried_in_full": untried}
            terminal.data(json.dumps(body | {"faults": wrong} | tried, ensure_ascii=False))
            continue
        for r in bad:
            terminal.data(f"{r.file}: {r.name}: expected {r.expected}, got {r.got}")
        for one in missed if args.leaves else ():
            words = ", ".join(one.never).replace("unknown", "open")
            terminal.data(f"{one.owner} {one.leaf.path}: {one.leaf.fact} is never {words}")
        terminal.data(
            f"{book.id}: {len(results) - len(bad)} of {len(results)} examples hold; "
            f"{len(leaves) - len(missed)} of {len(leaves)} conditions seen true, false and open"
        )
    return 2 if failed else 0


def _covering(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet rulebook coverage", "licet rulebook coverage --json"))
    add_json(made, "every row, and the counts,")
    return made


def run_coverage(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what of the fact sheet on the law is encoded, and why the rest is not."""
    from dataclasses import asdict

    from licet.rules.coverage import beyond_the_sheet, counts, coverage

    rows = coverage()
    found = counts(rows)
    beyond = beyond_the_sheet(rows)
    if args.json:
        body = {"rows": [asdict(row) for row in rows], "counts": found, "beyond_the_sheet": beyond}
        terminal.data(json.dumps(body, ensure_ascii=False))
        return 0
    left_out = [((row.id,), row.why) for row in rows if not row.rulebook]
    levels = ", ".join(f"{n} {level}" for level, n in found["by_check_level"].items())
    books = ", ".join(f"{name} {n}" for name, n in found["by_rulebook"].items())
    terminal.data(
        terminal.wrap(
            f"{found['encoded']} of {found['provisions']} provisions of the fact sheet are encoded "
            f"(their text: {levels})."
        )
    )
    terminal.data(terminal.wrap(f"In: {books}."))
    terminal.data(terminal.wrap(f"Encoded beyond the sheet: {', '.join(beyond)}."))
    terminal.data("\n" + listing(left_out, ("left out",), terminal.width))
    return 0


def _grounds(prog: str, about: str) -> Parser:
    made = Parser(prog, about, ("licet rulebook grounds", "licet rulebook grounds --json"))
    add_json(made, "every finding with its grounds,")
    return made


def run_grounds(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what may be found about a vendor, with its lawful grounds, or as policy only."""
    from dataclasses import asdict

    from licet.assessment.grounds import table as findings
    from licet.rules.load import default_dictionary

    if args.json:
        terminal.data(json.dumps([asdict(one) for one in findings()], ensure_ascii=False))
        return 0
    facts = default_dictionary().facts
    for one in findings():
        terminal.data(terminal.wrap(f"{facts[one.fact].statement} [{one.fact}]"))
        for ground in one.grounds:
            terminal.data(
                terminal.wrap(
                    f"- {ground.jurisdiction}: {ground.provision}, {ground.nature}; {ground.why}. "
                    f"Look-back: {ground.look_back}; self-cleaning: {ground.self_cleaning}."
                )
            )
        if one.policy_only:
            terminal.data(terminal.wrap(f"- policy only: {one.policy_only}."))
    return 0


ACTIONS = {
    "list": ("every rulebook, with its digest and how well it was checked", _listing, run_list),
    "show": ("a rulebook, or one provision as it is read aloud", _showing, run_show),
    "coverage": ("what of the fact sheet on the law is encoded", _covering, run_coverage),
    "grounds": ("vendor findings and their lawful grounds for exclusion", _grounds, run_grounds),
    "check": ("load a rulebook and look for what does not hold together", _examining, run_check),
    "diff": (
        "what changed between two versions of a rulebook, and for whom",
        rulebook_deep.diffing,
        rulebook_deep.run_diff,
    ),
    "test": ("run the examples in the provision files", _testing, run_test),
    "pages": ("a page to read for every provision", paging, run_pages),
    "book": ("one rulebook as one file to print", booking, run_book),
    "propose": ("the examples that are missing, for a person to judge", proposing, run_propose),
    "new": ("a rulebook to begin with, which tests green as it is", beginning, run_new),
    "mutate": ("spoil one place at a time: what no example notices", mutating, run_mutate),
}
