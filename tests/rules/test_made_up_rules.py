"""The made-up rule set on which other engines are compared (``benchmarks/engines``) is worth comparing on."""

from pathlib import Path

import pytest
from benchmarks.engines import ruleset, texts

from licet.model.dates import Span
from licet.model.fact import Reading
from licet.rules.outcomes import decide
from licet.rules.rulebook import Rulebook
from licet.rules.scope import Days, Scope

DAYS = Days({"assessed": Span.read("2024-06-01")})


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return ruleset.write(tmp_path)


def test_one_seed_gives_one_rule_set_and_another_seed_another(tmp_path: Path) -> None:
    again = [ruleset.write(tmp_path / name, seed).digest for name, seed in (("a", 5), ("b", 5))]
    other = ruleset.write(tmp_path / "c", 6).digest
    assert again[0] == again[1] != other


def test_every_fact_is_read(book: Rulebook) -> None:
    assert set(book.readers_of) == set(ruleset.FACTS)


def test_complete_cases_reach_every_outcome_of_its_ladder_and_never_a_conflict(book) -> None:
    found = set()
    for facts in ruleset.cases(300, seed=0):
        scope = Scope("line", {name: Reading(value) for name, value in facts.items()})
        outcomes = decide(book, scope, DAYS, "export", explain=False).outcomes
        assert len(outcomes) == 1
        found |= outcomes
    assert found == {*ruleset.EFFECTS, "exempt", "no_rule_applies"}


def test_every_provision_is_in_the_text_that_other_engines_read(book: Rulebook) -> None:
    policies = texts.cedar_policies(book)
    assert set(book.provisions) - set(policies) == {"X01"}  # written into what it releases
    module = texts.Rego(book).module
    assert all(f"\n{pid} if " in module for pid in book.provisions)
