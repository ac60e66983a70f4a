"""The printed rulebook in a real browser: each provision begins a sheet."""

import re
from pathlib import Path

import pytest
from tests.browser.test_page import CHROMIUM, browse

from licet.assessment.book import render_book
from licet.rules.load import shipped

pytestmark = pytest.mark.slow


def test_every_provision_begins_on_a_sheet_of_its_own(tmp_path: Path) -> None:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: install Debian's package chromium")
    book = shipped()["uk-export"]
    page, printed = tmp_path / "book.html", tmp_path / "book.pdf"
    page.write_text(render_book(book), encoding="utf-8")
    done = browse(page, f"--print-to-pdf={printed}", "--no-pdf-header-footer")
    assert printed.is_file(), done.stderr
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))
    assert sheets >= len(book.provisions) + 1
