"""A declared moratorium in an assessment: refusal and merits, override, replay, reassess, diff."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case, read_case
from licet.assessment.page import render_page
from licet.assessment.portfolio import Verdict, deal
from licet.assessment.reassess import reassess
from licet.assessment.replay import find_moratoria, moratorium_file_name, replay, replay_file
from licet.assessment.text import render_text
from licet.cli.main import main
from licet.errors import InputError, ReplayError
from licet.model.outcome import UNRESTRICTED, Outcome
from licet.rules.load import shipped
from licet.rules.moratorium import build_moratorium, declare, read_moratorium
from tests.dossiers.test_expected import knowledge

FOLDER = Path(__file__).resolve().parents[2] / "examples/moratoria"
CASE = FOLDER / "export-under-suspension.yaml"
FILE = FOLDER / "intrusion-tools.yml"
BOOK = "eu-dual-use"
OVERRIDE = {
    "moratorium": "EXAMPLE-2026",
    "by": "Minister for Foreign Trade",
    "signed_by": "the Minister in person",
    "decided": "2026-05-01",
    "reasons": "equipment under the control of a United Nations mission",
    "standing": "judged",
}


def case(**changed):
    raw = read_case(CASE).canonical()
    raw.update(changed)
    return build_case(raw, "case.yaml")


def stands(**changed):
    raw = {**read_moratorium(FILE).raw, **changed}
    made = build_moratorium({k: v for k, v in raw.items() if v is not None}, "m.yaml")
    return declare(shipped(), [made])


def determined(asked=None, books=None, book=BOOK):
    done = assess(asked or read_case(CASE), knowledge(), rulebooks=[book], books=books or stands())
    return next(d for d in done if d.book.id == book)


# Refusal and merits ----------------------------------------------------------------------------


def test_it_refuses_in_law_and_the_merits_are_those_without_it() -> None:
    found, bare = determined(), determined(books=shipped())
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED}
    assert found.outcomes_on_merits == bare.outcomes == bare.outcomes_on_merits
    assert found.body["questions"] == bare.body["questions"] != []
    assert found.body["rulebook_digest"] == bare.body["rulebook_digest"]
    assert found.body["moratoria"] == [m.stored() for m in found.book.declared]


def test_a_rulebook_in_which_it_does_not_stand_answers_byte_for_byte_as_before() -> None:
    asked = read_case(CASE)
    with_it = assess(asked, knowledge(), books=stands())
    without = assess(asked, knowledge())
    for one, other in zip(with_it, without, strict=True):
        assert (one.to_bytes() == other.to_bytes()) is (one.book.id != BOOK)


@pytest.mark.parametrize(
    ("export", "refused"), [("2026-02-28", False), ("2026-03-01", True), ("2026-03-02", True)]
)
def test_it_looks_by_the_day_of_its_anchor(export, refused) -> None:
    asked = case(dates={"assessed": "2026-02-01", "export": export})
    assert (determined(asked).outcomes == {Outcome.REFUSAL_REQUIRED}) is refused


def test_people_read_the_refusal_its_basis_what_lifts_it_and_the_merits() -> None:
    done = assess(read_case(CASE), knowledge(), rulebooks=[BOOK], books=stands())
    text = " ".join(render_text(done, full=True).split())
    page = render_page(done)
    for words in (text, page):
        assert "would have to be refused. On the merits, moratorium aside: open between" in words
        assert "Intrusion Tools (Suspension) Act, section 1" in words
        assert "(section 4(b)): partial" in words
        assert "(section 4(c)): unknown" in words
    assert deal(done).law is Verdict.REFUSE
    assert "EXAMPLE-2026" in deal(done).reason
    assert "Ask first" in text
    assert "(eu-dual-use, on the merits)" in text


def test_the_model_rulebook_alone_shows_no_declared_moratorium() -> None:
    done = assess(read_case(CASE), knowledge(), rulebooks=["amnesty-2021"])
    assert "Moratoria declared" not in render_text(done)


EXAMPLES = sorted((FOLDER.parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_it_softens_no_answer_and_changes_no_merits(path) -> None:
    wide = {"when": "item.surveillance", "in_force": {"from": "1990-01-01"}, "lifts_when": None}
    books = stands(**wide, stands_in={"jurisdictions": ["EU", "US"]}, prevails_over=None)
    asked = read_case(path)
    with_it = assess(asked, knowledge(), books=books, explain=False)
    bare = assess(asked, knowledge(), explain=False)
    for one, other in zip(with_it, bare, strict=True):
        assert one.outcomes_on_merits == other.outcomes_on_merits
        if one.book.declared and one.outcomes != other.outcomes:
            assert one.outcomes - other.outcomes <= {Outcome.REFUSAL_REQUIRED, Outcome.CONFLICT}
            assert not one.outcomes <= UNRESTRICTED | {Outcome.NOT_IN_FORCE, Outcome.NOT_REACHED}


# Overrides -------------------------------------------------------------------------------------


def test_an_override_under_its_own_clause_leaves_the_merits() -> None:
    found = determined(case(overrides=[OVERRIDE]))
    assert found.outcomes == found.outcomes_on_merits == determined(books=shipped()).outcomes
    assert {"overridden"} == {c["code"] for c in found.body["cautions"] if "moratorium" in c}


def test_who_set_a_moratorium_aside_heads_the_answer() -> None:
    done = assess(case(overrides=[OVERRIDE]), knowledge(), rulebooks=[BOOK], books=stands())
    head = " ".join(render_text(done).split("Answer")[0].split())
    assert "was set aside for this case by Minister for Foreign Trade (2026-05-01)" in head


def test_two_claims_about_one_moratorium_are_refused() -> None:
    with pytest.raises(InputError, match="twice: keep one"):
        determined(case(overrides=[OVERRIDE, {**OVERRIDE, "standing": "accepted"}]))


@pytest.mark.parametrize(
    "changed",
    [{"standing": "self_declared"}, {"standing": "evidenced"}, {"decided": "2026-05-05"}],
    ids=["own word", "not accepted", "decided later"],
)
def test_an_override_that_is_not_on_record_by_the_day_leaves_the_moratorium_standing(
    changed,
) -> None:
    found = determined(case(overrides=[{**OVERRIDE, **changed}]))
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED}
    assert "override_not_on_record" in {c["code"] for c in found.body["cautions"]}


def test_a_clause_with_a_condition_that_is_open_leaves_both_answers_possible() -> None:
    clause = {**read_moratorium(FILE).raw["override"], "when": "item.bulk_use is no"}
    books = stands(override=clause)
    found = determined(case(overrides=[OVERRIDE]), books)
    assert Outcome.REFUSAL_REQUIRED in found.outcomes
    assert found.outcomes - {Outcome.REFUSAL_REQUIRED} == found.outcomes_on_merits
    assert "item.bulk_use" in {q["fact"] for q in found.body["questions"]}


def test_an_override_without_a_clause_is_an_error_and_so_is_another_authority() -> None:
    with pytest.raises(InputError, match="own text grants none"):
        determined(case(overrides=[OVERRIDE]), stands(override=None))
    with pytest.raises(InputError, match="gives it to 'Minister for Foreign Trade'"):
        determined(case(overrides=[{**OVERRIDE, "by": "Head of Unit"}]))


def test_the_model_rulebook_grants_no_override() -> None:
    asked = case(overrides=[{**OVERRIDE, "moratorium": "AMN-01"}])
    with pytest.raises(InputError, match="AMN-01, whose own text grants none"):
        determined(asked, shipped(), "amnesty-2021")


def test_an_override_of_a_moratorium_that_nobody_declared_is_refused(tmp_path, capsys) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case(overrides=[OVERRIDE]).canonical()))
    assert main(["assess", str(path), "--rulebook", BOOK]) == 2
    assert "name its file with --moratorium" in capsys.readouterr().err


# Replay, reassess, diff ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    words = ["assess", str(CASE), "--rulebook", BOOK, "-q", "--save", str(folder)]
    assert main([*words, "--moratorium", str(FILE)]) == 11
    return folder


def answer(folder: Path) -> Path:
    return folder / f"export-under-suspension.{BOOK}.json"


def test_it_replays_byte_for_byte_with_the_moratorium_kept_beside_it(stored, capsys) -> None:
    (found,) = replay_file(answer(stored), knowledge())
    assert found.same
    assert main(["replay", str(stored)]) == 0
    assert "the same, byte for byte" in capsys.readouterr().out


def test_a_missing_moratorium_is_named_and_found_again_in_a_store(stored, tmp_path) -> None:
    name = moratorium_file_name(read_moratorium(FILE).digest)
    for path in stored.iterdir():
        if path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ReplayError, match=f"EXAMPLE-2026 .* was not found: put {name}"):
        replay_file(answer(tmp_path), knowledge())
    (found,) = replay_file(answer(tmp_path), knowledge(), store=[stored])
    assert found.same


def test_a_moratorium_that_was_altered_is_told(stored, tmp_path) -> None:
    for path in stored.iterdir():
        text = path.read_text("utf-8")
        if path.name.startswith("moratorium-"):
            text = text.replace("section 1", "section 2")
        (tmp_path / path.name).write_text(text, "utf-8")
    with pytest.raises(ReplayError, match="another moratorium than its name says"):
        replay_file(answer(tmp_path), knowledge())


def test_a_determination_is_not_replayed_without_the_moratorium_it_records(stored) -> None:
    body = json.loads(answer(stored).read_bytes())
    with pytest.raises(ReplayError, match="moratoria: recorded"):
        replay(body, read_case(CASE), knowledge())
    assert replay(body, read_case(CASE), knowledge(), moratoria=find_moratoria(body, [stored])).same


def test_reassess_keeps_it_standing_and_can_declare_another(stored, tmp_path) -> None:
    body = json.loads(answer(stored).read_bytes())
    (kept, *_) = reassess([body], [stored], knowledge(), date(2026, 6, 1))
    assert kept["same_answer"]
    main(["assess", str(CASE), "--rulebook", BOOK, "-q", "--save", str(tmp_path)])
    bare = json.loads(answer(tmp_path).read_bytes())
    given = [read_moratorium(FILE)]
    (changed, *_) = reassess([bare], [tmp_path], knowledge(), date(2026, 6, 1), moratoria=given)
    assert changed["outcomes"]["after"] == ["refusal_required"]
    assert changed["outcomes_on_merits"]["after"] == changed["outcomes_on_merits"]["before"]
    assert "moratoria" in {one["input"] for one in changed["inputs"]}


def test_diff_names_the_moratorium_among_the_inputs(stored, tmp_path, capsys) -> None:
    main(["assess", str(CASE), "--rulebook", BOOK, "-q", "--save", str(tmp_path)])
    capsys.readouterr()
    assert main(["diff", str(tmp_path), str(stored)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "moratoria: none → EXAMPLE-2026 (" in said


def test_a_moratorium_that_stands_nowhere_here_is_told(capsys) -> None:
    main(["assess", str(CASE), "--rulebook", "us-ear", "--moratorium", str(FILE)])
    assert "EXAMPLE-2026 stands in no rulebook that is applied here" in capsys.readouterr().err
