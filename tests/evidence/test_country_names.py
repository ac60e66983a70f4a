"""Every name that the data sets use is a state, or is named here as none, with its reason."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from licet.evidence import Snapshot
from licet.evidence.countries import name_key

PAIRS = (
    Path(__file__)
    .parents[3]
    .joinpath("shared", "data", "test_only", "dataset_country_name_variants.csv")
)

NOT_STATES = {
    ("PTS", "Crimea"): "a part of Ukraine",
    ("PTS", "European Union"): "is not a state",
    ("PTS", "Gaza (Hamas)"): "a part of Palestine",
    ("PTS", "Israel in Occupied Territories"): "not a state",
    ("PTS", "Israel in pre-1967 borders"): "not a state",
    ("PTS", "Russia-Occupied Areas (Ukraine)"): "not a state",
    ("PTS", "Somaliland"): "a part of Somalia",
    ("VDEM", "Palestine/Gaza"): "one of two parts of Palestine",
    ("VDEM", "Palestine/West Bank"): "one of two parts of Palestine",
    ("VDEM", "Somaliland"): "a part of Somalia",
    ("VDEM", "Zanzibar"): "a part of Tanzania",
}
"""The 11 of the 1,417 pairs that resolve to nothing, and words of the reason given."""

UNKNOWN_TO_RIGOUR = {
    "Burma/Myanmar": "MM",
    "Congo, Dem. Rep.": "CD",
    "Egypt, Arab Rep.": "EG",
    "German Federal Republic": "DE",
    "Iran, Islamic Rep.": "IR",
    "Jersey, Channel Islands": "JE",
    "Korea, Dem. Rep.": "KP",
    "Korea, Rep.": "KR",
    "Lao PDR": "LA",
    "Micronesia (Federated State of)": "FM",
    "Micronesia, Fed. Sts.": "FM",
    "Netherlands Antilles (former)": "AN",
    "Seycheles": "SC",
    "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)": "SX",
    "South Sudan, Republic of": "SS",
    "Venezuela, RB": "VE",
    "Yemen People's Republic": "YD",
    "Yemen, Rep.": "YE",
    "Yugoslavia, Federal Republic of": "CSXX",
    "Yugoslavia, Socialist Federal Republic of": "YUCS",
}
"""Names that the library behind the table does not know, and the code that an override gives."""


@cache
def snapshot() -> Snapshot:
    return Snapshot.open()


@cache
def pairs() -> list[dict[str, str]]:
    if not PAIRS.is_file():
        pytest.skip(f"the shared data is not there: {PAIRS.name}")
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected() -> dict[tuple[str, str], str]:
    """The code of each pair as rigour gives it, brought from three letters to two."""
    two = {row["alpha3"]: code for code, row in snapshot().countries.codes.items()}
    return {
        (row["dataset"], row["name"]): two.get(row["rigour"].upper())
        or UNKNOWN_TO_RIGOUR.get(row["name"], "")
        for row in pairs()
    }


@pytest.mark.shared
def test_all_1417_pairs_are_there() -> None:
    assert len(pairs()) == 1417
    assert len({(row["dataset"], row["name"]) for row in pairs()}) == 1417


@pytest.mark.shared
def test_every_pair_resolves_to_its_code_or_is_one_of_the_misses_named_here() -> None:
    wrong = {
        pair: (code, found)
        for pair, code in expected().items()
        if pair not in NOT_STATES and (found := snapshot().country(pair[1])) != code
    }
    assert wrong == {}


@pytest.mark.shared
def test_the_misses_are_exactly_those_named_here() -> None:
    missed = {
        (row["dataset"], row["name"]) for row in pairs() if snapshot().country(row["name"]) is None
    }
    assert missed == set(NOT_STATES)


@pytest.mark.parametrize(
    ("name", "reason"), [(name, why) for (_, name), why in sorted(NOT_STATES.items())]
)
def test_a_miss_says_why_and_names_no_state(name: str, reason: str) -> None:
    found = snapshot().resolve_country(name)
    assert found.code is None
    assert reason in found.reason


@pytest.mark.parametrize(("name", "code"), UNKNOWN_TO_RIGOUR.items())
def test_an_override_gives_the_code_that_the_library_lacks(name: str, code: str) -> None:
    assert snapshot().country(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Россия", "RU"),
        ("Российская Федерация", "RU"),
        ("Україна", "UA"),
        ("المملكة العربية السعودية", "SA"),
        ("الإمارات العربية المتحدة", "AE"),
        ("中国", "CN"),
        ("日本", "JP"),
        ("대한민국", "KR"),
        ("भारत", "IN"),
        ("Ελλάδα", "GR"),
        ("ישראל", "IL"),
        ("Türkiye", "TR"),
        ("TURKEY", "TR"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Deutschland", "DE"),
        ("Magyarország", "HU"),
        ("España", "ES"),
        ("Holland", "NL"),
        ("Burma", "MM"),
        ("Swaziland", "SZ"),
        ("Macedonia", "MK"),
        ("Kosovo", "XK"),
        ("Bahamas, The", "BS"),
        ("  south   korea ", "KR"),
        ("DPRK", "KP"),
        ("U.A.E.", "AE"),
        ("UK", "GB"),
        ("sa", "SA"),
    ],
)
def test_a_state_is_known_in_other_spellings_and_scripts(name: str, code: str) -> None:
    assert snapshot().country(name) == code


@pytest.mark.parametrize(
    "name", ["Korea", "Virgin Islands", "Worldwide", "Atlantis", "Untied Kingdom", "", "XX", "123"]
)
def test_a_name_that_means_no_one_state_is_not_guessed(name: str) -> None:
    found = snapshot().resolve_country(name)
    assert found.code is None
    assert found.reason


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Côte d’Ivoire", "cote divoire"),
        ("Bahamas, The", "bahamas"),
        ("  THE   Gambia ", "gambia"),
        ("Türkiye", "turkiye"),
        ("Åland Islands", "aland islands"),
        ("Trinidad & Tobago", "trinidad and tobago"),
        ("Guinea-Bissau", "guinea bissau"),
        ("U.S.A.", "usa"),
        ("Россия", "россия"),
        ("भारत", "भारत"),
    ],
)
def test_a_name_is_looked_up_without_case_accents_points_and_article(text: str, key: str) -> None:
    assert name_key(text) == key


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Soviet Union", "SUHH"),
        ("USSR", "SUHH"),
        ("East Germany", "DD"),
        ("Czechoslovakia", "CSHH"),
        ("Zaire", "ZR"),
        ("Serbia and Montenegro", "CSXX"),
    ],
)
def test_a_former_state_keeps_a_code_of_its_own(name: str, code: str) -> None:
    assert snapshot().country(name) == code
    assert snapshot().countries.codes[code]["former"] is True


@pytest.mark.parametrize(
    ("name", "state"), [("Tibet", "CN"), ("Transnistria", "MD"), ("Abkhazia", "GE")]
)
def test_a_part_of_a_state_resolves_to_nothing_and_names_the_state(name: str, state: str) -> None:
    found = snapshot().resolve_country(name)
    assert found.code is None
    assert f"({state})" in found.reason


@pytest.mark.parametrize(
    ("day", "member"), [("2020-01-31", True), ("2020-02-01", False), ("1972-12-31", False)]
)
def test_the_united_kingdom_is_a_member_of_the_union_to_its_last_day(
    day: str, member: bool
) -> None:
    assert ("GB" in snapshot().eu_members(date.fromisoformat(day))) is member
