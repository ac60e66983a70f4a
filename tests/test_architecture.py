"""What keeps the house a house: who may import what, quick starts, pages that say what they are."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = [p for p in SOURCES if p.name != "__init__.py"]
LONGEST = 650
"""Lines of code and comment in one page; a longer one holds two subjects."""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_page_says_what_it_is_for_and_is_not_too_long(path: Path) -> None:
    text = path.read_text("utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "no module docstring"
    assert text.count("\n") <= LONGEST


def test_only_the_command_line_asks_what_day_it_is() -> None:
    asks = re.compile(r"\b(datetime\.now|date\.today|time\.time)\b")
    found = [relative(p) for p in PAGES if asks.search(p.read_text("utf-8"))]
    assert found == ["src/licet/cli/parser.py"]


@pytest.mark.parametrize("heavy", ["django", "rigour", "polars", "numpy", "requests", "openpyxl"])
def test_assessing_a_case_loads_nothing_it_does_not_need(heavy: str) -> None:
    code = (
        "import sys\nfrom licet.cli.main import main\n"
        "main(['assess', 'examples/controls/17-egate-mk-1to1.yaml', '-q', '--json'])\n"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_holds_a_path_of_a_machine_or_the_name_of_a_package_registry() -> None:
    machine = re.compile(
        rb"(?<![\w.])/(?:home|Users|root)/\w+|/work/|https?://[\w.-]*(?:pypi|npmjs)\."
    )
    texts = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".sh", ".json", ".html", ""}
    found = [
        relative(path)
        for path in tracked()
        if path.suffix in texts
        and path.is_file()
        and path.name != "test_architecture.py"
        and machine.search(path.read_bytes())
    ]
    assert not found


def test_every_data_folder_says_its_licence() -> None:
    folders = [p for p in (ROOT / "data").iterdir() if p.is_dir()]
    assert folders
    for folder in folders:
        text = (folder / "LICENCE.md").read_text("utf-8")
        assert "icence" in text, folder
        assert len(text) > 80, folder


def test_only_the_proofs_need_the_solver_and_only_the_command_line_asks_for_proofs() -> None:
    def importers(of: str) -> set[str]:
        found = re.compile(rf"^\s*(from|import) {re.escape(of)}\b", re.MULTILINE)
        return {relative(p) for p in PAGES if found.search(p.read_text("utf-8"))}

    prove = "src/licet/rules/prove/"
    assert importers("z3")
    assert all(page.startswith(prove) for page in importers("z3"))
    outside = {page for page in importers("licet.rules.prove") if not page.startswith(prove)}
    assert outside == {"src/licet/cli/rulebook_deep.py"}
