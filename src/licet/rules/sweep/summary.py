"""What a sweep found, in intervals: how many rows for certain, how many possibly.

One number would be false where facts are missing. Rows are counted by the whole set of outcomes that
stays possible, so every interval is exact and adds up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from licet.model.outcome import Outcome
from licet.rules.grades import GRADES
from licet.rules.rulebook import BookKind
from licet.rules.sweep.ladder import OUTCOME_BITS
from licet.rules.sweep.table import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.rules.rulebook import Rulebook
    from licet.rules.sweep.reference import Looked

REFUSED = "refused"
"""Any outcome that refuses: prohibited, refusal or exclusion required, refusal presumed."""
_REFUSING = (
    Outcome.PROHIBITED,
    Outcome.REFUSAL_REQUIRED,
    Outcome.EXCLUSION_REQUIRED,
    Outcome.REFUSAL_PRESUMED,
)
ALL = "all"
"""The name under which all rows are counted, beside the columns counted by."""
EXAMPLES = 3


def names_of(book: Rulebook) -> tuple[str, ...]:
    """What the bits of a book's mask stand for."""
    return GRADES if book.kind is BookKind.METHOD else OUTCOME_BITS


def words(mask: int, names: Sequence[str]) -> tuple[str, ...]:
    """What a mask holds, in the order of the bits (strictest first).

    >>> words(0b100000010, OUTCOME_BITS)
    ('refusal_required', 'exempt')
    """
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


@dataclass(frozen=True)
class Interval:
    """How many of ``rows`` are so for certain, and how many possibly (the certain ones included)."""

    rows: int
    certain: int
    possible: int

    @property
    def shares(self) -> tuple[float, float]:
        """The same as shares of the rows, between 0 and 1."""
        return (self.certain / self.rows, self.possible / self.rows) if self.rows else (0.0, 0.0)


@dataclass
class Counts:
    """Rows by rulebook, by what is counted by, and by what stays possible; with examples."""

    books: Mapping[str, Rulebook]
    by: tuple[str, ...] = ()
    rows: int = 0
    masks: dict[tuple[str, str, Any], Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """By (column of the result, ``all`` or a column counted by, its value)."""
    moves: dict[tuple[str, str, Any], Counter[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """Where two versions are compared: from which set of outcomes to which."""
    examples: dict[tuple[Any, ...], list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Ids of a few rows for each column and mask, and for each move."""

    def of(self, frame: pl.DataFrame, compared: tuple[str, str] | None = None) -> Counts:
        """The counts of a piece of the result, to be joined to the others in the order of the table."""
        found = Counts(self.books, self.by, len(frame))
        places = {name: _places(frame[name]) for name in self.by}
        for column in (c for c in frame.columns if c.removesuffix("~") in self.books):
            masks = frame[column].cast(pl.UInt32)
            found.masks[column, ALL, None].update(_counted(masks))
            first = masks.arg_unique()
            for mask, one in zip(
                masks.gather(first).to_list(), frame[ID].gather(first), strict=True
            ):
                found.examples[column, mask].append(one)
            for name, (place, values) in places.items():
                for key, count in _counted(place * _MASKS + masks).items():
                    found.masks[column, name, values[key // _MASKS]][key % _MASKS] += count
        if compared:
            found._compare(frame, *compared)
        return found

    def join(self, piece: Counts) -> None:
        """Add the counts of a further piece."""
        self.rows += piece.rows
        for key, counted in piece.masks.items():
            self.masks[key].update(counted)
        for move, moved in piece.moves.items():
            self.moves[move].update(moved)
        for example, ids in piece.examples.items():
            held = self.examples[example]
            held.extend(ids[: EXAMPLES - len(held)])

    def _compare(self, frame: pl.DataFrame, before: str, after: str) -> None:
        changed = frame.filter(pl.col(before) != pl.col(after))
        found = changed.group_by(before, after).agg(pl.len(), pl.col(ID).head(EXAMPLES))
        for old, new, count, ids in found.iter_rows():
            self.moves[after, ALL, None][old, new] += count
            self.examples[before, after, old, new] = list(ids)
        for name in self.by:
            for value, old, new, count in changed.group_by(name, before, after).len().iter_rows():
                self.moves[after, name, value][old, new] += count

    def interval(
        self, column: str, outcomes: Iterable[str], name: str = ALL, value: Any = None
    ) -> Interval:
        """How many rows end in one of these outcomes, for certain and possibly."""
        names = names_of(self.books[column.removesuffix("~")])
        wanted = sum(1 << names.index(outcome) for outcome in outcomes if outcome in names)
        masks = self.masks[column, name, value]
        return Interval(
            sum(masks.values()),
            sum(count for mask, count in masks.items() if not mask & ~wanted),
            sum(count for mask, count in masks.items() if mask & wanted),
        )

    def refused(self, column: str, name: str = ALL, value: Any = None) -> Interval:
        """How many rows are refused."""
        return self.interval(column, (outcome.value for outcome in _REFUSING), name, value)

    def values(self, column: str, name: str) -> list[Any]:
        """The values of a column counted by, most rows first."""
        found = {
            v: sum(m.values()) for (c, n, v), m in self.masks.items() if (c, n) == (column, name)
        }
        return sorted(found, key=lambda value: (-found[value], str(value)))


_MASKS = 1 << len(OUTCOME_BITS)


def _counted(values: pl.Series) -> Counter[int]:
    found = values.value_counts().get_columns()
    return Counter(dict(zip(found[0].to_list(), found[1].to_list(), strict=True)))


def _places(values: pl.Series) -> tuple[pl.Series, list[Any]]:
    """A column as places in the list of its distinct values, and that list; the last is for what is not known."""
    texts = values.cast(pl.String)
    distinct = texts.drop_nulls().unique(maintain_order=True)
    places = texts.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32)
    return places.fill_null(len(distinct)), [*distinct.to_list(), None]


@dataclass
class Checked:
    """The sample put through the explanation: that it agrees, and what would decide open rows."""

    rows: int = 0
    agreed: int = 0
    differing: list[str] = field(default_factory=list)
    open_rows: Counter[str] = field(default_factory=Counter)
    """For each book, how many of the sampled rows are open."""
    asked: Counter[str] = field(default_factory=Counter)
    """For each book, how many of these were asked what would decide them."""
    deciding: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """For each book, the facts that are asked, with the number of open rows that ask them."""

    def add(self, looked: Looked, got: Mapping[str, Any], asking: int) -> None:
        """Compare one row of the result with its explanation; ask what would decide it."""
        self.rows += 1
        expected = looked.masks()
        wrong = [name for name, mask in expected.items() if got[name] != mask]
        self.agreed += not wrong
        for name in wrong:
            self.differing.append(
                f"{got[ID]} under {name}: the sweep says {got[name]:b}, the explanation {expected[name]:b}"
            )
        for label, book in looked.reference.books.items():
            if book.kind is BookKind.METHOD or expected[label].bit_count() < 2:
                continue
            self.open_rows[label] += 1
            if self.asked[label] < asking:
                self.asked[label] += 1
                questions = looked.decide(book, explain=True).questions
                self.deciding[label].update(
                    dict.fromkeys((q.fact for q in questions if q.removes), 1)
                )
