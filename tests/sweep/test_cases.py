"""Cases written as tables and swept come out as they do when they are assessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pl = pytest.importorskip("polars")

from licet.assessment.assess import assess, resolved  # noqa: E402
from licet.assessment.casefile import read_case  # noqa: E402
from licet.assessment.evidence import Knowledge  # noqa: E402
from licet.assessment.resolve import FILES, tables_of  # noqa: E402
from licet.rules.load import default_dictionary, shipped  # noqa: E402
from licet.rules.rulebook import BookKind  # noqa: E402
from licet.rules.sweep.ladder import OUTCOME_BITS  # noqa: E402
from licet.rules.sweep.reference import mask  # noqa: E402
from licet.rules.sweep.run import open_inputs, plan, sweep  # noqa: E402
from licet.rules.sweep.summary import words  # noqa: E402

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.yaml"))
EXAMPLES = [path for path in EXAMPLES if path.parent.name in ("cases", "controls")]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    folder = tmp_path_factory.mktemp("tables")
    knowledge = Knowledge.open()
    for level, frame in tables_of(map(read_case, EXAMPLES), knowledge).items():
        frame.write_parquet(folder / FILES[level])
    inputs = open_inputs(
        folder / "transfers.parquet",
        default_dictionary().facts,
        folder / "parties.parquet",
        folder / "items.parquet",
    )
    planned = plan(inputs, shipped(), knowledge.snapshot.countries.stated_codes)
    frame = pl.concat([piece.frame for piece in sweep(planned)])
    return {row["id"]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_line_of_a_case_comes_out_as_assessed(path: Path, swept) -> None:
    case, knowledge = read_case(path), Knowledge.open()
    done = assess(case, knowledge, explain=False)
    narrowed = dict(narrowed_facts(path))
    for determination in done:
        book = determination.book
        if book.kind is BookKind.METHOD:
            continue
        for decision in determination.decisions:
            row = swept[f"{case.id}/{decision.line.id}"]
            got, assessed = row[book.id], mask(decision.result.outcomes)
            told = f"{book.id}: swept {words(got, OUTCOME_BITS)}"
            # A table cannot narrow a fact to a few values: then it may leave more open, never less.
            assert assessed & ~got == 0, told
            if narrowed[decision.line.id].isdisjoint(read_by(book.id)):
                assert got == assessed, told
                if book.moratoria:
                    assert row[f"{book.id}~"] == mask(decision.result.outcomes_on_merits)


def narrowed_facts(path: Path) -> Iterator[tuple[str, set[str]]]:
    """For each line of a case the facts that are known to be one of a few values."""
    for line, scope in resolved(read_case(path), Knowledge.open()):
        scopes = [scope, *scope.collections["parties"]]
        yield line.id, {name for one in scopes for name, r in one.facts.items() if r.possible}


def read_by(book_id: str) -> set[str]:
    """The facts that a rulebook or the methods it uses may depend on."""
    books = shipped()
    return {fact for b in (book_id, *books[book_id].uses) for fact in books[b].readers_of}


def test_most_answers_are_tried_for_equality() -> None:
    tried = [
        facts.isdisjoint(read_by(book))
        for path in EXAMPLES
        for _, facts in narrowed_facts(path)
        for book in shipped()
    ]
    assert tried.count(True) > 4 * tried.count(False)
