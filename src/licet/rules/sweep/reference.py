"""The reference: one row of the tables through the engine that explains.

Each sweep puts a sample of its rows through this and compares. A difference is a fault of the sweep, and
stops it: nothing is reported that the explanation would not bear out.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from licet.model.dates import Span
from licet.model.fact import FactType, Reading, UnknownReason, parse_value
from licet.model.outcome import Outcome
from licet.rules.grades import GRADES, grades
from licet.rules.outcomes import decide
from licet.rules.rulebook import Anchor, BookKind
from licet.rules.scope import Days, Scope
from licet.rules.sweep.algebra import ASKED, ITEM, KIND, LINE, ROLES, SILENT
from licet.rules.sweep.ladder import OUTCOME_BITS
from licet.rules.sweep.table import DAYS, ID, SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.rules.outcomes import LineResult
    from licet.rules.rulebook import Rulebook
    from licet.rules.sweep.run import Plan
    from licet.rules.sweep.table import Row, Table

ORIGIN = "table"


def rows_of(plan: Plan, ids: Sequence[Any]) -> dict[Any, tuple[Row, dict[str, list[Row]]]]:
    """The rows with these ids, each with its parties and items, every column of them."""
    import polars as pl

    wanted = pl.Series(ID, list(ids), dtype=plan.inputs.ids.dtype)
    found: dict[Any, tuple[Row, dict[str, list[Row]]]] = {}
    for row in _chosen(plan, plan.inputs.main, wanted):
        found[row[ID]] = (row, {level: [] for level in plan.inputs.related})
    for level, table in plan.inputs.related.items():
        for row in _chosen(plan, table, wanted):
            found[row[ID]][1][level].append(row)
    return found


def _chosen(plan: Plan, table: Table, ids: Any) -> list[Row]:
    """Every column of some rows, each value checked as the sweep would."""
    rows = table.rows_with(ids)
    encoder = plan.encoders[table.level]
    encoder.check(rows)
    for fact in table.facts:
        encoder.fact(rows, fact)
    if table.level == LINE:
        encoder.spans(rows)
    return rows.plain()


class Reference:
    """Applies rulebooks to rows one by one, with the whole tree."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.books = plan.books
        self.methods = {
            b.id: b for b in reversed(list(plan.books.values())) if b.kind is BookKind.METHOD
        }

    def scope(self, row: Row, related: Mapping[str, Sequence[Row]]) -> Scope:
        """What the rules may see of a row."""
        collections: dict[str, tuple[Scope, ...]] = {}
        line = Scope(LINE, self._facts(self.plan.inputs.main, row), None, collections)
        for level, table in self.plan.inputs.related.items():
            rows = related[level]
            if not rows:
                continue  # nobody stated them
            members = tuple(
                Scope(f"{level} {number}", self._facts(table, member), line)
                for number, member in enumerate(rows, 1)
            )
            if level == ITEM:
                collections["items"] = members
                continue
            collections["parties"] = members
            if ROLES not in table.schema:
                continue  # nobody stated who does what
            roles = [_names(member.get(ROLES)) for member in rows]
            for role in self._roles():
                named = tuple(m for m, own in zip(members, roles, strict=True) if role in own)
                collections[f"role:{role}"] = named
            collections["end_users"] = collections["role:end_user"]
        return line

    def _roles(self) -> set[str]:
        from licet.rules.grammar import Quantified, walk

        found = {"end_user"}
        for book in self.books.values():
            for provision in book.provisions.values():
                found.update(provision.roles)
            conditions = [p.when for p in book.provisions.values()] + [
                *(term.when for term in book.terms.values()),
                *book.derive.values(),
                book.reaches,
            ]
            for node in (n for when in conditions if when is not None for n in walk(when)):
                if isinstance(node, Quantified) and node.over.startswith("role:"):
                    found.add(node.over.removeprefix("role:"))
        return found

    def _facts(self, table: Table, row: Row) -> dict[str, Reading]:
        asked, silent = _names(row.get(ASKED)), _names(row.get(SILENT))
        facts = {}
        for name, definition in table.facts.items():
            if name not in row:
                continue  # no rulebook reads it
            raw = row[name]
            if raw is None:
                if name in asked:
                    facts[name] = Reading(unknown=UnknownReason.ASKED, origin=ORIGIN)
                continue
            if definition.type is FactType.CODES:
                raw = (
                    [part.strip() for part in raw.split(SEPARATOR) if part.strip()]
                    if isinstance(raw, str)
                    else raw
                )
            elif definition.type is FactType.INTEGER:
                raw = int(float(raw))
            value = parse_value(definition, raw)
            facts[name] = Reading(value=value, origin=ORIGIN, by_silence=name in silent)
        return facts

    def days(self, row: Row, book: Rulebook) -> Days:
        """The days of a row for a book; a model that looks back is applied as if it were in force."""
        spans = {anchor: _span(row.get(name)) for name, anchor in DAYS.items()}
        if spans["assessed"] is None:
            as_of = self.plan.encoders[LINE].as_of
            spans["assessed"] = Span(as_of, as_of) if as_of else None
        given = {anchor: span for anchor, span in spans.items() if span is not None}
        starts = [p.start for v in book.provisions.values() for p in v.periods if p.start]
        first = min(starts, default=date.min)
        if book.retrospective and not self.plan.strict_dates and given["assessed"].last < first:
            return Days({anchor.value: Span(first, first) for anchor in Anchor})
        return Days(given)

    def looked(self, row: Row, related: Mapping[str, Sequence[Row]]) -> Looked:
        """A row ready for any of the books."""
        return Looked(self, row, self.scope(row, related))


class Looked:
    """One row as the engine that explains sees it."""

    def __init__(self, reference: Reference, row: Row, line: Scope) -> None:
        self.reference = reference
        self.row = row
        self.line = line
        self.kind: str = row.get(KIND) or ""
        self._grades: dict[str, dict[str, Reading]] = {}

    def grades(self, book: Rulebook) -> dict[str, Reading]:
        """The grades of a method."""
        if book.id not in self._grades:
            days = self.reference.days(self.row, book)
            self._grades[book.id], _ = grades(book, self.line, days, self.kind)
        return self._grades[book.id]

    def decide(self, book: Rulebook, *, explain: bool = False) -> LineResult:
        """What a book says of the row, with its tree and, when asked for, its questions."""
        days = self.reference.days(self.row, book)
        return decide(book, self._with_grades(book), days, self.kind, explain=explain)

    def _with_grades(self, book: Rulebook) -> Scope:
        facts = dict(self.line.facts)
        for name in book.uses:
            facts = {**self.grades(self.reference.methods[name]), **facts}
        collections: dict[str, tuple[Scope, ...]] = {}
        line = Scope(LINE, facts, None, collections)
        for name, members in self.line.collections.items():
            collections[name] = tuple(Scope(m.name, m.facts, line) for m in members)
        return line

    def masks(self) -> dict[str, int]:
        """For each book what the sweep's columns should hold: the mask of what stays possible."""
        found = {}
        for label, book in self.reference.books.items():
            if book.kind is BookKind.METHOD:
                overall = self.grades(book)["grade.overall"]
                left = {overall.value} if overall.known else overall.possible or frozenset()
                found[label] = sum(1 << GRADES.index(grade) for grade in left)
                continue
            result = self.decide(book)
            found[label] = mask(result.outcomes)
            if book.moratoria:
                found[f"{label}~"] = mask(result.outcomes_on_merits)
        return found


def mask(outcomes: Iterable[Outcome]) -> int:
    """A set of outcomes as the bits of a number."""
    return sum(1 << OUTCOME_BITS.index(outcome.value) for outcome in outcomes)


def _names(raw: Any) -> frozenset[str]:
    parts = raw.split(SEPARATOR) if isinstance(raw, str) else raw or ()
    return frozenset(part.strip() for part in parts if part)


def _span(raw: Any) -> Span | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return Span.read(raw)
    day = raw.date() if hasattr(raw, "date") else raw
    return Span(day, day)
