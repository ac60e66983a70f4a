"""Read a table of past transfers: the inventory of spyware and forensics, or one of your own.

A row that cannot be used is set aside with its line and the reason, never dropped; a file that is
empty, cut off or wrongly encoded is a fault. Reads row by row. Must not assess.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from licet.assessment.hindsight.periods import Period, read_periods
from licet.errors import Fault, InputError, nearest
from licet.model.case import PartyKind
from licet.rules.load import default_dictionary
from licet.screening import comparable
from licet.screening.names import read_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

COLUMNS: dict[str, tuple[str, ...]] = {
    "destination": ("country of deployment", "destination", "destination country", "country"),
    "technology": ("category of technology", "technology", "category"),
    "period": ("period of use", "period", "years of use", "year"),
    "disclosed": ("year of disclosure", "disclosed", "year disclosed"),
    "vendor": ("commercial entity", "vendor", "exporter", "supplier"),
    "origin": ("country of origin", "origin", "vendor country", "exporter country"),
    "end user": ("end user", "agency"),
    "end user kind": ("end user kind", "agency kind"),
    "description": ("description",),
    "report": ("report",),
    "lower confidence": ("lower confidence sources", "lower confidence"),
    "sources": ("sources", "source"),
}
"""The columns that are read, each with the headings it goes by; case does not matter.

Further columns ``Source 1``, ``Source 2`` and so on count as sources. Others are left alone.
"""
TECHNOLOGIES = {"spyware": "intrusion_spyware", "digital forensics": "forensic_extraction"}
"""The inventory's own words, as categories of items; a category of the dictionary stands as it is."""
LONGEST_NAME = 300

_SOURCE = re.compile(r"^source \d+$")
_NOT_NAMED = frozenset({"", "undisclosed", "unknown", "not disclosed", "n/a", "?"})
_LEGAL = re.compile(
    r"^(?:ltd|limited|inc|llc|l\.l\.c|corp|co|plc|gmbh|ag|s\.?a|s\.?r\.?l|s\.?p\.?a|b\.?v|ab)\.?$",
    re.IGNORECASE,
)
_TARGETS = re.compile(
    r"journalis|reporter|newspaper|media outlet|defender|activis|dissiden|\bexile|opposition|opponent"
    r"|politician|member of parliament|\bmeps?\b|lawyer|\bjudge|prosecutor|election|protest|trade union"
    r"|academic|student|artist|\bngos?\b|non-?governmental|civil society|whistle|minorit|indigenous"
    r"|lgbt|refugee|migrant|diaspora",
    re.IGNORECASE,
)
"""Words for the people who must not be targets: the groups of AMN-14, as the fact dictionary has
them under ``target.``. They sort rows into groups for counting; no answer depends on them."""


class Report(StrEnum):
    """What a row reports: use against people who must not be targets, or only that it was there."""

    MISUSE = "misuse"
    DEPLOYMENT = "deployment"
    NOT_STATED = "not_stated"


class Documentation(StrEnum):
    """How documented a row is, by the inventory's own columns."""

    SEVERAL = "several_sources"
    ONE = "one_source"
    LOWER = "lower_confidence"
    NONE = "no_source"


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row: a destination, a technology, who supplied it, and when."""

    line: int
    destination: str
    technology: str
    vendors: tuple[str, ...]
    origins: tuple[str, ...]
    periods: tuple[Period, ...]
    disclosed: tuple[int, ...]
    end_user: str = ""
    end_user_kind: str = ""
    report: Report = Report.NOT_STATED
    documentation: Documentation = Documentation.NONE
    disclosure_first: bool = False
    """Whether it was disclosed before its first stated year of use."""

    @property
    def first_years(self) -> tuple[int, ...]:
        """The first year of each period that states one."""
        return tuple(p.first for p in self.periods if p.first is not None)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be used, and why."""

    line: int
    reason: str


def read_inventory(
    stream: IO[str], name: str, country: Callable[[str], str | None]
) -> Iterator[Row | SetAside]:
    """Every row of a table, as it is read. ``country`` gives the code of a country's name.

    Raises InputError where the file as a whole cannot be used.
    """
    lines = _Lines(stream)
    reader = csv.reader(lines, strict=True)
    whole = True
    try:
        head = next(reader, None)
        if head is None:
            raise InputError(Fault("", "is empty; an empty file is no inventory", name))
        places = _places(head, name)
        seen: dict[tuple[str, ...], int] = {}
        line = reader.line_num + 1
        for cells in reader:
            whole = len(cells) == len(head)
            if any(cell.strip() for cell in cells):
                yield _row(cells, head, places, line, seen, country)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            Fault(f"line {reader.line_num}", f"is cut off or not CSV ({error}); {_AGAIN}", name)
        ) from error
    except UnicodeDecodeError as error:
        where, words = f"after line {reader.line_num}", f"is not {error.encoding} text"
        raise InputError(
            Fault(where, f"{words}: name the encoding, such as `--encoding cp1252`", name)
        ) from error
    if not whole and not lines.ended:
        raise InputError(
            Fault(f"line {reader.line_num}", f"the last line is cut off; {_AGAIN}", name)
        )


_AGAIN = "fetch the file again"


class _Lines:
    """The lines of a stream, remembering whether the last one ended."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            self.ended = line.endswith(("\n", "\r"))
            yield line


def _places(head: list[str], name: str) -> Mapping[str, int]:
    """Where each column stands. Raises InputError for one that is missing or stands twice."""
    found: dict[str, int] = {}
    faults = []
    plain = [" ".join(cell.replace("\ufeff", "").lower().split()) for cell in head]
    for column, names in COLUMNS.items():
        here = [i for i, heading in enumerate(plain) if heading in names]
        if len(here) > 1:
            both = " and ".join(repr(head[i]) for i in here)
            faults.append(Fault("header", f"{both} are both read as {column!r}: keep one", name))
        elif here:
            found[column] = here[0]
    for must in ("destination", "technology"):
        if must not in found and not faults:
            words = ", ".join(repr(n) for n in COLUMNS[must])
            hint = next((h for n in COLUMNS[must] if (h := nearest(n, plain))), "")
            faults.append(Fault("header", f"lacks a column {words}{hint}", name))
    if not faults and not {"period", "disclosed"} & found.keys():
        faults.append(
            Fault("header", "lacks a column 'period of use' or 'year of disclosure'", name)
        )
    if faults:
        raise InputError(faults)
    found.update({heading: i for i, heading in enumerate(plain) if _SOURCE.match(heading)})
    return found


def _row(
    cells: list[str],
    head: list[str],
    places: Mapping[str, int],
    line: int,
    seen: dict[tuple[str, ...], int],
    country: Callable[[str], str | None],
) -> Row | SetAside:
    if len(cells) != len(head):
        return SetAside(line, f"has {len(cells)} cells where the header has {len(head)}")
    value = {column: " ".join(cells[i].split()) for column, i in places.items()}
    first = seen.setdefault(tuple(cells), line)
    if first != line:
        return SetAside(line, f"says word for word what line {first} says")
    try:
        return _usable(value, line, country)
    except ValueError as error:
        return SetAside(line, str(error))


def _usable(value: Mapping[str, str], line: int, country: Callable[[str], str | None]) -> Row:
    """The row. Raises ValueError with the reason it cannot be used."""
    destination = country(value["destination"]) if value["destination"] else None
    if destination is None:
        raise ValueError(f"destination {value['destination']!r} is no country that the table knows")
    try:
        periods = read_periods(value.get("period", ""))
    except ValueError as error:
        raise ValueError(f"period: {error}") from error
    try:
        disclosed = read_periods(value.get("disclosed", ""))
    except ValueError as error:
        raise ValueError(f"year of disclosure: {error}") from error
    years = tuple(sorted(p.first for p in disclosed if p.first is not None))
    if not periods and not years:
        raise ValueError("states neither a period of use nor a year of disclosure")
    starts = [p.first for p in periods if p.first is not None]
    return Row(
        line,
        destination,
        _technology(value["technology"]),
        _named(value.get("vendor", "")),
        _named(value.get("origin", "")),
        periods,
        years,
        _short(value.get("end user", "")),
        _kind(value.get("end user kind", "")),
        _report(value),
        _documentation(value),
        disclosure_first=bool(starts and years and years[0] < min(starts)),
    )


def _technology(text: str) -> str:
    known = (*TECHNOLOGIES, *default_dictionary().category_entries)
    plain = text.lower()
    if plain not in known:
        raise ValueError(f"technology {text!r} is not known{nearest(plain, known)}")
    return TECHNOLOGIES.get(plain, plain)


def _kind(text: str) -> str:
    kinds = [k.value for k in PartyKind if k is not PartyKind.NATURAL_PERSON]
    if text and text not in kinds:
        raise ValueError(f"end user kind {text!r} is not known{nearest(text, kinds)}")
    return text


def _named(text: str) -> tuple[str, ...]:
    """The names in a cell, several with commas or semicolons; none where it names nobody.

    >>> _named("NSO Group, Circles; Candiru, Ltd."), _named("Undisclosed")
    (('NSO Group', 'Circles', 'Candiru, Ltd.'), ())
    """
    found: list[str] = []
    for part in (part.strip() for part in re.split(r"[,;]|\s/\s", text)):
        if found and _LEGAL.match(part):
            found[-1] += f", {part}"
        elif part.lower() not in _NOT_NAMED:
            found.append(_short(part))
    return tuple(dict.fromkeys(found))


def _short(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(f"a name has {len(text)} characters; at most {LONGEST_NAME}")
    if text and not comparable(read_name(text)):
        raise ValueError(f"the name {text!r} has nothing in it that can be compared with a list")
    return text


def _report(value: Mapping[str, str]) -> Report:
    """What the row reports: as its own column says, else by whom its description names."""
    stated = value.get("report", "").lower().replace(" ", "_")
    if stated:
        kinds = [kind.value for kind in Report]
        if stated not in kinds:
            raise ValueError(f"report {stated!r} is not known{nearest(stated, kinds)}")
        return Report(stated)
    text = value.get("description", "")
    if not text:
        return Report.NOT_STATED
    return Report.MISUSE if _TARGETS.search(text) else Report.DEPLOYMENT


def _documentation(value: Mapping[str, str]) -> Documentation:
    if value.get("lower confidence", "").lower() not in ("", "no", "0", "false"):
        return Documentation.LOWER
    listed: Iterable[str] = (cell for column, cell in value.items() if _SOURCE.match(column))
    sources = {cell for cell in listed if cell}
    sources |= {part.strip() for part in value.get("sources", "").split(";") if part.strip()}
    if not sources:
        return Documentation.NONE
    return Documentation.ONE if len(sources) == 1 else Documentation.SEVERAL
