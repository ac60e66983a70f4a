"""What the rules may see of a case: readings by fact name, in scopes that nest.

A line's scope holds the facts of the case, its item and its end user together; a party's or
item's own scope lies inside it. Must not weigh statements: a reading is already what may be used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from licet.model.dates import Span
from licet.model.fact import NOT_ASKED, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Readings by fact name; what is not found is looked for in the scope around it."""

    name: str
    facts: Mapping[str, Reading]
    around: Scope | None = None
    collections: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)

    def reading(self, fact: str) -> Reading:
        """The reading of a fact here or in a scope around; NOT_ASKED where there is none."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.facts.get(fact)
            if found is not None:
                return found
            scope = scope.around
        return NOT_ASKED

    def members(self, collection: str) -> tuple[Scope, ...] | None:
        """The scopes of a collection, or None when nobody stated it."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.collections.get(collection)
            if found is not None:
                return found
            scope = scope.around
        return None


@dataclass(frozen=True, slots=True)
class Days:
    """The day each anchor stands for: a span where only a month or year is known."""

    by_anchor: Mapping[str, Span]

    def of(self, anchor: str) -> Span:
        """The span of an anchor; the day of assessment where the anchor is not dated."""
        return self.by_anchor.get(anchor) or self.by_anchor["assessed"]


def on_day(day: date) -> Days:
    """A case of which every anchor is this one day."""
    return Days({"assessed": Span(day, day)})
