"""Tell whether two names mean one agency or one vendor: the same name, or its own acronym.

Never by likeness. A wrong match here would put one body's record on another's page, so a name
that differs by a word is another name unless a table says otherwise. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BRACKETS = re.compile(r"\(([^)]*)\)")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,7}\b")
_SEPARATORS = re.compile(r";|\s/\s|,\s+(?=\S)|\sand others\b")
_NOT_ACRONYMS = frozenset({"UAE", "USA", "DRC", "XUAR", "LLC", "LTD", "INC"})
_LEGAL_FORM = re.compile(
    r"ltd|limited|llc|inc|incorporated|corp|corporation|co|company|plc|pte|pvt|gmbh|ag|ad|kg|sa"
    r"|spa|srl|sarl|sas|sl|bv|nv|ab|as|asa|oy|oyj|zrt|kft|rt|sro|doo|ooo|oao|ao|jsc|pjsc|cjsc"
    r"|fzco|fze|fzllc"
)
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?=\W|$)")
_NOBODY = frozenset(
    {"several", "others", "undisclosed", "undisclosed domestic", "undisclosed domestic developer"}
)


@lru_cache(maxsize=8_000)
def normal(name: str) -> str:
    """A name without case, accents and punctuation.

    >>> normal("Policía  de Investigaciones"), normal("S.p.A.")
    ('policia de investigaciones', 'spa')
    """
    name = _DOTTED.sub(lambda match: match.group().replace(".", ""), name)
    folded = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in kept).split())


def acronyms(name: str) -> frozenset[str]:
    """The acronyms that a name contains, in capitals as written.

    A long name written wholly in capitals has none: there every word would look like one.

    >>> sorted(acronyms("Security Information Agency (BIA)"))
    ['BIA']
    >>> sorted(acronyms("NATIONAL POLICE")), sorted(acronyms("AISE/AISI"))
    ([], ['AISE', 'AISI'])
    """
    if name.isupper() and " " in name.strip():
        return frozenset()
    return frozenset(_ACRONYM.findall(name)) - _NOT_ACRONYMS


@lru_cache(maxsize=8_000)
def agency_names(name: str) -> frozenset[str]:
    """The forms of an agency's name that count as the same: whole, without and within brackets."""
    whole = name.strip()
    forms = {normal(whole), normal(_BRACKETS.sub(" ", whole))}
    forms |= {normal(inner) for inner in _BRACKETS.findall(whole)}
    return frozenset(re.sub(r"^(the )?(us|uk) ", "", form) for form in forms if form)


def same_agency(row: str, asked: str) -> bool:
    """Whether a row's agency and a name asked for are one body of one state.

    A row may name several bodies, with ``;`` or ``/`` between them.

    >>> same_agency("Security Information Agency (BIA)", "BIA")
    True
    >>> same_agency("police/SBU", "Security Service of Ukraine (SBU)")
    True
    >>> same_agency("National Police", "National Police Academy")
    False
    """
    if acronyms(row) & acronyms(asked):
        return True
    wanted = agency_names(asked)
    parts = [row, *re.split(r"[;/]", row)]
    return any(agency_names(part) & wanted for part in parts)


def agencies_known_as(
    agencies: Sequence[str], also_named: Sequence[Mapping[str, str]]
) -> tuple[str, ...]:
    """The agencies asked for, and the other names that a table of one state's bodies gives them."""
    found = list(agencies)
    for row in also_named:
        pair = (row["agency"], row["also_named"])
        if any(same_agency(name, asked) for name in pair for asked in agencies):
            found += [name for name in pair if name not in found]
    return tuple(found)


def is_group(agency: str) -> bool:
    """Whether a safeguards row names a kind of body (``police``), not a body (``CNI``)."""
    return agency.islower()


@lru_cache(maxsize=8_000)
def vendors_in(cell: str) -> frozenset[str]:
    """The vendors that a row names, each without case, punctuation and legal form.

    >>> sorted(vendors_in("Cellebrite, Grayshift, Magnet, MSAB, others"))
    ['cellebrite', 'grayshift', 'magnet', 'msab']
    >>> sorted(vendors_in("ALIADA GROUP, INC.")), sorted(vendors_in("Area SpA, Qosmos"))
    (['aliada group'], ['area', 'qosmos'])
    """
    names: set[str] = set()
    for part in _SEPARATORS.split(cell):
        inner = [re.sub(r"^(later|now|formerly) ", "", one) for one in _BRACKETS.findall(part)]
        forms = [_BRACKETS.sub(" ", part), *inner]
        names |= {vendor_name(form) for form in forms}
    return frozenset(names - _NOBODY - {""})


@lru_cache(maxsize=8_000)
def vendor_name(name: str) -> str:
    """A company's name without case, punctuation and legal form at its ends.

    >>> vendor_name("Hacking Team S.r.l."), vendor_name("LIMITED LIABILITY COMPANY CITADEL")
    ('hacking team', 'citadel')
    """
    words = (
        normal(name)
        .replace("limited liability company", "llc")
        .replace("closed joint stock company", "cjsc")
        .split()
    )
    while words and _LEGAL_FORM.fullmatch(words[-1]):
        words.pop()
    while words and words[0] in ("llc", "cjsc", "ooo", "oao", "ao", "jsc"):
        words.pop(0)
    return " ".join(words)
