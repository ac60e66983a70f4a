"""Provisions that are read in rival ways: no reading is lost, and a named person may choose one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.test_properties import DAYS

from licet.errors import RulebookError
from licet.model.dates import Span
from licet.model.fact import Reading
from licet.model.outcome import Outcome
from licet.rules.build import build
from licet.rules.evaluate import State
from licet.rules.load import default_dictionary, shipped
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

CHOICE = "reading.art_5_2_awareness"
NAMES = ("positive_knowledge", "grounds_to_suspect")
FACTS = [d.name for d in default_dictionary() if d.type.value == "yes_no"][:4]
WITH_READINGS = [p for book in shipped().values() for p in book.provisions.values() if p.readings]

leaves = st.sampled_from(FACTS)
parts = st.one_of(
    leaves,
    st.builds(lambda part: {"not": part}, leaves),
    st.builds(lambda a, b, k: {k: [a, b]}, leaves, leaves, st.sampled_from(["all", "any"])),
)
ways = st.one_of(
    st.builds(lambda part: {"when": part}, parts),
    st.sampled_from([{"applies": "yes"}, {"applies": "no"}]),
)
values = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in FACTS})


def files(shared: Any, one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    readings = [
        {"name": name, "authority": "somebody", **way}
        for name, way in zip(NAMES, (one, two), strict=True)
    ]
    head = {"schema": "licet/rulebook/1", "id": "r", "title": "R", "jurisdiction": "EU"}
    return {
        "rulebook.yaml": {**head, "kind": "binding"},
        "provisions/p.yaml": {
            "schema": "licet/provision/1",
            "provision": "P",
            "title": "t",
            "cite": {"instrument": "i", "locator": "1"},
            "checked": {"level": "text"},
            "in_force": {"from": "2000-01-01"},
            "settled_by": CHOICE,
            "readings": readings,
            "when": shared,
            "then": {"effect": "refusal_required"},
        },
    }


def result(raw: dict[str, Any], known: dict[str, bool | None], choice: str = "") -> Any:
    book = build(copy.deepcopy(raw), "r", default_dictionary())
    book.derive.clear()  # only what is given counts here
    facts = {name: Reading(value=value) for name, value in known.items() if value is not None}
    if choice:
        facts[CHOICE] = Reading(value=choice)
    return decide(book, Scope("line", facts, None, {}), DAYS, "export")


@settings(max_examples=150, deadline=None)
@given(parts, ways, ways, values)
def test_the_outcomes_hold_those_of_every_reading(shared, one, two, known) -> None:
    raw = files(shared, one, two)
    found = result(raw, known)
    assert [r.reading for r in found.readings] == list(NAMES)
    for taken in found.readings:
        assert taken.outcomes <= found.outcomes
        chosen = result(raw, known, taken.reading)
        assert chosen.outcomes == taken.outcomes, (
            "the answer under a reading is that of choosing it"
        )
        (finding,) = chosen.findings
        assert finding.state is taken.state


@settings(max_examples=150, deadline=None)
@given(parts, ways, ways, values)
def test_a_refusal_under_the_stricter_reading_never_becomes_permitted(shared, one, two, known):
    found = result(files(shared, one, two), known)
    if any(r.state is State.MET for r in found.readings):
        assert Outcome.REFUSAL_REQUIRED in found.outcomes
        if all(r.state is State.MET for r in found.readings):
            assert found.outcomes == {Outcome.REFUSAL_REQUIRED}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"settled_by": "reading.art_5_2_awarenes"}, "which the dictionary lacks"),
        ({"settled_by": "item.surveillance"}, "must be a judgement whose codes are"),
        ({"readings": []}, None),
        ({"readings": [{"name": NAMES[0], "authority": "a", "applies": "yes"}]}, "at least two"),
        ({"readings": [{"name": n, "applies": "yes"} for n in NAMES]}, "say who reads it so"),
        ({"readings": [{"name": n, "authority": "a"} for n in NAMES]}, "needs either `when`"),
    ],
)
def test_a_rulebook_whose_readings_do_not_hold_together_is_refused(change, told) -> None:
    raw = files(FACTS[0], {"applies": "yes"}, {"applies": "no"})
    raw["provisions/p.yaml"].update(change)
    if told is None:
        assert not build(raw, "r", default_dictionary()).provisions["P"].readings
        return
    with pytest.raises(RulebookError, match=told):
        build(raw, "r", default_dictionary())


@pytest.mark.parametrize("provision", WITH_READINGS, ids=lambda p: p.id)
def test_each_reading_that_ships_names_its_authority_and_can_part_from_the_other(provision) -> None:
    assert all(len(r.authority) > 40 for r in provision.readings)
    asks = [t.asks for t in provision.tests if t.expect == "unknown" and t.asks]
    assert (provision.settled_by,) in asks, "an example in which nothing but the reading is open"


def test_the_readings_that_the_fact_sheet_names_are_there() -> None:
    assert {p.id for p in WITH_READINGS} == {
        "EU-DU-5.2",
        "US-502B",
        "US-732S3-29-stay",
        "UK-SELC-2gbv-refusal",
        "OECD-MNE-2023",
    }


def test_outside_its_time_a_provision_shows_no_readings() -> None:
    book = shipped()["eu-dual-use"]
    facts = {"case.kind": Reading(value="export")}
    facts["export.leaves_EU_customs_territory"] = Reading(value=True)
    line = Scope("line", facts, None, {})
    for day, shown in (("2021-09-08", 0), ("2021-09-09", 2)):
        span = Span.read(day)
        days = Days({"assessed": span, "export": span, "application": span})
        found = decide(book, line, days, "export").readings
        assert sum(r.provision == "EU-DU-5.2" for r in found) == shown
