"""What the same rules do with transfers that ought to go through, and with their twins."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge
from licet.assessment.hindsight.controls import (
    Controls,
    body,
    expectations,
    moved,
    send_everywhere,
    sent_body,
    try_all,
)
from licet.cli.hindsight_text import controls_text
from licet.errors import InputError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OWN = json.loads((EXAMPLES / "constructed/expected.json").read_text("utf-8"))
TWINS = [name for name, entry in OWN.items() if entry["twin_of"]]


@cache
def controls() -> Controls:
    return try_all(EXAMPLES, Knowledge.open())


def test_at_most_one_lawful_control_in_ten_is_refused() -> None:
    for own, least in ((None, 22), (False, 11), (True, 11)):
        share = controls().refused(own=own)
        assert share.of >= least
        assert share.found * 10 <= share.of


def test_every_twin_changes_its_answer() -> None:
    share = controls().flipped()
    assert share.found == share.of >= 20


def test_nine_dossiers_in_ten_come_out_as_expected_on_the_merits() -> None:
    share = controls().agree(own=False)
    assert share.of >= 38
    assert share.found * 10 >= share.of * 9


def test_the_projects_own_controls_come_out_as_expected() -> None:
    assert [t.name for t in controls().tried for a in t.held if a.verdict != "agrees"] == []


def test_there_are_as_many_of_our_own_as_were_given() -> None:
    given = [name for name in expectations(EXAMPLES) if name.startswith("controls/")]
    assert len(OWN) >= len(given)
    assert all(entry["why"] for entry in OWN.values())


def test_no_documented_transfer_is_cleared() -> None:
    told = body(controls())["documented_verdicts"]
    assert told["cleared"] == told["not_reached"] == 0
    assert told["refused"] > told["referred"]


def facts_of(name: str) -> dict[str, Any]:
    case = read_case(EXAMPLES / f"{name}.yaml")
    found: dict[str, Any] = {}
    for place in (case, *case.parties, *case.items):
        found.update({f: [s.model_dump() for s in given] for f, given in place.answers.items()})
    return found


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_differs_in_one_fact_and_in_nothing_else(name: str) -> None:
    other = f"constructed/{OWN[name]['twin_of']}"
    ours, theirs = facts_of(name), facts_of(other)
    differ = {f for f in ours.keys() | theirs.keys() if ours.get(f) != theirs.get(f)}
    assert differ == {OWN[name]["changed"]}
    one, two = (read_case(EXAMPLES / f"{n}.yaml") for n in (name, other))
    silences = set(one.nothing_recorded) ^ set(two.nothing_recorded)
    assert silences <= {OWN[name]["changed"]}
    assert (one.kind, one.dates, one.end_use) == (two.kind, two.dates, two.end_use)
    assert [p.country for p in one.parties] == [p.country for p in two.parties]


def test_exempt_items_go_through_wherever_they_are_sent() -> None:
    sent = sent_body(
        send_everywhere(
            EXAMPLES, Knowledge.open(), [2022, 2026], ["SA", "CN", "NO", "KP", "MM", "RU"]
        )
    )
    assert sent["through"]["of"] == 4 * 2 * 6
    assert sent["through"]["found"] * 100 >= sent["through"]["of"] * 99
    assert sent["territories"] == 6


@pytest.mark.slow
def test_a_thousand_exempt_transfers_to_every_territory_go_through() -> None:
    knowledge = Knowledge.open()
    codes = sorted(code for code in knowledge.snapshot.countries.codes if len(code) == 2)
    sent = sent_body(send_everywhere(EXAMPLES, knowledge, [2025], codes))
    assert sent["through"]["of"] >= 1_000
    assert sent["through"]["found"] * 100 >= sent["through"]["of"] * 99, sent["not_through"]


def test_the_readme_tells_what_came_of_the_lawful_controls() -> None:
    told = body(controls())["lawful_verdicts"]
    counts = " | ".join(str(told[v]) for v in ("refused", "referred", "cleared"))
    page = (EXAMPLES.parent / "README.md").read_text("utf-8")
    assert f"| lawful, safeguarded controls | {sum(told.values())} | {counts} |" in page


def test_the_page_tells_what_came_of_the_controls() -> None:
    page = (EXAMPLES.parent / "docs/hindsight.md").read_text("utf-8")
    lines = list(controls_text({**body(controls()), "exempt_everywhere": sent_body([])}))
    assert len(lines) >= 8
    for line in lines[1:-1]:
        assert line in page, line


def test_what_a_file_says_of_its_own_destination_does_not_travel() -> None:
    case = read_case(EXAMPLES / "cases/21-e2ee-messenger-worldwide.yaml")
    sent = moved(case, "KP", 2024)
    assert [p.country for p in sent.parties] == [("US",), ("KP",)]
    assert str(sent.dates.assessed) == "2024-06-30"
    assert any(fact.startswith("dest.") for fact in case.nothing_recorded)
    assert not any(fact.startswith("dest.") for fact in sent.nothing_recorded)


def test_what_does_not_go_through_is_listed() -> None:
    from licet.assessment.hindsight.controls import Sent
    from licet.model.outcome import Outcome

    stopped = Sent("x", "FR", 2024, frozenset({Outcome.REFUSAL_REQUIRED}))
    through = Sent("x", "DE", 2024, frozenset({Outcome.EXEMPT}))
    found = sent_body([stopped, through, stopped])
    assert (found["through"]["found"], found["through"]["of"]) == (1, 3)
    assert found["not_through"] == [
        {"example": "x", "outcomes": "refusal_required", "times": 2, "territories": ["FR"]}
    ]


def test_a_folder_without_expectations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name the folder of the examples"):
        expectations(tmp_path)
