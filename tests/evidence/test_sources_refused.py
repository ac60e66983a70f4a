"""A source that is empty, cut off or shrunk stops the work, and so does a damaged snapshot."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from licet.cli.main import main
from licet.errors import EvidenceError, ScreeningError
from licet.evidence import Snapshot, tables
from licet.evidence import build as building
from licet.evidence.build import SOURCES, add, build
from licet.evidence.compile_countries import CountryTables
from licet.evidence.compile_tables import of_source
from licet.evidence.manifest import main_file, source_record
from licet.evidence.reading import csv_lines, json_object
from licet.model.dates import Span
from licet.screening import Index

DATA = Path(__file__).parents[2] / "data"


@cache
def shipped() -> Snapshot:
    return Snapshot.open()


# One file

CSV = b"name,country\nA,SA\nB,NA\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"name,country\n", "no rows"),
        (CSV[:-1], "the last line is cut off"),
        (CSV[: len(CSV) // 2], "the last line is cut off"),
        (b"name,country\nA\n", "1 cells where the header has 2"),
        (b"name,country\nA,SA,x\n", "3 cells where the header has 2"),
        (b'name,country\n"A,SA\n', "cut off or damaged"),
        (b"name,county\nA,SA\n", "lacks the column 'country'; nearest: 'county'"),
        (b"name,country\nA\xff,SA\n", "is not UTF-8"),
    ],
)
def test_a_damaged_table_is_refused_by_name(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(raw)
    with pytest.raises(EvidenceError, match=rf"rows\.csv: .*{message}"):
        csv_lines(file, ("name", "country"))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b'{"rows": [1, 2', "cut off or damaged"),
        (b"[]", "expected an object"),
        (b"{}", "lacks 'rows'"),
    ],
)
def test_a_damaged_object_is_refused_by_name(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "rows.json"
    file.write_bytes(raw)
    with pytest.raises(EvidenceError, match=rf"rows\.json: .*{message}"):
        json_object(file, ("rows",))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"absent\.csv: cannot be read"):
        csv_lines(tmp_path / "absent.csv", ("name",))


# Every source


def copy_of(source: str, folder: Path) -> tuple[Path, Path]:
    """A copy of a source's folder: what its reader is given, and the file to damage."""
    place = folder / source
    shutil.copytree(DATA / source, place)
    asked = main_file(place)
    return asked, asked if asked.is_file() else asked / "currency.csv"


def emptied(raw: bytes) -> bytes:
    return b""


def cut_in_the_middle(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


@pytest.mark.parametrize("damage", [emptied, cut_in_the_middle])
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_refused_when_empty_or_cut_off(
    tmp_path: Path, source: str, damage: Callable[[bytes], bytes]
) -> None:
    asked, file = copy_of(source, tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(EvidenceError, match=re.escape(file.name)):
        of_source(source, asked, shipped().countries)


@pytest.mark.parametrize("source", [name for name in SOURCES if name != "ocds_codelists"])
def test_a_source_whose_file_is_missing_is_refused(tmp_path: Path, source: str) -> None:
    file = copy_of(source, tmp_path)[1]
    file.unlink()
    with pytest.raises(EvidenceError, match=rf"{re.escape(file.name)}: .*not there"):
        source_record(tmp_path / source)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("max_age_days = 30", "", "max_age_days: is None, expected int"),
        ("max_age_days = 30", 'max_age_days = "30"', "max_age_days: is '30', expected int"),
        ('"2026-07-31"', '"31 July 2026"', "published: got '31 July 2026'"),
        ("id = ", "id ", "is not TOML"),
    ],
)
def test_a_source_without_its_dates_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    copy_of("us_csl", tmp_path)
    stated = tmp_path / "us_csl" / "source.toml"
    text = stated.read_text("utf-8")
    assert old in text
    stated.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(EvidenceError, match=re.escape(message)) as caught:
        source_record(tmp_path / "us_csl")
    assert "source.toml" in str(caught.value)


# Building


def whole_lines(file: Path, keep: float) -> None:
    """Drop rows from the end and leave no trace of a cut."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: int(len(lines) * keep)]))


@pytest.fixture
def without_rigour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of states as they were compiled, so that a build needs no more than Licet runs on."""
    held = shipped()
    names = CountryTables(
        held.table("countries"),
        held.table("country_names"),
        held.table("eu_membership"),
        held.countries,
        "compiled",
    )
    monkeypatch.setattr(building, "compile_countries", lambda folder: names)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder to damage: two sources copied, the others linked."""
    folder = tmp_path / "data"
    folder.mkdir()
    for source in ("countries", *SOURCES):
        if source in ("dated_listings", "us_csl"):
            shutil.copytree(DATA / source, folder / source)
        else:
            (folder / source).symlink_to(DATA / source)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "list without its end": (
        lambda d: whole_lines(next((d / "us_csl").glob("*.csv")), 0.9),
        r"us_consolidated_screening_list_\d+\.csv: has \d+ entries where .*cut off",
    ),
    "list cut in the middle": (
        lambda d: (f := next((d / "us_csl").glob("*.csv"))).write_bytes(f.read_bytes()[:99_999]),
        r"us_consolidated_screening_list_\d+\.csv: .*cut off",
    ),
    "empty list": (
        lambda d: next((d / "us_csl").glob("*.csv")).write_bytes(b""),
        r"us_consolidated_screening_list_\d+\.csv: is empty",
    ),
    "fewer rows than stated": (
        lambda d: whole_lines(d / "dated_listings" / "dated_listings.csv", 0.6),
        r"dated_listings\.csv: has 12 rows where source\.toml states 22",
    ),
    "missing folder": (
        lambda d: (d / "vdem").unlink(),
        r"vdem.source\.toml: cannot be read",
    ),
}


@pytest.mark.usefixtures("without_rigour")
@pytest.mark.parametrize("name", DAMAGE)
def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path, data: Path, name: str) -> None:
    damage, message = DAMAGE[name]
    damage(data)
    out = tmp_path / "out" / "snapshot"
    with pytest.raises(EvidenceError, match=message):
        build(data, out)
    assert not out.parent.exists()


@pytest.mark.usefixtures("without_rigour")
def test_a_build_that_fails_leaves_the_snapshot_before_as_it_was(
    tmp_path: Path, data: Path
) -> None:
    out = tmp_path / "out" / "snapshot"
    shutil.copytree(shipped().folder, out)
    before = files_of(out.parent)
    (data / "vdem").unlink()
    with pytest.raises(EvidenceError):
        build(data, out)
    assert files_of(out.parent) == before


@pytest.mark.parametrize("written_before", [0, 5])
def test_a_write_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written_before: int
) -> None:
    out = tmp_path / "out" / "snapshot"
    shutil.copytree(shipped().folder, out)
    before = files_of(out.parent)
    left = [written_before]
    write = tables.write_parquet

    def full_disk(arrow: object, path: Path) -> None:
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        write(arrow, path)

    monkeypatch.setattr(tables, "write_parquet", full_disk)
    with pytest.raises(OSError, match="No space left"):
        add_dated_listings(out)
    assert files_of(out.parent) == before
    assert [path.name for path in out.parent.iterdir()] == ["snapshot"]


def test_a_folder_that_is_no_snapshot_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(EvidenceError, match="is not a snapshot"):
        add_dated_listings(tmp_path)
    assert files_of(tmp_path) == {"thesis.txt": b"mine"}


def add_dated_listings(out: Path, file: Path | None = None) -> None:
    dated = file or DATA / "dated_listings" / "dated_listings.csv"
    add(shipped(), "dated_listings", dated, out, published=Span.read("2026-11-24"))


# Shrinking


@pytest.mark.parametrize("source", ["documented_misuse", "safeguards", "vdem"])
def test_a_source_that_lost_more_than_a_tenth_is_refused(tmp_path: Path, source: str) -> None:
    file = copy_of(source, tmp_path)[1]
    rows = file.read_text("utf-8").count("\n")
    assert rows
    whole_lines(file, 0.8)
    out = tmp_path / "out"
    with pytest.raises(EvidenceError, match=rf"{source}: has \d+ rows, \d+ before"):
        add(shipped(), source, file, out, published=Span.read("2026-11-24"))
    assert not out.exists()


def test_an_edition_without_a_day_is_refused(tmp_path: Path) -> None:
    file = DATA / "safeguards" / "safeguards.csv"
    with pytest.raises(EvidenceError, match=r"safeguards\.csv: when was this edition .* published"):
        add(shipped(), "safeguards", file, tmp_path / "out")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("US-EL,Candiru,", "US-EL,Kandiru,", "'Kandiru' is dated as still on US-EL, which lacks"),
        (
            "US-EL,Candiru,entity,IL,,2021-11-04,,",
            "US-EL,Candiru,entity,IL,,2021-11-04,2022-01-01,",
            "'Candiru' is dated as removed from US-EL, which has it",
        ),
        ("2024-02-27,2024-10-21", "2024-02-27,2024-02-27", "is not after listed_from"),
    ],
)
def test_a_dated_row_that_contradicts_the_list_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    file = copy_of("dated_listings", tmp_path)[1]
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(EvidenceError, match=re.escape(message)) as caught:
        add_dated_listings(tmp_path / "out", file)
    assert "dated_listings.csv" in str(caught.value)


# A snapshot that was touched


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped().folder, tmp_path / "snapshot"))


def flip(file: Path, place: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[place] ^= 0x20
    file.write_bytes(raw)


def test_the_shipped_snapshot_is_whole() -> None:
    shipped().verify()


@pytest.mark.parametrize("table", ["countries", "indicators", "listings", "safeguards", "vdem"])
def test_a_table_with_a_changed_byte_is_refused(copy: Path, table: str) -> None:
    # Byte 40 lies among the values; some bytes of the footer say nothing about any row.
    flip(copy / f"{table}.parquet", 40)
    with pytest.raises(EvidenceError) as caught:
        Snapshot.open(copy).verify()
    assert table in str(caught.value)


@pytest.mark.parametrize("table", ["safeguards", "vdem"])
@pytest.mark.parametrize("instead", [[], [1]], ids=["row gone", "row replaced"])
def test_a_table_with_other_rows_is_refused(copy: Path, table: str, instead: list[int]) -> None:
    file = copy / f"{table}.parquet"
    rows = tables.read_parquet(file)
    tables.write_parquet(rows.take([*instead, *range(1, len(rows))]), file)
    with pytest.raises(EvidenceError, match=f"{table}: its rows are not those of the manifest"):
        Snapshot.open(copy).verify()


def test_a_lookup_with_a_changed_word_is_refused(copy: Path) -> None:
    file = copy / "safeguards.jsonl"
    file.write_text(file.read_text("utf-8").replace("not_met", "met", 1), "utf-8")
    with pytest.raises(EvidenceError, match=r"safeguards\.jsonl: differs"):
        Snapshot.open(copy).verify()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"published": "2024-03"', '"published": "2014-03"'),
        ('"max_age_days": 30,', '"max_age_days": 3000,'),
        ('"sha256": "sha256:', '"sha256": "sha256:0'),
        ('"schema": "licet/snapshot-manifest/1"', '"schema": "licet/snapshot-manifest/2"'),
        ('"rows": 22', '"row": 22'),
        ("{", ""),
    ],
    ids=["a date", "an age", "the digest", "the schema", "a field", "a bracket"],
)
def test_an_edited_manifest_is_refused(copy: Path, old: str, new: str) -> None:
    file = copy / "manifest.json"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(EvidenceError, match=r"manifest\.json: "):
        Snapshot.open(copy)


@pytest.mark.parametrize("name", ["manifest.json", "safeguards.parquet", "safeguards.jsonl"])
def test_a_snapshot_with_a_file_missing_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(EvidenceError, match=re.escape(name)):
        Snapshot.open(copy)


@pytest.mark.parametrize("place", [12, 2_000_000, -1_000, -8, -1])
def test_a_screening_index_with_a_changed_byte_is_refused(copy: Path, place: int) -> None:
    flip(copy / "names.index", place)
    with pytest.raises(ScreeningError, match=r"names\.index: is not a whole screening index"):
        Index.load(copy / "names.index")


def test_the_command_line_says_which_file_and_leaves_with_1(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "manifest.json").write_text("", "utf-8")
    assert main(["evidence", "list", "--snapshot", str(copy)]) == 1
    said = capsys.readouterr()
    assert (said.out, "manifest.json" in said.err) == ("", True)
