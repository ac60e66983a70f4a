"""The editor schemas, by an independent validator: every file that ships is valid, planted faults are not."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from licet.cli.editor_schema import EDITOR, settings
from licet.cli.main import main
from licet.rules.load import default_dictionary
from licet.rules.strict_yaml import read_file

ROOT = Path(__file__).resolve().parents[2] / "src/licet"
PROVISIONS = sorted((ROOT / "rulebooks").rglob("provisions/*.yaml"))
RULEBOOKS = sorted((ROOT / "rulebooks").glob("*/rulebook.yaml"))
FACTS = [p for p in sorted((ROOT / "facts").glob("*.yaml")) if "\nfacts:" in p.read_text("utf-8")]
FILES = [("provision", p) for p in PROVISIONS] + [("rulebook", p) for p in RULEBOOKS]
FILES += [("facts", p) for p in FACTS]


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    made = json.loads(json.dumps(EDITOR[name]()))
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: true and 3 have types, yes and a day are text."""


Core.yaml_implicit_resolvers = {
    first: [
        (tag, expression) for tag, expression in found if not tag.endswith(("timestamp", "bool"))
    ]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize(("name", "path"), FILES, ids=lambda x: getattr(x, "stem", x))
def test_every_file_that_ships_is_valid_however_it_is_read(name: str, path: Path) -> None:
    validator(name).validate(read_file(path))
    validator(name).validate(yaml.load(path.read_text("utf-8"), Loader=Core))  # noqa: S506


GOOD = read_file(ROOT / "rulebooks/eu-dual-use/provisions/EU-DU-5.2.yaml")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("when",), "item.surveilance"),
        (("when",), "dest.country"),
        (("when",), "dest.country is Syria"),
        (("when",), "item.surveillance >= 3"),
        (("when",), "case.kind is exprot"),
        (("when",), "item.entries_in_question is 4A005"),
        (("when",), "item.entries_in_question includes 4A05"),
        (("when",), "case.kind is one of export"),
        (("when",), "company.employees >= many"),
        (("when",), {"all": []}),
        (("when",), {"all": ["item.surveillance"], "any": ["item.surveillance"]}),
        (("when",), {"al": ["item.surveillance"]}),
        (("when",), {"some": {"in": "itmes", "is": "item.surveillance"}}),
        (("when",), {"at_least": {"count": "0", "of": ["item.surveillance"]}}),
        (("when", "all", 0, "if"), "item.cyber_surveilance"),
        (("when", "all", 0, "say"), "x"),
        (("then", "effect"), "authorization_required"),
        (("then", "for_kinds"), {"procurment": "conditions"}),
        (("checked", "level"), "verified"),
        (("in_force", "from"), "9 September 2021"),
        (("in_force", "anchor"), "shipment"),
        (("scope",), "lines"),
        (("titel",), "x"),
        (("tests", 0, "given", "item.cyber_surveilance"), "yes"),
        (("tests", 0, "given", "item.cyber_surveillance"), "perhaps"),
        (("tests", 0, "given", "item.entries_in_question"), ["4A05"]),
        (("tests", 0, "expect"), "true"),
        (("tests", 0, "asks"), ["item.cyber_surveilance"]),
        (("tests", 0, "date"), "1 May 2023"),
    ],
)
def test_a_planted_fault_in_a_provision_is_refused(place: tuple[Any, ...], value: Any) -> None:
    broken = copy.deepcopy(GOOD)
    inner = broken
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert not validator("provision").is_valid(broken)


@pytest.mark.parametrize(
    "condition",
    [
        "item.surveillance",
        "item.surveillance is no",
        "case.kind is none of [ export,transfer ]",
        "dest.country is one of @us_embargoed",
        "item.entries_in_question includes any of [4A005, 4D004]",
        "company.turnover_eur > 1500000000.50",
        {"at_least": {"count": 2, "of": ["item.surveillance", {"ref": "a_term"}]}},
        {"every": {"in": "role:end_user", "is": "end_user.government"}, "says": "x"},
    ],
)
def test_every_form_of_the_grammar_is_let_through(condition: Any) -> None:
    validator("provision").validate({**GOOD, "when": condition})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "law"),
        ("derive", {"dest.country": "item.surveillance"}),
        ("terms", {"a": {"say": "x", "when": "item.surveillance"}}),
        ("reaches", "item.surveilance"),
        ("id", "má ley"),
    ],
)
def test_a_planted_fault_in_a_rulebook_is_refused(field: str, value: Any) -> None:
    good = read_file(RULEBOOKS[0])
    assert validator("rulebook").is_valid(good)
    assert not validator("rulebook").is_valid({**good, field: value})


def test_every_yes_no_fact_is_offered_with_its_question_and_every_code_with_its_words() -> None:
    offered = EDITOR["provision"]()["$defs"]["comparison"]["anyOf"]
    about = {entry["const"]: entry["description"] for entry in offered if "const" in entry}
    for fact in default_dictionary():
        if fact.type.value == "yes_no":
            assert about[fact.name] == fact.question
        op = "includes" if fact.type.value == "codes" else "is"
        for code, words in fact.codes:
            assert about[f"{fact.name} {op} {code}"].endswith(words)


def test_the_command_prints_them_and_the_settings_name_their_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema", "provision", "--editor"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(EDITOR["provision"]()))
    assert main(["schema", "settings"]) == 0
    assert json.loads(capsys.readouterr().out) == settings()
    assert main(["schema", "determination", "--editor"]) == 2
    assert "goes with provision, rulebook, facts" in capsys.readouterr().err
