"""What a moratorium waits for: its lifting conditions, and the dated records of what is in force.

A condition is met by law on record, with its citation, never by what one case states: no applicant
can lift a moratorium. What nobody recorded is unknown, and unknown lifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError, RulebookError, nearest
from licet.model.outcome import Effect
from licet.rules.evaluate import InForce, in_force
from licet.rules.rulebook import PROVISION_SCHEMA, CheckLevel, Cite, Period
from licet.rules.scope import on_day
from licet.rules.shape import faults_of
from licet.rules.standalone import provision_of, read_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.rulebook import Provision
    from licet.rules.shape import Kind


class Status(StrEnum):
    """How far a lifting condition is met on a day."""

    IN_FORCE = "in_force"
    PARTIAL = "partial"
    MISSING = "missing"
    UNKNOWN = "unknown"


RECORDED = (Status.IN_FORCE, Status.PARTIAL, Status.MISSING)
"""What a record may say; unknown is what no record says."""
_READ = (CheckLevel.TEXT, CheckLevel.SECONDARY)
_CONDITION: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "title"), "text"),
    "cite": "map",
    "records": "maps",
}
_CITE: Mapping[str, Kind] = dict.fromkeys(("instrument", "locator", "url"), "text")
_RECORD: Mapping[str, Kind] = {
    **dict.fromkeys(("status", "from", "to", "not_later_than", "says"), "text"),
    "cite": "map",
    "checked": "map",
}


@dataclass(frozen=True, slots=True)
class Record:
    """Law that meets a condition, meets it in part, or says that it is not met; with its days."""

    status: Status
    provision: Provision
    """The citation, how well it was checked, and the days on which it holds."""
    says: str = ""
    of: str = ""
    """Whose law it is, where the law of several stands together."""

    @property
    def counts(self) -> bool:
        """Whether it can lift: what was only recalled, or is only policy, cannot."""
        return self.provision.checked.level in _READ

    def holds_on(self, day: date) -> InForce:
        """Whether the law is in force on a day."""
        return in_force(self.provision.periods, on_day(day), "assessed")


@dataclass(frozen=True, slots=True)
class Standing:
    """A condition on a day: its status, and the records that hold then."""

    condition: Condition
    status: Status
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a moratorium waits for, with the place that asks for it."""

    id: str
    title: str
    cite: Cite
    records: tuple[Record, ...] = ()

    def on(self, day: date) -> Standing:
        """The status on a day: the most that any record of that day supports.

        A record from memory that says "in force" supports nothing and leaves the status unknown.
        """
        held = tuple(r for r in self.records if r.holds_on(day) is InForce.YES)
        said = {r.status for r in held if r.counts or r.status is not Status.IN_FORCE}
        status = next((s for s in RECORDED if s in said), Status.UNKNOWN)
        return Standing(self, status, held)

    def periods_in_force(self) -> tuple[Period, ...]:
        """The days on which records show the condition met, none taken as met too early."""
        return tuple(
            Period(period.start or period.not_later_than, period.end)
            for record in self.records
            if record.status is Status.IN_FORCE and record.counts
            for period in record.provision.periods
        )


def read_conditions(
    raw: Iterable[Any], file: str, path: str, *, with_records: bool = True
) -> tuple[Condition, ...]:
    """Read lifting conditions from strict values. Raises RulebookError with every fault."""
    faults: list[Fault] = []
    found: dict[str, Condition] = {}
    for index, entry in enumerate(raw):
        here = f"{path}[{index}]"
        shape = list(faults_of(entry, _CONDITION, file, f"{here}."))
        if isinstance(entry, dict) and "when" in entry:
            message = "is met by law on record (`records`), never by what one case states"
            shape = [Fault(f"{here}.when", message, file)]
        if not shape:
            shape = list(_missing(entry, ("id", "title", "cite"), file, here))
        if not shape:
            shape = list(faults_of(entry["cite"], _CITE, file, f"{here}.cite."))
        if not shape:
            shape = list(_missing(entry["cite"], ("instrument", "locator"), file, f"{here}.cite"))
        if not shape and not with_records and "records" in entry:
            shape = [Fault(f"{here}.records", "stand with the States, not here", file)]
        if not shape and entry["id"] in found:
            shape = [Fault(f"{here}.id", f"{entry['id']!r} stands twice: keep one", file)]
        faults.extend(shape)
        if shape:
            continue
        try:
            records = read_records(entry.get("records", ()), file, f"{here}.records")
        except InputError as error:
            faults.extend(error.faults)
            continue
        found[entry["id"]] = Condition(entry["id"], entry["title"], cite_of(entry["cite"]), records)
    if faults:
        raise RulebookError(faults)
    return tuple(found.values())


def read_records(raw: Iterable[Any], file: str, path: str) -> tuple[Record, ...]:
    """Read the records of one condition. Raises RulebookError with every fault."""
    return read_each(raw, lambda entry, at: read_record(entry, file, f"{path}[{at}]"))


def read_record(entry: Any, file: str, path: str) -> Record:
    """Read one record: its status, its days, its citation and how well that was checked."""
    faults = list(faults_of(entry, _RECORD, file, f"{path}."))
    if not faults:
        faults = list(_missing(entry, ("status", "from", "cite", "checked"), file, path))
    if not faults and entry["status"] not in RECORDED:
        known = ", ".join(RECORDED)
        hint = nearest(entry["status"], [s.value for s in RECORDED])
        faults = [Fault(f"{path}.status", f"got {entry['status']!r}: use {known}{hint}", file)]
    if faults:
        raise RulebookError(faults)
    days = {key: entry[key] for key in ("from", "to", "not_later_than") if key in entry}
    raw = {
        "schema": PROVISION_SCHEMA,
        "provision": path,
        "title": path,
        "cite": entry["cite"],
        "checked": entry["checked"],
        "in_force": days,
        "then": {"effect": Effect.DEFINITION.value},
    }
    return Record(Status(entry["status"]), provision_of(raw, file, path), entry.get("says", ""))


def cite_of(raw: Mapping[str, str]) -> Cite:
    """A citation whose shape was checked."""
    return Cite(raw["instrument"], raw["locator"], raw.get("url", ""))


def _missing(
    raw: Mapping[str, Any], needed: Iterable[str], file: str, path: str
) -> Iterable[Fault]:
    for key in needed:
        if not raw.get(key):
            yield Fault(f"{path}.{key}", "is missing", file)
