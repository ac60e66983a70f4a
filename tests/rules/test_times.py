"""What is wrong with the days of a provision or an example is told, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from licet.rules.times import example_dates, read_anchor, read_periods

GOOD = {"from": "2021-09-09", "anchor": "export"}


@pytest.mark.parametrize(
    ("raw", "path", "told"),
    [
        ({**GOOD, "contniues_for": {}}, "in_force.contniues_for", "nearest: 'continues_for'"),
        ({**GOOD, "not_for": {"anchor": "application"}}, "in_force.not_for", "`before` (a day)"),
        ({**GOOD, "not_for": {"anchor": "aplication", "before": "2021-09-09"}}, "in_force.not_for", "application"),
        ({**GOOD, "continues_for": "2021"}, "in_force.continues_for", "needs `anchor`"),
        ({"from": "unknown"}, "in_force", "but not `not_later_than`"),
        ({"from": "2021-09-09", "to": "2020-01-01"}, "in_force", "ends before it begins"),
        ([GOOD, {"from": "2022-01-01"}], "in_force", "periods that overlap"),
        ({"to": "2020-01-01"}, "in_force", "needs `from`"),
    ],
)  # fmt: skip
def test_a_fault_in_the_days_of_a_provision_is_told(raw: Any, path: str, told: str) -> None:
    faults: list[tuple[str, str]] = []
    read_periods(raw, lambda where, message: faults.append((where, message)))
    assert [where for where, _ in faults] == [path]
    assert told in faults[0][1]


def test_a_good_period_with_savings_has_no_fault() -> None:
    faults: list[tuple[str, str]] = []
    saving = {"anchor": "application", "before": "2021-09-09"}
    (period,) = read_periods({**GOOD, "not_for": saving}, lambda *one: faults.append(one))
    assert not faults
    assert period.not_for is not None
    assert str(period.not_for.before) == "2021-09-09"
    assert period.continues_for is None


def test_an_unknown_anchor_is_a_fault_in_a_provision_and_in_an_example() -> None:
    faults: list[tuple[str, str]] = []
    read_anchor({"from": "2021-09-09", "anchor": "signing"}, lambda *one: faults.append(one))
    example_dates({"dates": {"signing": "2021"}}, "tests[0]", lambda *one: faults.append(one))
    example_dates({"dates": {"export": "soon"}}, "tests[1]", lambda *one: faults.append(one))
    assert [where for where, _ in faults] == ["in_force.anchor", "tests[0].dates", "tests[1].dates"]
