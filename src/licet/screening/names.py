"""Names made comparable: any script to plain lower-case words, and a company's legal form apart.

Must not decide anything: what is equal, near or different is said in
:mod:`licet.screening.index`. "Formerly X" and other notes inside a name string are the caller's
to take apart; here they would be read as words of the name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from licet.screening.legal_forms import ANYWHERE, AT_START, LONGEST, SEQUENCES

_WORD = re.compile(r"[a-z0-9]+")
_SYLLABLE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_INITIALS = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W\d_]))?")
_SCRIPTS_MEET = re.compile(
    r"(?<=[\u4e00-\u9fff])(?=[\u3040-\u30ff])|(?<=[\u3040-\u30ff])(?=[\u4e00-\u9fff])"
)
_APOSTROPHES = str.maketrans("", "", "'`’‘ʼʹʿʾ´′")
_ABJAD = re.compile(r"[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower-case ASCII words with single spaces: NFKC, case folding, transliteration.

    Diacritics and punctuation go, apostrophes close up. Folding twice changes nothing. Chinese,
    Japanese and Korean come out as one word a character.

    Dotted initials close up as well: "S.r.l." is "srl", "N.S.O." is "nso".

    >>> fold("Škoda-Électronique, S.A."), fold("Газпром нефть"), fold("海康威视")
    ('skoda electronique sa', 'gazprom neft', 'hai kang wei shi')
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    plain = _INITIALS.sub(lambda match: match.group().replace(".", ""), plain)
    plain = _SCRIPTS_MEET.sub(" ", plain)
    if not plain.isascii():
        # Only syllabic scripts leave capitals after case folding: they mark where one starts.
        plain = _SYLLABLE.sub(" ", anyascii(plain)).lower().translate(_APOSTROPHES)
    return " ".join(_WORD.findall(plain))


@dataclass(frozen=True, slots=True)
class Name:
    """One name, ready to compare.

    ``core`` is the name without its legal form, in written order, and never empty unless ``words``
    is. ``forms`` holds codes of :mod:`licet.screening.legal_forms`, ``dropped`` the words they
    stood in.
    """

    text: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    forms: frozenset[str]
    dropped: tuple[str, ...]
    abjad: bool
    syllabic: bool
    latin: bool

    @property
    def key(self) -> str:
        """Equal for names equal but for legal form, word order, case and diacritics."""
        return " ".join(sorted(self.core))


def read_name(text: str, *, person: bool = False) -> Name:
    """Read one name. ``person`` keeps every word: "Ad", "As" and "Sa" are parts of people's names.

    >>> read_name("INTELLEXA ANONYMI ETAIREIA").core, read_name("Intellexa S.A.").forms
    (('intellexa',), frozenset({'sa'}))
    """
    words = tuple(fold(text).split())
    core, forms, dropped = (words, (), ()) if person else _without_form(words)
    return Name(
        text=text,
        words=words,
        core=core,
        forms=frozenset(forms),
        dropped=dropped,
        abjad=bool(_ABJAD.search(text)),
        syllabic=bool(_SYLLABIC.search(text)),
        latin=text.isascii() or _is_latin(text),
    )


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in text if c.isalpha() and not c.isascii())


def _without_form(
    words: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The words left, the codes of the forms taken out, and how these were written."""
    left = list(words)
    codes: list[str] = []
    dropped: list[str] = []

    def take(start: int, length: int) -> None:
        part = tuple(left[start : start + length])
        codes.append(SEQUENCES[part])
        dropped.append(" ".join(part))
        del left[start : start + length]

    # A name that is nothing but a form ("Limited", "AS") keeps its words.
    while length := _form_at_end(left):
        take(len(left) - length, length)
    while length := _form_at_start(left):
        take(0, length)
    place = 1
    while place < len(left) - 1:
        length = _form_within(left, place)
        if length:
            take(place, length)
        else:
            place += 1
    return tuple(left), tuple(codes), tuple(dropped)


def _form_at_end(words: list[str]) -> int:
    for length in range(min(LONGEST, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in SEQUENCES:
            return length
    return 0


def _form_at_start(words: list[str]) -> int:
    for length in range(min(LONGEST, len(words) - 1), 0, -1):
        part = tuple(words[:length])
        if part in AT_START or (length > 1 and part in ANYWHERE):
            return length
    return 0


def _form_within(words: list[str], place: int) -> int:
    for length in range(min(LONGEST, len(words) - place), 0, -1):
        if tuple(words[place : place + length]) in ANYWHERE:
            return length
    return 0
