"""The documented transfers and the controls come out as expected, or the difference is argued.

What is expected stands in ``examples/expected.json``. A difference must be named in ARGUED with
the reason, which ``docs/differences.md`` tells at length; one that no longer differs is a fault.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge
from licet.assessment.views import agreements
from licet.model.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
RESTRICTS = {
    Outcome.PROHIBITED,
    Outcome.REFUSAL_REQUIRED,
    Outcome.EXCLUSION_REQUIRED,
    Outcome.REFUSAL_PRESUMED,
}

ARGUED: dict[tuple[str, str], str] = {
    ("cases/23-phone-face-unlock-uganda", "US"): (
        "nobody states whether the phone is subject to the EAR; both possible answers restrict "
        "nothing, but which of the two it is stays open"
    ),
    ("cases/25-security-research-tools", "EU"): (
        "the dossier itself calls the sandbox open on encryption; the strictest line heads the case"
    ),
    ("cases/25-security-research-tools", "US"): (
        "whether the items are subject to the EAR is unknown, and the sandbox's encryption is open"
    ),
}


@cache
def knowledge() -> Knowledge:
    return Knowledge.open()


@cache
def assessed(name: str) -> Assessment:
    return assess(read_case(EXAMPLES / f"{name}.yaml"), knowledge())


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_comes_out_as_expected_or_the_difference_is_argued(name: str) -> None:
    for found in agreements(assessed(name), EXPECTED[name]):
        assert found.verdict != "must_not", found
        argued = (name, found.of) in ARGUED
        assert (found.verdict == "agrees") is not argued, found


@pytest.mark.parametrize("name", EXPECTED)
def test_the_provisions_a_dossier_names_stand_in_the_reasons(name: str) -> None:
    """Deciding provisions are applied; those not yet in force say so."""
    states: dict[str, set[str]] = {}
    for determination in assessed(name).determinations:
        for decision in determination.decisions:
            for finding in decision.result.findings:
                states.setdefault(finding.provision, set()).add(finding.state.value)
    for jurisdiction in ("EU", "US", "AMN"):
        entry = EXPECTED[name].get(jurisdiction, {})
        for pid in entry.get("deciding", ()):
            assert pid in states, f"{pid} is applied nowhere"
            assert states[pid] != {"not_in_force"}, f"{pid} decides but is not in force"
        for pid in entry.get("not_in_force", ()):
            assert "not_in_force" in states.get(pid, set()), f"{pid}: {states.get(pid)}"


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_dossier_wants_asked_is_asked_when_the_answer_is_open(name: str) -> None:
    found = assessed(name)
    for jurisdiction, word in (("EU", "EU"), ("US", "US"), ("AMN", "POLICY")):
        entry = EXPECTED[name].get(jurisdiction, {})
        ours = [
            d
            for d in found.determinations
            if d.book.jurisdiction == word and d.book.kind.value != "method"
        ]
        if not any(len(d.outcomes_on_merits) > 1 for d in ours):
            continue
        asked = {q["fact"] for d in ours for q in d.body["questions"]}
        for fact in entry.get("ask", ()):
            name_here = fact.replace("enduser_a.", "end_user.").replace("enduser_b.", "end_user.")
            name_here = name_here.replace("enduser.", "end_user.")
            assert name_here in asked, (jurisdiction, fact)


CONTROLS = [n for n in EXPECTED if n.startswith("controls/")]
TWINS = [n for n in CONTROLS if EXPECTED[n]["twin_of"]]


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_with_one_thing_changed_changes_its_answer(name: str) -> None:
    twin = f"controls/{EXPECTED[name]['twin_of']}"
    ours, theirs = (
        next(
            d.outcomes_on_merits for d in assessed(n).determinations if d.book.id == "amnesty-2021"
        )
        for n in (name, twin)
    )
    assert ours != theirs


def test_no_documented_abusive_transfer_ends_unrestricted_under_the_model() -> None:
    for name, entry in EXPECTED.items():
        if entry["basis"].startswith("documented"):
            merits = _merits(name)
            assert not merits <= {Outcome.NO_RULE_APPLIES, Outcome.EXEMPT}, name


def test_no_ordinary_exempt_item_is_refused() -> None:
    for name, entry in EXPECTED.items():
        if entry["group"] == "ordinary-or-exempt":
            for determination in assessed(name).determinations:
                assert not determination.outcomes_on_merits <= RESTRICTS, (name, determination.book)


def test_at_most_one_lawful_control_in_ten_is_refused() -> None:
    lawful = [n for n in CONTROLS if "control-must-not-refuse" in EXPECTED[n]["tags"]]
    refused = [n for n in lawful if _merits(n) <= RESTRICTS]
    assert len(refused) * 10 <= len(lawful), refused


def _merits(name: str) -> frozenset[Outcome]:
    return next(
        d.outcomes_on_merits for d in assessed(name).determinations if d.book.id == "amnesty-2021"
    )
