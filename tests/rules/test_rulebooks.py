"""The rulebooks that ship: every example in every provision file, and what each file must hold."""

from __future__ import annotations

import pytest

from licet.model.outcome import Effect
from licet.rules.examples import run_examples
from licet.rules.load import shipped

BOOKS = shipped()
EXAMPLES = [result for book in BOOKS.values() for result in run_examples(book)]


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda r: f"{r.provision}: {r.name}")
def test_an_example_in_a_provision_file_comes_out_as_the_file_says(result) -> None:
    assert result.got == result.expected, result.file


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_every_provision_is_cited_checked_dated_and_has_a_reading(book) -> None:
    for provision in book.provisions.values():
        assert provision.cite.instrument
        assert provision.cite.locator
        assert provision.checked.source, provision.id
        assert provision.periods
        assert provision.reading.strip(), provision.id


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_every_restricting_provision_is_shown_met_and_not_met(book) -> None:
    for provision in book.provisions.values():
        if not provision.restricting or provision.periods[0].start is None:
            continue
        if provision.periods[0].start.year == 9999:
            continue
        expected = {test.expect for test in provision.tests}
        assert {"met", "not_met"} <= expected | {"not_in_force"}, provision.id


@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_no_restriction_and_exemption_are_left_without_a_declared_order(book) -> None:
    exempting = [p for p in book.provisions.values() if p.effect is Effect.EXEMPT]
    for provision in book.provisions.values():
        if provision.restricting:
            for other in exempting:
                declared = provision.id in other.releases or other.id in provision.prevails_over
                assert declared, (provision.id, other.id)
