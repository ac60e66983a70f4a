"""Red flags and mitigation in the risk method: all of them read, and each in one direction only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.test_properties import DAYS

from licet.model.fact import Reading
from licet.rules.grades import GRADES, LIKELIHOOD, grades
from licet.rules.grammar import Leaf, walk
from licet.rules.load import default_dictionary, shipped
from licet.rules.outcomes import decide
from licet.rules.scope import Scope
from licet.rules.strict_yaml import read_bytes

SHEET = Path(__file__).resolve().parents[3] / "shared/law/law.yaml"
METHOD = shipped()["risk-method"]
FACTS = default_dictionary().facts
FLAGS = {d.red_flag: d for d in FACTS.values() if d.red_flag}
MEASURES = [f"mitigation.M{n:02}" for n in range(1, 16)]
PAPER = ("mitigation.M05", "mitigation.M07")
BY_SUBJECT = [p for p in METHOD.provisions.values() if p.dimension != LIKELIHOOD]
BY_LIKELIHOOD = [p for p in METHOD.provisions.values() if p.dimension == LIKELIHOOD]
FACE = "bio.facial_recognition"
"""RF-45 speaks of searching faces among many; without faces the search alone is no flag."""


def facts_of(provisions: list) -> set[str]:
    return {fact for p in provisions for fact in METHOD.facts_under(p.when)}


def test_all_fifty_four_red_flags_are_read_by_subject_and_by_severity() -> None:
    assert sorted(FLAGS) == [f"RF-{n:02}" for n in range(1, 55)]
    names = {d.name for d in FLAGS.values()}
    assert names <= facts_of(BY_SUBJECT)
    assert names <= facts_of(BY_LIKELIHOOD)


@pytest.mark.parametrize(
    ("term", "severities"),
    [
        ("critical_flag", {"critical"}),
        ("high_flag", {"high"}),
        ("lesser_flag", {"medium", "low"}),
    ],
)
def test_a_flag_counts_by_the_severity_the_fact_sheet_gives_it(term, severities) -> None:
    told = {d.name for d in FLAGS.values() if d.severity in severities}
    named = {node.fact for node in walk(METHOD.terms[term].when) if isinstance(node, Leaf)}
    assert named - {FACE} == told


def test_all_fifteen_measures_are_read_and_only_by_the_likelihood() -> None:
    assert set(MEASURES) <= facts_of(BY_LIKELIHOOD)
    assert not set(MEASURES) & facts_of(BY_SUBJECT)


@pytest.mark.shared
def test_flags_and_measures_are_those_of_the_fact_sheet() -> None:
    if not SHEET.is_file():
        pytest.skip("the fact sheet is not beside the project: shared/law is absent")
    sheet = read_bytes(SHEET.read_bytes(), "law.yaml")
    assert [flag["id"] for flag in sheet["red_flags"]] == sorted(FLAGS)
    told = [f"mitigation.{one['id'].replace('-', '')}" for one in sheet["mitigations"]]
    assert told == MEASURES


@pytest.mark.parametrize(
    "book", [b for b in shipped().values() if b is not METHOD], ids=lambda b: b.id
)
def test_no_rulebook_of_law_or_policy_reads_a_measure_or_the_grade_it_lowers(book) -> None:
    """So mitigation cancels no prohibition, no refusal and no duty to ask."""
    assert not {f for f in book.readers_of if f.startswith("mitigation.")}
    assert "grade.likelihood" not in book.readers_of


# Properties --------------------------------------------------------------------------------------

ORDINARY = sorted(facts_of(BY_SUBJECT) | facts_of(BY_LIKELIHOOD) - set(MEASURES))
YES_NO = [name for name in ORDINARY if FACTS[name].type.value == "yes_no"]
truths = st.sampled_from([True, False, None])
situations = st.fixed_dictionaries(dict.fromkeys(YES_NO, truths))
measures = st.fixed_dictionaries(dict.fromkeys(MEASURES, truths))
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
flags = st.sampled_from(sorted(d.name for d in FLAGS.values()))
Values = Mapping[str, bool | None]


def line(values: Values) -> Scope:
    facts = {name: Reading(value=v) for name, v in values.items() if v is not None}
    return Scope("line", facts | {"case.kind": Reading(value="export")})


def graded(values: Values) -> dict[str, tuple[int, int]]:
    """Each grade as the mildest and the worst that are still possible."""
    readings, _ = grades(METHOD, line(values), DAYS, "export")
    found = {}
    for name, reading in readings.items():
        ranks = [GRADES.index(g) for g in ([reading.value] if reading.known else reading.possible)]
        found[name] = (min(ranks), max(ranks))
    return found


@quick
@given(situations, measures, flags)
def test_an_added_red_flag_never_lowers_a_grade(values, done, flag) -> None:
    face = {FACE: True} if flag == "bio.one_to_many" else {}
    before = graded({**values, **done, **face, flag: False})
    after = graded({**values, **done, **face, flag: True})
    for name, (mildest, worst) in before.items():
        assert after[name][0] >= mildest, name
        assert after[name][1] >= worst, name
    assert after["grade.likelihood"][0] >= GRADES.index("elevated"), "what was raised is on record"


@quick
@given(situations, measures, st.sampled_from(MEASURES))
def test_an_added_measure_lowers_the_likelihood_alone_and_raises_nothing(values, done, one) -> None:
    before = graded({**values, **done, one: False})
    after = graded({**values, **done, one: True})
    for name in before:
        if name == "grade.likelihood":
            assert after[name][0] <= before[name][0]
            assert after[name][1] <= before[name][1]
            assert before[name][0] - after[name][0] <= 1, "one step at most"
        else:
            assert after[name] == before[name], name


@quick
@given(situations)
def test_paper_alone_changes_no_grade(values) -> None:
    nothing = dict.fromkeys(MEASURES, False)
    assert graded({**values, **nothing}) == graded(
        {**values, **nothing, **dict.fromkeys(PAPER, True)}
    )


@quick
@given(
    situations,
    measures,
    st.sampled_from([d.name for d in FLAGS.values() if d.severity == "critical"]),
)
def test_a_flag_of_the_gravest_kind_stays_high_whatever_the_measures(values, done, flag) -> None:
    situation = {**values, **done, FACE: True, flag: True}
    assert graded(situation)["grade.likelihood"][0] >= GRADES.index("high")
    paper = {m: m in PAPER for m in MEASURES}
    assert graded({**situation, **paper})["grade.likelihood"] == (3, 3), "severe, with paper alone"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situations, measures)
def test_no_measure_changes_what_the_model_rulebook_says(values, done) -> None:
    """End to end, through the grades: with all measures, some, or none, the same outcomes."""
    book = shipped()["amnesty-2021"]

    def outcomes(situation: Values) -> frozenset:
        plain = line(situation)
        found, _ = grades(METHOD, plain, DAYS, "export")
        merged = Scope("line", {**found, **plain.facts})
        return decide(book, merged, DAYS, "export", explain=False).outcomes_on_merits

    assert outcomes({**values, **done}) == outcomes({**values, **dict.fromkeys(MEASURES, False)})
