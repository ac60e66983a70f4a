"""Cases as tables of resolved facts: what the rules may see of each line, for ``licet sweep``.

Facts are weighed, derived, screened and looked up as for an assessment. What a table cannot say is kept wider:
a fact narrowed to a few values becomes unknown, so that a sweep may leave more open than an assessment,
never less.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import resolved
from licet.model.case import Role
from licet.model.fact import FactType, UnknownReason
from licet.rules.load import default_dictionary
from licet.rules.sweep.algebra import ASKED, ITEM, KIND, LINE, PARTY, ROLES, SILENT
from licet.rules.sweep.table import DAYS, ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from licet.assessment.evidence import Knowledge
    from licet.assessment.options import Options
    from licet.model.case import Case
    from licet.model.fact import Reading
    from licet.rules.scope import Scope

FILES = {LINE: "transfers.parquet", PARTY: "parties.parquet", ITEM: "items.parquet"}
"""The file of each table."""


def tables_of(
    cases: Iterable[Case], knowledge: Knowledge, options: Options | None = None
) -> dict[str, pl.DataFrame]:
    """The main table, and those of parties and items, with a column for each fact that some row states."""
    rows: dict[str, list[dict[str, Any]]] = {level: [] for level in FILES}
    for case in cases:
        for line, scope in resolved(case, knowledge, options):
            identity = f"{case.id}/{line.id}"
            rows[LINE].append(
                {
                    ID: identity,
                    "case": case.id,
                    "line": line.label,
                    **_days(case),
                    **_facts(scope),
                    KIND: case.kind.value,
                }
            )
            roles = _roles(scope)
            rows[PARTY] += [
                {ID: identity, "party": m.name, ROLES: roles.get(m.name, []), **_facts(m)}
                for m in scope.collections["parties"]
            ]
            rows[ITEM] += [
                {ID: identity, "item": m.name, **_facts(m)} for m in scope.collections["items"]
            ]
    return {level: _frame(found) for level, found in rows.items()}


def _days(case: Case) -> dict[str, str | None]:
    spans = {name: getattr(case.dates, anchor) for name, anchor in DAYS.items()}
    return {name: str(span) if span is not None else None for name, span in spans.items()}


def _facts(scope: Scope) -> dict[str, Any]:
    asked = [n for n, r in scope.facts.items() if r.unknown is UnknownReason.ASKED]
    silent = [n for n, r in scope.facts.items() if r.known and r.by_silence]
    values: dict[str, Any] = {
        name: _value(reading) for name, reading in scope.facts.items() if reading.known
    }
    return {**values, **dict.fromkeys(asked), ASKED: sorted(asked), SILENT: sorted(silent)}


def _value(reading: Reading) -> Any:
    value = reading.value
    return list(value) if isinstance(value, tuple | frozenset) else value


def _roles(scope: Scope) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for role in Role:
        for member in scope.collections.get(f"role:{role.value}", ()):
            found[member.name].append(role.value)
    return found


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    types: Mapping[FactType, Any] = {
        FactType.YES_NO: pl.Boolean,
        FactType.CODES: pl.List(pl.String),
        FactType.INTEGER: pl.Int64,
        FactType.DATE: pl.Date,
    }
    facts = default_dictionary().facts
    lists = {ASKED, SILENT, ROLES}
    names = dict.fromkeys(name for row in rows for name in row)
    schema = {
        name: types.get(facts[name].type, pl.String)
        if name in facts
        else pl.List(pl.String)
        if name in lists
        else pl.String
        for name in [*(n for n in names if n not in facts), *sorted(n for n in names if n in facts)]
    }
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
