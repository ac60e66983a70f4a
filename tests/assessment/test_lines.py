"""The lines of a case: each item to each end user, each seeing what was said of it and no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case
from licet.assessment.lines import (
    UNREADABLE,
    WORLDWIDE,
    Deriver,
    Line,
    Stated,
    codes_of,
    end_users,
    line_scope,
    lines_of,
)
from licet.assessment.statements import Mode, weigh_silence
from licet.errors import InputError
from licet.model.case import Case, Party, PartyKind
from licet.model.fact import FactDefinition, Reading, Standing
from licet.model.outcome import strictest_of
from licet.rules.load import default_dictionary, shipped
from tests.dossiers.test_expected import knowledge
from tests.rules.planted import book, provision

EU = frozenset({"DE", "FR", "NL"})
MAKER = {"id": "maker", "name": "Maker", "roles": ["exporter"], "country": ["DE"]}
POLICE = {
    "id": "police",
    "name": "Police",
    "roles": ["end_user"],
    "country": ["KE"],
    "kind": "government_police",
}
ARMY = {
    "id": "army",
    "name": "Army",
    "roles": ["end_user"],
    "country": ["SD"],
    "kind": "government_military",
}
BOX, BAG = {"id": "box", "name": "Box"}, {"id": "bag", "name": "Bag"}


def case(parties: Any = (MAKER, POLICE), items: Any = (BOX,), **more: Any) -> Case:
    return build_case(
        {
            "schema": "licet/case/1",
            "id": "a",
            "kind": "export",
            "dates": {"assessed": "2024-01-01"},
            "parties": list(parties),
            "items": list(items),
            **more,
        },
        "case.yaml",
    )


def lines(of: Case) -> tuple[Line, ...]:
    return lines_of(of, knowledge().country)


def labels(of: Case) -> list[str]:
    return [line.label for line in lines(of)]


def silently(definition: FactDefinition, standing: Standing) -> Reading:
    return weigh_silence(definition, standing, Mode.AUTHORITY)


def weigh_plainly(definition: Any, statements: Any, origin: str) -> Reading:
    return Reading(value=statements[0].value, origin=origin)


def seen(of: Case, index: int = 0) -> dict[str, str]:
    """What was stated as one line sees it: the fact and who said it."""
    stated = Stated(of, default_dictionary(), weigh_plainly, silently)
    return {name: r.origin for name, r in stated.for_line(lines(of)[index]).items()}


def derived(of: Case, index: int = 0) -> dict[str, Reading]:
    return Deriver(of, default_dictionary(), knowledge().country, EU).facts(lines(of)[index], {})


# Which lines a case has ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "users", "expected"),
    [
        ([BOX], [POLICE], ["Box to Police"]),
        ([BOX, BAG], [POLICE], ["Box to Police", "Bag to Police"]),
        ([BOX], [POLICE, ARMY], ["Box to Police", "Box to Army"]),
        (
            [BOX, BAG],
            [POLICE, ARMY],
            ["Box to Police", "Box to Army", "Bag to Police", "Bag to Army"],
        ),
        ([BOX], [], ["Box to (no end user)"]),
    ],
)
def test_every_item_goes_to_every_end_user_where_the_case_states_no_lines(
    items: Any, users: Any, expected: list[str]
) -> None:
    found = case([MAKER, *users], items)
    assert labels(found) == expected
    assert [line.id for line in lines(found)] == [f"line-{i + 1}" for i in range(len(expected))]


def test_stated_lines_are_the_only_lines_in_their_own_order() -> None:
    stated = [{"item": "bag", "end_user": "police"}, {"item": "box", "end_user": "army"}]
    found = case([MAKER, POLICE, ARMY], [BOX, BAG], lines=stated)
    assert labels(found) == ["Bag to Police", "Box to Army"]


def test_stated_lines_may_name_items_and_parties_by_their_place() -> None:
    unnamed = [{k: v for k, v in part.items() if k != "id"} for part in (MAKER, POLICE, BOX)]
    found = case(unnamed[:2], unnamed[2:], lines=[{"item": "item-1", "end_user": "party-2"}])
    assert labels(found) == ["Box to Police"]


def test_a_case_without_items_still_has_a_line() -> None:
    assert labels(case(items=[], kind="vendor_vetting")) == ["(no item) to Police"]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["end_user", "stated_end_user", "buyer", "consignee"], "end_user"),
        (["consignee", "buyer", "stated_end_user"], "stated_end_user"),
        (["consignee", "buyer"], "buyer"),
        (["consignee", "broker"], "consignee"),
        (["broker", "vendor", "intermediate_consignee"], None),
    ],
)
def test_the_nearest_role_stands_in_for_an_end_user_that_is_not_named(
    roles: list[str], expected: str | None
) -> None:
    parties = [{"name": role, "roles": [role]} for role in roles]
    assert [p.name for p in end_users(case(parties))] == ([expected] if expected else [])


def test_an_id_that_a_place_would_be_given_cannot_make_two_items_one() -> None:
    """An item without an id is item-1; another that calls itself item-1 must not replace it."""
    items = [
        {"name": "Spyware", "answers": {"item.surveillance": "yes"}},
        {"id": "item-1", "name": "Cable", "answers": {"item.surveillance": "no"}},
    ]
    try:
        found = case(items=items)
    except InputError:
        return
    assert seen(found, 0)["item.surveillance"] != seen(found, 1)["item.surveillance"]


# Destinations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ([], ()),
        (["KE"], ("KE",)),
        (["ke"], ("KE",)),
        (["Kenya"], ("KE",)),
        (["KE", "UG"], ("KE", "UG")),
        (["KE/UG"], ("KE", "UG")),
        (["KE, UG"], ("KE", "UG")),
        (["KE", "Kenya"], ("KE",)),
        (["worldwide"], (WORLDWIDE,)),
        (["World"], (WORLDWIDE,)),
        (["global", "KE"], (WORLDWIDE, "KE")),
        (["XX"], ("XX",)),
        (["Wakanda"], (UNREADABLE,)),
        (["Korea, Republic of"], ("KR",)),
        (["Congo, The Democratic Republic of the"], ("CD",)),
        (["Virgin Islands, British"], ("VG",)),
        (["Iran, Islamic Republic of"], ("IR",)),
    ],
)
def test_a_partys_countries_are_read_in_any_spelling(country: list[str], expected: Any) -> None:
    party = Party(name="P", roles="end_user", country=country)
    assert codes_of(party, knowledge().country) == expected


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ([MAKER, POLICE], ("KE",)),
        ([MAKER, {**POLICE, "roles": ["consignee"]}], ("KE",)),
        ([MAKER], ()),
        ([MAKER, {**POLICE, "country": ["KE", "UG"]}], ("KE", "UG")),
        ([MAKER, {**ARMY, "roles": ["consignee"]}, POLICE], ("KE",)),
    ],
)
def test_the_destination_is_the_end_users_country(parties: Any, expected: Any) -> None:
    assert lines(case(parties))[0].destinations == expected


@pytest.mark.parametrize(
    ("country", "value", "possible"),
    [
        (["KE"], "KE", None),
        (["KE", "UG"], None, {"KE", "UG"}),
        (["KE", WORLDWIDE], None, {"KE", WORLDWIDE}),
    ],
)
def test_one_country_is_known_and_several_are_a_choice_left_open(
    country: list[str], value: Any, possible: Any
) -> None:
    found = derived(case([MAKER, {**POLICE, "country": country}]))["dest.country"]
    assert found.value == value
    assert found.possible == possible
    assert found.known is (value is not None)


def test_a_country_that_cannot_be_read_leaves_the_destination_open() -> None:
    """ "Kenya and Wakanda" is not Kenya."""
    found = derived(case([MAKER, {**POLICE, "country": ["KE", "Wakanda"]}]))
    assert "dest.country" not in found or not found["dest.country"].known


def test_destination_consignee_and_end_user_are_three_countries() -> None:
    depot = {"name": "Depot", "roles": ["consignee"], "country": ["AE"]}
    found = derived(case([MAKER, depot, POLICE]))
    places = ("exporter.country", "consignee.country", "end_user.country", "dest.country")
    assert [found[name].value for name in places] == ["DE", "AE", "KE", "KE"]


@pytest.mark.parametrize(
    ("sender", "user", "leaves"),
    [
        (["DE"], ["KE"], True),
        (["DE"], ["FR"], False),
        (["US"], ["KE"], False),
        (["US"], ["FR"], False),
        (["DE"], [WORLDWIDE], True),
        (["DE"], ["FR", "KE"], None),
        (["DE", "US"], ["KE"], None),
        ([], ["KE"], None),
        (["DE"], [], None),
    ],
)
def test_an_item_leaves_the_union_only_as_far_as_the_parties_show(
    sender: Any, user: Any, leaves: bool | None
) -> None:
    found = derived(case([{**MAKER, "country": sender}, {**POLICE, "country": user}]))
    reading = found.get("export.leaves_EU_customs_territory")
    assert (reading.value if reading else None) is leaves


# What follows from the kind of a party -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fact", "value"),
    [
        ("government_police", "end_user.government", True),
        ("company", "end_user.government", False),
        ("government_owned_company", "end_user.government", None),
        ("armed_group", "end_user.government", None),
        ("government_police", "end_user.police_or_judicial", True),
        ("government", "end_user.police_or_judicial", None),
        ("company", "end_user.police_or_judicial", False),
        ("government_military", "end_user.armed_or_internal_security_forces", True),
        ("government_police", "end_user.armed_or_internal_security_forces", None),
        ("government_military_intelligence", "end_user.military_intelligence", True),
        ("government_intelligence", "end_user.military_intelligence", None),
        ("government_civil", "end_user.military_intelligence", False),
    ],
)
def test_the_kind_of_an_end_user_settles_what_it_settles_and_no_more(
    kind: str, fact: str, value: bool | None
) -> None:
    found = derived(case([MAKER, {**POLICE, "kind": kind}])).get(fact)
    assert (found.value if found else None) is value


def test_an_end_user_of_unknown_kind_settles_nothing() -> None:
    found = derived(case([MAKER, {**POLICE, "kind": "unknown"}]))
    assert not [name for name in found if name.startswith("end_user.") and name[-7:] != "country"]


@pytest.mark.parametrize("kind", PartyKind)
def test_an_agency_procures_only_where_something_is_bought(kind: PartyKind) -> None:
    parties = [MAKER, {**POLICE, "kind": kind.value, "purpose_of_screening": "the case"}]
    assert derived(case(parties))["agency.procures"].value is False
    bought = derived(case(parties, kind="procurement")).get("agency.procures")
    assert (bought is None) is (kind is PartyKind.UNKNOWN)


# What a line sees ----------------------------------------------------------------------------------


def test_the_nearest_statement_wins_case_then_item_then_end_user() -> None:
    fact = "dest.arms_embargo"
    assert seen(case(answers={fact: "yes"}))[fact] == "case"
    nearer = case([MAKER, {**POLICE, "answers": {fact: "no"}}], answers={fact: "yes"})
    assert seen(nearer)[fact] == "police"
    item = case(
        items=[{**BOX, "answers": {"item.surveillance": "yes"}}],
        answers={"item.surveillance": "no"},
    )
    assert seen(item)["item.surveillance"] == "box"


def test_a_line_sees_its_own_item_and_end_user_and_not_the_others() -> None:
    found = case(
        [
            MAKER,
            {**POLICE, "answers": {"dest.arms_embargo": "no"}},
            {**ARMY, "answers": {"dest.civil_disorder": "yes"}},
        ],
        [{**BOX, "answers": {"item.surveillance": "yes"}}, BAG],
    )
    assert [sorted(seen(found, i)) for i in range(4)] == [
        ["dest.arms_embargo", "item.surveillance"],
        ["dest.civil_disorder", "item.surveillance"],
        ["dest.arms_embargo"],
        ["dest.civil_disorder"],
    ]


def test_a_statement_for_the_whole_case_is_not_stretched_to_an_item_beside_one_that_speaks() -> (
    None
):
    found = case(
        items=[{**BOX, "answers": {"item.in_public_domain": "yes"}}, BAG],
        answers={"item.in_public_domain": "yes", "dest.arms_embargo": "no"},
    )
    assert "item.in_public_domain" in seen(found, 0)
    assert sorted(seen(found, 1)) == ["dest.arms_embargo"]


def test_what_is_said_of_a_party_that_is_no_end_user_is_seen_by_every_line() -> None:
    maker = {**MAKER, "answers": {"vendor.ungp_adherent": "no"}}
    found = case([maker, POLICE, ARMY])
    assert [seen(found, i)["vendor.ungp_adherent"] for i in range(2)] == ["maker", "maker"]


def test_the_scope_of_a_line_holds_every_party_but_the_other_end_users() -> None:
    found = case([MAKER, POLICE, ARMY])
    stated = Stated(found, default_dictionary(), weigh_plainly, silently)
    scope = line_scope(found, lines(found)[1], {}, {}, stated)
    names = {key: [s.name for s in group] for key, group in scope.collections.items()}
    assert names["parties"] == ["maker", "army"]
    assert names["end_users"] == names["role:end_user"] == ["army"]
    assert names["role:exporter"] == ["maker"]
    assert names["items"] == ["box"]


# The whole case ------------------------------------------------------------------------------------


def test_the_case_takes_the_strictest_of_its_lines_and_shows_each() -> None:
    found = assess(
        case([MAKER, POLICE, ARMY], [{**BOX, "category": "intrusion_spyware"}, BAG]),
        knowledge(),
        explain=False,
    )
    for one in found:
        shown = [(b["id"], b["item"], b["end_user"]) for b in one.body["lines"]]
        assert shown == [
            ("line-1", "box", "police"),
            ("line-2", "box", "army"),
            ("line-3", "bag", "police"),
            ("line-4", "bag", "army"),
        ]
        assert one.outcomes == strictest_of([d.result.outcomes for d in one.decisions])


def test_a_category_widens_what_is_asked_of_its_own_item_only() -> None:
    found = case(items=[{**BOX, "category": "intrusion_spyware"}, BAG])
    entries = [derived(found, i).get("item.entries_in_question") for i in range(2)]
    assert entries[0] is not None
    assert "4A005" in entries[0].value
    assert entries[1] is None


def test_the_silence_of_a_file_is_taken_for_no_only_where_the_file_says_so() -> None:
    fact = "tx.odd_route"
    stated = Stated(case(nothing_recorded=[fact]), default_dictionary(), weigh_plainly, silently)
    assert stated.silences[fact].by_silence
    assert Stated(case(), default_dictionary(), weigh_plainly, silently).silences == {}


def test_a_party_sees_the_cases_items_also_in_a_rulebook_that_reads_grades(tmp_path: Path) -> None:
    """A condition on items, applied party by party, must not be open for want of a collection."""
    surveillance = {"some": {"in": "items", "is": "item.surveillance"}}
    when = {"all": ["grade.overall is one of [none_found, elevated, high, severe]", surveillance]}
    planted = book(
        tmp_path / "planted",
        {"P": provision("prohibited", when, scope="party")},
        uses=["risk-method"],
        kind="model",
    )
    item = {**BOX, "answers": {"item.surveillance": "yes"}}
    books = {"planted": planted, "risk-method": shipped()["risk-method"]}
    found = assess(case(items=(item,)), knowledge(), rulebooks=["planted"], books=books)
    answer = next(d for d in found if d.book.id == "planted")
    assert {f.state.value for d in answer.decisions for f in d.result.findings} == {"met"}
