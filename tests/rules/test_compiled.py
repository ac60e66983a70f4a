"""The compiled forms that ship for a quick start are of exactly the files beside them."""

import json
import shutil
from pathlib import Path

import pytest

from licet.rules.load import (
    COMPILED,
    FACTS,
    RULEBOOKS,
    compile_folder,
    fingerprint,
    folder_files,
    load_dictionary,
    parse_files,
)


@pytest.mark.parametrize("folder", [FACTS, RULEBOOKS], ids=lambda f: f.name)
def test_the_compiled_form_is_fresh_and_says_what_the_files_say(folder: Path) -> None:
    files = folder_files(folder)
    stored = json.loads((folder / COMPILED).read_bytes())
    assert stored["fingerprint"] == fingerprint(files), "run `make compiled`"
    read = json.dumps(parse_files(files, folder.name))
    assert json.dumps(stored["files"]) == read, "the order of codes is part of what a file says"


def test_a_compiled_form_of_other_files_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    shutil.copytree(FACTS, folder)
    compile_folder(folder)
    page = folder / "state.yaml"
    before = load_dictionary(folder)
    name = next(d.name for d in before if d.name.startswith("framework."))
    text = page.read_text("utf-8")
    question = before.facts[name].question
    page.write_text(text.replace(question.split("?")[0], "Another question", 1), "utf-8")
    assert load_dictionary(folder).facts[name].question != question
