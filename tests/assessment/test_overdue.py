"""A deadline that has passed: what the rulebook says follows, or overdue; never an answer."""

from __future__ import annotations

import pytest

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case
from licet.assessment.page import render_page
from licet.assessment.text import render_text
from licet.errors import RulebookError
from licet.model.outcome import Outcome
from licet.rules.deadlines import Means, read_deadlines
from licet.rules.load import shipped
from tests.dossiers.test_expected import knowledge


def case(answers=None, **dates: str):
    return build_case(
        {
            "schema": "licet/case/1",
            "id": "a",
            "kind": "export",
            "dates": {"assessed": "2026-05-20", **dates},
            "parties": [
                {"name": "Maker", "roles": ["exporter"], "country": ["US"]},
                {"name": "User", "roles": ["end_user"], "country": ["KE"]},
            ],
            "items": [{"name": "Box", "answers": answers or {}}],
            "answers": {
                "item.subject_to_EAR": {"value": "yes", "standing": "accepted"},
                "export.leaves_EU_customs_territory": {"value": "yes", "standing": "accepted"},
            },
        },
        "a",
    )


def found(book: str, asked):
    done = assess(asked, knowledge(), rulebooks=[book])
    return next(d for d in done if d.book.id == book)


@pytest.mark.parametrize(
    ("deadline", "late"),
    [("2026-05-19", True), ("2026-05-20", False), ("2026-05-21", False), ("2026-05", False)],
)
def test_a_deadline_runs_to_the_end_of_its_last_day(deadline, late) -> None:
    body = found("eu-dual-use", case(deadline=deadline)).body
    assert ("overdue" in body) is late


def test_where_the_rulebook_names_a_consequence_it_is_told_with_its_citation() -> None:
    asked = case(deadline="2026-05-01")
    ear = found("us-ear", asked)
    assert len(ear.outcomes) > 1
    assert Outcome.NOT_REACHED not in ear.outcomes
    assert ear.body["overdue"] == [{"due": "2026-05-01", "means": "return", "rule": "US-750.4a2"}]
    done = assess(asked, knowledge(), rulebooks=["us-ear"])
    for words in (" ".join(render_text(done).split()), render_page(done)):
        assert "the application is returned without action" in words
        assert "15 CFR 750.4(a)(2)" in words


def test_where_it_names_none_the_answer_is_overdue_and_stays_open() -> None:
    late, open_ = (found("eu-dual-use", case(**d)) for d in ({"deadline": "2026-05-01"}, {}))
    assert late.body["overdue"] == [{"due": "2026-05-01", "means": "overdue"}]
    assert late.outcomes == open_.outcomes
    assert len(late.outcomes) > 1
    assert "overdue" not in open_.body
    done = assess(case(deadline="2026-05-01"), knowledge(), rulebooks=["eu-dual-use"])
    assert "this rulebook does not say what follows" in " ".join(render_text(done).split())


@pytest.mark.parametrize(
    ("application", "late"), [("2026-02-18", True), ("2026-02-19", False), ("2026-02", False)]
)
def test_a_period_of_the_law_runs_from_the_application(application, late) -> None:
    told = found("us-ear", case(application=application)).body.get("overdue", [])
    assert told == ([{"due": "2026-05-19", "means": "refer", "rule": "US-750.4a1"}] if late else [])


def test_a_rule_that_was_not_in_force_says_nothing() -> None:
    asked = case(assessed="1995-05-20", deadline="1995-05-01")
    assert found("us-ear", asked).body.get("overdue", [{}])[0].get("rule") is None


def test_a_settled_answer_is_never_overdue() -> None:
    settled = found("eu-ai-act", case(deadline="2026-05-01"))
    assert settled.outcomes == {Outcome.NOT_REACHED}
    assert "overdue" not in settled.body


RULE = {
    "id": "T-1",
    "title": "an incomplete application is suspended",
    "means": "suspend",
    "cite": {"instrument": "Test Act", "locator": "section 7"},
    "checked": {"level": "text"},
    "in_force": {"from": "2020-01-01"},
}


def test_a_rulebook_may_name_other_consequences() -> None:
    (rule,) = read_deadlines([{**RULE, "days": "30"}], "rulebook.yaml")
    assert (rule.means, rule.days) == (Means.SUSPEND, 30)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"means": "grant"},
            r"deadlines\[0\].means: got 'grant': use suspend, return, refuse, refer",
        ),
        ({"means": "retrun"}, "nearest: 'return'"),
        ({"days": "soon"}, "whole number"),
        ({"days": "0"}, "whole number"),
        ({"days": "9999"}, "whole number"),
        ({"days": "9" * 5000}, "whole number"),
        ({"cite": {"instrument": "Test Act"}}, r"deadlines\[0\].cite"),
        ({"in_force": {"from": "unknown"}}, "not_later_than"),
        ({"note": "x"}, "not a known field"),
        ({"id": ""}, r"deadlines\[0\].id: is missing"),
    ],
)
def test_a_deadline_rule_that_does_not_hold_together_is_refused(changed, said) -> None:
    with pytest.raises(RulebookError, match=said):
        read_deadlines([{**RULE, **changed}], "rulebook.yaml")


def test_no_rulebook_that_ships_takes_silence_for_consent() -> None:
    rules = [rule for book in shipped().values() for rule in book.deadlines]
    assert rules
    assert all(rule.provision.cite.locator and rule.provision.checked.source for rule in rules)
