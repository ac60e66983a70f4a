"""A rulebook's references name what is there, wherever they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.rules.planted import book, provision

from licet.errors import RulebookError

WRONG = {"ref": "P-1"}


@pytest.mark.parametrize(
    "more",
    [
        {"reaches": WRONG},
        {"derive": {"item.surveillance": WRONG}},
        {"terms": {"listed": {"says": "it is listed", "when": WRONG}}},
        {"promises_except": [{"where": WRONG, "because": "so"}]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_reference_to_nothing_is_refused_with_the_nearest_name(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(RulebookError, match="'P-1', which the rulebook lacks; nearest: 'P-10'"):
        book(tmp_path / "a", {"P-10": provision(when="item.crypto")}, **more)


def test_a_circle_of_references_is_refused(tmp_path: Path) -> None:
    terms = {
        "one": {"says": "one", "when": {"ref": "two"}},
        "two": {"says": "two", "when": {"ref": "one"}},
    }
    with pytest.raises(RulebookError, match="goes round in a circle: one -> two -> one"):
        book(tmp_path / "a", {"P": provision(when={"ref": "one"})}, terms=terms)


@pytest.mark.parametrize("key", ["findings_kept", "promises_except"])
def test_a_reason_without_its_parts_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(RulebookError, match=f"{key}.0.: needs"):
        book(tmp_path / "a", {"P": provision(when="item.crypto")}, **{key: [{"because": "so"}]})
