"""The traps of the sources that a user brings, on invented files; the true ones where they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.evidence import samples

from licet.assessment.casefile import parse_case
from licet.assessment.evidence import Knowledge, build_index
from licet.assessment.lines import lines_of
from licet.assessment.options import Options
from licet.cli.main import main
from licet.errors import EvidenceError
from licet.evidence import Snapshot
from licet.evidence.brought import BROUGHT, read
from licet.evidence.build import add
from licet.evidence.figures import Change, change
from licet.evidence.sifting import Sifted
from licet.model.dates import Span
from licet.model.listing import NameKind

SHARED = Path(__file__).parents[3] / "shared" / "data" / "test_only"


@cache
def shipped() -> Snapshot:
    return Snapshot.open()


def sifted(source: str, raw: bytes, folder: Path) -> Sifted:
    file = folder / samples.INVENTED[source][0]
    file.write_bytes(raw)
    return read(source, file, shipped().countries)[0]


def refused(source: str, raw: bytes, folder: Path) -> str:
    with pytest.raises(EvidenceError) as caught:
        sifted(source, raw, folder)
    assert samples.INVENTED[source][0] in str(caught.value)
    return str(caught.value)


# Every source


@pytest.mark.parametrize("source", sorted(BROUGHT))
@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: b"<!doctype html>\n<html>Please sign in</html>\n",
    ],
    ids=["empty", "cut off", "another encoding", "a web page"],
)
def test_what_is_no_whole_file_is_refused_by_name(
    source: str, damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    refused(source, damage(samples.INVENTED[source][1]()), tmp_path)


@pytest.mark.parametrize("source", sorted(BROUGHT))
def test_a_mark_at_the_head_of_a_file_changes_nothing(source: str, tmp_path: Path) -> None:
    raw = samples.INVENTED[source][1]()
    assert sifted(source, b"\xef\xbb\xbf" + raw, tmp_path) == sifted(source, raw, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Mexico,", b"Atlantis,", "'Atlantis', which is not a name of a state"),
        (b"Mexico,2023,4.0", b"Mexico,2023,6.0", "PTS_A is 6.0: expected 1 to 5"),
        (b"Mexico,2023", b"Mexico,20230", "Year is 20230"),
        (b"Mexico,2023,4.0", b"Mexico,2023,", "NA_Status_A is 0 beside no score"),
        (b"Mexico,2023,4.0", b"Norway,2022,4.0", "are all of ('Norway', 2022) and differ"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_line_and_its_reason(
    old: bytes, new: bytes, message: str, tmp_path: Path
) -> None:
    raw = samples.pts()
    assert raw.count(old) == 1
    many = b"".join(b"Norway,%d,1.0,1.0,1.0,0,0,0\n" % year for year in range(1960, 2010))
    found = sifted("pts", raw.replace(old, new) + many, tmp_path)
    assert found.read == len(found.rows) + len(found.quarantined) == 57
    assert message in found.quarantined[-1].reason
    assert found.quarantined[-1].line == 5


def test_more_bad_rows_than_the_stated_share_refuse_the_file(tmp_path: Path) -> None:
    said = refused("pts", samples.pts().replace(b"Mexico,", b"Atlantis,"), tmp_path)
    assert "1 of 7 rows cannot be used, more than 5%" in said
    assert "row 5" in said


def test_a_renamed_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    said = refused("pts", samples.pts().replace(b"PTS_H", b"PTS_HRW", 1), tmp_path)
    assert "lacks the column 'PTS_H'; nearest: 'PTS_HRW'" in said


# One trap each


def test_each_kind_of_missing_score_keeps_its_reason_and_none_is_zero(tmp_path: Path) -> None:
    rows = {(r["country_name"], r["year"]): r for r in sifted("pts", samples.pts(), tmp_path).rows}
    norway = rows["Norway", 2023]
    assert (norway["score_A"], norway["score_S"]) == (None, 1)
    assert norway["unknown_A"] != norway["unknown_H"]
    assert rows["Namibia", 2023]["country"] == "NA"
    assert rows["Gaza (Hamas)", 2023]["country"] is None


def test_an_edition_of_two_years_describes_the_later(tmp_path: Path) -> None:
    years = {r["label"]: r["year"] for r in sifted("wjp", samples.wjp_index(), tmp_path).rows}
    assert years == {"2012-2013": 2013, "2017-2018": 2018, "2025": 2025}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"NOR,2025,Norway,1,80.5", b"NOR,2025,Norway,1,8050", "a decimal comma was lost"),
        (b"XKO,2025,Kosovo,4,50.5", b"XKO,2025,Kosovo,4,100.0", "contradicts rank 4"),
        (b"NOR,2002", b"NOR,2011", "none of 2011"),
        (b"NAM,2021", b"MEX,2021", "are two states"),
    ],
)
def test_press_freedom_figures_that_lost_their_meaning_are_not_used(
    old: bytes, new: bytes, message: str, tmp_path: Path
) -> None:
    raw = samples.rsf()
    assert raw.count(old) == 1
    early = b"".join(
        b"NOR,%d,Norway,1,,,,,,\nMEX,%d,Mexico,2,,,,,,\n" % (y, y) for y in range(2003, 2011)
    )
    found = sifted("rsf", raw.replace(old, new) + early, tmp_path)
    assert [message in row.reason for row in found.quarantined] == [True]


def test_of_two_scores_that_contradict_each_other_neither_is_used(tmp_path: Path) -> None:
    raw = samples.rsf().replace(b"Norway,1,80.5,,,,,\nNAM,2025", b"Norway,1,65.5,,,,,\nNAM,2025")
    early = b"".join(b"NOR,%d,Norway,1,,,,,,\n" % y for y in range(2003, 2011))
    many = b"".join(b"MEX,%d,Mexico,2,,,,,,\n" % y for y in range(2003, 2011))
    rest = b"".join(
        b"NAM,%d,Namibia,3,,,,,,\nCIV,%d,x,4,,,,,,\n" % (y, y) for y in range(2003, 2011)
    )
    found = sifted("rsf", raw + early + many + rest, tmp_path)
    assert sorted(row.reason[:22] for row in found.quarantined) == [
        "score 65.5 contradicts",
        "score 70.5 contradicts",
    ]


def test_a_decimal_comma_is_read_and_said(tmp_path: Path) -> None:
    mexico = sifted("rsf", samples.rsf(), tmp_path).rows[-1]
    assert (str(mexico["score"]), mexico["repair"]) == ("45.55", "score: comma for point")


def test_the_scale_of_freedom_on_the_net_follows_its_edition(tmp_path: Path) -> None:
    old = sifted("freedom_on_the_net", samples.fotn(2018), tmp_path)
    new = sifted("freedom_on_the_net", samples.fotn(2025), tmp_path)
    figures = BROUGHT["freedom_on_the_net"].figures
    converted = BROUGHT["freedom_on_the_net"].converted
    assert figures is not None
    assert converted is not None
    names = [next(iter(figures(found.rows[0])))["name"] for found in (old, new)]
    assert names == ["fotn_total_low_is_free", "fotn_total"]
    turned = next(iter(figures(converted(old).rows[0])))
    assert (turned["name"], turned["value"]) == ("fotn_total", 75)
    assert "converted" in turned["series"]


def test_freedom_on_the_net_on_the_wrong_scale_or_mixed_is_refused(tmp_path: Path) -> None:
    wrong = samples.fotn(2018).replace(b"2018", b"2025")
    assert "does not fit the scale of 2025" in refused("freedom_on_the_net", wrong, tmp_path)
    mixed = samples.fotn(2018).replace(b"2018", b"2025", 1)
    assert "mixes the editions 2018, 2025" in refused("freedom_on_the_net", mixed, tmp_path)


def test_an_estimate_outside_its_interval_is_not_used(tmp_path: Path) -> None:
    raw = samples.vdem15().replace(b"NOR,2015,0.5,0.45", b"NOR,2015,0.5,0.51")
    assert "outside its interval" in refused("vdem_intervals", raw, tmp_path)


def test_printed_lists_among_licences_are_set_aside_row_by_row(tmp_path: Path) -> None:
    found = sifted("eu_licences", samples.brokers(), tmp_path)
    assert (found.read, len(found.rows), len(found.quarantined)) == (10, 9, 1)
    assert found.rows[1]["destinations"] == ["IN", "ZA"]


def test_of_a_listed_person_only_what_matching_needs_is_kept(tmp_path: Path) -> None:
    person = sifted("un_sc", samples.un_list(), tmp_path).rows[0]["listing"]
    assert [(n.name, n.kind) for n in person.names] == [
        ("INVENTED PERSONNE", NameKind.PRIMARY),
        ("Inventado Persona", NameKind.ALIAS),
        ("Kolonel", NameKind.WEAK),
    ]
    assert (person.countries, person.listed_from) == (("NA",), date(2012, 12, 31))
    assert not any(word in repr(person) for word in ("1971", "P1234567", "born", "wanted"))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
def test_a_list_that_declares_entities_is_refused_unread(declaration: str, tmp_path: Path) -> None:
    raw = samples.un_list().replace(b"<CONSOLIDATED", declaration.encode() + b"<CONSOLIDATED", 1)
    assert "document type declaration" in refused("un_sc", raw, tmp_path)


def test_one_entry_that_cannot_be_read_refuses_a_list(tmp_path: Path) -> None:
    raw = samples.un_list().replace(b"KPe.002", b"", 1)
    assert "1 of 3 rows cannot be used, and a list with a gap" in refused("un_sc", raw, tmp_path)


def test_a_name_run_into_an_address_is_found_again(tmp_path: Path) -> None:
    entry = sifted("jp_end_users", samples.jp_list(), tmp_path).rows[1]["listing"]
    assert (entry.names[0].name, entry.countries) == ("Fictive Carbon Co., Ltd.", ("CN",))
    assert "run into the address" in entry.citation


def history(folder: Path, **days: bytes) -> Path:
    for day, raw in days.items():
        (folder / f"sdn_{day[1:]}.csv").write_bytes(raw)
    return folder


def test_daily_editions_say_when_a_name_came_and_went(tmp_path: Path) -> None:
    lines = samples.SDN.splitlines(keepends=True)
    more = [line.replace("1001", str(n)) for n, line in ((2000 + i, lines[0]) for i in range(12))]
    before, after = "".join([*more, *lines[:2]]), "".join([*more, *lines[1:]])
    place = history(tmp_path, d20240304=samples.sdn(before), d20240305=samples.sdn(after))
    found = {
        row["listing"].id: row["listing"]
        for row in read("ofac_sdn", place, shipped().countries)[0].rows
    }
    assert found["US-SDN-DAILY:1003"].listed_from == date(2024, 3, 5)
    assert found["US-SDN-DAILY:1001"].listed_to == date(2024, 3, 5)
    assert found["US-SDN-DAILY:1002"].listed_from is None


@pytest.mark.parametrize("last", [b"", samples.sdn(samples.SDN.splitlines(keepends=True)[0])])
def test_an_empty_or_shrunken_last_edition_never_means_all_delisted(
    last: bytes, tmp_path: Path
) -> None:
    place = history(tmp_path, d20240304=samples.sdn(), d20240305=last)
    with pytest.raises(EvidenceError, match=r"sdn_20240305\.csv: .*never"):
        read("ofac_sdn", place, shipped().countries)


# In a snapshot


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shipped snapshot with invented files of four sources."""
    folder = tmp_path_factory.mktemp("brought")
    out = folder / "snapshot"
    many = b"".join(b"Norway,%d,1.0,1.0,1.0,0,0,0\n" % year for year in range(1960, 2010))
    for source, raw, day in (
        ("pts", samples.pts() + many + b"Atlantis,2023,1,1,1,0,0,0\n", "2024-09"),
        ("wjp", samples.wjp_index(), "2025-10"),
        ("rsf", samples.rsf(), "2025-05"),
        ("vdem_intervals", samples.vdem15(), "2025-03"),
        ("un_sc", samples.un_list(), None),
    ):
        file = folder / samples.INVENTED[source][0]
        file.write_bytes(raw)
        begin = Snapshot.open(out) if out.exists() else shipped()
        add(begin, source, file, out, published=Span.read(day) if day else None)
    return Snapshot.open(out)


def test_the_shipped_tables_are_as_they_were(held: Snapshot) -> None:
    held.verify()
    now = {table.name: table for table in held.manifest.tables}
    assert all(now[table.name] == table for table in shipped().manifest.tables)
    assert shipped().figures("NO", date(2025, 6, 1)) == ()


def test_a_state_that_a_source_lacks_is_not_covered(held: Snapshot) -> None:
    figures = {f.source: f for f in held.figures("SA", date(2025, 11, 1))}
    assert (figures["wjp"].value, figures["wjp"].unknown[:11]) == (None, "not covered")


def test_figures_are_those_of_the_day(held: Snapshot) -> None:
    found = {f.name: f for f in held.figures("NO", date(2024, 9, 30))}
    assert (found["pts_amnesty"].year, found["pts_amnesty"].unknown[:4]) == (2022, "2023")
    assert found["rsf_score"].year == 2021
    assert found["rsf_score"].retro_coded


def test_no_comparison_crosses_a_break_or_calls_noise_a_change(held: Snapshot) -> None:
    day = date(2025, 11, 1)
    now = {f.name: f for f in held.figures("NO", day)}
    before = {f.name: f for f in held.figures("NO", day, up_to=2021)}
    assert change(before["rsf_score"], now["rsf_score"]) is Change.NOT_COMPARABLE
    assert change(before["v2x_libdem"], now["v2x_libdem"]) is Change.SAME


def test_what_was_set_aside_is_kept_in_the_snapshot(held: Snapshot) -> None:
    (row,) = held.quarantined("pts")
    assert (row["file"], row["line"]) == ("pts.csv", 59)
    assert "Atlantis" in row["reason"]


def test_figures_are_shown_in_a_determination_and_change_no_count(held: Snapshot) -> None:
    case = Path(__file__).parents[2] / "examples/cases/13-neosoft-bangladesh-2014.yaml"
    parsed = parse_case(case.read_bytes(), "case.yaml")
    day = date(2025, 11, 1)
    fact = "dest.index_publishers_grave"
    readings = []
    for snapshot in (shipped(), held):
        knowledge = Knowledge(snapshot, build_index(snapshot))
        line = lines_of(parsed, knowledge.country)[0]
        readings.append(knowledge.line_facts(parsed, line, day, Options(), {})[fact])
        cautions = [c for c in knowledge.cautions(parsed, day) if c["code"] == "brought_sources"]
    plain, added = readings
    assert (added.value, added.unknown, added.possible) == (
        plain.value,
        plain.unknown,
        plain.possible,
    )
    extra = [source.title for source in added.sources if source not in plain.sources]
    assert extra
    assert all("shown, not counted" in title for title in extra)
    assert any("Political Terror Scale, edition 2024-09" in text for text in cautions[0]["sources"])


def test_a_listed_name_is_found_with_its_list_number_and_day(
    held: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["screen", "Fictive Radio Works", "--country", "KP", "--as-of", "2026-03-05"]
    assert main([*asked, "--snapshot", str(held.folder)]) == 10
    said = capsys.readouterr().out
    assert "FICTIVE RADIO WORKS" in said.upper()
    for part in ("UN-SC since 2012-05-02", "Security Council Consolidated List, KPe.002"):
        assert part in said


# The true files, read in place


TRUE = {
    "eu_licences": ("eu_caat/broker.csv", 1089, 195),
    "freedom_house_status": ("freedomhouse_fiw_status_2000_2023.csv", 5013, 0),
    "freedom_on_the_net": ("freedomhouse_fotn_2018_categories.csv", 65, 0),
    "jp_end_users": ("jp_end_user_lists_202607.json", 835, 0),
    "norway_list2": ("norway_list2_dualuse_2022_en.csv", 3851, 0),
    "ofac_sdn": ("ofac_sdn_history/sdn_20240304.csv.gz", 14426, 0),
    "pts": ("political_terror_scale_2000_2023.csv", 5112, 7),
    "ranking_digital_rights": ("rdr_index_2022_levels.csv", 5320, 0),
    "rsf": ("rsf_press_freedom_2002_2025.csv", 4020, 4),
    "uk_ratings": ("uk_caat/ratings.csv", 317, 0),
    "uk_refusals": ("uk_caat/refusal-criteria.csv", 4464, 0),
    "un_sc": ("un_sc_consolidated.xml", 1003, 0),
    "vdem_intervals": ("vdem_v15_highlevel_ci_2000_2024.csv", 4457, 0),
    "wjp": ("wjp_rule_of_law_2012_2025.csv", 1484, 0),
}


@pytest.mark.shared
@pytest.mark.parametrize("source", sorted(BROUGHT))
def test_the_true_file_is_read_and_its_counts_reconcile(source: str) -> None:
    name, rows, aside = TRUE[source]
    if not (SHARED / name).is_file():
        pytest.skip(f"the shared data is not there: {name}")
    found, _ = read(source, SHARED / name, shipped().countries)
    assert (found.read, len(found.quarantined)) == (rows, aside)


@pytest.mark.shared
def test_the_day_of_the_intellexa_listing_comes_out_of_two_daily_editions() -> None:
    place = SHARED / "ofac_sdn_history"
    if not place.is_dir():
        pytest.skip("the shared data is not there: ofac_sdn_history")
    rows = read("ofac_sdn", place, shipped().countries)[0].rows
    came = [r["listing"] for r in rows if r["listing"].listed_from == date(2024, 3, 5)]
    assert len(came) == 7
    assert sum(r["listing"].listed_to == date(2024, 3, 5) for r in rows) == 1
    assert any("INTELLEXA" in entry.names[0].name for entry in came)
