"""The documentation is run: Python sessions, and every ``$ licet`` command with what it prints.

In an expected output ``...`` stands for anything. A YAML block with a title is written to the file that the title
names (``FILE, at its end`` adds to it). Commands run in a throw-away folder that shows the
project's own. Property tests draw the same examples in every run; ``HYPOTHESIS_PROFILE=random`` looks
further.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import settings
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).parent
_CHECKER = doctest.OutputChecker()
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_console(example: Example) -> str | None:
    """Run each ``$ licet`` command of a block and compare what it prints, words and data alike."""
    from licet.cli.main import main

    for command, expected in _commands(str(example.parsed)):
        if not command.startswith("licet "):
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            main(shlex.split(command)[1:])
        got = "\n".join(line.rstrip() for line in said.getvalue().splitlines()) + "\n"
        if expected.strip() and not _CHECKER.check_output(expected, got, _FLAGS):
            return f"$ {command}\nexpected:\n{expected}\ngot:\n{got}"
    return None


def _commands(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        elif found:
            command, expected = found[-1]
            found[-1] = (command, f"{expected}{line}\n")
    return found


_TITLED = RawFencedCodeBlockLexer(
    re.compile(r'yaml title="(?P<file>[^",]+)(?P<added>, at its end)?"\n')
)


def titled_files(document: Document) -> Iterator[Region]:
    """The YAML blocks that stand for a file."""
    for region in _TITLED(document):
        region.parsed, region.evaluator = dict(region.lexemes), write_file
        yield region


def write_file(example: Example) -> None:
    """Write a block to its file, inside the throw-away folder."""
    path = Path(example.parsed["file"])
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if example.parsed["added"] else ""
    path.write_text(before + str(example.parsed["source"]), encoding="utf-8")


def _enter(namespace: dict[str, object]) -> None:
    """Work in a throw-away folder that shows the project's own, so that nothing is left behind."""
    place = tempfile.TemporaryDirectory()
    namespace["before"] = Path.cwd(), dict(os.environ), place
    for name in ("examples", "data", "src"):
        (Path(place.name) / name).symlink_to(ROOT / name)
    os.chdir(place.name)
    os.environ["COLUMNS"] = "100"


def _leave(namespace: dict[str, object]) -> None:
    folder, environment, place = namespace["before"]  # type: ignore[misc]
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    place.cleanup()


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=_FLAGS),
        CodeBlockParser(language="console", evaluator=run_console),
        titled_files,
    ],
    patterns=["README.md", "docs/*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
