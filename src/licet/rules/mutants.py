"""Spoil a rulebook in one place at a time: every small slip that a person could make.

A "not" forgotten, a condition left out, "all" for "any", a code dropped, a first day moved, another
effect. What examples cannot see is left alone: what the book reaches, anchors, releases, rival readings,
``some`` and ``every``, and what is not law yet. Whether an example notices is for
:mod:`licet.rules.mutation` to find out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from licet.model.fact import FactType
from licet.model.outcome import Effect
from licet.rules.grades import GRADES
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Period, Provision, Rulebook

PROPOSED = 9999
"""The year in which law begins that is not law yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """A rulebook with one thing changed."""

    owner: str
    """The provision, term or derived fact that was changed."""
    file: str
    place: str
    """Where in the file: ``when.all[2]``, ``in_force[0].from``, ``then.effect``."""
    slip: str
    """What was done: negated, dropped, joined, counted, compared, coded, moved, effect."""
    book: Rulebook
    was: Node | str
    now: Node | str | None
    """What stands there instead; None where it was left out."""

    @property
    def id(self) -> str:
        """A name that stays the same from run to run."""
        return f"{self.owner} {self.place} {self.slip} {_plain(self.now)}"


def _plain(what: Node | str | None) -> str:
    return what if isinstance(what, str) else repr(what)


def owners_under(book: Rulebook, provision: Provision) -> frozenset[str]:
    """The provisions, terms and derived facts that the truth of a provision may hang on."""
    found: set[str] = set()
    left = [provision.when] if provision.when is not None else []
    while left:
        for part in walk(left.pop()):
            name = name_of(part)
            when = condition_of(book, name)
            if when is not None and name not in found:
                found.add(name)
                left.append(when)
    return frozenset(found)


def condition_of(book: Rulebook, name: str) -> Node | None:
    """The condition of a term, provision or derived fact; None where there is none of that name."""
    if name in book.terms:
        return book.terms[name].when
    return book.provisions[name].when if name in book.provisions else book.derive.get(name)


def own_derived(book: Rulebook) -> tuple[str, ...]:
    """The facts that the book derives itself, beside those that the dictionary derives for all."""
    return tuple(name for name in book.derive if name not in book.dictionary.derive)


def name_of(node: Node) -> str:
    """The fact of a comparison, or what a reference refers to."""
    return node.target if isinstance(node, Ref) else node.fact if isinstance(node, Leaf) else ""


# The mutants -----------------------------------------------------------------------------------


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook, in the order of its text."""
    for provision in book.provisions.values():
        if any(p.start is None or p.start.year != PROPOSED for p in provision.periods):
            yield from _of_provision(book, provision)
    read = {name for p in book.provisions.values() for name in owners_under(book, p)}
    file = next(iter(book.provisions.values())).file.split("/")[0] + "/rulebook.yaml"
    for term in (term for name, term in book.terms.items() if name in read):
        for change in _changes(book, term.when):
            made = altered(book, terms={**book.terms, term.name: replace(term, when=change.root)})
            yield change.mutant(term.name, file, made)
    own = [name for name in own_derived(book) if name in read]
    for name in own:
        for change in _changes(book, book.derive[name]):
            yield change.mutant(
                name, file, altered(book, derive={**book.derive, name: change.root})
            )


def altered(book: Rulebook, **changed: Any) -> Rulebook:
    """The book with something changed, and nothing remembered of how it was."""
    return replace(book, **changed, _under={}, _parts={})


def _of_provision(book: Rulebook, provision: Provision) -> Iterator[Mutant]:
    def made(place: str, slip: str, was: Node | str, now: Node | str | None, **new: Any) -> Mutant:
        changed = {**book.provisions, provision.id: replace(provision, **new)}
        whole = altered(book, provisions=changed)
        return Mutant(provision.id, provision.file, place, slip, whole, was, now)

    for change in _changes(book, provision.when) if provision.when is not None else ():
        yield made(change.was.path, change.slip, change.was, change.now, when=change.root)
    for i, period in enumerate(provision.periods):
        for name, was, moved in _moved(period):
            periods = (*provision.periods[:i], moved, *provision.periods[i + 1 :])
            now = str(getattr(moved, _FIELDS[name]))
            yield made(f"in_force[{i}].{name}", "moved", was, now, periods=periods)
    other = _other_effect(provision.effect)
    if other is not None:
        yield made("then.effect", "effect", provision.effect.value, other.value, effect=other)
    for kind, effect in provision.for_kinds.items():
        swapped = _other_effect(effect) or Effect.CONSIDERATION
        kinds = {**provision.for_kinds, kind: swapped}
        yield made(f"then.for_kinds.{kind}", "effect", effect.value, swapped.value, for_kinds=kinds)
    if provision.grade in GRADES:
        grade = _next(provision.grade, GRADES)
        yield made("then.grade", "effect", provision.grade, grade, grade=grade)


_FIELDS = {"from": "start", "to": "end", "not_later_than": "not_later_than"}


def _moved(period: Period) -> Iterator[tuple[str, str, Period]]:
    """A period with its first or last day a day earlier or later."""
    for name, attribute in _FIELDS.items():
        day: date | None = getattr(period, attribute)
        if day is not None and day.year != PROPOSED:
            for step in (-1, 1):
                moved: dict[str, Any] = {attribute: day + timedelta(days=step)}
                yield name, str(day), replace(period, **moved)


def _other_effect(effect: Effect) -> Effect | None:
    """The effect beside this one on the ladder; none for a definition or a grade."""
    if effect in (Effect.DEFINITION, Effect.GRADE):
        return None
    return Effect(_next(effect, [e for e in Effect if e not in (Effect.DEFINITION, Effect.GRADE)]))


def _next(one: Any, of: Iterable[Any]) -> Any:
    every = list(of)
    return every[(every.index(one) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class _Change:
    """One change inside a condition, and the whole condition with it."""

    slip: str
    was: Node
    now: Node | None
    root: Node

    def mutant(self, owner: str, file: str, book: Rulebook) -> Mutant:
        return Mutant(owner, file, self.was.path, self.slip, book, self.was, self.now)


def _changes(book: Rulebook, node: Node) -> Iterator[_Change]:
    """Every change of a condition: of the node itself, then inside each of its parts."""
    yield from _own_changes(book, node)
    match node:
        case Group():
            for i, part in enumerate(node.parts):
                for inner in _changes(book, part):
                    parts = (*node.parts[:i], inner.root, *node.parts[i + 1 :])
                    yield replace(inner, root=replace(node, parts=parts))
        case Not():
            for inner in _changes(book, node.part):
                yield replace(inner, root=replace(node, part=inner.root))
        case Quantified():
            for inner in _changes(book, node.test):
                yield replace(inner, root=replace(node, test=inner.root))
        case Leaf() | Ref():
            return


def _own_changes(book: Rulebook, node: Node) -> Iterator[_Change]:
    match node:
        case Leaf():
            for slip, leaf in _leaf_changes(book, node):
                yield _Change(slip, node, leaf, leaf)
        case Ref():
            negated = Not(node.path, node)
            yield _Change("negated", node, negated, negated)
        case Not():
            # Of a leaf or a reference, the change of the part itself says the same.
            if not isinstance(node.part, Leaf | Ref):
                yield _Change("negated", node, node.part, node.part)
        case Group():
            yield from _group_changes(node)
        case Quantified():
            return


_JOINED = {"all": "any", "any": "all", "none": "any"}


def _group_changes(node: Group) -> Iterator[_Change]:
    if node.kind == "none" or (node.kind in _JOINED and len(node.parts) > 1):
        joined = replace(node, kind=_JOINED[node.kind], says="")
        yield _Change("joined", node, joined, joined)
    for count in (node.count - 1, node.count + 1) if node.kind == "at_least" else ():
        if 1 <= count <= len(node.parts):
            counted = replace(node, count=count, says="")
            yield _Change("counted", node, counted, counted)
    if len(node.parts) > max(1, node.count):
        for i, part in enumerate(node.parts):
            rest = replace(node, parts=(*node.parts[:i], *node.parts[i + 1 :]))
            yield _Change("dropped", part, None, rest)


_CONTRARY = {
    "is": "is not",
    "is not": "is",
    "is one of": "is none of",
    "is none of": "is one of",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_EDGE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
"""The comparison that differs only where the value is the limit itself."""
_ELSEWHERE = ("NO", "CH")
"""Countries to put in place of another."""


def _leaf_changes(book: Rulebook, leaf: Leaf) -> Iterator[tuple[str, Node]]:
    bare = replace(leaf, says="")
    definition = book.dictionary.facts[leaf.fact]
    if definition.type is FactType.YES_NO and leaf.op == "is":
        yield "negated", replace(bare, operand=not leaf.operand)
        return
    if leaf.op in _CONTRARY:
        yield "negated", replace(bare, op=_CONTRARY[leaf.op])
    else:
        yield "negated", Not(leaf.path, bare)
    if leaf.op in _EDGE:
        yield "compared", replace(bare, op=_EDGE[leaf.op])
    if isinstance(leaf.operand, tuple) and len(leaf.operand) > 1:
        for i in range(len(leaf.operand)):
            yield "coded", replace(bare, operand=(*leaf.operand[:i], *leaf.operand[i + 1 :]))
    elif definition.code_names and isinstance(leaf.operand, str) and len(definition.code_names) > 1:
        yield "coded", replace(bare, operand=_next(leaf.operand, definition.code_names))
    elif definition.type is FactType.COUNTRY and isinstance(leaf.operand, str):
        yield "coded", replace(bare, operand=next(c for c in _ELSEWHERE if c != leaf.operand))
