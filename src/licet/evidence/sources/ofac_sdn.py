"""Daily editions of the US list of blocked persons (OFAC, ``sdn.csv``): when a name came and went.

A file has no header, writes blanks as ``-0-``, and ends with the byte 0x1A; without that byte it
is cut off. One file, plain or gzipped, or a folder of files named by day (``sdn_20240305.csv.gz``).
From a folder the day of listing is known where the file of the day before lacks the entry, and the
day of removal is the first file without it. An empty or shrunken file in the row is a fault and
stops the work: it never means that all were delisted. Remarks (births, documents) are not kept.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from licet.evidence.about import About
from licet.evidence.reading import FETCH_AGAIN, Line, decoded, raw_bytes, refuse
from licet.evidence.sifting import NONE, Row, RowChecks, Sifted, lines_of, refuse_web_page, sift
from licet.model.dates import Span
from licet.model.listing import ListedIdentifier, ListedName, ListedType, Listing, NameKind

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries

ABOUT = About(
    title="OFAC Specially Designated Nationals, daily editions",
    publisher="US Department of the Treasury, Office of Foreign Assets Control",
    licence="public domain",
    credit="US Department of the Treasury, OFAC",
    url="https://sanctionslist.ofac.treas.gov",
    max_age_days=30,
    lag_days=0,
)
CODE = "US-SDN-DAILY"
LISTS = (
    {
        "code": CODE,
        "name": ABOUT.title,
        "authority": ABOUT.publisher,
        "legal_basis": "50 U.S.C. 1701 and following; 31 CFR chapter V",
        "effect": "property is blocked and US persons may not deal",
    },
)
COLUMNS = (
    "number",
    "name",
    "type",
    "program",
    "title",
    "call_sign",
    "vessel_type",
    "tonnage",
    "gross_tonnage",
    "flag",
    "owner",
    "remarks",
)
TYPES = {
    "individual": ListedType.INDIVIDUAL,
    "vessel": ListedType.VESSEL,
    "aircraft": ListedType.AIRCRAFT,
    "": ListedType.UNSTATED,
}
END, NOTHING = b"\x1a", "-0-"
SHRINKAGE = Decimal("0.10")
"""The share of its entries that one edition may lose against the edition before."""
LARGEST = 200_000_000
"""Bytes that an unpacked edition may have: more is not this list."""
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


def read(path: Path, countries: Countries) -> Sifted:
    """Every entry of the last edition, and those since removed, as rows ``{"listing": Listing}``.

    Counts are those of the last edition, with the removed entries added to what was read.
    """
    del countries
    if not path.is_dir():
        found = _edition(path)
        return _sifted(found, [_listing(row, None, None) for row in found.rows])
    files = editions(path)
    return _history([(day, file, _edition(file)) for day, file in files])


def editions(folder: Path) -> list[tuple[date, Path]]:
    """The files of a folder with their days, in order. Raises EvidenceError on an undated one."""
    found: list[tuple[date, Path]] = []
    for file in sorted(folder.iterdir()):
        if ".csv" in file.suffixes and not file.name.startswith("."):
            match = _DAY.search(file.name)
            try:
                found.append((date(*map(int, match.groups())), file))  # type: ignore[union-attr]
            except (AttributeError, ValueError) as error:
                raise refuse(file, "has no day in its name: name it sdn_YYYYMMDD.csv") from error
    if not found:
        raise refuse(folder, "holds no file named sdn_YYYYMMDD.csv or .csv.gz")
    if len({day for day, _ in found}) < len(found):
        raise refuse(folder, "has two files of one day: keep one")
    return sorted(found)


def edition(path: Path) -> Span | None:
    """The day of the last file of a folder; a single file does not say."""
    if not path.is_dir():
        return None
    last = editions(path)[-1][0]
    return Span(last, last)


def _history(found: list[tuple[date, Path, Sifted]]) -> Sifted:
    since: dict[str, date | None] = {}
    last_seen: dict[str, Row] = {}
    removed: list[Listing] = []
    before: tuple[date, Sifted] | None = None
    for day, file, edition_of_day in found:
        rows = {row["number"]: row for row in edition_of_day.rows}
        if before is not None:
            _check_shrinkage(file, before[1], edition_of_day)
        for number, row in rows.items():
            if number not in last_seen:
                known = before is not None and day - before[0] == timedelta(days=1)
                since[number] = day if known else None
            last_seen[number] = row
        for number in [one for one in last_seen if one not in rows]:
            removed.append(_listing(last_seen.pop(number), since.pop(number), day))
        before = (day, edition_of_day)
    last = found[-1][2]
    kept = [_listing(row, since[number], None) for number, row in last_seen.items()]
    return _sifted(last, [*kept, *removed])


def _check_shrinkage(file: Path, before: Sifted, now: Sifted) -> None:
    if now.read < before.read * (1 - SHRINKAGE):
        raise refuse(
            file,
            f"has {now.read} entries, the edition before {before.read}: it lost more than "
            f"{SHRINKAGE:.0%}; a cut-off file looks like this, and it never means that all were "
            f"delisted; {FETCH_AGAIN}, or take the file out",
        )


def _sifted(last: Sifted, listings: list[Listing]) -> Sifted:
    rows = tuple({"listing": listing} for listing in listings)
    return Sifted(len(rows) + len(last.quarantined), rows, last.quarantined)


def _edition(path: Path) -> Sifted:
    raw = raw_bytes(path)
    if raw[:2] == b"\x1f\x8b":
        raw = _unpacked(path, raw)
    if not raw.strip():
        raise refuse(path, f"is empty; it never means that all were delisted; {FETCH_AGAIN}")
    text = decoded(path, raw)
    refuse_web_page(path, text)
    if not raw.rstrip(b"\r\n").endswith(END):
        raise refuse(path, f"does not end with the byte 0x1A: it is cut off; {FETCH_AGAIN}")
    text = text.rstrip("\r\n").removesuffix(END.decode())
    lines = lines_of(path, COLUMNS, header=False, text=text)
    return sift(path, lines, _row, lambda row: row["number"], NONE)


def _unpacked(path: Path, raw: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            found = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(path, f"is not a whole gzip file ({error}); {FETCH_AGAIN}") from error
    if len(found) > LARGEST:
        raise refuse(path, f"unpacks to more than {LARGEST} bytes: it is not this list")
    return found


def _row(checks: RowChecks, line: Line) -> Row:
    cells = {
        name: "" if (text := cell.strip()) == NOTHING else text for name, cell in line.cells.items()
    }
    said = Line(line.number, cells, line.last)
    number = checks.text(said, "number")
    if not number.isdecimal():
        checks.fault(said, f"the first cell is {number!r}: expected the entry's number")
    return {
        "number": number,
        "name": checks.text(said, "name"),
        "type": checks.choice(said, "type", TYPES),
        "programmes": checks.text(said, "program"),
    }


def _listing(row: Row, first: date | None, last: date | None) -> Listing:
    kind = TYPES[row["type"]]
    person = kind is ListedType.INDIVIDUAL
    return Listing(
        id=f"{CODE}:{row['number']}",
        list_code=CODE,
        list_name=ABOUT.title,
        authority=ABOUT.publisher,
        type=kind,
        names=(ListedName(row["name"], NameKind.PRIMARY),),
        identifiers=() if person else (ListedIdentifier("OFAC", row["number"]),),
        programmes=tuple(re.split(r"\]\s*\[", row["programmes"].strip("[] "))),
        legal_basis=LISTS[0]["legal_basis"],
        citation=f"OFAC entry {row['number']}",
        listed_from=first,
        listed_to=last,
        source_url=ABOUT.url,
    )
