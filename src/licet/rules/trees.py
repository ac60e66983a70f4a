"""Read the tree of an explanation: what keeps it open, what it rests on, and how it is stored.

A tree is made by :mod:`licet.rules.evaluate`; nothing is worked out anew here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.model.fact import NOT_ASKED, Reading, stored
from licet.rules.evaluate import State, Trace
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable


Pairs = dict[tuple[str, str], Reading]
"""Facts by (scope, name), in the order of the text, each with the reading that was used."""


class Leaves:
    """The facts in trees. What several trees share is walked once."""

    def __init__(self) -> None:
        self._open: dict[int, Pairs] = {}
        self._known: dict[int, Pairs] = {}

    def open(self, trace: Trace) -> Pairs:
        """The unknown facts that keep a tree open.

        Only unknown paths are walked: a fact under a settled part need not be asked.
        """
        if trace.truth is not None:
            return {}
        found = self._open.get(id(trace))
        if found is None:
            found = self._open[id(trace)] = {}
            if isinstance(trace.node, Leaf):
                found[trace.scope, trace.node.fact] = trace.reading or NOT_ASKED
            for part in trace.parts:
                for pair, reading in self.open(part).items():
                    found.setdefault(pair, reading)
        return found

    def known(self, trace: Trace) -> Pairs:
        """Every known fact in a tree."""
        found = self._known.get(id(trace))
        if found is None:
            found = self._known[id(trace)] = {}
            own = trace.reading
            if isinstance(trace.node, Leaf) and own is not None and own.known:
                found[trace.scope, trace.node.fact] = own
            for part in trace.parts:
                for pair, reading in self.known(part).items():
                    found.setdefault(pair, reading)
        return found


def support(trace: Trace) -> Iterable[tuple[str, Reading]]:
    """The facts, each with its reading, that suffice to make a settled tree true or false, in the order of the text.

    What an answer rests on: of an ``any`` that is met, the first part that is; of an ``all``, every
    part. Nothing for a tree that is open.
    """
    if trace.truth is None:
        return
    if isinstance(trace.node, Leaf):
        if trace.parts:
            yield from support(trace.parts[0])
        elif trace.reading is not None:
            yield trace.node.fact, trace.reading
        return
    for part in _needed(trace):
        yield from support(part)


def _needed(trace: Trace) -> tuple[Trace, ...]:
    node, parts = trace.node, trace.parts
    true = tuple(part for part in parts if part.truth is True)
    false = tuple(part for part in parts if part.truth is False)
    match node:
        case Group(kind="at_least"):
            return true[: node.count] if trace.truth else false
        case Group(kind="all"):
            return parts if trace.truth else false[:1]
        case Group(kind="any"):
            return true[:1] if trace.truth else parts
        case Group():  # none
            return parts if trace.truth else true[:1]
        case Quantified(kind="some"):
            return true[:1] if trace.truth else parts
        case Quantified():
            return parts if trace.truth else false[:1]
        case _:
            return parts


class Stored:
    """Trees in the form that is stored and hashed: identifiers and values, no prose.

    What several provisions refer to (a term, another provision, a derived fact) is stored once, in
    ``shared``, and named where it is used.
    """

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self._done: dict[int, str] = {}

    def tree(self, trace: Trace) -> dict[str, Any]:
        """One tree."""
        result: dict[str, Any] = {"truth": _TRUTHS[trace.truth]}
        node = trace.node
        match node:
            case Leaf():
                self._leaf(result, node, trace)
            case Group():
                result[node.kind] = [self.tree(part) for part in trace.parts]
                if node.count:
                    result["count"] = node.count
            case Not():
                result["not"] = self.tree(trace.parts[0])
            case Quantified():
                result[node.kind] = node.over
                result["parts"] = [self.tree(part) for part in trace.parts]
            case Ref():
                result["ref"] = node.target
                if trace.scope == State.NOT_IN_FORCE:
                    result["state"] = State.NOT_IN_FORCE.value
                elif trace.parts:
                    result["tree"] = self._once(node.target, trace)
        return result

    def _leaf(self, result: dict[str, Any], node: Leaf, trace: Trace) -> None:
        result["fact"] = node.fact
        result["op"] = node.op
        result["than"] = f"@{node.list_name}" if node.list_name else stored(node.operand)
        if trace.scope:
            result["of"] = trace.scope
        reading = trace.reading
        if reading is not None:
            if reading.unknown is None:
                result["value"] = stored(reading.value)
            else:
                result["why"] = reading.unknown.value
        if trace.parts:
            result["tree"] = self._once(node.fact, trace)

    def _once(self, name: str, trace: Trace) -> str:
        """Store what lies under a node once; the key under which it stands."""
        part = trace.parts[0]
        key = self._done.get(id(part))
        if key is None:
            content = self.tree(part)
            key = name if trace.scope in ("", "line") else f"{name} of {trace.scope}"
            while self.shared.get(key, content) != content:
                key += "'"  # the same on another day, or inside a derivation that turns on itself
            self.shared[key] = content
            self._done[id(part)] = key
        return key


_TRUTHS = {True: "true", False: "false", None: "unknown"}
