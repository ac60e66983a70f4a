"""Reported deployment and misuse of surveillance technology, compiled from public sources.

Evidence to weigh, not a verdict. Absence of a row never counts in anyone's favour. No victim is
named; targets are categories only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, Line, csv_lines, refuse

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (
    "deployment_reported",
    "misuse_reported",
    "misuse_found_by_authority",
    "court_finding",
    "listing",
    "admission",
    "refusal_or_termination",
)
SOURCE_CLASSES = (
    "court",
    "public_authority",
    "un_body",
    "laboratory_with_method",
    "press",
    "ngo",
    "company_statement",
    "leaked_material",
)
CERTAINTIES = ("established", "well_documented", "reported", "single_source")
CHECKED = ("opened", "inventory_row", "memory")
TECHNOLOGIES = (
    "intrusion",
    "facial_recognition",
    "forensic_extraction",
    "other",
    "mobile_interception",
    "ip_monitoring",
    "location_tracking",
    "open_source_monitoring",
)
COLUMNS = (
    "id",
    "country",
    "agency",
    "vendor",
    "product",
    "technology",
    "kind",
    "target_categories",
    "conduct",
    "period_from",
    "period_to",
    "published",
    "source_class",
    "certainty",
    "source_title",
    "source_publisher",
    "url",
    "second_source_url",
    "reply",
    "note",
    "checked",
)
FIELDS = {name: "texts" if name == "target_categories" else "text" for name in COLUMNS}
VENDOR_COLUMNS = ("vendor", "also_named", "basis")
AGENCY_COLUMNS = ("country", "agency", "also_named", "basis")


def read(path: Path) -> Any:
    """A table of rows. ``country`` is null where no single state operated the technology."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS)]
    checks.done()
    if len({row["id"] for row in rows}) != len(rows):
        raise refuse(path, "two rows have one id; ids are for ever: give the newer row a new id")
    return tables.table(FIELDS, rows)


def read_vendor_names(path: Path) -> Any:
    """A table of further names under which a vendor in the rows is known."""
    return _names(path, VENDOR_COLUMNS)


def read_agency_names(path: Path) -> Any:
    """A table of further names under which a body of a state is known."""
    return _names(path, AGENCY_COLUMNS)


def _names(path: Path, columns: tuple[str, ...]) -> Any:
    checks = Checks(path)
    rows = [
        {name: checks.text(line, name) for name in columns} for line in csv_lines(path, columns)
    ]
    checks.done()
    return tables.table(dict.fromkeys(columns, "text"), rows)


def _row(checks: Checks, line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {name: line[name].strip() for name in COLUMNS}
    row["id"] = checks.text(line, "id")
    row["country"] = checks.country(line, "country", blank=True)
    row["target_categories"] = [part for part in row["target_categories"].split(";") if part]
    row["published"] = checks.span(line, "published", blank=False)
    row["period_from"] = checks.span(line, "period_from")
    row["period_to"] = checks.span(line, "period_to")
    checks.text(line, "conduct")
    for column, known in (
        ("kind", KINDS),
        ("source_class", SOURCE_CLASSES),
        ("certainty", CERTAINTIES),
        ("checked", CHECKED),
        ("technology", TECHNOLOGIES),
    ):
        checks.choice(line, column, known)
    if row["checked"] == "memory" and row["certainty"] not in ("reported", "single_source"):
        checks.fault(line, "a row from memory is at most 'reported'; open its source first")
    return row
