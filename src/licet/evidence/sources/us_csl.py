"""The US Consolidated Screening List: twelve lists of the Commerce, State and Treasury departments.

The file has no listing dates; those that were researched stand in ``dated_listings``. Of natural
persons only name, aliases, list, type, countries, programme and notice are kept.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from licet.evidence.reading import Checks, Line, csv_lines, json_object, refuse
from licet.model.canonical import canonical_bytes
from licet.model.listing import ListedIdentifier, ListedName, ListedType, Listing, NameKind

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "name",
    "alt_names",
    "list",
    "type",
    "countries",
    "entity_number",
    "license_requirement",
    "license_policy",
    "programs",
    "federal_register_notice",
)
TYPES = {
    "Entity": ListedType.ENTITY,
    "Individual": ListedType.INDIVIDUAL,
    "Vessel": ListedType.VESSEL,
    "Aircraft": ListedType.AIRCRAFT,
    "": ListedType.UNSTATED,
}

COUNTRY_REPAIRS: dict[str, str | None] = {
    "TURKIYE": "TR",
    "UK": "GB",
    "PRC": "CN",
    "MACAU": "MO",
    "MAN, ISLE OF": "IM",
    "REGION: RUSSIA": "RU",
    "REGION: CHINA": "CN",
    "REGION: IRAN": "IR",
    "REGION: NORTHERN MALI": "ML",
    "REGION: WEST BANK": "PS",
    "REGION: NORTHERN GAZA": "PS",
    "REGION: NORTH GAZA": "PS",
    "CRIMEA (OCCUPIED)": "UA",
    # A region that lies in two states, or a code that is a US state's (New Mexico): no country.
    "REGION: KAFIA KINGI": None,
    "REGION: KASHMIR": None,
    "REGION: JAMMU AND KASHMIR": None,
    "REGION: COMMONWEALTH OF INDEPENDENT STATES": None,
    "NM": None,
}
"""Country cells of this file that are not ISO codes, and the state each one lies in."""


def read(path: Path) -> tuple[Listing, ...]:
    """Every entry of the list. The file beside it, ``*.meta.json``, gives the number expected.

    Raises EvidenceError naming file, row and remedy.
    """
    meta = _meta(path)
    lines = csv_lines(path, COLUMNS)
    if len(lines) != meta["entryCount"]:
        raise refuse(
            path,
            f"has {len(lines)} entries where {path.stem}.meta.json states "
            f"{meta['entryCount']}: the file is cut off; fetch it again",
        )
    checks = Checks(path)
    entries = [_listing(checks, line, meta) for line in lines]
    checks.done()
    return tuple(entry for entry in entries if entry is not None)


def lists(path: Path) -> tuple[dict[str, Any], ...]:
    """The lists in the file: code, name, authority, legal basis, effect, number of entries."""
    meta = _meta(path)
    return tuple(
        {
            "code": f"US-{entry['code']}",
            "name": _list_name(name),
            "authority": _authority(name),
            "legal_basis": entry["citation"],
            "effect": entry["effect"],
            "entries": meta["countsBySource"].get(name, 0),
        }
        for name, entry in sorted(meta["listAuthority"].items())
    )


def _meta(path: Path) -> dict[str, Any]:
    return json_object(
        path.with_suffix(".meta.json"), ("entryCount", "countsBySource", "listAuthority", "source")
    )


def _listing(checks: Checks, line: Line, meta: dict[str, Any]) -> Listing | None:
    title = checks.choice(line, "list", meta["listAuthority"])
    name = checks.text(line, "name")
    kind = checks.choice(line, "type", TYPES)
    countries = _countries(checks, line)
    if title not in meta["listAuthority"] or kind not in TYPES or not name:
        return None
    entry = meta["listAuthority"][title]
    person = TYPES[kind] is ListedType.INDIVIDUAL
    number = line["entity_number"].strip()
    return Listing(
        id=f"US-{entry['code']}:{number or _content_id(line)}",
        list_code=f"US-{entry['code']}",
        list_name=_list_name(title),
        authority=_authority(title),
        type=TYPES[kind],
        names=_names(name, line["alt_names"]),
        countries=countries,
        identifiers=() if person or not number else (ListedIdentifier("OFAC", number),),
        programmes=_parts(line["programs"]),
        legal_basis=entry["citation"],
        citation=re.sub(r"\s+", " ", line["federal_register_notice"]).strip(),
        licence_requirement="" if person else line["license_requirement"].strip(),
        licence_policy="" if person else line["license_policy"].strip(),
        source_url=meta["source"]["url"],
    )


def _countries(checks: Checks, line: Line) -> tuple[str, ...]:
    codes: list[str] = []
    for cell in _parts(line["countries"]):
        code = COUNTRY_REPAIRS.get(cell, cell)
        if code is not None and not re.fullmatch(r"[A-Z]{2}", code):
            checks.fault(
                line,
                f"countries has {cell!r}, which is no ISO code; if it is right, "
                "add it to COUNTRY_REPAIRS",
            )
        elif code is not None and code not in codes:
            codes.append(code)
    return tuple(codes)


def _names(name: str, aliases: str) -> tuple[ListedName, ...]:
    names = [ListedName(name, NameKind.PRIMARY)]
    seen = {name}
    for alias in _parts(aliases):
        if alias not in seen:
            seen.add(alias)
            names.append(ListedName(alias, NameKind.ALIAS))
    return tuple(names)


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _list_name(title: str) -> str:
    return title.rsplit(" - ", 1)[0]


def _authority(title: str) -> str:
    return "US " + title.rsplit(" - ", 1)[-1]


def _content_id(line: Line) -> str:
    """An id for an entry that the list does not number: the hash of what it says."""
    return hashlib.sha256(canonical_bytes([line[name] for name in COLUMNS])).hexdigest()[:12]
