"""What is asked of the lists and what comes back: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Basis(StrEnum):
    """Why a listed name was found."""

    EXACT_NAME_COUNTRY_AGREES = "exact_name_country_agrees"
    EXACT_NAME = "exact_name"
    WEAK_ALIAS = "weak_alias"
    FUZZY = "fuzzy"


class Country(StrEnum):
    """What the stated country says about a hit. Contradicted is not absent."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    ABSENT = "absent"


class Status(StrEnum):
    """Whether the entry was on the list on the day that was asked about."""

    LISTED = "listed"
    NOT_YET_LISTED = "not_yet_listed"
    REMOVED = "removed"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One edition of a list: when it was published, and for how many days it may be relied on."""

    code: str
    name: str
    published: date
    max_age_days: int

    def covers(self, day: date) -> bool:
        """Whether absence from this edition says anything about a day."""
        return self.published <= day and not self.stale_on(day)

    def stale_on(self, day: date) -> bool:
        """Whether the edition is older than its stated age on a day."""
        return day > self.published + timedelta(days=self.max_age_days)


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of one list entry."""

    listing_id: str
    name: str
    kind: str
    list_code: str
    party_type: str
    countries: tuple[str, ...]
    listed_from: date | None
    listed_to: date | None
    programmes: tuple[str, ...]
    citation: str
    licence_policy: str
    rule: str = ""
    """The provision that lists it with dates, such as ``US-EL-2023``, where one does."""


@dataclass(frozen=True, slots=True)
class Query:
    """Who is looked for. A natural person only in a role and with a purpose."""

    name: str
    aliases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    person: bool = False
    role: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed name that is, or may be, the party."""

    searched: str
    matched: str
    listing_id: str
    list_code: str
    score: int
    """0 to 1000: how alike the names are. Never by itself a reason to call a party listed."""
    basis: Basis
    country: Country
    status: Status
    listed_from: date | None
    listed_to: date | None
    programmes: tuple[str, ...]
    citation: str
    licence_policy: str
    rule: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was searched and what was found."""

    query: Query
    day: date
    hits: tuple[Hit, ...]
    searched: tuple[ListVersion, ...]

    @property
    def stale(self) -> tuple[ListVersion, ...]:
        """The lists that are older than their stated age on the day."""
        return tuple(v for v in self.searched if v.stale_on(self.day))

    @property
    def not_covered(self) -> tuple[ListVersion, ...]:
        """The lists whose edition came only after the day: absence from them says nothing."""
        return tuple(v for v in self.searched if v.published > self.day)
