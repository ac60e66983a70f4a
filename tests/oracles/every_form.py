"""One rulebook in which every form of the rule language stands, for the oracles."""

from __future__ import annotations

from typing import Any

from tests.rules.planted import _texts, provision

from licet.rules.build import build
from licet.rules.load import default_dictionary
from licet.rules.rulebook import Rulebook

TURNS_ON_ITSELF = frozenset({"item.works_covertly", "item.surveils_natural_persons"})
"""Facts that are derived from one another: unstated, they stay open although all else is known."""

LISTED = "code,valid_from,valid_to,cite\n"
PLACES = (
    "SY,2011-01-01,2015-06-30,x\nSY,2018-01-01,open,x\nIR,,2020-12-31,x\nRU,2022-02-24,open,x\n"
)
ENTRIES = "4D004,2014-12-31,open,x\n5A001.j,2014-12-31,2021-09-08,x\n"


def _quantified(kind: str, over: str, test: Any) -> dict[str, Any]:
    return {kind: {"in": over, "is": test}}


PROVISIONS: dict[str, dict[str, Any]] = {
    "BAN": provision("prohibited", in_force={"from": "2021-06-03"}),
    "PARTY": provision(
        "refusal_required",
        {"any": ["party.on_sdn", {"all": ["party.debarred", {"ref": "places"}]}]},
        scope="party",
        prevails_over=["FREE"],
    ),
    "ROLES": provision(
        "authorisation_required",
        {"all": ["party.listed", _quantified("some", "items", "item.surveillance")]},
        scope="party(exporter, consignee)",
        in_force={"from": "2019-01-01", "to": "2023-12-31", "anchor": "export"},
    ),
    "ITEMS": provision(
        "conditions",
        {
            "all": [
                _quantified("some", "items", "item.surveillance"),
                _quantified("every", "items", {"not": "item.crypto_for_confidentiality"}),
                _quantified(
                    "every", "end_users", {"none": ["party.on_sdn", "end_user.government"]}
                ),
                {"not": _quantified("some", "role:exporter", "party.debarred")},
            ]
        },
        in_force=[
            {"from": "2010-01-01", "to": "2014-12-31", "anchor": "application"},
            {"from": "2018-01-01"},
        ],
    ),
    "NUMBERS": provision(
        "notify_authority",
        {
            "at_least": {
                "count": 2,
                "of": [
                    "company.employees >= 250",
                    {"all": ["company.employees < 5000", "company.turnover_eur > 1500.5"]},
                    "tx.date <= 2020-02-29",
                    "company.turnover_eur <= 7",
                ],
            }
        },
        in_force={"from": "unknown", "not_later_than": "2016-01-01", "anchor": "contract"},
    ),
    "LISTS": provision(
        "refusal_presumed",
        {
            "any": [
                {"all": ["item.entries_in_question includes any of @entries", {"ref": "places"}]},
                {
                    "all": [
                        "end_user.country is none of @places",
                        "end_user.country is not US",
                        {"ref": "ROLES"},
                    ]
                },
            ]
        },
        in_force={"from": "2009-08-27", "anchor": "decision"},
        for_kinds={"procurement": "exclusion_required", "use": "conditions"},
        prevails_over=["FREE"],
    ),
    "LOOP": provision(
        "exclusion_possible",
        {"all": ["item.works_covertly", {"none": ["item.published", {"ref": "places"}]}]},
    ),
    "GRADED": provision(
        "refusal_required",
        {"all": ["grade.destination is one of [high, severe]", "grade.overall is not high"]},
        prevails_over=["FREE"],
    ),
    "FREE": provision(
        "exempt", {"any": ["item.published", "case.kind is framework"]}, releases=["ITEMS"]
    ),
    "DUTY": provision(
        "duty",
        {"any": [{"ref": "PARTY"}, {"ref": "LISTS"}]},
        in_force={"from": "2009-01-01", "anchor": "contract"},
    ),
}


def every_form() -> Rulebook:
    """The rulebook. ``ROLES`` and ``NUMBERS`` clash with ``FREE``: no order is declared."""
    files: dict[str, Any] = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "every-form",
            "title": "Every form",
            "jurisdiction": "EU",
            "kind": "binding",
            "uses": ["risk-method"],
            "moratoria": ["BAN"],
            "reaches": {"any": ["dest.country is none of @places", "item.surveillance"]},
            "terms": {
                "places": {
                    "says": "the destination is on the list",
                    "when": "dest.country is one of @places",
                }
            },
            "derive": {
                "item.works_covertly": {
                    "any": [
                        "item.surveils_natural_persons",
                        "item.specially_designed_for_surveillance",
                    ]
                },
                "item.surveils_natural_persons": {
                    "any": ["item.works_covertly", {"ref": "places"}, "bio.one_to_many"]
                },
            },
        },
        "lists/places.csv": LISTED + PLACES,
        "lists/entries.csv": LISTED + ENTRIES,
        **{
            f"provisions/{pid}.yaml": _texts({**body, "provision": pid})
            for pid, body in PROVISIONS.items()
        },
    }
    return build(files, "every-form", default_dictionary())
