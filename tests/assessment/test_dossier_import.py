"""A finished dossier becomes a case: nothing of later days, nothing hidden, nothing in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case, parse_case, write_yaml
from licet.assessment.dossier import Run, import_dossier, source_class
from licet.errors import InputError
from licet.model.case import Case
from licet.model.fact import Standing
from licet.rules.load import default_dictionary
from licet.rules.strict_yaml import read_bytes, read_file
from tests.dossiers.test_expected import knowledge

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases"
LATER = "KNOWN-ONLY-LATER"
DOSSIER = """\
schema: case-dossier/1
id: radio-locator
title: A phone locator for two agencies
kind: export
basis: constructed
dates:
  assessed_as_of: '2020-03-02'
  contract: 2020-02
parties:
- {role: exporter, name: Locator Works, kind: company, country: DE, certainty: documented}
- {role: end_user, name: Harbour Police, kind: government_police, country: KE}
- {role: end_user, name: River Guard, kind: armed_group_paramilitary, country: SD/SS}
- {role: supplier, name: Antenna House, kind: company, country: FR}
items:
- name: Locator
  category: radio locator
  capability_certainty: accepted_by_officer
  facts: {item.surveillance: true, dest.civil_disorder: true}
  quantity: 3
end_use: To find phones.
facts_known_at_date:
- fact: dest_a.arms_embargo
  value: false
  certainty: reported
  source: {ref: Council decision, url: null, published: '2019'}
  availability: rule_or_public_register
- fact: dest_b.arms_embargo
  value: true
  certainty: documented
  source:
  - {ref: Panel of Experts report, published: '2019-12-01'}
  - {ref: A newspaper, published: '2020-01-01'}
  availability: public_at_date
  note: since 2005
- fact: item.bulk_use
  value: true
  certainty: reported
  standing: self_declared
  source: {ref: A letter, published: '2024-05-01'}
  availability: known_to_parties_published_later
- fact: tx.hidden_enduser
  value: true
  certainty: documented
  source: {ref: KNOWN-ONLY-LATER, published: '2022-01-01'}
  note: KNOWN-ONLY-LATER
  availability: hidden_from_assessor_at_date
- fact: risk.substantial_risk_of_violation
  value: true
  certainty: reported
  source: {ref: Human Rights Watch, published: '2019-06-01'}
  availability: public_at_date
  note: the record of the guard
facts_unknown_at_date:
- {fact: enduser_b.government, question: Whose command is the guard under?}
- {fact: item.subject_to_EAR, question: Is it of US origin?, material: false}
hindsight:
- {date: '2021-07-01', what: KNOWN-ONLY-LATER}
expected:
  EU: {outcomes: [KNOWN-ONLY-LATER], deciding: [KNOWN-ONLY-LATER]}
variants:
- {id: v, assessed_as_of: '2022-01-01', facts: {dest.arms_embargo: KNOWN-ONLY-LATER}}
contested: [KNOWN-ONLY-LATER]
law_not_encoded_in_law_md: [KNOWN-ONLY-LATER]
derived_facts: [KNOWN-ONLY-LATER]
"""


def raw(**changes: Any) -> dict[str, Any]:
    """The dossier as plain values, with whole keys changed (``None`` takes one out)."""
    value = {**read_bytes(DOSSIER.encode(), "dossier.yaml"), **changes}
    return {key: part for key, part in value.items() if part is not None}


def imported(run: Run = Run.FULL, **changes: Any) -> Case:
    found = import_dossier(raw(**changes), "dossier.yaml", run)
    return build_case(found.case, "dossier.yaml")


def notes(**changes: Any) -> list[str]:
    found = import_dossier(raw(**changes), "dossier.yaml")
    build_case(found.case, "dossier.yaml")
    return found.warnings


def known(**changes: Any) -> list[dict[str, Any]]:
    """One fact of a dossier, with parts of it changed."""
    entry = {
        "fact": "dest.civil_disorder",
        "value": "true",
        "certainty": "reported",
        "source": {"ref": "Ministry of the Interior"},
        "availability": "public_at_date",
    }
    return [{key: part for key, part in {**entry, **changes}.items() if part is not None}]


# What a dossier becomes ----------------------------------------------------------------------------


def test_a_dossier_becomes_a_case_without_a_warning_and_reads_back_from_yaml() -> None:
    assert notes() == []
    case = imported()
    assert parse_case(write_yaml(case).encode(), "case.yaml") == case


def test_parties_keep_their_roles_kinds_and_countries() -> None:
    parties = [
        (p.name, [r.value for r in p.roles], p.kind.value, p.country) for p in imported().parties
    ]
    assert parties == [
        ("Locator Works", ["exporter"], "company", ("DE",)),
        ("Harbour Police", ["end_user"], "government_police", ("KE",)),
        ("River Guard", ["end_user"], "armed_group", ("SD", "SS")),
        ("Antenna House", ["vendor"], "company", ("FR",)),
    ]


def test_facts_of_two_end_users_stand_beside_the_end_user_they_speak_of() -> None:
    first, second = imported().parties[1:3]
    assert first.answers["dest.arms_embargo"][0].value == "no"
    assert second.answers["dest.arms_embargo"][0].value == "yes"
    assert second.answers["end_user.government"][0].unknown == "asked"
    assert "end_user.government" not in first.answers


def test_two_end_users_are_two_lines_each_with_its_own_facts() -> None:
    found = assess(imported(), knowledge(), rulebooks=["amnesty-2021"], explain=False)
    lines = found.determinations[0].decisions
    assert [d.line.label for d in lines] == [
        "Locator to Harbour Police",
        "Locator to River Guard",
    ]
    assert [d.readings["dest.arms_embargo"].value for d in lines] == [False, True]


def test_a_statement_keeps_its_standing_its_sources_and_its_note() -> None:
    (stated,) = imported().parties[2].answers["dest.arms_embargo"]
    assert stated.standing is Standing.EVIDENCED
    assert stated.source is not None
    assert stated.second_source is not None
    assert (stated.source.title, stated.source.source_class) == (
        "Panel of Experts report",
        "un_body",
    )
    assert (stated.second_source.title, stated.note) == ("A newspaper", "since 2005")


def test_what_stands_beside_an_item_but_is_about_its_user_goes_to_the_case() -> None:
    case = imported()
    assert "dest.civil_disorder" in case.answers
    assert "dest.civil_disorder" not in case.items[0].answers
    assert case.items[0].answers["item.surveillance"][0].standing is Standing.ACCEPTED


def test_a_judgement_is_signed_by_the_author_with_the_files_reason() -> None:
    (stated,) = imported().answers["risk.substantial_risk_of_violation"]
    assert (stated.standing, stated.reasons) == (Standing.JUDGED, "the record of the guard")
    assert stated.signed_by


def test_open_questions_keep_their_words_and_whether_they_matter() -> None:
    assert [(q.fact, q.question, q.material) for q in imported().open_questions] == [
        ("end_user.government", "Whose command is the guard under?", True),
        ("item.subject_to_EAR", "Is it of US origin?", False),
    ]


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("ECtHR, Roman Zakharov v. Russia", "court"),
        ("Citizen Lab, Hide and Seek", "laboratory_with_method"),
        ("UN Panel of Experts on the Sudan", "un_body"),
        ("Federal Register, 88 FR 46071", "public_authority"),
        ("Freedom House, Freedom in the World", "dataset"),
        ("Amnesty International", "ngo"),
        ("WikiLeaks, a mail", "leaked_material"),
        ("Haaretz", "press"),
        ("", "press"),
    ],
)
def test_a_source_has_the_class_that_its_reference_names_and_press_otherwise(
    ref: str, expected: str
) -> None:
    assert source_class(ref) == expected


# What never reaches a case -------------------------------------------------------------------------


@pytest.mark.parametrize("run", Run)
def test_hindsight_expectations_and_hidden_facts_never_reach_the_case(run: Run) -> None:
    assert DOSSIER.count(LATER) >= 9
    assert LATER not in json.dumps(import_dossier(raw(), "dossier.yaml", run).case)


@pytest.mark.parametrize(
    ("availability", "full", "public"),
    [
        ("public_at_date", True, True),
        ("public_at_date_later_source", True, True),
        ("rule_or_public_register", True, True),
        ("general_knowledge_verify", True, True),
        ("assumed_for_dossier", True, True),
        ("known_to_parties_published_later", True, False),
        ("hidden_from_assessor_at_date", False, False),
    ],
)
def test_each_run_sees_what_was_available_to_it(
    availability: str, full: bool, public: bool
) -> None:
    facts = known(availability=availability, fact="end_user.stated_purpose", value="patrols")
    stated = [
        "end_user.stated_purpose" in imported(run, facts_known_at_date=facts).answers for run in Run
    ]
    assert dict(zip(Run, stated, strict=True)) == {Run.FULL: full, Run.PUBLIC: public}


@pytest.mark.parametrize(
    ("run", "fact"),
    [
        (Run.FULL, "tx.hidden_enduser"),
        (Run.PUBLIC, "tx.hidden_enduser"),
        (Run.PUBLIC, "item.bulk_use"),
    ],
)
def test_a_fact_that_is_kept_from_a_run_is_unknown_to_it_and_not_denied_by_silence(
    run: Run, fact: str
) -> None:
    assert fact not in imported(run).nothing_recorded


def test_days_after_the_clock_do_not_stand_in_the_notes() -> None:
    dates = {"assessed_as_of": "2020-03-02", "reactivated": "2021-08-30 (after review)"}
    assert "2021" not in json.dumps(imported(dates=dates).notes)


def test_a_file_that_is_silent_says_so_fact_by_fact_and_never_on_what_it_mentions() -> None:
    case = imported()
    assert case.closed_by
    assert "tx.odd_route" in case.nothing_recorded
    assert "item.surveillance" not in case.nothing_recorded
    assert not set(case.nothing_recorded) & set(case.answers)


# What is not understood ----------------------------------------------------------------------------

PARTY = {"role": "exporter", "name": "M", "country": "DE", "kind": "company"}
NOTED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown role": ({"parties": [{**PARTY, "role": "wizard"}]}, ("parties", "wizard")),
    "unknown kind of party": (
        {"parties": [{**PARTY, "kind": "wizardry"}]},
        ("parties", "wizardry"),
    ),
    "unknown kind of government": (
        {"parties": [{**PARTY, "kind": "government_wizardry"}]},
        ("parties", "government_wizardry"),
    ),
    "unknown fact": (
        {"facts_known_at_date": known(fact="dest.civil_disordr")},
        ("facts_known_at_date", "dest.civil_disordr", "dest.civil_disorder"),
    ),
    "unknown fact of an item": (
        {"items": [{"name": "Box", "facts": {"item.survellance": "true"}}]},
        ("items[0].facts", "item.survellance", "item.surveillance"),
    ),
    "unknown open fact": (
        {"facts_unknown_at_date": [{"fact": "weather.tomorrow"}]},
        ("facts_unknown_at_date", "weather.tomorrow"),
    ),
    "unknown value": (
        {"facts_known_at_date": known(value="maybe")},
        ("dest.civil_disorder", "maybe"),
    ),
    "unknown availability": (
        {"facts_known_at_date": known(availability="public_at_dat")},
        ("facts_known_at_date", "public_at_dat"),
    ),
    "no availability": (
        {"facts_known_at_date": known(availability=None)},
        ("facts_known_at_date", "availability"),
    ),
    "unknown standing": (
        {"facts_known_at_date": known(standing="sworn")},
        ("facts_known_at_date", "sworn"),
    ),
    "third end user of two": (
        {"facts_known_at_date": known(fact="dest_c.arms_embargo")},
        ("dest_c.arms_embargo", "end user 3"),
    ),
    "unknown classification question": (
        {"items": [{"name": "Box", "capability_answers": {"9Z999-Q1": "yes"}}]},
        ("9Z999-Q1",),
    ),
}


@pytest.mark.parametrize("name", NOTED)
def test_what_a_dossier_says_and_licet_does_not_know_is_noted_with_its_place(name: str) -> None:
    changes, parts = NOTED[name]
    text = "\n".join(notes(**changes))
    assert all(part in text for part in parts), text or "nothing was noted"


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": None}, "id: is missing"),
    "no kind": ({"kind": None}, "kind: is missing"),
    "no dates": ({"dates": None}, "dates: is missing"),
    "no clock": ({"dates": {"contract": "2020"}}, "dates.assessed_as_of"),
    "no such day": ({"dates": {"assessed_as_of": "2020-02-30"}}, "2020-02-30"),
    "unknown kind": ({"kind": "gift"}, "kind: got 'gift'"),
    "kind as a list": ({"kind": ["export"]}, "kind"),
    "id with a path": ({"id": "../x"}, "id"),
    "dates as a text": ({"dates": "2020"}, "dates"),
    "party without a name": ({"parties": [{"role": "exporter"}]}, "parties[0].name"),
    "party that is a text": ({"parties": ["Locator Works"]}, "parties[0]"),
    "parties as a map": ({"parties": {"a": PARTY}}, "parties"),
    "item without a name": ({"items": [{"category": "box"}]}, "items[0].name"),
    "no item": ({"items": []}, "items"),
    "fact without its name": (
        {"facts_known_at_date": known(fact=None)},
        "facts_known_at_date[0].fact",
    ),
    "open fact without its name": (
        {"facts_unknown_at_date": [{"question": "?"}]},
        "facts_unknown_at_date[0].fact",
    ),
    "facts as a map": ({"facts_known_at_date": {"a": "b"}}, "facts_known_at_date"),
    "unknown safeguard": ({"safeguards": {"Z9": {"score": "met"}}}, "safeguard.Z9"),
    "unknown score": ({"safeguards": {"P1": {"score": "good"}}}, "safeguard.P1"),
    "safeguard as a text": ({"safeguards": {"P1": "met"}}, "safeguards"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_dossier_that_cannot_be_read_is_refused_in_words_with_its_place(name: str) -> None:
    changes, part = FAULTY[name]
    with pytest.raises(InputError) as error:
        imported(**changes)
    assert part in str(error.value)
    assert "dossier.yaml" in str(error.value)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"schema": "licet/case/1"}])
def test_what_is_no_dossier_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="case-dossier/1"):
        import_dossier(value, "dossier.yaml")


# Every dossier beside the project ------------------------------------------------------------------

FILES = [pytest.param(file, id=file.stem) for file in sorted(SHARED.glob("*.yaml"))] or [
    pytest.param(None, marks=pytest.mark.skip(reason="no ../shared/cases beside the project"))
]


def texts(value: Any) -> set[str]:
    """Every text of some length inside a value."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return {text for part in parts for text in texts(part)}
    return {value} if isinstance(value, str) and len(value) > 24 else set()


@pytest.mark.shared
@pytest.mark.parametrize("file", FILES)
def test_every_shared_dossier_imports_and_nothing_of_later_days_comes_with_it(file: Path) -> None:
    dossier = read_file(file)
    found = import_dossier(dossier, file.name)
    case = build_case(found.case, file.name)
    assert parse_case(write_yaml(case).encode(), "case.yaml") == case
    assert str(case.dates.assessed) == dossier["dates"]["assessed_as_of"]
    hidden = [
        entry
        for entry in dossier["facts_known_at_date"]
        if entry["availability"] == "hidden_from_assessor_at_date"
    ]
    told = texts({k: v for k, v in dossier.items() if k not in ("hindsight", "expected")})
    later = texts([dossier["hindsight"], dossier["expected"]]) - told
    later |= texts([entry.get("note", "") for entry in hidden])
    assert later
    assert not [text for text in later if text in json.dumps(found.case, ensure_ascii=False)]


@pytest.mark.shared
@pytest.mark.parametrize("file", FILES)
def test_no_shared_dossier_denies_by_silence_a_fact_that_it_hides(file: Path) -> None:
    dossier = read_file(file)
    hidden = {
        default_dictionary().name(entry["fact"])
        for entry in dossier["facts_known_at_date"]
        if entry["availability"] == "hidden_from_assessor_at_date"
    }
    assert not hidden & set(import_dossier(dossier, file.name).case["nothing_recorded"])
