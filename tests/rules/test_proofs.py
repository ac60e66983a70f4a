"""What ``licet rulebook check --deep`` finds: each fault planted once, beside a clean twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("z3")

from tests.rules.planted import book, provision

from licet.rules.load import default_dictionary, shipped
from licet.rules.prove import analyses
from licet.rules.prove.analyses import Prover
from licet.rules.prove.findings import Finding, Kind, ProofError, with_reasons
from licet.rules.prove.promises import Promises
from licet.rules.rulebook import Rulebook

A, B, C = "item.surveillance", "item.crypto_for_confidentiality", "dest.arms_embargo"
NOT_A = {"not": A}


def findings(planted: Rulebook, limit: float = 10.0) -> list[Finding]:
    prover = Prover(planted, [shipped()[m] for m in planted.uses], limit)
    return with_reasons(planted, [*prover.findings(), *Promises(prover).findings()])


def found(planted: Rulebook) -> set[tuple[str, str]]:
    return {(f.kind.value, f.about) for f in findings(planted)}


def one(tmp_path: Path, when: Any, lists: dict[str, str] | None = None, **more: Any) -> Rulebook:
    """A rulebook of one provision."""
    head = {key: more.pop(key) for key in ("reaches", "derive", "terms") if key in more}
    return book(tmp_path / "one", {"P": provision(when=when, **more)}, lists=lists, **head)


# 1: a provision that can never be met -------------------------------------------------------------

SOME_LISTED = {"some": {"in": "parties", "is": "party.on_sdn"}}
NONE_LISTED = {"every": {"in": "parties", "is": {"not": "party.on_sdn"}}}
OLD_ROW = "SY,2020-01-01,2021-12-31,Test\n"
OPEN_ROW = "SY,2020-01-01,open,Test\n"


@pytest.mark.parametrize(
    ("fault", "twin"),
    [
        ({"all": [A, NOT_A]}, {"all": [A, {"not": B}]}),
        (
            {"all": ["company.employees > 500", "company.employees < 500"]},
            {"all": ["company.employees > 500", "company.employees < 502"]},
        ),
        (
            {"all": ["dest.country is SY", "dest.country is one of [IR, RU]"]},
            {"all": ["dest.country is SY", "end_user.country is one of [IR, RU]"]},
        ),
        ({"all": [SOME_LISTED, NONE_LISTED]}, {"all": [SOME_LISTED, {"not": NONE_LISTED}]}),
        (
            {"all": [{"at_least": {"count": 2, "of": [A, B, C]}}, NOT_A, {"not": B}]},
            {"all": [{"at_least": {"count": 2, "of": [A, B, C]}}, NOT_A]},
        ),
    ],
    ids=["plain", "numbers", "codes", "quantifiers", "at least"],
)
def test_a_provision_that_no_facts_meet_is_found(tmp_path: Path, fault: Any, twin: Any) -> None:
    assert ("unreachable", "P") in found(one(tmp_path / "fault", fault))
    assert not {k for k, _ in found(one(tmp_path / "twin", twin))} & {"unreachable"}


def test_a_list_that_is_empty_in_the_provisions_own_period_is_found(tmp_path: Path) -> None:
    when, period = "dest.country is one of @places", {"from": "2022-01-01"}
    fault = one(tmp_path / "a", when, {"places": OLD_ROW}, in_force=period)
    twin = one(tmp_path / "b", when, {"places": OPEN_ROW}, in_force=period)
    assert ("unreachable", "P") in found(fault)
    assert found(twin) == set()


def test_a_reference_to_a_provision_that_has_ended_is_found(tmp_path: Path) -> None:
    def planted(name: str, end: str) -> Rulebook:
        first = provision("definition", A, in_force={"from": "2018-01-01", "to": end})
        return book(tmp_path / name, {"D": first, "P": provision(when={"all": [{"ref": "D"}, B]})})

    assert ("unreachable", "P") in found(planted("fault", "2019-12-31"))
    assert found(planted("twin", "2020-12-31")) == set()


def test_a_provision_met_only_outside_the_books_reach_is_noted(tmp_path: Path) -> None:
    assert found(one(tmp_path / "a", NOT_A, reaches=A)) >= {("only_where_not_reached", "P")}
    assert found(one(tmp_path / "b", {"not": B}, reaches=A)) == {("loosens", B)}


def test_a_provision_met_only_against_what_follows_is_noted(tmp_path: Path) -> None:
    derive = {A: {"any": [B, C]}}
    fault = one(tmp_path / "a", {"all": [A, {"none": [B, C]}]}, derive=derive)
    twin = one(tmp_path / "b", {"all": [A, {"not": B}]}, derive=derive)
    assert ("only_against_derivation", "P") in found(fault)
    assert not {k for k, _ in found(twin)} & {"only_against_derivation", "unreachable"}


def test_as_many_members_are_tried_as_the_conditions_can_tell_apart(tmp_path: Path) -> None:
    """Three parties are needed here: one sanctioned, one debarred, one both."""
    sdn, debarred = "party.on_sdn", "party.debarred"

    def some(*parts: Any) -> dict[str, Any]:
        return {"some": {"in": "parties", "is": {"all": list(parts)}}}

    three = [
        some(sdn, {"not": debarred}),
        some(debarred, {"not": sdn}),
        some(sdn, debarred),
        {"every": {"in": "parties", "is": {"any": [sdn, debarred]}}},
    ]
    reachable = one(tmp_path / "a", {"all": three})
    _, witness = (prover := Prover(reachable)).solver.witness(
        prover.encoding.met(reachable.provisions["P"])
    )
    assert witness is not None
    assert len(witness.members) == 3
    never = one(tmp_path / "b", {"all": [*three, some({"none": [sdn, debarred]})]})
    assert ("unreachable", "P") in found(never)


# 2: a provision that is always met ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "twin"),
    [
        ({"any": [A, NOT_A]}, {"any": [A, B]}),
        ("company.employees >= 5", "company.employees >= 5"),
        ({"any": [SOME_LISTED, NONE_LISTED]}, {"any": [SOME_LISTED, A]}),
    ],
    ids=["plain", "numbers", "quantifiers"],
)
def test_a_provision_that_every_case_meets_is_found(tmp_path: Path, fault: Any, twin: Any) -> None:
    if fault == twin:
        fault = {"any": [fault, "company.employees < 5"]}
    assert ("always_met", "P") in found(one(tmp_path / "fault", fault))
    assert "always_met" not in {k for k, _ in found(one(tmp_path / "twin", twin))}


def test_a_provision_that_says_it_has_no_condition_is_no_finding(tmp_path: Path) -> None:
    assert (
        found(book(tmp_path / "a", {"D": provision("definition"), "P": provision(when=A)})) == set()
    )


# 3: an outcome that never comes about -------------------------------------------------------------


def test_a_rung_that_a_stricter_one_always_hides_is_found(tmp_path: Path) -> None:
    def planted(name: str, wider: Any) -> Rulebook:
        return book(
            tmp_path / name,
            {
                "Strict": provision("prohibited", wider),
                "Mild": provision("conditions", {"all": [A, B]}),
            },
        )

    assert ("outcome_never", "conditions") in found(planted("fault", A))
    assert found(planted("twin", C)) == set()


def test_a_restriction_that_an_exemption_always_releases_is_found(tmp_path: Path) -> None:
    def planted(name: str, exempt: Any) -> Rulebook:
        return book(
            tmp_path / name,
            {
                "P": provision("prohibited", {"all": [A, B]}),
                "X": provision("exempt", exempt, releases=["P"]),
            },
        )

    told = found(planted("fault", A))
    assert ("always_released", "P") in told
    assert ("outcome_never", "prohibited") in told
    kinds = {k for k, _ in found(planted("twin", C))}
    assert not kinds & {"always_released", "outcome_never"}


def test_a_grade_that_a_worse_one_always_hides_is_found(tmp_path: Path) -> None:
    def planted(name: str, worse: Any) -> Rulebook:
        graded = {"dimension": "destination"}
        return book(
            tmp_path / name,
            {
                "H": provision("grade", {"all": [C, B]}, grade="high", **graded),
                "S": provision("grade", worse, grade="severe", **graded),
            },
            kind="method",
        )

    assert ("outcome_never", "destination: high") in found(planted("fault", C))
    assert found(planted("twin", A)) == set()


# 4: a conflict ------------------------------------------------------------------------------------


def clashing(folder: Path, exempt: Any, **then: Any) -> Rulebook:
    return book(
        folder,
        {
            "P": provision("refusal_required", {"all": [A, C]}),
            "X": provision("exempt", exempt, **then),
        },
    )


def test_a_conflict_comes_with_the_smallest_case_that_shows_it(tmp_path: Path) -> None:
    (conflict,) = (f for f in findings(clashing(tmp_path / "a", B)) if f.kind is Kind.CONFLICT)
    assert conflict.about == "P"
    assert conflict.file.endswith("provisions/P.yaml")
    assert conflict.blocks
    assert conflict.witness is not None
    assert conflict.witness.smallest
    assert dict(conflict.witness.line) == {A: True, B: True, C: True}


def test_a_declared_order_or_conditions_that_never_meet_are_no_conflict(tmp_path: Path) -> None:
    assert "conflict" not in {k for k, _ in found(clashing(tmp_path / "a", B, releases=["P"]))}
    assert "conflict" not in {k for k, _ in found(clashing(tmp_path / "b", NOT_A))}


# 5: a part that could be left out -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "twin"),
    [
        ({"all": [A, {"any": [A, B]}]}, {"all": [A, {"any": [C, B]}]}),
        ({"any": [B, {"all": [A, B]}]}, {"any": [B, {"all": [A, C]}]}),
        ({"none": [B, {"all": [A, B]}]}, {"none": [B, {"all": [A, C]}]}),
        (
            {
                "some": {
                    "in": "parties",
                    "is": {"all": ["party.on_sdn", {"any": ["party.on_sdn", A]}]},
                }
            },
            {"some": {"in": "parties", "is": {"all": ["party.on_sdn", A]}}},
        ),
    ],
    ids=["all", "any", "none", "inside a quantifier"],
)
def test_a_part_whose_removal_changes_nothing_is_noted(
    tmp_path: Path, fault: Any, twin: Any
) -> None:
    noted = [f for f in findings(one(tmp_path / "a", fault)) if f.kind is Kind.REDUNDANT]
    assert noted
    assert not any(f.blocks for f in noted)
    assert "redundant" not in {k for k, _ in found(one(tmp_path / "b", twin))}


# 7: promises --------------------------------------------------------------------------------------


def test_a_red_flag_that_makes_the_answer_milder_is_found(tmp_path: Path) -> None:
    fault = one(tmp_path / "a", {"all": [A, {"not": C}]})
    (broken,) = (f for f in findings(fault) if f.kind is Kind.LOOSENS)
    assert broken.about == C
    assert broken.blocks
    assert broken.witness is not None
    assert dict(broken.witness.line) == {A: True, C: True}
    assert found(one(tmp_path / "b", {"all": [A, C]})) == set()


def test_a_safeguard_that_makes_the_answer_stricter_is_found(tmp_path: Path) -> None:
    fault = one(tmp_path / "a", "safeguard.P1 is met")
    assert ("loosens", "safeguard.P1") in found(fault)
    assert found(one(tmp_path / "b", "safeguard.P1 is one of [not_met, partly]")) == set()


def test_a_method_that_grades_worse_news_milder_is_found(tmp_path: Path) -> None:
    def planted(name: str, when: Any) -> Rulebook:
        high = provision("grade", when, dimension="destination", grade="high")
        return book(tmp_path / name, {"H": high}, kind="method")

    assert ("loosens", C) in found(planted("fault", {"all": [A, {"not": C}]}))
    assert found(planted("twin", {"all": [A, C]})) == set()


def test_a_witness_that_the_engine_does_not_confirm_stops_the_work(
    tmp_path: Path, monkeypatch
) -> None:
    """Should the encoding ever be wrong, it must not accuse a rulebook."""
    planted = clashing(tmp_path / "a", B)
    real = analyses.replayed
    broken = book(tmp_path / "b", {"P": provision("duty", A), "X": provision("duty", {"not": B})})
    monkeypatch.setattr(analyses, "replayed", lambda _, methods, w: real(broken, methods, w))
    with pytest.raises(ProofError, match="the engine does not find X met"):
        findings(planted)


def test_a_promise_is_kept_through_grades(tmp_path: Path) -> None:
    """A fact that only the method reads still moves the answer of a book that reads its grades."""
    mild = provision(when={"all": [A, "grade.destination is none_found"]})
    fault = book(tmp_path / "a", {"P": mild}, uses=["risk-method"])
    method = shipped()["risk-method"]
    behind = {
        fact
        for p in method.provisions.values()
        if p.dimension == "destination" and p.when is not None
        for fact in method.facts_under(p.when)
    }
    assert {about for kind, about in found(fault) if kind == "loosens"} & behind
    strict = provision(when={"all": [A, "grade.destination is one of [high, severe]"]})
    assert found(book(tmp_path / "b", {"P": strict}, uses=["risk-method"])) == set()


def test_a_reason_in_the_rulebook_lets_a_finding_stand_and_a_stale_one_is_told(
    tmp_path: Path,
) -> None:
    kept = {"finding": "loosens", "about": C, "because": "the law has it so"}
    stale = {"finding": "loosens", "about": A, "because": "was so once"}
    provisions = {"P": provision(when={"all": [A, {"not": C}]})}
    planted = book(tmp_path / "a", provisions, findings_kept=[kept, stale])
    by_kind = {f.kind: f for f in findings(planted)}
    assert by_kind.keys() == {Kind.LOOSENS, Kind.STALE_REASON}
    assert by_kind[Kind.LOOSENS].reason == "the law has it so"
    assert not any(f.blocks for f in by_kind.values())


def test_an_exception_to_the_promises_covers_its_own_cases_only(tmp_path: Path) -> None:
    provisions = {"P": provision(when={"all": [A, {"not": C}]})}

    def planted(name: str, where: Any) -> set[tuple[str, str]]:
        exception = {"where": where, "because": "the law has it so"}
        return found(book(tmp_path / name, provisions, promises_except=[exception]))

    assert planted("covers", A) == set()
    assert planted("does not", {"all": [A, B]}) == {("loosens", C)}


# The limit ----------------------------------------------------------------------------------------


def test_what_was_not_settled_in_time_is_told_and_blocks(tmp_path: Path) -> None:
    """Eleven pigeons in ten holes: true, and famously slow to prove."""
    names = [d.name for d in default_dictionary() if d.type.value == "yes_no"]
    names = [n for n in names if n not in default_dictionary().derive]
    fly = [[names[10 * pigeon + hole] for hole in range(10)] for pigeon in range(11)]
    pairs = [
        {"none": [{"all": [fly[i][hole], fly[j][hole]]}]}
        for hole in range(10)
        for i in range(11)
        for j in range(i)
    ]
    planted = one(tmp_path / "a", {"all": [*({"any": row} for row in fly), *pairs]})
    prover = Prover(planted, limit=0.05)
    first = next(prover.findings())
    assert first.kind is Kind.NOT_PROVED
    assert first.about == "P"
    assert first.blocks
    assert "0.05 seconds" in first.message
