"""A rulebook to read: every page says what its file says, every link leads somewhere, nothing runs."""

from __future__ import annotations

import html
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from licet.assessment.book import render_book, render_pages, render_shelf
from licet.cli.main import main
from licet.errors import InputError
from licet.rules.load import load_rulebook, shipped

SHIPPED = Path(__file__).resolve().parents[2] / "src/licet/rulebooks"
BOOKS = shipped()
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a reader's browser and screen reader go by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.captions = self.tables = 0
        self.faults: list[str] = []
        self.feed(text)
        self.faults += [f"<{tag}> is left open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [found["href"] or ""] if "href" in found else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        loads = tag in {"script", "link", "img", "iframe", "object", "form"}
        if loads or any(name.startswith("on") or name == "src" for name in found):
            self.faults.append(f"<{tag}> loads or runs something")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def check(page: Page) -> None:
    assert page.faults == []
    assert len(set(page.ids)) == len(page.ids)
    assert page.captions == page.tables > 0
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_every_page_is_well_formed_and_every_link_leads_somewhere(book) -> None:
    pages = {name: Page(text) for name, text in render_pages(book).items()}
    for name, page in pages.items():
        check(page)
        for link in page.links:
            file, _, place = link.partition("#")
            if file.startswith("http"):
                continue
            target = pages[file or name]
            assert not place or place in {*target.ids, "main"}, (name, link)
    assert len(pages) == len(book.provisions) + 1


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_the_book_holds_every_provision_once_and_its_links_stay_inside(book) -> None:
    page = Page(render_book(book))
    check(page)
    inside = [link for link in page.links if not link.startswith("http")]
    assert all(link.startswith("#") and link[1:] in page.ids for link in inside)
    sections = [i for i in page.ids if i.startswith("provision-")]
    assert len(sections) == len(book.provisions)


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_a_page_says_what_stands_in_the_file(book) -> None:
    pages = {name: " ".join(html.unescape(t).split()) for name, t in render_pages(book).items()}
    for provision in book.provisions.values():
        page = pages[f"{provision.id}.html"]
        said = [
            provision.title,
            provision.cite.locator,
            provision.checked.source,
            provision.checked.on,
            provision.contested,
            provision.because,
            *(reading.authority for reading in provision.readings),
            *(test.name for test in provision.tests),
            *(
                book.dictionary.facts[name].question
                for test in provision.tests
                for name in test.asks or ()
            ),
        ]
        said += [str(p.end) for p in provision.periods if p.end]
        said += [str(p.start) for p in provision.periods if p.start and p.start.year < 9999]
        for words in [provision.reading, *said]:
            assert " ".join(words.split()) in page, (provision.id, words)
        assert "does not hold" not in page


def test_the_condition_links_its_terms_and_what_a_fact_follows_from() -> None:
    page = render_pages(BOOKS["eu-dual-use"])["EU-DU-5.2.html"]
    assert 'href="index.html#term-listed_in_annex_i">the item is not listed in Annex I</a>' in page
    assert 'href="index.html#derived-item.cyber_surveillance"' in page
    assert 'It prevails over: <a href="CL-GSN.html">CL-GSN</a>' in page


def test_what_refers_to_a_provision_is_told_on_its_page() -> None:
    page = render_pages(BOOKS["uk-export"])["UK-MEU.html"]
    assert "Used by" in page
    assert 'decides <a href="index.html#derived-item.uk_controlled">' in page


def test_policy_is_never_shown_as_law() -> None:
    assert '<p class="tag">law</p>' in render_pages(BOOKS["uk-export"])["UK-MEU.html"]
    for text in render_pages(BOOKS["amnesty-2021"]).values():
        assert '<p class="tag">policy, not law</p>' in text
        assert '<body class="policy">' in text


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "uk-export", tmp_path / "uk-export"))


def change(copy: Path, was: str, now: str, name: str = "UK-DU") -> None:
    file = copy / f"provisions/{name}.yaml"
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now, 1))


def test_a_strangers_file_cannot_bring_markup_or_an_address_that_runs(copy: Path) -> None:
    change(copy, "\ntests:", "\ncontested: '<script>alert(1)</script>'\ntests:")
    file = copy / "provisions/UK-DU.yaml"
    file.write_text(re.sub(r"(?m)^  url: .*$", '  url: "javascript:alert(1)"', file.read_text()))
    for text in [*render_pages(load_rulebook(copy)).values(), render_book(load_rulebook(copy))]:
        page = Page(text)
        assert page.faults == []
        assert not [link for link in page.links if link.startswith("javascript")]


def test_an_example_that_does_not_hold_is_shown_as_such(copy: Path) -> None:
    change(copy, "expect: met", "expect: not_met")
    assert "does not hold: met" in render_pages(load_rulebook(copy))["UK-DU.html"]


def test_the_files_own_history_is_told(copy: Path) -> None:
    change(
        copy,
        "\ntests:",
        '\nhistory:\n- {on: "2026-03-01", by: A. Jurist, says: first day corrected}\ntests:',
    )
    page = render_pages(load_rulebook(copy))["UK-DU.html"]
    assert "<li>2026-03-01: A. Jurist; first day corrected</li>" in page


def test_who_checked_is_told_and_so_is_that_nobody_put_a_name_to_it(copy: Path) -> None:
    missing = "Nobody has put a name to this check."
    assert missing in render_pages(load_rulebook(copy))["UK-DU.html"]
    change(copy, "checked: {", "checked: {by: A. Jurist, ")
    page = render_pages(load_rulebook(copy))["UK-DU.html"]
    assert "By: A. Jurist." in page
    assert missing not in page


def test_two_provisions_that_would_share_a_page_are_refused(copy: Path) -> None:
    change(copy, "provision: UK-ECA10", "provision: INDEX", "UK-ECA10")
    with pytest.raises(InputError, match="has a name that another page has too"):
        render_pages(load_rulebook(copy))


def test_the_command_writes_an_index_that_leads_to_every_rulebook(tmp_path: Path) -> None:
    target = tmp_path / "pages"
    assert main(["rulebook", "pages", "uk-export", "eu-guidance", "-o", str(target)]) == 0
    links = Page((target / "index.html").read_text("utf-8")).links
    assert links == ["uk-export/index.html", "eu-guidance/index.html"]
    assert all((target / link).is_file() for link in links)
    assert (target / "uk-export/UK-MEU.html").is_file()
    assert Page(render_shelf(BOOKS.values())).faults == []


def test_nothing_is_written_over_without_being_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["rulebook", "pages", "uk-export", "-o", str(tmp_path)]) == 2
    assert "add --force" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert main(["rulebook", "book", "uk-export", "-o", str(tmp_path / "mine.txt")]) == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert main(["rulebook", "book", "uk-export", "-o", str(tmp_path / "uk.html")]) == 0
    assert Page((tmp_path / "uk.html").read_text("utf-8")).faults == []
