"""Read a source file strictly: whole, well formed, and every value of its kind.

An empty, cut-off or damaged file is a fault that stops the work; it never means "nothing there".
Text stays text: ``NA`` is Namibia, not a missing value. Nothing here knows any one source.
"""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError, Fault, nearest
from licet.model.dates import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MOST_FAULTS = 20
"""How many faults of one file are told before giving up."""

_PLACES, _TOO_LARGE = Decimal("0.000001"), Decimal(1_000_000)
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_CODE = re.compile(r"^[A-Z]{2}$")
FETCH_AGAIN = "fetch the file again from its publisher"
"""The remedy for a file that did not arrive whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a CSV file: the line it starts on, and its cells by column."""

    number: int
    cells: dict[str, str]
    last: int = 0
    """The line it ends on, where the reader asks for it."""

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


class Checks:
    """Collects what is wrong with one file, so that all of it is told together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def fault(self, line: Line | None, message: str) -> None:
        """Note one fault. Raises at once when there are too many to be useful."""
        place = f"row {line.number}" if line is not None else ""
        self.faults.append(Fault(place, message, str(self.path)))
        if len(self.faults) >= MOST_FAULTS:
            self.done()

    def done(self) -> None:
        """Raise EvidenceError if anything was wrong."""
        if self.faults:
            raise EvidenceError(self.faults)

    def text(self, line: Line, column: str) -> str:
        """A cell that must not be blank."""
        value = line[column].strip()
        if not value:
            self.fault(line, f"{column} is blank; {FETCH_AGAIN}, or repair the row")
        return value

    def choice(self, line: Line, column: str, known: Iterable[str]) -> str:
        """A cell that must be one of the known values."""
        value = line[column].strip()
        names = tuple(known)
        if value not in names:
            hint = nearest(value, names)
            self.fault(line, f"{column} is {value!r}, which is not one of its values{hint}")
        return value

    def decimal(
        self, line: Line, column: str, low: str | None = None, high: str | None = None
    ) -> Decimal | None:
        """A number in the stated range, or None where the source leaves it blank."""
        value = line[column].strip()
        if not value:
            return None
        if not _NUMBER.match(value):
            self.fault(line, f"{column} is {value!r}: expected a number or a blank")
            return None
        number = Decimal(value)
        if abs(number) >= _TOO_LARGE:
            self.fault(line, f"{column} is {value[:20]}: no figure is as large as that")
            return None
        # More places than a table holds say nothing: no index is measured so finely.
        number = number.quantize(_PLACES) if number.as_tuple().exponent < -6 else number  # type: ignore[operator]
        if (low is not None and number < Decimal(low)) or (
            high is not None and number > Decimal(high)
        ):
            self.fault(line, f"{column} is {value}: expected {low} to {high}")
        return number

    def whole(self, line: Line, column: str, low: int, high: int) -> int | None:
        """A whole number in the stated range; blank or ``..`` gives None."""
        value = line[column].strip()
        if value in ("", ".."):
            return None
        number = self.decimal(line, column, str(low), str(high))
        if number is not None and number != number.to_integral_value():
            self.fault(line, f"{column} is {value}: expected a whole number")
        return int(number) if number is not None else None

    def year(self, line: Line, column: str) -> int:
        """A year between 1900 and 2100."""
        number = self.whole(line, column, 1900, 2100)
        if number is None and not line[column].strip():
            self.fault(line, f"{column} is blank: expected a year")
        return number or 0

    def span(self, line: Line, column: str, *, blank: bool = True) -> str | None:
        """A day, month or year as ISO text, or None where blank is allowed."""
        value = line[column].strip()
        if not value and blank:
            return None
        try:
            return str(Span.read(value))
        except ValueError as error:
            self.fault(line, f"{column}: {error}")
            return None

    def day(self, line: Line, column: str, *, blank: bool = False) -> date | None:
        """A whole day, YYYY-MM-DD, or None where blank is allowed."""
        value = line[column].strip()
        if not value and blank:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault(line, f"{column} is {value!r}: expected a whole day, YYYY-MM-DD")
            return None

    def country(self, line: Line, column: str, *, blank: bool = False) -> str | None:
        """An ISO 3166-1 alpha-2 code in capitals. ``NA`` is Namibia."""
        value = line[column].strip()
        if not value and blank:
            return None
        if not _CODE.match(value):
            self.fault(line, f"{column} is {value!r}: expected two capitals, such as SA or NA")
        return value


def csv_lines(path: Path, columns: Sequence[str], *, paragraphs: bool = False) -> list[Line]:
    """Every row of a CSV file that has at least these columns.

    Raises EvidenceError when the file is missing, empty, not UTF-8, cut off, lacks a column, or
    has a row with too many or too few cells. Only a file with ``paragraphs`` may have cells of
    several lines: elsewhere a stray quotation mark has joined rows.
    """
    text = source_text(path)
    if not text.endswith("\n"):
        raise _error(path, f"the last line is cut off (no line end); {FETCH_AGAIN}")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    checks = Checks(path)
    lines: list[Line] = []
    try:
        header = next(reader, [])
        check_header(checks, header, columns)
        before = reader.line_num
        for cells in reader:
            spanned, before = reader.line_num - before, reader.line_num
            if not cells:
                continue
            if spanned > 1 and not paragraphs:
                checks.fault(
                    Line(reader.line_num, {}),
                    "a stray quotation mark joins several lines; " + FETCH_AGAIN,
                )
                continue
            if len(cells) != len(header):
                checks.fault(
                    Line(reader.line_num, {}),
                    f"{len(cells)} cells where the header has {len(header)}; {FETCH_AGAIN}",
                )
                continue
            lines.append(Line(reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise _error(
            path, f"row {reader.line_num}: {error}; the file is cut off or damaged; {FETCH_AGAIN}"
        ) from error
    if not lines:
        checks.fault(
            None,
            f"has a header and no rows; an empty file never means an empty list; {FETCH_AGAIN}",
        )
    checks.done()
    return lines


@contextmanager
def known_form(path: Path) -> Iterator[None]:
    """Say of a nested file whose parts are not those that its reader takes that its form changed."""
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise _error(
            path,
            f"does not have the form that its reader knows ({type(error).__name__}: {error}); "
            f"{FETCH_AGAIN}, or compare and adapt the reader",
        ) from error


def json_object(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """A JSON object that has at least these names. Raises EvidenceError otherwise."""
    text = source_text(path)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _error(
            path, f"line {error.lineno}: {error.msg}; the file is cut off or damaged; {FETCH_AGAIN}"
        ) from error
    if not isinstance(value, dict):
        raise _error(path, f"holds a {type(value).__name__}, expected an object")
    for name in names:
        if name not in value:
            raise _error(path, f"lacks {name!r}{nearest(name, value)}; {FETCH_AGAIN}")
    return value


def source_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a mark at its head. Raises EvidenceError."""
    return decoded(path, raw_bytes(path))


def raw_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises EvidenceError when it cannot be read, or is empty."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _error(
            path,
            f"cannot be read ({error.strerror}); put the file there, or name another data folder",
        ) from error
    if not raw.strip():
        raise _error(path, f"is empty; an empty file never means an empty list; {FETCH_AGAIN}")
    return raw


def decoded(path: Path, raw: bytes) -> str:
    """Bytes of a file as text. Raises EvidenceError when they are not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(path, f"byte {error.start} is not UTF-8; {FETCH_AGAIN}") from error


def check_header(checks: Checks, header: list[str], columns: Sequence[str]) -> None:
    """Raise EvidenceError where a column is missing, or stands twice."""
    for column in columns:
        if column not in header:
            checks.fault(
                None,
                f"lacks the column {column!r}{nearest(column, header)}; the "
                "publisher may have changed the form: compare and adapt the reader",
            )
        elif header.count(column) > 1:
            checks.fault(None, f"has the column {column!r} twice; {FETCH_AGAIN}")
    checks.done()


def _error(path: Path, message: str) -> EvidenceError:
    return EvidenceError(Fault("", message, str(path)))


def refuse(path: Path, message: str) -> EvidenceError:
    """An EvidenceError about one file as a whole."""
    return _error(path, message)
