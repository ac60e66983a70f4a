"""The condition grammar: all, any, none, not, at_least, some/every, ref, and ``fact op value``.

There is no code, no arithmetic beyond comparison, no pattern and no loop, and nothing can test
whether a fact is known. A condition is read once into the frozen nodes below; what evaluates,
explains or translates it reads those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, RulebookError, nearest
from licet.model.fact import FactDefinition, FactType, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_CONDITION_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Leaf:
    """``fact op value``. ``operand`` is typed; a ``list_name`` stands for a dated list."""

    path: str
    fact: str
    op: str
    operand: Any
    list_name: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """``all``, ``any``, ``none`` or ``at_least`` N of its parts."""

    path: str
    kind: str
    parts: tuple[Node, ...]
    count: int = 0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of its part; unknown stays unknown."""

    path: str
    part: Node
    says: str = ""


@dataclass(frozen=True, slots=True)
class Quantified:
    """``some`` or ``every`` member of a collection (``items``, ``parties``, a role)."""

    path: str
    kind: str
    over: str
    test: Node
    says: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """The truth of another provision, or of a term of the rulebook."""

    path: str
    target: str
    says: str = ""


Node = Leaf | Group | Not | Quantified | Ref

_LEAF = re.compile(
    r"^(?P<fact>[A-Za-z][A-Za-z0-9_.]*)"
    r"(?:\s+(?P<op>is one of|is none of|is not|is|includes any of|includes|<=|>=|<|>)"
    r"\s+(?P<value>.+))?$"
)
_GROUPS = ("all", "any", "none")
_KEYWORDS = (*_GROUPS, "not", "at_least", "some", "every", "ref", "if")
COLLECTIONS = ("items", "parties", "end_users")


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under a node."""
    match node:
        case Group():
            return node.parts
        case Not():
            return (node.part,)
        case Quantified():
            return (node.test,)
        case Leaf() | Ref():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes under it, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


class Reader:
    """Reads conditions of one file against the fact dictionary, gathering every fault."""

    def __init__(
        self, file: str, facts: Mapping[str, FactDefinition], lists: Mapping[str, Any]
    ) -> None:
        self.file = file
        self.facts = facts
        self.lists = lists
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str) -> None:
        """Note one fault and go on."""
        self.faults.append(Fault(path, message, self.file))

    def condition(self, raw: Any, path: str, depth: int = 0) -> Node | None:
        """Read one condition, or note why it cannot be read and give None."""
        if depth > MAX_CONDITION_DEPTH:
            self.fault(
                path,
                f"is nested deeper than {MAX_CONDITION_DEPTH} levels: name a part "
                "of it as a term and refer to it",
            )
            return None
        if isinstance(raw, str):
            return self._leaf(raw, path, "")
        if not isinstance(raw, dict):
            self.fault(path, f"got {raw!r}: write a condition (all, any, not, ref, or a fact)")
            return None
        return self._keyed(raw, path, depth)

    def _keyed(self, raw: dict[str, Any], path: str, depth: int) -> Node | None:
        says = raw.get("says", "")
        keys = [key for key in raw if key != "says"]
        if len(keys) != 1 or keys[0] not in _KEYWORDS:
            got = ", ".join(keys) or "nothing"
            known = ", ".join(_KEYWORDS)
            hint = nearest(keys[0], _KEYWORDS) if len(keys) == 1 else ""
            if any(" " in key for key in keys):
                hint = "; put a text that holds a comma in quotes"
            self.fault(path, f"got {got}: a condition has exactly one of {known}{hint}")
            return None
        key, body = keys[0], raw[keys[0]]
        here = f"{path}.{key}" if path else key
        if key == "if":
            return self._leaf(body, here, says)
        if key == "ref":
            return self._ref(body, here, says)
        if key == "not":
            part = self.condition(body, here, depth + 1)
            return Not(here, part, says) if part else None
        if key in _GROUPS:
            return self._group(key, body, here, says, depth)
        if key == "at_least":
            return self._at_least(body, here, says, depth)
        return self._quantified(key, body, here, says, depth)

    def _ref(self, body: Any, path: str, says: str) -> Node | None:
        if not isinstance(body, str):
            self.fault(path, f"got {body!r}: name a provision or a term")
            return None
        return Ref(path, body, says)

    def _group(
        self, kind: str, body: Any, path: str, says: str, depth: int, count: int = 0
    ) -> Node | None:
        if not isinstance(body, list) or not body:
            self.fault(path, "needs a list with at least one condition")
            return None
        parts = [self.condition(part, f"{path}[{i}]", depth + 1) for i, part in enumerate(body)]
        if any(part is None for part in parts):
            return None
        return Group(path, kind, tuple(p for p in parts if p is not None), count, says)

    def _at_least(self, body: Any, path: str, says: str, depth: int) -> Node | None:
        if not isinstance(body, dict) or set(body) != {"count", "of"}:
            self.fault(path, "needs `count` and `of`")
            return None
        if not str(body["count"]).isdecimal() or int(body["count"]) < 1:
            self.fault(path, f"got count {body['count']!r}: give a whole number from 1")
            return None
        return self._group("at_least", body["of"], f"{path}.of", says, depth, int(body["count"]))

    def _quantified(self, kind: str, body: Any, path: str, says: str, depth: int) -> Node | None:
        if not isinstance(body, dict) or set(body) != {"in", "is"}:
            self.fault(path, f"needs `in` (one of {', '.join(COLLECTIONS)}, or role:NAME) and `is`")
            return None
        over = body["in"]
        if over not in COLLECTIONS and not str(over).startswith("role:"):
            self.fault(
                path,
                f"got the collection {over!r}: use one of {', '.join(COLLECTIONS)}, "
                f"or role:NAME{nearest(str(over), COLLECTIONS)}",
            )
            return None
        test = self.condition(body["is"], f"{path}.is", depth + 1)
        return Quantified(path, kind, over, test, says) if test else None

    def _leaf(self, text: Any, path: str, says: str) -> Node | None:
        match = _LEAF.match(text.strip()) if isinstance(text, str) else None
        if match is None:
            self.fault(
                path,
                f"cannot read {text!r}: write `fact`, `fact is value`, "
                "`fact is one of [a, b]`, `fact includes x` or `fact >= 5`",
            )
            return None
        name = match["fact"]
        definition = self.facts.get(name)
        if definition is None:
            self.fault(
                path,
                f"names the fact {name!r}, which the dictionary lacks{nearest(name, self.facts)}",
            )
            return None
        return self._typed(definition, match["op"] or "", match["value"] or "", path, says)

    def _typed(
        self, definition: FactDefinition, op: str, value: str, path: str, says: str
    ) -> Node | None:
        if not op:
            if definition.type is not FactType.YES_NO:
                self.fault(
                    path,
                    f"{definition.name} is a {definition.type.value} fact: compare it with a value",
                )
                return None
            return Leaf(path, definition.name, "is", True, "", says)
        problem = _misfit(definition, op)
        if problem:
            self.fault(path, problem)
            return None
        if value.startswith("@"):
            return self._listed(definition, op, value[1:].strip(), path, says)
        try:
            operand = _operand(definition, op, value)
        except ValueError as error:
            self.fault(path, f"{definition.name} can never match: {error}")
            return None
        return Leaf(path, definition.name, op, operand, "", says)

    def _listed(
        self, definition: FactDefinition, op: str, name: str, path: str, says: str
    ) -> Node | None:
        if name not in self.lists:
            self.fault(
                path, f"names the list @{name}, which the rulebook lacks{nearest(name, self.lists)}"
            )
            return None
        if op not in ("is one of", "is none of", "includes any of"):
            self.fault(
                path, f"a list goes with `is one of`, `is none of` or `includes any of`, got `{op}`"
            )
            return None
        return Leaf(path, definition.name, op, None, name, says)


def _misfit(definition: FactDefinition, op: str) -> str:
    ordered = definition.type in (FactType.INTEGER, FactType.DECIMAL, FactType.DATE)
    if op in ("<", ">", "<=", ">=") and not ordered:
        return f"{definition.name} is a {definition.type.value} fact: it has no order"
    if op.startswith("includes") != (definition.type is FactType.CODES):
        return f"{definition.name} is a {definition.type.value} fact: `{op}` does not fit it"
    return ""


def _operand(definition: FactDefinition, op: str, value: str) -> Any:
    single = definition
    if definition.type is FactType.CODES:
        single = _as_code(definition)
    if op in ("is one of", "is none of", "includes any of"):
        text = value.strip()
        if not (text.startswith("[") and text.endswith("]")):
            raise ValueError(f"got {value!r}: write a list such as [a, b] or @name")
        parts = [part.strip() for part in text[1:-1].split(",") if part.strip()]
        if not parts:
            raise ValueError("the list is empty")
        return tuple(parse_value(single, part) for part in parts)
    return parse_value(single, value.strip())


def _as_code(definition: FactDefinition) -> FactDefinition:
    from dataclasses import replace

    return replace(definition, type=FactType.CODE)


def require(faults: list[Fault]) -> None:
    """Raise all faults together, if there are any."""
    if faults:
        raise RulebookError(faults)
