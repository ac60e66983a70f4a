"""The same inputs give the same bytes in another process, place and time zone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from licet.model.canonical import canonical_bytes
from tests.dossiers.test_expected import ROOT, assessed

EXAMPLE = "cases/01-nso-saudi-2017"
FILE = f"examples/{EXAMPLE}.yaml"
ABROAD = {
    "PYTHONHASHSEED": "12345",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "COLUMNS": "40",
    "PYTHONUTF8": "0",
}
KEPT = ("PATH", "HOME", "PYTHONPATH", "SYSTEMROOT")


@cache
def ran(
    *words: str, abroad: bool = False, folder: Path = ROOT, terminal: str = ""
) -> tuple[int, bytes]:
    """The exit code and standard output of ``licet`` in a process of its own."""
    home = {"PYTHONHASHSEED": "0"}
    env = {k: v for k, v in os.environ.items() if k in KEPT} | (ABROAD if abroad else home)
    if terminal:
        env["PYTHONIOENCODING"] = terminal
    done = subprocess.run(
        [sys.executable, "-m", "licet.cli.main", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout


def test_two_processes_give_the_same_bytes_and_the_same_exit_code() -> None:
    here, there = ran("assess", FILE, "--json"), ran("assess", FILE, "--json", abroad=True)
    assert here == there
    assert here[1].count(b"\n") == len(assessed(EXAMPLE).determinations)


def test_a_process_gives_the_bytes_that_the_library_gives() -> None:
    _, lines = ran("assess", FILE, "--json")
    theirs = [canonical_bytes(json.loads(line)) for line in lines.splitlines()]
    assert theirs == [d.to_bytes() for d in assessed(EXAMPLE)]


def test_the_folder_from_which_it_is_run_leaves_no_trace(tmp_path: Path) -> None:
    elsewhere = ran("assess", str(ROOT / FILE), "--json", folder=tmp_path)
    assert elsewhere == ran("assess", FILE, "--json")
    assert str(ROOT).encode() not in elsewhere[1]


@pytest.mark.parametrize("terminal", ["ascii", "cp1252"])
def test_data_is_utf_8_whatever_the_terminal_takes(terminal: str) -> None:
    """Names in other scripts are our subject, and a pipe on Windows is not UTF-8."""
    file = "examples/cases/20-penlink-webloc-ice-2025.yaml"
    expected = ran("assess", file, "--json")
    assert not expected[1].isascii()
    assert ran("assess", file, "--json", terminal=terminal) == expected


@pytest.mark.parametrize("name", ["answer.html", "kept"])
def test_what_is_written_is_the_same_file_from_both_processes(name: str, tmp_path: Path) -> None:
    flag = "--html" if name.endswith("html") else "--save"
    for abroad in (False, True):
        ran("assess", FILE, flag, str(tmp_path / str(abroad) / name), abroad=abroad)
    written = [
        {p.name: p.read_bytes() for p in (tmp_path / str(abroad)).rglob("*") if p.is_file()}
        for abroad in (False, True)
    ]
    assert written[0]
    assert written[0] == written[1]


def test_what_one_process_keeps_another_replays(tmp_path: Path) -> None:
    ran("assess", FILE, "--save", str(tmp_path), "--rulebook", "amnesty-2021")
    kept = str(tmp_path / "01-nso-saudi-2017.amnesty-2021.json")
    code, said = ran("replay", kept, "--json", abroad=True)
    assert (code, json.loads(said)["same"]) == (0, True)
