"""The real Spark engine, run on this machine, says what the other back ends and the explanation say.

A cluster runs the same SQL; what it adds is machines.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pl = pytest.importorskip("polars")
pytest.importorskip("pyspark", reason="Spark is installed by make check-all")

from tests.sweep.test_agreement import made, whole  # noqa: E402

from licet.rules.load import default_dictionary, shipped  # noqa: E402
from licet.rules.sweep.run import open_inputs, plan  # noqa: E402
from licet.rules.sweep.sql import run_duckdb, run_spark, spark_session  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,  # Spark speaks to its own workers over the loopback
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def session():
    with spark_session() as spark:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark


@pytest.mark.parametrize("seed", range(6))
def test_spark_agrees_with_polars_row_by_row(seed: int, tmp_path: Path, session) -> None:
    planned, _ = made(seed, tmp_path, 60, partial=False)
    expected = whole(planned, 25).sort("id")
    got = run_spark(planned, session).sort("id")
    for name in expected.columns:
        assert got[name].to_list() == expected[name].to_list(), name


def test_spark_agrees_with_duckdb_on_law_that_ships(tmp_path: Path, session) -> None:
    from benchmarks.sweep import write_tables

    book = shipped()["us-statutes"]
    facts = [f for f in book.readers_of if f != "case.kind" and not f.startswith("party.")]
    write_tables(tmp_path, 400, facts)
    inputs = open_inputs(tmp_path / "transfers.parquet", default_dictionary().facts)
    planned = plan(inputs, {book.id: book}, ("EG",), provisions=True)
    expected, got = run_duckdb(planned), run_spark(planned, session).sort("id")
    assert expected.rows() == got.rows()
