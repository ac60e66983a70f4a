"""A row of an inventory as cases: what an authority could have been asked before the transfer.

Of the row only the destination, the kind of product, the supplier and its country are used, and
the years to choose the day. What it tells of the use, and who reported it, is never put into a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.assessment.casefile import build_case
from licet.model.case import CASE_SCHEMA, PartyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from licet.assessment.hindsight.inventory import Row
    from licet.model.case import Case

UNNAMED = "Agency that the inventory does not name"
SOURCE = {"class": "dataset", "title": "the category of technology that the inventory gives"}

_SURVEILLANCE = {"item.surveillance": "yes"}
_INTRUSION = {"item.made_to_generate_command_or_deliver_intrusion_software": "yes"}
FACTS: dict[str, dict[str, str]] = {
    "intrusion_spyware": _SURVEILLANCE | _INTRUSION,
    "forensic_extraction": _SURVEILLANCE | {"item.extracts_raw_data_from_device": "yes"},
    "mobile_interception": _SURVEILLANCE,
    "ip_network_monitoring": _SURVEILLANCE,
    "lawful_interception_mediation": _SURVEILLANCE,
    "monitoring_centre": _SURVEILLANCE,
    "location_tracking": _SURVEILLANCE,
    "osint_social_media": _SURVEILLANCE,
    "face_recognition_1_to_n": _SURVEILLANCE
    | {"bio.facial_recognition": "yes", "bio.one_to_many": "yes"},
}
"""What the name of a category says of every item in it, and nothing more."""
NOT_RESEARCH = {"use.claimed_as_security_research": "no"}
"""A finished product sold for an agency's own use is not put forward as security research."""


@dataclass(frozen=True, slots=True)
class Days:
    """How the day of an assessment is chosen.

    A period that states its first year is assessed on the last day of the year before. One that
    does not may have begun in any of ``undated_span`` years before the last year in which it can
    have been unknown; it is assessed on the last and on the earliest of these days. ``earlier``
    moves every day by so many further years.
    """

    undated_span: int = 5
    earlier: int = 0

    def of(self, row: Row, first: int | None, last: int | None) -> tuple[date, ...]:
        """The days for one period, latest first."""
        if first is not None:
            # Disclosed before it is said to begin: the earlier year, or its own report would count.
            year = min(first, row.disclosed[0]) if row.disclosure_first else first
            return (_eve(year, self.earlier),)
        latest = min(year for year in (last, *row.disclosed[:1]) if year is not None)
        days = (_eve(latest, self.earlier), _eve(latest, self.earlier + self.undated_span))
        return tuple(dict.fromkeys(days))


@dataclass(frozen=True, slots=True)
class Asked:
    """One assessment that a row calls for."""

    transfer: str
    """Which transfer of the row it is: its supplier and period."""
    case: Case


def _eve(year: int, earlier: int) -> date:
    return date(max(year - 1 - earlier, 1), 12, 31)


def cases_of(row: Row, days: Days, country: Callable[[str], str | None]) -> Iterator[Asked]:
    """The cases of a row: each supplier, in each period, on each day that may have been its day."""
    vendors: tuple[str, ...] = row.vendors or ("",)
    periods = [(p.first, p.last, p.text) for p in row.periods] or [(None, None, "no period")]
    number = 0
    for vendor in vendors:
        for first, last, text in periods:
            for day in days.of(row, first, last):
                number += 1
                name = f"hindsight-line-{row.line}-{number}-as-of-{day.isoformat()}"
                case = build_case(_raw(row, vendor, day, name, country), f"line {row.line}")
                yield Asked(f"{vendor or 'supplier not named'}, {text}", case)


def _raw(
    row: Row, vendor: str, day: date, name: str, country: Callable[[str], str | None]
) -> dict[str, Any]:
    parties: list[dict[str, Any]] = []
    if vendor:
        parties.append(
            {
                "name": vendor,
                "roles": ["exporter", "manufacturer"],
                "kind": PartyKind.COMPANY.value,
                "country": list(row.origins),
            }
        )
    parties.append(
        {
            "name": row.end_user or UNNAMED,
            "roles": ["end_user"],
            "kind": row.end_user_kind or PartyKind.GOVERNMENT.value,
            "country": [row.destination],
        }
    )
    stated = {"standing": "evidenced", "source": SOURCE}
    item = {
        fact: {"value": value, **stated} for fact, value in FACTS.get(row.technology, {}).items()
    }
    return {
        "schema": CASE_SCHEMA,
        "id": name,
        "title": f"Line {row.line} of an inventory of past transfers",
        "kind": "transfer" if stays_at_home(row, country) else "export",
        "dates": {"assessed": day.isoformat()},
        "parties": parties,
        "items": [{"name": "The product", "category": row.technology, "answers": item}],
        "answers": {fact: {"value": value, **stated} for fact, value in NOT_RESEARCH.items()},
    }


def stays_at_home(row: Row, country: Callable[[str], str | None]) -> bool:
    """Whether supplier and user are in one country, as far as the row says."""
    return {country(text) for text in row.origins} == {row.destination}


def supposing(case: Case, fact: str, value: str) -> Case:
    """The case as it would be if a document showed this of the end user."""
    shown = {
        "value": value,
        "standing": "accepted",
        "source": {"class": "public_authority", "title": "supposed, to see whether it decides"},
    }
    raw = case.canonical()
    for party in raw["parties"]:
        if "end_user" in party["roles"]:
            party["answers"] = {fact: [shown]}
    return build_case(raw, case.id)
