"""Translate one rulebook into logic, as the engine applies it to a case of which all is known.

It follows :mod:`licet.rules.evaluate` and :mod:`licet.rules.worlds` word for word. Where those leave something open although every fact is known (a provision of which it is not known
since when it is in force, a derivation that turns on itself, a method that was not yet in force),
each world settles it either way. Must not ask anything: it only says what is the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from licet.model.outcome import LADDER, RESTRICTING, Effect, Outcome
from licet.rules.grades import GRADES, LIKELIHOOD
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref
from licet.rules.prove.world import LINE, World, group_of, truth_test
from licet.rules.rulebook import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.rules.grammar import Node
    from licet.rules.rulebook import ListRow, Period, Provision, Rulebook, Saving

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
KIND = "case.kind"


class Encoding:
    """One rulebook over the cases of a world. ``methods`` grade what the book reads of them."""

    def __init__(self, book: Rulebook, world: World, methods: Iterable[Encoding] = ()) -> None:
        self.book = book
        self.world = world
        self._grades: dict[str, tuple[z3.BoolRef, ...]] = {}
        for method in methods:
            self._grades.update(method.grades())
        if world.given is not None:
            # A grade that the case itself states stands, as an assessment has it.
            stated = {fact for scope, fact in world.given.own if scope == LINE}
            self._grades = {f: g for f, g in self._grades.items() if f not in stated}
        self._open: set[str] = set()
        self._seen: dict[tuple[int, str, str], tuple[Node, z3.BoolRef]] = {}
        self._forces: dict[str, tuple[z3.BoolRef, z3.BoolRef]] = {}
        self._met: dict[str, z3.BoolRef] = {}

    # Conditions

    def condition(self, node: Node, scope: str, anchor: str) -> z3.BoolRef:
        """The truth of a condition in a scope, its lists read on the day of an anchor."""
        if self._open and not self.book.facts_under(node).isdisjoint(self._open):
            # Inside a derivation that turns on itself: true here only, so nothing is kept.
            return self._encoded(node, scope, anchor)
        key = (id(node), scope, anchor)
        if key not in self._seen:
            # The node is kept beside its truth: the id of one that is gone may be given again.
            self._seen[key] = node, self._encoded(node, scope, anchor)
        return self._seen[key][1]

    def _encoded(self, node: Node, scope: str, anchor: str) -> z3.BoolRef:
        match node:
            case Leaf():
                return self._leaf(node, scope, anchor)
            case Group():
                return joined(node, [self.condition(p, scope, anchor) for p in node.parts])
            case Not():
                return z3.Not(self.condition(node.part, scope, anchor))
            case Quantified():
                return self._quantified(node, anchor)
            case Ref():
                return self._referred(node, scope, anchor)

    def _quantified(self, node: Quantified, anchor: str) -> z3.BoolRef:
        given = self.world.given
        if given is not None and node.over not in given.collections:
            return self.world.open(node.path, id(node))
        some = node.kind == "some"
        found = []
        for member in self.world.members[group_of(node.over)]:
            there = self.world.present(member, node.over)
            truth = self.condition(node.test, member, anchor)
            found.append(z3.And(there, truth) if some else z3.Implies(there, truth))
        return z3.Or(found) if some else z3.And(found)

    def _referred(self, node: Ref, scope: str, anchor: str) -> z3.BoolRef:
        term = self.book.terms.get(node.target)
        if term is not None:
            return self.condition(term.when, scope, anchor)
        return self.applied(self.book.provisions[node.target], scope, anchor)

    def _leaf(self, leaf: Leaf, scope: str, anchor: str) -> z3.BoolRef:
        if leaf.fact in self._grades:
            return self._graded(leaf)
        if leaf.fact not in self.world.derivable:
            return self.world.holds(leaf, scope, self._listed(leaf, anchor))
        value = self._derivable(leaf.fact, scope, anchor)
        test = z3.simplify(self.world.holds(leaf, scope, ()))
        # The comparison of a yes/no fact is the value, its contrary, or settled.
        if z3.is_true(test) or z3.is_false(test):
            return test
        return truth_test(not z3.is_not(test), z3.is_not(test), value)

    def _derivable(self, fact: str, scope: str, anchor: str) -> z3.BoolRef:
        """The value of a fact that may follow from others: as stated, else as it follows."""
        world = self.world
        said, stated = world.stated_value(fact, scope), world.stated(fact, scope)
        node = self.book.derive.get(fact)
        if node is None or fact in self._open:
            return z3.If(stated, said, self._loop(fact, scope))
        self._open.add(fact)
        follows = self.condition(node, scope, anchor)
        self._open.discard(fact)
        owner = (world.holder(fact, scope), fact)
        if world.given is not None and owner in world.given.silent:
            return z3.Or(said, follows)
        if world.given is not None and owner in world.given.asked:
            # A question that was put and not answered is not settled in the asker's favour.
            adverse = world.definition(fact).adverse
            settled = z3.Or(
                *([follows] if "yes" in adverse else []),
                *([z3.Not(follows)] if "no" in adverse else []),
            )
            follows = z3.If(settled, follows, self._loop(fact, scope))
        return z3.If(stated, said, follows)

    def _loop(self, fact: str, scope: str) -> z3.BoolRef:
        return self.world.open(fact, self.world.holder(fact, scope))

    def _graded(self, leaf: Leaf) -> z3.BoolRef:
        cells = zip(GRADES, self._grades[leaf.fact], strict=True)
        wanted = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        among = z3.Or([literal for grade, literal in cells if grade in wanted])
        return among if leaf.op in ("is", "is one of") else z3.Not(among)

    def _listed(self, leaf: Leaf, anchor: str) -> list[tuple[str, z3.BoolRef]]:
        if not leaf.list_name:
            return []
        rows: dict[str, list[ListRow]] = {}
        for row in self.book.lists[leaf.list_name]:
            rows.setdefault(row.code, []).append(row)
        return [
            (code, z3.Or([self.world.day_within(anchor, r.valid_from, r.valid_to) for r in found]))
            for code, found in rows.items()
        ]

    # Provisions

    def in_force(self, provision: Provision) -> z3.BoolRef:
        """Whether a provision is in force on its anchor's day, in this world."""
        return self._force(provision)[0]

    def absent(self, provision: Provision) -> z3.BoolRef:
        """Whether a provision is for certain not in force on its anchor's day."""
        return self._force(provision)[1]

    def _force(self, provision: Provision) -> tuple[z3.BoolRef, z3.BoolRef]:
        if provision.id not in self._forces:
            within, anchor = self.world.day_within, provision.anchor.value
            begun = [
                within(anchor, period.start or period.not_later_than, None)
                for period in provision.periods
            ]
            lasts = [self._lasts(period, anchor) for period in provision.periods]
            certain = z3.Or([z3.And(*pair) for pair in zip(begun, lasts, strict=True)])
            perhaps = z3.Or(
                [
                    there
                    for period, there in zip(provision.periods, lasts, strict=True)
                    if period.start is None
                ]
            )
            since = self.world.open(provision.id, provision.periods)
            self._forces[provision.id] = (
                z3.Or(certain, z3.And(perhaps, since)),
                z3.Not(z3.Or(certain, perhaps)),
            )
        return self._forces[provision.id]

    def _lasts(self, period: Period, anchor: str) -> z3.BoolRef:
        """Whether a period has not ended, its savings clauses minded."""
        lasts = self.world.day_within(anchor, None, period.end)
        if period.continues_for is not None:
            lasts = z3.Or(lasts, self._saved(period.continues_for))
        if period.not_for is not None:
            lasts = z3.And(lasts, z3.Not(self._saved(period.not_for)))
        return lasts

    def _saved(self, saving: Saving) -> z3.BoolRef:
        """Whether the anchor of a savings clause lies before its day."""
        return z3.Not(self.world.day_within(saving.anchor.value, saving.before, None))

    def applied(self, provision: Provision, scope: str, anchor: str = "") -> z3.BoolRef:
        """Whether a provision is in force and its condition holds in a scope."""
        force = self.in_force(provision)
        if provision.when is None:
            return force
        when = self.condition(provision.when, scope, anchor or provision.anchor.value)
        return z3.And(force, when)

    def met(self, provision: Provision) -> z3.BoolRef:
        """Whether a provision is met for any thing it binds to."""
        if provision.id not in self._met:
            self._met[provision.id] = self._bound(provision)
        return self._met[provision.id]

    def _bound(self, provision: Provision) -> z3.BoolRef:
        world = self.world
        if provision.scope is not Scope.PARTY:
            return self.applied(provision, LINE)
        collections = tuple(f"role:{role}" for role in provision.roles) or ("parties",)
        if world.given is not None and not world.given.collections.issuperset(collections):
            return z3.And(z3.Not(self.absent(provision)), world.open(provision.id))
        return z3.Or(
            [
                z3.And(world.present(member, collection), self.applied(provision, member))
                for member in world.members["party"]
                for collection in collections
            ]
        )

    def reach(self) -> z3.BoolRef:
        """Whether the rulebook reaches the case."""
        if self.book.reaches is None:
            return TRUE
        return self.condition(self.book.reaches, LINE, "assessed")

    # The outcome

    def of_kind(self, *kinds: str) -> z3.BoolRef:
        """Whether the case is of one of these kinds."""
        cells = self.world.single(KIND, LINE).cells
        return z3.Or([cells[kind] for kind in kinds if kind in cells])

    def has_effect(self, provision: Provision, effect: Effect) -> z3.BoolRef:
        """Whether a provision has an effect for the kind of this case."""
        special = provision.for_kinds
        named = self.of_kind(*(kind for kind, word in special.items() if word is effect))
        if provision.effect is not effect:
            return named if special else FALSE
        others = [kind for kind, word in special.items() if word is not effect]
        return z3.Not(self.of_kind(*others)) if others else TRUE

    def ladder(self, lifted: Iterable[str] = ()) -> Ladder:
        """What the provisions make of the case together; ``lifted`` ones are left out."""
        return Ladder(self, frozenset(lifted))

    def grades(self) -> dict[str, tuple[z3.BoolRef, ...]]:
        """For each grade of a method, a truth for each of :data:`GRADES`, mildest first."""
        by_dimension: dict[str, list[Provision]] = {}
        for provision in self.book.provisions.values():
            if provision.effect is Effect.GRADE:
                by_dimension.setdefault(provision.dimension, []).append(provision)
        found = {
            f"grade.{dimension}": _worst(
                [self._at_least(provisions, rank) for rank in range(1, len(GRADES))]
            )
            for dimension, provisions in sorted(by_dimension.items())
        }
        floors = [
            z3.Or(
                [
                    z3.Or(*grade[rank:])
                    for name, grade in found.items()
                    if name != f"grade.{LIKELIHOOD}"
                ]
            )
            for rank in range(1, len(GRADES))
        ]
        return {**found, "grade.overall": _worst(floors)}

    def _at_least(self, provisions: Sequence[Provision], rank: int) -> z3.BoolRef:
        return z3.Or([self._given(p) for p in provisions if GRADES.index(p.grade) >= rank])

    def _given(self, provision: Provision) -> z3.BoolRef:
        # A method that was not in force graded nothing: no grade is not a low grade.
        graded = self.world.open("grade", provision.id, provision.periods)
        return z3.If(self.absent(provision), graded, self.met(provision))


def _worst(floors: Sequence[z3.BoolRef]) -> tuple[z3.BoolRef, ...]:
    """From "at least elevated", "at least high" ... to which grade it is."""
    above = [*floors, FALSE]
    below = [TRUE, *floors]
    return tuple(z3.And(b, z3.Not(a)) for b, a in zip(below, above, strict=True))


def joined(node: Group, parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """The truth of a group from those of its parts."""
    match node.kind:
        case "all":
            return z3.And(*parts)
        case "any":
            return z3.Or(*parts)
        case "none":
            return z3.Not(z3.Or(*parts))
        case _:
            return z3.PbGe([(part, 1) for part in parts], node.count)


class Ladder:
    """The outcome of one rulebook in each world, as the ladder has it."""

    def __init__(self, encoding: Encoding, lifted: frozenset[str]) -> None:
        book = encoding.book
        self.encoding = encoding
        self.restricting = [p for p in book.provisions.values() if p.restricting]
        self.met: Mapping[str, z3.BoolRef] = {
            p.id: FALSE if p.id in lifted else encoding.met(p)
            for p in book.provisions.values()
            if p.restricting or p.effect is Effect.EXEMPT
        }
        self.live: Mapping[str, z3.BoolRef] = {
            p.id: z3.And(self.met[p.id], z3.Not(self.released(p.id))) for p in self.restricting
        }
        self.at = [self._at(effect) for effect in RESTRICTING]
        """For each rung, whether some live provision stands on it."""
        self.reached = encoding.reach()

    def released(self, pid: str) -> z3.BoolRef:
        """Whether an exemption that names the provision is met."""
        return z3.Or([self.met[other] for other in self.encoding.book.releasers.get(pid, ())])

    def _at(self, effect: Effect) -> z3.BoolRef:
        return z3.Or(
            [z3.And(self.live[p.id], self.encoding.has_effect(p, effect)) for p in self.restricting]
        )

    def _none_in_force(self) -> z3.BoolRef:
        """Whether the book itself is not in force: a moratorium does not put it into force."""
        book = self.encoding.book
        own = [p for p in book.provisions.values() if p.id not in book.moratoria]
        acting = [p for p in own if p.restricting or p.effect is Effect.EXEMPT]
        return z3.And([z3.Not(self.encoding.in_force(p)) for p in acting or own])

    def at_least(self, rung: int) -> z3.BoolRef:
        """Whether the case is restricted by this rung or a stricter one."""
        return z3.And(self.reached, z3.Or(self.at[: rung + 1]))

    def head(self, rung: int) -> z3.BoolRef:
        """Whether this rung is the strictest on which a live provision stands."""
        return z3.And(self.reached, self.at[rung], z3.Not(z3.Or(self.at[:rung])))

    def leads(self, provision: Provision) -> z3.BoolRef:
        """Whether the outcome rests on this provision, alone or with others."""
        return z3.Or(
            [
                z3.And(
                    self.head(rung),
                    self.live[provision.id],
                    self.encoding.has_effect(provision, effect),
                )
                for rung, effect in enumerate(RESTRICTING)
            ]
        )

    def clashes(self, pid: str) -> z3.BoolRef:
        """Whether an exemption with no declared order bites beside a live provision."""
        clashing = self.encoding.book.clashing[pid]
        return z3.And(self.live[pid], z3.Or([self.met[other] for other in clashing]))

    def outcome(self, outcome: Outcome) -> z3.BoolRef:
        """Whether this is an outcome of the case (of two where only some of the heads clash)."""
        match outcome:
            case Outcome.NOT_REACHED:
                return z3.Not(self.encoding.reach())
            case Outcome.NOT_IN_FORCE:
                nothing_stands = z3.Not(z3.Or(list(self.live.values())))
                return z3.And(self.reached, self._none_in_force(), nothing_stands)
            case Outcome.CONFLICT:
                return z3.Or([self._led(p, clash=True) for p in self.restricting])
            case Outcome.EXEMPT:
                return z3.And(self._unrestricted(), z3.Or(list(self._all_met())))
            case Outcome.NO_RULE_APPLIES:
                return z3.And(self._unrestricted(), z3.Not(z3.Or(list(self._all_met()))))
            case _:
                rung = LADDER.index(outcome)
                on_it = [
                    z3.And(
                        self._led(p, clash=False), self.encoding.has_effect(p, RESTRICTING[rung])
                    )
                    for p in self.restricting
                ]
                return z3.And(self.head(rung), z3.Or(on_it))

    def _all_met(self) -> Iterable[z3.BoolRef]:
        return (self.met[p.id] for p in self.restricting)

    def _unrestricted(self) -> z3.BoolRef:
        asleep = self._none_in_force()
        return z3.And(self.reached, z3.Not(asleep), z3.Not(z3.Or(list(self.live.values()))))

    def _led(self, provision: Provision, *, clash: bool) -> z3.BoolRef:
        bites = self.clashes(provision.id)
        return z3.And(self.leads(provision), bites if clash else z3.Not(bites))


def encodings(book: Rulebook, world: World) -> Encoding:
    """A rulebook with the methods that it uses, as far as the world has them."""
    methods = [
        Encoding(one, world) for one in world.books if one.id in book.uses and one is not book
    ]
    return Encoding(book, world, methods)
