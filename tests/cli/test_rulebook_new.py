"""A new rulebook is green as it is, touches nothing that is there, and can be assessed and replayed with."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from licet.cli.main import main
from licet.rules.examples import leaf_coverage, run_examples
from licet.rules.load import load_rulebook
from licet.rules.mutation import run_mutants
from licet.rules.strict_yaml import read_file

CASE = """\
schema: licet/case/1
id: kits
kind: export
title: kits
dates: {assessed: "2026-03-01"}
parties:
- {name: Maker, roles: [exporter], kind: company}
- {name: Police, roles: [end_user], kind: government_police, answers: {end_user.government: yes}}
items:
- {name: Kit, answers: {item.surveillance: yes}}
"""


@pytest.mark.parametrize("kind", ["binding", "soft", "model"])
def test_it_loads_checks_and_tests_green_and_every_slip_in_it_is_noticed(
    kind: str, tmp_path: Path
) -> None:
    folder = tmp_path / "my-law"
    title = 'The "Act": no. 1 {x} é'
    assert main(["rulebook", "new", str(folder), "--kind", kind, "--title", title]) == 0
    assert main(["rulebook", "check", str(folder)]) == 0
    assert main(["rulebook", "test", str(folder)]) == 0
    book = load_rulebook(folder)
    assert (book.id, book.title, book.kind.value) == ("my-law", title, kind)
    assert len(run_examples(book)) == 6
    assert not [one for one in leaf_coverage(book) if one.never]
    run = run_mutants(book)
    assert run.killed > 0
    assert run.survivors == ()


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["rulebook", "new", str(tmp_path), "--id", "my-law"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("eu-dual-use", "a rulebook that ships"),
        ("My Law", "small letters"),
        ("../x", "small letters"),
    ],
)
def test_a_name_that_would_mislead_is_refused(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rulebook", "new", str(tmp_path / "new"), "--id", name]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_with_editor_it_brings_schemas_that_its_own_files_are_valid_under(tmp_path: Path) -> None:
    folder = tmp_path / "my-law"
    assert main(["rulebook", "new", str(folder), "--editor"]) == 0
    named = json.loads((folder / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    found = {files[0]: folder / schema for schema, files in named.items()}
    for file in folder.rglob("*.yaml"):
        schema = next(path for glob, path in found.items() if file.match(glob.removeprefix("**/")))
        jsonschema.validate(read_file(file), json.loads(schema.read_text("utf-8")))
    load_rulebook(folder)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(CASE)
    assert main(["rulebook", "new", "my-law", "-q"]) == 0
    found = main(
        ["assess", "case.yaml", "--rulebooks", "my-law", "--rulebook", "my-law", "--save", "kept"]
    )
    assert found == 12
    return tmp_path / "kept/kits.my-law.json"


def test_an_answer_under_an_own_rulebook_is_replayed_from_what_was_kept_beside_it(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(saved.read_text())
    assert body["outcome"] == "authorisation_required"
    assert body["rulebook_digest"] == load_rulebook(Path("my-law")).digest
    file = Path("my-law/provisions/MY-LAW-1.yaml")
    file.write_text(file.read_text().replace("authorisation_required", "conditions"))
    assert main(["replay", str(saved)]) == 0
    assert "the same, byte for byte" in capsys.readouterr().out


def test_without_it_the_rulebook_is_named_and_a_store_or_its_folder_brings_it(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept,) = saved.parent.glob("rulebook-*")
    store = saved.parent.parent / "store"
    store.mkdir()
    kept.rename(store / kept.name)
    assert main(["replay", str(saved)]) == 2
    said = capsys.readouterr().err
    assert kept.name in said
    assert "--rulebooks" in said
    assert main(["replay", str(saved), "--store", str(store)]) == 0
    assert main(["replay", str(saved), "--rulebooks", "my-law"]) == 0


def test_another_rulebook_under_its_name_is_refused(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept,) = saved.parent.glob("rulebook-*")
    file = kept / "provisions/MY-LAW-1.yaml"
    file.write_text(file.read_text().replace('from: "2026-01-01"', 'from: "2025-06-01"'))
    assert main(["replay", str(saved)]) == 2
    assert "another rulebook than its name says" in capsys.readouterr().err


def test_reassess_takes_an_own_rulebook_as_it_is_now(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["reassess", str(saved), "--as-of", "2026-03-01", "--rulebooks", "my-law"]
    assert main(again) == 0
    file = Path("my-law/provisions/MY-LAW-1.yaml")
    file.write_text(file.read_text().replace("authorisation_required", "refusal_required"))
    assert main(again) == 1
    assert "refused" in capsys.readouterr().out
