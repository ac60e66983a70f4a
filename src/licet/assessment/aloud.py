"""A rulebook read aloud: conditions, dates and effects as plain words in a tree.

What the terminal, the page and the book show comes from here. Must not evaluate or decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.assessment import wording
from licet.model.outcome import Effect
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Period, Provision, Rulebook, Saving

NEVER = 9999
"""The year in which law begins that is proposed, or not yet published."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of a condition in words, with the lines under it."""

    words: str
    parts: tuple[Phrase, ...] = ()
    fact: str = ""
    """The fact that is compared, where this line compares one."""
    target: str = ""
    """The term or provision that is referred to, where this line refers to one."""


_HEADS = {
    "all": "all of this is so:",
    "any": "at least one of this is so:",
    "none": "none of this is so:",
}


def phrase(book: Rulebook, node: Node) -> Phrase:
    """A condition as a tree of phrases: its own words where it has some, else the dictionary's."""
    says = node.says
    match node:
        case Leaf():
            return Phrase(says or wording.leaf(book, node), fact=node.fact)
        case Ref():
            return Phrase(says or _referred(book, node.target), target=node.target)
        case Not():
            return _not(book, node)
        case Quantified():
            over = node.over.removeprefix("role:").replace("_", " ")
            word = "for some of the" if node.kind == "some" else "for every one of the"
            head = f"{says}:" if says else f"{word} {over}:"
            return Phrase(head, (phrase(book, node.test),))
        case Group():
            head = _HEADS.get(node.kind, f"at least {node.count} of this is so:")
            joined = "" if node.kind == "all" else f" ({head.rstrip(':')})"
            title = f"{says}{joined}:" if says else head
            return Phrase(title, tuple(phrase(book, part) for part in node.parts))


def _referred(book: Rulebook, target: str) -> str:
    if target in book.terms:
        return book.terms[target].says or target
    return book.provisions[target].title


def _not(book: Rulebook, node: Not) -> Phrase:
    inner = node.part
    if isinstance(inner, Leaf):
        plain = inner.operand is True and inner.op == "is" and not inner.says
        opposite = book.dictionary.facts[inner.fact].statement_no if plain else ""
        if node.says or opposite:
            return Phrase(node.says or opposite, fact=inner.fact)
    if isinstance(inner, Ref) and node.says:
        return Phrase(node.says, target=inner.target)
    head = f"{node.says}, that is, not:" if node.says else "it is not so that:"
    return Phrase(head, (phrase(book, inner),))


def lines(tree: Phrase, depth: int = 0) -> Iterator[tuple[int, str]]:
    """A tree of phrases as lines, each with its depth; what is referred to is named in brackets."""
    named = f" ({tree.target})" if tree.target else ""
    yield depth, f"{tree.words}{named}"
    for part in tree.parts:
        yield from lines(part, depth + 1)


def condition_words(book: Rulebook, node: Node) -> str:
    """A condition in one line."""
    return _in_line(phrase(book, node))


def _in_line(tree: Phrase) -> str:
    if not tree.parts:
        return tree.words
    return f"{tree.words} {'; '.join(_in_line(part) for part in tree.parts)}"


def period(span: Period) -> str:
    """Since when and until when, both days included."""
    if span.start and span.start.year == NEVER:
        return "never (proposed, or not yet published)"
    start = span.start.isoformat() if span.start else f"not later than {span.not_later_than}"
    words = f"from {start}" + (f" to {span.end}" if span.end else "")
    return "".join([words, *(f", {saving}" for saving in savings(span))])


def savings(span: Period) -> Iterable[str]:
    """The savings clauses of a period: for whom it goes on, for whom it does not begin."""
    if span.continues_for:
        yield f"and on for {_saved(span.continues_for)}"
    if span.not_for:
        yield f"but not for {_saved(span.not_for)}"


def _saved(saving: Saving) -> str:
    return f"a case whose day of {saving.anchor.value} lies before {saving.before}"


_EFFECTS = {
    Effect.PROHIBITED: "it is prohibited, and nobody may authorise it",
    Effect.REFUSAL_REQUIRED: "an authorisation must be refused",
    Effect.EXCLUSION_REQUIRED: "it must not be bought, and the vendor is excluded",
    Effect.REFUSAL_PRESUMED: "refusal is presumed, unless named evidence is accepted",
    Effect.EXCLUSION_POSSIBLE: "the vendor may be excluded",
    Effect.AUTHORISATION_REQUIRED: "an authorisation is needed first",
    Effect.NOTIFY_AUTHORITY: "the authority must be notified first",
    Effect.CONDITIONS: "it could go ahead only under conditions",
    Effect.EXEMPT: "it is exempt from the provisions that are named",
    Effect.CONSIDERATION: "this must be weighed",
    Effect.DUTY: "a duty stands",
    Effect.EXPECTATION: "this is expected, and binds nobody",
    Effect.GRADE: "the risk is graded",
    Effect.DEFINITION: "the definition is met; nothing follows from that alone",
}


def effect_words(effect: Effect) -> str:
    """What an effect means, in plain words."""
    return _EFFECTS[effect]


def effects(provision: Provision) -> Iterator[tuple[str, str]]:
    """What follows when a provision is met, for each kind of case that has its own effect."""
    if provision.grade:
        dimension = provision.dimension.replace("_", " ")
        yield "", f"the grade of {dimension} is {wording.grade(provision.grade)}"
    else:
        yield "", effect_words(provision.effect)
    for kind, other in provision.for_kinds.items():
        yield kind.replace("_", " "), effect_words(other)
