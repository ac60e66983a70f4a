"""Decision 8, rule by rule: whose word counts for what, and what is only asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case
from licet.assessment.options import Options
from licet.assessment.page import render_page
from licet.assessment.statements import Mode, weigh
from licet.assessment.text import render_text
from licet.model.case import Statement
from licet.model.fact import (
    AnsweredBy,
    Attaches,
    FactDefinition,
    FactType,
    Reading,
    UnknownReason,
    stored,
)
from licet.model.outcome import Outcome
from licet.rules.load import default_dictionary
from tests.dossiers.test_expected import knowledge

AUTHORITY, SELF = Mode.AUTHORITY, Mode.SELF_ASSESSMENT
COURT = {"title": "A judgment", "class": "court"}
UN = {"title": "A report to the UN", "class": "un_body"}
LAB = {"title": "A forensic report", "class": "laboratory_with_method"}
NGO = {"title": "A report of an NGO", "class": "ngo"}
PRESS = {"title": "An article", "class": "press"}
OTHER_PRESS = {"title": "Another article", "class": "press"}
LEAK = {"title": "A leaked contract", "class": "leaked_material"}
COMPANY = {"title": "A statement of the company", "class": "company_statement"}
OWN = {"title": "A letter of the applicant", "class": "own_word"}


def fact(adverse: str = "yes", *, judgement: bool = False) -> FactDefinition:
    return FactDefinition(
        "x",
        FactType.YES_NO,
        Attaches.CASE,
        "?",
        "x",
        AnsweredBy.APPLICANT,
        adverse=(adverse,),
        judgement=judgement,
    )


def said(value: str, standing: str = "evidenced", source: Any = None, **more: Any) -> Statement:
    return Statement.model_validate(
        {"value": value, "standing": standing, "source": source, **more}
    )


def read(*statements: Statement, mode: Mode = AUTHORITY, of: FactDefinition | None = None) -> str:
    """What may be used of the statements: ``yes``, ``no``, or why nothing may."""
    return word(weigh(of or fact(), statements, mode, "case"))


def word(reading: Reading) -> str:
    return str(stored(reading.value) if reading.unknown is None else reading.unknown.value)


@pytest.mark.parametrize(
    ("mode", "adverse", "value", "used"),
    [
        (AUTHORITY, "yes", "yes", "yes"),
        (AUTHORITY, "yes", "no", "self_declared"),
        (AUTHORITY, "no", "no", "no"),
        (AUTHORITY, "no", "yes", "self_declared"),
        (SELF, "yes", "yes", "yes"),
        (SELF, "yes", "no", "no"),
        (SELF, "no", "yes", "yes"),
    ],
)
def test_an_own_word_tightens_at_once_and_loosens_only_in_a_self_assessment(
    mode: Mode, adverse: str, value: str, used: str
) -> None:
    assert read(said(value, "self_declared"), mode=mode, of=fact(adverse)) == used


@pytest.mark.parametrize(
    ("standing", "source", "used"),
    [
        ("accepted", COMPANY, "no"),
        ("accepted", OWN, "no"),
        ("evidenced", LAB, "no"),
        ("evidenced", COMPANY, "self_declared"),
        ("evidenced", OWN, "self_declared"),
        ("self_declared", LAB, "self_declared"),
    ],
)
def test_a_document_of_the_applicant_loosens_nothing_until_an_officer_accepts_it(
    standing: str, source: Any, used: str
) -> None:
    assert read(said("no", standing, source)) == used


@pytest.mark.parametrize("value", ["yes", "no"])
@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ({"source": PRESS}, False),
        ({"source": LEAK}, False),
        ({"source": PRESS, "second_source": OTHER_PRESS}, True),
        ({"source": LEAK, "second_source": PRESS}, True),
        ({"source": PRESS, "standing": "accepted"}, True),
        ({"source": NGO}, True),
        ({"source": LAB}, True),
        ({"source": COURT}, True),
    ],
)
def test_one_press_or_leaked_source_alone_is_only_a_question(
    statement: Any, counts: bool, value: str
) -> None:
    assert read(said(value, **statement)) == (value if counts else "uncorroborated")


@pytest.mark.parametrize(
    ("statements", "used"),
    [
        ([said("yes", source=PRESS), said("yes", source=OTHER_PRESS)], "yes"),
        ([said("yes", source=PRESS), said("yes", source=LEAK)], "yes"),
        ([said("yes", source=PRESS), said("yes", "self_declared")], "yes"),
        ([said("no", source=PRESS), said("no", "self_declared")], "uncorroborated"),
        ([said("yes", source=PRESS), said("no", source=OTHER_PRESS)], "uncorroborated"),
        ([said("yes", source=PRESS), said("no", "self_declared")], "uncorroborated"),
    ],
)
def test_a_weak_source_is_borne_out_only_by_another_that_says_the_same(
    statements: list[Statement], used: str
) -> None:
    assert read(*statements) == used


def test_one_article_cited_twice_is_still_one_source() -> None:
    assert read(said("yes", source=PRESS), said("yes", source=PRESS)) == "uncorroborated"
    assert read(said("yes", source=PRESS, second_source=PRESS)) == "uncorroborated"


@pytest.mark.parametrize("own", [OWN, COMPANY])
def test_a_partys_own_word_does_not_bear_out_an_article_in_its_favour(own: Any) -> None:
    assert read(said("no", source=PRESS, second_source=own)) in {"uncorroborated", "self_declared"}


@pytest.mark.parametrize(
    ("source", "denied_by", "used"),
    [
        (NGO, "company_statement", "yes"),
        (NGO, "own_word", "yes"),
        (NGO, "leaked_material", "yes"),
        (NGO, "ngo", "disputed"),
        (NGO, "press", "disputed"),
        (NGO, "court", "disputed"),
        (LAB, "ngo", "yes"),
        (LAB, "un_body", "disputed"),
        (UN, "public_authority", "disputed"),
        (COURT, "un_body", "yes"),
        (COURT, "court", "disputed"),
    ],
)
def test_a_denial_disputes_a_fact_only_from_a_source_of_at_least_equal_class(
    source: Any, denied_by: str, used: str
) -> None:
    assert read(said("yes", source=source, denied_by=denied_by)) == used


@pytest.mark.parametrize(
    ("statements", "used"),
    [
        ([said("yes", source=NGO), said("no", source=NGO)], "disputed"),
        ([said("yes", source=COURT), said("no", source=COURT)], "disputed"),
        ([said("yes", source=NGO), said("no", "self_declared")], "yes"),
        ([said("yes", source=NGO), said("no", source=COMPANY)], "yes"),
        ([said("yes", "self_declared"), said("no", "self_declared")], "yes"),
        ([said("no", "accepted", LAB), said("yes", source=PRESS)], "no"),
        ([said("no", "accepted", LAB), said("yes", source=COURT)], "disputed"),
        ([said("no", "accepted", LAB), said("yes", source=UN)], "disputed"),
        ([said("yes", "accepted", LAB), said("no", source=COURT)], "yes"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1], ids=["as written", "reversed"])
def test_clashing_statements_are_settled_by_standing_or_stay_disputed(
    statements: list[Statement], used: str, turn: int
) -> None:
    assert read(*statements[::turn]) == used


@pytest.mark.parametrize("turn", [1, -1], ids=["as written", "reversed"])
def test_a_disputed_fact_is_not_settled_by_a_third_weaker_source(turn: int) -> None:
    disputed = said("yes", source=COURT, denied_by="court")
    assert read(*[disputed, said("no", source=NGO)][::turn]) == "disputed"


def test_in_a_self_assessment_a_companys_denial_does_not_dispute_a_judgment() -> None:
    assert read(said("yes", source=COURT), said("no", source=COMPANY), mode=SELF) == "yes"


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("statement", "used"),
    [
        ({"standing": "judged", "signed_by": "A. Officer", "reasons": "the record"}, "no"),
        ({"standing": "judged", "signed_by": "A. Officer"}, "unverifiable"),
        ({"standing": "judged", "reasons": "the record"}, "unverifiable"),
        ({"standing": "accepted", "signed_by": "A. Officer", "reasons": "r"}, "unverifiable"),
        ({"standing": "self_declared", "signed_by": "A.", "reasons": "r"}, "unverifiable"),
    ],
)
def test_a_judgement_counts_only_from_a_named_person_who_gives_reasons(
    statement: Any, used: str, mode: Mode
) -> None:
    assert read(said("no", **statement), mode=mode, of=fact(judgement=True)) == used


@pytest.mark.parametrize("reason", UnknownReason)
def test_unknown_keeps_the_reason_that_was_given(reason: UnknownReason) -> None:
    assert read(Statement(unknown=reason)) == reason.value


def test_every_source_stands_beside_the_fact_even_when_it_is_disputed() -> None:
    found = weigh(fact(), (said("yes", source=NGO), said("no", source=UN)), AUTHORITY, "case")
    assert [s.title for s in found.sources] == [NGO["title"], UN["title"]]


# Whole cases ---------------------------------------------------------------------------------------

FACTS = [
    f
    for f in default_dictionary()
    if f.type is FactType.YES_NO and not f.judgement and len(f.adverse) == 1
]
MILD = {f.name: "no" if f.adverse == ("yes",) else "yes" for f in FACTS}
GRAVE = {f.name: f.adverse[0] for f in FACTS}
DERIVED_FROM_PARTIES = "export.leaves_EU_customs_territory"


def run(
    answers: Any = (), *, mode: Mode = AUTHORITY, kind: str = "export", **more: Any
) -> Assessment:
    raw = {
        "schema": "licet/case/1",
        "id": "a",
        "kind": kind,
        "dates": {"assessed": "2024-01-01"},
        "parties": [
            {"name": "Maker", "roles": ["exporter"], "country": ["DE"], "kind": "company"},
            {"name": "User", "roles": ["end_user"], "country": ["KE"], "kind": "government_police"},
        ],
        "items": [{"name": "Box"}],
        "answers": dict(answers),
        **more,
    }
    return assess(build_case(raw, "a"), knowledge(), options=Options(mode=mode), explain=False)


def outcomes(assessment: Assessment) -> dict[str, frozenset[Outcome]]:
    return {d.book.id: d.outcomes_on_merits for d in assessment}


def reading(assessment: Assessment, name: str) -> str:
    found = assessment.determinations[0].decisions[0].readings.get(name)
    return word(found) if found is not None else "not_asked"


def codes(assessment: Assessment) -> set[str]:
    return {c["code"] for d in assessment for c in d.body["cautions"]}


@pytest.mark.parametrize("kind", ["export", "procurement", "use"])
def test_all_that_an_applicant_may_say_in_its_own_favour_changes_no_answer(kind: str) -> None:
    said_all = {name: value for name, value in MILD.items() if name != DERIVED_FROM_PARTIES}
    assert outcomes(run(said_all, kind=kind)) == outcomes(run(kind=kind))


def test_the_same_words_in_a_self_assessment_do_change_answers() -> None:
    assert outcomes(run(MILD, mode=SELF)) != outcomes(run(mode=SELF))


@pytest.mark.parametrize("source", [PRESS, LEAK], ids=["press", "leak"])
@pytest.mark.parametrize("kind", ["export", "procurement", "use"])
def test_whatever_one_article_alone_says_it_refuses_nothing(kind: str, source: Any) -> None:
    alone = {
        name: {"value": value, "standing": "evidenced", "source": source}
        for name, value in GRAVE.items()
        if name != DERIVED_FROM_PARTIES
    }
    assert outcomes(run(alone, kind=kind)) == outcomes(run(kind=kind))
    assert "not_used_uncorroborated" in codes(run(alone, kind=kind))


def test_the_same_facts_borne_out_by_a_second_source_do_refuse() -> None:
    both = {
        name: {"value": v, "standing": "evidenced", "source": PRESS, "second_source": NGO}
        for name, v in GRAVE.items()
    }
    assert outcomes(run(both))["amnesty-2021"] <= {Outcome.PROHIBITED, Outcome.REFUSAL_REQUIRED}


def test_an_own_word_beside_the_item_does_not_outweigh_what_an_officer_accepted() -> None:
    accepted = {"item.surveillance": {"value": "yes", "standing": "accepted", "source": LAB}}
    denied = [{"name": "Box", "answers": {"item.surveillance": "no"}}]
    assert outcomes(run(accepted, items=denied)) == outcomes(run(accepted))


def test_an_own_word_does_not_outweigh_what_the_parties_countries_show() -> None:
    found = run({DERIVED_FROM_PARTIES: "no"})
    assert reading(run(), DERIVED_FROM_PARTIES) == "yes"
    assert outcomes(found) == outcomes(run())


def test_what_is_not_used_is_said_with_its_reason() -> None:
    found = run(
        {
            "item.surveillance": "no",
            "vendor.record_of_serving_abusers": {
                "value": "yes",
                "standing": "evidenced",
                "source": NGO,
                "denied_by": "ngo",
            },
        }
    )
    assert {"not_used_self_declared", "not_used_disputed"} <= codes(found)
    assert "item.surveillance" in render_page(found)


def test_a_denial_that_does_not_dispute_is_still_shown() -> None:
    found = run(
        {
            "vendor.record_of_serving_abusers": {
                "value": "yes",
                "standing": "evidenced",
                "source": NGO,
                "denied_by": "company_statement",
            }
        }
    )
    assert reading(found, "vendor.record_of_serving_abusers") == "yes"
    assert any("company_statement" in json.dumps(d.body["facts"]) for d in found)


# Self-assessment -----------------------------------------------------------------------------------


def test_a_self_assessment_names_its_mode_and_each_self_declared_fact() -> None:
    (found,) = [d for d in run({"item.surveillance": "no"}, mode=SELF) if d.book.id == "us-ear"]
    assert found.body["options"]["mode"] == "self_assessment"
    assert {
        "code": "self_declared",
        "facts": ["item.surveillance"],
        "mode": "self_assessment",
    } in found.body["cautions"]


@pytest.mark.parametrize("render", [render_page, render_text])
def test_a_self_assessment_says_so_wherever_it_is_read(render: Any) -> None:
    text = render(run({"item.surveillance": "no"}, mode=SELF))
    assert "own word" in " ".join(text.split())


def test_an_applicant_is_not_shown_what_would_change_the_answer_for_what_it_states() -> None:
    stated = {"item.surveillance": "yes", "item.subject_to_EAR": "yes"}
    raw = run(stated, mode=SELF).case
    found = assess(raw, knowledge(), options=Options(mode=SELF))
    shown = {c["fact"] for d in found for line in d.body["lines"] for c in line["would_change_if"]}
    assert not shown & set(stated)


# Silence -------------------------------------------------------------------------------------------

SILENT = "tx.hidden_enduser"


@pytest.mark.parametrize(
    ("mode", "closed_by", "answers", "used"),
    [
        (AUTHORITY, "", {}, "self_declared"),
        (SELF, "", {}, "no"),
        (AUTHORITY, "an officer", {}, "no"),
        (AUTHORITY, "an officer", {SILENT: {"unknown": "asked"}}, "asked"),
        (AUTHORITY, "an officer", {SILENT: "yes"}, "yes"),
    ],
)
def test_a_files_silence_is_worth_the_word_of_who_closed_it_and_yields_to_anything_said(
    mode: Mode, closed_by: str, answers: Any, used: str
) -> None:
    found = run(answers, mode=mode, nothing_recorded=[SILENT], closed_by=closed_by)
    assert reading(found, SILENT) == used


def test_silence_that_no_file_claims_is_no_answer() -> None:
    assert reading(run(), SILENT) == "not_asked"


def test_an_answer_that_rests_on_silence_says_so() -> None:
    closed = run(nothing_recorded=[SILENT], closed_by="an officer")
    assert "silence_taken_for_no" in codes(closed)
    assert "silence_taken_for_no" not in codes(run())


def test_evidence_without_a_source_is_an_own_word() -> None:
    assert read(said("no", standing="evidenced", source=None)) == "self_declared"
