"""The terminal as the commands see it: where data goes, where words go, colour, width, progress.

The only place that asks whether there is a terminal and what the environment says of colour.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

_STYLES = {"bold": "1", "faint": "2", "red": "31", "green": "32", "yellow": "33"}
PATIENCE = 2.0
"""Seconds of work before progress is shown."""


class Terminal:
    """Data to standard output, words to standard error."""

    def __init__(
        self, out: TextIO, err: TextIO, *, colour: bool, width: int, quiet: bool = False
    ) -> None:
        self.out = out
        self.err = err
        self.colour = colour
        self.width = width
        self.quiet = quiet

    @classmethod
    def of_process(cls, *, quiet: bool = False) -> Self:
        """The terminal of this process. ``NO_COLOR`` and ``TERM=dumb`` are obeyed."""
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        colour = sys.stdout.isatty() and not plain
        return cls(sys.stdout, sys.stderr, colour=colour, width=max(width, 40), quiet=quiet)

    def data(self, text: str) -> None:
        """Write what was asked for."""
        self.out.write(text if text.endswith("\n") else text + "\n")

    def say(self, text: str) -> None:
        """Say something beside the data, unless asked to be quiet."""
        if not self.quiet:
            self.err.write(text + "\n")

    def complain(self, text: str) -> None:
        """Say what went wrong. Never silenced."""
        self.out.flush()
        self.err.write(text + "\n")

    def style(self, text: str, *names: str) -> str:
        """The text in a style, where there is colour."""
        if not self.colour or not names:
            return text
        codes = ";".join(_STYLES[name] for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> str:
        """The text in the terminal's width."""
        return textwrap.fill(
            " ".join(text.split()),
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hanging is None else hanging,
            break_on_hyphens=False,
        )

    def progress(self, things: Sequence[str]) -> Iterator[str]:
        """Go through things; after two seconds, and only on a terminal, show how far it is."""
        started, shown = time.monotonic(), False
        live = self.err.isatty() and not self.quiet
        for index, thing in enumerate(things, 1):
            if live and time.monotonic() - started > PATIENCE:
                shown = True
                self.err.write(f"\r\x1b[K{index} of {len(things)}: {thing}"[: self.width])
                self.err.flush()
            yield thing
        if shown:
            self.err.write("\r\x1b[K")


def table(
    rows: Iterable[Sequence[str]], headings: Sequence[str], width: int, gap: str = "  "
) -> str:
    """Rows as aligned text; the last column wraps into what is left of the width.

    >>> print(table([("a", "one two")], ("id", "words"), 40))
    id  words
    a   one two
    """
    every = [tuple(headings), *(tuple(map(str, row)) for row in rows)]
    widths = [max(len(row[i]) for row in every) for i in range(len(headings) - 1)]
    used = sum(widths) + len(gap) * len(widths)
    left = max(width - used, 24)
    lines = []
    for row in every:
        head = gap.join(cell.ljust(size) for cell, size in zip(row, widths, strict=False))
        parts = textwrap.wrap(row[-1], left, break_on_hyphens=False) or [""]
        lead = head + gap if widths else ""
        lines.append((lead + parts[0]).rstrip())
        lines.extend(" " * len(lead) + part for part in parts[1:])
    return "\n".join(lines)


def listing(
    entries: Iterable[tuple[Sequence[str], str]], headings: Sequence[str], width: int
) -> str:
    """Entries of short cells, each with a note in whole lines under it.

    >>> print(listing([(("a", "1"), "what it is")], ("id", "n"), 40))
    id  n
    a   1
        what it is
    """
    held = list(entries)
    head, *rows = table([cells for cells, _ in held], headings, 10**6).split("\n")
    lines = [head]
    for row, (_, note) in zip(rows, held, strict=True):
        lines.append(row)
        lines.extend(
            textwrap.wrap(
                note,
                width,
                initial_indent="    ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
        )
    return "\n".join(lines)
