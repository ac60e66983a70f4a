"""The argument parser of every verb: help that begins with examples, errors that name the remedy."""

from __future__ import annotations

import argparse
import datetime
import re
import textwrap
from typing import TYPE_CHECKING, NoReturn

from licet.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(InputError):
    """A command line that cannot be understood."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose help begins with examples."""

    def __init__(self, prog: str, about: str = "", examples: Sequence[str] = ()) -> None:
        super().__init__(
            prog=prog,
            description=about,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.examples = tuple(examples)
        self.add_argument("-h", "--help", action="help", help="show this and stop")
        self.add_argument("-q", "--quiet", action="store_true", help="no words beside the data")

    def format_help(self) -> str:
        """Examples, then usage, then every option."""
        shown = "\n".join(f"  {line}" for line in self.examples)
        if self.epilog:
            self.epilog = textwrap.fill(self.epilog, 78)
        return f"Examples:\n{shown}\n\n{super().format_help()}"

    def error(self, message: str) -> NoReturn:
        """Raise instead of leaving the process."""
        known = [name for action in self._actions for name in action.option_strings]
        words = message.removeprefix("unrecognized arguments: ")
        hint = nearest(words.split("=")[0].split()[0], known) if words != message else ""
        choice = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if choice:
            hint = nearest(choice[1], re.findall(r"'([^']*)'", choice[2]))
        raise UsageError(Fault(self.prog, f"{message}{hint}; see `{self.prog} --help`"))


def add_json(parser: argparse.ArgumentParser, what: str) -> None:
    """The ``--json`` option."""
    parser.add_argument("--json", action="store_true", help=f"print {what} as JSON")


def add_output(
    parser: argparse.ArgumentParser, name: str, *, required: bool = False, to: str = ""
) -> None:
    """The options ``-o`` and ``--force``."""
    where = "" if required else " (standard output when left out)"
    parser.add_argument(
        "-o",
        "--output",
        metavar=name,
        required=required,
        help=f"{to or 'where to write it'}{where}",
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def today() -> datetime.date:
    """The day it is. Nothing but the command line asks."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def add_as_of(parser: argparse.ArgumentParser, *more: str) -> None:
    """The ``--as-of`` option, under further names if any are given."""
    parser.set_defaults(day_option=more[0] if more else "--as-of")
    parser.add_argument(
        "--as-of", *more, dest="as_of", metavar="DATE", help="the day (today when left out)"
    )


def as_of(args: argparse.Namespace) -> datetime.date:
    """The day that ``--as-of`` names, the last of it where it is a month or a year, or today."""
    from licet.model.dates import Span

    try:
        return Span.read(args.as_of).last if args.as_of else today()
    except ValueError as error:
        raise InputError(Fault(args.day_option, str(error))) from error
