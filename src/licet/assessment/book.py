"""A rulebook to read: one page a provision, an index, or one book to print. No script, nothing loaded.

Everything shown is in the files: condition in words, dates, citation, how well it was checked, and the
examples with what came of them. Same rulebook, same bytes. Must not decide anything.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.assessment import aloud, wording
from licet.assessment.page import environment
from licet.errors import Fault, InputError
from licet.model.fact import AnsweredBy, FactType, parse_value, stored
from licet.rules.examples import leaf_coverage, run_example
from licet.rules.grammar import Leaf, Ref, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Provision, ProvisionTest, Rulebook

_ANCHORS = {
    "assessed": "the day of assessment",
    "application": "the day of the application",
    "decision": "the day of the decision",
    "contract": "the day of the contract",
    "export": "the day of the export",
}
_SCOPES = {
    "case": "the case as a whole",
    "line": "each line of the case: an item, for an end user, to a destination",
    "item": "each item",
    "party": "each party",
}
_ANSWERED_BY = {
    AnsweredBy.APPLICANT: "the applicant",
    AnsweredBy.OFFICER: "an officer",
    AnsweredBy.EVIDENCE: "the evidence snapshot",
    AnsweredBy.DERIVED: "nobody: it follows from other facts",
}
_STATES = {
    "met": "it is met",
    "not_met": "it is not met",
    "unknown": "it stays open",
    "not_in_force": "it is not in force",
    "in_force_unknown": "it is not known whether it is in force",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where a provision, term, derivation or fact stands: on pages of a folder, or in one file."""

    single: bool

    def provision(self, name: str) -> str:
        """A provision's own page, or its section."""
        return f"#{self.id('provision', name)}" if self.single else f"{slug(name)}.html"

    def target(self, book: Rulebook, name: str) -> str:
        """What a condition refers to: a term, or another provision."""
        return self.within("term", name) if name in book.terms else self.provision(name)

    def id(self, kind: str, name: str) -> str:
        """The place of a thing on its page."""
        return f"{kind}-{slug(name)}"

    def within(self, kind: str, name: str) -> str:
        """A term, derivation or fact, on the rulebook's own page."""
        return f"{'' if self.single else 'index.html'}#{self.id(kind, name)}"


def slug(name: str) -> str:
    """A name made safe for a file and an address.

    >>> slug("US-744.21-22"), slug("../a b")
    ('US-744.21-22', '.._a_b')
    """
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)


def render_pages(book: Rulebook) -> dict[str, str]:
    """The pages of one rulebook by file name: ``index.html`` and one for each provision.

    Raises InputError where two provisions would have the same file.
    """
    names = Counter(slug(name).lower() for name in book.provisions)
    twice = [n for n in book.provisions if names[slug(n).lower()] > 1 or slug(n).lower() == "index"]
    if twice:
        raise InputError([Fault(n, "has a name that another page has too", book.id) for n in twice])
    links = Links(single=False)
    views = [_provision(book, p) for p in book.provisions.values()]
    context = {"book": _book(book, links), "links": links, "r": book}
    index = environment().get_template("rulebook.html").render(**context, views=views)
    single = environment().get_template("provision.html")
    order = [view["id"] for view in views]
    pages = {"index.html": index}
    for i, view in enumerate(views):
        around = {"before": order[i - 1] if i else "", "after": (*order[i + 1 :], "")[0]}
        pages[f"{slug(view['id'])}.html"] = single.render(**context, p=view, **around)
    return pages


def render_book(book: Rulebook) -> str:
    """One rulebook as one file to print: contents, how to read it, every provision on its own page."""
    links = Links(single=True)
    views = [_provision(book, p) for p in book.provisions.values()]
    template = environment().get_template("book.html")
    return template.render(book=_book(book, links), links=links, r=book, views=views)


def render_shelf(books: Iterable[Rulebook]) -> str:
    """The page that leads to several rulebooks, each in a folder named after its id."""
    rows = [
        {
            "id": book.id,
            "href": f"{slug(book.id)}/index.html",
            "title": book.title,
            "kind": wording.kind(book.kind),
            "provisions": len(book.provisions),
        }
        for book in books
    ]
    return environment().get_template("shelf.html").render(rows=rows)


# What a page shows -----------------------------------------------------------------------------


def _book(book: Rulebook, links: Links) -> dict[str, Any]:
    results = [run_example(book, p, test) for p in book.provisions.values() for test in p.tests]
    leaves = leaf_coverage(book)
    facts = _facts_read(book)
    return {
        "id": book.id,
        "title": book.title,
        "kind": wording.kind(book.kind),
        "policy": book.kind.value != "binding",
        "jurisdiction": book.jurisdiction,
        "authority": book.authority.rstrip("."),
        "version": book.version,
        "digest": book.digest,
        "uses": book.uses,
        "moratoria": book.moratoria,
        "not_considered": book.not_considered,
        "gaps": [
            {"provision": g.get("provision", ""), "says": g.get("says", "")} for g in book.gaps
        ],
        "reaches": aloud.phrase(book, book.reaches) if book.reaches is not None else None,
        "terms": [
            {"name": t.name, "says": t.says, "tree": aloud.phrase(book, t.when)}
            for t in book.terms.values()
        ],
        "derived": [
            {
                "fact": name,
                "statement": book.dictionary.facts[name].statement,
                "tree": aloud.phrase(book, book.derive[name]),
            }
            for name in facts
            if name in book.derive
        ],
        "facts": [_fact(book, name) for name in facts],
        "lists": [
            {
                "name": name,
                "rows": [(r.code, r.valid_from or "", r.valid_to or "", r.cite) for r in rows],
            }
            for name, rows in book.lists.items()
        ],
        "levels": Counter(wording.level(p.checked.level.value) for p in book.provisions.values()),
        "hold": (sum(r.passed for r in results), len(results)),
        "seen": (sum(not one.never for one in leaves), len(leaves)),
        "links": links,
    }


def _provision(book: Rulebook, provision: Provision) -> dict[str, Any]:
    """One provision as its page shows it."""
    facts = sorted(_own_facts(provision))
    terms = [name for name in _referred(provision) if name in book.terms]
    return {
        "id": provision.id,
        "title": provision.title,
        "cite": provision.cite,
        "level": wording.level(provision.checked.level.value),
        "source": provision.checked.source,
        "checked_on": provision.checked.on,
        "checked_by": provision.checked.by,
        "periods": [_period(p) for p in provision.periods],
        "by_day": _ANCHORS[provision.anchor.value],
        "binds": provision.binds,
        "asked_of": _SCOPES[provision.scope.value],
        "roles": [role.replace("_", " ") for role in provision.roles],
        "tree": aloud.phrase(book, provision.when) if provision.when is not None else None,
        "terms": [
            {"name": n, "says": book.terms[n].says, "tree": aloud.phrase(book, book.terms[n].when)}
            for n in terms
        ],
        "effects": list(aloud.effects(provision)),
        "because": provision.because,
        "on_review": provision.on_review,
        "conditions": [(c, wording.MITIGATIONS.get(c, "")) for c in provision.conditions],
        "releases": provision.releases,
        "released_by": book.releasers.get(provision.id, ()),
        "prevails_over": provision.prevails_over,
        "reading": provision.reading.strip(),
        "contested": provision.contested.strip(),
        "readings": [
            {
                "name": r.name.replace("_", " "),
                "authority": r.authority,
                "applies": r.applies,
                "tree": aloud.phrase(book, r.when) if r.when is not None else None,
            }
            for r in provision.readings
        ],
        "weighs": provision.weighs,
        "examples": [_example(book, provision, test) for test in provision.tests],
        "facts": [_fact(book, name) for name in facts],
        "used_by": list(_used_by(book, provision.id)),
        "history": [_event(entry) for entry in provision.history],
        "version": book.version,
        "file": provision.file,
    }


def _period(span: Any) -> dict[str, str]:
    if span.start is not None and span.start.year == aloud.NEVER:
        return {"from": "not law yet", "to": "", "note": "proposed, or not yet published"}
    if span.start is None:
        note = "the first day is not known; before this day it is open whether it was in force"
        return {"from": f"by {span.not_later_than}", "to": str(span.end or ""), "note": note}
    note = "; ".join(aloud.savings(span))
    return {"from": str(span.start), "to": str(span.end or ""), "note": note}


def _event(entry: Mapping[str, str]) -> dict[str, str]:
    """One entry of a file's own history: the day, and everything else that it says."""
    day = entry.get("on") or entry.get("date") or ""
    rest = "; ".join(str(value) for key, value in entry.items() if key not in ("on", "date"))
    return {"on": day, "says": rest}


def _fact(book: Rulebook, name: str) -> dict[str, Any]:
    definition = book.dictionary.facts[name]
    return {
        "name": name,
        "question": definition.question,
        "by": "a named person, with reasons"
        if definition.judgement
        else _ANSWERED_BY[definition.answered_by],
        "evidence": definition.evidence_asked,
        "derived": name in book.derive,
        "codes": definition.codes,
    }


def _example(book: Rulebook, provision: Provision, test: ProvisionTest) -> dict[str, Any]:
    result = run_example(book, provision, test)
    expected = _STATES[test.expect]
    if test.then:
        expected += f": {test.then.replace('_', ' ')}"
    return {
        "name": test.name,
        "day": test.day,
        "given": [_given(book, name, value) for name, value in test.given.items()],
        "expected": expected,
        "asks": [book.dictionary.facts[n].question for n in test.asks or ()],
        "passed": result.passed,
        "got": result.got.replace("_", " "),
    }


def _given(book: Rulebook, name: str, raw: object) -> str:
    """One given fact in words."""
    definition = book.dictionary.facts[name]
    value = parse_value(definition, raw)
    if definition.type is FactType.YES_NO:
        return (
            definition.statement
            if value
            else definition.statement_no or f"not: {definition.statement}"
        )
    shown = stored(value)
    words = dict(definition.codes)
    parts = shown if isinstance(shown, list) else [shown]
    told = ", ".join(words.get(str(part), str(part)) for part in parts) or "none"
    return f"{definition.statement}: {told}"


# What hangs together ---------------------------------------------------------------------------


def _nodes(provision: Provision) -> Iterator[Node]:
    for root in (provision.when, *(r.when for r in provision.readings)):
        if root is not None:
            yield from walk(root)


def _own_facts(provision: Provision) -> set[str]:
    return {node.fact for node in _nodes(provision) if isinstance(node, Leaf)}


def _referred(provision: Provision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.target for n in _nodes(provision) if isinstance(n, Ref)))


def _facts_read(book: Rulebook) -> tuple[str, ...]:
    """Every fact that the book's conditions and terms may read, by name."""
    found: set[str] = set()
    roots = [p.when for p in book.provisions.values()] + [t.when for t in book.terms.values()]
    for root in (*roots, book.reaches):
        if root is not None:
            found |= book.facts_under(root)
    for provision in book.provisions.values():
        found |= _own_facts(provision)
    return tuple(sorted(found))


def _used_by(book: Rulebook, name: str) -> Iterator[tuple[str, str, str]]:
    """What refers to a provision: (how, kind of thing, its name)."""
    for other in book.provisions.values():
        if name in _referred(other):
            yield "asked by", "provision", other.id
        if name in other.prevails_over:
            yield "yields to", "provision", other.id
    for term in book.terms.values():
        if any(isinstance(n, Ref) and n.target == name for n in walk(term.when)):
            yield "part of the term", "term", term.name
    for fact, node in book.derive.items():
        if any(isinstance(n, Ref) and n.target == name for n in walk(node)):
            yield "decides", "derived", fact
