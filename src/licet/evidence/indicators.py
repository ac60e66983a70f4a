"""Read the figures about one state that count as known on a day.

Never one index alone, and no mean of several: each figure stands with its year, its edition, and
whether a later edition was used for an earlier day. Pure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from licet.evidence.facts import Indicator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from licet.evidence.asof import AsOfMode, Edition


def read(
    rows: Sequence[Mapping[str, Any]], editions: Mapping[str, Edition], day: date, mode: AsOfMode
) -> tuple[Indicator, ...]:
    """The latest known figure of each indicator, in order of source and name."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        year = editions[row["source"]].last_year_known(day, mode)
        key = (row["source"], row["name"])
        if (
            year is not None
            and row["year"] <= year
            and (key not in latest or row["year"] > latest[key]["year"])
        ):
            latest[key] = row
    return tuple(_indicator(latest[key], editions[key[0]], day) for key in sorted(latest))


def _indicator(row: Mapping[str, Any], edition: Edition, day: date) -> Indicator:
    return Indicator(
        source=row["source"],
        name=row["name"],
        country=row["country"],
        year=row["year"],
        value=Decimal(row["value"]),
        percentile=_decimal(row["percentile"]),
        percentile_low=_decimal(row["percentile_low"]),
        percentile_high=_decimal(row["percentile_high"]),
        published=edition.published,
        retro_coded=not edition.out_by(day),
        stale=edition.stale_on(day),
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
