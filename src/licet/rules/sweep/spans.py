"""Rows that say a month or a year only: each law within it alone, and every outcome one of them gives.

The days are cut by the very function that the explanation uses; few tables have many different
spans, so each is cut once.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import polars as pl

from licet.model.dates import Span
from licet.rules.regimes import regimes
from licet.rules.rulebook import BookKind
from licet.rules.scope import Days
from licet.rules.sweep.polars_engine import Worker, mask_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.rules.sweep.lower import Lowered
    from licet.rules.sweep.polars_engine import Level
    from licet.rules.sweep.run import Plan
    from licet.rules.sweep.table import Edges

_EPOCH = date(1970, 1, 1)


def each_law(
    made: Plan,
    frame: pl.DataFrame,
    levels: Mapping[str, Level],
    spans: Mapping[str, tuple[pl.Series, ...]],
    whole: Edges,
) -> pl.DataFrame:
    """The result with the masks of such rows joined law by law."""
    parted = reduce(or_, ((last > first).fill_null(value=False) for first, last in spans.values()))
    if not parted.any():
        return frame
    places = parted.arg_true()
    stated = pl.DataFrame(
        [
            days.gather(places).alias(f"{anchor} {edge}")
            for anchor, own in spans.items()
            for edge, days in zip(("first", "last"), own, strict=True)
        ]
    )
    kinds = stated.unique(maintain_order=True).with_row_index("kind")
    kind_of = stated.join(kinds, on=stated.columns, nulls_equal=True, maintain_order="left")["kind"]
    days_of = [_days(row, tuple(spans)) for row in kinds.iter_rows(named=True)]
    columns = {}
    for one in made.lowered:
        if one.book.kind is not BookKind.METHOD:
            columns.update(_joined(one, frame, levels, whole, places, kind_of, days_of))
    return frame.with_columns(**columns)


def _days(row: Mapping[str, int | None], anchors: tuple[str, ...]) -> Days:
    found = {}
    for anchor in anchors:
        first, last = row[f"{anchor} first"], row[f"{anchor} last"]
        if first is not None and last is not None:
            found[anchor] = Span(_EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last))
    return Days(found)


def _joined(
    one: Lowered,
    frame: pl.DataFrame,
    levels: Mapping[str, Level],
    whole: Edges,
    places: pl.Series,
    kind_of: pl.Series,
    days_of: list[Days],
) -> dict[str, pl.Series]:
    """One book's masks, each row with a span taken once for every law within it."""
    parts = []
    for kind, days in enumerate(days_of):
        looks_back = one.looks_back_from is not None and (
            days.of("assessed").last < one.looks_back_from
        )
        cut = () if looks_back else regimes(one.book, days)
        for part in cut if len(cut) > 1 else ():
            edges = {f"{anchor} {edge}": getattr(part.of(anchor), edge) for anchor, edge in whole}
            parts.append({"kind": kind, **edges})
    if not parts:
        return {}
    schema: dict[str, Any] = {
        "kind": kind_of.dtype,
        **{f"{anchor} {edge}": pl.Date for anchor, edge in whole},
    }
    table = pl.DataFrame(parts, schema=schema)
    again = pl.DataFrame({"place": places, "kind": kind_of}).join(
        table, on="kind", maintain_order="left"
    )
    at = again["place"]
    looked_at = {(a, e): again[f"{a} {e}"].cast(pl.Int32) for a, e in whole}
    worker = Worker(
        {level: rows.of_lines(at) for level, rows in levels.items()},
        {key: edges.gather(at) for key, edges in whole.items()},
        looked_at,
    )
    done = worker.work([bit for _, bits in one.masks for bit in bits])
    columns = {}
    for name, bits in one.masks:
        mask = mask_of([done[bit.number] for bit in bits])
        found = (
            pl.DataFrame({"place": at, "mask": mask})
            .group_by("place")
            .agg(pl.col("mask").bitwise_or())
        )
        columns[name] = frame[name].clone().scatter(found["place"], found["mask"])
    return columns
