"""Norway's list II of dual-use items (2022, English): the numbering of Annex I of the Union.

A stand-in for reading what an entry such as 5A001.f says; no rule reads it. The wording is that of
2022 and of Norway: it must be checked against the Annex in force before anything rests on it. The
path gives the place in the tree, four characters a level; notes stand in it as paragraphs of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.sifting import Row, RowChecks, Sifted, lines_of, sift

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.reading import Line

ABOUT = About(
    title="Norwegian control list II, dual-use items",
    publisher="Norwegian Ministry of Foreign Affairs, compiled by others",
    licence="Norwegian regulation; the compiler's file is under the MIT licence",
    credit="Forskrift om eksport av forsvarsmateriell, flerbruksvarer, teknologi og tjenester, liste II",
    url="https://lovdata.no/dokument/SF/forskrift/2013-06-19-718",
    max_age_days=366,
    lag_days=0,
)
COLUMNS = (
    "entry",
    "path",
    "depth",
    "code",
    "note_type",
    "text",
    "category",
    "subcategory",
    "regime",
)
FIELDS = {
    "entry": "text",
    "path": "text",
    "depth": "integer",
    "code": "text",
    "note_type": "text",
    "text": "text",
    "regime": "text",
}
_ENTRY = re.compile(r"^\d[A-E]\d{3}$")
_PATH = re.compile(r"^([0-9A-Z]{4})+$")


def read(path: Path, countries: Countries) -> Sifted:
    """Paragraphs of the list with their place in it."""
    del countries

    def row(checks: RowChecks, line: Line) -> Row:
        entry, place = checks.text(line, "entry"), checks.text(line, "path")
        depth = checks.whole(line, "depth", 1, 20)
        if not _ENTRY.match(entry):
            checks.fault(line, f"entry is {entry!r}: expected a number such as 5A001")
        if entry[0] != line["category"].strip() or entry[1] != line["subcategory"].strip():
            checks.fault(line, f"{entry} is not of the category beside it")
        if not _PATH.match(place) or len(place) != 4 * (depth or 0):
            checks.fault(line, f"path {place!r} is not {depth} levels of four characters")
        return {
            "entry": entry,
            "path": place,
            "depth": depth,
            "code": line["code"].strip(),
            "note_type": checks.text(line, "note_type"),
            "text": line["text"].strip(),
            "regime": line["regime"].strip(),
        }

    lines = lines_of(path, COLUMNS, paragraphs=True)
    return sift(path, lines, row, lambda row: (row["entry"], row["path"]))
