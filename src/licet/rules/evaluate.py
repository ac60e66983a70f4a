"""Apply a rulebook's conditions to facts, without short circuit, and keep the whole tree.

Three truth values (Kleene): True, False, and None for unknown. Not in force and out of scope are
states of a finding, never a truth value. Pure: same readings and days, same tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from licet.model.fact import NOT_ASKED, FactType, Reading, UnknownReason, stored
from licet.rules.grammar import Group, Leaf, Node, Not, Quantified, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from licet.model.dates import Span
    from licet.rules.rulebook import Period, Provision, Rulebook, Saving
    from licet.rules.scope import Days, Scope

Truth = bool | None

ASSESSED = "assessed"
"""The anchor of what names none: the day of assessment."""


class State(StrEnum):
    """What came of applying one provision."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"
    OUT_OF_SCOPE = "out_of_scope"


_STATES: dict[Truth, State] = {True: State.MET, False: State.NOT_MET, None: State.UNKNOWN}


class InForce(StrEnum):
    """Whether a provision is in force on its anchor's day."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Trace(NamedTuple):
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
        return True if self.state is State.MET else None if self.state is State.UNKNOWN else False


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


def at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """Whether at least ``count`` hold: certain, impossible, or open."""
    certain = sum(truth is True for truth in truths)
    possible = certain + sum(truth is None for truth in truths)
    return True if certain >= count else False if possible < count else None


def in_force(periods: tuple[Period, ...], days: Days, anchor: str) -> InForce:
    """Whether a provision with these periods is in force on every, no, or only some day of a span.

    Before its ``not_later_than`` day, a provision whose beginning is not known is ``unknown``.
    Savings clauses look at the day of their own anchor.
    """
    span = days.of(anchor)
    return _IN_FORCE[kleene_any(_in_period(period, span, days) for period in periods)]


_IN_FORCE: dict[Truth, InForce] = {True: InForce.YES, False: InForce.NO, None: InForce.UNKNOWN}


def _in_period(period: Period, span: Span, days: Days) -> Truth:
    begun: Truth = True
    if period.start is not None:
        begun = _at_least_from(period.start, span)
    elif period.not_later_than is not None and span.first < period.not_later_than:
        begun = None
    ended: Truth = False
    if period.end is not None:
        ended = True if span.first > period.end else False if span.last <= period.end else None
    if period.continues_for is not None:
        ended = kleene_all([ended, kleene_not(_saved(period.continues_for, days))])
    saved = _saved(period.not_for, days) if period.not_for is not None else False
    return kleene_all([begun, kleene_not(ended), kleene_not(saved)])


def _at_least_from(day: date, span: Span) -> Truth:
    """Whether every, no, or only some day of a span is this day or a later one."""
    return True if span.first >= day else False if span.last < day else None


def _saved(saving: Saving, days: Days) -> Truth:
    """Whether the anchor of a savings clause lies before its day."""
    return kleene_not(_at_least_from(saving.before, days.of(saving.anchor)))


def joined(node: Group, truths: Sequence[Truth]) -> Truth:
    """The truth of a group from the truths of its parts."""
    match node.kind:
        case "all":
            return kleene_all(truths)
        case "any":
            return kleene_any(truths)
        case "none":
            return kleene_not(kleene_any(truths))
        case _:
            return at_least(node.count, truths)


def over_all(node: Quantified, truths: Iterable[Truth]) -> Truth:
    """The truth of ``some`` or ``every`` from the truths for each member."""
    return kleene_any(truths) if node.kind == "some" else kleene_all(truths)


def within_force(truth: Truth, force: InForce) -> Truth:
    """What may not be in force cannot be met for certain."""
    return None if force is InForce.UNKNOWN and truth is True else truth


class Evaluation:
    """One rulebook applied to one line. Holds what was worked out, so that nothing is done twice.

    ``supposed`` puts a reading in place of a fact's own; ``within`` names facts whose derivation is
    under way, which are not derived again (:class:`licet.rules.supposition.Supposition`).
    """

    def __init__(
        self,
        book: Rulebook,
        line: Scope,
        days: Days,
        kind: str,
        supposed: Mapping[str, Reading] | None = None,
        within: Iterable[str] = (),
    ) -> None:
        self.book = book
        self.line = line
        self.days = days
        self.kind = kind
        self.scopes: dict[str, Scope] = {line.name: line}
        """Every scope that was looked into, by name."""
        self._supposed = supposed or {}
        self._open = set(within)
        self._forces: dict[str, InForce] = {}
        self._seen: dict[tuple[int, str, str], Trace] = {}
        self.anchor = ASSESSED
        """The anchor of what is being evaluated: lists are read as of its day."""

    # Provisions

    def findings(self, provision: Provision) -> tuple[Finding, ...]:
        """Apply one provision: one finding for each thing it binds to."""
        force = self.in_force(provision)
        if force is InForce.NO:
            return (Finding(provision.id, "", State.NOT_IN_FORCE, force),)
        self.anchor = provision.anchor
        scopes = self._bindings(provision)
        if scopes is None:
            return (Finding(provision.id, "", State.UNKNOWN, force),)
        if not scopes:
            return (Finding(provision.id, "", State.OUT_OF_SCOPE, force),)
        return tuple(self._finding(provision, scope, force) for scope in scopes)

    def reach(self) -> Trace | None:
        """Whether the book reaches the line, on the day of assessment; None where it reaches all."""
        if self.book.reaches is None:
            return None
        self.anchor = ASSESSED
        return self.trace(self.book.reaches, self.line)

    def _judged(
        self, provision: Provision, scope: Scope, force: InForce
    ) -> tuple[Truth, Trace | None]:
        trace = self.trace(provision.when, scope) if provision.when is not None else None
        truth = trace.truth if trace is not None else True
        return within_force(truth, force), trace

    def in_force(self, provision: Provision) -> InForce:
        """Whether a provision is in force on the day to which it is anchored."""
        force = self._forces.get(provision.id)
        if force is None:
            force = in_force(provision.periods, self.days, provision.anchor)
            self._forces[provision.id] = force
        return force

    def _bindings(self, provision: Provision) -> tuple[Scope, ...] | None:
        if provision.scope != "party":
            return (self.line,)
        if not provision.roles:
            return self._members("parties", self.line)
        found: list[Scope] = []
        for role in provision.roles:
            members = self._members(f"role:{role}", self.line)
            if members is None:
                return None  # nobody stated who has this role
            found.extend(m for m in members if m not in found)
        return tuple(found)

    def _members(self, collection: str, scope: Scope) -> tuple[Scope, ...] | None:
        members = scope.members(collection)
        for member in members or ():
            self.scopes[member.name] = member
        return members

    def _finding(self, provision: Provision, scope: Scope, force: InForce) -> Finding:
        binding = scope.name if scope is not self.line else ""
        truth, trace = self._judged(provision, scope, force)
        return Finding(provision.id, binding, _STATES[truth], force, trace)

    # Conditions

    def trace(self, node: Node, scope: Scope) -> Trace:
        """Evaluate a condition that stands by itself (a provision's, a term's, a derivation) and keep the tree."""
        if self._open and not self.book.facts_under(node).isdisjoint(self._open):
            # Inside a derivation that turns on itself: true here only, so nothing is kept.
            return self._evaluated(node, scope)
        key = (id(node), scope.name, self.anchor)
        found = self._seen.get(key)
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
                part = self._evaluated(node.part, scope)
                return Trace(node, kleene_not(part.truth), (part,))
            case Quantified():
                return self._quantified(node, scope)
            case Ref():
                return self._referred(node, scope)
            case _:
                assert_never(node)

    def _group(self, node: Group, scope: Scope) -> Trace:
        parts = tuple([self._evaluated(part, scope) for part in node.parts])
        return Trace(node, joined(node, [part.truth for part in parts]), parts)

    def _quantified(self, node: Quantified, scope: Scope) -> Trace:
        members = self._members(node.over, scope)
        if members is None:
            # Nobody stated this collection: whether one of its members fits is not known.
            return Trace(node, None, (), scope.name)
        parts = tuple(self._evaluated(node.test, member) for member in members)
        return Trace(node, over_all(node, [part.truth for part in parts]), parts, scope.name)

    def _referred(self, node: Ref, scope: Scope) -> Trace:
        """The tree of a referred term or provision; what is not in force counts as not met."""
        term = self.book.terms.get(node.target)
        if term is not None:
            part = self.trace(term.when, scope)
            return Trace(node, part.truth, (part,), scope.name)
        provision = self.book.provisions[node.target]
        force = self.in_force(provision)
        if force is InForce.NO:
            return Trace(node, False, (), State.NOT_IN_FORCE.value)
        truth, trace = self._judged(provision, scope, force)
        return Trace(node, truth, (trace,) if trace is not None else (), scope.name)

    # Facts

    def _leaf(self, leaf: Leaf, scope: Scope) -> Trace:
        supposed = self._supposed.get(leaf.fact)
        reading = supposed or scope.reading(leaf.fact)
        known = reading.unknown is None
        derivation = None
        if (not known or reading.by_silence) and leaf.fact in self.book.derive:
            derivation = self._derivation(leaf.fact, scope)
        if known and not (derivation is not None and derivation.truth is True):
            return Trace(leaf, self.holds(leaf, reading.value), (), scope.name, reading)
        if derivation is not None and supposed is None:
            truth = self.derived(leaf, reading, derivation.truth)
            shown = NOT_ASKED if known else reading
            return Trace(leaf, truth, (derivation,), scope.name, shown)
        return Trace(leaf, self._open_truth(leaf, reading), (), scope.name, reading)

    def derived(self, leaf: Leaf, reading: Reading, value: Truth) -> Truth:
        """The truth of a leaf whose fact follows from others, which gave it this value."""
        if reading.unknown is UnknownReason.ASKED and not self._adverse(leaf.fact, value):
            # A question that was put and not answered is not settled in the asker's favour.
            value = None
        return None if value is None else self.holds(leaf, value)

    def _derivation(self, fact: str, scope: Scope) -> Trace | None:
        if fact in self._open:
            return None
        self._open.add(fact)
        found = self.trace(self.book.derive[fact], scope)
        self._open.discard(fact)
        return found

    def _adverse(self, fact: str, value: Truth) -> bool:
        return stored(value) in self.book.dictionary.facts[fact].adverse

    def _open_truth(self, leaf: Leaf, reading: Reading) -> Truth:
        """An unknown fact still settles a leaf that every possible value answers alike."""
        values: Iterable[Any] = reading.possible or ()
        if not values:
            definition = self.book.dictionary.facts[leaf.fact]
            values = definition.domain if definition.type is FactType.CODE else ()
        answers = {self.holds(leaf, value) for value in values}
        return answers.pop() if len(answers) == 1 else None

    def holds(self, leaf: Leaf, value: Any) -> Truth:
        """The truth of a leaf for one value of its fact."""
        holds = _OPERATORS[leaf.op]
        if not leaf.list_name:
            return holds(value, leaf.operand)
        span = self.days.of(self.anchor)
        always, ever = self.book.list_on(leaf.list_name, span.first, span.last)
        certain = holds(value, always)
        # The list may have changed within a span of which the very day is not known.
        return certain if certain is holds(value, ever) else None


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, operand: bool(value == operand),
    "is not": lambda value, operand: bool(value != operand),
    "is one of": lambda value, operand: value in operand,
    "is none of": lambda value, operand: value not in operand,
    "includes": lambda value, operand: operand in value,
    "includes any of": lambda value, operand: any(part in value for part in operand),
    "<": lambda value, operand: bool(_number(value) < _number(operand)),
    "<=": lambda value, operand: bool(_number(value) <= _number(operand)),
    ">": lambda value, operand: bool(_number(value) > _number(operand)),
    ">=": lambda value, operand: bool(_number(value) >= _number(operand)),
}


def compared(op: str, value: Any, operand: Any) -> bool:
    """Whether a known value passes a comparison.

    >>> compared("is none of", "c", ("a", "b"))
    True
    """
    return _OPERATORS[op](value, operand)


def _number(value: Any) -> Any:
    """Decimals are kept as text in facts and compared as numbers."""
    if isinstance(value, str):
        from decimal import Decimal

        return Decimal(value)
    return value
