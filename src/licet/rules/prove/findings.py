"""What a proof found: which provision, in which file, what is the matter, and a case that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.errors import LicetError
from licet.rules.grades import grades
from licet.rules.outcomes import LineResult, decide
from licet.rules.rulebook import BookKind
from licet.rules.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.model.fact import Reading
    from licet.rules.prove.question import Witness
    from licet.rules.rulebook import Rulebook


class Kind(StrEnum):
    """What may be the matter with a rulebook."""

    UNREACHABLE = "unreachable"
    """No facts on any day meet the provision."""
    AGAINST_DERIVATION = "only_against_derivation"
    """Only somebody who states a fact against what follows from others meets it."""
    UNREACHED = "only_where_not_reached"
    """It is met only where the rulebook does not reach the case."""
    ALWAYS_MET = "always_met"
    """Every case meets it, on every day of its periods."""
    ALWAYS_RELEASED = "always_released"
    """Whenever it is met, an exemption releases it."""
    OUTCOME_NEVER = "outcome_never"
    """A provision stands for an outcome that no facts lead to."""
    CONFLICT = "conflict"
    """A restriction and an exemption bite together, and no order is declared."""
    REDUNDANT = "redundant"
    """A part of a condition could be left out and nothing would change."""
    LOOSENS = "loosens"
    """A fact that speaks against a transfer makes the outcome milder."""
    NOT_PROVED = "not_proved"
    """The time limit ran out."""
    STALE_REASON = "stale_reason"
    """The rulebook gives a reason for a finding that is no longer made."""


NOTES = frozenset({Kind.AGAINST_DERIVATION, Kind.UNREACHED, Kind.REDUNDANT, Kind.STALE_REASON})
"""What is worth a look and is often meant so: the law says things twice."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a proof found. ``about`` is a provision, a term, an outcome or a fact."""

    kind: Kind
    about: str
    file: str
    message: str
    witness: Witness | None = None
    reason: str = ""
    """Why it is meant so, as the rulebook itself says; then it does not block."""

    @property
    def blocks(self) -> bool:
        """Whether the check fails because of it."""
        return self.kind not in NOTES and not self.reason


class ProofError(LicetError):
    """A witness that the engine does not confirm: the proof, not the rulebook, is at fault."""


def replayed(book: Rulebook, methods: Iterable[Rulebook], witness: Witness) -> LineResult:
    """What the engine that decides says of a witness."""
    line = witness.scope
    found: dict[str, Reading] = {}
    for method in methods:
        if method.id in book.uses:
            found.update(grades(method, line, witness.at, witness.kind)[0])
    collections: dict[str, tuple[Scope, ...]] = {}
    around = Scope(line.name, {**found, **line.facts}, None, collections)
    for name, group in line.collections.items():
        collections[name] = tuple(Scope(m.name, m.facts, around) for m in group)
    return decide(book, around, witness.at, witness.kind, explain=False)


def graded(method: Rulebook, witness: Witness) -> dict[str, frozenset[str]]:
    """The grades that a method's own evaluation leaves possible in a witness."""
    readings, _ = grades(method, witness.scope, witness.at, witness.kind)
    return {
        name: frozenset({reading.value} if reading.known else reading.possible or ())
        for name, reading in readings.items()
    }


def with_reasons(book: Rulebook, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each with the reason for which the rulebook keeps what was found."""
    left = {(entry["finding"], entry["about"]): entry["because"] for entry in book.findings_kept}
    found = []
    for finding in findings:
        reason = left.pop((finding.kind.value, finding.about), "")
        found.append(replace(finding, reason=reason))
    if any(finding.kind is Kind.NOT_PROVED for finding in found):
        return found  # what was not looked at to the end may still be there
    for kind, about in left:
        message = (
            f"rulebook.yaml keeps a reason for `{kind}` of {about}, which is not found: drop it"
        )
        found.append(Finding(Kind.STALE_REASON, about, f"{book.id}/rulebook.yaml", message))
    return found


def is_method(book: Rulebook) -> bool:
    """Whether a rulebook grades and sets no outcome."""
    return book.kind is BookKind.METHOD
