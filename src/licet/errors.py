"""Every error Licet raises on purpose: what is wrong, what was got, what to do.

A message names the file, the path inside it and the remedy. Errors that belong together (all the
faults of one file) are raised together, as one :class:`InputError` with several faults.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LicetError(Exception):
    """Something Licet refuses to do, said in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one input: where it stands, what is wrong, what to do."""

    path: str
    message: str
    file: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.path) if part)
        return f"{place}: {self.message}" if place else self.message


class InputError(LicetError):
    """An input that cannot be used. Carries every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = (Fault("", faults),)
        elif isinstance(faults, Fault):
            faults = (faults,)
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class RulebookError(InputError):
    """A rulebook, fact dictionary or provision that cannot be loaded or does not hold together."""


class EvidenceError(InputError):
    """A source or snapshot that is missing, damaged, cut off or has shrunk."""


class ScreeningError(InputError):
    """Screening that could not be done. It stops the work: a failed search is not a clear one."""


class ReplayError(InputError):
    """A determination that cannot be recomputed, or comes out differently."""


_PART = 4
"""How many letters a part of a name needs to point at it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The words ``; nearest: 'x'`` for the closest known name, or nothing.

    >>> nearest("item.surveilance", ["item.surveillance", "dest.country"])
    "; nearest: 'item.surveillance'"
    >>> nearest("zzz", ["item.surveillance"])
    ''
    >>> nearest("police", ["company", "government_police"])
    "; nearest: 'government_police'"
    """
    names = list(known)
    begins = sorted((other for other in names if other.startswith(name)), key=len)
    if begins and len(name) >= _PART:
        return f"; nearest: {begins[0]!r}"
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if not close and len(name) >= _PART:
        close = [other for other in names if name in other][:1]
    return f"; nearest: {close[0]!r}" if close else ""
