"""What ``licet rulebook diff`` says of two versions: what changed, for whom, or that nothing did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("z3")

from tests.rules.planted import book, provision

from licet.rules.load import shipped
from licet.rules.prove.difference import Change, Difference, difference

A, B, C = "item.surveillance", "item.crypto_for_confidentiality", "dest.arms_embargo"


def compared(
    tmp_path: Path, old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]], **more: Any
) -> Difference:
    methods = [shipped()[m] for m in more.get("uses", ())]
    before, after = book(tmp_path / "old", old, **more), book(tmp_path / "new", new, **more)
    return difference(before, after, methods, limit=10)


def moves(changes: tuple[Change, ...]) -> set[tuple[str, str, str]]:
    return {(change.about, change.before, change.after) for change in changes}


def test_a_moved_threshold_names_whom_it_moves_and_only_them(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        {"P": provision(when={"all": [A, "company.employees > 1000"]})},
        {"P": provision(when={"all": [A, "company.employees > 5000"]})},
    )
    assert moves(found.provisions) == {("P", "met", "not met")}
    assert moves(found.outcomes) == {("outcome", "authorisation_required", "no_rule_applies")}
    witness = found.outcomes[0].witness
    assert witness is not None
    assert witness.smallest
    facts = dict(witness.line)
    assert facts[A] is True
    assert 1000 < facts["company.employees"] <= 5000
    assert facts.keys() == {A, "company.employees"}


def test_another_wording_of_the_same_condition_is_proved_to_be_the_same(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        {"P": provision(when={"not": {"any": [A, {"all": [B, C]}]}})},
        {"P": provision(when={"all": [{"not": A}, {"any": [{"not": B}, {"not": C}]}]})},
    )
    assert found.equivalent
    assert not found.declared


def test_another_effect_changes_the_outcome_and_not_whether_it_is_met(tmp_path: Path) -> None:
    found = compared(
        tmp_path, {"P": provision("conditions", A)}, {"P": provision("refusal_presumed", A)}
    )
    assert found.declared == (("P", "effect", "conditions", "refusal presumed"),)
    assert not found.provisions
    assert moves(found.outcomes) == {("outcome", "conditions", "refusal_presumed")}


def test_a_new_exemption_shows_what_it_releases(tmp_path: Path) -> None:
    restriction = provision(when=A)
    found = compared(
        tmp_path,
        {"P": restriction},
        {"P": restriction, "X": provision("exempt", B, releases=["P"])},
    )
    assert [p.id for p in found.added] == ["X"]
    assert moves(found.outcomes) == {("outcome", "authorisation_required", "exempt")}
    witness = found.outcomes[0].witness
    assert witness is not None
    assert dict(witness.line) == {A: True, B: True}


def test_a_removed_provision_that_another_hides_changes_no_outcome(tmp_path: Path) -> None:
    strict = provision("prohibited", A)
    found = compared(
        tmp_path, {"S": strict, "M": provision("conditions", {"all": [A, B]})}, {"S": strict}
    )
    assert [p.id for p in found.removed] == ["M"]
    assert not found.outcomes
    assert not found.equivalent


def test_a_longer_period_names_a_day_on_which_it_matters(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        {"P": provision(when=A, in_force={"from": "2020-01-01", "to": "2021-12-31"})},
        {"P": provision(when=A, in_force={"from": "2020-01-01", "to": "2022-12-31"})},
    )
    assert moves(found.outcomes) == {
        ("outcome", "not_in_force", "authorisation_required"),
        ("outcome", "not_in_force", "no_rule_applies"),
    }
    witness = found.outcomes[0].witness
    assert witness is not None
    assert {day.year for _, day in witness.days} == {2022}


def test_a_country_added_to_a_list_is_named(tmp_path: Path) -> None:
    provisions = {"P": provision(when={"all": [A, "dest.country is one of @places"]})}
    before = book(tmp_path / "old", provisions, lists={"places": "SY,2020-01-01,open,Test\n"})
    rows = "SY,2020-01-01,open,Test\nVE,2024-05-01,open,Test\n"
    found = difference(before, book(tmp_path / "new", provisions, lists={"places": rows}), (), 10)
    assert moves(found.outcomes) == {("outcome", "no_rule_applies", "authorisation_required")}
    witness = found.outcomes[0].witness
    assert witness is not None
    assert dict(witness.line)["dest.country"] == "VE"
    assert all(day.isoformat() >= "2024-05-01" for _, day in witness.days)


def test_a_provision_read_party_by_party_names_a_party(tmp_path: Path) -> None:
    party = {"scope": "party"}
    found = compared(
        tmp_path,
        {"P": provision("prohibited", "party.on_sdn", **party)},
        {"P": provision("prohibited", {"any": ["party.on_sdn", "party.debarred"]}, **party)},
    )
    witness = found.outcomes[0].witness
    assert witness is not None
    assert not witness.line
    ((_, where, facts),) = witness.members
    assert where == ("parties",)
    assert dict(facts) == {"party.debarred": True}


def test_a_moratorium_hides_a_change_that_the_merits_show(tmp_path: Path) -> None:
    ban = provision("prohibited")
    found = compared(
        tmp_path,
        {"M": ban, "P": provision("conditions", A)},
        {"M": ban, "P": provision("refusal_required", A)},
        moratoria=["M"],
    )
    assert moves(found.outcomes) == {("outcome on the merits", "conditions", "refusal_required")}


def test_a_method_is_compared_by_its_grades(tmp_path: Path) -> None:
    graded = {"dimension": "destination", "grade": "high"}
    found = compared(
        tmp_path,
        {"H": provision("grade", C, **graded)},
        {"H": provision("grade", {"any": [C, B]}, **graded)},
        kind="method",
    )
    assert moves(found.outcomes) == {
        ("grade.destination", "none_found", "high"),
        ("grade.overall", "none_found", "high"),
    }


@pytest.mark.parametrize("bid", shipped())
def test_no_facts_tell_a_rulebook_that_ships_from_itself(bid: str) -> None:
    one = shipped()[bid]
    assert difference(one, one, [shipped()[m] for m in one.uses], limit=30).equivalent
