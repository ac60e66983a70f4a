"""What was found about a vendor, each with the lawful ground it may rest on, or "policy only".

A finding is no ground: it must be shown to be what the law names, within the look-back, and the
vendor may have cleaned itself. The table ships beside the rulebooks; whether a ground is met in a
case is what its own provision found. Must not decide anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from licet.model.case import Kind
from licet.rules.evaluate import State, kleene_any
from licet.rules.load import RULEBOOKS, folder_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.assessment.assess import Assessment
    from licet.model.fact import Reading

FILE = "vendor-grounds.yaml"
JURISDICTIONS = ("EU", "UK", "US")
_VETTING = (Kind.PROCUREMENT, Kind.VENDOR_VETTING)


@dataclass(frozen=True, slots=True)
class Ground:
    """A lawful ground on which a finding may rest."""

    provision: str
    jurisdiction: str
    nature: str
    """Mandatory or discretionary."""
    look_back: str
    self_cleaning: str
    proportionality: str
    through: str
    """The fact that must be shown for the finding to be this ground."""
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What may be found about a vendor: its lawful grounds, or why it is policy only."""

    fact: str
    grounds: tuple[Ground, ...]
    policy_only: str


@dataclass(frozen=True, slots=True)
class Placed:
    """One finding of a case in one jurisdiction: each ground with its state, or policy only."""

    fact: str
    jurisdiction: str
    grounds: tuple[tuple[Ground, State], ...]
    policy_only: str


@cache
def table() -> tuple[Finding, ...]:
    """Every finding of the table, in its order."""
    raw = folder_document(RULEBOOKS, FILE)
    return tuple(_finding(entry, raw["grounds"]) for entry in raw["findings"])


def _finding(entry: Mapping[str, Any], grounds: Mapping[str, Any]) -> Finding:
    return Finding(
        entry["finding"],
        tuple(Ground(**grounds[one["provision"]], **one) for one in entry["grounds"]),
        entry.get("policy_only", ""),
    )


def placed(assessment: Assessment) -> Iterable[Placed]:
    """The vendor findings that hold in a case, in each jurisdiction whose law of purchase reaches it.

    Nothing for a case that is neither a purchase nor the vetting of a vendor.
    """
    if assessment.case.kind not in _VETTING:
        return
    states = _states(assessment)
    reached = {one.jurisdiction for f in table() for one in f.grounds if one.provision in states}
    for finding in table():
        if not _holds(assessment, finding.fact):
            continue
        for jurisdiction in [j for j in JURISDICTIONS if j in reached] or [""]:
            grounds = tuple(
                (one, states[one.provision])
                for one in finding.grounds
                if one.jurisdiction == jurisdiction and one.provision in states
            )
            yield Placed(finding.fact, jurisdiction, grounds, "" if grounds else _why(finding))


def _why(finding: Finding) -> str:
    return finding.policy_only or "the law of purchases that reaches the case names no such ground"


def _states(assessment: Assessment) -> dict[str, State]:
    """What each provision found, over the lines, in the rulebooks that reach the case."""
    found: dict[str, list[State]] = {}
    for determination in assessment.determinations:
        for decision in determination.decisions:
            reach = decision.result.reach
            if reach is not None and reach.truth is False:
                continue
            for one in decision.result.findings:
                found.setdefault(one.provision, []).append(one.state)
    return {pid: _joined(states) for pid, states in found.items()}


def _joined(states: list[State]) -> State:
    if set(states) == {State.NOT_IN_FORCE}:
        return State.NOT_IN_FORCE
    truths = [{State.MET: True, State.UNKNOWN: None}.get(state, False) for state in states]
    return {True: State.MET, None: State.UNKNOWN, False: State.NOT_MET}[kleene_any(truths)]


def _holds(assessment: Assessment, fact: str) -> bool:
    """Whether a finding is known to hold on some line."""
    for determination in assessment.determinations:
        for decision in determination.decisions:
            reading: Reading | None = decision.readings.get(fact)
            if reading is not None and reading.value is True:
                return True
    return False
