"""Two determinations: what differs is told with the facts that made it differ, and nothing else."""

from __future__ import annotations

import copy
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case, read_case, write_yaml
from licet.assessment.comparison import ABSENT, compare, pair
from licet.assessment.interview import with_answer
from licet.cli.diff import told
from licet.cli.main import main
from licet.cli.terminal import Terminal
from licet.model.fact import Standing
from licet.rules.strict_yaml import read_bytes
from tests.dossiers.test_expected import knowledge

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASES = sorted(EXAMPLES.rglob("*.yaml"))
OPEN = EXAMPLES / "controls/35-forensic-gh-open-questions.yaml"
BOOK = "amnesty-2021"


@cache
def bodies(path: Path, years_earlier: int = 0) -> tuple[dict[str, Any], ...]:
    raw = copy.deepcopy(read_bytes(path.read_bytes(), str(path)))
    day = raw["dates"]["assessed"]
    raw["dates"]["assessed"] = f"{int(day[:4]) - years_earlier}{day[4:]}"
    return tuple(d.body for d in assess(build_case(raw, str(path)), knowledge()))


def of(assessment: Assessment, book: str = BOOK) -> dict[str, Any]:
    return next(d.body for d in assessment if d.book.id == book)


@cache
def settled() -> dict[str, Any]:
    case = read_case(OPEN)
    for fact in ("safeguard.T2", "safeguard.T8"):
        case = with_answer(case, fact, "met", standing=Standing.ACCEPTED, source="Site visit")
    return compare(of(assess(read_case(OPEN), knowledge())), of(assess(case, knowledge())))


@pytest.mark.parametrize("path", CASES[::5], ids=lambda p: p.stem)
def test_a_determination_differs_in_nothing_from_itself(path: Path) -> None:
    for body in bodies(path):
        found = compare(body, json.loads(json.dumps(body)))
        assert found["same_answer"]
        assert not found["inputs"]
        assert not found["lines"]
        assert found["questions"] == {"opened": [], "closed": []}
        assert found["cautions"] == {"new": [], "gone": []}


def test_what_was_answered_is_what_made_the_difference() -> None:
    found = settled()
    assert not found["same_answer"]
    assert found["outcomes_on_merits"]["after"] == ["conditions"]
    assert [one["input"] for one in found["inputs"]] == ["case_digest"]
    (line,) = found["lines"]
    (changed,) = line["provisions"]
    assert (changed["provision"], changed["before"], changed["after"]) == (
        "AMN-06",
        "unknown",
        "not_met",
    )
    assert changed["because"] == ["safeguard.T2", "safeguard.T8"]
    assert {"safeguard.T2", "safeguard.T8"} <= set(found["questions"]["closed"])
    was, now = next(
        (one["before"], one["after"]) for one in line["facts"] if one["fact"] == "safeguard.T2"
    )
    assert was["unknown"] == "asked"
    assert (now["value"], now["standing"]) == ("met", "accepted")


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_two_years_earlier_every_change_is_the_law_in_force_or_a_fact_read_otherwise(
    path: Path,
) -> None:
    for was, now in zip(bodies(path), bodies(path, 2), strict=True):
        found = compare(was, now)
        assert list(told(found, Terminal(sys.stdout, sys.stderr, colour=False, width=100)))
        for line in found["lines"]:
            for one in line["provisions"]:
                assert one["because"] or "not_in_force" in (one["before"], one["after"]), one


def test_a_provision_that_one_rulebook_lacks_is_absent_there() -> None:
    was = copy.deepcopy(bodies(OPEN)[0])
    gone = was["lines"][0]["findings"].pop(0)["provision"]
    (line,) = compare(was, bodies(OPEN)[0])["lines"]
    assert [(one["provision"], one["before"]) for one in line["provisions"]] == [(gone, ABSENT)]


def test_lines_are_held_against_the_same_item_and_end_user_whatever_their_number() -> None:
    first = bodies(OPEN)[0]
    was, now = copy.deepcopy(first), copy.deepcopy(first)
    added = {**copy.deepcopy(first["lines"][0]), "id": "line-1", "item": "item-new"}
    now["lines"] = [added, {**now["lines"][0], "id": "line-2"}]
    now["facts"]["line-2"] = now["facts"]["line-1"]
    (line,) = compare(was, now)["lines"]
    assert line["outcomes"]["before"] is None
    assert line["outcomes"]["after"] == first["lines"][0]["outcomes"]


def test_pairs_are_of_one_case_and_rulebook_and_what_has_no_counterpart_stands_alone() -> None:
    a, b = {"case": "a", "rulebook": "x"}, {"case": "a", "rulebook": "y"}
    other = {"case": "b", "rulebook": "x"}
    assert list(pair([a, b], [b, other])) == [(a, None), (b, b), (None, other)]
    assert list(pair([a], [other])) == [(a, other)]


def test_several_of_one_case_and_rulebook_are_paired_in_order_and_none_is_dropped() -> None:
    first, second = ({"case": "a", "rulebook": "x", "n": n} for n in (1, 2))
    assert list(pair([first, second], [first, second])) == [(first, first), (second, second)]
    assert list(pair([first], [first, second])) == [(first, first), (None, second)]


def test_a_line_that_worsens_is_told_though_another_one_decides(capsys) -> None:
    was = copy.deepcopy(bodies(OPEN)[0])
    was["lines"].append({**copy.deepcopy(was["lines"][0]), "id": "line-2", "item": "item-2"})
    was["facts"]["line-2"] = was["facts"]["line-1"]
    now = copy.deepcopy(was)
    was["lines"][1]["outcomes"] = ["no_rule_applies"]
    found = compare(was, now)
    assert found["outcomes"]["before"] == found["outcomes"]["after"]
    assert not found["same_answer"]
    words = " ".join(told(found, Terminal(sys.stdout, sys.stderr, colour=False, width=100)))
    assert "no encoded rule stands in the way → is prohibited" in words


def test_inputs_that_only_another_version_knows_are_told() -> None:
    now = copy.deepcopy(bodies(OPEN)[0])
    now["moratoria"] = [{"id": "m"}]
    assert [one["input"] for one in compare(bodies(OPEN)[0], now)["inputs"]] == ["moratoria"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> tuple[Path, Path]:
    """Two folders of determinations: as the example stands, and with one safeguard not met."""
    folder = tmp_path_factory.mktemp("diff")
    before, after, answered = folder / "before", folder / "after", folder / "b.yaml"
    case = read_case(OPEN)
    case = with_answer(case, "safeguard.T8", "not_met", standing=Standing.ACCEPTED, source="Visit")
    answered.write_text(write_yaml(case), encoding="utf-8")
    main(["assess", str(OPEN), "--save", str(before)])
    main(["assess", str(answered), "--save", str(after)])
    return before, after


def test_folders_are_compared_and_the_reason_is_said(saved, capsys) -> None:
    before, after = saved
    capsys.readouterr()
    assert main(["diff", str(before), str(after)]) == 1
    out = capsys.readouterr().out
    assert "AMN-06: open → met" in out
    assert "because safeguard.T8: not known (asked, not answered) → not met" in out.replace(
        "_", " "
    )
    assert out.count(" under ") >= len(bodies(OPEN))
    assert main(["diff", str(before), str(before)]) == 0
    assert "every input is the same" in capsys.readouterr().out


def test_json_is_one_object_a_rulebook_and_a_missing_counterpart_is_told(saved, capsys) -> None:
    before, after = saved
    one = next(after.glob("*.amnesty-2021.json"))
    capsys.readouterr()
    assert main(["diff", str(before), str(one), "--json"]) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == len(bodies(OPEN))
    assert [x["rulebook"] for x in told if "only_in" not in x] == [BOOK]


def test_an_altered_determination_and_a_file_that_is_none_are_refused(
    saved, tmp_path, capsys
) -> None:
    one = next(saved[0].glob("*.amnesty-2021.json"))
    altered = tmp_path / "altered.json"
    altered.write_text(one.read_text(encoding="utf-8").replace("AMN-06", "AMN-07"))
    assert main(["diff", str(one), str(altered)]) == 2
    assert "was altered after it was made" in capsys.readouterr().err
    assert main(["diff", str(one), str(OPEN)]) == 2
    assert "35-forensic" in capsys.readouterr().err
    assert main(["diff", str(one), str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
