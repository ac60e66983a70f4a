"""Many deals in one spreadsheet: what is filled in is what is assessed, and a fault has a place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from licet.assessment import workbook
from licet.assessment.workbook import SHEET, columns, read_workbook, write_template
from licet.errors import InputError
from licet.model.case import Case, Kind, PartyKind
from licet.model.fact import UnknownReason

DEAL: dict[str, Any] = {
    "id": "deal-1",
    "kind": "export",
    "assessed": "2024-01-01",
    "item": "Box",
    "end user": "Harbour Police",
    "end user country": "KE",
}
Change = Callable[[Workbook, Any], None]


def filled(folder: Path, *deals: dict[str, Any], change: Change | None = None) -> Path:
    """The template with one row a deal, and perhaps one thing more done to it."""
    path = folder / "deals.xlsx"
    write_template(path)
    book = load_workbook(path)
    sheet = book[SHEET]
    for number, deal in enumerate(deals, 2):
        for column, value in deal.items():
            sheet.cell(number, columns().index(column) + 1, value)
    if change:
        change(book, sheet)
    book.save(path)
    return path


def cases(path: Path) -> list[Case]:
    """The rows of a workbook that has no fault."""
    rows = [row for _, row in read_workbook(path)]
    assert all(isinstance(row, Case) for row in rows), rows
    return [row for row in rows if isinstance(row, Case)]


def case(folder: Path, **deal: Any) -> Case:
    (found,) = cases(filled(folder, {**DEAL, **{k.replace("_", " "): v for k, v in deal.items()}}))
    return found


def words(path: Path) -> str:
    """What is said of a workbook, or of its rows, that cannot be used."""
    try:
        return "\n".join(str(row) for _, row in read_workbook(path) if isinstance(row, InputError))
    except InputError as error:
        return str(error)


# What is filled in ---------------------------------------------------------------------------------


def test_a_filled_row_becomes_the_case_it_describes(tmp_path: Path) -> None:
    found = case(
        tmp_path,
        title="A box",
        exporter="Box Works",
        exporter_country="DE",
        consignee="Depot",
        consignee_country="AE",
        end_user_kind="government_police",
        category="mobile_interception",
        quantity=3,
        value="12,5",
        end_use="To find phones",
    )
    assert (found.id, found.title, found.kind, str(found.dates.assessed)) == (
        "deal-1",
        "A box",
        Kind.EXPORT,
        "2024-01-01",
    )
    assert [(p.name, p.roles[0].value, p.country) for p in found.parties] == [
        ("Box Works", "exporter", ("DE",)),
        ("Depot", "consignee", ("AE",)),
        ("Harbour Police", "end_user", ("KE",)),
    ]
    assert found.parties[2].kind is PartyKind.GOVERNMENT_POLICE
    item = found.items[0]
    assert (item.name, item.category, item.quantity) == ("Box", "mobile_interception", "3")
    assert (item.value, found.end_use) == ("12,5", "To find phones")


@pytest.mark.parametrize(
    ("cell", "value", "unknown"),
    [
        ("yes", "yes", None),
        ("no", "no", None),
        ("unknown", None, UnknownReason.ASKED),
    ],
)
def test_an_answer_in_a_cell_is_the_applicants_own_word(
    cell: str, value: str | None, unknown: UnknownReason | None, tmp_path: Path
) -> None:
    (stated,) = case(tmp_path, **{"item.surveillance": cell}).answers["item.surveillance"]
    assert (stated.value, stated.unknown) == (value, unknown)
    assert stated.standing.value == "self_declared"


def test_an_empty_cell_answers_nothing(tmp_path: Path) -> None:
    found = case(tmp_path)
    assert found.answers == {}
    assert found.nothing_recorded == ()


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2024-05-06", "2024-05-06"),
        ("2024-05", "2024-05"),
        (2024, "2024"),
        (2024.0, "2024"),
        (date(2024, 5, 6), "2024-05-06"),
        (datetime(2024, 5, 6, 7, 8), "2024-05-06"),  # noqa: DTZ001 - a sheet has no time zone
    ],
)
def test_a_day_is_read_from_text_number_and_date_cells(
    cell: Any, read: str, tmp_path: Path
) -> None:
    assert str(case(tmp_path, assessed=cell).dates.assessed) == read


@pytest.mark.parametrize(("cell", "read"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), ("007", "007")])
def test_a_number_is_kept_as_it_was_written(cell: Any, read: str, tmp_path: Path) -> None:
    assert case(tmp_path, quantity=cell).items[0].quantity == read


def test_every_row_keeps_its_number_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = filled(tmp_path, DEAL, {}, {**DEAL, "id": "deal-2"}, {})
    assert [(n, c.id) for n, c in read_workbook(path) if isinstance(c, Case)] == [
        (2, "deal-1"),
        (4, "deal-2"),
    ]


def test_a_faulty_row_does_not_hide_the_others(tmp_path: Path) -> None:
    rows = read_workbook(filled(tmp_path, {**DEAL, "kind": "gift"}, {**DEAL, "id": "deal-2"}))
    assert [type(row) for _, row in rows] == [InputError, Case]


def test_columns_may_be_left_out_and_stand_in_any_order(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet.append(list(reversed(DEAL)))
    sheet.append(list(reversed(DEAL.values())))
    book.save(tmp_path / "own.xlsx")
    assert cases(tmp_path / "own.xlsx") == cases(filled(tmp_path, DEAL))


def test_the_template_is_the_same_bytes_inside_each_time_and_asks_every_fact_in_words() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_template(first)
    write_template(second)
    parts = [{n: z.read(n) for n in z.namelist()} for z in map(zipfile.ZipFile, (first, second))]
    assert parts[0] == parts[1]
    assert load_workbook(first).properties.modified == datetime(2026, 1, 1)  # noqa: DTZ001
    questions = load_workbook(first)["Questions"]
    asked = {row[0]: row[1] for row in questions.iter_rows(min_row=2, values_only=True)}
    assert set(asked) == {name for name in columns() if "." in name}
    assert all(asked.values())


# Faults of a row -----------------------------------------------------------------------------------

ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a formula": ({"item": "=1+1"}, "item", "formula"),
    "a formula beside an answer": (
        {"item.surveillance": "=IF(1,2)"},
        "item.surveillance",
        "formula",
    ),
    "an unknown kind": ({"kind": "exprot"}, "kind", "nearest: 'export'"),
    "an unknown category": ({"category": "spyware"}, "category", "choose one of"),
    "an unknown kind of end user": ({"end user kind": "police"}, "end user kind", "choose one of"),
    "a wrong answer": ({"item.surveillance": "maybe"}, "item.surveillance", "yes, no, unknown"),
    "a tick for an answer": ({"item.surveillance": True}, "item.surveillance", "yes, no, unknown"),
    "a wrong code": ({"safeguard.P1": "fulfilled"}, "safeguard.P1", "choose one of"),
    "no id": ({"id": None}, "id", "is empty"),
    "no end user": ({"end user": "  "}, "end user", "is empty"),
    "no day": ({"assessed": None}, "assessed", "is empty"),
    "too long a text": ({"item": "x" * 5_001}, "item", "5001 characters"),
    "a day first": ({"assessed": "01.02.2024"}, "assessed", "YYYY-MM-DD"),
    "no such day": ({"assessed": "2024-02-30"}, "assessed", "calendar"),
    "an id with spaces": ({"id": "a b"}, "id", "letters, digits"),
    "markup for a country": ({"end user country": "<b>"}, "country", "got '<b>'"),
    "forged letters": ({"end user": "Pоlice"}, "name", "mixes scripts"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_fault_of_a_row_is_told_with_its_row_its_column_and_what_to_do(
    name: str, tmp_path: Path
) -> None:
    change, column, remedy = ROWS[name]
    said = words(filled(tmp_path, {**DEAL, "id": "good"}, {**DEAL, **change}))
    assert f"{SHEET} row 3" in said
    assert "row 2" not in said
    assert column in said
    assert remedy in said


def test_all_faults_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    said = words(filled(tmp_path, {"kind": "gift", "item": "=A1"}))
    assert len(said.split("\n")) == 6


def test_an_array_formula_is_a_formula(tmp_path: Path) -> None:
    def change(book: Workbook, sheet: Any) -> None:
        place = f"{sheet.cell(2, columns().index('item') + 1).coordinate}"
        sheet[place] = ArrayFormula(f"{place}:{place}", "=A1")

    said = words(filled(tmp_path, DEAL, change=change))
    assert f"{SHEET} row 2, item" in said
    assert "formula" in said


def test_an_error_in_a_cell_is_no_name(tmp_path: Path) -> None:
    def change(book: Workbook, sheet: Any) -> None:
        sheet.cell(2, columns().index("end user") + 1).value = "#REF!"
        sheet.cell(2, columns().index("end user") + 1).data_type = "e"

    assert f"{SHEET} row 2, end user" in words(filled(tmp_path, DEAL, change=change))


def test_an_id_that_stands_twice_is_a_fault_that_names_both_rows(tmp_path: Path) -> None:
    """Two cases of one id would be kept under one name, and the later would replace the earlier."""
    said = words(filled(tmp_path, DEAL, {**DEAL, "id": "deal-2"}, DEAL))
    assert "deal-1" in said
    assert "row 2" in said
    assert "row 4" in said


# Faults of a workbook ------------------------------------------------------------------------------


def rename(book: Workbook, sheet: Any) -> None:
    sheet.title = "Sheet1"


def replace_by_chart(book: Workbook, sheet: Any) -> None:
    book.remove(sheet)
    book.create_chartsheet(SHEET)


def drop_header(book: Workbook, sheet: Any) -> None:
    sheet.delete_rows(1)


def drop_id(book: Workbook, sheet: Any) -> None:
    sheet.delete_cols(1)


def misspell(book: Workbook, sheet: Any) -> None:
    sheet.cell(1, len(columns()) + 1).value = "end usr"


def double_column(book: Workbook, sheet: Any) -> None:
    sheet.cell(1, len(columns()) + 1).value = "end user country"
    sheet.cell(2, len(columns()) + 1).value = "DE"


def value_without_column(book: Workbook, sheet: Any) -> None:
    sheet.cell(2, len(columns()) + 3).value = "this is spyware"


def far_row(book: Workbook, sheet: Any) -> None:
    sheet.cell(workbook.MAX_ROWS + 1, 1).value = "deal-9"


BOOKS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "another sheet": (rename, ("no sheet 'Deals'", "licet template")),
    "a chart for a sheet": (replace_by_chart, ("is not a readable workbook",)),
    "no header": (drop_header, ("column 1", "'deal-1' is not a known column")),
    "no id column": (drop_id, ("header", "lacks the column 'id'")),
    "an unknown column": (misspell, (f"column {len(columns()) + 1}", "nearest: 'end user'")),
    "a column twice": (double_column, ("end user country", f"column {len(columns()) + 1}")),
    "a value under no column": (value_without_column, ("row 2", f"column {len(columns()) + 3}")),
    "too many rows": (far_row, (f"row {workbook.MAX_ROWS + 1}", f"at most {workbook.MAX_ROWS}")),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_fault_of_the_workbook_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    change, parts = BOOKS[name]
    path = filled(tmp_path, DEAL, change=change)
    said = words(path)
    assert str(path) in said
    assert all(part in said for part in parts), said


def test_a_workbook_without_a_deal_says_so(tmp_path: Path) -> None:
    assert "holds no deal" in words(filled(tmp_path))


def repacked(path: Path, member: str, content: Callable[[bytes], bytes]) -> Path:
    """The same package with one of its parts written anew."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts[member] = content(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return path


SHEET_PART = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9)
)
PACKAGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a sheet cut off": (SHEET_PART, lambda part: part[: len(part) // 2]),
    "a sheet that is no XML": (SHEET_PART, lambda part: b"hello"),
    "a sheet with entities in entities": (
        SHEET_PART,
        lambda part: LAUGHS + b"]>" + part.replace(b"<t>Box</t>", b"<t>&j;</t>"),
    ),
    "a number that is none": (
        SHEET_PART,
        lambda part: part.replace(
            b"</sheetData>", b'<row r="3"><c r="A3"><v>abc</v></c></row></sheetData>'
        ),
    ),
    "a row that is none": (
        SHEET_PART,
        lambda part: part.replace(b"</sheetData>", b'<row r="zz"></row></sheetData>'),
    ),
    "a book that is no XML": ("xl/workbook.xml", lambda part: b"<a"),
    "styles that are no XML": ("xl/styles.xml", lambda part: b"<a"),
    "a table of contents that is no XML": ("[Content_Types].xml", lambda part: b"<a"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_damaged_workbook_is_refused_in_words(name: str, tmp_path: Path) -> None:
    path = repacked(filled(tmp_path, DEAL), *PACKAGES[name])
    assert str(path) in words(path)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"id;kind\n"]
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "deals.xlsx"
    path.write_bytes(content)
    assert f"{path}: is not a readable workbook" in words(path)


def test_a_package_that_is_no_workbook_and_a_missing_file_are_refused_in_words(
    tmp_path: Path,
) -> None:
    path = tmp_path / "deals.xlsx"
    assert "is not a readable workbook" in words(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a", "b")
    assert "is not a readable workbook" in words(path)


def test_a_package_that_would_unpack_too_large_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path, DEAL)
    with zipfile.ZipFile(path) as packed:
        size = sum(part.file_size for part in packed.infolist())
    monkeypatch.setattr(workbook, "MAX_UNPACKED", size)
    assert cases(path)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", size - 1)
    assert f"unpacks to {size} bytes; at most {size - 1} are read" in words(path)
