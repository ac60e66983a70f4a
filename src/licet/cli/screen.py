"""``licet screen``: one name against every list, with the reasons for each hit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, UsageError, add_as_of, add_json, as_of
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.screening import Hit, Result

EXAMPLES = (
    'licet screen "Intellexa S.A." --country GR',
    'licet screen "Позитив Текнолоджиз" --country RU --as-of 2026-08-01',
    'licet screen "A Person" --person --role broker --purpose "licence application 12"',
)


def parser(prog: str) -> Parser:
    """The options of ``licet screen``."""
    made = Parser(
        prog, "Look a party up on every list. A hit is a question, not a verdict.", EXAMPLES
    )
    made.add_argument("name", help="the party's name, in any script")
    made.add_argument("--alias", action="append", default=[], help="another name (repeatable)")
    made.add_argument("--country", action="append", default=[], help="country (repeatable)")
    add_as_of(made)
    made.add_argument("--person", action="store_true", help="the party is a natural person")
    made.add_argument("--role", default="", help="a person's role in a case; needed for persons")
    made.add_argument("--purpose", default="", help="why a person is looked up; needed for persons")
    made.add_argument("--snapshot", metavar="DIR", help="evidence snapshot to use")
    add_json(made, "the result")
    made.epilog = (
        "exit codes: 0 searched, nothing found, on lists that cover the day; 10 a hit or a list "
        "that a person must look at; 1 lists that could not be used; 2 wrong usage"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Screen one name. Exit 10 where a hit or a list needs a person's eye, else 0."""
    from licet.assessment.evidence import Knowledge
    from licet.screening import Query

    day = as_of(args)
    if args.person and not (args.role.strip() and args.purpose.strip()):
        raise UsageError(
            Fault(
                "--person",
                "needs --role and --purpose: state the role in the case and the purpose of "
                "screening; without them no person is looked up",
            )
        )
    knowledge = Knowledge.open(Path(args.snapshot) if args.snapshot else None)
    codes = []
    for text in args.country:
        code = knowledge.country(text)
        if code is None:
            raise InputError(Fault("--country", f"got {text!r}: no country of that name is known"))
        codes.append(code)
    query = Query(args.name, tuple(args.alias), tuple(codes), args.person, args.role, args.purpose)
    result = knowledge.index.screen(query, day=day)
    terminal.data(json.dumps(body(result), ensure_ascii=False) if args.json else words(result))
    return 10 if result.hits or result.stale or result.not_covered else 0


def body(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    return {
        "name": result.query.name,
        "day": result.day.isoformat(),
        "hits": [_hit(hit) for hit in result.hits],
        "searched": [
            {"list": v.code, "published": v.published.isoformat()} for v in result.searched
        ],
        "stale": [v.code for v in result.stale],
        "not_covered": [v.code for v in result.not_covered],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "searched": hit.searched,
        "matched": hit.matched,
        "list": hit.list_code,
        "listing": hit.listing_id,
        "score": hit.score,
        "basis": hit.basis.value,
        "country": hit.country.value,
        "status": hit.status.value,
        "listed_from": hit.listed_from.isoformat() if hit.listed_from else None,
        "listed_to": hit.listed_to.isoformat() if hit.listed_to else None,
        "citation": hit.citation,
        "policy": hit.licence_policy,
        "reasons": list(hit.reasons),
    }


_STATUS = {
    "listed": "listed on that day",
    "not_yet_listed": "not yet listed on that day",
    "removed": "removed before that day",
    "undated": "the list does not say since when",
}
_COUNTRY = {
    "agrees": "country agrees",
    "contradicts": "country contradicts",
    "absent": "no country to compare",
}


def words(result: Result) -> str:
    """A result in words."""
    lines = [f"{result.query.name}, as of {result.day}"]
    for hit in result.hits:
        since = f" since {hit.listed_from}" if hit.listed_from else ""
        lines.append(f"  {hit.matched}  ({hit.list_code}{since}; {_STATUS[hit.status.value]})")
        lines.append(f"    {'; '.join(hit.reasons)}; {_COUNTRY[hit.country.value]}; not reviewed")
        if hit.citation or hit.licence_policy:
            lines.append(f"    {' '.join(p for p in (hit.citation, hit.licence_policy) if p)}")
    if not result.hits:
        lines.append("  searched, nothing found")
    published = sorted({v.published for v in result.searched})
    lines.append(
        f"  searched {len(result.searched)} lists, editions of {', '.join(map(str, published))}"
    )
    if result.stale:
        lines.append(
            "  stale: these lists are older than their stated age, so nothing found says "
            "nothing: " + ", ".join(v.code for v in result.stale)
        )
    if result.not_covered:
        lines.append(
            "  not covered: these lists are of a later day, so nothing found says "
            "nothing: " + ", ".join(v.code for v in result.not_covered)
        )
    return "\n".join(lines)
