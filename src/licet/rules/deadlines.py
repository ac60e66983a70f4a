"""What an open question means once time has run out, where a rulebook says so with its citation.

Where it says nothing, nothing is guessed: the answer is overdue and stays open. Must not evaluate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, RulebookError, nearest
from licet.model.dates import Span
from licet.model.outcome import Effect
from licet.rules.evaluate import InForce, in_force
from licet.rules.rulebook import PROVISION_SCHEMA
from licet.rules.scope import on_day
from licet.rules.shape import faults_of
from licet.rules.standalone import provision_of, read_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.rulebook import Provision
    from licet.rules.shape import Kind


class Means(StrEnum):
    """What follows for the application while a question is still open."""

    SUSPEND = "suspend"
    RETURN = "return"
    REFUSE = "refuse"
    REFER = "refer"


_FIELDS: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "title", "means", "days"), "text"),
    **dict.fromkeys(("cite", "checked"), "map"),
    "in_force": "map_or_maps",
}
_NEEDED = ("id", "title", "means", "cite", "checked", "in_force")
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What a rulebook says of an open question: at the case's deadline, or after a period.

    ``days`` are calendar days from the application; None: at the deadline that the case states.
    """

    provision: Provision
    means: Means
    days: int | None = None

    def due(self, application: Span | None, deadline: Span | None) -> date | None:
        """The last day on which the question may be open; None where the case does not date it."""
        if self.days is None:
            return deadline.last if deadline is not None else None
        return application.last + timedelta(days=self.days) if application is not None else None

    def says_on(self, day: date) -> bool:
        """Whether it is certain that the rule is in force on a day."""
        return in_force(self.provision.periods, on_day(day), "assessed") is InForce.YES


def read_deadlines(raw: Iterable[Any], file: str) -> tuple[DeadlineRule, ...]:
    """Read the deadline rules of a rulebook. Raises RulebookError with every fault."""
    return read_each(raw, lambda entry, at: _rule(entry, file, f"deadlines[{at}]"))


def _rule(entry: Any, file: str, path: str) -> DeadlineRule:
    faults = list(faults_of(entry, _FIELDS, file, f"{path}."))
    if not faults:
        faults = [Fault(f"{path}.{k}", "is missing", file) for k in _NEEDED if not entry.get(k)]
    if not faults and entry["means"] not in list(Means):
        message = f"got {entry['means']!r}: use {', '.join(Means)}{nearest(entry['means'], [m.value for m in Means])}"
        faults = [Fault(f"{path}.means", message, file)]
    days = entry.get("days") if isinstance(entry, dict) else None
    if not faults and days is not None and not _whole(days):
        message = f"got {days!r}: give calendar days as a whole number from 1 to {MOST_DAYS}"
        faults = [Fault(f"{path}.days", message, file)]
    if faults:
        raise RulebookError(faults)
    body = {
        "schema": PROVISION_SCHEMA,
        "provision": entry["id"],
        **{key: entry[key] for key in ("title", "cite", "checked", "in_force")},
        "then": {"effect": Effect.DEFINITION.value},
    }
    provision = provision_of(body, file, path)
    return DeadlineRule(provision, Means(entry["means"]), int(days) if days else None)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= MOST_DAYS
