"""What the snapshot and the lists say about a case, as facts. Each names where it comes from.

A reading says only what its source supports: a later edition, a row nobody opened, a list that
does not cover the day and a hit nobody reviewed are unknown, each with its reason. Absence from
a table of reports is never a clean record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any

from licet.assessment import brought
from licet.assessment.hits import hit_facts, listed
from licet.assessment.lines import (
    SENDER_ROLES,
    UNREADABLE,
    codes_in,
    codes_of,
    end_users,
)
from licet.errors import EvidenceError, Fault, ScreeningError
from licet.evidence import AsOfMode, Snapshot
from licet.evidence.countries import WORLDWIDE
from licet.model.case import PartyKind, Role
from licet.model.fact import Reading, Source, SourceClass, Standing, UnknownReason, derived
from licet.screening import Index, ListedName, ListVersion, Query, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from licet.assessment.lines import Line
    from licet.assessment.options import Options
    from licet.evidence.facts import Indicator, MisuseRow, SafeguardReading
    from licet.model.case import Case, Owner, Party

INDEX_FILE = "names.index"
GRAVE_PRIVATE_LIBERTY = "0.5"
GRAVE_PERCENTILE = 25

_ABUSE = frozenset({"misuse_reported", "misuse_found_by_authority", "court_finding"})
_FIRM = frozenset({"established", "well_documented"})
_OWNED = {
    "party.owned_50pct_by_listed": ("US-EL", "US-MEU", "US-SDN"),
    "party.owned_50pct_by_blocked": ("US-SDN",),
}
"""Facts about ownership, and the lists whose parties count as owners (90 FR 47201)."""
HALF = Decimal(50)
_BYSTANDERS = frozenset({Role.AUTHORITY, Role.FUNDER, Role.PARENT_BODY, Role.OTHER})
"""Roles whose country no rule reads."""
_NOBODY = {
    "party.on_entity_list": derived(False, "the public at large is nobody that a list can name"),
    "party.on_sdn": derived(False, "the public at large is nobody that a list can name"),
    "party.listed": derived(False, "the public at large is nobody that a list can name"),
    "party.dated_listing": derived((), "the public at large is nobody that a list can name"),
}


@dataclass(frozen=True, slots=True)
class Screened:
    """What the lists say of each party: facts by party, the results, and facts of the whole."""

    facts: Mapping[str, Mapping[str, Reading]]
    results: Mapping[str, Result]


class Knowledge:
    """A snapshot and the index over its lists. Use :meth:`open`."""

    def __init__(self, snapshot: Snapshot, index: Index) -> None:
        self.snapshot = snapshot
        self.index = index

    @classmethod
    def open(cls, path: Path | None = None) -> Knowledge:
        """Open a snapshot, or the one that ships. Raises EvidenceError or ScreeningError."""
        if path is None:
            return _shipped()
        snapshot = Snapshot.open(path)
        return cls(snapshot, open_index(snapshot))

    @property
    def digest(self) -> str:
        """The digest that names the snapshot."""
        return self.snapshot.digest

    # Countries

    def country(self, text: str) -> str | None:
        """The code of a country in any spelling. User-assigned codes (XX) stand as they are."""
        code = text.strip().upper()
        if len(code) == 2 and (code[0] == "X" or code in ("AA", "ZZ")) and code.isalpha():
            return self.snapshot.country(text) or code
        return self.snapshot.country(text)

    def country_name(self, code: str) -> str:
        """The English name of a code."""
        if code == WORLDWIDE:
            return "worldwide"
        if code.startswith("X") and self.snapshot.country(code) is None:
            return "a country the file does not name"
        return self.snapshot.country_name(code)

    def eu_members(self, day: date) -> frozenset[str]:
        """The customs territory of the Union on a day."""
        return self.snapshot.eu_customs_territory(day)

    # Lists

    def screen(self, case: Case, day: date) -> Screened:
        """Screen every party and every alias of a case on every list."""
        results: dict[str, Result] = {}
        facts: dict[str, dict[str, Reading]] = {}
        for party in case.parties:
            if party.kind is PartyKind.GENERAL_PUBLIC:
                facts[party.id] = dict(_NOBODY)
                continue
            results[party.id] = self.index.screen(self._query(party), day=day)
            facts[party.id] = {
                **dict(hit_facts(results[party.id], case.dates.export or case.dates.assessed)),
                **self._owned(party, day),
            }
        return Screened(facts, results)

    def _owned(self, party: Party, day: date) -> dict[str, Reading]:
        """Whether listed owners hold half of a party or more, as far as the file names owners.

        Their shares are added up. Never false: who else owns it, or owns the owners, is not known.
        """
        held: dict[str, dict[bool, Decimal]] = {fact: {} for fact in _OWNED}
        sources: list[Source] = []
        for owner in party.owners:
            codes = [code for code in codes_in(owner.country, self.country) if len(code) > 1]
            result = self.index.screen(Query(owner.name, (), tuple(codes)), day=day)
            for fact, lists in _OWNED.items():
                reading = listed(result, lists)
                if reading.value is True or reading.unknown is UnknownReason.UNREVIEWED_HIT:
                    shares = held[fact]
                    shares[reading.known] = shares.get(reading.known, Decimal(0)) + _percent(owner)
                    sources.extend(reading.sources[:1])
        found: dict[str, Reading] = {}
        for fact, shares in held.items():
            if shares.get(True, Decimal(0)) >= HALF:
                found[fact] = Reading(
                    value=True, origin="screening", sources=tuple(sources), cautions=("unreviewed",)
                )
            elif sum(shares.values()) >= HALF:
                found[fact] = Reading(
                    unknown=UnknownReason.UNREVIEWED_HIT,
                    origin="screening",
                    sources=tuple(sources),
                )
        return found

    def _query(self, party: Party) -> Query:
        countries = tuple(
            code for code in codes_of(party, self.country) if code not in (WORLDWIDE, UNREADABLE)
        )
        return Query(
            party.name,
            party.aliases,
            countries,
            person=party.kind is PartyKind.NATURAL_PERSON,
            role=", ".join(role.value for role in party.roles),
            purpose=party.purpose_of_screening,
        )

    def cautions(self, case: Case, day: date) -> list[dict[str, Any]]:
        """What must be said of the lists, and of countries nobody knows, beside every answer."""
        found: list[dict[str, Any]] = []
        strange = [
            text
            for party in case.parties
            if not set(party.roles) <= _BYSTANDERS
            for text in party.country
            if UNREADABLE in codes_of(party.model_copy(update={"country": (text,)}), self.country)
        ]
        if strange:
            found.append({"code": "country_not_known", "countries": sorted(set(strange))})
        versions = self.index.versions
        stale = sorted(v.code for v in versions if v.stale_on(day))
        early = sorted(v.code for v in versions if v.published > day)
        if stale:
            found.append({"code": "lists_stale", "lists": stale})
        if early:
            found.append({"code": "lists_later_than_day", "lists": early})
        if added := brought.credits_of(self.snapshot):
            found.append({"code": "brought_sources", "sources": added})
        return found

    # Facts of a line

    def line_facts(
        self, case: Case, line: Line, day: date, options: Options, stated: Mapping[str, Reading]
    ) -> dict[str, Reading]:
        """What the snapshot says about one line, as facts of the dictionary."""
        mode = AsOfMode(options.evidence.value)
        facts: dict[str, Reading] = {
            "framework.human_rights_regulation_in_place": derived(
                False, "the moratorium is declared"
            ),
        }
        if "item.core_safeguards" not in stated:
            facts["item.core_safeguards"] = derived((), "no officer named further items")
        codes = tuple(code for code in line.destinations if code != WORLDWIDE)
        if len(codes) == 1:
            facts.update(self._destination(codes[0], day, mode))
            facts.update(self._safeguards(line, codes[0], day, mode))
            facts.update(self._end_user_record(line, codes[0], day))
        elif WORLDWIDE in line.destinations:
            facts["dest.index_publishers_grave"] = derived(0, "worldwide: no one destination")
        facts.update(self._vendor_record(case, line, day))
        return facts

    def _destination(self, code: str, day: date, mode: AsOfMode) -> dict[str, Reading]:
        facts: dict[str, Reading] = {}
        indicators = self.snapshot.indicators(code, day, mode)
        present = frozenset(record.id for record in self.snapshot.manifest.sources)
        figures = self.snapshot.figures(code, day, mode)
        indicators, figures, present = brought.with_status(indicators, figures, present)
        graded = _grave(indicators, present)
        facts["dest.index_publishers_grave"] = replace(
            graded, sources=(*graded.sources, *brought.shown(figures))
        )
        chart = self._chart_columns(code, day, mode)
        if chart is not None:
            facts["dest.us_chart_columns"] = chart
        return facts

    def _chart_columns(self, code: str, day: date, mode: AsOfMode) -> Reading | None:
        """The columns marked for a destination, as far as the edition at hand speaks of the day."""
        chart = self.snapshot.chart(code)
        if chart is None or chart.embargoed:
            return None
        edition = self.snapshot.manifest.source("us_country_chart").edition
        source = Source(
            f"US Commerce Country Chart, row of {chart.row}",
            SourceClass.PUBLIC_AUTHORITY,
            published=edition.published,
        )
        if edition.stale_on(day):
            return Reading(unknown=UnknownReason.STALE, origin="snapshot", sources=(source,))
        if not edition.out_by(day):
            # A chart of a later day says what may have been so, and settles nothing.
            late = mode is AsOfMode.RECONSTRUCTED
            reason = UnknownReason.RETRO_CODED if late else UnknownReason.NOT_COVERED
            return Reading(unknown=reason, origin="snapshot", sources=(source,))
        return Reading(
            value=tuple(sorted(chart.columns)),
            standing=Standing.DERIVED,
            origin="snapshot",
            sources=(source,),
        )

    def _safeguards(self, line: Line, code: str, day: date, mode: AsOfMode) -> dict[str, Reading]:
        user = line.end_user
        names = [user.name, *user.aliases] if user else []
        if user and user.unit:
            names.append(user.unit)
        kind = {
            PartyKind.GOVERNMENT_POLICE: "police",
            PartyKind.GOVERNMENT_INTELLIGENCE: "intelligence",
        }.get(user.kind if user else PartyKind.UNKNOWN)
        found = self.snapshot.safeguards(code, [*names, kind] if kind else names, day, mode)
        return {
            f"safeguard.{item}": _safeguard(reading)
            for item, reading in found.items()
            if reading.row_id is not None
        }

    def abuse_reported(self, code: str, day: date) -> bool:
        """Whether firm reports of abuse by any agency of a State were public on a day.

        No rule reads it: the record of a State is not that of the agency that asks.
        """
        rows = self.snapshot.misuse(code, (), as_of=day)
        return any(reading.known for reading in _record("any agency", list(rows)).values())

    def misuse_in_table(self, code: str, vendors: tuple[str, ...], day: date) -> bool | None:
        """Whether the table of reports tells of misuse of these vendors' products in a State.

        False where it tells of deployment only, None where it holds no row of both. For counting.
        """
        rows = self.snapshot.misuse(code, (), as_of=day, vendors=vendors)
        both = [row for row in rows if {"country", "vendor"} <= {m.value for m in row.matched_by}]
        return any(row.kind in _ABUSE for row in both) if both else None

    def _end_user_record(self, line: Line, code: str, day: date) -> dict[str, Reading]:
        user = line.end_user
        if user is None:
            return {}
        rows = self.snapshot.misuse(code, [user.name, *user.aliases], as_of=day)
        return _record(
            "end_user.credible_abuse_reports",
            [row for row in rows if any(m.value == "agency" for m in row.matched_by)],
        )

    def _vendor_record(self, case: Case, line: Line, day: date) -> dict[str, Reading]:
        users = {party.id for party in end_users(case)}
        supply = [
            p
            for p in case.parties
            if p.kind in (PartyKind.COMPANY, PartyKind.UNKNOWN)
            and (
                any(role in p.roles for role in SENDER_ROLES)
                or p.id in users
                or Role.CONSIGNEE in p.roles
            )
        ]
        del line
        names = [name for p in supply for name in (p.name, *p.aliases)]
        if not names:
            return {}
        rows = self.snapshot.misuse(vendors=names, as_of=day)
        return _record(
            "vendor.record_of_serving_abusers",
            [row for row in rows if any(m.value == "vendor" for m in row.matched_by)],
        )


@cache
def _shipped() -> Knowledge:
    """The knowledge that ships, opened once: it never changes while a process runs."""
    snapshot = Snapshot.open()
    return Knowledge(snapshot, open_index(snapshot))


# Readings ----------------------------------------------------------------------------------------


def _grave(indicators: tuple[Indicator, ...], publishers: frozenset[str]) -> Reading:
    """How many independent publishers put the State in their gravest range (risk method).

    A publisher whose figure is missing or too old might be one more: the count is then open
    between what is certain and what is possible.
    """
    by_name = {i.name: i for i in indicators}
    used = []
    counts: list[bool | None] = []
    for publisher, (names, is_grave) in _GRAVE.items():
        if publisher not in publishers:
            continue
        found = [by_name[name] for name in names if name in by_name]
        used.extend(found)
        fresh = len(found) == len(names) and not any(i.stale for i in found)
        counts.append(is_grave(*found) if fresh else None)
    certain = sum(count is True for count in counts)
    possible = certain + sum(count is None for count in counts)
    sources = tuple(
        Source(
            f"{i.name} {i.year}: {i.value}",
            SourceClass.DATASET,
            published=i.published,
            publisher=i.source,
        )
        for i in used
    )
    if possible > certain:
        return Reading(
            unknown=UnknownReason.STALE
            if any(i.stale for i in used)
            else UnknownReason.NOT_COVERED,
            possible=frozenset(range(certain, possible + 1)),
            origin="snapshot",
            sources=sources,
        )
    return Reading(
        value=certain,
        standing=Standing.DERIVED,
        origin="snapshot",
        sources=sources,
        cautions=("retro_coded",) if any(i.retro_coded for i in used) else (),
    )


def _vdem_grave(regime: Indicator, private: Indicator) -> bool:
    return regime.value <= 1 and str(private.value) < GRAVE_PRIVATE_LIBERTY


def _wgi_grave(voice: Indicator) -> bool | None:
    return None if voice.percentile_high is None else voice.percentile_high < GRAVE_PERCENTILE


def _freedom_house_grave(status: Indicator) -> bool:
    return status.value == 0


_GRAVE: dict[str, tuple[tuple[str, ...], Callable[..., bool | None]]] = {
    "vdem": (("v2x_regime", "v2x_clpriv"), _vdem_grave),
    "wgi": (("wgi_va",), _wgi_grave),
    "freedom_house": (("fiw_status",), _freedom_house_grave),
}
"""For each publisher of indices, the figures that are read and when they are gravest."""


def _safeguard(reading: SafeguardReading) -> Reading:
    """One row of the safeguards table: a row that nobody opened asks, and decides nothing."""
    source = Source(
        reading.basis,
        _source_class(reading.source_class),
        reading.url,
        reading.published,
        "safeguards.csv " + (reading.row_id or ""),
    )
    why = None
    if reading.value.value == "unknown":
        why = UnknownReason.NOT_ASKED
    elif reading.stale:
        why = UnknownReason.STALE
    elif reading.checked == "memory":
        why = UnknownReason.MEMORY_ONLY
    elif reading.retro_coded:
        why = UnknownReason.RETRO_CODED
    if why is not None:
        return Reading(
            unknown=why,
            origin="snapshot",
            sources=(source,),
            cautions=(f"the table says {reading.value.value}",),
        )
    return Reading(
        value=reading.value.value, standing=Standing.EVIDENCED, origin="snapshot", sources=(source,)
    )


def _record(fact: str, rows: list[MisuseRow]) -> dict[str, Reading]:
    """Reports of abuse as a fact: true on firm rows, a question on others, never false."""
    abuse = [row for row in rows if row.kind in _ABUSE]
    if not abuse:
        return {}
    firm = [row for row in abuse if row.certainty in _FIRM and row.checked != "memory"]
    shown = firm or abuse
    sources = tuple(
        Source(
            f"{row.id}: {row.source_title} ({row.source_publisher})",
            _source_class(row.source_class),
            row.url,
            row.published,
        )
        for row in shown[:5]
    )
    if firm:
        return {
            fact: Reading(
                value=True, standing=Standing.EVIDENCED, origin="snapshot", sources=sources
            )
        }
    memory = all(row.checked == "memory" for row in abuse)
    why = UnknownReason.MEMORY_ONLY if memory else UnknownReason.UNCORROBORATED
    return {fact: Reading(unknown=why, origin="snapshot", sources=sources)}


def _source_class(text: str) -> SourceClass | None:
    try:
        return SourceClass(text)
    except ValueError:
        return SourceClass.PUBLIC_AUTHORITY if text in ("statute", "audit") else None


def _percent(owner: Owner) -> Decimal:
    """The share that an owner is stated to hold; all of it where no share is stated."""
    try:
        return Decimal(owner.percent.strip().removesuffix("%").strip() or "100")
    except InvalidOperation:
        return Decimal(100)


# The index ---------------------------------------------------------------------------------------


def open_index(snapshot: Snapshot) -> Index:
    """The index over a snapshot's lists; built afresh where the stored one is not of it."""
    path = snapshot.folder / INDEX_FILE
    if path.is_file():
        index = Index.load(path)
        if index.made_from == snapshot.digest:
            return index
    return build_index(snapshot)


def build_index(snapshot: Snapshot) -> Index:
    """Index every name of every list of a snapshot. Raises ScreeningError on an empty list."""
    lists = snapshot.list_entries()
    if not all(entries for _, entries in lists):
        raise ScreeningError(
            Fault(
                "",
                "holds no list entry; a list that failed to load stops the work",
                str(snapshot.folder),
            )
        )
    rules = {
        (row["list_code"], row["name"].casefold()): row["provision"]
        for row in snapshot.table("dated_listings").to_pylist()
    }
    rows: list[ListedName] = []
    versions: dict[str, ListVersion] = {}
    for record, entries in lists:
        published = record.edition.published.last
        for entry in entries:
            code = entry["list_code"]
            versions[code] = ListVersion(code, entry["list_name"], published, record.max_age_days)
            rows.extend(_listed_names(entry, rules))
    return Index.build(rows, [versions[code] for code in sorted(versions)], snapshot.digest)


def _listed_names(
    entry: Mapping[str, Any], rules: Mapping[tuple[str, str], str]
) -> list[ListedName]:
    """Every name of one entry, each with the provision that lists it with dates, if one does."""
    code = entry["list_code"]
    keys = [(code, name["name"].casefold()) for name in entry["names"]]
    rule = next((rules[key] for key in keys if key in rules), "")
    return [
        ListedName(
            entry["id"],
            name["name"],
            name["kind"],
            code,
            entry["type"],
            tuple(entry["countries"]),
            entry["listed_from"],
            entry["listed_to"],
            tuple(entry["programmes"]),
            entry["citation"],
            entry["licence_policy"],
            rule,
        )
        for name in entry["names"]
    ]


def check_index(snapshot: Snapshot) -> None:
    """Build the index afresh and compare it with the stored one. Raises ScreeningError."""
    path = snapshot.folder / INDEX_FILE
    if not path.is_file():
        return
    if not Index.load(path).same_as(build_index(snapshot)):
        raise ScreeningError(
            Fault(
                "",
                "is not the index of this snapshot's lists: build it again with "
                "`licet evidence build`",
                str(path),
            )
        )


def write_index(folder: Path) -> None:
    """Write the index of a snapshot beside its tables. Raises EvidenceError."""
    snapshot = Snapshot.open(folder)
    try:
        build_index(snapshot).save(folder / INDEX_FILE)
    except OSError as error:
        raise EvidenceError(
            Fault("", f"cannot be written: {error.strerror}", str(folder / INDEX_FILE))
        ) from error
