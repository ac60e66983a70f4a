"""Stored cases under another day: what stays, what changes and why; the case's own dates hold."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.reassess import GONE, NOT_STORED, reassess
from licet.assessment.replay import read_determinations
from licet.cli.main import main
from licet.errors import ReplayError
from licet.model.dates import Span
from licet.rules.load import shipped
from tests.dossiers.test_expected import knowledge

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/cases"
MESSENGER = EXAMPLES / "21-e2ee-messenger-worldwide.yaml"
SUDAN = EXAMPLES / "03-hackingteam-sudan-2012.yaml"


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    main(["assess", str(MESSENGER), str(SUDAN), "--save", str(folder), "-q"])
    return folder


def bodies(folder: Path):
    return [
        body
        for path in sorted(folder.glob("*.json"))
        if not path.name.startswith("case-")
        for body in read_determinations(path.read_bytes(), str(path))
    ]


def test_on_the_day_of_the_answer_every_answer_stays(stored) -> None:
    for path in (MESSENGER, SUDAN):
        case = read_case(path)
        mine = [body for body in bodies(stored) if body["case"] == case.id]
        assert mine
        for found in reassess(mine, [stored], knowledge(), case.dates.assessed.last):
            assert found["same_answer"]
            assert found["lines"] == []


def test_what_changes_is_what_an_assessment_on_that_day_says(stored) -> None:
    day = date(2026, 11, 25)
    case = read_case(SUDAN)
    dates = case.dates.model_copy(update={"assessed": Span(day, day)})
    fresh = {
        d.book.id: d.body
        for d in assess(case.model_copy(update={"dates": dates}), knowledge(), options=None)
    }
    found = {
        one["rulebook"]: one
        for one in reassess(bodies(stored), [stored], knowledge(), day)
        if one["case"] == case.id
    }
    assert found.keys() == fresh.keys()
    for name, one in found.items():
        assert one["outcomes"]["after"] == fresh[name]["outcomes"]
    changed = found["eu-dual-use"]
    assert not changed["same_answer"]
    assert {"EU-DU-3.1"} <= {
        p["provision"] for line in changed["lines"] for p in line["provisions"] if p["decides"]
    }


def test_a_rulebook_that_is_gone_is_told_and_the_others_go_on(stored) -> None:
    books = {name: book for name, book in shipped().items() if name != "eu-guidance"}
    found = list(reassess(bodies(stored), [stored], knowledge(), date(2026, 1, 1), books))
    assert {one["rulebook"] for one in found if one.get(GONE)} == {"eu-guidance"}
    assert len(found) == len(bodies(stored))


def test_law_without_a_stored_answer_is_named(stored, capsys) -> None:
    some = [body for body in bodies(stored) if body["rulebook"] != "uk-export"]
    found = list(reassess(some, [stored], knowledge(), date(2026, 1, 1)))
    assert [one[NOT_STORED] for one in found if NOT_STORED in one] == [["uk-export"]] * 2
    one = next(stored.glob("03*.us-sanctions.json"))
    capsys.readouterr()
    main(["reassess", str(one), "--as-of", "2012-06-01"])
    said = " ".join(capsys.readouterr().out.split())
    assert "no stored answer, and so not asked, under amnesty-2021" in said


@pytest.mark.parametrize("name", ["hit_decisions", "peer_denials"])
def test_an_answer_from_inputs_that_cannot_be_applied_is_not_made_milder(stored, name) -> None:
    body = {**bodies(stored)[0], name: [{"id": "x"}]}
    with pytest.raises(ReplayError, match="does not know how to apply"):
        list(reassess([body], [stored], knowledge(), date(2026, 1, 1)))


def test_an_answer_under_a_moratorium_that_is_gone_is_not_made_milder(stored) -> None:
    entry = {"id": "M-1", "digest": "sha256:" + 64 * "0"}
    body = {**bodies(stored)[0], "moratoria": [entry]}
    with pytest.raises(ReplayError, match="the moratorium M-1 "):
        list(reassess([body], [stored], knowledge(), date(2026, 1, 1)))


def test_a_case_that_is_not_there_stops_the_work(stored, tmp_path) -> None:
    with pytest.raises(ReplayError, match="was not found"):
        list(reassess(bodies(stored), [tmp_path], knowledge(), date(2026, 1, 1)))


def test_the_command_tells_changes_and_counts_what_stays(stored, capsys) -> None:
    capsys.readouterr()
    assert main(["reassess", str(stored), "--as-of", "2026-11-25"]) == 1
    said = capsys.readouterr()
    assert "03-hackingteam-sudan-2012 under eu-dual-use: ANOTHER ANSWER" in said.out
    assert "the same answer" not in said.out
    number = len(bodies(stored))
    assert f"of {number} stored answers stay" in said.err
    assert main(["reassess", str(stored), "--as-of", "2026-11-25", "--json", "-q"]) == 1
    said = capsys.readouterr()
    assert len([json.loads(line) for line in said.out.splitlines()]) == number
    assert not said.err


def test_a_bad_day_an_empty_folder_and_a_missing_case_are_said(stored, tmp_path, capsys) -> None:
    assert main(["reassess", str(stored), "--as-of", "soon"]) == 2
    assert "YYYY-MM-DD" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["reassess", str(empty)]) == 2
    assert "holds no determination" in capsys.readouterr().err
    lone = tmp_path / "lone"
    lone.mkdir()
    one = next(stored.glob("*.eu-dual-use.json"))
    shutil.copy(one, lone)
    assert main(["reassess", str(lone)]) == 2
    assert "--store" in capsys.readouterr().err
    assert main(["reassess", str(lone), "--store", str(stored), "--as-of", "2026-11-25"]) in (0, 1)
