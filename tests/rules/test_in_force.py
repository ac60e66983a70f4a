"""A rulebook of which it is open whether it was in force may turn out not to have been."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.rules.planted import book, provision

from licet.model.dates import Span
from licet.model.fact import Reading
from licet.model.outcome import Outcome
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

PERMIT, NOTHING, NOT_YET = (
    Outcome.AUTHORISATION_REQUIRED,
    Outcome.NO_RULE_APPLIES,
    Outcome.NOT_IN_FORCE,
)


@pytest.mark.parametrize(
    ("in_force", "day", "outcomes"),
    [
        ({"from": "2020-06-15"}, "2020-06-14", {NOT_YET}),
        ({"from": "2020-06-15"}, "2020-06", {PERMIT, NOT_YET}),
        ({"from": "2020-06-15"}, "2020-06-15", {PERMIT}),
        (
            {"from": "unknown", "not_later_than": "2020-06-15"},
            "2019-01-01",
            {PERMIT, NOTHING, NOT_YET},
        ),
        ({"from": "unknown", "not_later_than": "2020-06-15"}, "2020-06-15", {PERMIT}),
    ],
)
def test_before_it_is_known_to_be_law_not_in_force_stays_possible(
    tmp_path: Path, in_force: dict[str, str], day: str, outcomes: set[Outcome]
) -> None:
    planted = book(tmp_path / "a", {"P": provision(when="item.crypto", in_force=in_force)})
    line = Scope("line", {"item.crypto": Reading(value=True)}, None, {})
    days = Days({"assessed": Span.read(day)})
    assert decide(planted, line, days, "export", explain=False).outcomes == outcomes
