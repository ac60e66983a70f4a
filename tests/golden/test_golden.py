"""Every example gives the golden answer, byte for byte; ``make golden`` writes them anew."""

import json
from functools import cache
from pathlib import Path

import pytest

from licet.assessment.evidence import Knowledge
from tests.golden.write import EXAMPLES, FOLDER, answers_of

CASES = sorted(EXAMPLES.rglob("*.yaml"))


@cache
def knowledge() -> Knowledge:
    return Knowledge.open()


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_an_example_gives_its_golden_answer(path: Path) -> None:
    golden = FOLDER / f"{path.parent.name}-{path.stem}.json"
    assert answers_of(path, knowledge()) == json.loads(golden.read_text("utf-8"))


def test_no_golden_answer_is_without_its_example() -> None:
    names = {f"{path.parent.name}-{path.stem}.json" for path in CASES}
    assert {path.name for path in FOLDER.iterdir()} == names
