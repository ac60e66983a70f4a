"""Spoil a rulebook in one place at a time and see whether one of its own examples notices.

Each mutant is one small slip that a person could make: a "not" forgotten, a condition left out, "all"
for "any", a code dropped, a first day moved, another effect. One that every example lets pass is told:
there the rulebook could be altered and nobody would see it. Deterministic. What examples cannot see
is not mutated: what the book reaches, anchors, releases, rival readings, ``some`` and ``every``, and what is not law yet.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from licet.model.dates import Span
from licet.model.fact import FactType, Reading
from licet.model.outcome import Effect
from licet.rules.evaluate import Evaluation
from licet.rules.examples import example_scope, run_example
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref, walk
from licet.rules.outcomes import GRADES
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Period, Provision, ProvisionTest, Rulebook

MAX_WORLDS = 20_000
"""How many combinations of values are tried to show that a mutant is no change at all."""
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


@dataclass(frozen=True, slots=True)
class MutationRun:
    """What came of the mutants of one rulebook."""

    book: Rulebook
    killed: int
    survivors: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    """Changes that no case could tell from the rulebook as it is: no example can be missing."""

    @property
    def score(self) -> tuple[int, int]:
        """How many mutants an example noticed, of how many that could be noticed."""
        return self.killed, self.killed + len(self.survivors)


def run_mutants(book: Rulebook, share: float = 1.0) -> MutationRun:
    """Try every mutant of a rulebook, or a share of them (0 to 1, always the same ones)."""
    trials = _Trials(book)
    killed, survivors, equivalent = 0, [], []
    for mutant in mutants(book):
        if _fraction(f"{book.id} {mutant.id}") >= share:
            continue
        if trials.noticed(mutant):
            killed += 1
        elif _same(book, mutant):
            equivalent.append(mutant)
        else:
            survivors.append(mutant)
    return MutationRun(book, killed, tuple(survivors), tuple(equivalent))


def _fraction(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32


class _Trials:
    """The examples of a rulebook, read once, and which of them a change can reach."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.scopes = {
            (p.id, i): example_scope(book, test.given)
            for p in book.provisions.values()
            for i, test in enumerate(p.tests)
        }
        self.reached_by = {p.id: _owners_under(book, p) for p in book.provisions.values()}

    def noticed(self, mutant: Mutant) -> bool:
        """Whether an example no longer comes out as its file says."""
        return any(
            not run_example(mutant.book, mutant.book.provisions[name], test, scope).passed
            for name, test, scope in self._examples(mutant.owner)
        )

    def _examples(self, owner: str) -> Iterator[tuple[str, ProvisionTest, Scope]]:
        names = [owner] if owner in self.book.provisions else []
        names += [n for n, owners in self.reached_by.items() if owner in owners and n != owner]
        for name in names:
            for i, test in enumerate(self.book.provisions[name].tests):
                yield name, test, self.scopes[name, i]


def _owners_under(book: Rulebook, provision: Provision) -> frozenset[str]:
    """The provisions, terms and derived facts that the truth of a provision may hang on."""
    found: set[str] = set()
    left = [provision.when] if provision.when is not None else []
    while left:
        for part in walk(left.pop()):
            name = _name(part)
            when = _condition(book, name)
            if when is not None and name not in found:
                found.add(name)
                left.append(when)
    return frozenset(found)


def _condition(book: Rulebook, name: str) -> Node | None:
    if name in book.terms:
        return book.terms[name].when
    return book.provisions[name].when if name in book.provisions else book.derive.get(name)


# The mutants -----------------------------------------------------------------------------------


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook, in the order of its text."""
    for provision in book.provisions.values():
        if any(p.start is None or p.start.year != PROPOSED for p in provision.periods):
            yield from _of_provision(book, provision)
    read = {name for p in book.provisions.values() for name in _owners_under(book, p)}
    file = next(iter(book.provisions.values())).file.split("/")[0] + "/rulebook.yaml"
    for term in (term for name, term in book.terms.items() if name in read):
        for change in _changes(book, term.when):
            made = _with(book, terms={**book.terms, term.name: replace(term, when=change.root)})
            yield change.mutant(term.name, file, made)
    own = [name for name in book.derive if name in read and name not in book.dictionary.derive]
    for name in own:
        for change in _changes(book, book.derive[name]):
            yield change.mutant(name, file, _with(book, derive={**book.derive, name: change.root}))


def _with(book: Rulebook, **changed: Any) -> Rulebook:
    """The book with something changed, and nothing remembered of how it was."""
    return replace(book, **changed, _under={}, _parts={})


def _of_provision(book: Rulebook, provision: Provision) -> Iterator[Mutant]:
    def made(place: str, slip: str, was: Node | str, now: Node | str | None, **new: Any) -> Mutant:
        changed = {**book.provisions, provision.id: replace(provision, **new)}
        whole = _with(book, provisions=changed)
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
                moved = day + timedelta(days=step)
                yield name, str(day), replace(period, **{attribute: moved})


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


# What is no change -----------------------------------------------------------------------------


def _same(book: Rulebook, mutant: Mutant) -> bool:
    """Whether no values of the facts tell a changed condition from the one that stood there.

    Every combination of values is tried, unknown among them, where there are few enough. Each fact
    is taken as free, and so is each reference: what holds whatever they are holds as they are.
    """
    before, after = _condition(book, mutant.owner), _condition(mutant.book, mutant.owner)
    if before is None or after is None or before == after:
        return False
    before, after = _with_stand_ins(book, *_smaller(before, after))
    values = _values(book, (before, after))
    if values is None:
        return False
    free = _with(book, derive={})
    days = Days({"assessed": Span(date.max, date.max)})
    for world in itertools.product(*values.values()):
        facts = {n: r for n, r in zip(values, world, strict=True) if r is not None}
        evaluation = Evaluation(free, Scope("line", facts, None, {}), days, "export")
        if evaluation.truth(before) is not evaluation.truth(after):
            return False
    return True


def _smaller(before: Node, after: Node) -> tuple[Node, Node]:
    """Both conditions without parts that they share and that read none of the changed part's facts.

    Such a part joins both alike: what is the same without it is the same with it.
    """
    while isinstance(before, Group) and isinstance(after, Group) and _comparable(before, after):
        pairs = list(zip(before.parts, after.parts, strict=True))
        facts = {fact for was, now in pairs if was is not now for fact in _facts(was)}
        kept = [(was, now) for was, now in pairs if was is not now or facts & _facts(was)]
        if len(kept) > 1:
            was_parts, now_parts = zip(*kept, strict=True)
            return replace(before, parts=was_parts), replace(after, parts=now_parts)
        if before.kind == "none":
            break
        ((before, after),) = kept
    return before, after


def _comparable(before: Group, after: Group) -> bool:
    alike = before.kind == after.kind and len(before.parts) == len(after.parts)
    return alike and before.kind != "at_least"


def _facts(node: Node) -> set[str]:
    """The facts and references that stand in a condition itself."""
    return {name for part in walk(node) if (name := _name(part))}


def _with_stand_ins(book: Rulebook, before: Node, after: Node) -> tuple[Node, Node]:
    """Both conditions with a yes/no fact that neither names for all whose values are not few."""
    named = _facts(before) | _facts(after)
    spare = (d.name for d in book.dictionary if d.type is FactType.YES_NO and d.name not in named)
    chosen: dict[str, Leaf] = {}

    def of(node: Node) -> Node:
        match node:
            case Group():
                return replace(node, parts=tuple(of(part) for part in node.parts))
            case Not():
                return replace(node, part=of(node.part))
            case Leaf() if not node.list_name and _few(book, node):
                return node
            case _:
                key = repr(replace(node, path="", says=""))
                if key not in chosen:
                    chosen[key] = Leaf("", next(spare), "is", True)
                return chosen[key]

    return of(before), of(after)


def _few(book: Rulebook, leaf: Leaf) -> bool:
    return book.dictionary.facts[leaf.fact].type in (FactType.YES_NO, FactType.CODE)


def _values(
    book: Rulebook, nodes: Iterable[Node]
) -> Mapping[str, tuple[Reading | None, ...]] | None:
    """For each fact of conditions, the values that can matter; None where they are too many."""
    named: dict[str, set[Any]] = {}
    for leaf in (part for node in nodes for part in walk(node) if isinstance(part, Leaf)):
        operand = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        named.setdefault(leaf.fact, set()).update(operand)
    # Codes that no condition names are all alike: the first of them stands for the others.
    chosen: dict[str, tuple[Reading | None, ...]] = {}
    for name, operands in sorted(named.items()):
        domain = book.dictionary.facts[name].domain
        rest = [value for value in domain if value not in operands][:1]
        values = [value for value in domain if value in operands or value in rest]
        chosen[name] = (*(Reading(value=value) for value in values), None)
    worlds = math.prod(len(values) for values in chosen.values())
    return chosen if worlds <= MAX_WORLDS else None


def _name(node: Node) -> str:
    """The fact of a comparison, or what a reference refers to."""
    return node.target if isinstance(node, Ref) else node.fact if isinstance(node, Leaf) else ""
