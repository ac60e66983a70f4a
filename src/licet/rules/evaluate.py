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


_SETTLED_BY: dict[str, bool] = {"all": False, "any": True, "none": True}
"""The truth of one part that settles a group of this kind, whatever the others are."""


def _joined(node: Group, truths: tuple[Truth, ...]) -> Truth:
    match node.kind:
        case "all":
            return kleene_all(truths)
        case "any":
            return kleene_any(truths)
        case "none":
            return kleene_not(kleene_any(truths))
        case _:
            return at_least(node.count, truths)


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
        self._tests: dict[int, Callable[[Any], Truth]] = base._tests if base else {}  # noqa: SLF001
        self._forces: dict[str, InForce] = base._forces if base else {}  # noqa: SLF001
        self._seen: dict[tuple[int, str, str], Trace] = {}
        self._anchor = "assessed"

    # Provisions

    def findings(self, provision: Provision) -> tuple[Finding, ...]:
        """Apply one provision: one finding for each thing it binds to."""
        force = self._in_force(provision)
        if force is InForce.NO:
            return (Finding(provision.id, "", State.NOT_IN_FORCE, force),)
        self._anchor = provision.anchor
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
        self._anchor = provision.anchor
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
            span = self.days.of(provision.anchor)
            self._forces[provision.id] = in_force(provision.periods, span)
        return self._forces[provision.id]

    def _bindings(self, provision: Provision) -> tuple[Scope, ...] | None:
        if provision.scope != "party":
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

    def of_line(self, node: Node) -> Trace:
        """The tree of a condition of the whole book, its lists read on the day of assessment."""
        self._anchor = "assessed"
        return self.trace(node, self.line)

    def truth(self, node: Node) -> Truth:
        """The truth of a condition of the whole book for the line."""
        return self.of_line(node).truth

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
                return self._referred(node, scope)
            case _:
                assert_never(node)

    def _group(self, node: Group, scope: Scope) -> Trace:
        before = self._before(node, scope)
        if before is not None:
            return Trace(node, self._supposed(node, scope, before))
        parts = tuple(self.trace(part, scope) for part in node.parts)
        return Trace(node, _joined(node, tuple(part.truth for part in parts)), parts)

    def _supposed(self, node: Group, scope: Scope, before: Trace) -> Truth:
        """The truth of a group under a supposition, without its tree.

        Parts that cannot read the supposed fact are taken over; one that settles the group ends it.
        """
        supposed = self.overrides
        settling = _SETTLED_BY.get(node.kind)
        truths: list[Truth] = []
        left: list[Node] = []
        for (part, facts), was in zip(self.book.parts_of(node), before.parts, strict=True):
            if facts.isdisjoint(supposed):
                truths.append(was.truth)
            else:
                left.append(part)
        if settling is not None and settling in truths:
            return _joined(node, (settling,))
        for part in left:
            truth = self.trace(part, scope).truth
            if settling is not None and truth is settling:
                return _joined(node, (settling,))
            truths.append(truth)
        return _joined(node, tuple(truths))

    def _before(self, node: Group, scope: Scope) -> Trace | None:
        """The tree of a condition as it is, where this evaluation supposes something else."""
        if self._base is None or self._open:
            return None
        return self._base._seen.get((id(node), scope.name, self._anchor))  # noqa: SLF001

    def _quantified(self, node: Quantified, scope: Scope) -> Trace:
        members = scope.members(node.over)
        if members is None:
            # Nobody stated this collection: whether one of its members fits is not known.
            return Trace(node, None, (), scope.name)
        parts = tuple(self.trace(node.test, member) for member in members)
        truths = tuple(part.truth for part in parts)
        truth = kleene_any(truths) if node.kind == "some" else kleene_all(truths)
        return Trace(node, truth, parts, scope.name)

    def _referred(self, node: Ref, scope: Scope) -> Trace:
        """The tree of a referred term or provision; what is not in force counts as not met."""
        term = self.book.terms.get(node.target)
        if term is not None:
            part = self.trace(term.when, scope)
            return Trace(node, part.truth, (part,), scope.name)
        provision = self.book.provisions[node.target]
        force = self._in_force(provision)
        if force is InForce.NO:
            return Trace(node, False, (), State.NOT_IN_FORCE.value)
        truth, trace = self._judged(provision, scope, force)
        return Trace(node, truth, (trace,) if trace is not None else (), scope.name)

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
            test = self._tests.get(id(leaf))
            if test is None:
                test = self._tests[id(leaf)] = _OPERATORS[leaf.op](leaf.operand)
            return test
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
                if trace.scope == State.NOT_IN_FORCE.value:
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
        if trace.reading is not None and trace.reading.known:
            result["value"] = stored(trace.reading.value)
        elif trace.reading is not None and trace.reading.unknown is not None:
            result["why"] = trace.reading.unknown.value
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
