"""Listings by their day: the same deal with the same party, the day before and the day itself."""

from __future__ import annotations

from typing import Any

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case
from tests.dossiers.test_expected import knowledge

LISTINGS = (
    # provision, name, country, the day, whether it was put on the list on that day or taken off
    ("US-EL-2021", "NSO Group", "IL", "2021-11-04", True),
    ("US-EL-2021", "Candiru", "IL", "2021-11-04", True),
    ("US-EL-2021", "Positive Technologies", "RU", "2021-11-04", True),
    ("US-EL-2023", "Intellexa S.A.", "GR", "2023-07-18", True),
    ("US-EL-2023", "Cytrox AD", "MK", "2023-07-18", True),
    ("US-EL-SAND", "Sandvine", "CA", "2024-02-27", True),
    ("US-EL-SAND", "Sandvine", "CA", "2024-10-21", False),
    ("US-OFAC-INT", "Intellexa S.A.", "GR", "2024-03-05", True),
    ("US-OFAC-INT", "Thalestris Limited", "IE", "2024-03-05", True),
    ("US-OFAC-INT", "Aliada Group Inc.", "VG", "2024-09-16", True),
)


def states(name: str, country: str, day: str, **dates: str) -> dict[str, set[str]]:
    """Each provision's states for a US-origin transfer to a company on a day."""
    raw: dict[str, Any] = {
        "schema": "licet/case/1",
        "id": "listing",
        "kind": "export",
        "dates": {"assessed": day, "export": day, **dates},
        "parties": [
            {"name": "Maker", "kind": "company", "roles": ["exporter"], "country": ["US"]},
            {"name": name, "kind": "company", "roles": ["end_user"], "country": [country]},
        ],
        "items": [{"name": "Server", "category": "general_purpose_computing"}],
    }
    found: dict[str, set[str]] = {}
    for one in assess(
        build_case(raw, "listing"), knowledge(), rulebooks=["us-ear", "us-sanctions"]
    ):
        for decision in one.decisions:
            for finding in decision.result.findings:
                found.setdefault(finding.provision, set()).add(finding.state.value)
    return found


def days_around(day: str) -> tuple[str, str]:
    from datetime import date, timedelta

    return (date.fromisoformat(day) - timedelta(days=1)).isoformat(), day


@pytest.mark.parametrize(("pid", "name", "country", "day", "put_on"), LISTINGS)
def test_a_listing_bites_from_its_day_and_ends_on_its_day(pid, name, country, day, put_on) -> None:
    before, on = days_around(day)
    bites = ["met" in states(name, country, d)[pid] for d in (before, on)]
    assert bites == ([False, True] if put_on else [True, False])


def test_a_contract_made_before_the_listing_does_not_save_an_export_after_it() -> None:
    found = states("NSO Group", "IL", "2021-11-04", contract="2020-01-15", application="2021-10-01")
    assert "met" in found["US-EL-2021"]
