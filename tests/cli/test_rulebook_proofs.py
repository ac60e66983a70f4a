"""``licet rulebook check --deep`` and ``licet rulebook diff`` as people meet them."""

from __future__ import annotations

import importlib.util
import json
import shutil

import pytest
from tests.rules.planted import provision, write

from licet.cli.main import main
from licet.rules.load import RULEBOOKS

needs_z3 = pytest.mark.skipif(
    importlib.util.find_spec("z3") is None, reason="z3 is not installed: pip install 'licet[prove]'"
)
A, B = "item.surveillance", "dest.arms_embargo"


@needs_z3
def test_what_ships_passes_and_each_finding_has_its_reason(capsys) -> None:
    assert main(["rulebook", "check", "--deep", "--json", "--limit", "60"]) == 0
    books = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {book["rulebook"] for book in books} == {
        p.name for p in RULEBOOKS.iterdir() if p.is_dir()
    }
    for proof in (proof for book in books for proof in book["proofs"]):
        assert proof["because"], proof
        assert not proof["blocks"]


@needs_z3
def test_a_fault_is_told_in_the_dictionarys_words_and_fails_the_check(tmp_path, capsys) -> None:
    flag_loosens = provision(when={"all": [A, {"not": B}]})
    folder = write(tmp_path / "planted", {"P": flag_loosens})
    assert main(["rulebook", "check", str(folder)]) == 0
    capsys.readouterr()
    assert main(["rulebook", "check", str(folder), "--deep"]) == 2
    out = capsys.readouterr().out
    assert "the destination is under an arms embargo" in out
    assert "milder" in out
    assert "the smallest case that shows it" in out
    assert B in out


@needs_z3
def test_a_conflict_found_by_proof_shows_both_sides(tmp_path, capsys) -> None:
    provisions = {"P": provision("prohibited", A), "X": provision("exempt", B)}
    folder = write(tmp_path / "planted", provisions)
    assert main(["rulebook", "check", str(folder), "--deep", "--json"]) == 2
    (body,) = map(json.loads, capsys.readouterr().out.splitlines())
    conflict = next(p for p in body["proofs"] if p["finding"] == "conflict")
    assert conflict["witness"]["facts"] == {A: "yes", B: "yes"}
    assert conflict["witness"]["smallest"]


@needs_z3
def test_a_difference_between_what_ships_and_an_amendment_is_told(tmp_path, capsys) -> None:
    """Moves a number and takes out an exemption: one outcome changes each way it should."""
    folder = tmp_path / "amended"
    shutil.copytree(RULEBOOKS / "eu-due-diligence", folder)
    page = folder / "provisions" / "EU-CSDDD.yaml"
    text = page.read_text("utf-8")
    assert "company.employees > 5000" in text
    page.write_text(text.replace("company.employees > 5000", "company.employees > 3000"), "utf-8")
    assert main(["rulebook", "diff", "eu-due-diligence", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "EU-CSDDD: from `not met` to `met`" in out
    assert "no outcome changes" in out
    assert main(["rulebook", "diff", "eu-due-diligence", str(folder), "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    (change,) = body["provisions"]
    assert 3000 < change["witness"]["facts"]["company.employees"] <= 5000
    assert body["no_facts_tell_them_apart"] is False


@needs_z3
def test_no_difference_is_said_to_be_none(capsys) -> None:
    assert main(["rulebook", "diff", "us-sanctions", str(RULEBOOKS / "us-sanctions")]) == 0
    assert "no facts tell the two apart" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["check", "--deep"], ["diff", "eu-ai-act", "eu-ai-act"]])
def test_without_z3_the_error_says_what_to_install(words, capsys, monkeypatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "z3" else found(name)
    )
    assert main(["rulebook", *words]) == 2
    assert "pip install 'licet[prove]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--deep", "--limit", "0"], "--limit"),
        (["check", "--deep", "--limit", "nan"], "--limit"),
        (["diff", "eu-ai-act", "eu-ai-akt"], "nearest: 'eu-ai-act'"),
    ],
)
@needs_z3
def test_wrong_words_are_told_with_their_remedy(words, said, capsys) -> None:
    assert main(["rulebook", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_check_that_is_not_deep_needs_no_solver() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom licet.cli.main import main\n"
        "main(['rulebook', 'check', '-q'])\nsys.exit('z3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
