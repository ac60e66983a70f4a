"""A rulebook: the provisions of one instrument or model, with dates, citations and effects.

Read from one folder: ``rulebook.yaml``, ``provisions/*.yaml`` (one provision a file) and
``lists/*.csv``. Loading checks everything that can be checked without a case; a rulebook that
does not hold together is refused whole. Must not evaluate.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from licet.model.canonical import digest
from licet.model.outcome import RESTRICTING, Effect
from licet.rules.grammar import Leaf, Ref, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.rules.deadlines import DeadlineRule
    from licet.rules.dictionary import Dictionary
    from licet.rules.grammar import Group, Node
    from licet.rules.moratorium import Moratorium

RULEBOOK_SCHEMA = "licet/rulebook/1"
PROVISION_SCHEMA = "licet/provision/1"
REACH = "@reach"
"""The name under which the condition "does the book reach this case" stands among provisions."""


class BookKind(StrEnum):
    """What sort of authority a rulebook has. Law and policy never share a column."""

    BINDING = "binding"
    SOFT = "soft"
    MODEL = "model"
    METHOD = "method"


class CheckLevel(StrEnum):
    """How well a provision's text was checked."""

    TEXT = "text"
    SECONDARY = "secondary"
    MEMORY = "memory"
    POLICY = "policy"


class Anchor(StrEnum):
    """The day on which a provision looks."""

    ASSESSED = "assessed"
    APPLICATION = "application"
    DECISION = "decision"
    CONTRACT = "contract"
    EXPORT = "export"


class Scope(StrEnum):
    """What one finding of a provision is about."""

    CASE = "case"
    LINE = "line"
    ITEM = "item"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Saving:
    """A savings clause: it holds for cases whose ``anchor`` lies before a day."""

    anchor: Anchor
    before: date


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a provision is in force, both included. ``start`` None: not known when.

    Savings clauses: after its end the provision ``continues_for`` cases of an earlier anchor, or
    from its beginning it is ``not_for`` them.
    """

    start: date | None
    end: date | None
    not_later_than: date | None = None
    continues_for: Saving | None = None
    not_for: Saving | None = None


@dataclass(frozen=True, slots=True)
class Cite:
    """Where the provision stands."""

    instrument: str
    locator: str
    url: str = ""
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """How well the text was checked, against what, when, and by whom."""

    level: CheckLevel
    source: str = ""
    on: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One of several rival readings of a provision, with the authority for it.

    ``when`` is what the reading adds to the condition that all readings share; None where it adds
    nothing. A reading under which the provision never bites does not ``apply``.
    """

    name: str
    authority: str
    when: Node | None
    applies: bool = True


@dataclass(frozen=True, slots=True)
class ProvisionTest:
    """An example that stands in the provision's own file."""

    name: str
    day: str
    given: Mapping[str, Any]
    expect: str
    asks: tuple[str, ...] | None = None
    then: str = ""
    """The effect that must follow (the grade, in a method); not looked at where it is empty."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """The days of other anchors than the day of assessment, where the example gives them."""


@dataclass(frozen=True, slots=True)
class Provision:
    """One rule: citation, dates, condition, effect."""

    id: str
    title: str
    cite: Cite
    checked: Checked
    periods: tuple[Period, ...]
    anchor: Anchor
    scope: Scope
    when: Node | None
    effect: Effect
    roles: tuple[str, ...] = ()
    for_kinds: Mapping[str, Effect] = field(default_factory=dict)
    on_review: bool = False
    releases: tuple[str, ...] = ()
    prevails_over: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    dimension: str = ""
    grade: str = ""
    defines: str = ""
    binds: str = ""
    reading: str = ""
    because: str = ""
    contested: str = ""
    readings: tuple[Reading, ...] = ()
    settled_by: str = ""
    """The judgement that picks one of the readings."""
    weighs: tuple[str, ...] = ()
    tests: tuple[ProvisionTest, ...] = ()
    history: tuple[Mapping[str, str], ...] = ()
    file: str = ""

    def effect_for(self, kind: str) -> Effect:
        """The effect for one kind of case: a purchase may have its own."""
        return self.for_kinds.get(kind, self.effect)

    @property
    def restricting(self) -> bool:
        """Whether the provision, when met, restricts."""
        return self.effect in RESTRICTING


@dataclass(frozen=True, slots=True)
class Term:
    """A condition with a name, used by several provisions of a rulebook."""

    name: str
    when: Node
    says: str


@dataclass(frozen=True, slots=True)
class PromiseException:
    """Cases in which worse news makes an answer milder, and why the law has it so."""

    where: Node
    because: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a dated list."""

    code: str
    valid_from: date | None
    valid_to: date | None
    cite: str


@dataclass(frozen=True)
class Rulebook:
    """The provisions of one instrument or model. ``digest`` covers what evaluation reads."""

    id: str
    title: str
    jurisdiction: str
    kind: BookKind
    version: str
    authority: str
    uses: tuple[str, ...]
    reaches: Node | None
    retrospective: bool
    provisions: Mapping[str, Provision]
    terms: Mapping[str, Term]
    lists: Mapping[str, tuple[ListRow, ...]]
    derive: Mapping[str, Node]
    not_considered: tuple[str, ...]
    moratoria: tuple[str, ...]
    gaps: tuple[Mapping[str, str], ...]
    findings_kept: tuple[Mapping[str, str], ...]
    """What ``rulebook check --deep`` finds and the book means so: finding, about, because."""
    promises_except: tuple[PromiseException, ...]
    dictionary: Dictionary
    digest: str
    deadlines: tuple[DeadlineRule, ...] = ()
    """What the book says of a question that is still open when time has run out."""
    declared: tuple[Moratorium, ...] = ()
    """The moratoria that were declared in files of their own and stand here. They are inputs with
    their own digests; ``digest`` does not cover them."""
    _lists_on: dict[tuple[str, date, date], tuple[frozenset[str], frozenset[str]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _under: dict[int, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _parts: dict[int, tuple[tuple[Node, frozenset[str]], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def readers_of(self) -> Mapping[str, tuple[str, ...]]:
        """For each fact, the provisions (and ``@reach``) that may depend on it."""
        owners = {p.id: p.when for p in self.provisions.values() if p.when is not None}
        if self.reaches is not None:
            owners[REACH] = self.reaches
        readers: dict[str, list[str]] = defaultdict(list)
        for owner, node in owners.items():
            for fact in self.facts_under(node):
                readers[fact].append(owner)
        return {fact: tuple(sorted(found)) for fact, found in readers.items()}

    @cached_property
    def releasers(self) -> Mapping[str, tuple[str, ...]]:
        """For each provision, the exemptions that name it."""
        found: dict[str, list[str]] = defaultdict(list)
        for provision in self.provisions.values():
            if provision.effect is Effect.EXEMPT:
                for released in provision.releases:
                    found[released].append(provision.id)
        return {released: tuple(ids) for released, ids in found.items()}

    @cached_property
    def clashing(self) -> Mapping[str, tuple[str, ...]]:
        """For each restriction, the exemptions that neither release it nor yield to it."""
        exempt = [p for p in self.provisions.values() if p.effect is Effect.EXEMPT]
        return {
            p.id: tuple(
                e.id for e in exempt if p.id not in e.releases and e.id not in p.prevails_over
            )
            for p in self.provisions.values()
            if p.restricting
        }

    def facts_under(self, node: Node) -> frozenset[str]:
        """Every fact that the truth of one of this book's conditions may depend on."""
        known = self._under.get(id(node))
        if known is None:
            known = self._under[id(node)] = self._closure(node)
        return known

    def parts_of(self, node: Group) -> tuple[tuple[Node, frozenset[str]], ...]:
        """The parts of a group, each with the facts that its truth may depend on."""
        known = self._parts.get(id(node))
        if known is None:
            known = tuple((part, self.facts_under(part)) for part in node.parts)
            self._parts[id(node)] = known
        return known

    def _closure(self, node: Node) -> frozenset[str]:
        facts: set[str] = set()
        targets: set[str] = set()
        left = [node]
        while left:
            for part in walk(left.pop()):
                if isinstance(part, Leaf) and part.fact not in facts:
                    facts.add(part.fact)
                    if part.fact in self.derive:
                        left.append(self.derive[part.fact])
                elif isinstance(part, Ref) and part.target not in targets:
                    targets.add(part.target)
                    when = (self.terms.get(part.target) or self.provisions[part.target]).when
                    left.extend([when] if when is not None else [])
        return frozenset(facts)

    def list_on(self, name: str, first: date, last: date) -> tuple[frozenset[str], frozenset[str]]:
        """The codes a dated list holds on every day from ``first`` to ``last``, and on any."""
        key = (name, first, last)
        if key not in self._lists_on:
            rows = self.lists[name]
            self._lists_on[key] = (
                frozenset(
                    row.code
                    for row in rows
                    if (row.valid_from is None or row.valid_from <= first)
                    and (row.valid_to is None or row.valid_to >= last)
                ),
                frozenset(
                    row.code
                    for row in rows
                    if (row.valid_from is None or row.valid_from <= last)
                    and (row.valid_to is None or row.valid_to >= first)
                ),
            )
        return self._lists_on[key]


def evaluated_part(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What of a provision's file evaluation reads: not its tests, history or prose.

    This is what a rulebook's digest covers (semantics, 7).
    """
    keys = (
        "provision",
        "in_force",
        "scope",
        "when",
        "then",
        "readings",
        "settled_by",
        "checked",
    )
    part = {key: raw[key] for key in keys if key in raw}
    if "checked" in part:
        part["checked"] = part["checked"].get("level", "")
    found: dict[str, Any] = _without_prose(part)
    return found


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_prose(v) for k, v in value.items() if k not in ("says", "because")}
    if isinstance(value, list):
        return [_without_prose(part) for part in value]
    return value


def book_digest(parts: Mapping[str, Any]) -> str:
    """The digest of a rulebook's evaluated parts."""
    return digest(parts)
