"""Many deals in one spreadsheet: a template from the fact dictionary, and its rows as cases.

Text in, text out: numbers are kept as written, formulas are refused, and every fault of the whole
workbook is told at once with its row and column.
"""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Any

from licet.assessment.casefile import build_case
from licet.errors import Fault, InputError, nearest
from licet.model.case import CASE_SCHEMA, Case, Kind, PartyKind
from licet.model.fact import FactType
from licet.rules.load import default_dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SHEET = "Deals"
MAX_ROWS = 20_000
MAX_UNPACKED = 200_000_000
MAX_CELL = 5_000

_FIXED: tuple[tuple[str, str], ...] = (
    ("id", "A short name for the deal, without spaces"),
    ("title", "What is asked, in a few words"),
    ("kind", "What kind of case it is"),
    ("assessed", "The day of the assessment, YYYY-MM-DD"),
    ("exporter", "Who sends it"),
    ("exporter country", "Country of the exporter"),
    ("consignee", "Who receives it on the way, if anybody"),
    ("consignee country", "Country of the consignee"),
    ("end user", "The agency or company that will use it"),
    ("end user country", "Country of the end user"),
    ("end user kind", "What sort of body the end user is"),
    ("item", "The item"),
    ("category", "Plain category of the item"),
    ("description", "What it does"),
    ("quantity", "How many"),
    ("unit", "Of what"),
    ("value", "Price"),
    ("currency", "Currency of the price"),
    ("end use", "What it is for"),
)
_FACTS = (
    "item.surveillance",
    "item.listed_annex_I",
    "item.subject_to_EAR",
    "item.component_of_misused_system",
    "item.bulk_use",
    "item.encryption_tool",
    "item.in_public_domain",
    "bio.facial_recognition",
    "bio.one_to_many",
    "export.leaves_EU_customs_territory",
    "exporter.has_icp",
    "exporter.aware_via_dd_of_repression_or_violations",
    "exporter.informed_by_authority_repression_or_violations",
    "exporter.informed_by_authority_military_end_use",
    "vendor.private_surveillance_company",
    "vendor.ungp_adherent",
    "vendor.record_of_serving_abusers",
    "end_user.credible_abuse_reports",
    "target.impermissible",
    "dest.arms_embargo",
    "tx.hidden_enduser",
    "transaction.any_red_flag",
    "use.claimed_as_security_research",
    "safeguard.L1",
    "safeguard.L3",
    "safeguard.P1",
    "safeguard.P3",
    "safeguard.P6",
    "safeguard.T2",
    "safeguard.T3",
    "safeguard.T8",
)
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
_MUST = ("id", "kind", "assessed", "item", "end user", "end user country")


def columns() -> tuple[str, ...]:
    """The columns of the template: the fixed ones, then one a fact that is asked most often.

    Any other fact of the dictionary may be added as a column; its name is the heading.
    """
    return (*(name for name, _ in _FIXED), *_FACTS)


def write_template(target: Path | IO[bytes]) -> None:
    """Write the workbook: Deals to fill in, Questions in full, Code lists, Columns to add."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    deals: Any = book.active
    deals.title = SHEET
    lists = book.create_sheet("Code lists")
    notes = {**dict(_FIXED), **{f: default_dictionary().facts[f].question for f in _FACTS}}
    for number, name in enumerate(columns(), 1):
        cell = deals.cell(1, number, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(notes[name], "Licet")
        letter = get_column_letter(number)
        deals.column_dimensions[letter].width = 24
        codes = _codes(name)
        if codes:
            place = lists.max_column + 1 if lists["A1"].value else 1
            lists.cell(1, place, name)
            for row, code in enumerate(codes, 2):
                lists.cell(row, place, code)
            at = get_column_letter(place)
            rule = DataValidation(
                type="list",
                formula1=f"'Code lists'!${at}$2:${at}${len(codes) + 1}",
                allow_blank=True,
            )
            deals.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}2000")
    deals.freeze_panes = "B2"
    _write_questions(book.create_sheet("Questions", 1), _FACTS)
    others = [name for name in default_dictionary().facts if name not in _FACTS]
    _write_questions(book.create_sheet("Columns to add"), others)
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)  # noqa: DTZ001
    # Not book.save: it puts the time of writing into the file.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


def _write_questions(sheet: Any, names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append(["column", "question", "who answers", "evidence asked", "answers"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for name in names:
        fact = default_dictionary().facts[name]
        sheet.append(
            [
                name,
                fact.question,
                fact.answered_by.value,
                fact.evidence_asked,
                ", ".join(_codes(name)),
            ]
        )
    for letter, width in (("A", 44), ("B", 90), ("C", 14), ("D", 60), ("E", 40)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _codes(name: str) -> tuple[str, ...]:
    if name == "kind":
        return tuple(k.value for k in Kind)
    if name == "end user kind":
        # A natural person needs a purpose of screening, which a row cannot state.
        return tuple(k.value for k in PartyKind if k is not PartyKind.NATURAL_PERSON)
    if name == "category":
        return tuple(default_dictionary().category_entries)
    fact = default_dictionary().facts.get(name)
    if fact is None:
        return ()
    if fact.type is FactType.YES_NO:
        return ("yes", "no", "unknown")
    return (*fact.code_names, "unknown")


def read_workbook(path: Path) -> list[tuple[int, Case | InputError]]:
    """The rows of a workbook as cases, or as what is wrong with them.

    Raises InputError where the workbook itself cannot be read.
    """
    from openpyxl import load_workbook

    name = str(path)
    _check_size(path, name)
    try:
        book = load_workbook(path, read_only=True, data_only=False)
        try:
            return _read(book, name)
        finally:
            book.close()
    except InputError:
        raise
    except Exception as error:  # a damaged package fails in any way at all
        raise InputError(
            Fault("", f"is not a readable workbook: {type(error).__name__}: {error}", name)
        ) from error


def _read(book: Any, name: str) -> list[tuple[int, Case | InputError]]:
    if SHEET not in book.sheetnames or not hasattr(book[SHEET], "iter_rows"):
        raise InputError(Fault("", f"has no sheet {SHEET!r}; begin from `licet template`", name))
    rows = book[SHEET].iter_rows(values_only=True)
    head = [_text(cell) for cell in next(rows, ())]
    faults = list(_head_faults(head, name))
    if faults:
        raise InputError(faults)
    found: list[tuple[int, Case | InputError]] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, 2):
        if number > MAX_ROWS:
            raise InputError(Fault(f"row {number}", f"at most {MAX_ROWS} rows are read", name))
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        case = _row(head, texts, number, name)
        label = texts[head.index("id")] if head.index("id") < len(texts) else ""
        first = seen.setdefault(label, number) if label else number
        if first != number:
            twice = Fault(
                f"{SHEET} row {number}, id", f"{label!r} also stands in row {first}", name
            )
            case = InputError([*case.faults, twice] if isinstance(case, InputError) else twice)
        found.append((number, case))
    if not found:
        raise InputError(Fault(SHEET, "holds no deal: fill in at least one row", name))
    return found


def _head_faults(head: list[str], name: str) -> Iterable[Fault]:
    for i, cell in enumerate(head, 1):
        if cell and not _known_column(cell):
            hint = nearest(cell, (*columns(), *default_dictionary().facts))
            yield Fault(f"column {i}", f"{cell!r} is not a known column{hint}", name)
        elif cell and cell in head[: i - 1]:
            yield Fault(
                f"column {i}", f"{cell!r} also stands at column {head.index(cell) + 1}", name
            )
    for must in _MUST:
        if must not in head:
            yield Fault("header", f"lacks the column {must!r}", name)


def _known_column(name: str) -> bool:
    return name in columns() or name in default_dictionary().facts


def _check_size(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(Fault("", f"is not a readable workbook: {error}", name)) from error
    if size > MAX_UNPACKED:
        raise InputError(
            Fault("", f"unpacks to {size} bytes; at most {MAX_UNPACKED} are read", name)
        )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if not isinstance(cell, str | int | time | timedelta):
        return "="  # an array formula or a table of them
    return str(cell).strip()


def _row(head: list[str], texts: list[str], number: int, name: str) -> Case | InputError:
    faults = []
    values: dict[str, str] = {}
    for i, value in enumerate(texts):
        column = head[i] if i < len(head) else ""
        where = f"{SHEET} row {number}, {column or f'column {i + 1}'}"
        if value and not column:
            faults.append(Fault(where, "has a value and no heading: name the column", name))
            continue
        values[column] = value
        codes = _codes(column)
        if value.startswith("="):
            faults.append(Fault(where, "holds a formula: write its value", name))
        elif value in _ERRORS:
            faults.append(Fault(where, f"holds the error {value}: mend it", name))
        elif len(value) > MAX_CELL:
            faults.append(Fault(where, f"holds {len(value)} characters; at most {MAX_CELL}", name))
        elif value and codes and value not in codes:
            faults.append(
                Fault(
                    where,
                    f"got {value!r}: choose one of {', '.join(codes)}{nearest(value, codes)}",
                    name,
                )
            )
    faults += [
        Fault(f"{SHEET} row {number}, {must}", "is empty", name)
        for must in _MUST
        if not values.get(must)
    ]
    if faults:
        return InputError(faults)
    try:
        return build_case(_case(values), f"{name}, {SHEET} row {number}")
    except InputError as error:
        return error


def _case(values: dict[str, str]) -> dict[str, Any]:
    parties = []
    for label, role in (
        ("exporter", "exporter"),
        ("consignee", "consignee"),
        ("end user", "end_user"),
    ):
        if values.get(label):
            party: dict[str, Any] = {
                "name": values[label],
                "roles": [role],
                "country": [c for c in [values.get(f"{label} country")] if c],
            }
            if role == "end_user" and values.get("end user kind"):
                party["kind"] = values["end user kind"]
            parties.append(party)
    answers: dict[str, Any] = {}
    facts = default_dictionary().facts
    for fact, value in values.items():
        if fact not in facts:
            continue
        if value == "unknown":
            answers[fact] = {"unknown": "asked"}
        elif value:
            answers[fact] = {"value": value}
    item = {
        key: values[key]
        for key in ("category", "description", "quantity", "unit", "value", "currency")
        if values.get(key)
    }
    return {
        "schema": CASE_SCHEMA,
        "id": values["id"],
        "title": values.get("title", ""),
        "kind": values["kind"],
        "dates": {"assessed": values["assessed"]},
        "parties": parties,
        "items": [{"name": values["item"], **item}],
        "end_use": values.get("end use", ""),
        "answers": answers,
    }
