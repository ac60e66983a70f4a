"""Every possible case at once: one z3 variable for each thing that a rulebook can tell apart.

A fact's values are cut into the few *cells* that some condition can tell apart (a yes and a no; the
countries that some list names, and one other; the numbers beside each threshold), so that every
question is one of pure logic. A day is the list of the law's own turning points that it has passed.
Must not know what a condition means: :mod:`licet.rules.prove.encode` does.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import z3

from licet.model.fact import Attaches, FactType
from licet.rules.evaluate import compared
from licet.rules.grammar import Leaf, Quantified, walk
from licet.rules.rulebook import Anchor, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.model.fact import FactDefinition
    from licet.rules.grammar import Node
    from licet.rules.rulebook import Rulebook

LINE = "line"
Group = Literal["party", "item"]
_ATTACHES: Mapping[Group, Attaches] = {"party": Attaches.PARTY, "item": Attaches.ITEM}
_OTHER_COUNTRIES = ("CH", "BR", "NZ", "ZA", "KE", "PE", "NP", "ZZ")
_QUIET_CODES = ("export", "other", "none", "none_found")


def group_of(collection: str) -> Group:
    """Which kind of thing a collection (``items``, ``parties``, ``role:exporter`` ...) holds."""
    return "item" if collection == "items" else "party"


@dataclass(frozen=True, slots=True)
class Given:
    """What is fixed of one case, for the exact set of its outcomes; see ``possible.py``."""

    members: Mapping[Group, tuple[str, ...]]
    own: frozenset[tuple[str, str]]
    """(scope, fact) pairs for which the line or the member has a reading of its own."""
    asked: frozenset[tuple[str, str]]
    """(scope, fact) pairs that were asked and not answered."""
    silent: frozenset[tuple[str, str]]
    """(scope, fact) pairs that rest on a closed file's silence."""
    values: Mapping[str, frozenset[Any]]
    """Values that the case names, by fact."""
    collections: frozenset[str] = frozenset()
    """The collections that somebody stated."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which a case may depart from the quiet one, in which nothing is so."""

    literal: z3.BoolRef
    weight: int = 1


@dataclass(slots=True)
class _Single:
    """A fact with one value: a literal for each cell, of which exactly one is true."""

    cells: dict[Any, z3.BoolRef] = field(default_factory=dict)


class World:
    """The variables of all cases that some rulebooks can tell apart, and what binds them.

    ``copies`` is how many versions of the books' conditions one question compares. Each ``some``,
    each ``every`` and each provision applied party by party asks for one member of a collection at
    most: a case with more members can be cut down to those without any of their answers changing,
    so that as many members as there are such conditions, times ``copies``, stand for any number.
    """

    def __init__(
        self, books: Iterable[Rulebook], *, copies: int = 1, given: Given | None = None
    ) -> None:
        self.books = tuple(books)
        self.dictionary = self.books[0].dictionary
        self.given = given
        self.derivable = frozenset(fact for book in self.books for fact in book.derive)
        self.constraints: list[z3.BoolRef] = []
        self.departures: list[Departure] = []
        self.follow = z3.Bool("derived facts are as they follow")
        self.one_day = z3.Bool("all days are one")
        self._mentioned = _mentioned(self.books)
        self.members: Mapping[Group, tuple[str, ...]] = (
            given.members if given is not None else _members(self.books, copies)
        )
        self.bools: dict[tuple[str, str], z3.BoolRef] = {}
        self.singles: dict[tuple[str, str], _Single] = {}
        self.several: dict[tuple[str, str, str], z3.BoolRef] = {}
        self.stated_flags: dict[tuple[str, str], z3.BoolRef] = {}
        self.present_flags: dict[tuple[str, str], z3.BoolRef] = {}
        self.turns = _turning_points(self.books)
        self.passed: dict[str, dict[int, z3.BoolRef]] = {}
        self._days()

    # Days

    def _days(self) -> None:
        for anchor in Anchor:
            flags = {turn: z3.Bool(f"{anchor.value} day >= {turn}") for turn in self.turns}
            self.passed[anchor.value] = flags
            for earlier, later in itertools.pairwise(self.turns):
                self.constraints.append(z3.Implies(flags[later], flags[earlier]))
            for turn, flag in flags.items():
                same = flag == self.passed[Anchor.ASSESSED.value][turn]
                self.constraints.append(z3.Implies(self.one_day, same))

    def day_within(self, anchor: str, first: date | None, last: date | None) -> z3.BoolRef:
        """Whether the anchor's day lies between two days, both included; None is open."""
        flags = self.passed[anchor]
        parts = [flags[first.toordinal()]] if first is not None else []
        if last is not None:
            parts.append(z3.Not(flags[last.toordinal() + 1]))
        return z3.And(parts)

    # Facts

    def definition(self, fact: str) -> FactDefinition:
        """The dictionary's entry of a fact."""
        return self.dictionary.facts[fact]

    def holder(self, fact: str, scope: str) -> str:
        """The scope whose own reading of a fact counts in a scope: itself, or the line."""
        if scope == LINE:
            return LINE
        if self.given is not None:
            return scope if (scope, fact) in self.given.own else LINE
        group: Group = "item" if scope in self.members["item"] else "party"
        return scope if self.definition(fact).attaches is _ATTACHES[group] else LINE

    def holds(self, leaf: Leaf, scope: str, lists: Iterable[tuple[Any, z3.BoolRef]]) -> z3.BoolRef:
        """Whether a comparison holds of the stated value of its fact.

        ``lists`` gives, for a dated list, each code with the condition that it stands on the list.
        """
        kind = self.definition(leaf.fact).type
        if kind is FactType.CODES:
            return self._includes(leaf, scope, lists)
        if kind is FactType.YES_NO:
            return _of_truth(leaf, self.yes(leaf.fact, scope))
        cells = self.single(leaf.fact, scope).cells
        if not leaf.list_name:
            test = partial(compared, leaf.op, operand=leaf.operand)
            return z3.Or([literal for value, literal in cells.items() if test(value)])
        on = z3.Or([z3.And(cells[code], listed) for code, listed in lists])
        return z3.Not(on) if leaf.op == "is none of" else on

    def _includes(
        self, leaf: Leaf, scope: str, lists: Iterable[tuple[Any, z3.BoolRef]]
    ) -> z3.BoolRef:
        if leaf.list_name:
            return z3.Or([z3.And(self.has(leaf.fact, code, scope), on) for code, on in lists])
        codes = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        return z3.Or([self.has(leaf.fact, code, scope) for code in codes])

    def yes(self, fact: str, scope: str) -> z3.BoolRef:
        """The value of a yes/no fact, where it is stated."""
        key = (self.holder(fact, scope), fact)
        if key not in self.bools:
            literal = self.bools[key] = z3.Bool(f"{fact} of {key[0]}")
            self.departures.append(Departure(literal))
        return self.bools[key]

    def has(self, fact: str, code: str, scope: str) -> z3.BoolRef:
        """Whether a fact that holds several codes holds this one."""
        key = (self.holder(fact, scope), fact, code)
        if key not in self.several:
            literal = self.several[key] = z3.Bool(f"{fact} of {key[0]} includes {code}")
            self.departures.append(Departure(literal))
        return self.several[key]

    def single(self, fact: str, scope: str) -> _Single:
        """The cells of a fact that has one value."""
        key = (self.holder(fact, scope), fact)
        if key not in self.singles:
            made = self.singles[key] = _Single()
            values = self.cells(fact)
            for value in values:
                made.cells[value] = z3.Bool(f"{fact} of {key[0]} is {value}")
            literals = list(made.cells.values())
            self.constraints.append(z3.PbEq([(literal, 1) for literal in literals], 1))
            quiet = self.quiet(fact)
            self.departures.extend(
                Departure(literal) for value, literal in made.cells.items() if value != quiet
            )
        return self.singles[key]

    def cells(self, fact: str) -> tuple[Any, ...]:
        """One value for each part of a fact's domain that the rulebooks can tell apart."""
        definition = self.definition(fact)
        values = self._mentioned.get(fact, frozenset())
        if self.given is not None:
            values |= self.given.values.get(fact, frozenset())
        match definition.type:
            case FactType.YES_NO:
                return (False, True)
            case FactType.CODE:
                return definition.code_names
            case FactType.INTEGER:
                return tuple(sorted({near for v in values for near in (v - 1, v, v + 1)})) or (0,)
            case FactType.DATE:
                day = timedelta(days=1)
                near_days = {near for v in values for near in (v - day, v, v + day)}
                return tuple(sorted(near_days)) or (date(2024, 1, 1),)
            case FactType.DECIMAL:
                return _decimals(values)
            case FactType.COUNTRY:
                other = next(code for code in _OTHER_COUNTRIES if code not in values)
                return (*sorted(values), other)
            case _:
                return (*sorted(values), "another text")

    def quiet(self, fact: str) -> Any:
        """The value that stands for "nothing is so": no, none, the mildest or first code."""
        definition = self.definition(fact)
        cells = self.cells(fact)
        if definition.type is FactType.CODE:
            mild = [code for code in cells if code not in definition.adverse]
            named = [code for code in _QUIET_CODES if code in cells]
            return (named or mild or list(cells))[0]
        if definition.type in (FactType.COUNTRY, FactType.TEXT):
            return cells[-1]
        return cells[0]

    def stated(self, fact: str, scope: str) -> z3.BoolRef:
        """Whether somebody stated a fact that would otherwise follow from others."""
        owner = self.holder(fact, scope)
        own = self._stated_flag(fact, owner)
        if owner == LINE or self.given is not None:
            return own
        return z3.Or(own, self._stated_flag(fact, LINE))

    def stated_value(self, fact: str, scope: str) -> z3.BoolRef:
        """What was stated of such a fact: by the member itself, else for the line."""
        owner = self.holder(fact, scope)
        if owner == LINE or self.given is not None:
            return self.yes(fact, owner)
        own = self._stated_flag(fact, owner)
        return z3.If(own, self.yes(fact, owner), self.yes(fact, LINE))

    def _stated_flag(self, fact: str, owner: str) -> z3.BoolRef:
        key = (owner, fact)
        if key not in self.stated_flags:
            flag = self.stated_flags[key] = z3.Bool(f"{fact} of {owner} is stated")
            self.departures.append(Departure(flag))
            self.constraints.append(z3.Implies(self.follow, z3.Not(flag)))
            self.constraints.append(z3.Implies(self.yes(fact, owner), flag))
        return self.stated_flags[key]

    def open(self, *name: object) -> z3.BoolRef:
        """A truth that nothing settles: each world has its own. The same name is the same truth."""
        return z3.Bool(f"open: {name}")

    # Members of collections

    def present(self, member: str, collection: str) -> z3.BoolRef:
        """Whether a member stands in a collection; who has a role is one of the parties."""
        key = (member, collection)
        if key not in self.present_flags:
            flag = self.present_flags[key] = z3.Bool(f"{member} in {collection}")
            self.departures.append(Departure(flag))
            if collection not in ("parties", "items"):
                self.constraints.append(z3.Implies(flag, self.present(member, "parties")))
        return self.present_flags[key]


def _of_truth(leaf: Leaf, literal: z3.BoolRef) -> z3.BoolRef:
    test = partial(compared, leaf.op, operand=leaf.operand)
    return truth_test(test(True), test(False), literal)


def truth_test(*answers: Any) -> z3.BoolRef:
    """A test of a yes/no value from its answers for yes and for no, and the value."""
    if_yes, if_no, literal = answers
    if if_yes == if_no:
        return z3.BoolVal(bool(if_yes))
    return literal if if_yes else z3.Not(literal)


# What the rulebooks mention -----------------------------------------------------------------------


def roots(book: Rulebook) -> Iterator[Node]:
    """Every condition of a rulebook: provisions, terms, its reach, and what facts follow from."""
    yield from (p.when for p in book.provisions.values() if p.when is not None)
    yield from (term.when for term in book.terms.values())
    yield from book.derive.values()
    if book.reaches is not None:
        yield book.reaches


def _mentioned(books: Iterable[Rulebook]) -> dict[str, frozenset[Any]]:
    found: dict[str, set[Any]] = {}
    for book in books:
        for node in (n for root in roots(book) for n in walk(root) if isinstance(n, Leaf)):
            values = found.setdefault(node.fact, set())
            if node.list_name:
                values.update(row.code for row in book.lists[node.list_name])
            else:
                values.update(node.operand if isinstance(node.operand, tuple) else (node.operand,))
    return {fact: frozenset(values) for fact, values in found.items()}


def _decimals(values: Iterable[str]) -> tuple[str, ...]:
    numbers = sorted(map(Decimal, values)) or [Decimal(0)]
    between = [(a + b) / 2 for a, b in itertools.pairwise(numbers)]
    every = {numbers[0] - 1, *numbers, *between, numbers[-1] + 1}
    return tuple(format(number.normalize(), "f") for number in sorted(every))


def _turning_points(books: Iterable[Rulebook]) -> tuple[int, ...]:
    """The days, as ordinals, on which some provision or list changes, in order."""
    found: set[int] = set()
    for book in books:
        for period in (p for provision in book.provisions.values() for p in provision.periods):
            found.update(d.toordinal() for d in (period.start, period.not_later_than) if d)
            if period.end is not None:
                found.add(period.end.toordinal() + 1)
            for saving in (period.continues_for, period.not_for):
                if saving is not None:
                    found.add(saving.before.toordinal())
        for row in (row for rows in book.lists.values() for row in rows):
            if row.valid_from is not None:
                found.add(row.valid_from.toordinal())
            if row.valid_to is not None:
                found.add(row.valid_to.toordinal() + 1)
    return tuple(sorted(found))


def _members(books: Iterable[Rulebook], copies: int) -> dict[Group, tuple[str, ...]]:
    """As many members of each kind as stand for any number of them."""
    counts: dict[Group, int] = {"party": 0, "item": 0}
    for book in books:
        for provision in book.provisions.values():
            counts["party"] += provision.scope is Scope.PARTY
        # One condition may read its lists on the days of several provisions that refer to it.
        anchors = len({p.anchor for p in book.provisions.values()})
        for node in (n for root in roots(book) for n in walk(root)):
            if isinstance(node, Quantified):
                counts[group_of(node.over)] += anchors
    return {
        group: tuple(f"{group} {i}" for i in range(1, copies * count + 1))
        for group, count in counts.items()
    }
