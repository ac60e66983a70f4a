"""The United Nations Security Council Consolidated List, in the XML form the United Nations gives.

Each entry has the day it was listed and a permanent reference number (QDe.004). Of natural persons
only what matching needs is kept: names, aliases with the list's own word on their quality (good or
low), nationality, regime, number and day; no birth, document, address, photograph or narrative.
A document type declaration is refused before anything is parsed: no entity is ever expanded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from licet.evidence.about import About
from licet.evidence.reading import FETCH_AGAIN, refuse, source_text
from licet.evidence.sifting import NONE, Quarantined, Sifted, refuse_web_page, settle
from licet.model.dates import Span
from licet.model.listing import ListedIdentifier, ListedName, ListedType, Listing, NameKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from licet.evidence.countries import Countries

ABOUT = About(
    title="United Nations Security Council Consolidated List",
    publisher="United Nations Security Council",
    licence="United Nations; the terms of reuse were not read: see them before passing it on",
    credit="United Nations Security Council Consolidated List",
    url="https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
    max_age_days=30,
    lag_days=0,
)
CODE = "UN-SC"
LISTS = (
    {
        "code": CODE,
        "name": ABOUT.title,
        "authority": ABOUT.publisher,
        "legal_basis": "resolutions of the Security Council under Article 41 of the Charter",
        "effect": "as the resolution of each regime says: asset freeze, travel ban, arms embargo",
    },
)
KINDS = {
    "INDIVIDUAL": ("INDIVIDUALS", ListedType.INDIVIDUAL),
    "ENTITY": ("ENTITIES", ListedType.ENTITY),
}
QUALITY = {
    "Good": NameKind.ALIAS,
    "Low": NameKind.WEAK,
    "a.k.a.": NameKind.ALIAS,
    "f.k.a.": NameKind.ALIAS,
    "": NameKind.ALIAS,
}
"""How the list stands behind an alias. Without a word on it, as for a good one: it finds more."""
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
NOT_STATES = frozenset({"Stateless", "Unknown"})
_NUMBER = re.compile(r"^[A-Z]{2,3}[ie]\.\d+$")
_DEPTH = 12
"""Deeper nesting than this no list has: a file that has it is not one."""

Entry = dict[str, list[str]]


def read(path: Path, countries: Countries) -> Sifted:
    """Every entry as a row ``{"listing": Listing}``. One that cannot be read refuses the list."""
    text = source_text(path)
    refuse_web_page(path, text)
    entries, _ = _parsed(path, text)
    kept: list[dict[str, Any]] = []
    bad: list[Quarantined] = []
    seen: set[str] = set()
    for kind, first, last, entry in entries:
        try:
            listing = _listing(kind, entry, countries)
            if listing.id in seen:
                _bad(f"the reference number {listing.citation!r} stands twice")
            seen.add(listing.id)
            kept.append({"listing": listing})
        except _BadEntryError as why:
            bad.append(Quarantined(first, last, str(why)))
    return settle(path, kept, bad, NONE)


def edition(path: Path) -> Span:
    """The day the file says it was made."""
    _, made = _parsed(path, source_text(path))
    try:
        return Span.read(made[:10])
    except ValueError as error:
        raise refuse(path, f"dateGenerated is {made!r}: {error}; {FETCH_AGAIN}") from error


class _BadEntryError(Exception):
    """What is wrong with one entry."""


def _bad(message: str) -> NoReturn:
    raise _BadEntryError(message)


def _parsed(path: Path, text: str) -> tuple[list[tuple[str, int, int, Entry]], str]:
    """The entries with their lines, and the day of the file. Raises EvidenceError on damage."""
    gathered = _Gatherer()
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, a: gathered.start(tag, a, parser.CurrentLineNumber)
    parser.EndElementHandler = lambda tag: gathered.end(tag, parser.CurrentLineNumber)
    parser.CharacterDataHandler = gathered.characters
    # Before any entity could be declared: the list has no document type declaration.
    parser.StartDoctypeDeclHandler = lambda *_: _bad(
        "has a document type declaration, which the list never has: it could pull in other files"
    )
    try:
        # The text was decoded from UTF-8: another encoding that the file declares is not followed.
        parser.Parse(re.sub(r"^<\?xml[^>]*\?>", "", text.lstrip()), True)
    except expat.ExpatError as error:
        raise refuse(
            path, f"line {error.lineno}: {expat.ErrorString(error.code)}; {FETCH_AGAIN}"
        ) from error
    except _BadEntryError as why:
        raise refuse(path, f"{why}; {FETCH_AGAIN}") from why
    if gathered.root != "CONSOLIDATED_LIST":
        raise refuse(path, f"begins with {gathered.root!r}, expected CONSOLIDATED_LIST")
    for group, _ in KINDS.values():
        if group not in gathered.groups:
            raise refuse(path, f"has no {group}: part of the list is missing; {FETCH_AGAIN}")
    if not gathered.entries:
        raise refuse(
            path, f"lists nobody; an empty list never means all were delisted; {FETCH_AGAIN}"
        )
    return gathered.entries, gathered.made


class _Gatherer:
    """Gathers the text of each entry by its path, ``NATIONALITY/VALUE``, as the parser goes."""

    def __init__(self) -> None:
        self.root = self.made = ""
        self.groups: set[str] = set()
        self.entries: list[tuple[str, int, int, Entry]] = []
        self._trail: list[str] = []
        self._text: list[str] = []
        self._entry: Entry = {}
        self._line = 0

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """An element begins."""
        self._trail.append(tag)
        self._text.clear()
        if len(self._trail) > _DEPTH:
            _bad("is nested deeper than the list is")
        if len(self._trail) == 1:
            self.root, self.made = tag, attributes.get("dateGenerated", "")
        elif len(self._trail) == 2:
            self.groups.add(tag)
        elif len(self._trail) == 3:
            if tag not in KINDS or KINDS[tag][0] != self._trail[1]:
                _bad(f"line {line}: has {tag!r} where an entry of {self._trail[1]} should stand")
            self._entry, self._line = {}, line

    def characters(self, text: str) -> None:
        """A piece of text."""
        self._text.append(text)

    def end(self, tag: str, line: int) -> None:
        """An element ends."""
        if len(self._trail) > 3:
            words = " ".join("".join(self._text).split())
            self._entry.setdefault("/".join(self._trail[3:]), []).append(words)
        elif len(self._trail) == 3:
            self.entries.append((tag, self._line, line, self._entry))
        self._trail.pop()
        self._text.clear()


def _listing(kind: str, entry: Entry, countries: Countries) -> Listing:
    number = _one(entry, "REFERENCE_NUMBER")
    if not _NUMBER.match(number):
        _bad(f"REFERENCE_NUMBER is {number!r}: expected a number such as QDe.004")
    person = kind == "INDIVIDUAL"
    regime = _one(entry, "UN_LIST_TYPE")
    return Listing(
        id=f"{CODE}:{number}",
        list_code=CODE,
        list_name=ABOUT.title,
        authority=ABOUT.publisher,
        type=KINDS[kind][1],
        names=tuple(_names(kind, entry)),
        countries=_countries(entry, countries, person=person),
        identifiers=() if person else (ListedIdentifier("UN", number),),
        programmes=(regime,),
        legal_basis=LISTS[0]["legal_basis"],
        citation=f"{ABOUT.title}, {number} ({regime})",
        listed_from=_listed_on(entry),
        source_url=ABOUT.url,
    )


def _one(entry: Entry, tag: str) -> str:
    found = entry.get(tag, [])
    if len(found) != 1 or not found[0]:
        _bad(f"{tag} stands {len(found)} times or is blank: expected once")
    return found[0]


def _listed_on(entry: Entry) -> date:
    """The first day listed; a few days carry an offset from UTC, which is left off."""
    text = _one(entry, "LISTED_ON")
    try:
        found = Span.read(text[:10])
    except ValueError as error:
        _bad(f"LISTED_ON: {error}")
    if found.first != found.last or not 1990 <= found.first.year <= 2100:
        _bad(f"LISTED_ON is {text!r}: expected a day after 1990")
    return found.first


def _names(kind: str, entry: Entry) -> Iterator[ListedName]:
    name = " ".join(part for tag in NAME_PARTS for part in entry.get(tag, []) if part)
    if not name:
        _bad("has no name")
    yield ListedName(name, NameKind.PRIMARY)
    seen = {name}
    for script in entry.get("NAME_ORIGINAL_SCRIPT", []):
        if script and script not in seen:
            seen.add(script)
            yield ListedName(script, NameKind.ALIAS)
    aliases = entry.get(f"{kind}_ALIAS/ALIAS_NAME", [])
    qualities = entry.get(f"{kind}_ALIAS/QUALITY", [])
    if len(aliases) != len(qualities):
        _bad(f"{len(aliases)} aliases and {len(qualities)} words on their quality")
    for text, quality in zip(aliases, qualities, strict=True):
        if quality not in QUALITY:
            _bad(f"QUALITY is {quality!r}: expected {', '.join(filter(None, QUALITY))}")
        for alias in (part.strip() for part in text.split(";")):
            if alias and alias not in seen:
                seen.add(alias)
                yield ListedName(alias, QUALITY[quality])


def _countries(entry: Entry, countries: Countries, *, person: bool) -> tuple[str, ...]:
    """Nationalities of a person, countries of an entity's addresses: what hits are compared by."""
    stated = entry.get("NATIONALITY/VALUE" if person else "ENTITY_ADDRESS/COUNTRY", [])
    codes: dict[str, None] = {}
    for name in filter(None, stated):
        answer = countries.resolve(name)
        if (
            answer.code is None
            and answer.reason.startswith("not a name")
            and name not in NOT_STATES
        ):
            _bad(f"{name!r} is not a name of a state that the country table knows")
        if answer.code:
            codes[answer.code] = None
    return tuple(codes)
