"""Whether time has run out on an open answer, and what the rulebook says follows, if it does.

Changes no outcome: a deadline that has passed answers no question. Must not read the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.outcome import Outcome
from licet.rules.rulebook import BookKind

if TYPE_CHECKING:
    from datetime import date

    from licet.model.case import Case
    from licet.rules.rulebook import Rulebook

OVERDUE = "overdue"
"""What stands where the rulebook does not say what an open question means."""


def overdue(
    case: Case, book: Rulebook, outcomes: frozenset[Outcome], day: date
) -> list[dict[str, str]]:
    """What follows on ``day`` from questions that are still open; empty where time has not run out.

    Each entry holds ``due`` (the last day), ``means`` and, where the rulebook names a consequence,
    the ``rule``. A rule of which it is not certain that it is in force says nothing, and so does a
    rulebook of which it is not certain that it reaches the case.
    """
    if len(outcomes) == 1 or book.kind not in (BookKind.BINDING, BookKind.MODEL):
        return []
    found = []
    reached = Outcome.NOT_REACHED not in outcomes
    for rule in book.deadlines if reached else ():
        due = rule.due(case.dates.application, case.dates.deadline)
        if due is not None and due < day and rule.says_on(due):
            means = rule.means.value
            found.append({"due": due.isoformat(), "means": means, "rule": rule.provision.id})
    deadline = case.dates.deadline
    if deadline is not None and deadline.last < day:
        stated = deadline.last.isoformat()
        if not any(one["due"] == stated for one in found):
            found.append({"due": stated, "means": OVERDUE})
    return found
