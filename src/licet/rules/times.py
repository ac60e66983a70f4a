"""Read when a provision is in force: periods, savings clauses, anchors, and the days of an example.

Each fault is noted through ``fault`` (path, message), so that all faults of a file are told together.
Must not evaluate.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.errors import nearest
from licet.model.dates import Span
from licet.rules.rulebook import Anchor, Period, Saving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Note = Callable[[str, str], None]

_PERIOD = ("from", "to", "not_later_than", "anchor", "continues_for", "not_for")


def day_or_none(text: str) -> date | None:
    """A day, or None for an empty text or ``open``. Raises ValueError for anything else.

    >>> day_or_none("2021-09-09"), day_or_none("open")
    (datetime.date(2021, 9, 9), None)
    """
    return date.fromisoformat(text) if text and text != "open" else None


def read_periods(raw: Any, fault: Note) -> tuple[Period, ...]:
    """The periods of a provision, which may not overlap."""
    periods = []
    for entry in raw if isinstance(raw, list) else [raw]:
        for key in entry:
            if key not in _PERIOD:
                fault(f"in_force.{key}", f"is not a known field{nearest(key, _PERIOD)}")
        try:
            start = None if entry["from"] == "unknown" else date.fromisoformat(entry["from"])
            end = day_or_none(entry.get("to", ""))
            latest = day_or_none(entry.get("not_later_than", ""))
        except (KeyError, ValueError, TypeError) as error:
            fault(
                "in_force",
                f"needs `from` (a day, or unknown with not_later_than) and perhaps `to`: {error}",
            )
            continue
        if start is None and latest is None:
            fault("in_force", "says `from: unknown` but not `not_later_than`")
        if end is not None and (start or latest or date.min) > end:
            fault("in_force", "ends before it begins")
        savings = {key: _saving(entry, key, fault) for key in ("continues_for", "not_for")}
        periods.append(Period(start, end, latest, **savings))
    known = sorted((p for p in periods if p.start), key=lambda p: p.start or date.min)
    for first, second in itertools.pairwise(known):
        if first.end is None or (second.start is not None and first.end >= second.start):
            fault("in_force", "has periods that overlap")
    return tuple(periods)


def _saving(entry: Mapping[str, Any], key: str, fault: Note) -> Saving | None:
    if key not in entry:
        return None
    try:
        return Saving(Anchor(entry[key]["anchor"]), date.fromisoformat(entry[key]["before"]))
    except (KeyError, ValueError, TypeError):
        fault(
            f"in_force.{key}",
            f"got {entry[key]!r}: needs `anchor` (one of {', '.join(Anchor)}) and `before` (a day)",
        )
        return None


def read_anchor(raw: Any, fault: Note) -> Anchor:
    """The day on which a provision looks; that of assessment where none is named."""
    entry = raw[0] if isinstance(raw, list) else raw
    try:
        return Anchor(entry.get("anchor", "assessed"))
    except ValueError:
        fault("in_force.anchor", f"got {entry.get('anchor')!r}: use one of {', '.join(Anchor)}")
        return Anchor.ASSESSED


def example_dates(raw: Mapping[str, Any], path: str, fault: Note) -> Mapping[str, str]:
    """The days of other anchors that an example gives."""
    dates = raw.get("dates", {})
    for anchor, day in {"assessed": raw.get("date"), **dates}.items():
        if anchor not in list(Anchor):
            fault(f"{path}.dates", f"got {anchor!r}: use one of {', '.join(Anchor)}")
        try:
            Span.read(day or "2000")
        except (ValueError, AttributeError) as error:
            fault(f"{path}.dates", str(error))
    return dict(dates)
