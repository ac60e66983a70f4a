"""A State against the lifting conditions of the model moratorium, on a day.

Each condition is in force, partial, missing or unknown by the law on record. The moratorium would lift
where every one is in force; of what nobody recorded nothing is said, and it lifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError, RulebookError, nearest
from licet.rules.lifting import RECORDED, Record, Status, read_conditions, read_record
from licet.rules.load import RULEBOOKS, folder_document, shipped
from licet.rules.strict_yaml import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from licet.assessment.evidence import Knowledge
    from licet.rules.lifting import Condition, Standing

SCHEMA = "licet/framework/1"
FACTS_SCHEMA = "licet/framework-facts/1"
UNION = "EU"
"""Records of this name count for the member States on the days on which they are members."""
_FOLDER = "amnesty-2021/lifting"


@dataclass(frozen=True, slots=True)
class StateRecord:
    """One record about one condition; ``record.of`` is the State's ISO code, or ``EU``."""

    condition: str
    record: Record


@dataclass(frozen=True, slots=True)
class Framework:
    """What is on record for one State on a day, condition by condition."""

    state: str
    name: str
    day: date
    moratorium: str
    standings: tuple[Standing, ...]

    @property
    def would_lift(self) -> bool:
        """Whether every condition is in force."""
        return all(standing.status is Status.IN_FORCE for standing in self.standings)

    def with_status(self, status: Status) -> tuple[str, ...]:
        """The conditions that have a status."""
        return tuple(s.condition.id for s in self.standings if s.status is status)

    def stored(self) -> dict[str, Any]:
        """The framework as JSON."""
        return {
            "schema": SCHEMA,
            "state": self.state,
            "name": self.name,
            "day": self.day.isoformat(),
            "moratorium": self.moratorium,
            "would_lift": self.would_lift,
            **{status.value: list(self.with_status(status)) for status in Status},
            "conditions": [
                {
                    "id": standing.condition.id,
                    "title": standing.condition.title,
                    "cite": standing.condition.cite.locator,
                    "status": standing.status.value,
                    "records": [_stored(record) for record in standing.records],
                }
                for standing in self.standings
            ],
        }


def _stored(record: Record) -> dict[str, Any]:
    cite, checked = record.provision.cite, record.provision.checked
    return {
        "of": record.of,
        "status": record.status.value,
        "counts": record.counts,
        "says": record.says,
        "instrument": cite.instrument,
        "locator": cite.locator,
        "url": cite.url,
        "checked": checked.level.value,
        "source": checked.source,
    }


def framework_of(
    state: str, day: date, knowledge: Knowledge, added: Iterable[StateRecord] = ()
) -> Framework:
    """A State (code or name) against the lifting conditions of the model moratorium on a day.

    ``added`` are records beside those that ship. Raises InputError for a name that is no State's.
    """
    code = _state(state, knowledge)
    if code == UNION:
        raise InputError(Fault("", "EU is no State: name a member State, whose Union law counts"))
    member = code in knowledge.snapshot.eu_members(day)
    mine = [
        one
        for one in (*shipped_records(), *added)
        if one.record.of == code or (one.record.of == UNION and member)
    ]
    standings = []
    for condition in conditions():
        records = tuple(one.record for one in mine if one.condition == condition.id)
        standings.append(replace(condition, records=records).on(day))
    return Framework(
        code,
        knowledge.country_name(code),
        day,
        _document("conditions.yaml")["moratorium"],
        tuple(standings),
    )


@cache
def conditions() -> tuple[Condition, ...]:
    """The lifting conditions of the model moratorium, in the letter's order."""
    raw = _document("conditions.yaml")
    return read_conditions(
        raw["conditions"], f"{_FOLDER}/conditions.yaml", "conditions", with_records=False
    )


@cache
def shipped_records() -> tuple[StateRecord, ...]:
    """The records that ship. Raises RulebookError where one does not hold together."""
    raw = _document("states.yaml")
    return _records(raw, f"{_FOLDER}/states.yaml", None)


def read_facts(raw: bytes, name: str, knowledge: Knowledge) -> tuple[StateRecord, ...]:
    """Read records from a file of a user's own. Raises InputError with every fault."""
    value = read_bytes(raw, name)
    if not isinstance(value, dict) or value.get("schema") != FACTS_SCHEMA:
        got = value.get("schema") if isinstance(value, dict) else type(value).__name__
        raise InputError(Fault("schema", f"got {got!r}: write {FACTS_SCHEMA}", name))
    faults = [
        Fault(key, "is not a known field: a file of facts holds `schema` and `records`", name)
        for key in value
        if key not in ("schema", "records", "note")
    ]
    if not isinstance(value.get("records"), list) or not value["records"]:
        faults.append(Fault("records", "needs a list with at least one record", name))
    if faults:
        raise InputError(faults)
    return _records(value, name, knowledge)


def _records(
    raw: Mapping[str, Any], file: str, knowledge: Knowledge | None
) -> tuple[StateRecord, ...]:
    faults: list[Fault] = []
    found = []
    for index, entry in enumerate(raw["records"]):
        try:
            found.append(_one(entry, file, f"records[{index}]", knowledge))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise RulebookError(faults)
    return tuple(found)


def _one(entry: Any, file: str, path: str, knowledge: Knowledge | None) -> StateRecord:
    if not isinstance(entry, dict):
        raise RulebookError(Fault(path, f"got {entry!r}: give a map of fields", file))
    known = [condition.id for condition in conditions()]
    name, state = entry.get("condition"), entry.get("state")
    if name not in known:
        message = f"got {name!r}: use one of {', '.join(known)}{nearest(str(name), known)}"
        raise RulebookError(Fault(f"{path}.condition", message, file))
    if not isinstance(state, str) or not state:
        raise RulebookError(Fault(f"{path}.state", "is missing: name the State, or EU", file))
    code = state if knowledge is None else _state(state, knowledge, file, f"{path}.state")
    rest = {key: value for key, value in entry.items() if key not in ("condition", "state")}
    record = _by_law(rest, file, path) if "law" in rest else read_record(rest, file, path)
    return StateRecord(name, replace(record, of=code))


def _by_law(entry: Mapping[str, Any], file: str, path: str) -> Record:
    """A record whose law is encoded here: its citation, its days and its check level are that."""
    book, _, name = str(entry["law"]).partition("/")
    provisions = shipped()[book].provisions if book in shipped() else {}
    if name not in provisions:
        hint = nearest(name, provisions)
        message = f"got {entry['law']!r}: name a provision as RULEBOOK/PROVISION{hint}"
        raise RulebookError(Fault(f"{path}.law", message, file))
    extra = sorted(entry.keys() - {"law", "status", "says"})
    if extra:
        message = "stands beside `law`, which brings it: take it out"
        raise RulebookError([Fault(f"{path}.{key}", message, file) for key in extra])
    if entry.get("status") not in RECORDED:
        message = f"got {entry.get('status')!r}: use {', '.join(RECORDED)}"
        raise RulebookError(Fault(f"{path}.status", message, file))
    return Record(Status(entry["status"]), provisions[name], entry.get("says", ""))


def _state(text: str, knowledge: Knowledge, file: str = "", path: str = "") -> str:
    if text.strip().upper() == UNION:
        return UNION
    code = knowledge.country(text)
    if code is None:
        message = f"{text!r} is no State's name or ISO code: give the code, such as DE"
        raise InputError(Fault(path, message, file))
    return code


def _document(name: str) -> Any:
    return folder_document(RULEBOOKS, f"{_FOLDER}/{name}")
