"""Run the examples that stand in provision files: the lawyer's own tests.

Each example gives facts and a day and says what must come out, and perhaps what must be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.model.dates import Span
from licet.model.fact import Reading, Standing, parse_value
from licet.rules.evaluate import Evaluation, Leaves
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.rulebook import Provision, ProvisionTest, Rulebook


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example run: what was expected, what came out."""

    provision: str
    name: str
    file: str
    expected: str
    got: str

    @property
    def passed(self) -> bool:
        """Whether what came out is what was expected."""
        return self.expected == self.got


def run_examples(book: Rulebook) -> tuple[ExampleResult, ...]:
    """Run every example of every provision of a rulebook."""
    return tuple(
        result
        for provision in book.provisions.values()
        for result in _provision_examples(book, provision)
    )


def _provision_examples(book: Rulebook, provision: Provision) -> Iterable[ExampleResult]:
    for test in provision.tests:
        expected, got = _run(book, provision, test)
        yield ExampleResult(provision.id, test.name, provision.file, expected, got)


def example_scope(book: Rulebook, given: Mapping[str, object]) -> Scope:
    """The scope an example describes: one line, one party, one item, all with the same facts."""
    facts = {
        name: Reading(
            value=parse_value(book.dictionary.facts[name], value),
            standing=Standing.ACCEPTED,
            origin="example",
        )
        for name, value in given.items()
    }
    members: dict[str, tuple[Scope, ...]] = {}
    line = Scope("line", facts, None, members)
    party, item = Scope("party", {}, line), Scope("item", {}, line)
    members.update({"parties": (party,), "items": (item,), "end_users": (party,)})
    for provision in book.provisions.values():
        members.update({f"role:{role}": (party,) for role in provision.roles})
    return line


def _run(book: Rulebook, provision: Provision, test: ProvisionTest) -> tuple[str, str]:
    days = Days({"assessed": Span.read(test.day)} if test.day else {})
    evaluation = Evaluation(
        book, example_scope(book, test.given), days, str(test.given.get("case.kind", "export"))
    )
    found = evaluation.findings(provision)
    state = max((f.state.value for f in found), key=_STATES.index)
    expected, got = test.expect, state
    if test.expect == "in_force_unknown":
        got = "in_force_unknown" if found[0].in_force.value == "unknown" else state
    if test.asks is not None:
        asked = {fact for f in found if f.trace for _, fact in Leaves().open(f.trace)}
        expected += f" asking {', '.join(sorted(test.asks))}"
        missing = set(test.asks) - asked
        got += f" asking {', '.join(sorted(set(test.asks) - missing))}"
        if not test.asks and asked:
            got += ", ".join(sorted(asked))
    return expected, got


_STATES = ("out_of_scope", "not_in_force", "not_met", "unknown", "met")
