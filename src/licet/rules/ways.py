"""Ways to make a condition true or false, each for one reason alone where it can be.

A way is a set of facts that suffices, with the words for what is special about it. Not every way is found:
what is found is meant to be read by a person, and few are better than many.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from licet.model.fact import FactType, stored
from licet.rules.evaluate import compared
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref
from licet.rules.mutants import condition_of, own_derived

if TYPE_CHECKING:
    from datetime import date

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Rulebook

MOST = 14
"""How many ways to make one condition so are looked at."""
DEEPEST = 14
"""How many references deep a way is looked for."""
_COUNTRIES = ("NO", "CH", "KE")
_SPARE = ("EU2.20", "FR", "5A002")


class _Allowed(NamedTuple):
    """What a fact may be: one of some values; for a fact of several codes, which it has and lacks."""

    values: frozenset[Any]
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    several: bool = False


_World = dict[str, _Allowed]
_Way = tuple[_World, str]
"""What must be so, and the words for what is special about it."""


class Ways:
    """The ways for one rulebook on one day; without a day, dated lists are left out."""

    def __init__(self, book: Rulebook, day: date | None) -> None:
        self.book = book
        self.day = day
        self.own = set(own_derived(book))
        self._known: dict[tuple[int, bool], list[_Way]] = {}

    def of(self, node: Node, want: bool, depth: int = 0) -> list[_Way]:
        """The ways for a node, the same ones each time."""
        key = id(node), want
        if key not in self._known:
            found = self._found(node, want, depth) if depth <= DEEPEST else []
            distinct = {repr(sorted(world.items())): (world, words) for world, words in found}
            self._known[key] = list(distinct.values())[:MOST]
        return self._known[key]

    def _found(self, node: Node, want: bool, depth: int) -> list[_Way]:
        match node:
            case Leaf():
                return [*self._leaf(node, want), *self._derived(node, want, depth)]
            case Ref():
                when = condition_of(self.book, node.target)
                return self.of(when, want, depth + 1) if when is not None else []
            case Not():
                return self.of(node.part, not want, depth)
            case Quantified():
                return self.of(node.test, want, depth)
            case Group(kind="at_least"):
                return self._at_least(node, want, depth)
            case Group():
                true = want if node.kind != "none" else not want
                return self._joined(node, true, depth)

    def _joined(self, node: Group, want: bool, depth: int) -> list[_Way]:
        every = (node.kind == "all") == want
        one_by_one = [
            self._together(
                node.parts,
                [want if every or i == j else not want for j, _ in enumerate(node.parts)],
                depth,
                i,
            )
            for i, _ in enumerate(node.parts)
        ]
        whole = self._together(node.parts, [want] * len(node.parts), depth, None) if every else []
        return [*whole, *itertools.chain.from_iterable(one_by_one)]

    def _at_least(self, node: Group, want: bool, depth: int) -> list[_Way]:
        size, count = len(node.parts), node.count if want else node.count - 1
        first = [i < count for i in range(size)]
        return [
            way
            for truths in (first, first[::-1])
            for way in self._together(node.parts, truths, depth, None)
        ]

    def _together(
        self, parts: tuple[Node, ...], truths: list[bool], depth: int, shown: int | None
    ) -> list[_Way]:
        """Parts with a truth each; of the shown one every way, of the others the first that fits."""
        ways = [self.of(part, truth, depth + 1) for part, truth in zip(parts, truths, strict=True)]
        told = [w[0][1] for w, truth in zip(ways, truths, strict=True) if w and truth][:3]
        begun: list[_Way] = [({}, ", ".join(told))] if shown is None else ways[shown]
        found = []
        for world, words in begun:
            whole: _World | None = dict(world)
            for i, options in enumerate(ways):
                if i != shown and whole is not None:
                    fits = (_both(whole, other) for other, _ in options)
                    whole = next((both for both in fits if both is not None), None)
            if whole is not None:
                found.append((whole, words))
        return found

    def _derived(self, leaf: Leaf, want: bool, depth: int) -> list[_Way]:
        """Ways by which a derived fact follows, where nobody states it."""
        if leaf.fact not in self.own or leaf.op != "is" or not isinstance(leaf.operand, bool):
            return []
        value = want if leaf.operand else not want
        ways = self.of(self.book.derive[leaf.fact], value, depth + 1)
        words = self._words(leaf, want)
        return [(w, f"{why}: so {words}") for w, why in ways if leaf.fact not in w]

    def _leaf(self, leaf: Leaf, want: bool) -> list[_Way]:
        definition = self.book.dictionary.facts[leaf.fact]
        words = self._words(leaf, want)
        operand = leaf.operand
        if leaf.list_name:
            if self.day is None:
                return []
            operand = tuple(sorted(self.book.list_on(leaf.list_name, self.day, self.day)[0]))
        if definition.type is FactType.CODES:
            codes = frozenset((operand,) if isinstance(operand, str) else operand)
            if not want:
                return [({leaf.fact: _Allowed(frozenset(), lacks=codes, several=True)}, words)]
            return [
                (
                    {leaf.fact: _Allowed(frozenset(), frozenset({code}), several=True)},
                    f"{words}: {code}",
                )
                for code in sorted(codes)
            ]
        values = frozenset(
            v for v in self._values(leaf, operand) if compared(leaf.op, v, operand) is want
        )
        return [({leaf.fact: _Allowed(values)}, words)] if values else []

    def _values(self, leaf: Leaf, operand: Any) -> tuple[Any, ...]:
        definition = self.book.dictionary.facts[leaf.fact]
        named = operand if isinstance(operand, tuple) else (operand,)
        match definition.type:
            case FactType.YES_NO | FactType.CODE:
                return definition.domain
            case FactType.COUNTRY:
                return (*named, *_COUNTRIES)
            case FactType.INTEGER:
                return (operand - 1, operand, operand + 1)
            case FactType.DECIMAL:
                return (str(int(operand) - 1), operand, str(int(operand) + 1))
            case _:
                return named

    def _words(self, leaf: Leaf, want: bool) -> str:
        definition = self.book.dictionary.facts[leaf.fact]
        if definition.type is FactType.YES_NO and isinstance(leaf.operand, bool):
            yes = leaf.operand is want
            return definition.statement if yes else definition.statement_no
        value = f"@{leaf.list_name}" if leaf.list_name else stored(leaf.operand)
        said = leaf.says or f"{definition.statement} {leaf.op} {value}"
        return said if want else f"not so: {said}"


def _both(one: _World, other: _World) -> _World | None:
    """Two worlds at once; None where a fact would have to be two things."""
    both = dict(one)
    for name, allowed in other.items():
        if name in both:
            mine = both[name]
            has, lacks = mine.has | allowed.has, mine.lacks | allowed.lacks
            values = mine.values & allowed.values
            if (has & lacks) if mine.several else not values:
                return None
            allowed = _Allowed(values, has, lacks, mine.several)  # noqa: PLW2901 - the two in one
        both[name] = allowed
    return both


def concrete(book: Rulebook, world: _World) -> dict[str, Any] | None:
    """One case of a world; None where a fact has no code left."""
    given: dict[str, Any] = {}
    for name, allowed in world.items():
        definition = book.dictionary.facts[name]
        if allowed.several:
            spare = (c for c in (*_SPARE, *definition.code_names) if c in definition.code_names)
            rest = next((c for c in spare if c not in allowed.lacks), None)
            if not allowed.has and rest is None:
                return None
            given[name] = tuple(sorted(allowed.has)) or (rest,)
        else:
            order = definition.domain or sorted(allowed.values, key=str)
            given[name] = next(value for value in order if value in allowed.values)
    return given
