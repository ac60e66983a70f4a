"""What the examples never tried is told: each condition true, false and open at least once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from licet.cli.main import main
from licet.rules.examples import leaf_coverage
from licet.rules.load import load_rulebook, shipped

SHIPPED = Path(__file__).resolve().parents[2] / "src/licet/rulebooks"


@pytest.mark.parametrize("book", shipped().values(), ids=lambda b: b.id)
def test_every_condition_is_listed_once_and_the_summary_counts_them(book, capsys) -> None:
    leaves = leaf_coverage(book)
    assert len({(one.owner, one.leaf.path) for one in leaves}) == len(leaves)
    assert all(set(one.never) <= {"true", "false", "unknown"} for one in leaves)
    assert main(["rulebook", "test", str(SHIPPED / book.id), "--leaves"]) == 0
    out = capsys.readouterr().out
    whole = sum(not one.never for one in leaves)
    assert f"{whole} of {len(leaves)} conditions seen true, false and open" in out
    assert out.count(" is never ") == len(leaves) - whole


def test_an_example_taken_away_leaves_its_conditions_untried(tmp_path, capsys) -> None:
    copy = tmp_path / "uk-export"
    shutil.copytree(SHIPPED / copy.name, copy)
    before = leaf_coverage(load_rulebook(copy))
    full = next(one for one in before if not one.never)
    file = copy / "provisions" / f"{full.owner}.yaml"
    text = file.read_text()
    head, _, tests = text.partition("\ntests:\n")
    assert tests, "the provision's examples stand last in its file"
    file.write_text(head + "\n")
    after = {(one.owner, one.leaf.path): one for one in leaf_coverage(load_rulebook(copy))}
    assert after[full.owner, full.leaf.path].never
    assert main(["rulebook", "test", str(copy), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    told = {(one["in"], one["at"]) for one in body["leaves_not_tried_in_full"]}
    assert (full.owner, full.leaf.path) in told
