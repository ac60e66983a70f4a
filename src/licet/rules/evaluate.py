"""Apply a rulebook's conditions to facts, without short circuit, and keep the whole tree.

Three truth values (Kleene): True, False, and None for unknown. Not in force and out of scope are
states of a finding, never a truth value. Pure: same readings and days, same tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from licet.model.fact import NOT_ASKED, FactType, Reading, UnknownReason, stored
from licet.rules.grammar import Group, Leaf, Node, Not, Quantified, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from licet.model.dates import Span
    from licet.rules.rulebook import Period, Provision, Rulebook
    from licet.rules.scope import Days, Scope

Truth = bool | None


class State(StrEnum):
    """What came of applying one provision."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"
    OUT_OF_SCOPE = "out_of_scope"


class InForce(StrEnum):
    """Whether a provision is in force on its anchor's day."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trace:
    """One node of the explanation: the condition, its truth, and what lies under it.

    For a leaf, ``scope`` names what the fact is about and ``reading`` what was used; a leaf whose
    fact follows from others has the derivation as its child.
    """

    node: Node
    truth: Truth
    parts: tuple[Trace, ...] = ()
    scope: str = ""
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One provision applied to one thing (``binding``): its state and the whole tree."""

    provision: str
    binding: str
    state: State
    in_force: InForce
    trace: Trace | None = None

    @property
    def truth(self) -> Truth:
        """The state as a truth value: what is not in force or out of scope is not met."""
        return {State.MET: True, State.UNKNOWN: None}.get(self.state, False)


def kleene_all(truths: Iterable[Truth]) -> Truth:
    """False if any is False, else None if any is None, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def kleene_any(truths: Iterable[Truth]) -> Truth:
    """True if any is True, else None if any is None, else False."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def kleene_not(truth: Truth) -> Truth:
    """The contrary; unknown stays unknown."""
    return None if truth is None else not truth


def at_least(count: int, truths: tuple[Truth, ...]) -> Truth:
    """Whether at least ``count`` hold: certain, impossible, or open."""
    certain = sum(truth is True for truth in truths)
    possible = certain + sum(truth is None for truth in truths)
    return True if certain >= count else False if possible < count else None


def in_force(periods: tuple[Period, ...], span: Span) -> InForce:
    """Whether a provision with these periods is in force on every, no, or only some day of a span.

    Before its ``not_later_than`` day, a provision whose beginning is not known is ``unknown``.
    """
    answers = {_in_period(period, span) for period in periods}
    if InForce.YES in answers:
        return InForce.YES
    return InForce.UNKNOWN if InForce.UNKNOWN in answers else InForce.NO


def _in_period(period: Period, span: Span) -> InForce:
    if period.end is not None and span.first > period.end:
        return InForce.NO
    if period.start is not None and span.last < period.start:
        return InForce.NO
    start = period.start or period.not_later_than
    inside = (start is None or span.first >= start) and (
        period.end is None or span.last <= period.end
    )
    return InForce.YES if inside else InForce.UNKNOWN


class Evaluation:
    """One rulebook applied to one line. Holds what was worked out, so that nothing is done twice.

    ``overrides`` puts a supposed reading in place of a fact's own, for "what if" questions; what
    cannot depend on the supposed facts is then taken over from ``base``, the evaluation as it is.
    """

    def __init__(
        self,
        book: Rulebook,
        line: Scope,
        days: Days,
        kind: str,
        overrides: Mapping[str, Reading] | None = None,
        base: Evaluation | None = None,
    ) -> None:
        self.book = book
        self.line = line
        self.days = days
        self.kind = kind
        self.overrides = overrides or {}
        self._base = base
        self._open: set[str] = set()
        self._forces: dict[str, InForce] = base._forces if base else {}  # noqa: SLF001
        self._seen: dict[tuple[int, str, str], Trace] = {}
        self._anchor = "assessed"

    # Provisions

    def findings(self, provision: Provision) -> tuple[Finding, ...]:
        """Apply one provision: one finding for each thing it binds to."""
        force = self._in_force(provision)
        if force is InForce.NO:
            return (Finding(provision.id, "", State.NOT_IN_FORCE, force),)
        self._anchor = provision.anchor.value
        scopes = self._bindings(provision)
        if scopes is None:
            return (Finding(provision.id, "", State.UNKNOWN, force),)
        if not scopes:
            return (Finding(provision.id, "", State.OUT_OF_SCOPE, force),)
        return tuple(self._finding(provision, scope, force) for scope in scopes)

    def met(self, provision: Provision) -> Truth:
        """Whether a provision is met for any thing it binds to: :meth:`findings` in one word."""
        force = self._in_force(provision)
        if force is InForce.NO:
            return False
        self._anchor = provision.anchor.value
        scopes = self._bindings(provision)
        if scopes is None:
            return None
        return kleene_any(self._judged(provision, scope, force)[0] for scope in scopes)

    def _judged(
        self, provision: Provision, scope: Scope, force: InForce
    ) -> tuple[Truth, Trace | None]:
        trace = self.trace(provision.when, scope) if provision.when is not None else None
        truth = trace.truth if trace is not None else True
        # What may not be in force cannot be met for certain.
        return (None if force is InForce.UNKNOWN and truth is True else truth), trace

    def _in_force(self, provision: Provision) -> InForce:
        if provision.id not in self._forces:
            span = self.days.of(provision.anchor.value)
            self._forces[provision.id] = in_force(provision.periods, span)
        return self._forces[provision.id]

    def _bindings(self, provision: Provision) -> tuple[Scope, ...] | None:
        if provision.scope.value != "party":
            return (self.line,)
        if not provision.roles:
            return self.line.members("parties")
        found: list[Scope] = []
        for role in provision.roles:
            members = self.line.members(f"role:{role}")
            found.extend(m for m in members or () if m not in found)
        return tuple(found)

    def _finding(self, provision: Provision, scope: Scope, force: InForce) -> Finding:
        binding = scope.name if scope is not self.line else ""
        truth, trace = self._judged(provision, scope, force)
        state = {True: State.MET, False: State.NOT_MET, None: State.UNKNOWN}[truth]
        return Finding(provision.id, binding, state, force, trace)

    # Conditions

    def truth(self, node: Node) -> Truth:
        """The truth of a condition for the line."""
        return self.trace(node, self.line).truth

    def trace(self, node: Node, scope: Scope) -> Trace:
        """Evaluate a condition whole and keep the tree."""
        if self._open and not self.book.facts_under(node).isdisjoint(self._open):
            # Inside a derivation that turns on itself: true here only, so nothing is kept.
            return self._evaluated(node, scope)
        key = (id(node), scope.name, self._anchor)
        found = self._seen.get(key)
        if found is not None:
            return found
        if self._base is not None and self.book.facts_under(node).isdisjoint(self.overrides):
            found = self._base._seen.get(key)  # noqa: SLF001 - another of this class
            if found is not None:
                return found
        found = self._seen[key] = self._evaluated(node, scope)
        return found

    def _evaluated(self, node: Node, scope: Scope) -> Trace:
        match node:
            case Leaf():
                return self._leaf(node, scope)
            case Group():
                return self._group(node, scope)
            case Not():
                part = self.trace(node.part, scope)
                return Trace(node, kleene_not(part.truth), (part,))
            case Quantified():
                return self._quantified(node, scope)
            case Ref():
                part = self._target(node.target, scope)
                return Trace(node, part.truth, (part,))
            case _:
                assert_never(node)

    def _group(self, node: Group, scope: Scope) -> Trace:
        parts = tuple(self.trace(part, scope) for part in node.parts)
        truths = tuple(part.truth for part in parts)
        match node.kind:
            case "all":
                truth = kleene_all(truths)
            case "any":
                truth = kleene_any(truths)
            case "none":
                truth = kleene_not(kleene_any(truths))
            case _:
                truth = at_least(node.count, truths)
        return Trace(node, truth, parts)

    def _quantified(self, node: Quantified, scope: Scope) -> Trace:
        members = scope.members(node.over)
        if members is None:
            # Nobody stated this collection: whether one of its members fits is not known.
            return Trace(node, None, (), scope.name)
        parts = tuple(self.trace(node.test, member) for member in members)
        truths = tuple(part.truth for part in parts)
        truth = kleene_any(truths) if node.kind == "some" else kleene_all(truths)
        return Trace(node, truth, parts, scope.name)

    def _target(self, target: str, scope: Scope) -> Trace:
        """The tree of a referred term or provision; what is not in force counts as not met."""
        term = self.book.terms.get(target)
        if term is not None:
            return self.trace(term.when, scope)
        provision = self.book.provisions[target]
        node = Ref("", target)
        force = self._in_force(provision)
        if force is InForce.NO:
            return Trace(node, False, (), State.NOT_IN_FORCE.value)
        if provision.when is None:
            return Trace(node, True if force is InForce.YES else None)
        part = self.trace(provision.when, scope)
        truth = None if force is InForce.UNKNOWN and part.truth is True else part.truth
        return Trace(node, truth, (part,))

    # Facts

    def _leaf(self, leaf: Leaf, scope: Scope) -> Trace:
        reading = self.overrides.get(leaf.fact)
        if reading is None:
            reading = scope.reading(leaf.fact)
        test = self._test(leaf)
        derivation = None
        if not reading.known or reading.by_silence:
            derivation = self._derivation(leaf.fact, scope)
        if reading.known and not (derivation is not None and derivation.truth is True):
            return Trace(leaf, test(reading.value), (), scope.name, reading)
        if derivation is not None and leaf.fact not in self.overrides:
            value = derivation.truth
            if reading.unknown is UnknownReason.ASKED and not self._adverse(leaf.fact, value):
                # A question that was put and not answered is not settled in the asker's favour.
                value = None
            truth = None if value is None else test(value)
            shown = NOT_ASKED if reading.known else reading
            return Trace(leaf, truth, (derivation,), scope.name, shown)
        return Trace(leaf, self._open_truth(leaf, reading, test), (), scope.name, reading)

    def _derivation(self, fact: str, scope: Scope) -> Trace | None:
        node = self.book.derive.get(fact)
        if node is None or fact in self._open:
            return None
        self._open.add(fact)
        found = self.trace(node, scope)
        self._open.discard(fact)
        return found

    def _adverse(self, fact: str, value: Truth) -> bool:
        return stored(value) in self.book.dictionary.facts[fact].adverse

    def _open_truth(self, leaf: Leaf, reading: Reading, test: Callable[[Any], Truth]) -> Truth:
        """An unknown fact still settles a leaf that every possible value answers alike."""
        values: Iterable[Any] = reading.possible or ()
        if not values:
            definition = self.book.dictionary.facts[leaf.fact]
            values = definition.domain if definition.type is FactType.CODE else ()
        answers = {test(value) for value in values}
        return answers.pop() if len(answers) == 1 else None

    def _test(self, leaf: Leaf) -> Callable[[Any], Truth]:
        if not leaf.list_name:
            return _OPERATORS[leaf.op](leaf.operand)
        span = self.days.of(self._anchor)
        always, ever = self.book.list_on(leaf.list_name, span.first, span.last)
        strict, loose = _OPERATORS[leaf.op](always), _OPERATORS[leaf.op](ever)
        if always == ever:
            return strict
        # The list changed within a span of which the very day is not known.
        return lambda value: strict(value) if strict(value) == loose(value) else None


_OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "is": lambda operand: lambda value: bool(value == operand),
    "is not": lambda operand: lambda value: bool(value != operand),
    "is one of": lambda operand: lambda value: value in operand,
    "is none of": lambda operand: lambda value: value not in operand,
    "includes": lambda operand: lambda value: operand in value,
    "includes any of": lambda operand: lambda value: any(part in value for part in operand),
    "<": lambda operand: lambda value: bool(_number(value) < _number(operand)),
    "<=": lambda operand: lambda value: bool(_number(value) <= _number(operand)),
    ">": lambda operand: lambda value: bool(_number(value) > _number(operand)),
    ">=": lambda operand: lambda value: bool(_number(value) >= _number(operand)),
}


def _number(value: Any) -> Any:
    """Decimals are kept as text in facts and compared as numbers."""
    if isinstance(value, str):
        from decimal import Decimal

        return Decimal(value)
    return value


def unknown_leaves(trace: Trace) -> Iterable[tuple[str, str]]:
    """(scope, fact) of the unknown facts that keep a tree open, in the order of the text.

    Only unknown paths are walked: a fact under a part that is already settled need not be asked.
    """
    if trace.truth is not None:
        return
    if isinstance(trace.node, Leaf):
        yield trace.scope, trace.node.fact
    for part in trace.parts:
        yield from unknown_leaves(part)


def known_leaves(trace: Trace) -> Iterable[tuple[str, str, Reading]]:
    """(scope, fact, reading) of every known fact in a tree."""
    if isinstance(trace.node, Leaf) and trace.reading is not None and trace.reading.known:
        yield trace.scope, trace.node.fact, trace.reading
    for part in trace.parts:
        yield from known_leaves(part)


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


def stored_trace(trace: Trace) -> dict[str, Any]:
    """A tree in the form that is stored and hashed: identifiers and values, no prose."""
    truth = {True: "true", False: "false", None: "unknown"}[trace.truth]
    node = trace.node
    result: dict[str, Any] = {"truth": truth}
    match node:
        case Leaf():
            result["fact"] = node.fact
            result["op"] = node.op
            result["than"] = f"@{node.list_name}" if node.list_name else stored(node.operand)
            if trace.scope:
                result["of"] = trace.scope
            if trace.reading is not None and trace.reading.known:
                result["value"] = stored(trace.reading.value)
            elif trace.reading is not None and trace.reading.unknown is not None:
                result["why"] = trace.reading.unknown.value
        case Group():
            result[node.kind] = [stored_trace(part) for part in trace.parts]
            if node.count:
                result["count"] = node.count
            return result
        case Not():
            result["not"] = stored_trace(trace.parts[0])
            return result
        case Quantified():
            result[node.kind] = node.over
        case Ref():
            result["ref"] = node.target
            if trace.scope == State.NOT_IN_FORCE.value:
                result["state"] = State.NOT_IN_FORCE.value
    if trace.parts:
        result["parts"] = [stored_trace(part) for part in trace.parts]
    return result
