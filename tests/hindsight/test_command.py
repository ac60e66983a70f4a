"""``licet hindsight`` as a person and as a script use it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.assessment.evidence import Knowledge
from licet.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURE = str(Path(__file__).resolve().parents[2] / "examples/hindsight/inventory.csv")
ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/data/test_only/carnegie_spyware_inventory_v10_part.csv"


def test_the_table_shows_counts_intervals_groups_and_what_was_set_aside(capsys) -> None:
    assert main(["hindsight", FIXTURE]) == 0
    out = capsys.readouterr().out
    assert "12 rows read = 6 assessed + 6 set aside" in out
    assert "line 8: destination 'Atlantis' is no country" in out
    for words in ("by what the row reports", "by destination", "  Hungary", "16.7 % (3.0 to 56.4)"):
        assert words in out
    assert "lawful, safeguarded controls are refused" in out


def test_json_has_totals_that_reconcile(capsys) -> None:
    assert main(["hindsight", FIXTURE, "--json", "--rulebook", "amnesty-2021"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["totals"] == {"refused": 1, "referred": 5, "cleared": 0, "not_reached": 0}
    assert found["of"] == "amnesty-2021"
    digest = hashlib.sha256(Path(FIXTURE).read_bytes()).hexdigest()
    assert found["table"] == {"name": FIXTURE, "sha256": f"sha256:{digest}"}
    assert found["lawful_controls_refused"]["all"]["of"] >= 22
    assert "totals" in found["retro_coded"]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_every_assessment_is_written_and_every_case_can_be_assessed(
    tmp_path, capsys, ending
) -> None:
    rows, cases = tmp_path / f"rows.{ending}", tmp_path / "cases"
    words = ["hindsight", FIXTURE, "-o", str(rows), "--cases", str(cases)]
    assert main([*words, "-q", "--json", "--rulebook", "amnesty-2021"]) == 0
    capsys.readouterr()
    text = rows.read_text("utf-8")
    told = (
        list(csv.DictReader(io.StringIO(text)))
        if ending == "csv"
        else [json.loads(line) for line in text.splitlines()]
    )
    assert len(told) == 22
    strict = next(t for t in told if t["verdict"] == "refused" and t["evidence"] == "strict")
    again = ["assess", str(cases / f"{strict['case']}.yaml"), "--rulebook", "amnesty-2021"]
    main([*again, "--evidence", "strict", "--json"])
    bodies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    merits = next(b for b in bodies if b["rulebook"] == "amnesty-2021")["outcomes_on_merits"]
    outcomes = strict["outcomes"]
    assert set(merits) == set(outcomes.split("; ") if ending == "csv" else outcomes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a table, or --controls"),
        ([FIXTURE, "--controls"], "and not both"),
        (["nowhere.csv"], "nowhere.csv: cannot be read: No such file or directory"),
        ([FIXTURE, "-o", "rows.xlsx"], "name a file that ends in .csv or .jsonl"),
        ([FIXTURE, "--undated-span", "99"], "expected 0 to 50 years"),
        ([FIXTURE, "--encoding", "klingon"], "unknown encoding: klingon"),
        ([FIXTURE, "--encoding", "rot13"], "not a text encoding"),
        ([FIXTURE, "--rulebook", "amnesty"], "nearest: 'amnesty-2021'"),
        (["--controls", "--years", "soon"], "write it as 2021-2026"),
        (["--controls", "--years", "2021-present"], "write it as 2021-2026"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(words, said, capsys) -> None:
    assert main(["hindsight", *words]) == 2
    got = capsys.readouterr()
    assert said in got.err
    assert got.out == ""


def test_files_that_are_there_are_not_written_over(tmp_path, capsys) -> None:
    rows, cases = tmp_path / "rows.csv", tmp_path / "cases"
    rows.write_text("mine")
    assert main(["hindsight", FIXTURE, "-o", str(rows)]) == 2
    cases.mkdir()
    (cases / "a").write_text("mine")
    assert main(["hindsight", FIXTURE, "--cases", str(cases)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert rows.read_text() == "mine"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_tables_in_other_encodings_are_read(tmp_path, capsys, encoding) -> None:
    table = tmp_path / "t.csv"
    table.write_text("country,technology,year\nCôte d'Ivoire,Spyware,2016\n", encoding=encoding)
    told = ["--encoding", "cp1252"] if encoding == "cp1252" else []
    words = ["hindsight", str(table), "--json", "--rulebook", "amnesty-2021", *told]
    assert main(words) == 0
    assert list(json.loads(capsys.readouterr().out)["by"]["destination"]) == ["CI"]


def test_a_table_comes_from_standard_input_too(monkeypatch, capsys) -> None:
    raw = io.BytesIO(b"country,technology,year\nKenya,Spyware,2016\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    assert main(["hindsight", "-", "--json", "--rulebook", "amnesty-2021"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["assessed"] == 1


@pytest.mark.shared
def test_the_given_part_of_the_inventory_clears_nothing_and_is_as_the_page_says(capsys) -> None:
    if not SHARED.is_file():
        pytest.skip("the inventory is not beside the project: its figures are not checked")
    assert main(["hindsight", str(SHARED), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    totals = found["totals"]
    assert totals["cleared"] == 0
    assert sum(totals.values()) == found["rows"]["assessed"] == 88
    assert found["rows"]["read"] == 88
    assert found["rulebooks"][0]["rulebook"] == "amnesty-2021"
    assert found["rulebooks"][0]["cleared"] == 0
    page = (ROOT / "docs/hindsight.md").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = dict(_rows_for_the_page(found))
    for label, cells in rows.items():
        assert f"| {label} | {cells} |" in page, label
    for ours, theirs in (
        ("report misuse", "reports misuse"),
        ("report deployment", "reports deployment"),
        ("do not say", "reports not stated"),
    ):
        assert f"| {ours} | {rows[theirs].rpartition(' | ')[0]} |" in readme
    for book in found["rulebooks"]:
        counts = " | ".join(str(book[v]) for v in ("refused", "referred", "cleared", "not_reached"))
        assert f"| `{book['rulebook']}` | {book['kind']} | {counts} |" in page
    latest = " | ".join(str(found["on_latest_day"][v]) for v in ("refused", "referred", "cleared"))
    assert f"(`--undated-span 0`) | {latest} |" in page
    assert f"For {found['known_on_every_day']['nothing']} rows the evidence says nothing" in page


def _rows_for_the_page(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The rows of the page's tables, label and cells."""
    country = Knowledge.open().country_name
    retro = found["retro_coded"]["totals"]["refused"]
    total = {**found["totals"], "refused_share": found["shares"]["refused"]}
    yield "all rows", _cells({**total, "retro_coded_refused": retro})
    before = {
        "report": "reports ",
        "documentation": "documented by ",
        "dating": "first year of use ",
    }
    for by, groups in found["by"].items():
        for key, group in groups.items():
            words = country(key) if by == "destination" else key.replace("_", " ")
            yield f"{before.get(by, '')}{words}", _cells(group)


def _cells(group: dict[str, Any]) -> str:
    share = group["refused_share"]
    low, high = (100 * float(share[bound]) for bound in ("low", "high"))
    part = f"{100 * share['found'] / share['of']:.1f} % ({low:.1f} to {high:.1f})"
    counts = (share["of"], group["refused"], group["referred"], group["cleared"])
    return " | ".join(map(str, (*counts, part, group["retro_coded_refused"])))
