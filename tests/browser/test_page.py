"""The page in a real browser: nothing is loaded, nothing runs, and what is folded prints."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge
from licet.assessment.page import render_page

pytestmark = pytest.mark.slow
CASE = (
    Path(__file__).resolve().parents[2] / "examples/cases/04-intellexa-madagascar-sudan-2021.yaml"
)
CHROMIUM = next(
    (c for c in ("chromium", "chromium-browser", "google-chrome") if shutil.which(c)), ""
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: install Debian's package chromium")
    target = tmp_path_factory.mktemp("page") / "page.html"
    target.write_text(render_page(assess(read_case(CASE), Knowledge.open())), encoding="utf-8")
    return target


def browse(page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    profile = page.parent / "profile"
    return subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--enable-logging=stderr",
            f"--user-data-dir={profile}",
            *flags,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_page_opens_without_a_complaint_and_says_its_answer(page: Path) -> None:
    done = browse(page, "--dump-dom")
    assert "The answer" in done.stdout
    assert "needs an authorisation before it may go ahead" in done.stdout
    assert not re.findall(r"CONSOLE.*(?:error|Refused|Failed)", done.stderr, re.IGNORECASE)


def printed(page: Path, name: str) -> int:
    target = page.parent / name
    browse(page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    assert target.read_bytes().startswith(b"%PDF")
    return target.stat().st_size


def test_what_is_folded_on_the_screen_is_printed(page: Path) -> None:
    text = page.read_text("utf-8")
    opened, closed = page.parent / "open.html", page.parent / "closed.html"
    opened.write_text(text.replace("<details>", "<details open>"), "utf-8")
    closed.write_text(re.sub(r"details::details-content[^}]*}", "", text), "utf-8")
    whole = printed(opened, "open.pdf")
    assert abs(printed(page, "page.pdf") - whole) < whole // 20
    assert printed(closed, "closed.pdf") < whole * 4 // 5
