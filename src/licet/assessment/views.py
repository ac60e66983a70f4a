"""Side by side: the strictest view over a jurisdiction's law, and agreement with a dossier.

Rulebooks are never merged. A strictest view says which of several answers is the hardest and is
labelled so; policy, soft law and method never enter it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.model.outcome import Outcome, headline, ordered, strictest_of
from licet.rules.rulebook import BookKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.assessment.assess import Assessment
    from licet.assessment.determination import Determination, LineDecision

_WORDS: dict[str, tuple[Outcome, ...]] = {
    "prohibited": (Outcome.PROHIBITED,),
    "deny": (Outcome.REFUSAL_REQUIRED,),
    "presume_deny": (Outcome.REFUSAL_PRESUMED,),
    "licence_required": (Outcome.AUTHORISATION_REQUIRED,),
    "notify_authority": (Outcome.NOTIFY_AUTHORITY,),
    "conditional": (Outcome.CONDITIONS,),
    "restrict_procurement": (Outcome.EXCLUSION_REQUIRED, Outcome.EXCLUSION_POSSIBLE),
    "licence_exception": (Outcome.EXEMPT,),
    "exempt": (Outcome.EXEMPT,),
    "not_controlled": (Outcome.NO_RULE_APPLIES, Outcome.EXEMPT),
    "permitted": (Outcome.NO_RULE_APPLIES, Outcome.EXEMPT),
    "out_of_scope": (Outcome.NOT_REACHED,),
    "no_rule_in_force": (Outcome.NOT_IN_FORCE,),
}
"""What the words of a case dossier mean here (semantics, 1)."""


@dataclass(frozen=True, slots=True)
class StrictestView:
    """The strictest answer over the binding rulebooks of one jurisdiction."""

    jurisdiction: str
    outcomes: frozenset[Outcome]
    rulebooks: tuple[str, ...]
    """The rulebooks that reach the case or may reach it; all of them where none does."""
    open_on_review: tuple[str, ...]
    """Rulebooks whose grounds of refusal on review are still open."""
    on_merits: frozenset[Outcome]
    """The same with every moratorium lifted."""

    @property
    def headline(self) -> str:
        """The single outcome, or ``indeterminate``."""
        return headline(self.outcomes)


def binding(assessment: Assessment, jurisdiction: str) -> tuple[Determination, ...]:
    """The determinations under the binding rulebooks of a jurisdiction."""
    return tuple(
        d
        for d in assessment.determinations
        if d.book.kind is BookKind.BINDING and d.book.jurisdiction == jurisdiction
    )


def strictest_view(assessment: Assessment, jurisdiction: str) -> StrictestView | None:
    """The strictest view over a jurisdiction; None where no binding rulebook of it was applied."""
    found = binding(assessment, jurisdiction)
    if not found:
        return None
    sets = [strictest_of([d.result.outcomes_before_review for d in one.decisions]) for one in found]
    reaching = tuple(
        one.book.id
        for one, outcomes in zip(found, sets, strict=True)
        if outcomes - {Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE}
    )
    review = tuple(
        one.book.id
        for one in found
        if any(d.result.merits_before_review != d.result.outcomes_on_merits for d in one.decisions)
    )
    merits = [strictest_of([d.result.merits_before_review for d in one.decisions]) for one in found]
    return StrictestView(
        jurisdiction,
        strictest_of(sets),
        reaching or tuple(one.book.id for one in found),
        review,
        strictest_of(merits),
    )


def jurisdictions(assessment: Assessment) -> tuple[str, ...]:
    """The jurisdictions whose binding law was applied, in the order of the rulebooks."""
    return tuple(
        dict.fromkeys(
            d.book.jurisdiction
            for d in assessment.determinations
            if d.book.kind is BookKind.BINDING
        )
    )


# Agreement with a dossier ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreement:
    """One expectation of a dossier held against what came out."""

    case: str
    of: str
    expected: tuple[str, ...]
    got: frozenset[Outcome]
    verdict: str
    """``agrees``, ``differs``, or ``must_not`` where a forbidden answer came out."""


def meaning(word: str) -> frozenset[Outcome]:
    """The outcomes a dossier's word stands for; KeyError for a word that is not one."""
    return frozenset(_WORDS[word])


def compare(
    case: str,
    of: str,
    got: frozenset[Outcome],
    expected: Iterable[str],
    must_not: Iterable[str] = (),
) -> Agreement:
    """Hold one set of possible outcomes against a dossier's accepted and forbidden words.

    An open set agrees with ``indeterminate``, or with words that between them cover all of it.
    """
    words = tuple(expected)
    accepted = {outcome for word in words if word != "indeterminate" for outcome in meaning(word)}
    agrees = got <= accepted or (len(got) > 1 and "indeterminate" in words)
    forbidden = any(
        (len(got) > 1 if word == "indeterminate" else got <= meaning(word)) for word in must_not
    )
    verdict = "must_not" if forbidden and not agrees else "agrees" if agrees else "differs"
    return Agreement(case, of, words, got, verdict)


def model_on_merits(assessment: Assessment, book: str = "amnesty-2021") -> frozenset[Outcome]:
    """The possible outcomes of the model rulebook with its moratorium lifted."""
    return next(d.outcomes_on_merits for d in assessment.determinations if d.book.id == book)


def decision_for(
    assessment: Assessment, book: str, *, item: str = "", destination: str = ""
) -> LineDecision | None:
    """The decision on one line, by a part of the item's name or by the destination."""
    for determination in assessment.determinations:
        if determination.book.id != book:
            continue
        for decision in determination.decisions:
            line = decision.line
            if item and line.item is not None and item.lower() in line.item.name.lower():
                return decision
            if destination and destination in line.destinations:
                return decision
    return None


def agreements(assessment: Assessment, expected: Mapping[str, Any]) -> tuple[Agreement, ...]:
    """Hold a whole assessment against the expectations of its dossier."""
    found = []
    for jurisdiction in ("EU", "US"):
        view = strictest_view(assessment, jurisdiction)
        if view is not None and jurisdiction in expected:
            found.append(
                compare(
                    assessment.case.id,
                    jurisdiction,
                    view.outcomes,
                    expected[jurisdiction]["outcomes"],
                    expected[jurisdiction].get("must_not", ()),
                )
            )
    if "AMN" in expected:
        found.extend(_model_agreements(assessment, expected["AMN"]))
    return tuple(found)


def _model_agreements(assessment: Assessment, expected: Mapping[str, Any]) -> Iterable[Agreement]:
    merits = expected.get("on_merits")
    if isinstance(merits, dict):
        for name, word in merits.items():
            decision = decision_for(
                assessment, "amnesty-2021", item=name.split(" ")[0], destination=name
            )
            got = decision.result.outcomes_on_merits if decision else frozenset()
            yield compare(assessment.case.id, f"policy on merits, {name}", got, [word])
        return
    words = [merits, *(w for w in expected["outcomes"] if w not in (merits, "prohibited"))]
    if merits == "prohibited":
        words = ["prohibited"]
    yield compare(
        assessment.case.id,
        "policy on merits",
        model_on_merits(assessment),
        words,
        expected.get("must_not", ()),
    )


def summary(view: StrictestView) -> str:
    """The outcomes of a view as codes, strictest first."""
    return " | ".join(o.value for o in ordered(view.outcomes))
