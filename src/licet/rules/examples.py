"""Run the examples that stand in provision files: the lawyer's own tests.

Each example gives facts and a day and says what must come out, and perhaps what must be asked. What
the examples never tried is told too: a condition that no example makes true, false and open.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.model.dates import Span
from licet.model.fact import Reading, Standing, parse_value
from licet.rules.evaluate import Evaluation
from licet.rules.grammar import Leaf, walk
from licet.rules.scope import Days, Scope
from licet.rules.trees import Leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.rules.evaluate import Finding, Trace, Truth
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
        yield run_example(book, provision, test)


def run_example(
    book: Rulebook, provision: Provision, test: ProvisionTest, scope: Scope | None = None
) -> ExampleResult:
    """Run one example; ``scope`` is what it describes, where that was read before."""
    expected, got = _run(book, provision, test, scope or example_scope(book, test.given))
    return ExampleResult(provision.id, test.name, provision.file, expected, got)


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


@dataclass(frozen=True, slots=True)
class LeafSeen:
    """One comparison of a fact, and which truth values the examples of its rulebook gave it."""

    owner: str
    """The provision or term it stands in."""
    leaf: Leaf
    never: tuple[str, ...]
    """Which of true, false and unknown no example gave it."""


def leaf_coverage(book: Rulebook) -> tuple[LeafSeen, ...]:
    """Every comparison in a rulebook's provisions and terms, and what no example made it."""
    seen: defaultdict[int, set[Truth]] = defaultdict(set)
    for provision in book.provisions.values():
        for test in provision.tests:
            scope = example_scope(book, test.given)
            for finding in findings_of(book, provision, test, scope):
                for node, truth in leaves_of(finding.trace):
                    seen[id(node)].add(truth)
    owners = [(p.id, p.when) for p in book.provisions.values() if p.when is not None]
    owners += [(term.name, term.when) for term in book.terms.values()]
    # What rival readings share stands twice in the condition and is one comparison.
    leaves = {
        id(node): (owner, node)
        for owner, when in owners
        for node in walk(when)
        if isinstance(node, Leaf)
    }
    return tuple(
        LeafSeen(
            owner, node, tuple(w for w, truth in _WORDS.items() if truth not in seen[id(node)])
        )
        for owner, node in leaves.values()
    )


_WORDS: Mapping[str, Truth] = {"true": True, "false": False, "unknown": None}


def leaves_of(trace: Trace | None) -> Iterable[tuple[Leaf, Truth]]:
    """Every comparison in a tree, with its truth."""
    if trace is None:
        return
    if isinstance(trace.node, Leaf):
        yield trace.node, trace.truth
    for part in trace.parts:
        yield from leaves_of(part)


def findings_of(
    book: Rulebook, provision: Provision, test: ProvisionTest, scope: Scope
) -> Sequence[Finding]:
    """What comes of applying a provision to what an example describes."""
    stated = ({"assessed": test.day} if test.day else {}) | dict(test.dates)
    days = Days({anchor: Span.read(day) for anchor, day in stated.items()})
    return Evaluation(book, scope, days, _kind(test)).findings(provision)


def _kind(test: ProvisionTest) -> str:
    return str(test.given.get("case.kind", "export"))


def _run(
    book: Rulebook, provision: Provision, test: ProvisionTest, scope: Scope
) -> tuple[str, str]:
    found = findings_of(book, provision, test, scope)
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
    if test.then:
        expected += f": {test.then}"
        got += f": {provision.grade or provision.effect_for(_kind(test)).value}"
    return expected, got


_STATES = ("out_of_scope", "not_in_force", "not_met", "unknown", "met")
