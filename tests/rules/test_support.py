"""The leaves that an answer is said to rest on do suffice for it, whatever else is unknown."""

from hypothesis import given
from hypothesis import strategies as st

from licet.model.dates import Span
from licet.model.fact import Reading
from licet.rules.build import build
from licet.rules.evaluate import Evaluation
from licet.rules.load import default_dictionary
from licet.rules.scope import Days, Scope
from licet.rules.trees import support

FACTS = [d.name for d in default_dictionary() if d.type.value == "yes_no"][:6]
CONDITIONS = st.recursive(
    st.sampled_from(FACTS),
    lambda part: (
        st.builds(
            lambda kind, parts: {kind: parts},
            st.sampled_from(["all", "any", "none"]),
            st.lists(part, min_size=1, max_size=3),
        )
        | st.builds(lambda one: {"not": one}, part)
        | st.builds(
            lambda n, parts: {"at_least": {"count": str(n), "of": parts}},
            st.integers(1, 3),
            st.lists(part, min_size=1, max_size=3),
        )
    ),
    max_leaves=10,
)
DAYS = Days({"assessed": Span.read("2024-01-01")})


def evaluated(when: object, values: dict[str, bool | None]):
    files = {
        "rulebook.yaml": {
            "schema": "licet/rulebook/1",
            "id": "r",
            "title": "R",
            "jurisdiction": "EU",
            "kind": "binding",
        },
        "provisions/p.yaml": {
            "schema": "licet/provision/1",
            "provision": "P-1",
            "title": "t",
            "cite": {"instrument": "i", "locator": "1"},
            "checked": {"level": "text"},
            "in_force": {"from": "2000-01-01"},
            "when": when,
            "then": {"effect": "prohibited"},
        },
    }
    book = build(files, "r", default_dictionary())
    book.derive.clear()  # only what is given counts here
    facts = {name: Reading(value=value) for name, value in values.items() if value is not None}
    line = Scope("line", facts, None, {})
    return Evaluation(book, line, DAYS, "export").trace(book.provisions["P-1"].when, line)


@given(
    CONDITIONS,
    st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in FACTS}),
)
def test_the_supporting_facts_alone_give_the_same_answer(when, values) -> None:
    whole = evaluated(when, values)
    leaves = list(support(whole))
    if whole.truth is None:
        assert not leaves
        return
    kept = {name: reading.value for name, reading in leaves}
    assert None not in kept.values()
    assert evaluated(when, kept).truth is whole.truth
