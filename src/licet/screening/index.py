"""The index over all listed names: candidates by the beginnings and sounds of words, then a score.

Nothing here reads a source: it is built from plain rows. Two names are equal when their words are
the same but for legal form, order, case, script and diacritics; near names are scored with
rapidfuzz on the sorted words and on the words joined up. A name contained in another is not near.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from licet.errors import Fault, InputError, ScreeningError
from licet.screening.names import Name, read_name
from licet.screening.query import Basis, Country, Hit, ListVersion, Query, Result, Status
from licet.screening.sound import skeleton, skeletons_of_abjad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from licet.screening.query import ListedName

REVIEW_LINE = 900
"""From this score a near name is shown to a reviewer. Chosen for few false alarms on persons who
are on no list: at 900 a word of ten letters may differ by one."""

COMMON = 2_500
"""A word-beginning shared by more names than this finds no candidates by itself."""

SHORT = 5
"""A single word of fewer letters is found by the very same name only."""

FEW = 20
"""A word that no more names than this carry is telling, also when it stands alone."""

SAME_CONSONANTS = 940
"""The score of a name in Arabic or Hebrew letters whose consonants are those of a listed name."""

LEAST_CONSONANTS = 3
"""Fewer consonants than this say nothing."""

TELLING = 80
"""How alike, of 100, the words must be that two near names do not share with many firms."""

SCHEMA = "licet/screening-index/2"


class Index:
    """All listed names, ready to search. Use :meth:`build` or :meth:`load`.

    Held as lines of text and taken apart only where a search needs them, so that loading is quick.
    """

    def __init__(
        self,
        names: list[str],
        entries: list[str],
        postings: Mapping[str, str],
        versions: tuple[ListVersion, ...],
        made_from: str,
    ) -> None:
        if not names or not versions:
            raise ScreeningError(
                "the screening index is empty: a list that failed to load stops "
                "the work; build the snapshot again"
            )
        self._names = names
        self._keys = [line.split("\t", 2)[1] for line in names]
        self._read: dict[str, list[int]] = {}
        self._entries = entries
        self._postings = postings
        self.versions = versions
        self.made_from = made_from

    @classmethod
    def build(
        cls, rows: Iterable[ListedName], versions: Iterable[ListVersion], made_from: str = ""
    ) -> Index:
        """Build an index. ``made_from`` names what it was made from, such as a snapshot's digest."""
        names: list[str] = []
        entries: list[str] = []
        numbers: dict[str, int] = {}
        postings: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            if row.listing_id not in numbers:
                numbers[row.listing_id] = len(entries)
                entries.append(_entry_line(row))
            name = read_name(row.name, person=row.party_type == "individual")
            if not name.core:
                continue
            bare = _without_generic(name.key)
            house = (f"g{bare}",) if bare and bare != name.key else ()
            for block in (f"k{name.key}", *house, *_blocks(name)):
                postings[block].append(len(names))
            text = " ".join(row.name.split())
            names.append(f"{text}\t{name.key}\t{row.kind}\t{numbers[row.listing_id]}")
        packed = {block: ",".join(map(str, found)) for block, found in sorted(postings.items())}
        return cls(names, entries, packed, tuple(versions), made_from)

    def save(self, path: Path) -> None:
        """Write the index to one file; the same index gives the same bytes."""
        head = {
            "schema": SCHEMA,
            "made_from": self.made_from,
            "versions": [
                [v.code, v.name, v.published.isoformat(), v.max_age_days] for v in self.versions
            ],
            "names": len(self._names),
            "entries": len(self._entries),
            "postings": len(self._postings),
        }
        text = "\n".join((json.dumps(head, sort_keys=True), *self._lines()))
        path.write_bytes(gzip.compress(text.encode(), compresslevel=6, mtime=0))

    def _lines(self) -> Iterator[str]:
        yield from self._names
        yield from self._entries
        yield from (f"{block}\t{numbers}" for block, numbers in self._postings.items())

    def same_as(self, other: Index) -> bool:
        """Whether two indices hold the same, made from the same lists."""
        return (self.made_from, self.versions, *self._lines()) == (
            other.made_from,
            other.versions,
            *other._lines(),
        )

    @classmethod
    def load(cls, path: Path) -> Index:
        """Read an index. Raises ScreeningError when the file is missing, cut off or not one."""
        try:
            first, *lines = gzip.decompress(path.read_bytes()).decode().split("\n")
            head = json.loads(first)
            if head["schema"] != SCHEMA:
                raise ValueError(f"it is of the form {head['schema']!r}, this reads {SCHEMA!r}")
            versions = tuple(
                ListVersion(code, name, date.fromisoformat(published), age)
                for code, name, published, age in head["versions"]
            )
            one, two = head["names"], head["names"] + head["entries"]
            if len(lines) != two + head["postings"]:
                raise ValueError("it is cut off")
            postings = dict(line.split("\t", 1) for line in lines[two:])
            return cls(lines[:one], lines[one:two], postings, versions, head["made_from"])
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise ScreeningError(
                Fault(
                    "",
                    f"is not a whole screening index ({error}): build it again with "
                    "`licet evidence build`",
                    str(path),
                )
            ) from error

    def __len__(self) -> int:
        return len(self._names)

    # Search

    def screen(self, query: Query, *, day: date) -> Result:
        """Search every name of a party on every list.

        Raises InputError for a party that cannot be looked up: nameless, a name that cannot be
        compared, a person without role and purpose.
        """
        if not query.name.strip():
            raise InputError("a party without a name cannot be screened: give its name")
        if query.person and not (query.role.strip() and query.purpose.strip()):
            raise InputError(
                f"{query.name!r} is a natural person: state the role in the case and the purpose "
                "of screening; without them no person is looked up"
            )
        texts = tuple(dict.fromkeys((query.name, *query.aliases)))
        if not any(comparable(read_name(text, person=query.person)) for text in texts):
            raise InputError(
                f"{query.name!r} has nothing in it that can be compared with a list: give the name "
                "as it is written in letters, or an alias in Latin letters"
            )
        best: dict[tuple[str, str], Hit] = {}
        for text in texts:
            for hit in self._search(text, query, day):
                key = (hit.listing_id, hit.status)
                if key not in best or hit.score > best[key].score:
                    best[key] = hit
        hits = sorted(best.values(), key=lambda h: (-h.score, h.list_code, h.listing_id))
        return Result(query, day, tuple(hits), self.versions)

    def _search(self, text: str, query: Query, day: date) -> Iterable[Hit]:
        name = read_name(text, person=query.person)
        if not name.core:
            return
        exact = set(self._posting(f"k{name.key}"))
        for number in exact:
            yield self._hit(name, number, 1000, query, day, exact=True)
        near = self._near_by_sound(name)
        if len(name.core) > 1 or len(name.core[0]) >= SHORT:
            # A short single word is like too many others: only the very same name counts.
            near |= self._near(name)
            near |= self._near_person(name) if query.person else {}
        near |= {n: max(near.get(n, 0), REVIEW_LINE) for n in self._of_one_house(name)}
        for number, score in near.items():
            if number not in exact:
                yield self._hit(name, number, score, query, day, exact=False)

    def _near(self, name: Name) -> dict[int, int]:
        """Names from the review line up by their spelling, words apart or joined."""
        from rapidfuzz import fuzz, process

        numbers = sorted(self._candidates(name))
        keys = [self._keys[number] for number in numbers]
        joined = [self._joined[number] for number in numbers]
        found: dict[int, int] = {}
        for text, choices in ((name.key, keys), (name.key.replace(" ", ""), joined)):
            near = process.extract(
                text, choices, scorer=fuzz.ratio, score_cutoff=(REVIEW_LINE - 0.5) / 10, limit=None
            )
            for _, score, place in near:
                number = numbers[place]
                if _alike_beside_generic(name.key, self._keys[number]):
                    found[number] = max(found.get(number, 0), round(10 * score))
        return found

    @cached_property
    def _joined(self) -> list[str]:
        return [key.replace(" ", "") for key in self._keys]

    def _near_by_sound(self, name: Name) -> dict[int, int]:
        """Names of the same consonants, for scripts that leave vowels out."""
        if not name.abjad:
            return {}
        joined = "".join(name.core)
        numbers = [
            number
            for sound in skeletons_of_abjad(joined)
            if len(sound) >= LEAST_CONSONANTS
            for number in self._posting(f"t{sound}")
        ]
        return dict.fromkeys(numbers, SAME_CONSONANTS)

    def _near_person(self, name: Name) -> dict[int, int]:
        """People whose listed name has these words and more: a middle name is often left out."""
        words = set(name.core)
        if len(words) < 2:
            return {}
        return {
            number: REVIEW_LINE
            for number in self._candidates(name)
            if words < set(self._keys[number].split()) and self._is_person(number)
        }

    def _is_person(self, number: int) -> bool:
        entry = self._entries[int(self._names[number].rsplit("\t", 1)[1])]
        return bool(json.loads(entry)[2] == "individual")

    def _of_one_house(self, name: Name) -> Iterable[int]:
        """Names that differ by generic words alone ("Technologies", "Group"), if they are few."""
        bare = _without_generic(name.key)
        if len(bare) < LEAST_CONSONANTS:
            return ()
        numbers = {*self._posting(f"g{bare}"), *self._posting(f"k{bare}")}
        several = " " in bare
        return sorted(numbers) if several or len(numbers) <= FEW else ()

    def _posting(self, block: str) -> list[int]:
        found = self._read.get(block)
        if found is None:
            numbers = self._postings.get(block)
            found = [int(number) for number in numbers.split(",")] if numbers else []
            self._read[block] = found
        return found

    def _candidates(self, name: Name) -> set[int]:
        found: set[int] = set()
        lists = [self._posting(block) for block in _blocks(name)]
        for posting in lists:
            if len(posting) <= COMMON:
                found.update(posting)
        if not found and lists:
            found.update(next(p for p in lists if len(p) == min(map(len, lists))))
        return found

    def _hit(
        self, name: Name, number: int, score: int, query: Query, day: date, *, exact: bool
    ) -> Hit:
        text, key, kind, entry_number = self._names[number].split("\t")
        entry = json.loads(self._entries[int(entry_number)])
        listing_id, code, _, countries, first, last, programmes, citation, policy, rule = entry
        country = _country(query.countries, countries)
        listed_from = date.fromisoformat(first) if first else None
        listed_to = date.fromisoformat(last) if last else None
        return Hit(
            name.text,
            text,
            listing_id,
            code,
            score,
            _basis(kind, country, exact=exact),
            country,
            self._status(listed_from, listed_to, code, day),
            listed_from,
            listed_to,
            tuple(programmes),
            citation,
            policy,
            rule,
            tuple(_reasons(name, text, key, kind, score, exact=exact)),
        )

    def _status(self, first: date | None, last: date | None, code: str, day: date) -> Status:
        if last is not None and day >= last:
            return Status.REMOVED
        if first is not None:
            return Status.LISTED if day >= first else Status.NOT_YET_LISTED
        published = next((v.published for v in self.versions if v.code == code), None)
        return Status.LISTED if published and published <= day else Status.UNDATED


def _blocks(name: Name) -> tuple[str, ...]:
    """The keys under which a name can be found: word beginnings, sounds, and all words joined."""
    keys = {f"p{word[:4]}" for word in name.core if len(word) > 1}
    keys |= {f"s{skeleton(word)}" for word in name.core if len(word) > 3}
    joined = "".join(name.core)
    keys |= {f"j{joined[:5]}", f"t{skeleton(joined)}"}
    return tuple(sorted(keys))


def _entry_line(row: ListedName) -> str:
    return json.dumps(
        [
            row.listing_id,
            row.list_code,
            row.party_type,
            list(row.countries),
            row.listed_from.isoformat() if row.listed_from else "",
            row.listed_to.isoformat() if row.listed_to else "",
            list(row.programmes),
            row.citation,
            row.licence_policy,
            row.rule,
        ],
        ensure_ascii=False,
    )


GENERIC = frozenset(
    {
        *("technologies", "technology", "tech", "systems", "system", "solutions", "group"),
        *("holding", "holdings", "international", "global", "services", "service", "security"),
        *("software", "industries", "enterprise", "enterprises"),
    }
)
"""Words by which firms of one house often differ: with nothing else between two names of at least
two words, a reviewer should look."""


def comparable(name: Name) -> bool:
    """Whether a name has enough in it to be compared: without vowels, at least three consonants."""
    if not name.abjad:
        return bool(name.core)
    sounds = skeletons_of_abjad("".join(name.core)) if name.core else ()
    return any(len(sound) >= LEAST_CONSONANTS for sound in sounds)


def _alike_beside_generic(left: str, right: str) -> bool:
    """Whether two near names are near in their telling words too: "Nexa" is not "Neway"."""
    from rapidfuzz import fuzz

    ours, theirs = _without_generic(left), _without_generic(right)
    if ours == left or theirs == right or not ours or not theirs:
        return True
    return fuzz.ratio(ours.replace(" ", ""), theirs.replace(" ", "")) >= TELLING


def _without_generic(key: str) -> str:
    return " ".join(word for word in key.split() if word not in GENERIC)


def _basis(kind: str, country: Country, *, exact: bool) -> Basis:
    """Why a name was found. A score alone never makes a name the same (semantics, 3)."""
    if not exact:
        return Basis.FUZZY
    if kind == "weak":
        return Basis.WEAK_ALIAS
    agrees = country is Country.AGREES
    return Basis.EXACT_NAME_COUNTRY_AGREES if agrees else Basis.EXACT_NAME


def _country(stated: tuple[str, ...], listed: list[str]) -> Country:
    if not stated or not listed:
        return Country.ABSENT
    return Country.AGREES if set(stated) & set(listed) else Country.CONTRADICTS


def _reasons(
    name: Name, matched: str, key: str, kind: str, score: int, *, exact: bool
) -> Iterable[str]:
    """Why the names count as the same or as near, in plain sentences."""
    listed = read_name(matched)
    if exact:
        yield (
            "the names are equal"
            if name.text.casefold() == matched.casefold()
            else "the words are equal"
        )
    elif score == SAME_CONSONANTS and name.abjad:
        yield f"the consonants agree: {name.key!r} and {key!r}"
    elif _without_generic(name.key) == _without_generic(key):
        yield f"the names differ by words that many firms share: {name.key!r} and {key!r}"
    else:
        yield f"the spelling is near ({score} of 1000): {name.key!r} and {key!r}"
    if name.core != listed.core and sorted(name.core) == sorted(listed.core):
        yield "the order of the words differs"
    if name.forms != listed.forms:
        yield "the legal form was left aside"
    if name.latin != listed.latin:
        yield "one of the names was transliterated"
    if kind == "weak":
        yield "the list itself calls this alias weak"
    elif kind == "alias":
        yield "the name is an alias on the list"
