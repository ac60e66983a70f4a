"""The lines of a case, and the scopes in which rules see them.

A line is one item to one end user. Its scope holds what was stated of the case, the item and the
end user, what follows from the kind of the parties and their countries, and what the snapshot and
the screening say. Each derived reading names its origin. Must not apply rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from licet.evidence.countries import WORLDWIDE
from licet.model.case import Kind, PartyKind, Role, Statement
from licet.model.fact import (
    Attaches,
    Reading,
    Standing,
    UnknownReason,
    derived,
)
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from licet.model.case import Answers, Case, Item, Party
    from licet.model.fact import FactDefinition
    from licet.rules.dictionary import Dictionary

END_USER_ROLES = (Role.END_USER, Role.BUYER, Role.OTHER_USER)
SENDER_ROLES = (
    Role.EXPORTER,
    Role.MANUFACTURER,
    Role.PUBLISHER,
    Role.VENDOR,
    Role.BROKER,
    Role.OTHER_SUPPLIER,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One item to one end user: the thing that an answer is about."""

    id: str
    item: Item | None
    end_user: Party | None
    destinations: tuple[str, ...]
    """Alpha-2 codes of the destination; ``worldwide`` for an offer to everybody; may be empty."""

    @property
    def label(self) -> str:
        """The line in a few words."""
        item = self.item.name if self.item else "(no item)"
        user = self.end_user.name if self.end_user else "(no end user)"
        return f"{item} to {user}"


def lines_of(case: Case, country: Callable[[str], str | None]) -> tuple[Line, ...]:
    """The lines of a case: those it states, else every item with every end user."""
    users: list[Party | None] = [*end_users(case)] or [None]
    items: list[Item | None] = [*case.items] or [None]
    if case.lines:
        by_item = {item.id: item for item in case.items}
        by_party = {party.id: party for party in case.parties}
        pairs: list[tuple[Item | None, Party | None]] = [
            (by_item[ref.item], by_party[ref.end_user]) for ref in case.lines
        ]
    else:
        pairs = [(item, user) for item in items for user in users]
    return tuple(
        Line(f"line-{i}", item, user, _destinations(case, user, country))
        for i, (item, user) in enumerate(pairs, 1)
    )


def end_users(case: Case) -> tuple[Party, ...]:
    """The parties that will use the item; where none is named so, the buyer or consignee."""
    for roles in ((Role.END_USER,), (Role.STATED_END_USER,), (Role.BUYER,), (Role.CONSIGNEE,)):
        found = case.with_role(*roles)
        if found:
            return found
    return ()


def _destinations(
    case: Case, user: Party | None, country: Callable[[str], str | None]
) -> tuple[str, ...]:
    party = user or next(iter(case.with_role(Role.CONSIGNEE)), None)
    return codes_of(party, country) if party else ()


UNREADABLE = "?"
"""Stands among a party's countries for one that no table knows: it leaves the question open."""


def codes_of(party: Party, country: Callable[[str], str | None]) -> tuple[str, ...]:
    """The alpha-2 codes of a party's countries, ``worldwide``, and ``?`` for what cannot be read.

    A text is read whole before it is taken apart: "Korea, Republic of" is one country.
    """
    found = [
        code
        for text in party.country
        for part in re.split(r"[/;]", text)
        for code in codes_in(part, country)
    ]
    return tuple(dict.fromkeys(found))


def codes_in(text: str, country: Callable[[str], str | None]) -> list[str]:
    """The codes in one text; ``?`` for a name that no table knows."""
    text = text.strip()
    if not text or text.lower() == "unknown":
        return []
    if text.lower() in (WORLDWIDE, "world", "global"):
        return [WORLDWIDE]
    code = country(text)
    if code:
        return [code]
    head, comma, rest = text.partition(",")
    return [*codes_in(head, country), *codes_in(rest, country)] if comma else [UNREADABLE]


# Stated facts ------------------------------------------------------------------------------------


class Stated:
    """What was stated in a case, weighed, ready to be looked up for a line."""

    def __init__(
        self,
        case: Case,
        dictionary: Dictionary,
        weigh: Callable[[FactDefinition, tuple[Statement, ...], str], Reading],
        weigh_silence: Callable[[FactDefinition, Standing], Reading],
    ) -> None:
        self.case = case
        self.dictionary = dictionary
        self._weigh = weigh
        self._weigh_silence = weigh_silence
        self.of_case = self._read(case.answers, "case")
        self.of_item = {item.id: self._read(item.answers, item.id) for item in case.items}
        self.of_party = {party.id: self._read(party.answers, party.id) for party in case.parties}
        self._partly_stated = self._stated_by_some()

    def _read(self, answers: Answers, origin: str) -> dict[str, Reading]:
        return {
            fact: self._weigh(self.dictionary.facts[fact], statements, origin)
            for fact, statements in answers.items()
        }

    def _stated_by_some(self) -> frozenset[str]:
        """Item facts that at least one item states itself.

        Where one item speaks for itself, a statement for the whole case is not stretched to its
        silent neighbours: a file on two published tools and an appliance publishes no appliance.
        """
        return frozenset(
            fact
            for facts in self.of_item.values()
            for fact in facts
            if self.dictionary.facts[fact].attaches is Attaches.ITEM
        )

    def for_line(self, line: Line) -> dict[str, Reading]:
        """The readings a line sees: case, then item, then end user; the nearest wins."""
        own = self.of_item.get(line.item.id, {}) if line.item else {}
        facts = {
            name: reading
            for name, reading in self.of_case.items()
            if name in own or name not in self._partly_stated
        }
        _put_nearer(facts, own)
        if line.end_user is not None:
            _put_nearer(facts, self.of_party.get(line.end_user.id, {}))
        users = {party.id for party in end_users(self.case)}
        for party in self.case.parties:
            if party.id not in users:
                for name, reading in self.of_party[party.id].items():
                    facts.setdefault(name, reading)
        return facts

    @cached_property
    def silences(self) -> Mapping[str, Reading]:
        """What the file's silence says, to be used only where nothing else speaks."""
        return {name: self._silence(name) for name in self.case.nothing_recorded}

    def _silence(self, name: str) -> Reading:
        """What a file's silence is worth: as much as the person who closed the file."""
        standing = Standing.EVIDENCED if self.case.closed_by else Standing.SELF_DECLARED
        return self._weigh_silence(self.dictionary.facts[name], standing)


_NOT_USABLE = (
    UnknownReason.SELF_DECLARED,
    UnknownReason.UNCORROBORATED,
    UnknownReason.UNVERIFIABLE,
)


def _put_nearer(facts: dict[str, Reading], nearer: Mapping[str, Reading]) -> None:
    """What is said nearer wins, unless it is a word that may not be used and the farther may."""
    for name, reading in nearer.items():
        before = facts.get(name)
        if before is None or not before.known or reading.unknown not in _NOT_USABLE:
            facts[name] = reading


# Derived facts -----------------------------------------------------------------------------------

_GOVERNMENT = frozenset(
    kind
    for kind in PartyKind
    if kind.value.startswith("government") and kind is not PartyKind.GOVERNMENT_OWNED_COMPANY
)
_POLICE = frozenset({PartyKind.GOVERNMENT_POLICE, PartyKind.GOVERNMENT_POLICE_PARAMILITARY})
_INTELLIGENCE = frozenset(
    {PartyKind.GOVERNMENT_INTELLIGENCE, PartyKind.GOVERNMENT_MILITARY_INTELLIGENCE}
)
_FORCES = frozenset(
    {
        PartyKind.GOVERNMENT_MILITARY,
        PartyKind.GOVERNMENT_MILITARY_INTELLIGENCE,
        PartyKind.GOVERNMENT_POLICE_PARAMILITARY,
        PartyKind.ARMED_GROUP,
    }
)

# For each fact, the kinds of party of which it is true, and those of which it is not settled:
# a police force may or may not count as internal security forces in the sense of a provision.
_FROM_KIND: dict[str, tuple[frozenset[PartyKind], frozenset[PartyKind]]] = {
    "end_user.government": (
        _GOVERNMENT,
        frozenset({PartyKind.GOVERNMENT_OWNED_COMPANY, PartyKind.ARMED_GROUP}),
    ),
    "end_user.police_or_judicial": (_POLICE, frozenset({PartyKind.GOVERNMENT})),
    "end_user.police_or_domestic_intel_or_le": (
        _POLICE | _INTELLIGENCE,
        frozenset({PartyKind.GOVERNMENT, PartyKind.ARMED_GROUP}),
    ),
    "end_user.military_intelligence": (
        frozenset({PartyKind.GOVERNMENT_MILITARY_INTELLIGENCE}),
        frozenset(
            {PartyKind.GOVERNMENT, PartyKind.GOVERNMENT_INTELLIGENCE, PartyKind.GOVERNMENT_MILITARY}
        ),
    ),
    "end_user.armed_or_internal_security_forces": (
        _FORCES,
        frozenset({PartyKind.GOVERNMENT, *_POLICE, *_INTELLIGENCE}),
    ),
    "end_user.military_paramilitary_security_police_or_intel": (
        _FORCES | _POLICE | _INTELLIGENCE,
        frozenset({PartyKind.GOVERNMENT}),
    ),
    "user.law_enforcement": (_POLICE, frozenset({PartyKind.GOVERNMENT, *_INTELLIGENCE})),
}


class Deriver:
    """Works out, for one line, the facts that follow from the case itself."""

    def __init__(
        self,
        case: Case,
        dictionary: Dictionary,
        country: Callable[[str], str | None],
        eu: frozenset[str],
    ) -> None:
        self.case = case
        self.dictionary = dictionary
        self.country = country
        self.eu = eu

    def facts(self, line: Line, stated: Mapping[str, Reading]) -> dict[str, Reading]:
        """Derived readings for a line; what was stated is left alone."""
        found: dict[str, Reading] = {"case.kind": derived(self.case.kind.value, "case")}
        found.update(self._countries(line))
        found.update(self._from_kind(line))
        found.update(self._agency(line))
        found.update(self._entries(line))
        found.update(self._territory(line))
        found.update(self._broker())
        found.update(self._companies())
        known = {name for name, reading in stated.items() if reading.known}
        asked = {
            name
            for name, reading in stated.items()
            if name in _ASKED_WINS and reading.unknown not in _SAYS_NOTHING
        }
        return {
            name: reading
            for name, reading in found.items()
            if name in self.dictionary.facts and name not in known | asked
        }

    def _countries(self, line: Line) -> dict[str, Reading]:
        found = {}
        places = {
            "dest.country": line.destinations,
            "end_user.country": self._codes(line.end_user),
            "consignee.country": self._codes(self._first(Role.CONSIGNEE)),
            "exporter.country": self._codes(self.sender()),
        }
        for name, codes in places.items():
            if UNREADABLE in codes:
                found[name] = Reading(unknown=UnknownReason.OPEN, origin="parties")
            elif len(codes) == 1:
                found[name] = derived(codes[0], "parties")
            elif len(codes) > 1:
                found[name] = Reading(
                    unknown=UnknownReason.OPEN, possible=frozenset(codes), origin="parties"
                )
        return found

    def sender(self) -> Party | None:
        """The party that sends: the exporter, else who made or publishes the item."""
        roles = (Role.EXPORTER, Role.PUBLISHER, Role.MANUFACTURER, Role.VENDOR)
        return next((party for role in roles if (party := self._first(role))), None)

    def _first(self, role: Role) -> Party | None:
        return next(iter(self.case.with_role(role)), None)

    def _codes(self, party: Party | None) -> tuple[str, ...]:
        return codes_of(party, self.country) if party else ()

    def _from_kind(self, line: Line) -> dict[str, Reading]:
        user = line.end_user
        if user is None or user.kind is PartyKind.UNKNOWN:
            return {}
        return {
            fact: derived(user.kind in true, user.id)
            for fact, (true, unsettled) in _FROM_KIND.items()
            if user.kind in true or user.kind not in unsettled
        }

    def _agency(self, line: Line) -> dict[str, Reading]:
        user = line.end_user
        buying = self.case.kind in (Kind.PROCUREMENT, Kind.IMPORT)
        if not buying:
            return {"agency.procures": derived(False, "case")}
        if user is None or user.kind is PartyKind.UNKNOWN:
            return {}
        return {"agency.procures": derived(user.kind in _GOVERNMENT, user.id)}

    def _entries(self, line: Line) -> dict[str, Reading]:
        """Which control-list entries the item's plain category puts in question."""
        if line.item is None or not line.item.category:
            return {}
        entries = self.dictionary.category_entries.get(line.item.category)
        if entries is None:
            return {}
        return {
            "item.entries_in_question": derived(tuple(sorted(entries)), "item.category"),
            "item.category": derived(line.item.category, line.item.id),
        }

    def _broker(self) -> dict[str, Reading]:
        """Whether who brokers or assists is established in the Union, as the file's countries say."""
        acting = self.case.with_role(Role.BROKER) or self.case.with_role(Role.EXPORTER)
        codes = {code for party in acting for code in self._codes(party)}
        if not codes or (UNREADABLE in codes and not codes & self.eu):
            return {}
        return {"broker.residence": derived(bool(codes & self.eu), "parties")}

    def _companies(self) -> dict[str, Reading]:
        """Whether a company takes part, as far as the kinds of the parties say."""
        kinds = {party.kind for party in self.case.parties}
        if kinds & {PartyKind.COMPANY, PartyKind.GOVERNMENT_OWNED_COMPANY}:
            return {"company.any": derived(True, "parties")}
        return {} if PartyKind.UNKNOWN in kinds else {"company.any": derived(False, "parties")}

    def _territory(self, line: Line) -> dict[str, Reading]:
        """Whether the item leaves the customs territory of the Union, as far as parties show."""
        if WORLDWIDE in line.destinations:
            return {"export.leaves_EU_customs_territory": derived(True, "parties")}
        senders = [p for p in self.case.parties if any(r in p.roles for r in SENDER_ROLES)]
        codes = {code for party in senders for code in self._codes(party)}
        if not codes or not line.destinations or UNREADABLE in {*codes, *line.destinations}:
            return {}
        if not codes & self.eu or all(code in self.eu for code in line.destinations):
            return {"export.leaves_EU_customs_territory": derived(False, "parties")}
        sender = self.sender()
        from_union = sender is not None and all(c in self.eu for c in self._codes(sender))
        if from_union and not any(code in self.eu for code in line.destinations):
            return {"export.leaves_EU_customs_territory": derived(True, "parties")}
        return {}


_SAYS_NOTHING = (UnknownReason.SELF_DECLARED, UnknownReason.NOT_ASKED)
_ASKED_WINS = frozenset(
    {
        "export.leaves_EU_customs_territory",
        "item.subject_to_EAR",
        "broker.residence",
        "end_user.armed_or_internal_security_forces",
    }
)
"""Facts where a file that says "asked, not answered" outweighs what the parties suggest; an own
word that may not be used, or a question nobody put, outweighs nothing."""


# Scopes ------------------------------------------------------------------------------------------


def line_scope(
    case: Case,
    line: Line,
    facts: Mapping[str, Reading],
    party_facts: Mapping[str, Mapping[str, Reading]],
    stated: Stated,
) -> Scope:
    """The scope of a line, with its parties and the case's items inside it."""
    collections: dict[str, tuple[Scope, ...]] = {}
    scope = Scope("line", facts, None, collections)
    own = line.end_user.id if line.end_user else ""
    elsewhere = {party.id for party in end_users(case)} - {own}
    parties = tuple(
        Scope(party.id, {**stated.of_party[party.id], **party_facts.get(party.id, {})}, scope)
        for party in case.parties
        if party.id not in elsewhere
    )
    collections["parties"] = parties
    collections["items"] = tuple(
        Scope(item.id, stated.of_item[item.id], scope) for item in case.items
    )
    collections["end_users"] = tuple(s for s in parties if s.name == own)
    for role in Role:
        names = {party.id for party in case.with_role(role)}
        collections[f"role:{role.value}"] = tuple(s for s in parties if s.name in names)
    return scope


def days_of(case: Case) -> Days:
    """The days that a case states, by which provisions look."""
    dates = case.dates
    stated = {
        "assessed": dates.assessed,
        "application": dates.application,
        "decision": dates.decision,
        "contract": dates.contract,
        "export": dates.export,
    }
    return Days({name: span for name, span in stated.items() if span is not None})
