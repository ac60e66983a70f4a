"""From a rulebook to truth columns: each provision, and each outcome that stays possible.

What :mod:`licet.rules.evaluate` and :mod:`licet.rules.worlds` do for one case, column by column. The two must
agree in every row; tests hold them together on the shipped rulebooks and on random ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from licet.model.fact import FactType, stored
from licet.model.outcome import Effect
from licet.rules.evaluate import compared
from licet.rules.grades import GRADES, LIKELIHOOD
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref
from licet.rules.rulebook import BookKind
from licet.rules.sweep.algebra import ASKED, ITEM, LINE, PARTY, ROLES, SILENT, Column, Columns
from licet.rules.sweep.ladder import Ladder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Period, Provision, Rulebook, Saving


@dataclass(frozen=True, slots=True)
class Stated:
    """What a table states: for each level, the facts that have a column; which lists it carries.

    A level that is missing has no table: nobody stated its parties or items.
    """

    facts: Mapping[str, frozenset[str]]
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lowered:
    """One rulebook over one shape of table."""

    book: Rulebook
    label: str
    """What its columns are called: the book's id, or how a second version of it is told apart."""
    provisions: Mapping[str, Column]
    bits: tuple[tuple[str, Column], ...]
    """Each outcome (a grade, for a method) and whether it stays possible. Never null."""
    merits: tuple[tuple[str, Column], ...]
    """The same with moratoria lifted; empty where the book has none."""
    looks_back_from: date | None
    """The day before which the book is applied as of that day, if it looks back."""
    grades: Mapping[str, tuple[tuple[str, Column], ...]] = field(default_factory=dict)
    """Of a method: for each grade fact, which grades stay possible."""

    @property
    def masks(self) -> tuple[tuple[str, list[Column]], ...]:
        """The columns of the result and their bits: as declared, and on the merits (``~``)."""
        found = ((self.label, self.bits), (f"{self.label}~", self.merits))
        return tuple((name, [bit for _, bit in bits]) for name, bits in found if bits)


class Lowering:
    """Lowers rulebooks onto one set of columns, so that they share what they have in common."""

    def __init__(self, stated: Stated, *, strict_dates: bool = False) -> None:
        self.columns = Columns()
        self.stated = stated
        self.strict_dates = strict_dates
        self._grades: dict[str, Lowered] = {}

    def book(self, book: Rulebook, used: Mapping[str, Rulebook], label: str = "") -> Lowered:
        """Lower one rulebook; ``used`` holds the methods whose grades it may read."""
        grades: dict[str, tuple[tuple[str, Column], ...]] = {}
        for name in book.uses:
            if name not in self._grades:
                self._grades[name] = self.book(used[name], used)
            grades.update(self._grades[name].grades)
        lowered = replace(_Book(self, book, grades).lowered(), label=label or book.id)
        if book.kind is BookKind.METHOD and book.id not in self._grades:
            self._grades[book.id] = lowered
        return lowered


class _Book:
    """One rulebook being lowered."""

    def __init__(
        self,
        lowering: Lowering,
        book: Rulebook,
        grades: Mapping[str, tuple[tuple[str, Column], ...]],
    ) -> None:
        self.columns = lowering.columns
        self.stated = lowering.stated
        self.book = book
        self.grades = grades
        self._made: dict[tuple[Any, ...], Column] = {}
        self._open: set[str] = set()
        starts = [
            period.start
            for provision in book.provisions.values()
            for period in provision.periods
            if period.start is not None
        ]
        first = min(starts, default=date.min)
        looks = book.retrospective and not lowering.strict_dates and first > date.min
        self.first = first if looks else None
        self.whole = book.kind is BookKind.METHOD
        self._anchor = "assessed"

    # Provisions

    def lowered(self) -> Lowered:
        truths = {p.id: self._met(p) for p in self.book.provisions.values()}
        if self.book.kind is BookKind.METHOD:
            return self._method(truths)
        reach = self.columns.true
        if self.book.reaches is not None:
            self._anchor = "assessed"
            reach = self._truth(self.book.reaches, LINE)
        lifted = dict.fromkeys(self.book.moratoria, self.columns.false)
        return Lowered(
            self.book,
            self.book.id,
            truths,
            self._ladder(truths, reach),
            self._ladder({**truths, **lifted}, reach) if lifted else (),
            self.first,
        )

    def _ladder(
        self, truths: Mapping[str, Column], reach: Column
    ) -> tuple[tuple[str, Column], ...]:
        return Ladder(self.book, self.columns, self.force, truths, reach).bits()

    def _met(self, provision: Provision) -> Column:
        self._anchor = provision.anchor
        force = self.force(provision)
        if provision.scope != "party":
            return self.columns.all([force, self._when(provision, LINE)])
        if PARTY not in self.stated.facts:
            return self.columns.all([force, self.columns.unknown])
        if provision.roles and ROLES not in self.stated.lists.get(PARTY, ()):
            return self.columns.all([force, self.columns.unknown])
        part = self._when(provision, PARTY)
        found = self.columns.over("some", PARTY, provision.roles, part)
        return self.columns.all([force, found])

    def _when(self, provision: Provision, level: str) -> Column:
        if provision.when is None:
            return self.columns.true
        return self._truth(provision.when, level)

    def force(self, provision: Provision) -> Column:
        """Whether a provision is in force on its anchor's day."""
        return self.columns.any(
            self._period(period, provision.anchor) for period in provision.periods
        )

    def _period(self, period: Period, anchor: str) -> Column:
        columns = self.columns
        begun, lasts = columns.true, columns.true
        if period.start is not None:
            begun = self._since(anchor, period.start)
        elif period.not_later_than is not None:
            known = self.covers(anchor, period.not_later_than, None)
            begun = columns.any([known, columns.unknown])
        if period.end is not None:
            lasts = self._settled(
                self.covers(anchor, None, period.end), self.touches(anchor, None, period.end)
            )
        if period.continues_for is not None:
            lasts = columns.any([lasts, self._saved(period.continues_for)])
        if period.not_for is not None:
            lasts = columns.all([lasts, columns.negate(self._saved(period.not_for))])
        return columns.all([begun, lasts])

    def _since(self, anchor: str, day: date) -> Column:
        """Whether an anchor lies on this day or later; unknown where only some of its days do."""
        return self._settled(self.covers(anchor, day, None), self.touches(anchor, day, None))

    def _settled(self, certain: Column, possible: Column) -> Column:
        columns = self.columns
        return columns.any([certain, columns.all([possible, columns.unknown])])

    def _saved(self, saving: Saving) -> Column:
        """Whether the anchor of a savings clause lies before its day."""
        return self.columns.negate(self._since(saving.anchor, saving.before))

    # Days. A book that looks back is applied, to what came before it, as of its first day. A method
    # looks at all the days that a partial date may mean.

    def covers(self, anchor: str, start: date | None, end: date | None) -> Column:
        """Whether every day an anchor may mean lies within these."""
        own = self.columns.covers(anchor, start, end, whole=self.whole)
        return self._looked_back(own, start, end)

    def touches(self, anchor: str, start: date | None, end: date | None) -> Column:
        """Whether some day an anchor may mean lies within these."""
        own = self.columns.touches(anchor, start, end, whole=self.whole)
        return self._looked_back(own, start, end)

    def _looked_back(self, own: Column, start: date | None, end: date | None) -> Column:
        if self.first is None:
            return own
        then = (start is None or self.first >= start) and (end is None or self.first <= end)
        since = self.columns.touches("assessed", self.first, None, whole=True)
        return self.columns.choose(since, own, self.columns.constant(then))

    # Conditions

    def _truth(self, node: Node, level: str) -> Column:
        """The truth of a condition for a line, or for each of its parties or items."""
        under = self.book.facts_under(node)
        if level != LINE and under.isdisjoint(self.stated.facts[level]):
            return self.columns.up(self._truth(node, LINE), level)
        key = (id(node), level, self._anchor, frozenset(self._open & under))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._lowered(node, level)
        return found

    def _lowered(self, node: Node, level: str) -> Column:
        columns = self.columns
        match node:
            case Leaf():
                return self._leaf(node, level)
            case Not():
                return columns.negate(self._truth(node.part, level))
            case Ref():
                return self._referred(node, level)
            case Quantified():
                return columns.up(self._quantified(node), level)
            case Group():
                parts = [self._truth(part, level) for part in node.parts]
                match node.kind:
                    case "all":
                        return columns.all(parts)
                    case "any":
                        return columns.any(parts)
                    case "none":
                        return columns.negate(columns.any(parts))
                    case _:
                        return columns.at_least(node.count, parts)

    def _referred(self, node: Ref, level: str) -> Column:
        term = self.book.terms.get(node.target)
        if term is not None:
            return self._truth(term.when, level)
        provision = self.book.provisions[node.target]
        force = self.columns.up(self.force(provision), level)
        return self.columns.all([force, self._when(provision, level)])

    def _quantified(self, node: Quantified) -> Column:
        """One truth for the line: a member sees its own facts, then the line's, never another's."""
        level = ITEM if node.over == "items" else PARTY
        if level not in self.stated.facts:
            return self.columns.unknown
        roles: tuple[str, ...] = ()
        if node.over == "end_users":
            roles = ("end_user",)
        elif node.over.startswith("role:"):
            roles = (node.over.removeprefix("role:"),)
        if roles and ROLES not in self.stated.lists.get(level, ()):
            return self.columns.unknown
        return self.columns.over(node.kind, level, roles, self._truth(node.test, level))

    # Facts

    def _leaf(self, leaf: Leaf, level: str) -> Column:
        columns = self.columns
        if leaf.fact in self.grades:
            return columns.up(self._graded(leaf), level)
        read = self._read(leaf, level)
        derivation = self._derivation(leaf.fact, level)
        if derivation is None:
            return columns.choose(read.known, read.test, columns.up(self._open_truth(leaf), level))
        follows = self._of_truth(
            leaf, columns.choose(read.asked, self._adverse_only(leaf.fact, derivation), derivation)
        )
        silent = columns.choose(
            columns.certain(derivation), self._of_truth(leaf, columns.true), read.test
        )
        stated = columns.choose(read.silent, silent, read.test)
        return columns.choose(read.known, stated, follows)

    def _read(self, leaf: Leaf, level: str) -> _Read:
        """A fact as a table states it; a party's or item's own word comes before the line's."""
        columns = self.columns
        line = self._stated(leaf, LINE)
        if level == LINE:
            return line
        own = self._stated(leaf, level)
        said = columns.any([own.known, own.asked])
        return _Read(
            columns.choose(said, own.known, columns.up(line.known, level)),
            columns.choose(said, own.asked, columns.up(line.asked, level)),
            columns.choose(said, own.silent, columns.up(line.silent, level)),
            columns.choose(said, own.test, columns.up(line.test, level)),
        )

    def _stated(self, leaf: Leaf, level: str) -> _Read:
        columns = self.columns
        if leaf.fact not in self.stated.facts.get(level, frozenset()):
            return _Read(columns.false, columns.false, columns.false, columns.unknown)
        lists = self.stated.lists.get(level, frozenset())
        return _Read(
            columns.known(level, leaf.fact),
            columns.has(level, ASKED, leaf.fact) if ASKED in lists else columns.false,
            columns.has(level, SILENT, leaf.fact) if SILENT in lists else columns.false,
            self._test(leaf, level),
        )

    def _test(self, leaf: Leaf, level: str) -> Column:
        columns = self.columns
        negated = leaf.op in ("is not", "is none of")
        op = {"is not": "is", "is none of": "is one of"}.get(leaf.op, leaf.op)
        if leaf.list_name:
            found = self._listed(
                leaf.list_name, lambda codes: columns.test(level, leaf.fact, op, codes), level
            )
        elif leaf.operand is False:
            found = columns.negate(columns.test(level, leaf.fact, op, True))
        else:
            operand = leaf.operand
            if isinstance(operand, tuple):
                operand = tuple(sorted(set(operand)))
            found = columns.test(level, leaf.fact, op, operand)
        return columns.negate(found) if negated else found

    def _listed(self, name: str, test: Callable[[tuple[str, ...]], Column], level: str) -> Column:
        """Whether codes of a dated list are met: unknown where the list changed within the days meant."""
        columns = self.columns
        by_days: dict[tuple[date | None, date | None], set[str]] = {}
        for row in self.book.lists[name]:
            by_days.setdefault((row.valid_from, row.valid_to), set()).add(row.code)
        always, ever = [], []
        for (start, end), codes in by_days.items():
            met = test(tuple(sorted(codes)))
            always.append(
                columns.all([met, columns.up(self.covers(self._anchor, start, end), level)])
            )
            ever.append(
                columns.all([met, columns.up(self.touches(self._anchor, start, end), level)])
            )
        return columns.any([*always, columns.all([columns.any(ever), columns.unknown])])

    def _open_truth(self, leaf: Leaf) -> Column:
        """An unknown fact still settles a comparison that every possible value answers alike."""
        definition = self.book.dictionary.facts[leaf.fact]
        if definition.type is not FactType.CODE:
            return self.columns.unknown
        columns = self.columns
        if not leaf.list_name:
            answers = {compared(leaf.op, value, leaf.operand) for value in definition.domain}
            return columns.constant(answers.pop()) if len(answers) == 1 else columns.unknown
        truths = [self._holds(leaf.list_name, value) for value in definition.domain]
        if leaf.op == "is none of":
            truths = [columns.negate(truth) for truth in truths]
        settled_no = columns.choose(
            columns.possible(columns.any(truths)), columns.unknown, columns.false
        )
        return columns.choose(columns.certain(columns.all(truths)), columns.true, settled_no)

    def _holds(self, name: str, code: str) -> Column:
        """Whether a dated list holds a code."""
        return self._listed(name, lambda codes: self.columns.constant(code in codes), LINE)

    def _derivation(self, fact: str, level: str) -> Column | None:
        node = self.book.derive.get(fact)
        if node is None or fact in self._open:
            return None
        self._open.add(fact)
        found = self._truth(node, level)
        self._open.discard(fact)
        return found

    def _adverse_only(self, fact: str, derived: Column) -> Column:
        """What follows where the fact itself was asked and not answered: nothing in the asker's favour."""
        adverse = self.book.dictionary.facts[fact].adverse
        kept = (stored(True) in adverse, stored(False) in adverse)
        match kept:
            case (True, True):
                return derived
            case (True, False):
                return self.columns.any([derived, self.columns.unknown])
            case (False, True):
                return self.columns.all([derived, self.columns.unknown])
            case _:
                return self.columns.unknown

    def _of_truth(self, leaf: Leaf, value: Column) -> Column:
        """A comparison of a yes/no fact whose value is itself a truth column."""
        match (compared(leaf.op, True, leaf.operand), compared(leaf.op, False, leaf.operand)):
            case (True, False):
                return value
            case (False, True):
                return self.columns.negate(value)
            case (same, _):
                return self.columns.choose(
                    self.columns.certain(self.columns.any([value, self.columns.negate(value)])),
                    self.columns.constant(same),
                    self.columns.unknown,
                )

    def _graded(self, leaf: Leaf) -> Column:
        columns = self.columns
        possible = self.grades[leaf.fact]
        some = columns.any(
            left for grade, left in possible if compared(leaf.op, grade, leaf.operand)
        )
        other = columns.any(
            left for grade, left in possible if not compared(leaf.op, grade, leaf.operand)
        )
        return columns.choose(
            some, columns.choose(other, columns.unknown, columns.true), columns.false
        )

    # Methods

    def _method(self, truths: Mapping[str, Column]) -> Lowered:
        """The grades still possible: in each dimension the worst met, overall the worst dimension."""
        columns = self.columns
        dimensions: dict[str, list[list[Column]]] = {}
        for provision in self.book.provisions.values():
            if provision.effect is Effect.GRADE:
                ranks = dimensions.setdefault(provision.dimension, [[] for _ in GRADES])
                # A method that was not in force graded nothing: no grade is not a low grade.
                absent = columns.certain(columns.negate(self.force(provision)))
                truth = columns.choose(absent, columns.unknown, truths[provision.id])
                ranks[GRADES.index(provision.grade)].append(truth)
        found: dict[str, tuple[tuple[str, Column], ...]] = {}
        at_most: list[list[Column]] = []
        for name, ranks in sorted(dimensions.items()):
            left = self._left(ranks)
            found[f"grade.{name}"] = tuple(zip(GRADES, left, strict=True))
            if name != LIKELIHOOD:
                at_most.append([columns.any(left[: rank + 1]) for rank in range(len(GRADES))])
        counted = [possible for name, possible in found.items() if name != f"grade.{LIKELIHOOD}"]
        overall = tuple(
            (
                grade,
                columns.all(
                    [
                        columns.any(possible[rank][1] for possible in counted),
                        *(below[rank] for below in at_most),
                    ]
                ),
            )
            for rank, grade in enumerate(GRADES)
        )
        if not counted:
            overall = tuple((grade, columns.constant(grade == GRADES[0])) for grade in GRADES)
        found["grade.overall"] = overall
        return Lowered(self.book, self.book.id, truths, overall, (), self.first, found)

    def _left(self, ranks: list[list[Column]]) -> list[Column]:
        columns = self.columns
        certain = [columns.any(columns.certain(truth) for truth in truths) for truths in ranks]
        left = []
        for rank, truths in enumerate(ranks):
            possible = columns.any(columns.possible(truth) for truth in truths)
            if rank == 0:
                possible = columns.true
            worse = columns.any(certain[rank + 1 :])
            left.append(columns.all([possible, columns.negate(worse)]))
        return left


@dataclass(frozen=True, slots=True)
class _Read:
    """A fact as a table states it: whether known, asked, known by silence; and the comparison."""

    known: Column
    asked: Column
    silent: Column
    test: Column
