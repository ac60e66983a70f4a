"""Read the figures that brought sources have about one state, and compare two of them.

A state without a row is *not covered*, never zero. Two figures are compared only in one series
(a scale, a method), and a difference within their intervals is not significant. Pure.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.evidence.facts import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from licet.evidence.asof import AsOfMode, Edition

NOT_COVERED = "not covered: the source has no figure for this state that was known on the day"


class Change(StrEnum):
    """How a later figure stands to an earlier one of the same name."""

    HIGHER = "higher"
    LOWER = "lower"
    HIGHER_WITHOUT_INTERVAL = "higher_without_interval"
    LOWER_WITHOUT_INTERVAL = "lower_without_interval"
    SAME = "same"
    NOT_SIGNIFICANT = "not_significant"
    NOT_COMPARABLE = "not_comparable"
    UNKNOWN = "unknown"


def read(
    rows: Sequence[Mapping[str, Any]],
    editions: Mapping[str, Edition],
    day: date,
    mode: AsOfMode,
    country: str,
    *,
    up_to: int | None = None,
) -> tuple[Figure, ...]:
    """The latest known figure of each name, in order of source and name; one a source at least.

    ``editions`` are those of the sources that have figures. ``up_to`` leaves out later years.
    """
    found: list[Figure] = []
    for source, edition in sorted(editions.items()):
        last = edition.last_year_known(day, mode)
        years = [
            row
            for row in rows
            if row["source"] == source
            and last is not None
            and row["year"] <= (last if up_to is None else min(last, up_to))
        ]
        names = sorted({row["name"] for row in years})
        found += [_latest([row for row in years if row["name"] == n], edition, day) for n in names]
        if not names:
            found.append(_absent(source, country, edition, day))
    return tuple(found)


def change(before: Figure, after: Figure) -> Change:
    """How ``after`` stands to ``before``: two figures of one source and name.

    >>> from licet.evidence.asof import Edition
    >>> from licet.model.dates import Span
    >>> from datetime import date
    >>> edition = Edition(Span.read("2025-03"), 91, 550)
    >>> def at(year, value, low, high):
    ...     row = dict(source="s", name="n", country="MX", year=year, value=value, low=low,
    ...                high=high, series="", unknown="")
    ...     return _figure(row, edition, date(2025, 6, 1))
    >>> str(change(at(2015, "0.48", "0.42", "0.53"), at(2020, "0.45", "0.40", "0.50")))
    'not_significant'
    >>> str(change(at(2015, "0.48", "0.42", "0.53"), at(2024, "0.25", "0.22", "0.28")))
    'lower'
    """
    if before.value is None or after.value is None:
        return Change.UNKNOWN
    if before.series != after.series:
        return Change.NOT_COMPARABLE
    if before.value == after.value:
        return Change.SAME
    rises = after.value > before.value
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return Change.HIGHER_WITHOUT_INTERVAL if rises else Change.LOWER_WITHOUT_INTERVAL
    if before.low <= after.high and after.low <= before.high:
        return Change.NOT_SIGNIFICANT
    return Change.HIGHER if rises else Change.LOWER


def _latest(rows: Iterable[Mapping[str, Any]], edition: Edition, day: date) -> Figure:
    """The last year with a value; where a later year has none, its reason stands beside it."""
    ordered = sorted(rows, key=lambda row: -row["year"])
    newest = ordered[0]
    valued = next((row for row in ordered if row["value"] is not None), newest)
    unknown = f"{newest['year']}: {newest['unknown']}" if newest["unknown"] else ""
    return _figure({**valued, "unknown": unknown}, edition, day)


def _figure(row: Mapping[str, Any], edition: Edition, day: date) -> Figure:
    return Figure(
        source=row["source"],
        name=row["name"],
        country=row["country"],
        year=row["year"],
        value=_decimal(row["value"]),
        low=_decimal(row["low"]),
        high=_decimal(row["high"]),
        series=row["series"] or "",
        unknown=row["unknown"] or "",
        published=edition.published,
        retro_coded=not edition.out_by(day),
        stale=edition.stale_on(day),
    )


def _absent(source: str, country: str, edition: Edition, day: date) -> Figure:
    return Figure(
        source=source,
        name="",
        country=country,
        year=None,
        value=None,
        low=None,
        high=None,
        series="",
        unknown=NOT_COVERED,
        published=edition.published,
        retro_coded=not edition.out_by(day),
        stale=edition.stale_on(day),
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
