"""Load rulebooks and the fact dictionary from folders or from the installed package.

Reading YAML is slow, so the package carries a compiled form of its own folders; it is used only
when its fingerprint matches the files beside it, byte for byte, and is otherwise ignored.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError, RulebookError, nearest
from licet.rules import dictionary as dictionaries
from licet.rules.build import build
from licet.rules.grammar import require
from licet.rules.rulebook import (
    Rulebook,
)
from licet.rules.strict_yaml import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.dictionary import Dictionary

PACKAGE = Path(__file__).resolve().parent.parent
RULEBOOKS = PACKAGE / "rulebooks"
FACTS = PACKAGE / "facts"
COMPILED = "compiled.json"

# Files ---------------------------------------------------------------------------------------


def folder_files(folder: Path) -> dict[str, bytes]:
    """The YAML and CSV files under a folder, by relative name, sorted."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".csv") and path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def fingerprint(files: Mapping[str, bytes]) -> str:
    """A digest over file names and bytes."""
    total = hashlib.sha256()
    for name, raw in sorted(files.items()):
        total.update(f"{name}\0{len(raw)}\0".encode())
        total.update(raw)
    return total.hexdigest()


def parse_files(files: Mapping[str, bytes], folder: str) -> dict[str, Any]:
    """The strict values of all files: YAML as it reads, CSV as text. All faults together."""
    parsed: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, raw in files.items():
        try:
            parsed[name] = (
                raw.decode("utf-8")
                if name.endswith(".csv")
                else read_bytes(raw, f"{folder}/{name}")
            )
        except InputError as error:
            faults.extend(error.faults)
        except UnicodeDecodeError:
            faults.append(Fault("", "is not UTF-8: save it as UTF-8", f"{folder}/{name}"))
    require(faults)
    return parsed


def _read_folder(folder: Path) -> dict[str, Any]:
    files = folder_files(folder)
    compiled = folder / COMPILED
    if compiled.is_file():
        stored = json.loads(compiled.read_bytes())
        if stored.get("fingerprint") == fingerprint(files):
            parsed: dict[str, Any] = stored["files"]
            return parsed
    return parse_files(files, folder.name)


def compile_folder(folder: Path) -> None:
    """Write the compiled form of a folder beside its files."""
    files = folder_files(folder)
    parsed = parse_files(files, folder.name)
    text = json.dumps(
        {"fingerprint": fingerprint(files), "files": parsed},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    # Not sorted: the order in which a file lists codes is kept, and is part of a digest.
    (folder / COMPILED).write_text(text + "\n", encoding="utf-8")


# The dictionary --------------------------------------------------------------------------------


def load_dictionary(folder: Path) -> Dictionary:
    """The fact dictionary of a folder. Raises RulebookError with every fault."""
    parsed = _read_folder(folder)
    documents = [
        (name, raw)
        for name, raw in parsed.items()
        if isinstance(raw, dict) and raw.get("schema") in dictionaries.SCHEMAS
    ]
    return dictionaries.build(documents)


@cache
def default_dictionary() -> Dictionary:
    """The dictionary that ships in the package."""
    return load_dictionary(FACTS)


def facts_document(name: str) -> Any:
    """One other document of the package's facts folder, such as ``dossier_answers.yaml``."""
    return folder_document(FACTS, name)


@cache
def folder_document(folder: Path, name: str) -> Any:
    """One document that stands in one of the package's own folders beside what it describes."""
    return _read_folder(folder)[name]


def side_tables(book: str) -> Iterable[Any]:
    """The tables of single uses that ship beside a rulebook's provisions, in order of their names."""
    for name, raw in sorted(_read_folder(RULEBOOKS).items()):
        if name.startswith(f"{book}/uses/"):
            yield raw


# Rulebooks -------------------------------------------------------------------------------------


@cache
def shipped() -> Mapping[str, Rulebook]:
    """Every rulebook in the package, by id."""
    by_book: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, raw in _read_folder(RULEBOOKS).items():
        book, _, rest = name.partition("/")
        if rest:
            by_book[book][rest] = raw
    books = [build(files, book, default_dictionary()) for book, files in sorted(by_book.items())]
    return {book.id: book for book in books}


def chosen_books(
    names: Iterable[str] | None, books: Mapping[str, Rulebook] | None = None
) -> tuple[Rulebook, ...]:
    """The rulebooks to apply, by id; all that ship when none is named."""
    known = books if books is not None else shipped()
    if names is None:
        return tuple(known.values())
    faults = [
        Fault(
            "--rulebook",
            f"{name!r} is not a known rulebook{nearest(name, known)}; see `licet rulebook list`",
        )
        for name in names
        if name not in known
    ]
    if faults:
        raise InputError(faults)
    wanted = set(names)
    for name in list(wanted):
        wanted.update(known[name].uses)
    return tuple(book for book in known.values() if book.id in wanted)


def load_rulebook(folder: Path, dictionary: Dictionary | None = None) -> Rulebook:
    """Load one rulebook from a folder. Raises RulebookError with every fault."""
    if not folder.is_dir():
        raise RulebookError(
            Fault("", "no such folder: give the folder that holds rulebook.yaml", str(folder))
        )
    files = parse_files(folder_files(folder), folder.name)
    return build(files, folder.name, dictionary or default_dictionary())
