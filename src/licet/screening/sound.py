"""How a word sounds, roughly: a skeleton of consonants that survives transliteration.

Used to find candidates and to compare words across scripts. Two words of one skeleton are not
thereby one word: how much that counts is said in :mod:`licet.screening.index`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = (
    ("tsch", "c"),
    ("dzh", "j"),
    ("sch", "s"),
    ("tch", "c"),
    ("shch", "s"),
    ("ch(?=[lnrst]|$)", "k"),
    ("chn", "kn"),
    ("ch", "c"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("dh", "d"),
    ("th", "t"),
    ("sh", "s"),
    ("dj", "j"),
    ("zh", "j"),
    ("tz", "s"),
    ("ts", "s"),
    ("x", "ks"),
    ("qu", "k"),
    ("c(?=[eiy])", "s"),
    ("g(?=[eiy])", "j"),
)
_RULES = tuple((re.compile(pattern), to) for pattern, to in _SPELLINGS)
_LETTERS = str.maketrans({"q": "k", "c": "k", "w": "v", "z": "s"})
_SOFT = re.compile(r"[aeiouyh]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a folded word, spellings of one sound joined.

    >>> skeleton("technologies"), skeleton("teknolodzhiz")
    ('tknljs', 'tknljs')
    >>> skeleton("muhammad"), skeleton("mhmd")
    ('md', 'md')
    """
    sound = word
    for pattern, to in _RULES:
        sound = pattern.sub(to, sound)
    sound = sound.translate(_LETTERS)
    if not sound:
        return ""
    first = "a" if sound[0] in "aeiouy" else sound[0]
    return _TWICE.sub(r"\1", first + _SOFT.sub("", sound[1:]))


def skeletons_of_abjad(word: str) -> tuple[str, ...]:
    """The skeletons a word from Arabic or Hebrew script may have: its "w" may be a vowel.

    >>> skeletons_of_abjad("mhmwd")
    ('mvd', 'md')
    """
    return tuple(dict.fromkeys((skeleton(word), skeleton(word[:1] + word[1:].replace("w", "")))))
