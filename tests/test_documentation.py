"""What the pages say of the project is so: copied files, tables, counts and links."""

import re
from pathlib import Path

import pytest

from licet.evidence import Snapshot
from licet.rules.examples import leaf_coverage
from licet.rules.load import default_dictionary, shipped
from licet.rules.mutation import run_mutants
from licet.rules.strict_yaml import read_file

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS.rglob("*.md")]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_provision_that_is_read_aloud_is_the_file_that_is_applied() -> None:
    page = (DOCS / "read-a-provision.md").read_text("utf-8")
    file = ROOT / "src/licet/rulebooks/eu-dual-use/provisions/EU-DU-5.2.yaml"
    assert f"```yaml\n{file.read_text('utf-8').strip()}\n```" in page


def test_the_table_of_uses_of_face_recognition_is_the_one_that_is_tested() -> None:
    page = (DOCS / "facial-recognition.md").read_text("utf-8")
    uses = read_file(ROOT / "src/licet/rulebooks/amnesty-2021/uses/facial-recognition.yaml")["uses"]
    assert len(uses) >= 12
    for use in uses:
        row = (use["use"], use["reading"], use["why"], use.get("contested", ""))
        assert "| " + " | ".join(row).rstrip() in page


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_counts_in_the_readme_are_true() -> None:
    numbers = {"sixteen": 16, "thirteen": 13}
    assert f"{len(list(default_dictionary()))} questions" in README
    assert numbers["sixteen"] == len(shipped())
    assert "sixteen:" in README
    assert numbers["thirteen"] == len(Snapshot.open().manifest.sources)
    assert "thirteen sources" in README


def test_every_word_for_an_effect_in_the_fact_sheet_has_its_row() -> None:
    sheet = ROOT.parent / "shared/law"
    if not sheet.is_dir():
        pytest.skip("the fact sheet is not beside the project: shared/law is absent")
    page = (DOCS / "outcomes.md").read_text("utf-8")
    words = set()
    for name in ("law.yaml", "additions.yaml"):
        words |= set(
            re.findall(r"^  effect: (\w+)", (sheet / name).read_text("utf-8"), re.MULTILINE)
        )
    assert len(words) > 40
    assert not [word for word in words if f"| `{word}` |" not in page]


def test_the_figures_on_the_examples_of_the_law_are_true() -> None:
    page = " ".join((DOCS / "trust.md").read_text("utf-8").split())
    books = shipped().values()
    leaves = [leaf for book in books for leaf in leaf_coverage(book)]
    seen = sum(not leaf.never for leaf in leaves)
    runs = [run_mutants(book) for book in books]
    noticed, slips = (sum(part) for part in zip(*(run.score for run in runs), strict=True))
    examples = sum(len(p.tests) for book in books for p in book.provisions.values())
    assert f"{examples:,} examples stand in the provisions' files" in page
    assert f"({seen} of {len(leaves)};" in page
    assert f"Of {slips:,} small slips" in page
    assert f"notice {noticed:,}; {sum(len(run.equivalent) for run in runs)} more change" in page
