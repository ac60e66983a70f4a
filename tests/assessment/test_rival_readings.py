"""Rival readings side by side: in the stored object, the text and the page, and settled by name."""

from __future__ import annotations

from typing import Any

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case
from licet.assessment.page import render_page
from licet.assessment.replay import replay
from licet.assessment.text import render_text
from tests.dossiers.test_expected import knowledge

CHOICE = "reading.art_5_2_awareness"
SHOWN = {"value": True, "standing": "accepted"}
NOT_SO = {"value": False, "standing": "accepted"}


def done(**answers: Any) -> Assessment:
    """An unlisted cyber-surveillance item; the exporter suspects and is not aware."""
    raw = {
        "schema": "licet/case/1",
        "id": "readings",
        "kind": "export",
        "dates": {"assessed": "2025-03-01", "application": "2025-02-01", "export": "2025-03-01"},
        "parties": [
            {"name": "Maker", "kind": "company", "roles": ["exporter"], "country": ["DE"]},
            {
                "name": "Police",
                "kind": "government_police",
                "roles": ["end_user"],
                "country": ["KZ"],
            },
        ],
        "items": [{"name": "Suite", "category": "licence_plate_reader"}],
        "answers": {
            "item.surveillance": SHOWN,
            "item.cyber_surveillance": SHOWN,
            "item.listed_annex_I": NOT_SO,
            "item.other_annex_i_entry": NOT_SO,
            "exporter.informed_by_authority_repression_or_violations": NOT_SO,
            "exporter.informed_by_authority_military_end_use": NOT_SO,
            "ms.has_art5_3_extension": NOT_SO,
            "ms.national_measure_covers_item": NOT_SO,
            "other_ms.list_covers_item": NOT_SO,
            "exporter.aware_via_dd_of_repression_or_violations": NOT_SO,
            "exporter.suspects_repression_or_violations": SHOWN,
            **answers,
        },
    }
    return assess(build_case(raw, "readings"), knowledge(), rulebooks=["eu-dual-use"])


def test_the_stored_object_holds_each_reading_its_authority_and_the_answer_under_it() -> None:
    (one,) = done()
    (line,) = one.body["lines"]
    mild, strict = [r for r in line["readings"] if r["provision"] == "EU-DU-5.2"]
    assert (mild["reading"], mild["state"]) == ("positive_knowledge", "not_met")
    assert mild["outcomes_if"] == ["no_rule_applies"]
    assert (strict["reading"], strict["state"]) == ("grounds_to_suspect", "met")
    assert strict["outcomes_if"] == ["notify_authority"]
    assert "2024/2659" in mild["authority"]
    assert one.body["outcomes"] == ["notify_authority", "no_rule_applies"]
    assert [q["fact"] for q in one.body["questions"]] == [CHOICE]
    assert "reading_may_decide" in {c["code"] for c in one.body["cautions"]}


def test_text_and_page_show_both_readings_with_their_authority() -> None:
    for words in (" ".join(render_text(done()).split()), " ".join(render_page(done()).split())):
        assert "the answer hangs on which is taken" in words
        for name in (
            "ositive knowledge: not met; no encoded",
            "rounds to suspect: met; must be put",
        ):
            assert name in words
        assert "(EU) 2024/2659 (guidelines, not binding" in words


def test_a_named_person_settles_the_reading_and_a_nameless_one_does_not() -> None:
    judged = {
        "value": "grounds_to_suspect",
        "standing": "judged",
        "signed_by": "Head of unit",
        "reasons": "The authority's published position.",
    }
    (one,) = done(**{CHOICE: judged})
    assert one.body["outcomes"] == ["notify_authority"]
    (again,) = done(**{CHOICE: {"value": "positive_knowledge", "standing": "accepted"}})
    assert again.body["outcomes"] == ["notify_authority", "no_rule_applies"]


def test_readings_that_agree_are_not_paraded() -> None:
    plain = done(**{"exporter.suspects_repression_or_violations": NOT_SO})
    (one,) = plain
    assert one.body["outcomes"] == ["no_rule_applies"]
    assert "rival ways" not in render_text(plain)


def test_a_determination_with_readings_comes_out_again() -> None:
    assessment = done()
    (one,) = assessment
    assert replay(one.body, assessment.case, knowledge()).same
