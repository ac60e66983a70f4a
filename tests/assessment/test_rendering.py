"""What people read, as text and as a page: no permission, cautions first, nothing smuggled in."""

from __future__ import annotations

import inspect
import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from licet.assessment import cautions, evidence, overrides, wording
from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case, read_case
from licet.assessment.page import render_page
from licet.assessment.text import render_text
from licet.errors import InputError
from licet.model.fact import UnknownReason
from licet.model.outcome import Outcome
from licet.rules.build import build
from licet.rules.load import default_dictionary, parse_files
from licet.rules.rulebook import CheckLevel, Rulebook
from tests.dossiers.test_expected import EXAMPLES, EXPECTED, assessed, knowledge

NO_OUTCOME = re.compile(
    r"\b(permitted|permissible|allowed|cleared|approved|authorised|lawful|legal|may proceed)\b"
)
VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "col"}
HEADINGS = {f"h{n}" for n in range(1, 7)}


class Page(HTMLParser):
    """A page taken apart: its elements, its headings, its text by place; faulty nesting raises."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.places: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in HEADINGS:
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        inside = [f"{tag}.{css}" if css else tag for tag, css in self.open]
        self.places.append((" ".join(inside), data))
        if self.headings and any(tag in HEADINGS for tag, _ in self.open):
            level, words = self.headings[-1]
            self.headings[-1] = (level, words + data)

    def text(self, place: str) -> str:
        """All text inside elements that are written so, as ``section.answer``."""
        return " ".join(data for inside, data in self.places if place in inside.split(" "))


@cache
def text_of(name: str) -> str:
    return render_text(assessed(name), full=True)


@cache
def page_of(name: str) -> str:
    return render_page(assessed(name))


@cache
def parsed(name: str) -> Page:
    return Page(page_of(name))


def block(text: str, heading: str) -> str:
    """The lines under a heading of the text, up to the next empty line, as one line."""
    found = f"\n{text}".split(f"\n{heading}\n", 1)
    return " ".join(found[1].split("\n\n", 1)[0].split()) if len(found) == 2 else ""


# No permission -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words_and_none_of_them_permits(outcome: Outcome) -> None:
    both = wording.outcomes(frozenset({outcome})), wording.outcomes(frozenset(Outcome))
    assert wording.outcome(outcome)
    assert not any(NO_OUTCOME.search(words) for words in both)


@pytest.mark.parametrize("outcome", [Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE])
def test_an_outcome_off_the_ladder_says_that_it_is_no_permission(outcome: Outcome) -> None:
    assert wording.outcome(outcome).endswith("no permission")


@pytest.mark.parametrize("name", EXPECTED)
def test_no_answer_of_an_example_speaks_of_permission(name: str) -> None:
    answers = block(text_of(name), "Answer"), parsed(name).text("section.answer")
    assert all(answers)
    for answer in answers:
        assert not NO_OUTCOME.search(answer.lower()), answer


@pytest.mark.parametrize("name", EXPECTED)
def test_no_cell_and_no_headline_of_an_example_speaks_of_permission(name: str) -> None:
    cells = [data for inside, data in parsed(name).places if inside.endswith("tbody tr td")]
    bold = [data for inside, data in parsed(name).places if inside.endswith("p strong")]
    lines = re.findall(r"^  [a-z0-9-]+: (.+)$", text_of(name), re.MULTILINE)
    answers = {
        wording.outcomes(d.outcomes)
        for d in assessed(name)
        if d.book.kind.value not in ("method", "soft")
    }
    assert answers <= {*cells}
    assert lines
    for words in (*answers, *bold, *lines):
        assert not NO_OUTCOME.search(words.lower()), words


@pytest.mark.parametrize("name", EXPECTED)
def test_law_and_policy_stand_apart_and_the_law_left_out_is_listed(name: str) -> None:
    text = text_of(name)
    assert text.index("\nLAW\n") < text.index("\nPOLICY, not law\n")
    left_out = {x for d in assessed(name) for x in d.body["not_considered"]}
    assert left_out
    flat = " ".join(text.split())
    assert not [x for x in left_out if " ".join(x.split()) not in flat]


# Cautions ------------------------------------------------------------------------------------------


def recalled(name: str) -> set[str]:
    """Provisions that carry an answer and whose text nobody opened."""
    return {
        pid
        for d in assessed(name)
        for decision in d.decisions
        for pid in decision.result.heads
        if d.book.provisions[pid].checked.level is CheckLevel.MEMORY
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_deciding_provision_known_from_memory_is_said_before_the_answer(name: str) -> None:
    text, page = text_of(name), page_of(name)
    above = text[: text.index("\nAnswer\n")], page[: page.index(">The answer<")]
    for place in above:
        assert not {pid for pid in recalled(name) if pid not in place}


RULE = """\
schema: licet/provision/1
provision: OWN-1
title: A rule
cite: {instrument: Test Act, locator: Section 1}
checked: {level: LEVEL, source: a test}
in_force: {from: '2020-01-01'}
when: item.surveillance
then: {effect: EFFECT, because: a reason}
reading: A test.
"""


def own_book(kind: str, level: str) -> Rulebook:
    effect = "expectation" if kind == "soft" else "refusal_required"
    head = f"schema: licet/rulebook/1\nid: own\ntitle: Own\nkind: {kind}\njurisdiction: EU\n"
    rule = RULE.replace("LEVEL", level).replace("EFFECT", effect)
    files = {"rulebook.yaml": head.encode(), "provisions/own.yaml": rule.encode()}
    return build(parse_files(files, "own"), "own", default_dictionary())


def box(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "licet/case/1",
        "id": "a",
        "title": "A box",
        "kind": "export",
        "dates": {"assessed": "2024-01-01"},
        "parties": [{"name": "User", "roles": ["end_user"], "country": ["KE"]}],
        "items": [{"name": "Box"}],
        "answers": {"item.surveillance": "yes"},
        **changes,
    }


@pytest.mark.parametrize("kind", ["binding", "model"])
@pytest.mark.parametrize("level", ["memory", "secondary", "text"])
@pytest.mark.parametrize("render", [render_text, render_page])
def test_the_caution_on_memory_heads_the_answer_of_any_rulebook_and_only_then(
    render: Any, level: str, kind: str
) -> None:
    found = assess(build_case(box(), "a"), knowledge(), books={"own": own_book(kind, level)})
    shown = render(found)
    before = shown[: re.search(r"\nAnswer\n|>The answer<", shown).start()]  # type: ignore[union-attr]
    assert ("OWN-1" in before) is (level == "memory")


def issued() -> set[str]:
    """Every caution code that is written in the source."""
    source = "".join(map(inspect.getsource, (cautions, evidence, overrides)))
    written = set(re.findall(r"\"code\": \"([a-z_]+)\"", source))
    chosen = re.findall(r"\"code\": \"(\w+)\" if .* else \"(\w+)\"", source)
    reasons = {f"not_used_{reason.value}" for reason in cautions._REASONS}
    return written | {code for pair in chosen for code in pair} | reasons


def test_every_caution_that_is_given_has_words_and_no_words_are_left_over() -> None:
    assert len(issued()) > 15
    assert issued() == set(wording._CAUTIONS)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_caution_of_an_example_reads_as_a_sentence(name: str) -> None:
    given = [c for d in assessed(name) for c in d.body["cautions"]]
    assert given
    for entry in given:
        words = wording.caution(entry)
        assert words.endswith(".")
        assert not re.search(r"[{}\[\]]|\bNone\b", words), words


@pytest.mark.parametrize("reason", UnknownReason)
def test_every_reason_for_not_knowing_has_words(reason: UnknownReason) -> None:
    assert wording.reason(reason)


@pytest.mark.parametrize(
    ("name", "day", "label"),
    [
        ("cases/01-nso-saudi-2017", "2017-06-30", "retro_coded"),
        ("cases/35-intellexa-entity-list-edge-2023", "2024-06-01", "unreviewed"),
    ],
)
def test_a_fact_that_is_used_with_a_reserve_is_named_in_a_caution(
    name: str, day: str, label: str
) -> None:
    raw = {**read_case(EXAMPLES / f"{name}.yaml").canonical(), "dates": {"assessed": day}}
    found = assess(build_case(raw, name), knowledge(), explain=False)
    reserved = {
        (d.book.id, fact)
        for d in found
        for facts in d.body["facts"].values()
        for fact, entry in facts.items()
        if "value" in entry and label in entry.get("cautions", ())
    }
    named = {
        (d.book.id, fact) for d in found for c in d.body["cautions"] for fact in c.get("facts", ())
    }
    assert reserved
    assert reserved <= named


@pytest.mark.parametrize("name", EXPECTED)
def test_every_question_of_the_file_on_a_fact_that_is_asked_is_put_in_its_own_words(
    name: str,
) -> None:
    flat = " ".join(parsed(name).text("main").split())
    shown = {
        q["fact"]
        for d in assessed(name)
        for q in d.body["questions"]
        if not q["derived"] and q["fact"] in flat
    }
    asked = [q.question for q in assessed(name).case.open_questions if q.fact in shown]
    assert not [text for text in asked if " ".join(text.split()) not in flat]


# Hostile files -------------------------------------------------------------------------------------

SCRIPT = "<script>alert('x')</script>"
ATTRIBUTE = "\" onload=\"x' autofocus='"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
HOSTILE = [SCRIPT, ATTRIBUTE, TEMPLATE, "<!--", "</title></style>", "&lt;b&gt; &amp;"]
PLACES: dict[str, Any] = {
    "title": lambda bad: {"title": bad},
    "name of a party": lambda bad: {"parties": [{"name": f"P {bad}", "roles": ["end_user"]}]},
    "name of an item": lambda bad: {
        "items": [{"name": bad}, {"name": "Bag", "answers": {"item.surveillance": "no"}}]
    },
    "title of a source": lambda bad: {
        "answers": {"item.surveillance": {"value": "yes", "source": {"title": bad}}}
    },
    "open question": lambda bad: {
        "open_questions": [{"fact": "item.subject_to_EAR", "question": bad}]
    },
}


@pytest.mark.parametrize("bad", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_hostile_words_of_a_case_are_words_on_the_page(place: str, bad: str) -> None:
    raw = box(**PLACES[place](bad))
    page = render_page(assess(build_case(raw, "a"), knowledge(), explain=False))
    taken_apart = Page(page)
    assert bad in "".join(data for _, data in taken_apart.places)
    assert not [tag for tag, _ in taken_apart.elements if tag == "script"]
    assert not [a for _, attrs in taken_apart.elements for a in attrs if a.startswith("on")]


FORGED = "Box\n\nAnswer\n  EU law (strictest view): no encoded rule stands in the way."
ESCAPES = [
    "red \x1b[31m",
    "clear \x1b[2J",
    "back\x08\x08",
    "ring\x07",
    "turned \u202egnp.exe",
    FORGED,
]


@pytest.mark.parametrize("bad", ESCAPES, ids=ascii)
@pytest.mark.parametrize("place", ["title", "open question"])
def test_a_case_cannot_command_the_terminal_or_forge_a_part_of_the_answer(
    place: str, bad: str
) -> None:
    try:
        case = build_case(box(**PLACES[place](bad)), "a")
    except InputError:  # refused at the door, in words: as good
        return
    text = render_text(assess(case, knowledge()), full=True)
    commands = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
    assert not commands
    assert text.count("\nAnswer\n") == 1


# Form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_is_whole_in_itself_and_loads_nothing(name: str) -> None:
    page = page_of(name)
    tags = {tag for tag, _ in parsed(name).elements}
    assert not tags & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "video",
        "base",
        "form",
    }
    loads = ("src", "srcset", "href", "data", "background", "action", "poster")
    found = [a for _, attrs in parsed(name).elements for a in attrs if a in loads]
    assert not [a for a in found if a != "href"]
    assert not re.search(r"@import|url\(|http-equiv", page)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_names_its_language_its_charset_and_its_title(name: str) -> None:
    assert page_of(name).startswith("<!doctype html>\n")
    elements = parsed(name).elements
    assert ("html", {"lang": "en"}) in elements
    assert ("meta", {"charset": "utf-8"}) in elements
    assert assessed(name).case.title in parsed(name).text("title")


@pytest.mark.parametrize("name", EXPECTED)
def test_headings_begin_with_one_title_and_never_skip_a_level(name: str) -> None:
    levels = [level for level, _ in parsed(name).headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(words.strip() for _, words in parsed(name).headings)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_table_has_a_caption_and_every_reference_a_target(name: str) -> None:
    elements = parsed(name).elements
    tags = [tag for tag, _ in elements]
    assert tags.count("table") == tags.count("caption") > 0
    assert all(attrs.get("scope") for tag, attrs in elements if tag == "th")
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    wanted = {attrs["aria-labelledby"] for _, attrs in elements if "aria-labelledby" in attrs}
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_same_case_reads_the_same_twice(name: str) -> None:
    again: Assessment = assess(read_case(EXAMPLES / f"{name}.yaml"), knowledge())
    assert render_text(again, full=True) == text_of(name)
    assert render_page(again) == page_of(name)
    assert [d.to_bytes() for d in again] == [d.to_bytes() for d in assessed(name)]


@pytest.mark.parametrize("width", [40, 72, 100, 160])
def test_text_keeps_to_its_width_but_for_words_that_are_longer(width: int) -> None:
    for line in render_text(
        assessed("cases/04-intellexa-madagascar-sudan-2021"), width=width
    ).split("\n"):
        assert len(line) <= width or " " not in line.strip() or not line.startswith(" ")


def test_colour_is_asked_for_and_changes_no_word() -> None:
    found = assessed("cases/01-nso-saudi-2017")
    plain, coloured = render_text(found), render_text(found, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain != coloured


# Lists ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "shown"), [("2023-07-17", False), ("2023-07-18", True), ("2014-08-22", False)]
)
def test_a_listing_stands_at_the_head_from_its_day_and_never_before(day: str, shown: bool) -> None:
    raw = {**box(), "dates": {"assessed": day}}
    raw["parties"] = [
        {"name": "Intellexa S.A.", "roles": ["exporter"], "country": "GR"},
        {"name": "Rapid Action Battalion", "roles": ["end_user"], "country": "BD"},
    ]
    found = assess(build_case(raw, "a"), knowledge(), explain=False)
    head = render_text(found).split("LAW")[0]
    assert ("Intellexa S.A. on US-EL" in head) is shown
    assert "Battalion on" not in head
