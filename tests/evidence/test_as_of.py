"""What counts as known on a day: nothing published later, unless it says that it is a later edition.

Bounds are worked out here from dates, not read back from the code under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from licet.assessment.casefile import parse_case
from licet.assessment.evidence import Knowledge
from licet.assessment.lines import lines_of
from licet.assessment.options import EvidenceMode, Options
from licet.evidence import AsOfMode, Snapshot
from licet.evidence.asof import Edition
from licet.evidence.build import add
from licet.evidence.facts import SafeguardValue
from licet.evidence.reading import csv_lines
from licet.evidence.sources import freedom_house
from licet.model.dates import Span
from licet.model.fact import Reading, UnknownReason

SCORES = Path("test_only", "freedomhouse_fiw_2013_2025_subscores.csv")
SHARED = Path(__file__).parents[3] / "shared" / "data"

DAYS = [
    date(1999, 6, 1),
    date(2012, 1, 1),
    date(2017, 6, 30),
    date(2021, 11, 4),
    date(2024, 3, 30),
    date(2024, 3, 31),
    date(2024, 12, 30),
    date(2026, 11, 25),
]
STATES = ["SA", "MX", "DE", "HU", "NA", "UA", "US", "SS"]
USERS = ["police", "intelligence", "National Police"]
BOTH = list(AsOfMode)


@cache
def knowledge() -> Knowledge:
    return Knowledge.open()


def snapshot() -> Snapshot:
    return knowledge().snapshot


def states() -> list[str]:
    return sorted(snapshot().countries.codes)


# Figures


@pytest.mark.parametrize("mode", BOTH)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_figure_is_published_by_the_day_or_says_that_it_is_retro_coded(
    day: date, mode: AsOfMode
) -> None:
    for code in states():
        for figure in snapshot().indicators(code, day, mode):
            assert figure.retro_coded is (figure.published.last > day), figure


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_strict_reads_no_figure_of_a_later_edition(day: date) -> None:
    for code in states():
        for figure in snapshot().indicators(code, day, AsOfMode.STRICT):
            assert figure.published.last <= day, figure


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_retro_coded_figure_describes_a_year_that_was_over_and_out_by_the_day(day: date) -> None:
    for code in states():
        for figure in snapshot().indicators(code, day):
            lag = snapshot().manifest.source(figure.source).publication_lag_days
            out = date(figure.year, 12, 31) + timedelta(days=lag)
            assert out <= day if figure.retro_coded else figure.year <= day.year, figure


@pytest.mark.parametrize(
    ("source", "day", "mode", "year"),
    [
        ("vdem", "2001-03-31", "reconstructed", None),
        ("vdem", "2001-04-01", "reconstructed", 2000),
        ("vdem", "2024-03-30", "strict", None),
        ("vdem", "2024-03-30", "reconstructed", 2022),
        ("vdem", "2024-03-31", "strict", 2023),
        ("wgi", "2001-12-31", "reconstructed", None),
        ("wgi", "2002-01-01", "reconstructed", 2000),
        ("wgi", "2024-12-30", "strict", None),
        ("wgi", "2024-12-31", "strict", 2023),
        ("un_treaties", "1965-12-30", "reconstructed", None),
        ("un_treaties", "2022-08-30", "strict", None),
        ("un_treaties", "2022-08-31", "strict", 2013),
    ],
)
def test_a_year_before_the_first_edition_is_unknown(
    source: str, day: str, mode: str, year: int | None
) -> None:
    figures = snapshot().indicators("DE", date.fromisoformat(day), AsOfMode(mode))
    years = {figure.year for figure in figures if figure.source == source}
    assert years == ({year} if year else set())


@pytest.mark.parametrize(
    ("published", "lag", "day", "mode", "year"),
    [
        ("2024-03-10", 0, "2024-03-09", "strict", None),
        ("2024-03-10", 0, "2024-03-10", "strict", 2024),
        ("2024-03", 0, "2024-03-30", "strict", None),
        ("2024-03", 0, "2024-03-31", "strict", 2024),
        ("2024", 0, "2024-12-30", "strict", None),
        ("2024", 0, "2024-12-31", "strict", 2024),
        ("2024-03", 0, "2017-12-31", "reconstructed", 2017),
        ("2024-03", 1, "2017-12-31", "reconstructed", 2016),
        ("2024-03", 366, "2017-06-01", "reconstructed", 2015),
    ],
)
def test_a_partial_date_counts_as_its_last_day(
    published: str, lag: int, day: str, mode: str, year: int | None
) -> None:
    edition = Edition(Span.read(published), lag, 365)
    assert edition.last_year_known(date.fromisoformat(day), AsOfMode(mode)) == year


@pytest.mark.parametrize(
    ("day", "stale"), [("2025-10-02", False), ("2025-10-03", True), ("2023-01-01", False)]
)
def test_a_figure_older_than_its_stated_age_says_that_it_is_stale(day: str, stale: bool) -> None:
    figures = snapshot().indicators("DE", date.fromisoformat(day))
    assert {f.stale for f in figures if f.source == "vdem"} == {stale}


# Safeguards and reported misuse


@pytest.mark.parametrize("mode", BOTH)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_safeguard_is_published_by_the_day_or_says_that_it_is_retro_coded(
    day: date, mode: AsOfMode
) -> None:
    for code in states():
        for reading in snapshot().safeguards(code, USERS, day, mode).values():
            if reading.published is not None:
                late = reading.published.last > day
                assert reading.retro_coded is late, reading
                assert not (late and mode is AsOfMode.STRICT), reading


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_safeguard_describes_the_day_and_not_only_a_time_before_or_after(day: date) -> None:
    for code in states():
        for reading in snapshot().safeguards(code, USERS, day).values():
            if reading.as_of_from is not None:
                assert reading.as_of_from.last <= day, reading
                ended = reading.as_of_to is not None and reading.as_of_to.last < day
                assert not ended or reading.retro_coded, reading


@pytest.mark.parametrize(
    ("mode", "value", "retro"), [("strict", "unknown", False), ("reconstructed", "not_met", True)]
)
def test_only_reconstructing_reads_a_yearly_index_for_a_past_day(
    mode: str, value: str, retro: bool
) -> None:
    reading = snapshot().safeguards("AE", ["police"], date(2017, 6, 30), AsOfMode(mode))["P8"]
    assert (reading.value.value, reading.retro_coded) == (value, retro)


def test_a_state_without_a_row_has_unknown_safeguards_and_not_missing_ones() -> None:
    readings = snapshot().safeguards("NA", ["police"], date(2024, 6, 1)).values()
    assert {r.value for r in readings} == {SafeguardValue.UNKNOWN}
    assert {r.row_id for r in readings} == {None}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_report_of_misuse_is_known_before_it_was_published(day: date) -> None:
    rows = [row for code in states() for row in snapshot().misuse(code, as_of=day)]
    assert all(row.published.last <= day for row in rows)


@pytest.mark.parametrize(
    ("day", "known"), [(date(2016, 7, 31), False), (date(2016, 8, 31), True)], ids=str
)
def test_a_report_is_known_from_the_day_it_came_out(day: date, known: bool) -> None:
    assert bool(snapshot().misuse(vendors=["NSO Group"], as_of=day)) is known


# Lists


@pytest.mark.parametrize(
    ("name", "day", "status"),
    [
        ("NSO Group", "2021-11-03", None),
        ("NSO Group", "2021-11-04", "listed"),
        ("Sandvine", "2024-02-26", None),
        ("Sandvine", "2024-02-27", "listed"),
        ("Sandvine", "2024-10-20", "listed"),
        ("Sandvine", "2024-10-21", None),
        ("Hikvision", "2020-01-01", "undated"),
        ("Hikvision", "2026-07-30", "undated"),
        ("Hikvision", "2026-07-31", "listed"),
    ],
)
def test_an_entry_is_listed_from_its_day_to_the_day_before_its_removal(
    name: str, day: str, status: str | None
) -> None:
    rows = snapshot().listings(date.fromisoformat(day)).to_pylist()
    found = {
        row["status"]
        for row in rows
        if row["list_code"] == "US-EL" and name in [n["name"] for n in row["names"]]
    }
    assert found == ({status} if status else set())


@pytest.mark.parametrize(
    ("day", "covers", "stale"),
    [
        ("2026-07-30", False, False),
        ("2026-07-31", True, False),
        ("2026-08-30", True, False),
        ("2026-08-31", False, True),
    ],
)
def test_absence_means_something_only_from_the_edition_to_the_end_of_its_age(
    day: str, covers: bool, stale: bool
) -> None:
    lists = snapshot().list_coverage(date.fromisoformat(day))
    assert len(lists) == 12
    assert {(one.covers, one.stale) for one in lists} == {(covers, stale)}


# Facts of a case


def line_facts(state: str, day: date, mode: EvidenceMode) -> dict[str, Reading]:
    case = parse_case(
        f"""\
schema: licet/case/1
id: a
kind: export
dates: {{assessed: '{day}'}}
parties:
- {{name: NSO Group, roles: [exporter], country: [IL]}}
- {{name: National Police, roles: [end_user], country: [{state}], kind: government_police}}
items:
- {{name: Box}}
""".encode(),
        "case.yaml",
    )
    (line,) = lines_of(case, knowledge().country)
    return knowledge().line_facts(case, line, day, Options(evidence=mode), {})


def known_too_early(state: str, day: date, mode: EvidenceMode) -> Iterator[tuple[str, Reading]]:
    for name, reading in line_facts(state, day, mode).items():
        late = any(s.published is not None and s.published.last > day for s in reading.sources)
        if reading.known and late:
            yield name, reading


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_known_fact_that_rests_on_a_later_edition_carries_the_caution(
    day: date, state: str
) -> None:
    for name, reading in known_too_early(state, day, EvidenceMode.RECONSTRUCTED):
        assert "retro_coded" in reading.cautions, name


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_strict_knows_no_fact_that_rests_on_a_later_edition(day: date, state: str) -> None:
    assert dict(known_too_early(state, day, EvidenceMode.STRICT)) == {}


def test_reconstructing_knows_what_strict_does_not() -> None:
    day, fact = date(2017, 6, 30), "dest.index_publishers_grave"
    assert not line_facts("SA", day, EvidenceMode.STRICT)[fact].known
    assert line_facts("SA", day, EvidenceMode.RECONSTRUCTED)[fact].cautions == ("retro_coded",)


@pytest.mark.parametrize(
    ("day", "mode", "why"),
    [
        (date(2015, 6, 1), EvidenceMode.STRICT, UnknownReason.NOT_COVERED),
        (date(2015, 6, 1), EvidenceMode.RECONSTRUCTED, UnknownReason.RETRO_CODED),
        (date(2026, 8, 1), EvidenceMode.STRICT, None),
        (date(2028, 6, 1), EvidenceMode.RECONSTRUCTED, UnknownReason.STALE),
    ],
)
def test_the_country_chart_speaks_of_its_own_time(day, mode, why) -> None:
    reading = line_facts("SA", day, mode)["dest.us_chart_columns"]
    assert reading.unknown is why
    assert reading.sources


def test_an_index_that_is_too_old_leaves_the_count_open() -> None:
    reading = line_facts("SA", date(2026, 8, 1), EvidenceMode.RECONSTRUCTED)[
        "dest.index_publishers_grave"
    ]
    assert reading.unknown is UnknownReason.STALE
    assert reading.possible is not None
    assert max(reading.possible) == 2


# Namibia, whose code reads like "not available"


@pytest.mark.parametrize("text", ["NA", "na", " NA ", "Namibia", "Republic of Namibia", "Намибия"])
def test_namibia_is_a_country_and_not_a_missing_value(text: str) -> None:
    assert snapshot().country(text) == "NA"


@pytest.mark.parametrize("table", ["vdem", "wgi", "treaties", "chart", "indicators", "countries"])
def test_namibia_stands_in_the_tables_under_its_code(table: str) -> None:
    arrow = snapshot().table(table)
    column = "code" if table == "countries" else "country"
    assert "NA" in arrow.column(column).to_pylist()


def test_a_cell_that_says_na_is_read_as_text(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("country,value\nNA,null\nNO,nan\n", "utf-8")
    rows = [line.cells for line in csv_lines(file, ("country", "value"))]
    assert rows == [{"country": "NA", "value": "null"}, {"country": "NO", "value": "nan"}]


@pytest.mark.parametrize("code", ["NA", "NO"])
def test_a_case_may_name_namibia_or_norway_by_code(code: str) -> None:
    facts = line_facts(code, date(2024, 6, 1), EvidenceMode.RECONSTRUCTED)
    assert facts["dest.index_publishers_grave"].value == 0


# Freedom House: not shipped, brought by the user


@pytest.fixture(scope="module")
def scores() -> Path:
    path = SHARED / SCORES
    if not path.is_file():
        pytest.skip(f"the shared data is not there: {path.name}")
    return path


@pytest.fixture(scope="module")
def with_scores(scores: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shipped snapshot with the states of the publisher's file; territories are left out."""
    folder = tmp_path_factory.mktemp("freedom-house")
    head, *rows = scores.read_text("utf-8-sig").splitlines(keepends=True)
    states_only = folder / "states.csv"
    states_only.write_text(head + "".join(row for row in rows if ",c," in row), "utf-8")
    add(snapshot(), "freedom_house", states_only, folder / "snapshot")
    return Snapshot.open(folder / "snapshot")


def fiw(held: Snapshot, state: str, day: str, mode: AsOfMode) -> dict[str, tuple[int, int, bool]]:
    return {
        f.name: (f.year, int(f.value), f.retro_coded)
        for f in held.indicators(state, date.fromisoformat(day), mode)
        if f.source == "freedom_house"
    }


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "year", "rights", "total"),
    [
        ("Syria", 2017, -3, -1),
        ("South Sudan", 2023, -3, 1),
        ("China", 2024, -2, 9),
        ("Nagorno-Karabakh", 2023, -3, -3),
        ("Namibia", 2024, 28, 73),
    ],
)
def test_scores_below_zero_are_read_as_they_are(
    scores: Path, name: str, year: int, rights: int, total: int
) -> None:
    rows = freedom_house.read(scores).to_pylist()
    found = {(r["PR"], r["Total"]) for r in rows if (r["country_name"], r["year"]) == (name, year)}
    assert found == {(rights, total)}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("state", "day", "mode", "rights"),
    [
        ("SY", "2018-06-01", "reconstructed", (2017, -3, True)),
        ("SY", "2018-03-30", "reconstructed", (2016, -3, True)),
        ("SY", "2018-06-01", "strict", None),
        ("SY", "2012-06-01", "reconstructed", None),
        ("SY", "2025-03-30", "strict", None),
        ("SY", "2025-03-31", "strict", (2024, -3, False)),
        ("NA", "2020-06-01", "reconstructed", (2019, 31, True)),
    ],
)
def test_freedom_house_is_read_as_of_the_day(
    with_scores: Snapshot, state: str, day: str, mode: str, rights: tuple[int, int, bool] | None
) -> None:
    figures = fiw(with_scores, state, day, AsOfMode(mode))
    assert figures.get("fiw_political_rights") == rights


@pytest.mark.shared
def test_an_added_source_changes_the_digest_and_holds_together(with_scores: Snapshot) -> None:
    assert with_scores.digest != snapshot().digest
    with_scores.verify()
