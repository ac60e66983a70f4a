"""Try the mutants of a rulebook: which of them one of its own examples notices, and which none does.

Where no example notices, the rulebook could be altered and nobody would see it, unless the change is none at
all, which is looked for. Deterministic.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.model.dates import Span
from licet.model.fact import FactType, Reading
from licet.rules.evaluate import Evaluation
from licet.rules.examples import example_scope, run_example
from licet.rules.grammar import Group, Leaf, Not, walk
from licet.rules.mutants import altered, condition_of, mutants, name_of, owners_under
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.rules.grammar import Node
    from licet.rules.mutants import Mutant
    from licet.rules.rulebook import ProvisionTest, Rulebook

MAX_WORLDS = 20_000
"""How many combinations of values are tried to show that a mutant is no change at all."""


@dataclass(frozen=True, slots=True)
class MutationRun:
    """What came of the mutants of one rulebook."""

    book: Rulebook
    killed: int
    survivors: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    """Changes that no case could tell from the rulebook as it is: no example can be missing."""

    @property
    def score(self) -> tuple[int, int]:
        """How many mutants an example noticed, of how many that could be noticed."""
        return self.killed, self.killed + len(self.survivors)


def run_mutants(book: Rulebook, share: float = 1.0) -> MutationRun:
    """Try every mutant of a rulebook, or a share of them (0 to 1, always the same ones)."""
    trials = _Trials(book)
    killed, survivors, equivalent = 0, [], []
    for mutant in mutants(book):
        if _fraction(f"{book.id} {mutant.id}") >= share:
            continue
        if trials.noticed(mutant):
            killed += 1
        elif _same(book, mutant):
            equivalent.append(mutant)
        else:
            survivors.append(mutant)
    return MutationRun(book, killed, tuple(survivors), tuple(equivalent))


def unnoticed(book: Rulebook) -> list[Mutant]:
    """The mutants that no example notices, those that change nothing among them."""
    trials = _Trials(book)
    return [mutant for mutant in mutants(book) if not trials.noticed(mutant)]


def _fraction(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32


class _Trials:
    """The examples of a rulebook, read once, and which of them a change can reach."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.scopes = {
            (p.id, i): example_scope(book, test.given)
            for p in book.provisions.values()
            for i, test in enumerate(p.tests)
        }
        self.reached_by = {p.id: owners_under(book, p) for p in book.provisions.values()}

    def noticed(self, mutant: Mutant) -> bool:
        """Whether an example no longer comes out as its file says."""
        return any(
            not run_example(mutant.book, mutant.book.provisions[name], test, scope).passed
            for name, test, scope in self._examples(mutant.owner)
        )

    def _examples(self, owner: str) -> Iterator[tuple[str, ProvisionTest, Scope]]:
        names = [owner] if owner in self.book.provisions else []
        names += [n for n, owners in self.reached_by.items() if owner in owners and n != owner]
        for name in names:
            for i, test in enumerate(self.book.provisions[name].tests):
                yield name, test, self.scopes[name, i]


# What is no change -----------------------------------------------------------------------------


def _same(book: Rulebook, mutant: Mutant) -> bool:
    """Whether no values of the facts tell a changed condition from the one that stood there.

    Every combination of values is tried, unknown among them, where there are few enough. Each fact
    is taken as free, and so is each reference: what holds whatever they are holds as they are.
    """
    before, after = condition_of(book, mutant.owner), condition_of(mutant.book, mutant.owner)
    if before is None or after is None or before == after:
        return False
    before, after = _with_stand_ins(book, *_smaller(before, after))
    values = _values(book, (before, after))
    if values is None:
        return False
    free = altered(book, derive={})
    days = Days({"assessed": Span(date.max, date.max)})
    for world in itertools.product(*values.values()):
        facts = {n: r for n, r in zip(values, world, strict=True) if r is not None}
        evaluation = Evaluation(free, Scope("line", facts, None, {}), days, "export")
        line = evaluation.line
        if evaluation.trace(before, line).truth is not evaluation.trace(after, line).truth:
            return False
    return True


def _smaller(before: Node, after: Node) -> tuple[Node, Node]:
    """Both conditions without parts that they share and that read none of the changed part's facts.

    Such a part joins both alike: what is the same without it is the same with it.
    """
    while isinstance(before, Group) and isinstance(after, Group) and _comparable(before, after):
        pairs = list(zip(before.parts, after.parts, strict=True))
        facts = {f for was, now in pairs if was is not now for f in _facts(was) | _facts(now)}
        kept = [(was, now) for was, now in pairs if was is not now or facts & _facts(was)]
        if len(kept) > 1:
            was_parts, now_parts = zip(*kept, strict=True)
            return replace(before, parts=was_parts), replace(after, parts=now_parts)
        if before.kind == "none":
            break
        ((before, after),) = kept
    return before, after


def _comparable(before: Group, after: Group) -> bool:
    alike = before.kind == after.kind and len(before.parts) == len(after.parts)
    return alike and before.kind != "at_least"


def _facts(node: Node) -> set[str]:
    """The facts and references that stand in a condition itself."""
    return {name for part in walk(node) if (name := name_of(part))}


def _with_stand_ins(book: Rulebook, before: Node, after: Node) -> tuple[Node, Node]:
    """Both conditions with a yes/no fact that neither names for all whose values are not few."""
    named = _facts(before) | _facts(after)
    spare = (d.name for d in book.dictionary if d.type is FactType.YES_NO and d.name not in named)
    chosen: dict[str, Leaf] = {}

    def of(node: Node) -> Node:
        match node:
            case Group():
                return replace(node, parts=tuple(of(part) for part in node.parts))
            case Not():
                return replace(node, part=of(node.part))
            case Leaf() if not node.list_name and _few(book, node):
                return node
            case _:
                key = repr(replace(node, path="", says=""))
                if key not in chosen:
                    chosen[key] = Leaf("", next(spare), "is", True)
                return chosen[key]

    return of(before), of(after)


def _few(book: Rulebook, leaf: Leaf) -> bool:
    return book.dictionary.facts[leaf.fact].type in (FactType.YES_NO, FactType.CODE)


def _values(
    book: Rulebook, nodes: Iterable[Node]
) -> Mapping[str, tuple[Reading | None, ...]] | None:
    """For each fact of conditions, the values that can matter; None where they are too many."""
    named: dict[str, set[Any]] = {}
    for leaf in (part for node in nodes for part in walk(node) if isinstance(part, Leaf)):
        operand = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        named.setdefault(leaf.fact, set()).update(operand)
    # Codes that no condition names are all alike: the first of them stands for the others.
    chosen: dict[str, tuple[Reading | None, ...]] = {}
    for name, operands in sorted(named.items()):
        domain = book.dictionary.facts[name].domain
        rest = [value for value in domain if value not in operands][:1]
        values = [value for value in domain if value in operands or value in rest]
        chosen[name] = (*(Reading(value=value) for value in values), None)
    worlds = math.prod(len(values) for values in chosen.values())
    return chosen if worlds <= MAX_WORLDS else None
