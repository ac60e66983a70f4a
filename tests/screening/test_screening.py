"""Who is found on the lists, on which day, and what a result says of the search itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from licet.assessment.casefile import parse_case
from licet.assessment.evidence import INDEX_FILE, Knowledge, build_index
from licet.cli.main import main
from licet.errors import InputError, ScreeningError
from licet.model.fact import Reading, UnknownReason
from licet.screening import Basis, Hit, Index, ListedName, ListVersion, Query, Result
from licet.screening.index import REVIEW_LINE
from licet.screening.query import Country, Status

EDITION = date(2026, 7, 31)
COVERED = date(2026, 8, 15)


@cache
def knowledge() -> Knowledge:
    return Knowledge.open()


def screen(name: str, day: date = COVERED, **more: object) -> Result:
    return knowledge().index.screen(Query(name, **more), day=day)  # type: ignore[arg-type]


def found(result: Result) -> set[tuple[str, str]]:
    return {(hit.list_code, hit.matched) for hit in result.hits}


# Who is found


@pytest.mark.parametrize(
    ("name", "code", "matched"),
    [
        ("NSO Group", "US-EL", "NSO Group"),
        ("nso group", "US-EL", "NSO Group"),
        ("NSO Group Ltd.", "US-EL", "NSO Group"),
        ("NSO GROUP TECHNOLOGIES LIMITED", "US-EL", "NSO Group"),
        ("Intellexa", "US-EL", "Intellexa S.A."),
        ("Intellexa S.A.", "US-EL", "Intellexa S.A."),
        ("Intellexa S.A.", "US-SDN", "INTELLEXA S.A."),
        ("INTELLEXA ANONYMI ETAIREIA", "US-EL", "Intellexa S.A."),
        ("Intellexa Ltd", "US-SDN", "INTELLEXA LIMITED"),
        ("Cytrox AD", "US-EL", "Cytrox AD"),
        ("Cytrox Holdings", "US-EL", "Cytrox Holdings Zrt"),
        (
            "Cytrox Holdings Zártkörűen Működő Részvénytársaság",
            "US-SDN",
            "CYTROX HOLDINGS ZARTKORUEN MUKODO RESZVENYTARSASAG",
        ),
        ("Thalestris", "US-SDN", "THALESTRIS LIMITED"),
        ("Aliada Group", "US-SDN", "ALIADA GROUP, INC."),
        ("Saito Tech", "US-EL", "Saito Tech Ltd."),
        ("Grindavik Solutions", "US-EL", "Grindavik Solutions Ltd."),
        ("COSEINC", "US-EL", "COSEINC"),
        ("Positive Technologies AO", "US-EL", "Positive Technologies"),
        ("Hangzhou Hikvision Digital Technology Co Ltd", "US-CMIC", None),
        ("Sandvine Incorporated", "US-EL", "Sandvine"),
    ],
)
def test_a_listed_company_is_found_by_its_names_and_aliases(
    name: str, code: str, matched: str | None
) -> None:
    hits = found(screen(name))
    assert (code, matched) in hits if matched else code in {list_code for list_code, _ in hits}


@pytest.mark.parametrize(
    ("name", "code", "matched"),
    [
        ("Позитив Текнолоджиз", "US-SDN", "POZITIV TEKNOLODZHIZ, AO"),
        ("АО «Позитив Текнолоджиз»", "US-SDN", "POZITIV TEKNOLODZHIZ, AO"),
        ("АО Лаборатория Касперского", "US-EL", "AO Laboratoriya Kasperskogo"),
        ("ООО Цитадель", "US-SDN", "LLC TSITADEL"),
        ("ЗАО «Норси-Транс»", "US-SDN", "CLOSED JOINT STOCK COMPANY NORSI TRANS"),
        ("ООО Синезис", "US-SDN", "SINEZIS OOO"),
        ("Алмаз-Антей", "US-EL", "Almaz-Antey"),
        ("Ιντελλέξα Α.Ε.", "US-EL", "Intellexa S.A."),
        ("Intellexa Ανώνυμη Εταιρεία", "US-SDN", "INTELLEXA S.A."),
        ("天仪绿森保公司", "US-SDN", "TIAN YI LU SEN BAO GONG SI"),
    ],
)
def test_a_listed_company_is_found_in_another_script(name: str, code: str, matched: str) -> None:
    result = screen(name)
    assert (code, matched) in found(result)
    assert any("transliterated" in why for hit in result.hits for why in hit.reasons)


@pytest.mark.parametrize(
    ("name", "code", "matched"),
    [
        ("Intelexa S.A.", "US-EL", "Intellexa S.A."),
        ("Intellexxa", "US-SDN", "INTELLEXA S.A."),
        ("Intellex Ltd", "US-EL", "Intellexa Limited"),
        ("Cytroxx AD", "US-SDN", "CYTROX AD"),
        ("Candirou", "US-EL", "Candiru"),
        ("Thalestriss", "US-SDN", "THALESTRIS LIMITED"),
        ("Hikvison", "US-EL", "Hikvision"),
        ("Dahua Tecnology", "US-EL", "Dahua Technology"),
        ("Positive Technology", "US-EL", "Positive Technologies"),
        ("Sandvne Incorporated", "US-EL", "Sandvine"),
        ("Sand vine", "US-EL", "Sandvine"),
        ("Позитив Технолоджис", "US-SDN", "AKTSIONERNOE OBSHCHESTVO POZITIV TEKNOLODZHIZ"),
    ],
)
def test_a_misspelt_name_is_put_before_a_reviewer(name: str, code: str, matched: str) -> None:
    hits = [h for h in screen(name).hits if (h.list_code, h.matched) == (code, matched)]
    assert hits
    assert all(hit.score >= REVIEW_LINE for hit in hits)


@pytest.mark.parametrize("name", ["Intelexa S.A.", "Candirou", "Hikvison", "Positive Technology"])
def test_a_misspelt_name_is_never_an_exact_one(name: str) -> None:
    hits = screen(name, countries=("GR", "IL", "CN", "RU")).hits
    assert {hit.basis for hit in hits} == {Basis.FUZZY}
    assert max(hit.score for hit in hits) < 1000


@pytest.mark.parametrize(
    "name",
    [
        "Siemens AG",
        "Nokia Oyj",
        "Toyota Motor Corporation",
        "Nestlé S.A.",
        "Ericsson AB",
        "Carrefour SA",
        "Green Valley Bakery Ltd",
        "Smith & Sons Ltd",
        "Blue Ocean Logistics GmbH",
        "Müller Maschinenbau GmbH",
        "NTT Group",
        "Citrix Systems",
        "Intelex Technologies",
        "Negative Technologies",
        "Hamas Bakery",
    ],
)
def test_an_innocent_company_is_not_put_before_a_reviewer(name: str) -> None:
    assert screen(name).hits == ()


def test_an_alias_of_the_party_is_searched_too() -> None:
    result = screen("Acme", aliases=("Kandahar Foods", "Candiru"))
    assert [(hit.searched, hit.matched) for hit in result.hits] == [("Candiru", "Candiru")]


# When


@pytest.mark.parametrize(
    ("name", "code", "day", "status"),
    [
        ("Sandvine", "US-EL", "2024-02-26", Status.NOT_YET_LISTED),
        ("Sandvine", "US-EL", "2024-02-27", Status.LISTED),
        ("Sandvine", "US-EL", "2024-06-01", Status.LISTED),
        ("Sandvine", "US-EL", "2024-10-20", Status.LISTED),
        ("Sandvine", "US-EL", "2024-10-21", Status.REMOVED),
        ("Sandvine", "US-EL", "2026-08-15", Status.REMOVED),
        ("NSO Group", "US-EL", "2021-11-03", Status.NOT_YET_LISTED),
        ("NSO Group", "US-EL", "2021-11-04", Status.LISTED),
        ("Intellexa", "US-EL", "2023-07-17", Status.NOT_YET_LISTED),
        ("Intellexa", "US-EL", "2023-07-18", Status.LISTED),
        ("Intellexa", "US-SDN", "2024-03-04", Status.NOT_YET_LISTED),
        ("Intellexa", "US-SDN", "2024-03-05", Status.LISTED),
        ("Hikvision", "US-EL", "2019-01-01", Status.UNDATED),
        ("Hikvision", "US-EL", "2026-07-30", Status.UNDATED),
        ("Hikvision", "US-EL", "2026-07-31", Status.LISTED),
    ],
)
def test_a_hit_says_whether_it_was_listed_on_the_day(
    name: str, code: str, day: str, status: Status
) -> None:
    hits = screen(name, date.fromisoformat(day)).hits
    assert {hit.status for hit in hits if hit.list_code == code} == {status}


@pytest.mark.parametrize(
    ("day", "stale", "not_covered"),
    [
        ("2026-07-30", 0, 12),
        ("2026-07-31", 0, 0),
        ("2026-08-30", 0, 0),
        ("2026-08-31", 12, 0),
    ],
)
def test_a_result_says_which_lists_are_too_old_or_too_new(
    day: str, stale: int, not_covered: int
) -> None:
    result = screen("Siemens AG", date.fromisoformat(day))
    assert (len(result.stale), len(result.not_covered)) == (stale, not_covered)


def test_a_result_carries_the_version_of_every_list_searched() -> None:
    searched = screen("Siemens AG").searched
    assert len(searched) == 12
    assert {"US-EL", "US-SDN", "US-UVL", "US-MEU"} <= {version.code for version in searched}
    assert {version.published for version in searched} == {EDITION}


def test_a_hit_carries_what_was_searched_what_matched_and_where_it_is_cited() -> None:
    (hit,) = screen("nso group", countries=("IL",)).hits
    assert (hit.searched, hit.matched, hit.list_code) == ("nso group", "NSO Group", "US-EL")
    assert (hit.basis, hit.country) == (Basis.EXACT_NAME_COUNTRY_AGREES, Country.AGREES)
    assert (hit.listed_from, hit.listed_to, hit.rule) == (date(2021, 11, 4), None, "US-EL-2021")
    assert "86 FR 60760" in hit.citation
    assert hit.reasons


@pytest.mark.parametrize(
    ("countries", "country", "basis"),
    [
        (("IL",), Country.AGREES, Basis.EXACT_NAME_COUNTRY_AGREES),
        (("FR", "IL"), Country.AGREES, Basis.EXACT_NAME_COUNTRY_AGREES),
        (("FR",), Country.CONTRADICTS, Basis.EXACT_NAME),
        ((), Country.ABSENT, Basis.EXACT_NAME),
    ],
)
def test_a_country_that_contradicts_is_not_one_that_is_absent(
    countries: tuple[str, ...], country: Country, basis: Basis
) -> None:
    (hit,) = screen("NSO Group", countries=countries).hits
    assert (hit.country, hit.basis) == (country, basis)


# Facts of a case


def listed(name: str, country: str, day: str, kind: str = "company") -> Reading:
    case = parse_case(
        f"""\
schema: licet/case/1
id: a
kind: export
dates: {{assessed: '{day}'}}
parties:
- {{name: '{name}', roles: [exporter], country: [{country}], kind: {kind}}}
items:
- {{name: Box}}
""".encode(),
        "case.yaml",
    )
    screened = knowledge().screen(case, date.fromisoformat(day))
    return screened.facts["party-1"]["party.on_entity_list"]


@pytest.mark.parametrize(
    ("name", "country", "day", "expected"),
    [
        ("Siemens AG", "DE", "2026-08-15", False),
        ("Siemens AG", "DE", "2026-07-30", UnknownReason.NOT_COVERED),
        ("Siemens AG", "DE", "2026-08-31", UnknownReason.STALE),
        ("NSO Group", "IL", "2021-11-03", UnknownReason.NOT_COVERED),
        ("NSO Group", "IL", "2021-11-04", True),
        ("NSO Group", "IL", "2026-08-31", True),
        ("NSO Group", "FR", "2026-08-15", UnknownReason.UNREVIEWED_HIT),
        ("Intelexa S.A.", "GR", "2026-08-15", UnknownReason.UNREVIEWED_HIT),
        ("Hikvision", "CN", "2020-01-01", UnknownReason.UNDATED),
        ("Hikvision", "CN", "2026-08-15", True),
        ("Sandvine", "CA", "2024-02-26", UnknownReason.NOT_COVERED),
        ("Sandvine", "CA", "2024-06-01", True),
        ("Sandvine", "CA", "2024-10-21", UnknownReason.NOT_COVERED),
        ("Sandvine", "CA", "2026-08-15", False),
    ],
)
def test_a_hit_becomes_a_fact_only_where_name_country_and_day_agree(
    name: str, country: str, day: str, expected: bool | UnknownReason
) -> None:
    reading = listed(name, country, day)
    assert (reading.value if reading.known else reading.unknown) == expected


def test_a_party_found_listed_is_marked_as_not_reviewed() -> None:
    assert listed("NSO Group", "IL", "2026-08-15").cautions == ("unreviewed",)


# Natural persons


@pytest.mark.parametrize(
    ("role", "purpose"), [("", ""), ("broker", ""), ("", "case 12"), (" ", " ")]
)
def test_a_natural_person_is_not_looked_up_without_role_and_purpose(
    role: str, purpose: str
) -> None:
    with pytest.raises(InputError, match="state the role in the case and the purpose"):
        screen("Tal Jonathan Dilian", person=True, role=role, purpose=purpose)


def test_a_natural_person_in_a_role_and_with_a_purpose_is_found() -> None:
    result = screen("Tal Jonathan Dilian", person=True, role="broker", purpose="case 12")
    assert found(result) == {("US-SDN", "DILIAN, Tal Jonathan")}


@pytest.mark.parametrize("name", ["", "   ", "—", "!!!", "ع", "א"])
def test_a_party_without_a_name_that_can_be_compared_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"give (its|the) name"):
        screen(name)


@pytest.mark.parametrize(
    ("name", "code", "matched"),
    [
        ("حماس", "US-SDN", "HAMAS"),
        ("حزب الله", "US-SDN", "HIZBALLAH"),
        ("N.S.O. Group", "US-EL", "NSO Group"),
        ("NSO Technologies", "US-EL", "NSO Group"),
        ("Intellexa Group", "US-SDN", "INTELLEXA S.A."),
        ("Gelro Impex", "US-SDN", "GELRO IMPEX S.R.L."),
    ],
)
def test_a_name_in_another_script_form_or_house_style_is_shown_to_a_reviewer(
    name: str, code: str, matched: str
) -> None:
    assert (code, matched) in found(screen(name))


@pytest.mark.parametrize("name", ["Tal Dilian", "Dilian Tal"])
def test_a_person_is_found_without_the_middle_name(name: str) -> None:
    result = screen(name, person=True, role="broker", purpose="case 12")
    assert ("US-SDN", "DILIAN, Tal Jonathan") in found(result)


def test_a_joined_spelling_is_near_and_never_the_same_name() -> None:
    (hit,) = [h for h in screen("Sand vine", day=date(2024, 6, 1)).hits if h.list_code == "US-EL"]
    assert hit.basis is Basis.FUZZY


# The command line


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["screen", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["NSO Group", "--as-of", "2026-08-15"], 10),
        (["Siemens AG", "--as-of", "2026-08-15"], 0),
        (["Siemens AG", "--as-of", "2026-07-30"], 10),
        (["Siemens AG", "--as-of", "2026-08-31"], 10),
    ],
)
def test_the_command_leaves_with_10_where_somebody_must_look(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert run(capsys, *words)[0] == code


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-07-30", "not covered: these lists are of a later day"),
        ("2026-08-31", "stale: these lists are older than their stated age"),
    ],
)
def test_nothing_found_on_a_list_that_does_not_cover_the_day_says_so(
    capsys: pytest.CaptureFixture[str], day: str, says: str
) -> None:
    assert says in run(capsys, "Siemens AG", "--as-of", day)[1]


def test_the_command_refuses_a_person_without_a_purpose(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, "Jane Doe", "--person", "--role", "broker")
    assert (code != 0, out) == (True, "")
    assert "purpose" in err


def test_the_command_prints_the_matched_name_and_the_edition_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["Intellexa S.A.", "--country", "Greece", "--as-of", "2024-03-05", "--json"]
    body = json.loads(run(capsys, *words)[1])
    hit = next(hit for hit in body["hits"] if hit["matched"] == "INTELLEXA S.A.")
    assert (hit["list"], hit["status"], hit["country"]) == ("US-SDN", "listed", "agrees")
    assert {"list": "US-SDN", "published": "2026-07-31"} in body["searched"]


def test_the_command_refuses_a_country_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "NSO Group", "--country", "Atlantis")
    assert (code, out, "Atlantis" in err) == (2, "", True)


# The index itself


ROW = ListedName(
    "L:1", "Acme Spying Ltd", "primary", "L", "entity", ("IL",), None, None, (), "", ""
)
VERSION = ListVersion("L", "A list", date(2024, 1, 1), 30)


def acme(index: Index, day: date = date(2024, 1, 2)) -> tuple[Hit, ...]:
    return index.screen(Query("ACME Spying Limited"), day=day).hits


@pytest.mark.parametrize(("rows", "versions"), [([], [VERSION]), ([ROW], []), ([], [])])
def test_an_empty_index_is_refused(rows: list[ListedName], versions: list[ListVersion]) -> None:
    with pytest.raises(ScreeningError, match="the screening index is empty"):
        Index.build(rows, versions)


def test_a_list_of_names_without_a_letter_is_refused_as_empty() -> None:
    with pytest.raises(ScreeningError, match="the screening index is empty"):
        Index.build([replace(ROW, name="—")], [VERSION])


@pytest.mark.parametrize(
    ("first", "last", "day", "status"),
    [
        (None, None, "2023-12-31", "undated"),
        (None, None, "2024-01-01", "listed"),
        (None, "2024-01-10", "2024-01-10", "removed"),
        ("2020-05-01", None, "2020-04-30", "not_yet_listed"),
        ("2020-05-01", None, "2020-05-01", "listed"),
        ("2020-05-01", "2021-05-01", "2021-04-30", "listed"),
        ("2020-05-01", "2021-05-01", "2021-05-01", "removed"),
    ],
)
def test_an_entry_holds_from_its_first_day_to_the_day_before_its_removal(
    first: str | None, last: str | None, day: str, status: str
) -> None:
    row = replace(
        ROW,
        listed_from=date.fromisoformat(first) if first else None,
        listed_to=date.fromisoformat(last) if last else None,
    )
    hits = acme(Index.build([row], [VERSION]), date.fromisoformat(day))
    assert [hit.status.value for hit in hits] == [status]


@pytest.mark.parametrize(
    ("kind", "basis"), [("primary", "exact_name"), ("alias", "exact_name"), ("weak", "weak_alias")]
)
def test_a_weak_alias_is_never_an_exact_name(kind: str, basis: str) -> None:
    hits = acme(Index.build([replace(ROW, kind=kind)], [VERSION]))
    assert [hit.basis.value for hit in hits] == [basis]


def test_an_index_read_back_finds_the_same(tmp_path: Path) -> None:
    index = Index.build([ROW], [VERSION], "sha256:made")
    index.save(tmp_path / "names.index")
    again = Index.load(tmp_path / "names.index")
    assert (again.versions, again.made_from, len(again)) == (index.versions, "sha256:made", 1)
    assert acme(again) == acme(index) != ()


def test_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Index.build([ROW], [VERSION]).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def without_its_last_line(raw: bytes) -> bytes:
    return gzip.compress(b"\n".join(gzip.decompress(raw).split(b"\n")[:-1]))


@pytest.mark.parametrize(
    "damage",
    [lambda raw: b"", lambda raw: b"not an index", lambda raw: raw[:-20], without_its_last_line],
    ids=["empty", "text", "cut off", "a line short"],
)
def test_an_index_that_is_not_whole_is_refused_by_name(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "names.index"
    Index.build([ROW], [VERSION]).save(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ScreeningError, match=r"names\.index: is not a whole screening index"):
        Index.load(file)


def test_the_shipped_index_is_the_one_that_the_shipped_lists_give_today(tmp_path: Path) -> None:
    build_index(knowledge().snapshot).save(tmp_path / INDEX_FILE)
    shipped = knowledge().snapshot.folder / INDEX_FILE
    fresh = tmp_path / INDEX_FILE
    assert gzip.decompress(shipped.read_bytes()) == gzip.decompress(fresh.read_bytes())
