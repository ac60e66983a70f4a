"""What sources that a user brought add to an assessment: figures that are shown, and who to credit.

They are shown beside the figures that ship, so that the spread is seen. Only the publishers that
the risk method names are counted by it; none of this decides anything by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.evidence.about import SHIPPED
from licet.evidence.facts import Indicator
from licet.evidence.snapshot import period
from licet.model.fact import Source, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.evidence import Snapshot
    from licet.evidence.facts import Figure


RATINGS = "freedom_house_status"
"""The source that has the status of a state without its sub-scores."""
STATUS = "fiw_status"


def with_status(
    indicators: tuple[Indicator, ...], figures: tuple[Figure, ...], present: frozenset[str]
) -> tuple[tuple[Indicator, ...], tuple[Figure, ...], frozenset[str]]:
    """The status by Freedom House as the risk method reads it, also from the file of ratings.

    One publisher, whichever of its two files was brought: the sub-scores win where both have it.
    Gives the indicators, the figures that are left to show, and the publishers at hand.
    """
    if RATINGS not in present:
        return indicators, figures, present
    publishers = present | {"freedom_house"}
    found = next((f for f in figures if (f.source, f.name) == (RATINGS, STATUS)), None)
    if found is None or found.value is None or found.year is None:
        return indicators, figures, publishers
    if any(indicator.name == STATUS for indicator in indicators):
        return indicators, figures, publishers
    status = Indicator(
        found.source,
        STATUS,
        found.country,
        found.year,
        found.value,
        None,
        None,
        None,
        found.published,
        found.retro_coded,
        found.stale,
    )
    left = tuple(figure for figure in figures if figure is not found)
    return (*indicators, status), left, publishers


def shown(figures: Iterable[Figure]) -> tuple[Source, ...]:
    """The figures as sources of the reading they stand beside: each says that it is not counted."""
    return tuple(
        Source(
            f"{title(figure)}, shown, not counted", SourceClass.DATASET, published=figure.published
        )
        for figure in figures
    )


def title(figure: Figure) -> str:
    """One figure in a line: name, year, value, interval, scale; or why there is none.

    It says, too, whether the figure is stale or known only from a later edition.
    """
    if not figure.name:
        return f"{figure.source}: {figure.unknown}"
    value = "unknown" if figure.value is None else f"{figure.value.normalize():f}"
    if figure.low is not None and figure.high is not None:
        value += f" [{figure.low.normalize():f} to {figure.high.normalize():f}]"
    notes = [figure.series, figure.unknown]
    notes += ["known from a later edition"] if figure.retro_coded else []
    notes += ["older than its stated age"] if figure.stale else []
    return f"{figure.name} {figure.year}: {value} ({'; '.join(filter(None, notes))})"


def credits_of(snapshot: Snapshot) -> list[str]:
    """The sources that do not ship, each with edition, period, terms and credit."""
    return [
        f"{record.title}, edition {record.published}, describes "
        f"{period(record.describes_from, record.describes_to)} ({record.credit}; {record.licence})"
        for record in snapshot.manifest.sources
        if record.id not in SHIPPED
    ]
