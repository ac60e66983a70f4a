"""Read a file row by row: good rows are kept, each bad one is set aside with its line and reason.

For files that arrive damaged in places. Nothing is dropped in silence: what was read is what was
kept and what was quarantined, and a file of which more than a stated share is bad is refused as a
whole. Where one bad row spoils the rest (a cut-off file), :mod:`licet.evidence.reading` refuses.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from licet.errors import EvidenceError, Fault, nearest
from licet.evidence.reading import FETCH_AGAIN, Checks, Line, check_header, refuse, source_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from pathlib import Path

    from licet.evidence.countries import Countries

MOST = Decimal("0.05")
"""The share of a file's rows that may be quarantined, where its reader states no other."""
SHOWN = 10
"""How many quarantined rows are named when a file is refused."""
NONE = Decimal(0)
"""The share for a list of names: an entry that cannot be read would clear whom it names."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row set aside: the lines it stands on, first and last, and what is wrong with it."""

    line: int
    last_line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """What came of one file. ``read`` rows are the kept ones and the quarantined ones."""

    read: int
    rows: tuple[Row, ...]
    quarantined: tuple[Quarantined, ...]

    def __post_init__(self) -> None:
        if self.read != len(self.rows) + len(self.quarantined):
            raise EvidenceError(
                f"{self.read} rows were read, {len(self.rows)} kept and {len(self.quarantined)} "
                "quarantined: rows were lost; report this as a fault of Licet"
            )


class BadRowError(Exception):
    """What is wrong with one row. Caught by :func:`sift`, never seen outside."""


class RowChecks(Checks):
    """The checks of one row: the first that fails sets the row aside."""

    def fault(self, line: Line | None, message: str) -> NoReturn:
        """Set the row aside."""
        del line
        raise BadRowError(message)

    def figure(self, line: Line, column: str, low: str, high: str) -> Decimal | None:
        """A number in the range, or None where the source leaves it blank."""
        return self.decimal(line, column, low, high)

    def state(
        self, line: Line, column: str, countries: Countries, parts: Mapping[str, str]
    ) -> str | None:
        """The code of the state that a cell names, or None for what the source codes apart.

        ``parts`` are names of this source that are no states, each with the reason. A name that
        neither knows sets the row aside: a state that falls out in silence looks unmeasured.
        """
        name = self.text(line, column)
        answer = countries.resolve(name)
        if answer.code is None and name not in parts and answer.reason.startswith("not a name"):
            known = (str(row["name"]) for row in countries.codes.values())
            self.fault(
                line,
                f"{column} is {name!r}, which is not a name of a state{nearest(name, known)}; "
                "correct it, or write the ISO code in its place",
            )
        return answer.code


def sift(
    path: Path,
    lines: Iterable[Line | Quarantined],
    read: Callable[[RowChecks, Line], Row],
    key: Callable[[Row], Hashable],
    most: Decimal = MOST,
) -> Sifted:
    """Read every line with ``read``; set aside what fails, and rows that share a ``key``.

    Of rows that say the same the first stays; of rows that differ none does, since nobody knows
    which is right. Raises EvidenceError where more than ``most`` of the rows are bad.
    """
    checks = RowChecks(path)
    bad: list[Quarantined] = []
    good: list[tuple[Line, Row]] = []
    for line in lines:
        if isinstance(line, Quarantined):
            bad.append(line)
            continue
        try:
            good.append((line, read(checks, line)))
        except BadRowError as why:
            bad.append(_aside(line, str(why)))
    kept = _without_doubles(good, key, bad)
    return settle(path, kept, bad, most)


def settle(
    path: Path, kept: Sequence[Row], bad: Sequence[Quarantined], most: Decimal = MOST
) -> Sifted:
    """The kept and the bad rows as a result. Raises EvidenceError where too many are bad."""
    total = len(kept) + len(bad)
    ordered = tuple(sorted(bad, key=lambda one: (one.line, one.reason)))
    if not kept or len(bad) > most * total:
        why = (
            f"more than {most:.0%}: this is another form of the file, or it is damaged"
            if most
            else "and a list with a gap clears whom it should name"
        )
        head = (
            f"{len(bad)} of {total} rows cannot be used, {why}; {FETCH_AGAIN}, or repair what is "
            "named here"
        )
        faults = [Fault(f"row {one.line}", one.reason, str(path)) for one in ordered[:SHOWN]]
        raise EvidenceError([Fault("", head, str(path)), *faults])
    return Sifted(total, tuple(kept), ordered)


def set_aside(line: Line, reason: str) -> Quarantined:
    """A row that a reader itself sets aside, after it looked at several rows together."""
    return _aside(line, reason)


def lines_of(
    path: Path,
    columns: Sequence[str],
    *,
    header: bool = True,
    paragraphs: bool = False,
    text: str | None = None,
) -> list[Line | Quarantined]:
    """Every row of a CSV file, each with the line it starts on; a misshapen row is set aside.

    Without a ``header`` the columns are those named, in their order. Only a file with
    ``paragraphs`` may have cells of several lines: elsewhere a stray quotation mark has joined
    them. Raises EvidenceError when
    the file is missing, empty, not UTF-8, a web page, cut off, or lacks or doubles a column.
    """
    text = text if text is not None else source_text(path)
    refuse_web_page(path, text)
    if not text.endswith("\n"):
        raise refuse(path, f"the last line is cut off (no line end); {FETCH_AGAIN}")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = list(columns)
    found: list[Line | Quarantined] = []
    try:
        if header:
            names = next(reader, [])
            check_header(Checks(path), names, columns)
        before = reader.line_num
        for cells in reader:
            first, before = before + 1, reader.line_num
            if cells:
                row = _line(names, cells, first, reader.line_num)
                found.append(row if paragraphs else _one_line(row))
    except csv.Error as error:
        raise refuse(
            path, f"row {reader.line_num}: {error}; the file is cut off or damaged; {FETCH_AGAIN}"
        ) from error
    if not found:
        raise refuse(
            path,
            f"has a header and no rows; an empty file never means an empty list; {FETCH_AGAIN}",
        )
    return found


def refuse_web_page(path: Path, text: str) -> None:
    """Raise EvidenceError for a web page: a download that asked to sign in often is one."""
    if re.match(r"\s*<(!doctype|html)", text, re.IGNORECASE):
        raise refuse(
            path,
            "is a web page, not data: the download was answered by a page (a sign-in, a notice); "
            f"{FETCH_AGAIN}",
        )


def _line(names: list[str], cells: list[str], first: int, last: int) -> Line | Quarantined:
    if len(cells) != len(names):
        return Quarantined(
            first,
            last,
            f"{len(cells)} cells where there are {len(names)} columns; repair the row, or "
            f"{FETCH_AGAIN}",
        )
    if any("\0" in cell for cell in cells):
        return Quarantined(first, last, f"has a null byte in it; {FETCH_AGAIN}")
    return Line(first, dict(zip(names, cells, strict=True)), last)


def _one_line(row: Line | Quarantined) -> Line | Quarantined:
    if isinstance(row, Line) and row.last > row.number:
        return Quarantined(
            row.number, row.last, "a stray quotation mark joins several lines; repair the rows"
        )
    return row


def _aside(line: Line, reason: str) -> Quarantined:
    return Quarantined(line.number, line.last or line.number, reason)


def _without_doubles(
    good: list[tuple[Line, Row]], key: Callable[[Row], Hashable], bad: list[Quarantined]
) -> list[Row]:
    groups: dict[Hashable, list[tuple[Line, Row]]] = defaultdict(list)
    for line, row in good:
        groups[key(row)].append((line, row))
    kept: list[Row] = []
    for name, group in groups.items():
        first, row = group[0]
        if all(other == row for _, other in group):
            kept.append(row)
            bad += [
                _aside(line, f"says again what row {first.number} says") for line, _ in group[1:]
            ]
            continue
        numbers = ", ".join(str(line.number) for line, _ in group)
        bad += [
            _aside(line, f"rows {numbers} are all of {name} and differ: keep the right one")
            for line, _ in group
        ]
    return kept
