"""The option ``--moratorium``: moratoria from files, standing in the rulebooks that are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from licet.rules.moratorium import Moratorium
    from licet.rules.rulebook import Rulebook


def add_moratorium(parser: argparse.ArgumentParser) -> None:
    """The option ``--moratorium``."""
    parser.add_argument(
        "--moratorium",
        action="append",
        default=[],
        metavar="FILE",
        help="a moratorium that stands (repeatable)",
    )


def read_moratoria(args: argparse.Namespace) -> tuple[Moratorium, ...]:
    """The moratoria that were named. Raises InputError with every fault of a file."""
    from licet.rules.moratorium import read_moratorium

    return tuple(read_moratorium(name) for name in args.moratorium)


def declared(
    args: argparse.Namespace, books: Mapping[str, Rulebook] | None
) -> Mapping[str, Rulebook] | None:
    """The rulebooks with the named moratoria standing in them; as they were, where none is named."""
    from licet.rules.load import shipped
    from licet.rules.moratorium import declare

    given = read_moratoria(args)
    return declare(books or shipped(), given) if given else books
