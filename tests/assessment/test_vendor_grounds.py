"""A finding about a vendor rests on a lawful ground, or is called policy only: never in between."""

from __future__ import annotations

from typing import Any

import pytest

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case
from licet.assessment.grounds import Ground, placed, table
from licet.assessment.page import render_page
from licet.assessment.text import render_text
from licet.model.outcome import Effect
from licet.rules.evaluate import State
from licet.rules.load import default_dictionary, shipped
from tests.dossiers.test_expected import knowledge

FACTS = default_dictionary().facts
GROUNDS = [ground for finding in table() for ground in finding.grounds]
RECORD, PAY = "vendor.record_of_serving_abusers", "vendor.incentives"


def shown(value: Any) -> dict[str, Any]:
    return {"value": value, "standing": "accepted"}


def judged(value: Any) -> dict[str, Any]:
    who = {"signed_by": "Head of procurement", "reasons": "As the file shows."}
    return {"value": value, "standing": "judged", **who}


def vetting(country: str, day: str = "2025-06-01", **answers: Any) -> Assessment:
    """A public body of a country buys from a vendor of which these things were found."""
    raw = {
        "schema": "licet/case/1",
        "id": "vetting",
        "kind": "procurement",
        "dates": {"assessed": day, "contract": day},
        "parties": [
            {"name": "Vendor", "kind": "company", "roles": ["vendor"], "country": ["IL"]},
            {
                "name": "Police",
                "kind": "government_police",
                "roles": ["end_user", "buyer"],
                "country": [country],
            },
        ],
        "items": [{"name": "Suite", "category": "intrusion_spyware"}],
        "answers": answers,
    }
    return assess(build_case(raw, "vetting"), knowledge())


def states(assessment: Assessment, fact: str) -> dict[str, State]:
    return {
        g.provision: state for p in placed(assessment) if p.fact == fact for g, state in p.grounds
    }


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda g: f"{g.provision}-{g.through}")
def test_a_ground_is_a_provision_that_reads_what_must_be_shown(ground: Ground) -> None:
    (book,) = [b for b in shipped().values() if ground.provision in b.provisions]
    provision = book.provisions[ground.provision]
    assert book.jurisdiction == ground.jurisdiction
    assert book.kind.value == "binding", "policy is no ground"
    assert ground.through in book.facts_under(provision.when)
    must = provision.effect is Effect.EXCLUSION_REQUIRED
    assert ground.nature.startswith("mandatory" if must else "discretionary")
    assert provision.effect in (Effect.EXCLUSION_REQUIRED, Effect.EXCLUSION_POSSIBLE)


def test_each_finding_has_a_ground_or_is_policy_only_and_every_flag_of_a_vendor_is_placed() -> None:
    for finding in table():
        assert bool(finding.grounds) is not bool(finding.policy_only), finding.fact
    flags = {n for n, d in FACTS.items() if n.startswith("vendor.") and d.red_flag}
    assert flags | {RECORD} <= {finding.fact for finding in table()}


def test_a_record_of_serving_abusers_alone_is_an_open_ground_in_the_union() -> None:
    found = vetting("DE", **{RECORD: shown(True)})
    assert states(found, RECORD) == {"EU-2014-24-57": State.UNKNOWN}
    text = " ".join(render_text(found).split())
    assert (
        "open: a ground only if shown that the bidder committed grave professional misconduct"
        in text
    )
    assert "Look-back: three years from the event" in text


MISCONDUCT = {
    RECORD: shown(True),
    "bidder.grave_professional_misconduct": shown(True),
    "bidder.event_within_three_years": shown(True),
    "bidder.self_cleaning_sufficient": judged(False),
    "bidder.excluded_by_final_judgment": shown(False),
    "bidder.exclusion_proportionate": judged(True),
}


def test_shown_as_misconduct_recent_and_proportionate_it_is_a_lawful_ground() -> None:
    found = vetting("DE", **MISCONDUCT)
    assert states(found, RECORD) == {"EU-2014-24-57": State.MET}
    eu = next(d for d in found.determinations if d.book.id == "eu-procurement")
    assert "EU-2014-24-57" in {f.provision for f in eu.decisions[0].result.findings}
    assert "exclusion_possible" in eu.body["outcomes"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("bidder.event_within_three_years", shown(False)),
        ("bidder.self_cleaning_sufficient", judged(True)),
        ("bidder.exclusion_proportionate", judged(False)),
    ],
    ids=["look-back passed", "self-cleaning accepted", "not proportionate"],
)
def test_past_its_time_cleaned_or_out_of_proportion_it_is_policy_only(name, answer) -> None:
    found = vetting("DE", **{**MISCONDUCT, name: answer})
    assert states(found, RECORD) == {"EU-2014-24-57": State.NOT_MET}
    assert "not met here: policy only" in " ".join(render_text(found).split())


def test_what_no_procurement_law_names_is_policy_only_in_text_and_page() -> None:
    found = vetting("DE", **{PAY: shown(True)})
    assert states(found, PAY) == {}
    for words in (render_text(found), render_page(found)):
        assert "policy only, no lawful ground for exclusion" in " ".join(words.split())


def test_each_jurisdiction_speaks_only_where_its_law_of_purchases_reaches() -> None:
    assert states(vetting("GB", **{RECORD: shown(True)}), RECORD) == {"UK-PA2023": State.UNKNOWN}
    assert set(states(vetting("US", **{RECORD: shown(True)}), RECORD)) == {"US-EO14093-record"}
    (one,) = [p for p in placed(vetting("KE", **{RECORD: shown(True)})) if p.fact == RECORD]
    assert not one.grounds
    assert one.policy_only


def test_before_the_british_act_its_ground_is_not_law() -> None:
    before = vetting("GB", "2025-02-23", **{RECORD: shown(True)})
    assert states(before, RECORD) == {"UK-PA2023": State.NOT_IN_FORCE}


def test_a_record_that_nobody_found_is_not_placed() -> None:
    assert not [p for p in placed(vetting("DE")) if p.fact == RECORD]
