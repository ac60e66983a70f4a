"""The code lists of the Open Contracting Data Standard, 1.1: one file a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, csv_lines, refuse

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {"codelist": "text", "code": "text", "title": "text", "description": "text"}


def read(path: Path) -> Any:
    """A table of every code of every list in the folder ``path``."""
    files = sorted(path.glob("*.csv"))
    if not files:
        raise refuse(path, "holds no code list; copy the codelists folder of the standard there")
    return tables.table(FIELDS, [row for file in files for row in _codes(file)])


def _codes(file: Path) -> list[dict[str, Any]]:
    checks = Checks(file)
    rows = [
        {
            "codelist": file.stem,
            "code": checks.text(line, "Code"),
            "title": line.cells.get("Title", "").strip(),
            "description": line.cells.get("Description", "").strip(),
        }
        for line in csv_lines(file, ("Code",))
    ]
    checks.done()
    return rows
