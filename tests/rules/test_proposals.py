"""Proposed examples hold, stand for one reason each, and notice what no example noticed before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from licet.cli.main import main
from licet.rules.examples import leaf_coverage, run_examples
from licet.rules.load import load_rulebook
from licet.rules.mutation import run_mutants
from licet.rules.strict_yaml import read_bytes

SHIPPED = Path(__file__).resolve().parents[2] / "src/licet/rulebooks"


@pytest.fixture(params=["uk-export", "eu-due-diligence", "eu-restrictive-measures"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A rulebook of which somebody took all the examples."""
    copy = Path(shutil.copytree(SHIPPED / request.param, tmp_path / request.param))
    for file in (copy / "provisions").iterdir():
        file.write_text(file.read_text("utf-8").partition("\ntests:\n")[0] + "\n", "utf-8")
    return copy


def test_with_the_proposed_examples_nearly_every_change_is_noticed(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_mutants(load_rulebook(bare)).killed == 0
    assert main(["rulebook", "propose", str(bare)]) == 0
    out = capsys.readouterr().out
    for part in out.split("\n# " + bare.name + "/")[1:]:
        name, _, text = part.partition("\n")
        file = bare / name
        file.write_text(file.read_text("utf-8") + "tests:\n" + text, "utf-8")
    book = load_rulebook(bare)
    assert all(result.passed for result in run_examples(book))
    assert not [one for one in leaf_coverage(book) if one.never]
    noticed, of = run_mutants(book).score
    assert noticed >= of - 1


def test_what_is_printed_is_yaml_and_json_says_the_same(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rulebook", "propose", str(bare)]) == 0
    blocks = read_bytes(capsys.readouterr().out.encode(), "out.yaml")
    assert main(["rulebook", "propose", str(bare), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["examples"]
    assert [b["name"] for b in blocks] == [r["name"] for r in rows]
    assert [b["given"] for b in blocks] == [
        {n: v if isinstance(v, list) else str(v) for n, v in r["given"].items()} for r in rows
    ]


def test_where_no_example_is_missing_nothing_is_proposed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rulebook", "propose", "uk-export"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no example is missing" in captured.err
