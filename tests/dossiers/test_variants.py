"""The dossiers' variants: the same transfer a day earlier or later, or with one fact changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case, read_case
from licet.assessment.evidence import Knowledge
from licet.assessment.views import strictest_view
from licet.model.case import Case
from licet.model.outcome import Outcome
from tests.dossiers.test_expected import knowledge

CASES = Path(__file__).resolve().parents[2] / "examples" / "cases"
INTELLEXA = "35-intellexa-entity-list-edge-2023"
MODULE = "37-annex-i-update-nov-2025"


def variant(name: str, day: str, change: Any = None) -> Assessment:
    value = read_case(CASES / f"{name}.yaml").canonical()
    value["dates"] = {"assessed": day}
    if change:
        change(value)
    case: Case = build_case(value, name)
    known: Knowledge = knowledge()
    return assess(case, known, explain=False)


def outcomes(assessment: Assessment, book: str) -> set[Outcome]:
    return set(next(d.outcomes for d in assessment.determinations if d.book.id == book))


@pytest.mark.parametrize(
    ("day", "listed"),
    [("2023-07-17", False), ("2023-07-18", True), ("2023-07-19", True), ("2024-03-04", True)],
)
def test_the_entity_list_bites_from_its_effective_day(day: str, *, listed: bool) -> None:
    found = outcomes(variant(INTELLEXA, day), "us-ear")
    assert (found == {Outcome.REFUSAL_PRESUMED}) is listed
    assert Outcome.NO_RULE_APPLIES not in found or not listed


@pytest.mark.parametrize(("day", "blocked"), [("2024-03-04", False), ("2024-03-05", True)])
def test_the_sanctions_bite_from_the_day_of_designation(day: str, *, blocked: bool) -> None:
    found = variant(INTELLEXA, day)
    assert (outcomes(found, "us-sanctions") == {Outcome.PROHIBITED}) is blocked
    if blocked:
        assert outcomes(found, "us-ear") == {Outcome.REFUSAL_PRESUMED}


def test_an_unlisted_sister_company_is_not_listed_and_not_cleared() -> None:
    def sister(value: dict[str, Any]) -> None:
        value["parties"][1].update(name="Thalestris Limited", country=["IE"], aliases=[])
        value["answers"]["party.affiliate_of_listed"] = [{"value": "yes", "standing": "evidenced"}]
        value["nothing_recorded"].remove("party.affiliate_of_listed")

    found = outcomes(variant(INTELLEXA, "2023-07-20", sister), "us-ear")
    assert Outcome.REFUSAL_PRESUMED not in found
    assert len(found) > 1


def test_a_last_location_is_open_before_the_new_annex_and_listed_under_it() -> None:
    before = variant(MODULE, "2025-11-14")
    after = variant(MODULE, "2025-11-15")
    assert len(outcomes(before, "eu-dual-use")) > 1
    view = strictest_view(after, "EU")
    assert view is not None
    assert view.outcomes == {Outcome.AUTHORISATION_REQUIRED}


def imsi_catcher(value: dict[str, Any]) -> None:
    facts = {
        "item.entries_in_question": ["5A001.f"],
        "item.mobile_air_interface": "yes",
        "item.extracts_identifiers_or_metadata": "yes",
        "item.f_note_exempt": "no",
        "item.surveillance": "yes",
    }
    value["items"][0]["answers"] = {
        name: [{"value": answer, "standing": "accepted"}] for name, answer in facts.items()
    }
    value["nothing_recorded"] = [n for n in value["nothing_recorded"] if n not in facts]


@pytest.mark.parametrize(
    ("day", "book_rule"),
    [
        ("2025-11-14", "EU-DU-3.1"),
        ("2025-11-15", "EU-DU-3.1"),
        ("2021-09-08", "EU-DU-428-3"),
        ("2021-09-09", "EU-DU-3.1"),
    ],
)
def test_an_imsi_catcher_needs_an_authorisation_under_the_law_of_its_day(
    day: str, book_rule: str
) -> None:
    found = variant(MODULE, day, imsi_catcher)
    assert outcomes(found, "eu-dual-use") == {Outcome.AUTHORISATION_REQUIRED}
    heads = {h for d in found.determinations for x in d.decisions for h in x.result.heads}
    assert book_rule in heads


def test_a_record_of_serving_abusers_excludes_the_reactivated_contract() -> None:
    def record(value: dict[str, Any]) -> None:
        value["answers"]["vendor.record_of_serving_abusers"] = [
            {
                "value": "yes",
                "standing": "evidenced",
                "source": {"title": "Citizen Lab", "class": "laboratory_with_method"},
            }
        ]

    found = variant("29-ice-paragon-2024", "2025-08-30", record)
    view = strictest_view(found, "US")
    assert view is not None
    assert view.outcomes <= {Outcome.EXCLUSION_REQUIRED, Outcome.EXCLUSION_POSSIBLE}
    merits = next(d.outcomes_on_merits for d in found.determinations if d.book.id == "amnesty-2021")
    assert merits == {Outcome.EXCLUSION_REQUIRED}


def test_a_model_rulebook_does_not_look_back_under_strict_dates() -> None:
    from licet.assessment.options import Options

    case = read_case(CASES / "01-nso-saudi-2017.yaml")
    found = assess(case, knowledge(), options=Options(strict_dates=True), explain=False)
    assert outcomes(found, "amnesty-2021") == {Outcome.NOT_IN_FORCE}


def test_what_became_public_later_is_not_seen() -> None:
    """The record of Intellexa's product was published in December 2021, after the licences."""
    from licet.rules.scope import Scope

    case = read_case(CASES / "04-intellexa-madagascar-sudan-2021.yaml")
    found = assess(case, knowledge(), explain=False)
    for determination in found.determinations:
        for decision in determination.decisions:
            scope = Scope("line", decision.readings)
            for reading in scope.facts.values():
                if (
                    reading.origin == "snapshot"
                    and reading.known
                    and "retro_coded" not in reading.cautions
                ):
                    for source in reading.sources:
                        assert (
                            source.published is None
                            or source.published.last <= case.dates.assessed.last
                        ), (source.title, source.published)
