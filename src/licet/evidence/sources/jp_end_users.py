"""Japan's Foreign End User List (METI): foreign bodies of concern for weapons of mass destruction.

It feeds screening as a question: a hit is shown, and no rule reads it (being on it forbids nothing
by itself, even in Japan). The file is a compilation in JSON that gives no day of listing, so that
an entry is undated before the edition. In some entries the compiler has run the name into the
address ("People's Republic of China Baotou ...") and left the name blank: the state is then what
the cell begins with, the name the rest, and the citation says so. Anything else that cannot be
read refuses the list.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from licet.evidence.about import About
from licet.evidence.reading import FETCH_AGAIN, refuse, source_text
from licet.evidence.sifting import NONE, Quarantined, Sifted, refuse_web_page, settle
from licet.model.listing import ListedName, ListedType, Listing, NameKind

if TYPE_CHECKING:
    from pathlib import Path

    from licet.evidence.countries import Countries

ABOUT = About(
    title="Japan Foreign End User List",
    publisher="Ministry of Economy, Trade and Industry of Japan",
    licence="government list of Japan; the compiler states no licence: see METI's terms",
    credit="Ministry of Economy, Trade and Industry (Japan), Foreign End User List",
    url="https://www.meti.go.jp/policy/anpo/law05.html",
    max_age_days=400,
    lag_days=0,
)
CODE = "JP-EUL"
LISTS = (
    {
        "code": CODE,
        "name": ABOUT.title,
        "authority": ABOUT.publisher,
        "legal_basis": "Japanese catch-all control under the Export Trade Control Order",
        "effect": "an exporter asks for a licence unless the end use is clearly of no concern",
    },
)
TYPES = {"organization": ListedType.ENTITY, "person": ListedType.INDIVIDUAL}
NEEDED = ("id", "entity_name", "aliases", "addresses", "entity_type", "list_id", "source_url")
LIST_ID = "jp-end-user-list"


def read(path: Path, countries: Countries) -> Sifted:
    """Every entry as a row ``{"listing": Listing}``; the line is the entry's place in the file."""
    kept: list[dict[str, Any]] = []
    bad: list[Quarantined] = []
    seen: set[str] = set()
    for place, entry in enumerate(_entries(path), 1):
        reason = _fault(entry, seen)
        found = [] if reason else [_state_and_rest(text, countries) for text in entry["addresses"]]
        name = "" if reason else " ".join(entry["entity_name"].split())
        run_in = "" if name or len(found) != 1 else found[0][1]
        if not reason and not all(code for code, _ in found):
            reason = f"addresses {entry['addresses']!r} do not begin with a state that is known"
        if not reason and not (name or run_in):
            reason = "has no name, and none run into its address"
        if reason:
            bad.append(Quarantined(place, place, reason))
            continue
        seen.add(entry["id"])
        codes = tuple(dict.fromkeys(code for code, _ in found if code))
        note = "" if name else " (name run into the address in the file)"
        kept.append({"listing": _listing(entry, name or run_in, codes, note)})
    return settle(path, kept, bad, NONE)


def _entries(path: Path) -> list[Any]:
    text = source_text(path)
    refuse_web_page(path, text)
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse(
            path, f"is not JSON ({error}); it is cut off or damaged; {FETCH_AGAIN}"
        ) from error
    if not isinstance(entries, list) or not entries:
        raise refuse(path, "holds no list of entries; an empty list never means all were delisted")
    return entries


def _fault(entry: Any, seen: set[str]) -> str:
    """What is wrong with the shape of an entry, or nothing."""
    if not isinstance(entry, dict):
        return f"is a {type(entry).__name__}, expected an entry"
    for name in NEEDED:
        wanted = list if name in ("aliases", "addresses") else str
        value = entry.get(name)
        if not isinstance(value, wanted) or (
            isinstance(value, list) and not all(isinstance(part, str) for part in value)
        ):
            return f"{name} is {value!r}: expected text{'s' if wanted is list else ''}"
    if entry["list_id"] != LIST_ID:
        return (
            f"list_id is {entry['list_id']!r}: expected {LIST_ID!r}; another list has its own file"
        )
    if entry["entity_type"] not in TYPES:
        return f"entity_type is {entry['entity_type']!r}: expected {' or '.join(TYPES)}"
    if not entry["id"].strip():
        return "has no id"
    return f"the id {entry['id']!r} stands twice" if entry["id"] in seen else ""


def _state_and_rest(address: str, countries: Countries) -> tuple[str | None, str]:
    """The state that a cell begins with, by its longest beginning of whole words, and the rest."""
    words = address.split()
    for count in range(len(words), 0, -1):
        code = countries.resolve(" ".join(words[:count])).code
        if code:
            return code, " ".join(words[count:])
    return None, address


def _listing(entry: dict[str, Any], name: str, codes: tuple[str, ...], note: str) -> Listing:
    aliases = dict.fromkeys(" ".join(alias.split()) for alias in entry["aliases"])
    return Listing(
        id=f"{CODE}:{entry['id']}",
        list_code=CODE,
        list_name=ABOUT.title,
        authority=ABOUT.publisher,
        type=TYPES[entry["entity_type"]],
        names=(
            ListedName(name, NameKind.PRIMARY),
            *(ListedName(alias, NameKind.ALIAS) for alias in aliases if alias and alias != name),
        ),
        countries=codes,
        legal_basis=LISTS[0]["legal_basis"],
        citation=f"{ABOUT.title}, {entry['id']}{note}",
        source_url=entry["source_url"],
    )
