"""What a table may hold, what is refused, and in which words."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

pl = pytest.importorskip("polars")

from licet.cli.main import main  # noqa: E402
from licet.rules.load import default_dictionary, shipped  # noqa: E402
from licet.rules.sweep.ladder import OUTCOME_BITS  # noqa: E402
from licet.rules.sweep.run import open_inputs, plan, sweep  # noqa: E402
from licet.rules.sweep.summary import words  # noqa: E402
from licet.rules.sweep.table import TableError  # noqa: E402

FACTS = default_dictionary().facts
COUNTRIES = ("DE", "EG", "NA", "worldwide")
DAY = datetime.date(2024, 5, 1)


GIVEN = {
    "export.leaves_EU_customs_territory": [True, True],
    "item.cyber_surveillance": [True, True],
    "exporter.informed_by_authority_repression_or_violations": [True, None],
}


def settled_otherwise() -> dict[str, list[object]]:
    """Every other yes/no fact that the regulation reads, as no: one question is left open."""
    book = shipped()["eu-dual-use"]
    return {
        name: [False, False]
        for name in book.readers_of
        if FACTS[name].type.value == "yes_no" and name not in GIVEN and name not in book.derive
    }


def columns(**more: object) -> dict[str, list[object]]:
    """Two exports of an unlisted cyber-surveillance item about which the authority wrote, or did not."""
    return {
        "id": [1, 2],
        "dates.assessed": [DAY, DAY],
        "case.kind": ["export", "export"],
        **settled_otherwise(),
        **GIVEN,
        **{name.replace("__", "."): value for name, value in more.items()},  # type: ignore[dict-item]
    }


def write(folder: Path, name: str = "t.parquet", **more: object) -> Path:
    frame = pl.DataFrame(columns(**more), strict=False)
    path = folder / name
    if path.suffix == ".csv":
        frame.with_columns(
            pl.col(pl.Boolean).replace_strict(
                {True: "yes", False: "no"}, default=None, return_dtype=pl.String
            )
        ).write_csv(path)
    else:
        frame.write_parquet(path)
    return path


def outcomes(
    path: Path, book: str = "eu-dual-use", parties: Path | None = None, **more: object
) -> list[tuple[str, ...]]:
    books = shipped()
    chosen = {name: books[name] for name in (book, *books[book].uses)}
    planned = plan(open_inputs(path, FACTS, parties), chosen, COUNTRIES, **more)  # type: ignore[arg-type]
    frame = pl.concat([piece.frame for piece in sweep(planned)])
    return [words(one, OUTCOME_BITS) for one in frame[book]]


def test_an_answered_question_settles_and_an_open_one_stays_open(tmp_path: Path) -> None:
    settled, still_open = outcomes(write(tmp_path))
    assert settled == ("authorisation_required",)
    assert "authorisation_required" in still_open
    assert len(still_open) > 1


def test_a_csv_file_says_the_same_as_a_parquet_file(tmp_path: Path) -> None:
    assert outcomes(write(tmp_path, "t.csv")) == outcomes(write(tmp_path))


def test_a_day_that_only_the_call_gives(tmp_path: Path) -> None:
    path = write(tmp_path, dates__assessed=[None, None])
    with pytest.raises(
        TableError, match=r"dates.assessed: is empty, first in the rows with id 1, 2"
    ):
        outcomes(path)
    assert outcomes(path, as_of=DAY) == outcomes(write(tmp_path, "u.parquet"))


def test_a_day_before_the_regulation_is_not_in_force_or_under_its_predecessor(
    tmp_path: Path,
) -> None:
    early = outcomes(write(tmp_path, dates__assessed=["1990-01-01", "1990"]))
    assert early == [("not_in_force",), ("not_in_force",)]


def every_provision(path: Path) -> int:
    planned = plan(open_inputs(path, FACTS), shipped(), COUNTRIES, provisions=True)
    return sum(len(piece.frame) for piece in sweep(planned))


@pytest.mark.parametrize(
    ("more", "words_of_the_error"),
    [
        (
            {"item__surveilance": [True, True]},
            "item.surveilance: is not a fact; nearest: 'item.surveillance'",
        ),
        (
            {"dest__country": ["EG", "Egypt"]},
            r"dest.country: got 'Egypt' \(first in the row with id 2\): give a two-letter",
        ),
        (
            {"item__category": ["spyware", None]},
            r"item.category: got 'spyware' \(first in the row with id 1\)",
        ),
        ({"item__us_eccn": [["4A005", "9Z999"], []]}, r"item.us_eccn: got '9Z999'"),
        ({"item__us_eccn": ["4A005;9Z999", ""]}, "item.us_eccn: got '4A005;9Z999'"),
        (
            {"item__surveillance": ["yes", "maybe"]},
            r"item.surveillance: got 'maybe' \(first in the row with id 2\)",
        ),
        (
            {"item__surveillance": [1.5, 0.0]},
            "item.surveillance: holds Float64: give yes, no or nothing",
        ),
        ({"company__employees": [2.5, 1.0]}, "company.employees: got 2.5"),
        ({"dates__export": ["2024-13-01", None]}, "dates.export: got '2024-13-01'"),
        ({"id": [1, 1]}, "id: 1 ids stand in more than one row: 1"),
        ({"id": [1, None]}, "id: is empty in 1 rows"),
        ({"grade__overall": ["high", None]}, "grade.overall: is worked out by the risk method"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, more: dict[str, object], words_of_the_error: str
) -> None:
    path = write(tmp_path, **more)
    with pytest.raises(TableError, match=words_of_the_error) as caught:
        every_provision(path)
    assert str(path) in str(caught.value)


def test_namibia_is_a_country_and_not_a_missing_value(tmp_path: Path) -> None:
    assert len(outcomes(write(tmp_path, "n.csv", dest__country=["NA", "DE"]))) == 2


def test_a_code_that_stands_twice_in_a_list_counts_once(tmp_path: Path) -> None:
    once = outcomes(
        write(tmp_path, "a.parquet", item__us_eccn=[["4A005"], ["4A005", "5A001.j"]]), "us-ear"
    )
    twice = outcomes(
        write(
            tmp_path, "b.parquet", item__us_eccn=[["4A005", "4A005"], ["4A005", "5A001.j", "4A005"]]
        ),
        "us-ear",
    )
    assert once == twice


def parties(folder: Path, rows: dict[str, list[object]]) -> Path:
    path = folder / "parties.parquet"
    pl.DataFrame(rows).write_parquet(path)
    return path


def test_parties_that_nobody_stated_are_unknown_and_not_clear(tmp_path: Path) -> None:
    more = {"item__subject_to_EAR": [True, True], "dest__country": ["EG", "EG"]}
    main = write(tmp_path, **more)
    listed = parties(tmp_path, {"id": [1], "party.on_entity_list": [True]})
    with_listed, without = outcomes(main, "us-ear", listed)
    assert "no_rule_applies" not in with_listed
    assert "refusal_presumed" in without
    assert without == outcomes(main, "us-ear")[1]


def test_a_party_of_no_transfer_is_refused(tmp_path: Path) -> None:
    strays = parties(tmp_path, {"id": [1, 7], "party.on_entity_list": [False, True]})
    with pytest.raises(TableError, match=r"id: 1 ids are not in t\.parquet: 7"):
        outcomes(write(tmp_path), "us-ear", strays)


def test_a_fact_of_the_item_does_not_belong_among_the_parties(tmp_path: Path) -> None:
    wrong = parties(tmp_path, {"id": [1], "item.surveillance": [True]})
    with pytest.raises(TableError, match=r"item\.surveillance: is about the item"):
        open_inputs(write(tmp_path), FACTS, wrong)


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing", b"<html>not found</html>"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with pytest.raises(TableError, match="cannot be read as a table"):
        open_inputs(path, FACTS)


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(TableError):
        open_inputs(path, FACTS)


def test_an_empty_table_is_swept_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame(columns(), strict=False).clear().write_parquet(path)
    assert main(["sweep", str(path), "--rulebook", "eu-dual-use"]) == 0


# The command ---------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["sweep", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_result_is_readable_without_licet(tmp_path: Path, capsys) -> None:
    main_table = write(tmp_path)
    out = tmp_path / "out.parquet"
    code, _, _ = run(
        capsys, str(main_table), "--rulebook", "eu-dual-use", "-o", str(out), "--provisions"
    )
    assert code == 0
    frame = pl.read_parquet(out)
    assert frame["eu-dual-use"].to_list()[0] == "authorisation_required"
    assert frame["eu-dual-use/EU-DU-5.1"].to_list() == [True, None]
    code, _, err = run(capsys, str(main_table), "-o", str(out))
    assert code == 2
    assert "--force" in err


def test_masks_carry_the_meaning_of_their_bits(tmp_path: Path, capsys) -> None:
    import json

    import pyarrow.parquet as pq

    out = tmp_path / "out.parquet"
    run(capsys, str(write(tmp_path)), "--rulebook", "eu-dual-use", "-o", str(out), "--masks")
    found = pq.read_table(out)
    told = json.loads(found.schema.metadata[b"licet"])["eu-dual-use"]
    assert told["digest"] == shipped()["eu-dual-use"].digest
    assert words(found["eu-dual-use"][0].as_py(), told["bits"]) == ("authorisation_required",)


def test_a_row_is_explained_in_full(tmp_path: Path, capsys) -> None:
    path = str(write(tmp_path))
    code, out, _ = run(capsys, path, "--rulebook", "eu-dual-use", "--explain", "2")
    assert code == 0
    assert "exporter.informed_by_authority_repression_or_violations" in out
    code, _, err = run(capsys, path, "--explain", "9")
    assert code == 2
    assert "no row has the id '9'" in err


def test_a_row_with_a_value_that_cannot_be_is_not_explained(tmp_path: Path, capsys) -> None:
    path = str(write(tmp_path, dest__country=["EG", "Germany"]))
    code, told, err = run(capsys, path, "--rulebook", "amnesty-2021", "--explain", "2")
    assert (code, told) == (2, "")
    assert "dest.country: got 'Germany' (first in the row with id 2): give a two-letter" in err


def test_a_moratorium_stands_in_a_sweep_as_in_an_assessment(tmp_path: Path, capsys) -> None:
    import json

    sample = next((Path(__file__).parents[2] / "examples/moratoria").glob("*.yml"))
    facts = {
        "item__surveillance": [True, True],
        "item__specially_designed_for_intrusion": [True, None],
    }
    path = str(
        write(
            tmp_path,
            dates__assessed=["2026-03-01", "2026-03"],
            dates__export=["2026-03-01", "2026-02-28"],
            **facts,
        )
    )
    code, out, _ = run(
        capsys, path, "--rulebook", "eu-dual-use", "--moratorium", str(sample), "--json"
    )
    assert code == 0
    told = json.loads(out)["rulebooks"][0]
    assert told["digest"] == shipped()["eu-dual-use"].digest
    assert [one["digest"][:7] for one in told["moratoria"]] == ["sha256:"]
    assert told["refused"] == {"rows": 2, "certain": 1, "possible": 1}
    assert told["on_merits"]["refused"]["possible"] == 0


def test_an_amendment_shows_who_changes(tmp_path: Path, capsys) -> None:
    import json
    import shutil

    import licet

    draft = tmp_path / "draft"
    shutil.copytree(Path(licet.__file__).parent / "rulebooks" / "eu-dual-use", draft)
    provision = draft / "provisions" / "EU-DU-5.1.yaml"
    text = provision.read_text("utf-8")
    assert "effect: authorisation_required" in text
    provision.write_text(
        text.replace("effect: authorisation_required", "effect: prohibited"), "utf-8"
    )
    path = str(write(tmp_path))
    code, out, _ = run(capsys, path, "--rulebook", "eu-dual-use", "--against", str(draft), "--json")
    assert code == 0
    moves = json.loads(out)["comparison"]
    certain = [move for move in moves if move["to"] == ["prohibited"]]
    assert certain == [
        {"from": ["authorisation_required"], "to": ["prohibited"], "rows": 1, "examples": [1]}
    ]
    code, out, _ = run(capsys, path, "--rulebook", "eu-dual-use", "--against", "eu-dual-use")
    assert "No row changes" in out


def test_a_sweep_that_differs_from_the_explanation_reports_nothing(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    from licet.rules.sweep import reference

    out = tmp_path / "out.parquet"
    monkeypatch.setattr(reference.Looked, "masks", lambda self: {"eu-dual-use": 0})
    code, told, err = run(capsys, str(write(tmp_path)), "--rulebook", "eu-dual-use", "-o", str(out))
    assert code == 1
    assert told == ""
    assert "the sweep and the explanation differ" in err
    assert list(tmp_path.glob("*out*")) == []
    assert list(tmp_path.glob(".licet*")) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, capsys, monkeypatch) -> None:
    import errno

    import pyarrow.parquet as pq

    def full(self, table) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    out = tmp_path / "out.parquet"
    code, told, err = run(capsys, str(write(tmp_path)), "--rulebook", "eu-dual-use", "-o", str(out))
    assert code == 2
    assert told == ""
    assert "No space left on device; nothing was left half-written" in err
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]


@pytest.mark.parametrize(
    ("words_", "told"),
    [
        (["--sample", "-1"], "--sample"),
        (["--by", "dest.contry"], "nearest: 'dest.country'"),
        (["--against", "eu-dual-use"], "add one --rulebook ID"),
        (["--rulebook", "eu-dualuse"], "nearest: 'eu-dual-use'"),
        (["-o", "out.txt"], "name a .parquet or a .csv file"),
        (["--as-of", "soon"], "write a date as YYYY-MM-DD"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, capsys, words_: list[str], told: str) -> None:
    path = write(tmp_path, dest__country=["EG", "DE"])
    code, _, err = run(capsys, str(path), *words_)
    assert code == 2
    assert told in err


def test_the_page_holds_its_chart_and_loads_nothing(tmp_path: Path, capsys) -> None:
    pytest.importorskip("vl_convert")
    page = tmp_path / "report.html"
    more = {"dest__country": ["EG", "DE"], "year": ["a", "b"]}
    code, _, _ = run(
        capsys,
        str(write(tmp_path, **more)),
        "--rulebook",
        "eu-dual-use",
        "--report",
        str(page),
        "--by",
        "year",
    )
    assert code == 0
    text = page.read_text("utf-8")
    assert "<svg" in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "<script" not in text


def test_a_table_says_of_each_row_what_kind_of_case_it_is(tmp_path: Path, capsys) -> None:
    bare = tmp_path / "u.csv"
    bare.write_text("id,item.surveillance,dest.country\n1,yes,DE\n", "utf-8")
    code, _, err = run(capsys, str(bare), "--as-of", "2026-01-01")
    assert code == 2
    assert "u.csv: case.kind: is missing: say of each row" in err
    with pytest.raises(TableError, match=r"case\.kind: is empty, first in a row with id 2"):
        outcomes(write(tmp_path, case__kind=["export", None]))


def test_a_purchase_has_its_own_effect(tmp_path: Path) -> None:
    kinds = tmp_path / "v.csv"
    kinds.write_text("id,item.surveillance,case.kind\n1,yes,export\n2,yes,procurement\n", "utf-8")
    export, purchase = outcomes(kinds, "amnesty-2021", as_of=datetime.date(2026, 1, 1))
    assert "refusal_required" in export
    assert "refusal_required" not in purchase


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            {"id": [1], "roles": [["exportr"]]},
            "names 'exportr', which is no role; nearest: 'exporter'",
        ),
        ({"id": [1], "roles": [None]}, "roles: is empty, first in a row with id 1"),
        (
            {"id": [1], "roles": [["exporter"]], "asked": [["party.on_sdnn"]]},
            "no fact with a column here",
        ),
        ({"id": [None], "roles": [["exporter"]]}, "id: "),
    ],
)
def test_lists_may_not_name_what_is_not_there(
    tmp_path: Path, rows: dict[str, list[object]], told: str
) -> None:
    frame = pl.DataFrame({**rows, "party.on_entity_list": [True]}, strict=False)
    lists = [name for name in ("roles", "asked") if name in rows]
    path = tmp_path / "parties.parquet"
    frame.with_columns(pl.col(name).cast(pl.List(pl.String)) for name in lists).write_parquet(path)
    with pytest.raises(TableError, match=told):
        outcomes(write(tmp_path), "us-ear", path)


def test_without_roles_what_is_said_of_a_role_stays_open(tmp_path: Path) -> None:
    """A provision about exporters is not "not met" because nobody said who exports."""
    from licet.rules.grammar import Leaf, Quantified
    from licet.rules.sweep.algebra import LINE, PARTY
    from licet.rules.sweep.lower import Lowering, Stated, _Book

    node = Quantified(
        "when", "some", "role:exporter", Leaf("is", "party.on_entity_list", "is", True)
    )
    facts = {LINE: frozenset({"case.kind"}), PARTY: frozenset({"party.on_entity_list"})}
    for lists, unknown in ((frozenset(), True), (frozenset({"roles"}), False)):
        lowering = Lowering(Stated(facts, {PARTY: lists}))
        found = _Book(lowering, shipped()["us-ear"], {})._quantified(node)
        assert (found is lowering.columns.unknown) is unknown


def test_an_id_is_a_text_or_a_whole_number(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="id: holds Float64: give texts or whole numbers"):
        open_inputs(write(tmp_path, id=[1.5, 2.0]), FACTS)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_no_engine_loses_a_party_in_silence(tmp_path: Path, capsys, engine: str) -> None:
    strays = parties(tmp_path, {"id": [1, 7], "party.on_entity_list": [False, True]})
    words_ = ("--parties", str(strays), "--rulebook", "us-ear", "--engine", engine)
    code, told, err = run(capsys, str(write(tmp_path)), *words_)
    assert (code, told) == (2, "")
    assert "1 ids are not in t.parquet: 7" in err
