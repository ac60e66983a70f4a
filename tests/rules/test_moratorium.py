"""A moratorium as an object: where it stands, from when, what lifts it, what it never hides."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path

import pytest

from licet.errors import RulebookError
from licet.model.dates import Span
from licet.model.fact import Reading
from licet.model.outcome import Outcome
from licet.rules.lifting import Status
from licet.rules.load import load_rulebook, shipped
from licet.rules.moratorium import build_moratorium, declare, read_moratorium, with_moratoria
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/moratoria/intrusion-tools.yml"
RAW = {
    "schema": "licet/moratorium/1",
    "id": "M-1",
    "title": "A suspension",
    "declared_by": "a ministry",
    "legal_basis": {"instrument": "Test Act", "locator": "section 1"},
    "checked": {"level": "secondary", "source": "a test"},
    "stands_in": {"rulebooks": ["own-law"]},
    "in_force": {"from": "2026-03-01"},
    "when": "item.surveillance",
    "effect": "refusal_required",
}
RULE = """\
schema: licet/provision/1
provision: P-1
title: Bulk use needs an authorisation
cite: {instrument: Test Act, locator: section 9}
checked: {level: secondary, source: a test}
in_force: {from: '2020-01-01', to: '2027-12-31'}
when: item.bulk_use
then: {effect: authorisation_required}
"""
EXEMPTION = """\
schema: licet/provision/1
provision: E-1
title: Research is exempt
cite: {instrument: Test Act, locator: section 8}
checked: {level: secondary, source: a test}
in_force: {from: '2020-01-01', to: '2027-12-31'}
when: item.basic_scientific_research
then: {effect: exempt, releases: [P-1]}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own-law")
    (folder / "provisions").mkdir()
    (folder / "rulebook.yaml").write_text(
        "schema: licet/rulebook/1\nid: own-law\ntitle: T\nkind: binding\njurisdiction: EU\n"
    )
    (folder / "provisions/p.yaml").write_text(RULE)
    (folder / "provisions/e.yaml").write_text(EXEMPTION)
    return load_rulebook(folder)


def moratorium(**changed):
    raw = copy.deepcopy(RAW)
    raw.update(changed)
    return build_moratorium({k: v for k, v in raw.items() if v is not None}, "m.yaml")


def on(day: str, book, **facts: bool):
    """The answer for one line on a day; facts that are not given are not known."""
    names = {"surveillance": "item.surveillance", "bulk": "item.bulk_use"}
    names["research"] = "item.basic_scientific_research"
    line = Scope("line", {names[k]: Reading(value=v) for k, v in facts.items()})
    span = Span.read(day)
    return decide(book, line, Days({"assessed": span, "application": span}), "export")


def test_it_refuses_from_its_first_day_and_the_merits_stand_beside_it(book) -> None:
    stands = with_moratoria(book, [moratorium()])
    known = {"surveillance": True, "bulk": True, "research": False}
    before = on("2026-02-28", stands, **known)
    assert before.outcomes == before.outcomes_on_merits == {Outcome.AUTHORISATION_REQUIRED}
    for day in ("2026-03-01", "2026-03-02"):
        found = on(day, stands, **known)
        assert found.outcomes == found.outcomes_before_review == {Outcome.REFUSAL_REQUIRED}
        assert found.outcomes_on_merits == {Outcome.AUTHORISATION_REQUIRED}
        assert found.heads == ("M-1",)


def test_a_month_that_straddles_the_first_day_leaves_both_answers_possible(book) -> None:
    stands = with_moratoria(book, [moratorium(in_force={"from": "2026-03-15"})])
    found = on("2026-03", stands, surveillance=True, bulk=True, research=False)
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED, Outcome.AUTHORISATION_REQUIRED}


def test_before_the_latest_day_of_an_unknown_start_it_is_open_never_permitted(book) -> None:
    unknown = moratorium(in_force={"from": "unknown", "not_later_than": "2026-03-01"})
    stands = with_moratoria(book, [unknown])
    facts = {"surveillance": True, "bulk": False, "research": False}
    assert on("2026-02-28", stands, **facts).outcomes == {
        Outcome.REFUSAL_REQUIRED,
        Outcome.NO_RULE_APPLIES,
    }
    assert on("2026-03-01", stands, **facts).outcomes == {Outcome.REFUSAL_REQUIRED}


def test_where_its_scope_is_open_the_answer_is_open_and_the_fact_is_asked(book) -> None:
    stands = with_moratoria(book, [moratorium()])
    found = on("2026-05-01", stands, bulk=False, research=False)
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED, Outcome.NO_RULE_APPLIES}
    assert found.outcomes_on_merits == {Outcome.NO_RULE_APPLIES}
    asked = {q.fact: dict(q.answers) for q in found.questions}
    assert asked["item.surveillance"]["yes"] == (Outcome.REFUSAL_REQUIRED,)
    assert asked["item.surveillance"]["no"] == (Outcome.NO_RULE_APPLIES,)


def test_it_hides_no_question_on_the_merits(book) -> None:
    bare = on("2026-05-01", book, surveillance=True)
    stands = with_moratoria(book, [moratorium(prevails_over=["E-1"])])
    found = on("2026-05-01", stands, surveillance=True)
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED}
    assert {q.fact for q in found.questions} == {q.fact for q in bare.questions} != set()
    assert found.outcomes_on_merits == bare.outcomes


def test_rules_that_are_not_in_force_are_not_put_into_force_by_it(book) -> None:
    stands = with_moratoria(book, [moratorium()])
    out_of_scope = on("2030-01-01", stands, surveillance=False, bulk=True)
    assert out_of_scope.outcomes == {Outcome.NOT_IN_FORCE}
    refused = on("2030-01-01", stands, surveillance=True, bulk=True)
    assert refused.outcomes == {Outcome.REFUSAL_REQUIRED}
    assert refused.outcomes_on_merits == {Outcome.NOT_IN_FORCE}
    unknown = on("2030-01-01", stands, bulk=True)
    assert unknown.outcomes == {Outcome.REFUSAL_REQUIRED, Outcome.NOT_IN_FORCE}


def test_an_exemption_conflicts_unless_its_text_says_which_prevails(book) -> None:
    facts = {"surveillance": True, "bulk": True, "research": True}
    plain = with_moratoria(book, [moratorium()])
    assert on("2026-05-01", plain, **facts).outcomes == {Outcome.CONFLICT}
    prevails = with_moratoria(book, [moratorium(prevails_over=["E-1"])])
    assert on("2026-05-01", prevails, **facts).outcomes == {Outcome.REFUSAL_REQUIRED}
    yields = with_moratoria(book, [moratorium(yields_to=["E-1"])])
    assert on("2026-05-01", yields, **facts).outcomes == {Outcome.EXEMPT}
    assert book.provisions["E-1"].releases == ("P-1",)


def condition(name: str, *records: dict) -> dict:
    cite = {"instrument": "Test Act", "locator": "section 4"}
    return {"id": name, "title": f"a law on {name}", "cite": cite, "records": list(records)}


def record(status: str, since: str, level: str = "text", **more) -> dict:
    cite = {"instrument": "Other Act", "locator": "section 1"}
    return {"status": status, "from": since, "cite": cite, "checked": {"level": level}, **more}


BOTH = [
    condition("reports", record("in_force", "2026-06-01")),
    condition("oversight", record("partial", "2026-01-01"), record("in_force", "2026-09-01")),
]


def test_it_lifts_on_the_day_from_which_every_condition_is_in_force(book) -> None:
    stands = with_moratoria(book, [moratorium(lifts_when=BOTH)])
    facts = {"surveillance": True, "bulk": True, "research": False}
    for day, outcome in (
        ("2026-08-31", Outcome.REFUSAL_REQUIRED),
        ("2026-09-01", Outcome.AUTHORISATION_REQUIRED),
        ("2026-09-02", Outcome.AUTHORISATION_REQUIRED),
    ):
        assert on(day, stands, **facts).outcomes == {outcome}, day


@pytest.mark.parametrize(
    "second",
    [
        condition("oversight"),
        condition("oversight", record("partial", "2020-01-01")),
        condition("oversight", record("missing", "2020-01-01")),
        condition("oversight", record("in_force", "2020-01-01", level="memory")),
        condition("oversight", record("in_force", "2020-01-01", level="policy")),
        condition("oversight", record("in_force", "2020-01-01", to="2026-06-30")),
        condition("oversight", record("in_force", "unknown", not_later_than="2030-01-01")),
    ],
    ids=["no record", "partial", "missing", "memory", "policy", "repealed", "start unknown"],
)
def test_a_condition_that_is_not_on_record_as_in_force_lifts_nothing(book, second) -> None:
    stands = with_moratoria(book, [moratorium(lifts_when=[BOTH[0], second])])
    found = on("2026-10-01", stands, surveillance=True, bulk=True, research=False)
    assert found.outcomes == {Outcome.REFUSAL_REQUIRED}


def test_repealed_law_brings_it_back(book) -> None:
    once = [condition("reports", record("in_force", "2026-06-01", to="2026-07-31"))]
    stands = with_moratoria(book, [moratorium(lifts_when=once)])
    facts = {"surveillance": True, "bulk": False, "research": False}
    days = ("2026-05-31", "2026-06-01", "2026-07-31", "2026-08-01")
    refused = {Outcome.REFUSAL_REQUIRED}
    assert [on(d, stands, **facts).outcomes == refused for d in days] == [True, False, False, True]


def test_a_status_is_the_most_that_a_record_of_the_day_supports() -> None:
    held = moratorium(lifts_when=BOTH).conditions[1]
    assert held.on(date(2025, 12, 31)).status is Status.UNKNOWN
    assert held.on(date(2026, 1, 1)).status is Status.PARTIAL
    assert held.on(date(2026, 9, 1)).status is Status.IN_FORCE


def test_a_rulebook_in_which_none_stands_is_the_same_and_the_digest_always_stays(book) -> None:
    other = moratorium(stands_in={"rulebooks": ["eu-dual-use"]})
    assert with_moratoria(book, [other]) is book
    stands = with_moratoria(book, [moratorium()])
    assert stands.digest == book.digest
    assert stands.moratoria == ("M-1",)
    assert book.moratoria == ()


def test_by_jurisdiction_it_stands_in_all_law_of_it_and_in_no_policy() -> None:
    stands = declare(shipped(), [moratorium(stands_in={"jurisdictions": ["EU"]})])
    found = {name for name, one in stands.items() if one.declared}
    assert found == {
        b.id for b in shipped().values() if b.jurisdiction == "EU" and b.kind == "binding"
    }
    assert "eu-guidance" not in found


def test_the_digest_covers_everything_that_the_file_says() -> None:
    assert moratorium().digest == moratorium().digest
    assert moratorium(declared_by="another").digest != moratorium().digest


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stands_in": {"rulebooks": ["eu-dual-us"]}}, "nearest: 'eu-dual-use'"),
        ({"stands_in": {"jurisdictions": ["XX"]}}, "jurisdictions with law here: EU, UK, US"),
        ({"stands_in": {"rulebooks": ["amnesty-2021"]}}, "looks back"),
        ({"stands_in": {"rulebooks": ["eu-guidance"]}}, "sets no outcome"),
        (
            {"stands_in": {"rulebooks": ["eu-dual-use"]}, "checked": {"level": "policy"}},
            "law and policy never share",
        ),
        (
            {"stands_in": {"rulebooks": ["eu-dual-use"]}, "prevails_over": ["CL-GSM"]},
            "nearest: 'CL-GSN'",
        ),
        ({"stands_in": {"rulebooks": ["eu-dual-use"]}, "id": "CL-GSN"}, "is taken in eu-dual-use"),
    ],
)
def test_it_is_refused_where_it_cannot_stand(changed, said) -> None:
    with pytest.raises(RulebookError, match=said):
        declare(shipped(), [moratorium(**changed)])


def test_two_of_one_id_are_refused() -> None:
    one = moratorium(stands_in={"rulebooks": ["eu-dual-use"]})
    with pytest.raises(RulebookError, match="declared twice"):
        declare(shipped(), [one, one])


def test_the_example_of_form_reads_and_says_that_it_is_one() -> None:
    found = read_moratorium(EXAMPLE)
    assert "example of form" in found.title
    assert found.override is not None
    assert found.provision.checked.level == "memory"
