"""Read the safeguards of one end user on a day from the rows of its state.

The row of the agency beats that of its kind of body, which beats the state's. Of the rows left
the latest published wins, and on a tie the weakest. No row is unknown. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from licet.evidence.asof import AsOfMode, Edition
from licet.evidence.bodies import agency_names, is_group, same_agency
from licet.evidence.facts import MatchedBy, SafeguardReading, SafeguardValue
from licet.evidence.sources import freedom_house
from licet.evidence.sources.safeguards import ITEMS
from licet.model.dates import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WEAKEST_FIRST = (
    SafeguardValue.NOT_MET,
    SafeguardValue.UNKNOWN,
    SafeguardValue.PARTLY,
    SafeguardValue.MET,
)
_LEVEL = {MatchedBy.COUNTRY: 0, MatchedBy.AGENCY_GROUP: 1, MatchedBy.AGENCY: 2}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that holds on the day, why it applies, and from when it counts as public."""

    row: Mapping[str, Any]
    matched_by: MatchedBy
    public: date
    retro_coded: bool

    @property
    def strength(self) -> tuple[int, date, int]:
        """Closest first, then newest, then weakest."""
        value = SafeguardValue(self.row["value"])
        return (_LEVEL[self.matched_by], self.public, -_WEAKEST_FIRST.index(value))


def read(
    rows: Sequence[Mapping[str, Any]],
    agencies: Sequence[str],
    day: date,
    mode: AsOfMode,
    lags: Mapping[str, int],
    *,
    stale: bool,
) -> dict[str, SafeguardReading]:
    """The reading of every item. ``rows`` are those of one state; ``lags`` are days by series."""
    lags = {"freedom_house": freedom_house.PUBLICATION_LAG_DAYS, **lags}
    best: dict[str, _Candidate] = {}
    for row in rows:
        candidate = _candidate(row, agencies, day, mode, lags)
        if candidate is not None and (
            row["item"] not in best or candidate.strength > best[row["item"]].strength
        ):
            best[row["item"]] = candidate
    return {item: _reading(item, best.get(item), stale=stale) for item in ITEMS}


def _candidate(
    row: Mapping[str, Any],
    agencies: Sequence[str],
    day: date,
    mode: AsOfMode,
    lags: Mapping[str, int],
) -> _Candidate | None:
    matched_by = _match(row["agency"], agencies)
    if matched_by is None:
        return None
    published = Span.read(row["published"])
    if published.last <= day:
        held = _holds(row, day)
        return _Candidate(row, matched_by, published.last, False) if held else None
    if row["series"] is None:
        # A judgment that came later was not known, though the defect was there.
        return None
    lag = lags[row["series"]]
    year = Edition(published, lag, 0).last_year_known(day, mode)
    if year is None or not _holds(row, date(year, 12, 31)):
        return None
    return _Candidate(row, matched_by, date(year, 12, 31) + timedelta(days=lag), True)


def _holds(row: Mapping[str, Any], day: date) -> bool:
    end = row["as_of_to"]
    return Span.read(row["as_of_from"]).last <= day and (end is None or day <= Span.read(end).last)


def _match(row: str, agencies: Sequence[str]) -> MatchedBy | None:
    if row == "*":
        return MatchedBy.COUNTRY
    named = [part for part in row.split("/") if not is_group(part)]
    if any(same_agency(part, asked) for part in named for asked in agencies):
        return MatchedBy.AGENCY
    groups = {part for part in row.split("/") if is_group(part)}
    if any(agency_names(group) & agency_names(asked) for group in groups for asked in agencies):
        return MatchedBy.AGENCY_GROUP
    return None


def _reading(item: str, found: _Candidate | None, *, stale: bool) -> SafeguardReading:
    if found is None:
        return SafeguardReading(item, SafeguardValue.UNKNOWN, stale=stale)
    row = found.row
    return SafeguardReading(
        item=item,
        value=SafeguardValue(row["value"]),
        row_id=row["row_id"],
        agency=row["agency"],
        matched_by=found.matched_by,
        as_of_from=Span.read(row["as_of_from"]),
        as_of_to=Span.read(row["as_of_to"]) if row["as_of_to"] else None,
        published=Span.read(row["published"]),
        source_class=row["source_class"],
        certainty=row["certainty"],
        checked=row["checked"],
        basis=row["basis"],
        url=row["url"],
        retro_coded=found.retro_coded,
        stale=stale,
    )
