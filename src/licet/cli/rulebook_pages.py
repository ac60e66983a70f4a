"""``licet rulebook pages`` and ``licet rulebook book``: rulebooks to read and to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.files import put, refuse_overwriting, write_atomic
from licet.cli.parser import Parser, add_output
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal
    from licet.rules.rulebook import Rulebook


def paging(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook pages``."""
    made = Parser(prog, about, (f"{prog} -o pages/", f"{prog} my-rulebook/ -o pages/ --force"))
    made.add_argument("rulebook", nargs="*", help="id or folder; all that ship when left out")
    add_output(made, "DIR", required=True, to="the folder to write the pages into")
    return made


def run_pages(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write an index and one page a provision; several rulebooks stand in a folder each."""
    from licet.assessment.book import render_pages, render_shelf, slug
    from licet.cli.books import books_named

    books = books_named(args.rulebook)
    folder = Path(args.output)
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("-o", "is a file: name a folder", args.output))
    if folder.is_dir() and any(folder.iterdir()) and not args.force:
        fault = Fault("-o", "holds files already: name another folder, or add --force", args.output)
        raise InputError(fault)
    # Everything is rendered before anything is written.
    pages = {book.id: render_pages(book) for book in books}
    alone = len(books) == 1
    for book in books:
        place = folder if alone else folder / slug(book.id)
        for name, text in pages[book.id].items():
            write_atomic(place / name, text.encode())
    if not alone:
        write_atomic(folder / "index.html", render_shelf(books).encode())
    count = sum(len(made) for made in pages.values())
    terminal.say(f"wrote {count + (not alone)} pages; begin with {folder / 'index.html'}")
    return 0


def booking(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook book``."""
    made = Parser(prog, about, (f"{prog} eu-dual-use -o eu-dual-use.html", f"{prog} my-rulebook/"))
    made.add_argument("rulebook", help="id of a rulebook, or a folder")
    add_output(made, "FILE")
    return made


def run_book(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write one rulebook as one file to print."""
    from licet.assessment.book import render_book
    from licet.cli.books import books_named

    refuse_overwriting(args.output, force=args.force)
    book: Rulebook = books_named([args.rulebook])[0]
    if put(args.output, render_book(book).encode()):
        terminal.say(f"wrote {args.output}: print it from a browser, or read it there")
    return 0
