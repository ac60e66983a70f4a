"""The published JSON Schemas held against an independent validator, with the real examples."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge
from licet.cli.schema import SCHEMAS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASES = sorted(p for p in EXAMPLES.rglob("*.yaml"))
BOOKS = Path(__file__).resolve().parents[2] / "src/licet/rulebooks"
PROVISIONS = sorted(BOOKS.rglob("provisions/*.yaml"))


def validator(name: str) -> jsonschema.Draft202012Validator:
    published = json.loads(json.dumps(SCHEMAS[name]()))
    jsonschema.Draft202012Validator.check_schema(published)
    return jsonschema.Draft202012Validator(published)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_example_is_valid_under_the_published_case_schema(path: Path) -> None:
    validator("case").validate(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))  # noqa: S506


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("kind",), "exprot"),
        (("titel",), "x"),
        (("dates",), "2024"),
        (("parties", 0, "roles"), ["boss"]),
        (("items", 0, "quantitiy"), "3"),
        (("id",), "a b"),
    ],
)
def test_the_case_schema_refuses_what_the_reader_refuses(place, value) -> None:
    case = yaml.load(CASES[0].read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    broken = copy.deepcopy(case)
    inner = broken
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        validator("case").validate(broken)


@pytest.mark.parametrize("path", PROVISIONS, ids=lambda p: p.stem)
def test_every_provision_is_valid_under_the_published_schema(path: Path) -> None:
    validator("provision").validate(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))  # noqa: S506


def test_determinations_are_valid_under_the_published_schema() -> None:
    knowledge, checker = Knowledge.open(), validator("determination")
    for path in CASES[::5]:
        for determination in assess(read_case(path), knowledge).determinations:
            checker.validate(json.loads(determination.to_bytes()))


def test_the_moratorium_schema_takes_the_example_and_refuses_what_the_reader_refuses() -> None:
    text = (EXAMPLES / "moratoria/intrusion-tools.yml").read_text("utf-8")
    example = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    checker = validator("moratorium")
    checker.validate(example)
    for changed in ({"effect": "conditions"}, {"overrides": []}, {"stands_in": {}}, {"id": "a/b"}):
        with pytest.raises(jsonschema.ValidationError):
            checker.validate({**example, **changed})
