"""A table of past transfers: every row is used or set aside with its reason, none is dropped."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.assessment.evidence import Knowledge
from licet.assessment.hindsight.inventory import (
    Documentation,
    Report,
    Row,
    SetAside,
    read_inventory,
)
from licet.errors import InputError

FIXTURE = Path(__file__).resolve().parents[2] / "examples/hindsight/inventory.csv"
HEAD = "destination,technology,period,disclosed,vendor,origin\n"
KNOWLEDGE = Knowledge.open()


def read(text: str) -> list[Row | SetAside]:
    return list(read_inventory(io.StringIO(text, newline=""), "t.csv", KNOWLEDGE.country))


def fixture() -> dict[int, Row | SetAside]:
    return {row.line: row for row in read(FIXTURE.read_text("utf-8"))}


def test_every_row_of_the_table_comes_out_once() -> None:
    rows = fixture()
    assert list(rows) == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (8, "'Atlantis' is no country"),
        (9, "technology 'Sypware' is not known; nearest: 'spyware'"),
        (10, "period: got 'some time ago'"),
        (11, "neither a period of use nor a year of disclosure"),
        (12, "has 5 cells where the header has 11"),
        (13, "says word for word what line 7 says"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_line_and_reason(line, reason) -> None:
    found = fixture()[line]
    assert isinstance(found, SetAside)
    assert reason in found.reason


def test_several_suppliers_origins_and_periods_are_read() -> None:
    row = fixture()[5]
    assert isinstance(row, Row)
    assert row.vendors == ("Maker One", "Maker Two, Ltd.")
    assert row.origins == ("Israel", "Hungary")
    assert row.first_years == ()
    assert row.periods[0].last == 2021
    assert fixture()[3].first_years == (2015, 2018)


def test_a_supplier_that_is_not_named_is_nobody() -> None:
    row = fixture()[14]
    assert (row.vendors, row.origins, row.disclosure_first) == ((), (), True)


def test_misuse_and_deployment_are_told_apart_by_whom_the_row_names() -> None:
    reports = {line: row.report for line, row in fixture().items() if isinstance(row, Row)}
    assert reports == {
        2: Report.MISUSE,
        3: Report.DEPLOYMENT,
        4: Report.NOT_STATED,
        5: Report.MISUSE,
        7: Report.DEPLOYMENT,
        14: Report.NOT_STATED,
    }


def test_how_documented_a_row_is_comes_from_its_own_columns() -> None:
    found = {line: r.documentation for line, r in fixture().items() if isinstance(r, Row)}
    assert found[2] is Documentation.SEVERAL
    assert found[3] is Documentation.ONE
    assert found[4] is Documentation.LOWER
    assert found[7] is Documentation.NONE


def test_a_table_of_ones_own_needs_few_columns_and_may_say_more() -> None:
    text = (
        "Destination;x,Technology,Year,Report,End user,End user kind\n".replace(";x", "")
        + "Kenya,mobile_interception,2016,misuse,Some agency,government_police\n"
    )
    row = read(text)[0]
    assert isinstance(row, Row)
    assert (row.destination, row.technology, row.report) == ("KE", "mobile_interception", "misuse")
    assert (row.end_user, row.end_user_kind) == ("Some agency", "government_police")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "t.csv: is empty"),
        ("a,b\n", "lacks a column 'country of deployment', 'destination'"),
        ("destination,tecnology,year\n", "lacks a column 'category of technology'"),
        ("destination,technology\n", "'period of use' or 'year of disclosure'"),
        ("destination,country,technology,year\n", "both read as 'destination'"),
        (HEAD + "Kenya,Spyware,2014,2015,A,Israel\nKenya,Spy", "line 3: the last line is cut off"),
        (HEAD + 'Kenya,Spyware,2014,2015,A,"Isr', "is cut off or not CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text, said) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read(text)


def test_a_last_line_without_an_end_is_read_where_it_is_whole() -> None:
    assert len(read(HEAD + "Kenya,Spyware,2014,2015,A,Israel")) == 1


def test_the_wrong_encoding_is_named() -> None:
    raw = io.BytesIO((HEAD + "Côte d'Ivoire,Spyware,2014,2015,A,Israel\n").encode("cp1252"))
    with pytest.raises(InputError, match="is not utf-8 text: name the encoding"):
        list(read_inventory(io.TextIOWrapper(raw, "utf-8", newline=""), "t", KNOWLEDGE.country))


CELLS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["Kenya", "Spyware", "2014", "2014-2016", "NSO; Other", '"', ",", "\n", "?"]
)


@given(st.lists(st.lists(CELLS, min_size=4, max_size=7), max_size=6))
def test_any_cells_give_rows_or_reasons_and_none_is_lost(rows) -> None:
    text = io.StringIO(newline="")
    text.write(HEAD)
    csv.writer(text).writerows(rows)
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    found = read(text.getvalue())
    assert len(found) == len(kept)
    assert all(one.reason for one in found if isinstance(one, SetAside))
