"""Building the shipped snapshot again from ``data/`` gives the same digest.

With the library that the names of states come from, as ``make snapshot`` does; and without it, on
the names as they were compiled, so that the other tables are compared wherever the tests run.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

import pytest

from licet.evidence import Snapshot
from licet.evidence import build as building
from licet.evidence import compile_countries as compiling
from licet.evidence.manifest import Manifest, file_sha256

DATA = Path(__file__).parents[2] / "data"

needs_rigour = pytest.mark.skipif(
    importlib.util.find_spec("rigour") is None,
    reason="rigour is not installed; `make snapshot` installs it",
)


@cache
def shipped() -> Snapshot:
    return Snapshot.open()


def library() -> str:
    """The library and its version, as the shipped manifest names it."""
    files = shipped().manifest.source("countries").files
    return next(file.name for file in files if file.name.startswith("rigour=="))


def compiled_names(folder: Path) -> compiling.CountryTables:
    held = shipped()
    version = library().removeprefix("rigour==").removesuffix(" (names)")
    return compiling.CountryTables(
        held.table("countries"),
        held.table("country_names"),
        compiling._membership(folder / "eu_membership.csv", set(held.countries.codes)),
        held.countries,
        version,
    )


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rebuilt") / "snapshot"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "compile_countries", compiled_names)
        building.build(DATA, out)
    return out


def by_name(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.rows_sha256) for table in manifest.tables}


def test_every_table_comes_out_with_the_rows_that_are_shipped(rebuilt: Path) -> None:
    assert by_name(Snapshot.open(rebuilt).manifest) == by_name(shipped().manifest)


def test_the_digest_is_that_of_the_shipped_snapshot(rebuilt: Path) -> None:
    assert Snapshot.open(rebuilt).digest == shipped().digest


def test_the_lookup_files_and_the_manifest_are_the_same_bytes(rebuilt: Path) -> None:
    names = sorted(f.name for f in rebuilt.iterdir() if f.suffix in (".json", ".jsonl"))
    assert len(names) == 12
    for name in names:
        assert (rebuilt / name).read_bytes() == (shipped().folder / name).read_bytes(), name


@needs_rigour
def test_with_the_library_the_digest_is_that_of_the_shipped_snapshot(tmp_path: Path) -> None:
    assert building.build(DATA, tmp_path / "snapshot").digest == shipped().digest


SOURCE_FILES = [
    (source.id, file.name, file.sha256)
    for source in Snapshot.open().manifest.sources
    for file in source.files
    if not file.name.startswith("rigour==")
]


@pytest.mark.parametrize(
    ("source", "name", "sha256"), SOURCE_FILES, ids=[f"{s}/{n}" for s, n, _ in SOURCE_FILES]
)
def test_the_manifest_names_every_source_file_by_its_sha256(
    source: str, name: str, sha256: str
) -> None:
    assert file_sha256(DATA / source / name) == sha256


def test_no_build_time_and_no_path_stand_in_the_manifest() -> None:
    body = (shipped().folder / "manifest.json").read_text("utf-8")
    assert str(DATA.parent) not in body
    assert set(json.loads(body)) == {"schema", "sources", "tables", "sha256"}
