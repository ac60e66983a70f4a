"""The interview asks what can still change an answer, and stops when nothing can."""

import io
import json
import sys
from functools import cache
from pathlib import Path

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge
from licet.assessment.interview import questions, said_of, with_answer
from licet.cli.main import main
from licet.errors import InputError
from licet.model.case import Statement
from licet.model.fact import Standing
from licet.rules.load import default_dictionary

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OPEN = EXAMPLES / "controls/35-forensic-gh-open-questions.yaml"
CASES = sorted(EXAMPLES.rglob("*.yaml"))


@cache
def knowledge() -> Knowledge:
    return Knowledge.open()


def policy(case) -> frozenset[str]:
    found = assess(case, knowledge(), rulebooks=["amnesty-2021"], explain=False)
    return next(d.outcomes_on_merits for d in found if d.book.id == "amnesty-2021")


def answered(case, fact: str, said: str):
    return with_answer(case, fact, said, standing=Standing.ACCEPTED, source="Site visit")


def test_answers_take_the_place_of_open_questions_where_they_stand_and_settle_the_case() -> None:
    case = read_case(OPEN)
    assert len(policy(case)) == 2
    for fact in ("safeguard.T2", "safeguard.T8"):
        assert fact in [q["fact"] for q in questions(assess(case, knowledge()))]
        case = answered(case, fact, "met")
    assert {o.value for o in policy(case)} == {"conditions"}
    assert not [
        q for q in questions(assess(case, knowledge())) if q["fact"].startswith("safeguard")
    ]


def test_one_answer_may_settle_it_against_the_applicant() -> None:
    case = answered(read_case(OPEN), "safeguard.T8", "not_met")
    assert {o.value for o in policy(case)} == {"refusal_required"}


@pytest.mark.parametrize("path", CASES[::4], ids=lambda p: p.stem)
def test_questions_name_what_they_matter_for_and_come_most_decisive_first(path: Path) -> None:
    found = questions(assess(read_case(path), knowledge()))
    weights = [q["weight"] for q in found]
    assert weights == sorted(weights, reverse=True)
    assert len({q["fact"] for q in found}) == len(found)
    assert all(q["matters_for"] and q["question"] for q in found)


def test_an_answer_that_does_not_fit_and_a_judgement_by_nobody_are_refused() -> None:
    case = read_case(OPEN)
    with pytest.raises(InputError, match="choose one of met, partly"):
        answered(case, "safeguard.T2", "yes")
    with pytest.raises(InputError, match="is a judgement: say who judges"):
        with_answer(case, "risk.clear_risk_internal_repression", "no", standing=Standing.ACCEPTED)


def test_a_fact_that_silence_spoke_of_is_spoken_of_no_longer() -> None:
    case = read_case(OPEN)
    fact = case.nothing_recorded[0]
    assert fact not in answered(case, fact, "yes").nothing_recorded


def test_the_interview_writes_what_was_said_and_ends_when_nothing_is_left(
    tmp_path, monkeypatch, capsys
) -> None:
    out = tmp_path / "answered.yaml"
    monkeypatch.setattr(sys, "stdin", io.StringIO("met\nnever\nmet\n\n"))
    words = ["ask", str(OPEN), "--accepted", "Site visit", "--rulebook", "amnesty-2021"]
    code = main([*words, "-o", str(out)])
    err = capsys.readouterr().err
    assert "choose one of met, partly" in err
    assert {o.value for o in policy(read_case(out))} == {"conditions"}
    assert code == 0, err


def test_one_answer_names_each_item_that_it_would_hold_for() -> None:
    case = read_case(OPEN)
    item = case.items[0]
    second = item.model_copy(update={"id": "item-9", "name": "Second box", "answers": {}})
    definition = default_dictionary().facts["item.surveillance"]
    silent = item.model_copy(update={"answers": {}})
    assert said_of(case.model_copy(update={"items": (silent, second)}), definition) == [
        item.name,
        "Second box",
    ]
    asked = second.model_copy(update={"answers": {definition.name: (Statement(unknown="asked"),)}})
    both = case.model_copy(update={"items": (silent, asked)})
    assert said_of(both, definition) == ["Second box"]
    told = answered(both, definition.name, "yes")
    assert definition.name not in told.items[0].answers
    assert told.items[1].answers[definition.name][0].value == "yes"
    assert definition.name not in told.answers


def test_a_judgement_is_put_to_an_officer_only(tmp_path, monkeypatch, capsys) -> None:
    path = EXAMPLES / "cases/04-intellexa-madagascar-sudan-2021.yaml"
    asked = [q for q in questions(assess(read_case(path), knowledge())) if q["judgement"]]
    assert asked
    for words, put in (([], False), (["--accepted", "Site visit"], True)):
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 200))
        main(["ask", str(path), *words, "-o", str(tmp_path / f"{put}.yaml")])
        said = " ".join(capsys.readouterr().err.partition("left open:")[0].split())
        assert all((q["question"] in said) is put for q in asked)


def test_the_questions_come_as_json_for_a_form(capsys) -> None:
    assert main(["ask", str(OPEN), "--json"]) == 10
    body = json.loads(capsys.readouterr().out)
    assert body["questions"][0]["may_be"]


def test_an_applicants_word_is_kept_and_what_it_leaves_open_is_said_once(
    tmp_path, monkeypatch, capsys
) -> None:
    out = tmp_path / "answered.yaml"
    monkeypatch.setattr(sys, "stdin", io.StringIO("met\nmet\n\n"))
    assert main(["ask", str(OPEN), "--rulebook", "amnesty-2021", "-o", str(out)]) == 10
    err = capsys.readouterr().err
    assert err.count("Can the vendor suspend the item from afar") == 1
    assert "safeguard.T8: " in err.partition("left open:")[2]


def test_an_interview_cut_off_has_written_what_was_said(tmp_path, monkeypatch, capsys) -> None:
    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> str:
            said = super().readline()
            if not said:
                raise KeyboardInterrupt
            return said

    out = tmp_path / "answered.yaml"
    monkeypatch.setattr(sys, "stdin", Interrupted("met\n"))
    words = ["ask", str(OPEN), "--accepted", "Site visit", "--rulebook", "amnesty-2021"]
    assert main([*words, "-o", str(out)]) == 10
    before, after = (
        {q["fact"] for q in questions(assess(read_case(path), knowledge()))} for path in (OPEN, out)
    )
    assert before - after == {"safeguard.T2"}


def test_what_only_a_moratorium_asks_is_asked_under_it(tmp_path, capsys) -> None:
    import json
    from pathlib import Path

    from licet.cli.main import main

    examples = Path(__file__).resolve().parents[2] / "examples/moratoria"
    kept = [
        line
        for line in (examples / "export-under-suspension.yaml").read_text("utf-8").splitlines()
        if "specially_designed_for_intrusion" not in line
    ]
    case = tmp_path / "case.yaml"
    case.write_text("\n".join(kept) + "\n", "utf-8")
    command = ["ask", str(case), "--rulebook", "eu-dual-use", "--json"]
    moratorium = ["--moratorium", str(examples / "intrusion-tools.yml")]
    asked = {}
    for name, words in (("bare", command), ("under", command + moratorium)):
        assert main(words) == 10
        asked[name] = {q["fact"] for q in json.loads(capsys.readouterr().out)["questions"]}
    only = {"item.specially_designed_for_intrusion", "item.zero_click"}
    assert asked["under"] - asked["bare"] == only
