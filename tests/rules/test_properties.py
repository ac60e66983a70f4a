"""What must hold of every rulebook, tried on random ones and on those that ship."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.model.dates import Span
from licet.model.fact import Reading, UnknownReason
from licet.model.outcome import LADDER, Outcome, strictness
from licet.rules import dictionary
from licet.rules.build import Builder
from licet.rules.grades import grades
from licet.rules.load import shipped
from licet.rules.outcomes import decide
from licet.rules.rulebook import Rulebook
from licet.rules.scope import Days, Scope

FACTS = [f"f.n{i}" for i in range(6)]
DAYS = Days({"assessed": Span.read("2024-06-01")})
DICTIONARY = dictionary.build(
    [
        (
            "facts.yaml",
            {
                "schema": dictionary.DICTIONARY_SCHEMA,
                "facts": [
                    {
                        "name": name,
                        "type": "yes_no",
                        "attaches": "case",
                        "question": "?",
                        "statement": name,
                        "statement_no": f"not {name}",
                        "answered_by": "applicant",
                        "adverse": "yes",
                    }
                    for name in FACTS
                ],
            },
        )
    ]
)
EFFECTS = [
    "prohibited",
    "refusal_required",
    "refusal_presumed",
    "authorisation_required",
    "notify_authority",
    "conditions",
]

leaves = st.sampled_from(FACTS).flatmap(
    lambda name: st.sampled_from([name, f"{name} is no", f"{name} is yes"])
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda parts, kind: {kind: parts},
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["all", "any", "none"]),
        ),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(
            lambda parts, n: {"at_least": {"count": str(n), "of": parts}},
            st.lists(inner, min_size=1, max_size=3),
            st.integers(1, 3),
        ),
    ),
    max_leaves=6,
)


def provision(pid: str, when: object, then: dict[str, object]) -> dict[str, object]:
    return {
        "schema": "licet/provision/1",
        "provision": pid,
        "title": pid,
        "cite": {"instrument": "Test Act", "locator": pid},
        "checked": {"level": "policy"},
        "in_force": {"from": "2020-01-01"},
        "when": when,
        "then": then,
    }


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    count = draw(st.integers(1, 4))
    names = [f"P{i}" for i in range(count)]
    files: dict[str, object] = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "random",
            "kind": "binding",
            "title": "Random",
            "jurisdiction": "EU",
            **({"reaches": draw(conditions)} if draw(st.booleans()) else {}),
        }
    }
    exempt = draw(st.booleans())
    for name in names:
        then: dict[str, object] = {"effect": draw(st.sampled_from(EFFECTS))}
        if exempt and draw(st.booleans()):
            then["prevails_over"] = ["X"]
        files[f"provisions/{name}.yaml"] = provision(name, draw(conditions), then)
    if exempt:
        free = [n for n in names if "prevails_over" not in files[f"provisions/{n}.yaml"]["then"]]
        files["provisions/X.yaml"] = provision(
            "X", draw(conditions), {"effect": "exempt", "releases": free}
        )
    return Builder(files, "random", DICTIONARY).build()


def scope(values: dict[str, bool | None]) -> Scope:
    return Scope(
        "line",
        {
            name: Reading(value=value)
            if value is not None
            else Reading(unknown=UnknownReason.NOT_ASKED)
            for name, value in values.items()
        },
    )


def outcomes(book: Rulebook, values: dict[str, bool | None]) -> frozenset[Outcome]:
    return decide(book, scope(values), DAYS, "export", explain=False).outcomes


partial = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in FACTS})
complete = st.fixed_dictionaries({name: st.booleans() for name in FACTS})
quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(rulebooks(), partial)
def test_every_possible_world_is_in_the_outcome_set(book: Rulebook, values) -> None:
    """Answering all open facts in any way gives an outcome that the set already held."""
    unknown = [name for name, value in values.items() if value is None]
    found = outcomes(book, values)
    for answers in itertools.product([True, False], repeat=len(unknown)):
        world = outcomes(book, {**values, **dict(zip(unknown, answers, strict=True))})
        assert world <= found


@quick
@given(rulebooks(), complete)
def test_with_every_fact_known_there_is_one_outcome(book: Rulebook, values) -> None:
    found = outcomes(book, values)
    assert len(found - {Outcome.CONFLICT}) == 1


@quick
@given(rulebooks(), partial, st.sampled_from(FACTS))
def test_making_a_known_fact_unknown_never_removes_an_outcome(book, values, name) -> None:
    assert outcomes(book, values) <= outcomes(book, {**values, name: None})


@quick
@given(rulebooks(), partial, st.permutations(FACTS))
def test_the_order_of_facts_changes_nothing(book, values, order) -> None:
    again = {name: values[name] for name in order}
    assert decide(book, scope(values), DAYS, "export") == decide(book, scope(again), DAYS, "export")


@quick
@given(rulebooks(), partial)
def test_unknown_never_becomes_permitted(book: Rulebook, values) -> None:
    """``no_rule_applies`` stands alone only if no world restricts."""
    found = outcomes(book, values)
    if found == {Outcome.NO_RULE_APPLIES}:
        unknown = [name for name, value in values.items() if value is None]
        for answers in itertools.product([True, False], repeat=len(unknown)):
            world = {**values, **dict(zip(unknown, answers, strict=True))}
            assert outcomes(book, world) == {Outcome.NO_RULE_APPLIES}


@quick
@given(rulebooks(), partial)
def test_each_answer_to_a_question_leaves_what_the_question_says(book: Rulebook, values) -> None:
    result = decide(book, scope(values), DAYS, "export")
    for question in result.questions:
        for answer, left in question.answers:
            told = outcomes(book, {**values, question.fact: answer == "yes"})
            assert frozenset(left) == told


@quick
@given(rulebooks(), complete)
def test_each_change_named_does_change_the_outcome(book: Rulebook, values) -> None:
    result = decide(book, scope(values), DAYS, "export")
    for change in result.changes:
        told = outcomes(book, {**values, change.fact: change.instead == "yes"})
        assert told == frozenset(change.outcomes) != result.outcomes


RED_FLAGS = sorted(
    d.name
    for d in shipped()["amnesty-2021"].dictionary
    if d.red_flag and d.type.value == "yes_no" and d.adverse == ("yes",)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_an_added_red_flag_never_softens_an_outcome(data) -> None:
    """Under the model rulebook and the risk method, one more flag leaves nothing milder."""
    book, method = shipped()["amnesty-2021"], shipped()["risk-method"]
    names = sorted(
        {
            fact
            for facts in (book.readers_of, method.readers_of)
            for fact in facts
            if book.dictionary.facts[fact].type.value == "yes_no"
        }
    )
    values = {name: data.draw(st.sampled_from([True, False, None]), label=name) for name in names}
    flag = data.draw(st.sampled_from([f for f in RED_FLAGS if f in names]), label="flag")
    before = _model(book, method, {**values, flag: False})
    after = _model(book, method, {**values, flag: True})
    assert max(map(strictness, after)) <= max(map(strictness, before))
    assert min(map(strictness, after)) <= min(map(strictness, before))


def _model(book: Rulebook, method: Rulebook, values: dict[str, bool | None]) -> frozenset[Outcome]:
    plain = scope(values)
    kind = Reading(value="export")
    line = Scope("line", {**plain.facts, "case.kind": kind})
    found, _ = grades(method, line, DAYS, "export")
    merged = Scope("line", {**found, **line.facts})
    return decide(book, merged, DAYS, "export", explain=False).outcomes_on_merits


def test_an_undeclared_clash_is_a_conflict() -> None:
    """A restriction and an exemption with no declared order are shown as conflict, not settled."""
    book = _clashing()
    assert outcomes(book, dict.fromkeys(FACTS, True)) == {Outcome.CONFLICT}


def _clashing() -> Rulebook:
    files = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "clash",
            "title": "Clash",
            "jurisdiction": "EU",
            "kind": "binding",
        },
        "provisions/P.yaml": provision("P", "f.n0", {"effect": "refusal_required"}),
        "provisions/X.yaml": provision("X", "f.n1", {"effect": "exempt", "releases": []}),
    }
    return Builder(files, "clash", DICTIONARY).build()


@pytest.mark.parametrize("outcome", LADDER)
def test_the_ladder_is_strictly_ordered(outcome: Outcome) -> None:
    position = LADDER.index(outcome)
    assert all(strictness(outcome) < strictness(later) for later in LADDER[position + 1 :])
