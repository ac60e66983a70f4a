"""Days known only as a span: the joined answer is that of every single day, no more and no less."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.test_properties import DICTIONARY, FACTS, complete, provision, scope

from licet.model.dates import Span
from licet.rules.build import Builder
from licet.rules.outcomes import decide
from licet.rules.regimes import MAX_REGIMES, regimes
from licet.rules.rulebook import Rulebook
from licet.rules.scope import Days

FIRST = date(2021, 9, 1)
LENGTH = 6
days = st.integers(-2, LENGTH + 2).map(lambda n: FIRST + timedelta(days=n))
savings = st.fixed_dictionaries({"anchor": st.just("application"), "before": days.map(str)})


@st.composite
def periods(draw: st.DrawFn) -> dict[str, object]:
    begins, ends = sorted((draw(days), draw(days)))
    found: dict[str, object] = {"from": str(begins), "anchor": "export"}
    if draw(st.booleans()):
        found["to"] = str(ends)
    for key in ("continues_for", "not_for"):
        if draw(st.integers(0, 3)) == 0:
            found[key] = draw(savings)
    return found


@st.composite
def dated_books(draw: st.DrawFn) -> Rulebook:
    files: dict[str, object] = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "dated",
            "kind": "binding",
            "title": "Dated",
            "jurisdiction": "EU",
        }
    }
    for n, effect in enumerate(["prohibited", "refusal_required", "authorisation_required"]):
        raw = provision(f"P{n}", draw(st.sampled_from(FACTS)), {"effect": effect})
        files[f"provisions/P{n}.yaml"] = {**raw, "in_force": draw(periods())}
    return Builder(files, "dated", DICTIONARY).build()


def span(first: int, last: int) -> Span:
    return Span(FIRST + timedelta(days=first), FIRST + timedelta(days=last))


spans = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(lambda p: span(*sorted(p)))


def each_day(whole: Span) -> list[date]:
    return [whole.first + timedelta(days=n) for n in range((whole.last - whole.first).days + 1)]


@settings(max_examples=150, deadline=None)
@given(dated_books(), complete, spans, spans)
def test_the_joined_answer_is_that_of_every_single_day(book, values, export, application) -> None:
    assessed = span(LENGTH, LENGTH)
    known = {"assessed": assessed, "export": export, "application": application}
    joined = decide(book, scope(values), Days(known), "export").outcomes
    single = set()
    for out in each_day(export):
        for asked in each_day(application):
            exact = {**known, "export": Span(out, out), "application": Span(asked, asked)}
            single |= decide(book, scope(values), Days(exact), "export", explain=False).outcomes
    assert joined == single


@given(dated_books(), spans, spans)
def test_the_parts_cover_the_days_once_and_exact_days_are_not_cut(book, export, application):
    known = {"assessed": span(0, 0), "export": export, "application": application}
    parts = regimes(book, Days(known))
    covered = [
        (out, asked)
        for part in parts
        for out in each_day(part.of("export"))
        for asked in each_day(part.of("application"))
    ]
    assert len(covered) == len(set(covered)) == len(each_day(export)) * len(each_day(application))
    if export.first == export.last and application.first == application.last:
        assert len(parts) == 1
    assert len(parts) <= MAX_REGIMES
