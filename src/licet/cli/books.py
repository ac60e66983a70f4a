"""The rulebooks that a command names: by id, or by folder; and keeping a user's own beside answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.files import write_atomic
from licet.cli.parser import UsageError
from licet.errors import Fault, nearest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from licet.rules.rulebook import Rulebook


def add_rulebooks(parser: argparse.ArgumentParser, how: str = "as well") -> None:
    """The option ``--rulebooks``."""
    parser.add_argument(
        "--rulebooks",
        action="append",
        default=[],
        metavar="DIR",
        help=f"a rulebook folder of your own, {how} (repeatable)",
    )


def books_named(names: Iterable[str]) -> tuple[Rulebook, ...]:
    """The named rulebooks in order, each once; all that ship when none is named.

    A name is the id of a rulebook that ships, else a folder of the user's own. Raises UsageError
    where it is neither, RulebookError where a folder does not hold together.
    """
    from licet.rules.load import load_rulebook, shipped

    known = shipped()
    found: dict[str, Rulebook] = {}
    for name in names:
        if name in known:
            book = known[name]
        elif Path(name).is_dir():
            book = load_rulebook(Path(name))
        else:
            hint = nearest(name, known)
            raise UsageError(
                Fault("rulebook", f"{name!r} is no rulebook that ships and no folder{hint}")
            )
        if found.setdefault(book.id, book) is not book:
            raise UsageError(Fault("rulebook", f"{book.id} is named twice, with another content"))
    return tuple(found.values()) or tuple(known.values())


def with_own(folders: Iterable[str]) -> dict[str, Rulebook]:
    """Every rulebook that ships, by id, with those of the user's own folders in their places."""
    from licet.rules.load import load_rulebook, shipped

    own = [load_rulebook(Path(folder)) for folder in folders]
    return {**shipped(), **{book.id: book for book in own}}


def keep(folder: Path, store: Path) -> Path:
    """Copy a user's rulebook into a store, under its digest, where ``licet replay`` finds it."""
    from licet.assessment.replay import rulebook_folder_name
    from licet.rules.load import folder_files, load_rulebook

    place = store / rulebook_folder_name(load_rulebook(folder).digest)
    for name, raw in folder_files(folder).items():
        write_atomic(place / name, raw)
    return place
