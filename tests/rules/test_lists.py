"""A dated list that changed within a span whose very day is not known settles nothing."""

import pytest

from licet.model.dates import Span
from licet.model.fact import Reading
from licet.model.outcome import Outcome
from licet.rules.build import build
from licet.rules.evaluate import Evaluation, State
from licet.rules.load import default_dictionary
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

FILES = {
    "rulebook.yaml": {
        "schema": "licet/rulebook/1",
        "id": "dated",
        "title": "Dated",
        "jurisdiction": "EU",
        "kind": "binding",
    },
    "lists/l.csv": "code,valid_from,valid_to,cite\nEG,2020-06-15,2021-06-15,x\n",
    "provisions/p.yaml": {
        "schema": "licet/provision/1",
        "provision": "P-1",
        "title": "t",
        "cite": {"instrument": "i", "locator": "1"},
        "checked": {"level": "text"},
        "in_force": {"from": "2000-01-01"},
        "when": "dest.country is one of @l",
        "then": {"effect": "prohibited"},
    },
}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2020-06-14", State.NOT_MET),
        ("2020-06-15", State.MET),
        ("2020-06", State.UNKNOWN),
        ("2020-07", State.MET),
        ("2021-06", State.UNKNOWN),
        ("2020", State.UNKNOWN),
        ("2019", State.NOT_MET),
        ("2022", State.NOT_MET),
    ],
)
def test_a_span_over_a_change_of_the_list_is_unknown(day: str, state: State) -> None:
    book = build(FILES, "dated", default_dictionary())
    line = Scope("line", {"dest.country": Reading(value="EG")}, None, {})
    evaluation = Evaluation(book, line, Days({"assessed": Span.read(day)}), "export")
    assert [f.state for f in evaluation.findings(book.provisions["P-1"])] == [state]


def test_whom_a_book_reaches_is_read_on_the_day_of_assessment_whatever_its_provisions_look_at() -> (
    None
):
    """The last provision's own anchor must not move the list that the reach is read from."""
    provision = {
        **FILES["provisions/p.yaml"],
        "in_force": {"from": "2000-01-01", "anchor": "export"},
    }
    head = {**FILES["rulebook.yaml"], "reaches": "dest.country is one of @l"}
    files = {**FILES, "rulebook.yaml": head, "provisions/p.yaml": provision}
    book = build(files, "dated", default_dictionary())
    line = Scope("line", {"dest.country": Reading(value="EG")}, None, {})
    days = {"assessed": Span.read("2021-01-01"), "export": Span.read("2023-01-01")}
    inside = decide(book, line, Days(days), "export", explain=False)
    assert inside.outcomes == {Outcome.NO_RULE_APPLIES}
    turned = Days({"assessed": days["export"], "export": days["assessed"]})
    assert decide(book, line, turned, "export", explain=False).outcomes == {Outcome.NOT_REACHED}
