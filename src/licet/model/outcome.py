"""Effects of provisions, outcomes of cases, and the ladder that orders them (semantics, 1)."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """What a provision does when its condition is met."""

    PROHIBITED = "prohibited"
    REFUSAL_REQUIRED = "refusal_required"
    EXCLUSION_REQUIRED = "exclusion_required"
    REFUSAL_PRESUMED = "refusal_presumed"
    EXCLUSION_POSSIBLE = "exclusion_possible"
    AUTHORISATION_REQUIRED = "authorisation_required"
    NOTIFY_AUTHORITY = "notify_authority"
    CONDITIONS = "conditions"
    EXEMPT = "exempt"
    CONSIDERATION = "consideration"
    DUTY = "duty"
    EXPECTATION = "expectation"
    DEFINITION = "definition"
    GRADE = "grade"


class Outcome(StrEnum):
    """What a rulebook says of a case or line. No outcome is called permitted."""

    PROHIBITED = "prohibited"
    REFUSAL_REQUIRED = "refusal_required"
    EXCLUSION_REQUIRED = "exclusion_required"
    REFUSAL_PRESUMED = "refusal_presumed"
    EXCLUSION_POSSIBLE = "exclusion_possible"
    AUTHORISATION_REQUIRED = "authorisation_required"
    NOTIFY_AUTHORITY = "notify_authority"
    CONDITIONS = "conditions"
    EXEMPT = "exempt"
    NO_RULE_APPLIES = "no_rule_applies"
    CONFLICT = "conflict"
    NOT_REACHED = "not_reached"
    NOT_IN_FORCE = "not_in_force"


RESTRICTING: tuple[Effect, ...] = (
    Effect.PROHIBITED,
    Effect.REFUSAL_REQUIRED,
    Effect.EXCLUSION_REQUIRED,
    Effect.REFUSAL_PRESUMED,
    Effect.EXCLUSION_POSSIBLE,
    Effect.AUTHORISATION_REQUIRED,
    Effect.NOTIFY_AUTHORITY,
    Effect.CONDITIONS,
)
"""The effects that restrict, strictest first."""

LADDER: tuple[Outcome, ...] = (
    *(Outcome(effect.value) for effect in RESTRICTING),
    Outcome.EXEMPT,
    Outcome.NO_RULE_APPLIES,
)
"""The outcomes on the ladder, strictest first."""

OFF_LADDER: tuple[Outcome, ...] = (Outcome.NOT_IN_FORCE, Outcome.NOT_REACHED)
"""Outcomes that lie off the ladder and are never permission."""

UNRESTRICTED = frozenset({Outcome.EXEMPT, Outcome.NO_RULE_APPLIES})
"""Outcomes in which a rulebook reached the case and restricts nothing. Never a permission."""

REFUSES = frozenset(
    {
        Outcome.PROHIBITED,
        Outcome.REFUSAL_REQUIRED,
        Outcome.EXCLUSION_REQUIRED,
        Outcome.REFUSAL_PRESUMED,
    }
)
"""Outcomes that stop a transfer or purchase, or presume that it is stopped."""

INDETERMINATE = "indeterminate"
"""The word for a set of more than one possible outcome."""

_STRICTNESS: dict[Outcome, int] = {
    outcome: index
    for index, outcome in enumerate(
        (Outcome.CONFLICT, *LADDER, Outcome.NOT_IN_FORCE, Outcome.NOT_REACHED)
    )
}
# A conflict must be settled by a person before anything else is said, so it heads the order of
# display; it is not a step of the ladder.


def strictness(outcome: Outcome) -> int:
    """Rank for sorting: smaller is stricter."""
    return _STRICTNESS[outcome]


def ordered(outcomes: frozenset[Outcome] | set[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes, strictest first."""
    return tuple(sorted(outcomes, key=strictness))


def strictest_of(sets: list[frozenset[Outcome]]) -> frozenset[Outcome]:
    """The outcomes of a whole whose parts have these possible outcomes: the strictest part heads.

    >>> a = frozenset({Outcome.REFUSAL_REQUIRED})
    >>> b = frozenset({Outcome.REFUSAL_REQUIRED, Outcome.CONDITIONS})
    >>> [str(o) for o in strictest_of([a, b])]
    ['refusal_required']
    """
    result = sets[0]
    for other in sets[1:]:
        result = frozenset(min(left, right, key=strictness) for left in result for right in other)
    return result


def headline(outcomes: frozenset[Outcome]) -> str:
    """The single outcome, or ``indeterminate``."""
    return next(iter(outcomes)).value if len(outcomes) == 1 else INDETERMINATE
