"""Every reader of a source, whatever comes: an error that names the file, or counts that reconcile.

Never another exception, and never fewer rows than the file has without a word. Readers are found in
the register, so that a new one is fuzzed by being there (and fails until it has a sample).
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence.samples import REGISTERED, write

from licet.errors import InputError
from licet.evidence import Snapshot
from licet.evidence.brought import BROUGHT, read
from licet.evidence.compile_tables import PRIMARY, of_source
from licet.evidence.countries import Countries
from licet.evidence.sifting import Sifted

CELLS = (
    *(
        "",
        " ",
        "NA",
        "null",
        "nan",
        "inf",
        "-1",
        "0",
        "1",
        "99999",
        "9" * 40,
        "1e9",
        "0." + "1" * 30,
    ),
    *("2031", "1066", "32,5", "9231", "\u0663", "Norway", "Atlantis", "SA", "=1+1", "a\nb", 'a"b'),
    *("[u'x', 1]", "<html>", "\u202eevil", "漢" * 300),
)
PARAGRAPHS = frozenset({"eff_atlas", "norway_list2", "uk_ratings", "uk_refusals"})
"""Sources whose cells may have several lines, so that lines cannot be counted from outside."""
QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@cache
def countries() -> Countries:
    return Snapshot.open().countries


@cache
def sample(source: str) -> tuple[bytes, dict[str, bytes], str, bool]:
    """The file to damage, those that must lie beside it, its name, and whether a folder is read."""
    with tempfile.TemporaryDirectory() as place:
        asked, file = write(source, Path(place))
        if asked != file:
            return file.read_bytes(), {}, file.name, True
        beside = {
            one.name: one.read_bytes()
            for one in file.parent.iterdir()
            if one != file and one.suffix in (".csv", ".json")
        }
        return file.read_bytes(), beside, file.name, False


def damaged_table(draw: st.DrawFn, raw: bytes) -> bytes:
    """A table with columns dropped or renamed, cells swapped or replaced, rows doubled."""
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8", "replace"), newline="")))
    for _ in range(draw(st.integers(1, 3))):
        one, other = (draw(st.integers(0, len(rows) - 1)) for _ in range(2))
        if not rows[one] or not rows[other]:
            continue
        column, second = (draw(st.integers(0, len(rows[i]) - 1)) for i in (one, other))
        match draw(st.sampled_from(["drop", "rename", "swap", "cell", "double", "short"])):
            case "drop":
                rows = [row[:column] + row[column + 1 :] for row in rows]
            case "rename":
                rows[0][min(column, len(rows[0]) - 1)] += "x"
            case "swap":
                rows[one][column], rows[other][second] = rows[other][second], rows[one][column]
            case "cell":
                rows[one][column] = draw(st.sampled_from(CELLS))
            case "double":
                rows.insert(other, list(rows[one]))
            case _:
                rows[one] = rows[one][:column]
        rows = rows if rows[0] else [["x"], *rows[1:]]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def places(value: object, trail: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [trail] if trail else []
    parts = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else parts:
        found += places(part, (*trail, key))
    return found


def damaged_object(draw: st.DrawFn, raw: bytes) -> bytes:
    """A JSON file with places removed, or replaced by another kind of value."""
    whole = json.loads(raw)
    for _ in range(draw(st.integers(1, 2))):
        trail = draw(st.sampled_from(places(whole) or [("x",)]))
        inner = whole
        for step in trail[:-1]:
            inner = inner[step]
        if draw(st.booleans()) and len(inner) > 1:
            del inner[trail[-1]]
        else:
            inner[trail[-1]] = draw(st.sampled_from([None, 0, "x", [], {}, True, [None], {"a": 1}]))
    return json.dumps(whole).encode()


def damaged_bytes(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bytes flipped, the file cut off, another encoding, a mark at its head, a web page, nothing."""
    match draw(
        st.sampled_from(["flip"] * 4 + ["cut"] * 3 + ["latin", "wide", "mark", "page", "no"])
    ):
        case "flip":
            data = bytearray(raw)
            for _ in range(draw(st.integers(1, 4))):
                near = draw(st.sampled_from(b'",\n\r;\x00<&\xff5a'))
                data[draw(st.integers(0, len(data) - 1))] = draw(
                    st.integers(0, 255) | st.just(near)
                )
            return bytes(data)
        case "cut":
            return raw[: draw(st.integers(0, len(raw)))]
        case "latin":
            return raw.decode("utf-8", "replace").encode("latin-1", "replace") + b"\xe9\n"
        case "wide":
            return raw.decode("utf-8", "replace").encode("utf-16")
        case "mark":
            return b"\xef\xbb\xbf" + raw
        case "page":
            return b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n"
        case _:
            return draw(
                st.sampled_from([b"", b"\n", b"\x00", b"[]", b"{}", b"a,b\n1,2\n", b"<a/>"])
            )


@st.composite
def damaged(draw: st.DrawFn, raw: bytes, suffix: str) -> bytes:
    """The file with one kind of damage."""
    if draw(st.booleans()):
        if suffix == ".csv":
            return damaged_table(draw, raw)
        if suffix == ".json":
            return damaged_object(draw, raw)
    return damaged_bytes(draw, raw)


def lines_in(text: str) -> int:
    """The lines that are not blank, counted without any reader."""
    return sum(bool(line.strip("\r\n")) for line in io.StringIO(text, newline=""))


def check(source: str, raw: bytes) -> str:
    """Read the damaged file and hold the reader to its promise."""
    _, beside, name, is_folder = sample(source)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for other, content in beside.items():
            (folder / other).write_bytes(content)
        (folder / name).write_bytes(raw)
        asked = folder if is_folder else folder / name
        try:
            if source in BROUGHT:
                found, made = read(source, asked, countries())
                reconciles(source, raw, found)
                assert sum(len(table) for table in made.values()) >= len(found.quarantined)
            else:
                rows = len(of_source(source, asked, countries())[PRIMARY[source]])
                if name.endswith(".csv") and source not in PARAGRAPHS and not is_folder:
                    assert rows == lines_in(raw.decode("utf-8-sig")) - 1
        except InputError as error:
            return f"refused: {error}"
    return "read"


def held(source: str, raw: bytes) -> None:
    """The promise of every reader: an answer whose counts reconcile, or an error with the file."""
    answer = check(source, raw)
    assert answer == "read" or sample(source)[2].split(".")[0] in answer


def reconciles(source: str, raw: bytes, found: Sifted) -> None:
    assert found.read == len(found.rows) + len(found.quarantined)
    assert found.rows
    text = raw.decode("utf-8-sig")
    if source == "un_sc":
        assert found.read == len(re.findall(r"<(?:ENTITY|INDIVIDUAL)>", text))
    elif source == "jp_end_users":
        assert found.read == len(json.loads(text))
    elif source not in PARAGRAPHS:
        head = 0 if source in ("eu_licences", "ofac_sdn") else 1
        aside = sum(row.last_line - row.line + 1 for row in found.quarantined)
        end = 1 if source == "ofac_sdn" else 0
        assert lines_in(text) - end - head == len(found.rows) + aside


@pytest.mark.parametrize("source", REGISTERED)
def test_the_sample_is_read_whole(source: str) -> None:
    assert check(source, sample(source)[0]) == "read"


@pytest.mark.parametrize("source", REGISTERED)
def test_a_damaged_file_is_refused_by_name_or_every_row_is_told(source: str) -> None:
    raw, _, name, _ = sample(source)

    @settings(max_examples=25, **QUICK)
    @given(damaged(raw, Path(name).suffix))
    def run(bad: bytes) -> None:
        held(source, bad)

    run()


@pytest.mark.slow
@pytest.mark.parametrize("source", REGISTERED)
def test_a_damaged_file_is_refused_or_told_at_length(source: str) -> None:
    raw, _, name, _ = sample(source)

    @settings(max_examples=1_500, **QUICK)
    @given(damaged(raw, Path(name).suffix))
    def run(bad: bytes) -> None:
        held(source, bad)

    run()
