"""The examples of the rulebooks that ship notice what a slip would change; what none notices is told."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from licet.cli.main import main
from licet.errors import RulebookError
from licet.model.dates import Span
from licet.model.fact import FactDefinition, FactType, Reading
from licet.rules.evaluate import Evaluation
from licet.rules.examples import leaf_coverage, run_examples
from licet.rules.load import load_rulebook, shipped
from licet.rules.mutants import condition_of, mutants
from licet.rules.mutation import run_mutants
from licet.rules.scope import Days, Scope

SHIPPED = Path(__file__).resolve().parents[2] / "src/licet/rulebooks"
NOT_LAW_YET = {"EU-ANNEX-2026", "US-PROP-3A504", "US-PROP-FSEU"}
# A choice among readings is never seen alone; one part of a flag stands beside another that is.
CHOICES = {"OECD-MNE-2023", "critical_flag"}
# An entry is met only where it is in question, so that the first half of this derivation adds a
# reason to the page and never another answer; that cannot be shown from the condition alone.
A_REASON_ONLY = {"item.listed_annex_I"}


UNNOTICED = {
    # What disclosure limits are judged by is held to its own table (test_disclosure_limits).
    "amnesty-2021": {"limit.names_specific_harm": 7},
    "business-and-human-rights": {"OECD-MNE-2023": 3},
    # The days of savings clauses and of texts of Annex I are held to a table (test_dates_that_bite).
    "eu-dual-use": dict.fromkeys(
        ["EU-DU-3.1", "EU-DU-428-3", "EU-DU-428-4", "EU-DU-428-5", "EU-DU-428-8", "EU-DU-428-8-P"],
        1,
    ),
    # Counts of measures are held by properties over all flags and measures (test_red_flags_and_mitigations).
    "risk-method": {
        "measures_for_a_high_flag": 44,
        "measures_for_a_critical_flag": 44,
        "critical_flag": 1,
    },
    "uk-procurement": {"UK-PA2023": 1, "UK-PA2023-6": 1},
    "us-ear": {"US-740.22a": 1},
    "us-statutes": {"actor.provider_or_government_exception": 6},
}
"""By rulebook and owner, how many slips no example notices."""


@pytest.mark.parametrize("book", shipped().values(), ids=lambda b: b.id)
def test_every_slip_is_noticed_by_an_example_of_the_rulebook(book) -> None:
    run = run_mutants(book)
    assert run.killed > 0
    left = Counter(m.owner for m in run.survivors if m.owner not in A_REASON_ONLY)
    assert left == UNNOTICED.get(book.id, {})


@pytest.mark.parametrize("book", shipped().values(), ids=lambda b: b.id)
def test_every_condition_of_law_that_is_law_is_seen_true_false_and_open(book) -> None:
    missed = {(one.owner, one.leaf.path) for one in leaf_coverage(book) if one.never}
    assert {owner for owner, _ in missed} <= NOT_LAW_YET | CHOICES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "uk-export", tmp_path / "uk-export"))


def test_without_its_examples_a_provision_may_be_spoiled_and_each_way_is_told(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = copy / "provisions/UK-MEU.yaml"
    file.write_text(file.read_text().partition("\ntests:\n")[0] + "\n")
    book = load_rulebook(copy)
    own = [m for m in run_mutants(book).survivors if m.owner == "UK-MEU"]
    # UK-SELC-2a, which refers to it, still notices the rest.
    assert {m.slip for m in own} == {"dropped", "moved", "effect"}
    assert main(["rulebook", "mutate", str(copy), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert {m["at"] for m in body["survivors"] if m["in"] == "UK-MEU"} == {m.place for m in own}
    assert body["mutants"] - body["noticed"] == len(body["survivors"])
    assert main(["rulebook", "mutate", str(copy)]) == 0
    out = capsys.readouterr().out
    assert "authorisation_required -> notify_authority" in out
    assert "left out: the item is not on the dual-use list" in out


def test_a_mutant_differs_from_the_rulebook_in_one_thing_and_leaves_the_rulebook_as_it_was() -> (
    None
):
    book = shipped()["uk-export"]
    before = {name: (p.when, p.periods, p.effect) for name, p in book.provisions.items()}
    for mutant in mutants(book):
        changed = [
            name for name, p in mutant.book.provisions.items() if p is not book.provisions[name]
        ]
        changed += [n for n, t in mutant.book.terms.items() if t is not book.terms[n]]
        changed += [n for n, node in mutant.book.derive.items() if node is not book.derive[n]]
        assert changed == [mutant.owner]
    assert before == {name: (p.when, p.periods, p.effect) for name, p in book.provisions.items()}


def test_names_are_unique_and_a_share_is_always_the_same_part() -> None:
    book = shipped()["us-ear"]
    names = [m.id for m in mutants(book)]
    assert len(set(names)) == len(names)
    part = run_mutants(book, 0.1)
    again = run_mutants(book, 0.1)
    whole = run_mutants(book)
    assert (part.score, part.equivalent == ()) == (again.score, again.equivalent == ())
    assert 0.05 < part.score[1] / whole.score[1] < 0.15


def test_a_change_that_no_case_can_tell_apart_is_shown_as_such() -> None:
    run = run_mutants(shipped()["amnesty-2021"])
    same = {(m.place, m.slip) for m in run.equivalent}
    # From "high or severe" the word severe may be struck: severe alone is enough one line above.
    assert ("derive.risk.substantial_risk_of_violation.any[2].all[0]", "coded") in same
    assert not {m.id for m in run.equivalent} & {m.id for m in run.survivors}


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("then: refusal_required", "then: conditions", "refusal_required"),
        ("expect: met\n  then: refusal_required", "expect: not_met\n  then: refusal_required", ""),
    ],
)
def test_an_example_that_names_another_effect_does_not_hold(
    copy: Path, was: str, now: str, words: str
) -> None:
    file = copy / "provisions/UK-SELC-2cd.yaml"
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now))
    if not words:
        with pytest.raises(RulebookError, match="only what is met has an effect"):
            load_rulebook(copy)
        return
    bad = [r for r in run_examples(load_rulebook(copy)) if not r.passed]
    assert [words in r.got for r in bad] == [True]


@pytest.mark.parametrize("share", ["0", "1.5", "-1", "nan"])
def test_a_share_that_is_none_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rulebook", "mutate", "uk-export", f"--share={share}"]) == 2
    assert "give a part such as 0.2" in capsys.readouterr().err


def test_a_rulebook_that_is_neither_shipped_nor_a_folder_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rulebook", "mutate", "uk-exprt"]) == 2
    assert "nearest: 'uk-export'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["amnesty-2021", "eu-dual-use", "us-ear"])
def test_what_is_called_no_change_gives_the_same_in_cases_drawn_at_random(name: str) -> None:
    book = shipped()[name]
    draw = random.Random(name)
    days = Days({"assessed": Span.read("2026-06-01")})
    same = run_mutants(book).equivalent
    assert same
    for mutant in same:
        before, after = condition_of(book, mutant.owner), condition_of(mutant.book, mutant.owner)
        facts = [book.dictionary.facts[f] for f in sorted(book.facts_under(before))]
        for _ in range(40):
            drawn = {d.name: value(draw, d) for d in facts if draw.random() < 0.8}
            line = Scope("line", {n: Reading(value=v) for n, v in drawn.items() if v is not None})
            was = Evaluation(book, line, days, "export").trace(before, line).truth
            assert was is Evaluation(mutant.book, line, days, "export").trace(after, line).truth, (
                drawn
            )


def value(draw: random.Random, definition: FactDefinition) -> object:
    if definition.type is FactType.CODES:
        return tuple(sorted(draw.sample(definition.code_names, 2)))
    return draw.choice(definition.domain) if definition.domain else None
