"""The table of uses in the model rulebook says what AMN-15 does: every row is run."""

from __future__ import annotations

import pytest

from licet.model.dates import Span
from licet.rules.evaluate import Evaluation
from licet.rules.examples import example_scope
from licet.rules.load import RULEBOOKS, shipped
from licet.rules.scope import Days
from licet.rules.strict_yaml import read_file

TABLE = read_file(RULEBOOKS / "amnesty-2021" / "uses" / "facial-recognition.yaml")
USES = TABLE["uses"]
STATES = {"banned": "met", "outside the ban": "not_met", "open": "unknown"}


@pytest.mark.parametrize("row", USES, ids=[row["use"] for row in USES])
def test_a_use_is_read_as_the_table_says(row) -> None:
    book = shipped()["amnesty-2021"]
    line = example_scope(book, row["given"])
    evaluation = Evaluation(book, line, Days({"assessed": Span.read("2026-01-01")}), "use")
    (finding,) = evaluation.findings(book.provisions["AMN-15"])
    assert finding.state.value == STATES[row["reading"]]


def test_the_table_holds_at_least_twelve_uses_and_says_which_are_contested() -> None:
    assert len(USES) >= 12
    assert sum("contested" in row for row in USES) >= 4
    assert {row["reading"] for row in USES} == set(STATES)
