"""The sweep and the engine that explains say the same of every row, whatever the back end."""

from __future__ import annotations

from pathlib import Path

import pytest

pl = pytest.importorskip("polars")

from licet.rules.sweep.reference import Reference, rows_of  # noqa: E402
from licet.rules.sweep.run import Plan, open_inputs, plan, sweep  # noqa: E402
from licet.rules.sweep.sql import run_duckdb  # noqa: E402
from tests.sweep.world import COUNTRIES, DICTIONARY, World  # noqa: E402


def made(
    seed: int, folder: Path, rows: int, *, shuffled: bool = False, partial: bool = True
) -> tuple[Plan, Reference]:
    world = World(seed, partial=partial)
    method, book = world.method(), world.book()
    transfers, parties, items = world.tables(folder, rows, shuffled=shuffled)
    inputs = open_inputs(transfers, DICTIONARY.facts, parties, items)
    return (
        planned := plan(inputs, {b.id: b for b in (method, book)}, COUNTRIES, provisions=True),
        Reference(planned),
    )


def whole(planned: Plan, size: int) -> pl.DataFrame:
    return pl.concat([piece.frame for piece in sweep(planned, size=size)])


def differences(planned: Plan, reference: Reference, result: pl.DataFrame) -> list[str]:
    """Where a result is not what the explanations say: masks, and each provision."""
    found = []
    rows = rows_of(planned, result["id"].to_list())
    for row in result.iter_rows(named=True):
        looked = reference.looked(*rows[row["id"]])
        for name, mask in looked.masks().items():
            if row[name] != mask:
                found.append(f"{row['id']} {name}: {row[name]:b}, explained {mask:b}")
        for book in reference.books.values():
            if book.kind.value == "method":
                continue
            findings = looked.decide(book).findings
            for pid in book.provisions:
                truths = {f.truth for f in findings if f.provision == pid}
                truth = True if True in truths else None if None in truths else False
                if row[f"{book.id}/{pid}"] is not truth:
                    found.append(f"{row['id']} {pid}: {row[f'{book.id}/{pid}']}, explained {truth}")
    return found


@pytest.mark.parametrize("seed", range(40))
def test_polars_agrees_with_the_explanation(seed: int, tmp_path: Path) -> None:
    planned, reference = made(seed, tmp_path, 40, shuffled=seed % 4 == 3)
    result = whole(planned, 13)
    assert len(result) == 40
    assert differences(planned, reference, result) == []


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_duckdb_agrees_with_polars(seed: int, tmp_path: Path) -> None:
    planned, _ = made(seed, tmp_path, 120, partial=False)
    expected = whole(planned, 50)
    got = run_duckdb(planned)
    assert got["id"].to_list() == expected["id"].to_list()
    for name in expected.columns:
        assert got[name].to_list() == expected[name].to_list(), name
