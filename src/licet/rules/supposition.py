"""What would hold if one fact had another value, worked out from the trees as they are.

Only what may depend on the fact is looked at again, and no tree is made: the answer is a truth
value. It is the same as that of evaluating anew with the fact so stated. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from licet.model.fact import Reading
from licet.rules.evaluate import (
    ASSESSED,
    Evaluation,
    joined,
    kleene_any,
    kleene_not,
    over_all,
    within_force,
)
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref

if TYPE_CHECKING:
    from licet.rules.evaluate import Finding, Trace, Truth
    from licet.rules.rulebook import Provision

_SETTLED_BY: dict[str, bool] = {"all": False, "any": True, "none": True}
"""The truth of one part that settles a group of this kind, whatever the others are."""


class Supposition:
    """One fact with a supposed value, wherever the line's conditions read it."""

    def __init__(self, evaluation: Evaluation, fact: str, value: Any) -> None:
        self.evaluation = evaluation
        self.book = evaluation.book
        self.fact = fact
        self.value = value
        self._done: dict[int, Truth] = {}
        self._open: set[str] = set()

    def met(self, provision: Provision, findings: tuple[Finding, ...]) -> Truth:
        """Whether a provision, of which these are the findings as it is, would be met."""
        self.evaluation.anchor = provision.anchor
        return kleene_any(self._found(finding) for finding in findings)

    def reach(self, trace: Trace) -> Truth:
        """Whether the book, of whose reach this is the tree, would reach the line."""
        self.evaluation.anchor = ASSESSED
        return self._truth(trace)

    def _found(self, finding: Finding) -> Truth:
        if finding.trace is None:
            return finding.truth
        return within_force(self._truth(finding.trace), finding.in_force)

    def _truth(self, trace: Trace) -> Truth:
        if self.fact not in self.book.facts_under(trace.node):
            return trace.truth
        if isinstance(trace.node, Leaf):
            return self._leaf(trace.node, trace)
        key = id(trace)  # what several provisions refer to is one tree
        if key not in self._done:
            self._done[key] = self._again(trace)
        return self._done[key]

    def _again(self, trace: Trace) -> Truth:
        node, parts = trace.node, trace.parts
        if not parts:
            return trace.truth  # a collection without members, or a provision not in force
        match node:
            case Group():
                return self._group(node, parts)
            case Not():
                return kleene_not(self._truth(parts[0]))
            case Quantified():
                return over_all(node, (self._truth(part) for part in parts))
            case Ref():
                return self._referred(node, parts[0])
            case Leaf():
                return self._leaf(node, trace)
            case _:
                assert_never(node)

    def _group(self, node: Group, parts: tuple[Trace, ...]) -> Truth:
        """What cannot read the fact stands as it is; one part that settles the group ends it."""
        settling = _SETTLED_BY.get(node.kind)
        truths: list[Truth] = []
        left: list[Trace] = []
        for (_, facts), part in zip(self.book.parts_of(node), parts, strict=True):
            if self.fact in facts:
                left.append(part)
            else:
                truths.append(part.truth)
        if settling is not None and settling in truths:
            return joined(node, [settling])
        for part in left:
            truth = self._truth(part)
            if settling is not None and truth is settling:
                return joined(node, [settling])
            truths.append(truth)
        return joined(node, truths)

    def _referred(self, node: Ref, part: Trace) -> Truth:
        truth = self._truth(part)
        if node.target in self.book.terms:
            return truth
        provision = self.book.provisions[node.target]
        return within_force(truth, self.evaluation.in_force(provision))

    def _leaf(self, leaf: Leaf, trace: Trace) -> Truth:
        if leaf.fact == self.fact:
            return self.evaluation.holds(leaf, self.value)
        reading = self.evaluation.scopes[trace.scope].reading(leaf.fact)
        if reading.by_silence:
            return self._anew(leaf, trace)
        if not trace.parts:
            return trace.truth
        # The fact follows from others, among them the one that is supposed.
        self._open.add(leaf.fact)
        value = self._truth(trace.parts[0])
        self._open.discard(leaf.fact)
        return self.evaluation.derived(leaf, reading, value)

    def _anew(self, leaf: Leaf, trace: Trace) -> Truth:
        """A leaf whose tree may not show what it could follow from: silence gave the value."""
        now = self.evaluation
        supposed = {self.fact: Reading(value=self.value, origin="supposed")}
        again = Evaluation(now.book, now.line, now.days, now.kind, supposed, self._open)
        again.anchor = now.anchor
        return again.trace(leaf, now.scopes[trace.scope]).truth
