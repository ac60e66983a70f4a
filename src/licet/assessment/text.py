"""An assessment as plain text for a terminal: answer first, law and policy apart."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.assessment.story import Story, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from licet.assessment.answers import Answer
    from licet.assessment.assess import Assessment

SHOWN = 5
ASKED = 3
"""How many questions a rulebook shows below the list that heads the answer."""


def render_text(
    assessment: Assessment, *, width: int = 100, colour: bool = False, full: bool = False
) -> str:
    """The whole answer as text of at most ``width`` columns. ``full`` shows every question."""
    strong: Callable[[str], str] = (lambda t: f"\x1b[1m{t}\x1b[0m") if colour else (lambda t: t)
    lines: list[str] = []
    for block in _blocks(tell(assessment), full=full):
        heading, *rest = block
        lines += ["", strong(wording.shown(" ".join(heading.split())))] if heading else [""]
        for indent, text in rest:
            lead = " " * indent
            lines.append(
                textwrap.fill(
                    " ".join(wording.shown(text).split()),
                    max(width, 40),
                    initial_indent=lead,
                    subsequent_indent=lead + "  ",
                    break_on_hyphens=False,
                    break_long_words=False,
                )
            )
    return "\n".join(lines).strip("\n") + "\n"


Block = list  # a heading, then (indent, text) pairs


def _blocks(story: Story, *, full: bool) -> Iterable[Block]:  # type: ignore[type-arg]
    yield [story.title, (0, f"{story.case}; {story.kind}; as of {story.day}")]
    if story.warnings:
        yield ["Read this first", *((2, text) for text in story.warnings)]
    yield ["Answer", *((2, text) for text in story.first)]
    if story.moratoria:
        yield ["Moratoria declared", *((2, text) for text in story.moratoria)]
    if story.listed:
        shown = story.listed if full else story.listed[:SHOWN]
        yield ["On a list", *((2, text) for text in shown), *_more(story.listed, shown)]
    if story.ask_first:
        yield [
            "Ask first",
            *((2, f"? {q.question} [{q.fact}; {q.why}]") for q in story.ask_first),
        ]
    yield (
        ["LAW", *(p for one in story.law for p in _answer(one, full=full))]
        if story.law
        else ["LAW", (2, story.no_law)]
    )
    if story.outside:
        yield [
            "Law that does not speak here (no permission follows from it)",
            *((2, f"{a.book}: {a.headline}") for a in story.outside),
        ]
    for one in story.policy:
        yield ["POLICY, not law", *_answer(one, full=full)]
    if story.expectations:
        yield [
            "EXPECTATIONS, not law",
            *(p for one in story.expectations for p in _answer(one, full=full)),
        ]
    if story.vendor:
        yield [
            "Vendor: lawful ground for exclusion, or policy only",
            *((2, text) for text in story.vendor),
        ]
    if story.grades:
        yield [
            "Risk method (a grade suggests, a named person judges)",
            *(
                (2, f"{dim}: {grade}" + (f" ({why})" if why else ""))
                for _, dim, grade, why in story.grades
            ),
        ]
    if story.gap:
        yield [
            "Gap in the law: the risk is graded high and these rules do not answer it",
            *((2, text) for text in story.gap),
        ]
    if story.changes:
        shown = story.changes if full else story.changes[:SHOWN]
        yield ["What would change an answer", *((2, text) for text in shown)]
    shown = story.not_considered if full else story.not_considered[:SHOWN]
    yield [
        "Law not considered",
        *((2, text) for text in shown),
        *_more(story.not_considered, shown),
    ]
    yield ["", (0, "Licet advises; people decide. Snapshot " + story.snapshot[:23] + "...")]


def _answer(one: Answer, *, full: bool) -> Iterable[tuple[int, str]]:
    yield 2, f"{one.book}: {one.headline}"
    if one.merits != one.headline:
        yield 4, f"on the merits, the moratorium aside: {one.merits}"
    for text in one.overdue:
        yield 4, text
    for reason in one.reasons:
        yield 4, reason.text
        facts = reason.facts if full else reason.facts[:SHOWN]
        for text in facts:
            yield 6, "- " + text
        if len(reason.facts) > len(facts):
            yield 6, f"... and {len(reason.facts) - len(facts)} more facts (--full)"
    for label, text in one.lines:
        yield 4, f"{label}: {text}"
    if one.conditions:
        yield 4, "conditions: " + "; ".join(one.conditions)
    also = one.also if full else one.also[:SHOWN]
    for text in also:
        yield 4, text
    if len(one.also) > len(also):
        yield 4, f"... and {len(one.also) - len(also)} more duties and things to weigh (--full)"
    for rival in one.rivals:
        yield 4, rival.text + ":"
        for way in rival.ways:
            yield 6, "- " + way
    questions = one.questions if full else one.questions[:ASKED]
    for asked in questions:
        yield 4, f"? {asked.question} [{asked.fact}; {asked.why}]"
        if asked.answers and len({text for _, text in asked.answers}) > 1:
            yield 6, "; ".join(f"{answer}: {text}" for answer, text in asked.answers)
    if len(one.questions) > len(questions):
        yield 4, f"... and {len(one.questions) - len(questions)} more questions (--full)"
    for text in one.cautions if full else ():
        yield 4, "! " + text


def _more(whole: tuple[str, ...], shown: tuple[str, ...]) -> Iterable[tuple[int, str]]:
    if len(whole) > len(shown):
        yield 2, f"... and {len(whole) - len(shown)} more (--full)"
