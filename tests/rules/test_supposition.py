"""A supposed value gives what evaluating anew with that value gives, provision by provision."""

import random
from collections import Counter

import pytest

from licet.model.dates import Span
from licet.model.fact import FactDefinition, Reading, UnknownReason
from licet.rules import dictionary
from licet.rules.build import Builder
from licet.rules.evaluate import Evaluation, Truth, kleene_any
from licet.rules.load import shipped
from licet.rules.rulebook import Rulebook
from licet.rules.scope import Days, Scope
from licet.rules.supposition import Supposition

DAYS = Days(
    {
        "assessed": Span.read("2026-11-24"),
        "export": Span.read("2021"),
        "contract": Span.read("2020"),
    }
)
LIST = "code,valid_from,valid_to,cite\nx,2021-06-15,open,made up\n"


def difficult_book() -> Rulebook:
    """Derivations that turn on themselves, a provision that may not be in force, a list that changes within the
    span of a day that is not known."""
    common = {"attaches": "case", "question": "?", "answered_by": "applicant", "adverse": "yes"}
    facts = [{"name": f"f.{n}", "type": "yes_no", "statement": n, **common} for n in "abcdef"]
    place = {"name": "f.place", "type": "code", "codes": {"x": "x", "y": "y"}, "statement": "p"}
    schema = {"schema": dictionary.DICTIONARY_SCHEMA, "facts": [*facts, {**common, **place}]}
    files: dict[str, object] = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "difficult",
            "title": "Difficult",
            "jurisdiction": "EU",
            "kind": "binding",
            "derive": {
                "f.a": {"any": ["f.b", "f.c"]},
                "f.b": {"any": ["f.a", {"all": ["f.d", "f.e"]}]},
                "f.c": {"all": [{"not": "f.b"}, "f.e"]},
                "f.f": {"all": ["f.place is one of @listed", "f.d"]},
            },
        },
        "lists/listed.csv": LIST,
    }
    for pid, when, more in (
        (
            "P1",
            {"any": ["f.d", "f.a"]},
            {"in_force": {"from": "unknown", "not_later_than": "2027-01-01"}},
        ),
        ("P2", {"all": [{"ref": "P1"}, {"any": ["f.f", "f.b"]}]}, {}),
        (
            "P3",
            {"any": ["f.f", {"all": ["f.place is one of @listed", "f.e"]}]},
            {"in_force": {"from": "2000-01-01", "anchor": "export"}},
        ),
        ("P4", {"all": ["f.place is one of @listed", {"not": "f.c"}]}, {}),
    ):
        files[f"provisions/{pid}.yaml"] = {
            "schema": "licet/provision/1",
            "provision": pid,
            "title": pid,
            "cite": {"instrument": "Test Act", "locator": pid},
            "checked": {"level": "policy"},
            "in_force": {"from": "2000-01-01"},
            "when": when,
            "then": {"effect": "prohibited"},
            **more,
        }
    return Builder(files, "difficult", dictionary.build([("facts.yaml", schema)])).build()


UNKNOWN = [UnknownReason.NOT_ASKED, UnknownReason.ASKED, UnknownReason.OPEN]


def drawn(draw: random.Random, definition: FactDefinition) -> Reading:
    """Known, known by a closed file's silence, or unknown; asked and not answered among it."""
    if not definition.domain or draw.random() < 0.4:
        return Reading(unknown=draw.choice(UNKNOWN))
    return Reading(draw.choice(definition.domain), by_silence=draw.random() < 0.5)


def line(draw: random.Random, book: Rulebook) -> Scope:
    """A line on which every fact is drawn, with two parties that have facts of their own."""
    facts = sorted(book.readers_of)
    known = {name: drawn(draw, book.dictionary.facts[name]) for name in facts}
    collections: dict[str, tuple[Scope, ...]] = {}
    scope = Scope("line", known, None, collections)
    parties = tuple(
        Scope(
            f"party-{i}",
            {n: drawn(draw, book.dictionary.facts[n]) for n in draw.sample(facts, len(facts) // 2)},
            scope,
        )
        for i in range(2)
    )
    for name in ("parties", "end_users", "role:exporter", "role:broker", "items"):
        collections[name] = parties if draw.random() < 0.8 else ()
    return scope


def truth(evaluation: Evaluation, book: Rulebook, pid: str) -> Truth:
    return kleene_any(f.truth for f in evaluation.findings(book.provisions[pid]))


@pytest.fixture(scope="module")
def altered() -> Counter[str]:
    """How many suppositions altered a provision, by book; each was compared on the way."""
    found = Counter({name: _compare(book, 10) for name, book in shipped().items()})
    found["difficult"] = _compare(difficult_book(), 300)
    return found


def _compare(book: Rulebook, lines: int) -> int:
    draw, altered = random.Random(book.id), 0
    for _ in range(lines):
        scope = line(draw, book)
        evaluation = Evaluation(book, scope, DAYS, "export")
        findings = {p.id: evaluation.findings(p) for p in book.provisions.values()}
        reach = evaluation.reach()
        asked = [f for f in sorted(book.readers_of) if book.dictionary.facts[f].domain]
        for fact in draw.sample(asked, min(12, len(asked))):
            for value in book.dictionary.facts[fact].domain:
                supposition = Supposition(evaluation, fact, value)
                anew = Evaluation(book, scope, DAYS, "export", {fact: Reading(value)})
                for pid, found in findings.items():
                    told = supposition.met(book.provisions[pid], found)
                    assert told is truth(anew, book, pid), (pid, fact, value)
                    altered += told is not kleene_any(f.truth for f in found)
                again = anew.reach()
                if reach is not None and again is not None:
                    assert supposition.reach(reach) is again.truth, (fact, value)
    return altered


def test_supposing_is_evaluating_anew(altered: Counter[str]) -> None:
    assert set(altered) == {*shipped(), "difficult"}


def test_the_suppositions_compared_do_alter_provisions(altered: Counter[str]) -> None:
    """Else the comparison would compare nothing."""
    assert altered.total() > 500
    assert sum(count > 0 for count in altered.values()) >= 12
