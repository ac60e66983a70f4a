"""What a snapshot answers: readings of evidence as of a day, each with its source and its dates.

Frozen values only. How much a reading may count is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from licet.model.dates import Span


class SafeguardValue(StrEnum):
    """How far a safeguard is there."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class MatchedBy(StrEnum):
    """Why a row was found for what was asked."""

    AGENCY = "agency"
    AGENCY_GROUP = "agency_group"
    VENDOR = "vendor"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class SafeguardReading:
    """One item of the checklist for one state and agency on a day.

    Without a row the value is unknown and ``row_id`` is None. ``retro_coded``: the row comes from
    a later edition of a yearly index. ``stale``: the table is older than its stated age.
    """

    item: str
    value: SafeguardValue
    row_id: str | None = None
    agency: str = ""
    matched_by: MatchedBy | None = None
    as_of_from: Span | None = None
    as_of_to: Span | None = None
    published: Span | None = None
    source_class: str = ""
    certainty: str = ""
    checked: str = ""
    basis: str = ""
    url: str = ""
    retro_coded: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class MisuseRow:
    """One reported deployment, misuse, finding or listing, and why it was found."""

    id: str
    country: str | None
    agency: str
    vendor: str
    product: str
    technology: str
    kind: str
    target_categories: tuple[str, ...]
    conduct: str
    period_from: Span | None
    period_to: Span | None
    published: Span
    source_class: str
    certainty: str
    source_title: str
    source_publisher: str
    url: str
    second_source_url: str
    reply: str
    note: str
    checked: str
    matched_by: tuple[MatchedBy, ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure about a state: what it measures, for which year, from which edition.

    ``percentile`` is the state's rank in the world, 0 to 100, with 90 % bounds, where the source
    gives them. Others are point estimates: no interval is known, which is not a small one.
    """

    source: str
    name: str
    country: str
    year: int
    value: Decimal
    percentile: Decimal | None
    percentile_low: Decimal | None
    percentile_high: Decimal | None
    published: Span
    retro_coded: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that a source a user brought has about a state, or why it has none.

    ``low`` and ``high`` bound the value where the source gives an interval. ``series`` is the
    scale or method: figures of two series are not comparable. ``unknown`` says why there is no
    value, or why a later year has none. Without ``name`` the source has no row for the state.
    """

    source: str
    name: str
    country: str
    year: int | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    series: str
    unknown: str
    published: Span
    retro_coded: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class ChartReading:
    """One destination in the US Commerce Country Chart.

    ``embargoed`` is the provision that an embargoed row points to: its lack of marks permits
    nothing. ``basis`` says by what law the row of another destination is used.
    """

    country: str
    row: str
    columns: frozenset[str]
    embargoed: str
    footnotes: tuple[str, ...]
    basis: str
    edition: Span


@dataclass(frozen=True, slots=True)
class ControlEntry:
    """One entry of the US Commerce Control List. Full item text is captured for some only."""

    eccn: str
    heading: str
    reasons: tuple[str, ...]
    chart: tuple[tuple[str, str], ...]
    licence_exceptions: tuple[tuple[str, str], ...]
    related_controls: str
    text_captured: bool
    edition: Span


@dataclass(frozen=True, slots=True)
class ListCoverage:
    """One list: what it is, which edition is held, and whether absence from it means anything.

    ``covers`` is true only from the edition's day to the end of its stated age. On other days
    absence is unknown: before it *not covered*, after it *stale*.
    """

    code: str
    name: str
    authority: str
    legal_basis: str
    effect: str
    entries: int
    edition: Span
    covers: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of a snapshot, for showing."""

    id: str
    title: str
    publisher: str
    licence: str
    credit: str
    url: str
    published: Span
    describes: str
    max_age_days: int
    publication_lag_days: int
    stale_after: date
    rows: int
