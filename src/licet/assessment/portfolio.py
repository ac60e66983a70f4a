"""Many cases at a glance: one verdict a deal under the law and one under the policy, worst first.

A verdict sorts work; it decides nothing. ``nothing found`` is never a permission, and an open
answer is ``ask``, however mild its mildest reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.assessment.answers import heads_of
from licet.assessment.story import most_decisive
from licet.assessment.views import jurisdictions, strictest_view
from licet.model.outcome import Outcome, strictest_of, strictness
from licet.rules.rulebook import BookKind
from licet.screening import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from licet.assessment.assess import Assessment
    from licet.assessment.determination import Determination


class Verdict(StrEnum):
    """What to do with a deal next, worst first."""

    STOP = "stop"
    REFUSE = "refuse"
    AUTHORISE = "authorise"
    NOTIFY = "notify"
    ASK = "ask"
    NOTHING_FOUND = "nothing found"


_OF: dict[Outcome, Verdict] = {
    Outcome.PROHIBITED: Verdict.STOP,
    Outcome.REFUSAL_REQUIRED: Verdict.REFUSE,
    Outcome.EXCLUSION_REQUIRED: Verdict.REFUSE,
    Outcome.REFUSAL_PRESUMED: Verdict.REFUSE,
    Outcome.EXCLUSION_POSSIBLE: Verdict.REFUSE,
    Outcome.CONFLICT: Verdict.ASK,
    Outcome.AUTHORISATION_REQUIRED: Verdict.AUTHORISE,
    Outcome.CONDITIONS: Verdict.AUTHORISE,
    Outcome.NOTIFY_AUTHORITY: Verdict.NOTIFY,
    Outcome.EXEMPT: Verdict.NOTHING_FOUND,
    Outcome.NO_RULE_APPLIES: Verdict.NOTHING_FOUND,
    Outcome.NOT_REACHED: Verdict.NOTHING_FOUND,
    Outcome.NOT_IN_FORCE: Verdict.NOTHING_FOUND,
}
RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Deal:
    """One case in a portfolio."""

    case: str
    title: str
    law: Verdict
    policy: Verdict | None
    """The model rulebook on the merits; None where none was applied."""
    reason: str
    listed: tuple[str, ...]
    """Parties with a hit on a list that counts on the day."""
    worst: int
    """Strictness of the worst outcome still possible, for the order among equals."""

    @property
    def order(self) -> tuple[int, bool, int, int, str]:
        """Worst first: by law, then hits on lists, then policy, then what may still come out."""
        policy = RANK[self.policy] if self.policy is not None else len(RANK)
        return (RANK[self.law], not self.listed, policy, self.worst, self.case)


def verdict(outcomes: frozenset[Outcome]) -> Verdict:
    """The verdict on a set of possible outcomes: ``ask`` where they do not agree on one.

    >>> verdict(frozenset({Outcome.REFUSAL_REQUIRED, Outcome.REFUSAL_PRESUMED})).value
    'refuse'
    >>> verdict(frozenset({Outcome.AUTHORISATION_REQUIRED, Outcome.NO_RULE_APPLIES})).value
    'ask'
    """
    found = {_OF[outcome] for outcome in outcomes}
    return found.pop() if len(found) == 1 else Verdict.ASK


def deal(assessment: Assessment) -> Deal:
    """The row of one assessment."""
    views = [v for j in jurisdictions(assessment) if (v := strictest_view(assessment, j))]
    law = strictest_of([v.outcomes for v in views]) if views else frozenset({Outcome.NOT_REACHED})
    models = [d for d in assessment.determinations if d.book.kind is BookKind.MODEL]
    policy = strictest_of([d.outcomes_on_merits for d in models]) if models else None
    return Deal(
        assessment.case.id,
        assessment.case.title,
        verdict(law),
        verdict(policy) if policy is not None else None,
        _reason(assessment, law, models, policy),
        _listed(assessment),
        min(map(strictness, law)),
    )


def _listed(assessment: Assessment) -> tuple[str, ...]:
    found: dict[str, list[str]] = {}
    for party in assessment.case.parties:
        result = assessment.screened.get(party.id)
        for hit in result.hits if result is not None else ():
            if hit.status is Status.LISTED:
                codes = found.setdefault(party.name, [])
                codes.extend([] if hit.list_code in codes else [hit.list_code])
    return tuple(f"{name} ({', '.join(codes)})" for name, codes in found.items())


def portfolio(assessments: Iterable[Assessment]) -> tuple[Deal, ...]:
    """The rows of many assessments, worst first."""
    return tuple(sorted(map(deal, assessments), key=lambda d: d.order))


def _reason(
    assessment: Assessment,
    law: frozenset[Outcome],
    models: list[Determination],
    policy: frozenset[Outcome] | None,
) -> str:
    """One sentence: the ground that settles it, or the first thing to ask."""
    binding = [d for d in assessment.determinations if d.book.kind is BookKind.BINDING]
    settled = verdict(law)
    if settled is Verdict.ASK:
        return _first_question(binding, law, _before_review)
    if settled is not Verdict.NOTHING_FOUND:
        return _ground(binding, settled, on_merits=False)
    if policy is not None and verdict(policy) not in (Verdict.NOTHING_FOUND, Verdict.ASK):
        return "No encoded law; by the policy: " + _ground(models, verdict(policy), on_merits=True)
    if policy is not None and verdict(policy) is Verdict.ASK:
        return "No encoded law; for the policy: " + _first_question(
            models, policy, lambda d: d.outcomes_on_merits
        )
    return "Nothing encoded stands in the way, which is no permission."


def _ground(found: list[Determination], wanted: Verdict, *, on_merits: bool) -> str:
    """The ground of a verdict: a moratorium too, unless the verdict is the one on the merits."""

    def said(determination: Determination) -> frozenset[Outcome]:
        return determination.outcomes_on_merits if on_merits else determination.outcomes

    strict = sorted(found, key=lambda d: min(map(strictness, said(d))))
    for determination in strict:
        if verdict(said(determination)) is wanted:
            for provision in heads_of(determination):
                if not (on_merits and provision.id in determination.book.moratoria):
                    return wording.because([provision]) + "."
    return wording.outcomes(said(strict[0])) + "."


def _first_question(
    found: list[Determination],
    outcomes: frozenset[Outcome],
    possible: Callable[[Determination], frozenset[Outcome]],
) -> str:
    """The most decisive question of the rulebooks that the verdict hangs on."""
    hanging = [d for d in found if len(possible(d)) > 1]
    asked = most_decisive(hanging)
    if asked:
        return asked[0].question
    return wording.LISTS_STALE if hanging else wording.outcomes(outcomes) + "."


def _before_review(determination: Determination) -> frozenset[Outcome]:
    return strictest_of([d.result.outcomes_before_review for d in determination.decisions])
