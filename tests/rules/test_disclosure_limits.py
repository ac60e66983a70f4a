"""The limits on disclosure, judged one by one: every row of the table is run against the provision."""

from __future__ import annotations

import pytest

from licet.model.dates import Span
from licet.rules.evaluate import Evaluation
from licet.rules.examples import example_scope
from licet.rules.load import RULEBOOKS, shipped
from licet.rules.scope import Days
from licet.rules.strict_yaml import read_file

TABLE = read_file(RULEBOOKS / "amnesty-2021" / "uses" / "disclosure-limits.yaml")
ROWS = TABLE["uses"]
BOOK = shipped()["amnesty-2021"]
STATES = {"too broad": "met", "meets the test": "not_met", "open": "unknown"}
LIMBS = ("names_specific_harm", "time_limited", "reviewable")
TRUTHS = {"yes": True, "no": False, "open": None}
NO_OTHER = {
    "record.licence_information": "no",
    "report.contains_personal_commercial_or_security_data": "no",
}


def evaluation(given: dict[str, str]) -> Evaluation:
    days = Days({"assessed": Span.read("2026-01-01")})
    return Evaluation(BOOK, example_scope(BOOK, given | NO_OTHER), days, "export")


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_a_limit_is_judged_as_the_table_says_limb_by_limb(row) -> None:
    found = evaluation(row["given"])
    for limb in LIMBS:
        assert found.trace(BOOK.derive[f"limit.{limb}"], found.line).truth is TRUTHS[row[limb]], (
            limb
        )
    (finding,) = found.findings(BOOK.provisions["AMN-10-LIMIT"])
    assert finding.state.value == STATES[row["reading"]]


def test_the_reading_follows_from_the_three_limbs() -> None:
    for row in ROWS:
        limbs = [row[limb] for limb in LIMBS]
        told = (
            "too broad" if "no" in limbs else "meets the test" if set(limbs) == {"yes"} else "open"
        )
        assert row["reading"] == told, row["code"]


def test_every_limit_that_can_be_invoked_stands_in_the_table() -> None:
    fact = BOOK.dictionary.facts["disclosure.limit_invoked"]
    assert [row["code"] for row in ROWS] == list(fact.code_names)
    assert {row["reading"] for row in ROWS} == set(STATES)
    named = " ".join(row["cite"] for row in ROWS)
    assert all(
        cite in named for cite in ("4820(h)", "Art. 26(3)", "5 U.S.C. 552", "1049/2001", "2000")
    )


def test_a_limit_that_is_too_broad_changes_no_outcome() -> None:
    """Policy stands beside the law that sets the limit: an expectation, no restriction."""
    assert not BOOK.provisions["AMN-10-LIMIT"].restricting
