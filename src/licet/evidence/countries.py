"""Which state a name means, in any script: ISO 3166-1 alpha-2 in capitals, or no answer and why.

A part of a state, an occupied area and a union of states are not states: they resolve to nothing,
with a reason, so that no rule about a destination is answered by the back door. Former states
keep their own codes. Never guesses by likeness. Reads compiled tables only.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.evidence.tables import Lookup

WORLDWIDE = "worldwide"
"""Stands for every country, where something is offered to all."""
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "þ": "th",
        "&": " and ",
    }
)
_DROPPED = "ʻ'’‘`´ʼ."


def name_key(name: str) -> str:
    """What a country's name is looked up by: no case, accents, punctuation, or article.

    >>> name_key("Côte d’Ivoire"), name_key("Bahamas, The"), name_key("TÜRKİYE")
    ('cote divoire', 'bahamas', 'turkiye')
    """
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    kept = "".join(
        char
        for char in unicodedata.normalize("NFKD", folded)
        if not "\u0300" <= char <= "\u036f" and char not in _DROPPED
    )
    kept = unicodedata.normalize("NFC", kept)
    words = "".join(char if _part_of_word(char) else " " for char in kept).split()
    return " ".join(word for word in words if word != "the")


def _part_of_word(char: str) -> bool:
    # Marks carry vowels in Devanagari and Arabic; as spaces they would split the word.
    return char.isalnum() or unicodedata.category(char).startswith("M")


@dataclass(frozen=True, slots=True)
class Resolution:
    """A state's code, or None and the reason."""

    code: str | None
    reason: str = ""


class Countries:
    """The compiled country tables of a snapshot."""

    def __init__(self, codes: Callable[[], Lookup], names: Callable[[], Lookup]) -> None:
        self._load_codes, self._load_names = codes, names
        self._codes: dict[str, dict[str, Any]] | None = None

    def resolve(self, text: str) -> Resolution:
        """The state that a code or a name means."""
        stripped = text.strip()
        if stripped.upper() in self.codes:
            return Resolution(stripped.upper())
        rows = self._load_names().get(name_key(stripped))
        if rows:
            return Resolution(rows[0]["code"], rows[0]["reason"] or "")
        return Resolution(None, "not a name that the country table knows: give the ISO code")

    @property
    def codes(self) -> dict[str, dict[str, Any]]:
        """Every code with its English name."""
        if self._codes is None:
            self._codes = {row["code"]: row for row in self._load_codes().all()}
        return self._codes

    @property
    def stated_codes(self) -> tuple[str, ...]:
        """Every code by which a case may state a country: user-assigned ones and ``worldwide`` too."""
        own = {f"X{chr(letter)}" for letter in range(ord("A"), ord("Z") + 1)} | {"AA", "ZZ"}
        return (*sorted(own | set(self.codes)), WORLDWIDE)

    def name(self, code: str) -> str:
        """The English name of a code; the code itself if the table lacks it."""
        entry = self.codes.get(code.upper())
        return str(entry["name"]) if entry else code


def members(rows: tuple[dict[str, Any], ...], kinds: frozenset[str], day: date) -> frozenset[str]:
    """The states that were members of any of these kinds on a day, first and last included."""
    return frozenset(
        row["country"]
        for row in rows
        if row["kind"] in kinds
        and date.fromisoformat(row["from"]) <= day
        and (row["to"] is None or day <= date.fromisoformat(row["to"]))
    )
