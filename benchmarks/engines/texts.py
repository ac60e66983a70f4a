"""One rulebook as the text that each other engine reads. Complete facts are meant throughout."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.model.outcome import RESTRICTING, Effect
from licet.rules.grammar import Group, Leaf, Node, Not, Quantified, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from licet.rules.rulebook import Provision, Rulebook


def referred(book: Rulebook, ref: Ref) -> Node:
    """The condition to which a reference leads."""
    term = book.terms.get(ref.target)
    node = term.when if term is not None else book.provisions[ref.target].when
    if node is None:
        raise ValueError(f"{ref.target} has no condition")
    return node


def condition(provision: Provision) -> Node:
    """A provision's condition; every provision of the rule set has one."""
    if provision.when is None:
        raise ValueError(f"{provision.id} has no condition")
    return provision.when


def ladder(book: Rulebook) -> Iterator[tuple[Effect, list[Provision]]]:
    """The restricting effects that the book uses, strictest first, each with its provisions."""
    for effect in RESTRICTING:
        found = [p for p in book.provisions.values() if p.effect is effect]
        if found:
            yield effect, found


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one expression language writes what the grammar has."""

    fact: str
    both: str
    either: str
    contrary: str
    choice: str
    member: str

    def text(self, book: Rulebook, node: Node) -> str:
        """One condition as an expression."""
        match node:
            case Leaf():
                return self._leaf(node)
            case Group():
                return self._group(node, [self.text(book, part) for part in node.parts])
            case Not():
                return self.negated(self.text(book, node.part))
            case Ref():
                return self.text(book, referred(book, node))
            case Quantified():
                raise ValueError("the rule set has no collections")

    def negated(self, text: str) -> str:
        """The contrary of an expression."""
        return f"{self.contrary}({text})"

    def any_of(self, texts: list[str]) -> str:
        """Whether one of several expressions holds."""
        return "(" + f" {self.either} ".join(texts) + ")"

    def all_of(self, texts: list[str]) -> str:
        """Whether all of several expressions hold."""
        return "(" + f" {self.both} ".join(texts) + ")"

    def choose(self, test: str, then: str, other: str) -> str:
        """One of two values."""
        return "(" + self.choice.format(test=test, then=then, other=other) + ")"

    def _group(self, node: Group, parts: list[str]) -> str:
        match node.kind:
            case "all":
                return self.all_of(parts)
            case "any":
                return self.any_of(parts)
            case "none":
                return self.negated(self.any_of(parts))
            case _:
                ones = " + ".join(self.choose(part, "1", "0") for part in parts)
                return f"({ones} >= {node.count})"

    def _leaf(self, leaf: Leaf) -> str:
        fact = self.fact.format(leaf.fact)
        if isinstance(leaf.operand, bool):
            return fact if leaf.operand is (leaf.op == "is") else f"{self.contrary}{fact}"
        if isinstance(leaf.operand, tuple):
            member = self.member.format(fact=fact, codes=json.dumps(list(leaf.operand)))
            return self.negated(member) if leaf.op == "is none of" else f"({member})"
        return f"({fact} {leaf.op} {json.dumps(leaf.operand)})"

    def live(self, book: Rulebook, provision: Provision) -> str:
        """Whether a provision is met and not released."""
        met = self.text(book, condition(provision))
        releasers = [condition(book.provisions[x]) for x in book.releasers.get(provision.id, ())]
        return self.all_of([met, *(self.negated(self.text(book, r)) for r in releasers)])

    def released(self, book: Rulebook) -> str:
        """Whether a provision is met from which an exemption releases."""
        return self.any_of(
            [
                self.all_of(
                    [
                        self.text(book, condition(book.provisions[exemption])),
                        self.text(book, condition(book.provisions[pid])),
                    ]
                )
                for pid, exemptions in book.releasers.items()
                for exemption in exemptions
            ]
        )

    def outcome(self, book: Rulebook) -> str:
        """The whole book as one expression that gives the outcome."""
        text = self.choose(self.released(book), '"exempt"', '"no_rule_applies"')
        for effect, provisions in reversed(list(ladder(book))):
            live = self.any_of([self.live(book, p) for p in provisions])
            text = self.choose(live, f'"{effect.value}"', text)
        return text


_MARK = "{test} ? {then} : {other}"
ZEN = Dialect("{}", "and", "or", "not ", _MARK, "{fact} in {codes}")
CEL = Dialect("{}", "&&", "||", "!", _MARK, "{fact} in {codes}")
CEDAR = Dialect(
    "context.{}", "&&", "||", "!", "if {test} then {then} else {other}", "{codes}.contains({fact})"
)


def zen_graph(book: Rulebook) -> str:
    """A ZEN decision: one node with an expression for each provision, and one for the outcome."""
    met = {p.id: ZEN.text(book, condition(p)) for p in book.provisions.values()}
    free = {pid: [f"not $.{x}" for x in found] for pid, found in book.releasers.items()}
    released = [f"($.{pid} and $.{x})" for pid, found in book.releasers.items() for x in found]
    text = ZEN.choose(ZEN.any_of(released), '"exempt"', '"no_rule_applies"')
    for effect, provisions in reversed(list(ladder(book))):
        live = [ZEN.all_of([f"$.{p.id}", *free.get(p.id, [])]) for p in provisions]
        text = ZEN.choose(ZEN.any_of(live), f'"{effect.value}"', text)
    rows = [
        {"id": key, "key": key, "value": value} for key, value in {**met, "outcome": text}.items()
    ]
    at = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": at},
        {
            "id": "rules",
            "name": "rules",
            "type": "expressionNode",
            "position": at,
            "content": {"expressions": rows},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": at},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def cedar_policies(book: Rulebook) -> dict[str, str]:
    """Cedar policies by the provision they stand for: everything is permitted but what is forbidden.

    A released restriction is written into the policy it concerns; what was released is told by a
    second permission.
    """
    head = "(principal, action, resource)"
    found = {"": f"permit{head};"}
    for _, provisions in ladder(book):
        for provision in provisions:
            found[provision.id] = f"forbid{head} when {{ {CEDAR.live(book, provision)} }};"
    found["exempt"] = f"permit{head} when {{ {CEDAR.released(book)} }};"
    return found


def cedar_schema(flags: Iterable[str], numbers: Iterable[str], places: Iterable[str]) -> str:
    """A Cedar schema that requires every fact in the context of a request."""
    types = {
        **dict.fromkeys(flags, "Bool"),
        **dict.fromkeys(numbers, "Long"),
        **dict.fromkeys(places, "String"),
    }
    context = ", ".join(f"{name}: {kind}" for name, kind in types.items())
    applies = f"principal: [User], resource: [Item], context: {{ {context} }}"
    return f"entity User; entity Item; action export appliesTo {{ {applies} }};"


def json_logic(book: Rulebook) -> Any:
    """The whole book as one JSON Logic rule."""

    def met(pid: str) -> Any:
        return _logic(book, condition(book.provisions[pid]))

    released = [{"and": [met(pid), met(x)]} for pid, found in book.releasers.items() for x in found]
    branches: list[Any] = []
    for effect, provisions in ladder(book):
        live = [
            {"and": [met(p.id), *({"!": met(x)} for x in book.releasers.get(p.id, ()))]}
            for p in provisions
        ]
        branches += [{"or": live}, effect.value]
    return {"if": [*branches, {"or": released}, "exempt", "no_rule_applies"]}


def _logic(book: Rulebook, node: Node) -> Any:
    match node:
        case Leaf():
            return _logic_leaf(node)
        case Not():
            return {"!": _logic(book, node.part)}
        case Ref():
            return _logic(book, referred(book, node))
        case Quantified():
            raise ValueError("the rule set has no collections")
        case Group():
            parts = [_logic(book, part) for part in node.parts]
    match node.kind:
        case "all":
            return {"and": parts}
        case "any":
            return {"or": parts}
        case "none":
            return {"!": {"or": parts}}
        case _:
            return {">=": [{"+": [{"if": [part, 1, 0]} for part in parts]}, node.count]}


def _logic_leaf(leaf: Leaf) -> Any:
    fact = {"var": leaf.fact}
    if isinstance(leaf.operand, bool):
        return fact if leaf.operand is (leaf.op == "is") else {"!": fact}
    if isinstance(leaf.operand, tuple):
        member = {"in": [fact, list(leaf.operand)]}
        return {"!": member} if leaf.op == "is none of" else member
    return {leaf.op: [fact, leaf.operand]}


class Rego:
    """A Rego module: each group is a rule of its own, as the language has no nested "or"."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.rules: list[str] = []
        for name, term in book.terms.items():
            self._rule(f"term_{name}", [self._line(term.when)])
        for provision in book.provisions.values():
            self._rule(provision.id, [self._line(condition(provision))])
        self._outcome()
        self.module = "package made_up\n\nimport rego.v1\n\n" + "\n".join(self.rules) + "\n"

    def _rule(self, name: str, lines: list[str]) -> str:
        self.rules.append(f"{name} if {{ {'; '.join(lines)} }}")
        return name

    def _new(self) -> str:
        return f"h{len(self.rules)}"

    def _line(self, node: Node) -> str:
        match node:
            case Leaf():
                return self._leaf(node)
            case Not():
                return f"not {self._named(node.part)}"
            case Ref():
                is_term = node.target in self.book.terms
                return f"term_{node.target}" if is_term else node.target
            case Quantified():
                raise ValueError("the rule set has no collections")
            case Group(kind="all"):
                return self._named(node)
            case Group(kind="none"):
                return f"not {self._either(node)}"
            case Group(kind="at_least"):
                return self._counted(node)
            case Group():
                return self._either(node)

    def _named(self, node: Node) -> str:
        """The name of a rule that holds when the condition does."""
        if isinstance(node, Ref):
            return self._line(node)
        parts = node.parts if isinstance(node, Group) and node.kind == "all" else (node,)
        lines = [self._line(part) for part in parts]
        return self._rule(self._new(), lines)

    def _either(self, node: Group) -> str:
        lines = [self._line(part) for part in node.parts]
        name = self._new()
        for line in lines:
            self._rule(name, [line])
        return name

    def _counted(self, node: Group) -> str:
        lines = [self._line(part) for part in node.parts]
        name = self._new()
        self.rules += [f'{name} contains "{i}" if {{ {line} }}' for i, line in enumerate(lines)]
        return f"count({name}) >= {node.count}"

    def _leaf(self, leaf: Leaf) -> str:
        fact = f"input.{leaf.fact}"
        if isinstance(leaf.operand, tuple):
            member = f"{fact} in {{{json.dumps(list(leaf.operand))[1:-1]}}}"
            return f"not {member}" if leaf.op == "is none of" else member
        compare = {"is": "==", "is not": "!="}.get(leaf.op, leaf.op)
        return f"{fact} {compare} {json.dumps(leaf.operand)}"

    def _outcome(self) -> None:
        chain = []
        for effect, provisions in ladder(self.book):
            for p in provisions:
                free = [f"not {x}" for x in self.book.releasers.get(p.id, ())]
                self._rule(effect.value, [p.id, *free])
            chain.append(f'"{effect.value}" if {{ {effect.value} }}')
        for pid, exemptions in self.book.releasers.items():
            for exemption in exemptions:
                self._rule("released", [pid, exemption])
        chain += ['"exempt" if { released }', '"no_rule_applies"']
        self.rules.append("outcome := " + " else := ".join(chain))


def numpy_truth(book: Rulebook, node: Node, value: Callable[[str], Any]) -> Any:
    """A condition over arrays: ``value`` gives the array of a fact. Codes stand as numbers."""
    match node:
        case Leaf():
            return _numpy_leaf(node, value(node.fact))
        case Not():
            return ~numpy_truth(book, node.part, value)
        case Ref():
            return numpy_truth(book, referred(book, node), value)
        case Quantified():
            raise ValueError("the rule set has no collections")
        case Group():
            parts = [numpy_truth(book, part, value) for part in node.parts]
    total = sum(part.astype(int) for part in parts)
    match node.kind:
        case "all":
            return total == len(parts)
        case "any":
            return total > 0
        case "none":
            return total == 0
        case _:
            return total >= node.count


def _numpy_leaf(leaf: Leaf, array: Any) -> Any:
    if isinstance(leaf.operand, tuple):
        hits = [array == code_number(code) for code in leaf.operand]
        found = hits[0]
        for hit in hits[1:]:
            found = found | hit
        return ~found if leaf.op == "is none of" else found
    operand = code_number(leaf.operand) if isinstance(leaf.operand, str) else leaf.operand
    match leaf.op:
        case "is":
            return array == operand
        case "is not":
            return array != operand
        case "<":
            return array < operand
        case "<=":
            return array <= operand
        case ">":
            return array > operand
        case _:
            return array >= operand


def code_number(code: str) -> int:
    """A code of the rule set as a whole number: ``c07`` is 7."""
    return int(code[1:])
