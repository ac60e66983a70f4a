"""Truth columns: what a rulebook becomes before a back end works it out over a table.

A column is true, false or null (unknown) in every row, and joins as SQL's booleans do, which is
Kleene's logic. Columns stand at a level: ``line`` (a row of the main table), ``party`` or ``item``
(a row of a related table). The same column is made only once, so that a back end can tell what is
shared. Nothing here knows a table or an engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

LINE, PARTY, ITEM = "line", "party", "item"

ASKED = "asked"
"""The column with the facts that were asked and not answered, as a list of their names."""
SILENT = "silent"
"""The column with the facts whose value rests on a closed file's silence."""
ROLES = "roles"
"""The column with what a party does in the case."""
KIND = "case.kind"
"""The fact by which a provision may have another effect. Every row states it, as every case does."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One truth column: what it is made of (``op``, ``data``) and from which others (``args``)."""

    number: int
    op: str
    data: tuple[Any, ...]
    args: tuple[Column, ...]
    level: str
    sure: bool
    """Whether it is true or false in every row, never null."""

    @property
    def constant(self) -> bool:
        """Whether it is the same in every row."""
        return self.op == "constant"

    @property
    def value(self) -> bool | None:
        """The truth of a constant."""
        truth: bool | None = self.data[0]
        return truth


class Columns:
    """Makes columns, each once, and simplifies what can be simplified.

    ``constant``      data (truth,)
    ``test``          data (fact, operator, operand): null where the fact is
    ``known``         data (fact,): whether the table states the fact; never null
    ``has``           data (``asked`` or ``silent``, fact): whether that list names it; never null
    ``day``           data (anchor, ``first`` or ``last``, ``>=`` or ``<=``, date, whole); never null. ``whole`` looks
                      at all the days that a partial date may mean, also while each law is looked at alone
    ``all``, ``any``  Kleene, of ``args``
    ``not``           the contrary of its one argument
    ``at_least``      data (count,)
    ``certain``       whether true; never null
    ``possible``      whether true or null; never null
    ``choose``        the second argument where the first is true, else the third; the first is never null
    ``up``            a line's column, seen from its parties or items
    ``some``          data (role, ...), of parties or items: Kleene any over those of a line that have
                      one of the roles (all of them when none is named); null where a line has none at all
    ``every``         the same, Kleene all
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Column] = {}
        self.true = self._make("constant", (True,), (), LINE)
        self.false = self._make("constant", (False,), (), LINE)
        self.unknown = self._make("constant", (None,), (), LINE)

    def _make(self, op: str, data: tuple[Any, ...], args: tuple[Column, ...], level: str) -> Column:
        key = (op, level, *data, *(arg.number for arg in args))
        found = self._made.get(key)
        if found is None:
            sure = _sure(op, data, args)
            found = self._made[key] = Column(len(self._made), op, data, args, level, sure)
        return found

    def constant(self, truth: bool | None) -> Column:
        """The column that is the same everywhere."""
        return {True: self.true, False: self.false, None: self.unknown}[truth]

    def test(self, level: str, fact: str, op: str, operand: Any) -> Column:
        """A stated fact compared."""
        return self._make("test", (fact, op, operand), (), level)

    def known(self, level: str, fact: str) -> Column:
        """Whether the table states a fact."""
        return self._make("known", (fact,), (), level)

    def has(self, level: str, listing: str, fact: str) -> Column:
        """Whether the list of facts asked, or known by silence, names this one."""
        return self._make("has", (listing, fact), (), level)

    def covers(
        self, anchor: str, start: date | None, end: date | None, *, whole: bool = False
    ) -> Column:
        """Whether every day that an anchor may mean lies within these, both included."""
        return self._within(anchor, (start, "first"), (end, "last"), whole=whole)

    def touches(
        self, anchor: str, start: date | None, end: date | None, *, whole: bool = False
    ) -> Column:
        """Whether some day that an anchor may mean lies within these."""
        return self._within(anchor, (start, "last"), (end, "first"), whole=whole)

    def _within(
        self,
        anchor: str,
        start: tuple[date | None, str],
        end: tuple[date | None, str],
        *,
        whole: bool,
    ) -> Column:
        bounds = ((*start, ">="), (*end, "<="))
        return self.all(
            self._make("day", (anchor, edge, op, day, whole), (), LINE)
            for day, edge, op in bounds
            if day is not None
        )

    def all(self, parts: Iterable[Column]) -> Column:
        """Kleene and."""
        return self._join("all", parts, self.true, self.false)

    def any(self, parts: Iterable[Column]) -> Column:
        """Kleene or."""
        return self._join("any", parts, self.false, self.true)

    def _join(self, op: str, parts: Iterable[Column], empty: Column, settled: Column) -> Column:
        flat: dict[int, Column] = {}
        for part in parts:
            for one in part.args if part.op == op else (part,):
                flat[one.number] = one
        flat.pop(empty.number, None)
        if settled.number in flat:
            return settled
        if not flat:
            return empty
        if len(flat) == 1:
            return next(iter(flat.values()))
        args = tuple(flat[number] for number in sorted(flat))
        return self._make(op, (), args, self._level(args))

    def negate(self, part: Column) -> Column:
        """Kleene not."""
        if part.constant:
            return self.constant(None if part.value is None else not part.value)
        if part.op == "not":
            return part.args[0]
        return self._make("not", (), (part,), part.level)

    def at_least(self, count: int, parts: Iterable[Column]) -> Column:
        """Whether at least ``count`` hold. A part that stands twice counts twice."""
        args = list(parts)
        sure = sum(part is self.true for part in args)
        left = tuple(part for part in args if part not in (self.true, self.false))
        needed = count - sure
        if needed <= 0:
            return self.true
        if needed > len(left):
            return self.false
        if needed == 1:
            return self.any(left)
        if needed == len(left):
            return self.all(left)
        return self._make("at_least", (needed,), left, self._level(left))

    def certain(self, part: Column) -> Column:
        """Whether true; unknown counts as no."""
        if part.constant:
            return self.constant(part.value is True)
        if part.sure:
            return part
        return self._make("certain", (), (part,), part.level)

    def possible(self, part: Column) -> Column:
        """Whether true or unknown."""
        if part.constant:
            return self.constant(part.value is not False)
        if part.sure:
            return part
        return self._make("possible", (), (part,), part.level)

    def choose(self, condition: Column, then: Column, otherwise: Column) -> Column:
        """One column where a condition holds, another where not. The condition is never null."""
        if condition.constant:
            return then if condition.value is True else otherwise
        if then is otherwise:
            return then
        args = (condition, then, otherwise)
        return self._make("choose", (), args, self._level(args))

    def up(self, part: Column, level: str) -> Column:
        """A line's column as its parties or items see it."""
        if part.constant or part.level == level:
            return part
        return self._make("up", (), (part,), level)

    def over(self, kind: str, level: str, roles: tuple[str, ...], part: Column) -> Column:
        """``some`` or ``every`` party or item of a line."""
        part = part if part.constant else self.up(part, level)
        return self._make(kind, (level, *roles), (part,), LINE)

    def _level(self, args: Iterable[Column]) -> str:
        levels = {arg.level for arg in args if not arg.constant} or {LINE}
        if len(levels) > 1:
            raise ValueError(f"columns of different levels cannot be joined: {sorted(levels)}")
        return levels.pop()


def _sure(op: str, data: tuple[Any, ...], args: tuple[Column, ...]) -> bool:
    if op == "constant":
        return data[0] is not None
    if op in ("certain", "possible", "known", "has", "day"):
        return True
    return op not in ("test", "some", "every") and all(arg.sure for arg in args)


def needed(roots: Iterable[Column]) -> Iterator[Column]:
    """Every column that some root is made of, arguments before what is made of them."""
    seen: set[int] = set()
    stack = [(root, False) for root in roots][::-1]
    while stack:
        column, ready = stack.pop()
        if ready:
            yield column
        elif column.number not in seen:
            seen.add(column.number)
            stack.append((column, True))
            stack.extend((arg, False) for arg in column.args if arg.number not in seen)
