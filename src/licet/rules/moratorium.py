"""A moratorium as an object: scope, start, legal basis, what lifts it, and an override if it has one.

It is declared in a file and stands in the rulebooks that it names. :func:`with_moratoria` gives a
rulebook with it added, so that everything that applies a rulebook sees it by the same code; the
rulebook's own digest stays, and the moratorium is an input with a digest of its own.

An override exists only where the moratorium's own text grants one. Must not read a case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from licet.errors import Fault, InputError, RulebookError, nearest
from licet.model.canonical import digest
from licet.model.outcome import Effect
from licet.rules.evaluate import InForce, in_force
from licet.rules.grammar import Group, Node, Not, Ref
from licet.rules.lifting import Condition, read_conditions
from licet.rules.rulebook import PROVISION_SCHEMA, BookKind, CheckLevel
from licet.rules.shape import faults_of
from licet.rules.standalone import provision_of
from licet.rules.strict_yaml import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from licet.model.dates import Span
    from licet.rules.rulebook import Cite, Provision, Rulebook
    from licet.rules.scope import Days
    from licet.rules.shape import Kind

T = TypeVar("T")
MORATORIUM_SCHEMA = "licet/moratorium/1"
EFFECTS = (Effect.PROHIBITED, Effect.REFUSAL_REQUIRED)
"""What a moratorium may do."""
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_KEPT = ("in_force", "scope", "when", "checked")
_FIELDS: Mapping[str, Kind] = {
    **dict.fromkeys(("schema", "id", "title", "declared_by", "effect", "scope"), "text"),
    **dict.fromkeys(("because", "binds", "reading", "note"), "text"),
    **dict.fromkeys(("legal_basis", "checked", "stands_in", "override"), "map"),
    **dict.fromkeys(("prevails_over", "yields_to"), "texts"),
    "in_force": "map_or_maps",
    "when": "condition",
    "lifts_when": "maps",
}
_NEEDED = ("id", "title", "declared_by", "legal_basis", "checked", "stands_in", "in_force", "when")
_STANDS_IN: Mapping[str, Kind] = dict.fromkeys(("rulebooks", "jurisdictions"), "texts")
_OVERRIDE: Mapping[str, Kind] = {
    **dict.fromkeys(("by", "says"), "text"),
    "cite": "map",
    "when": "condition",
}


@dataclass(frozen=True, slots=True)
class OverrideClause:
    """The words of a moratorium that let a named authority set it aside in a single case."""

    by: str
    """The office that may do so, as the clause names it."""
    cite: Cite
    says: str = ""
    when: Node | None = None
    """The condition under which it may, if the clause sets one."""


@dataclass(frozen=True, slots=True)
class Moratorium:
    """One moratorium, read and checked. ``digest`` covers everything that its file says."""

    id: str
    title: str
    declared_by: str
    provision: Provision
    """Its legal basis, its days, its scope as a condition, and its effect."""
    rulebooks: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    conditions: tuple[Condition, ...]
    override: OverrideClause | None
    yields_to: tuple[str, ...]
    raw: Mapping[str, Any]
    digest: str

    def stands_in(self, book: Rulebook) -> bool:
        """Whether it stands in a rulebook: by its name, or as law of the rulebook's jurisdiction."""
        by_jurisdiction = book.kind is BookKind.BINDING and book.jurisdiction in self.jurisdictions
        return book.id in self.rulebooks or by_jurisdiction

    def stored(self) -> dict[str, str]:
        """What a determination holds of it."""
        return {"id": self.id, "digest": self.digest}

    def in_force_on(self, days: Days) -> InForce:
        """Whether it is in force on the day of its anchor, whether or not it has been lifted."""
        return in_force(self.provision.periods, days, self.provision.anchor)

    def anchor_day(self, days: Days) -> Span:
        """The day by which it looks."""
        return days.of(self.provision.anchor)


# Reading -------------------------------------------------------------------------------------


def read_moratorium(path: Path | str) -> Moratorium:
    """Read a moratorium from a file. Raises InputError with every fault, each naming its path."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", str(path))) from error
    return build_moratorium(read_bytes(raw, str(path)), str(path))


def build_moratorium(raw: Any, file: str) -> Moratorium:
    """Build a moratorium from strict values. Raises RulebookError with every fault."""
    if not isinstance(raw, dict) or raw.get("schema") != MORATORIUM_SCHEMA:
        got = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        raise RulebookError(Fault("schema", f"got {got!r}: write {MORATORIUM_SCHEMA}", file))
    faults = list(faults_of(raw, _FIELDS, file))
    faults += [Fault(key, "is missing", file) for key in _NEEDED if not raw.get(key)]
    if faults:
        raise RulebookError(faults)
    faults += _wrong_values(raw, file)
    faults += faults_of(raw["stands_in"], _STANDS_IN, file, "stands_in.")
    if not any(raw["stands_in"].get(key) for key in _STANDS_IN):
        faults.append(Fault("stands_in", "names no rulebook and no jurisdiction", file))
    provision = _gather(faults, lambda: _provision(raw, file))
    conditions = _gather(
        faults, lambda: read_conditions(raw.get("lifts_when", ()), file, "lifts_when")
    )
    override = _gather(faults, lambda: _override(raw.get("override"), file))
    if faults or provision is None or conditions is None:
        raise RulebookError(faults)
    return Moratorium(
        id=raw["id"],
        title=raw["title"],
        declared_by=raw["declared_by"],
        provision=provision,
        rulebooks=tuple(raw["stands_in"].get("rulebooks", ())),
        jurisdictions=tuple(raw["stands_in"].get("jurisdictions", ())),
        conditions=conditions,
        override=override,
        yields_to=tuple(raw.get("yields_to", ())),
        raw=raw,
        digest=digest(raw),
    )


def _gather(faults: list[Fault], read: Callable[[], T]) -> T | None:
    """What a reader gives, or None and its faults among the others."""
    try:
        return read()
    except InputError as error:
        faults.extend(error.faults)
        return None


def _wrong_values(raw: Mapping[str, Any], file: str) -> Iterator[Fault]:
    if not re.fullmatch(ID_PATTERN, raw["id"]):
        yield Fault("id", f"got {raw['id']!r}: use letters, digits, dots and dashes", file)
    effect = raw.get("effect", Effect.REFUSAL_REQUIRED.value)
    if effect not in EFFECTS:
        known = " or ".join(EFFECTS)
        hint = nearest(effect, [e.value for e in EFFECTS])
        yield Fault("effect", f"got {effect!r}: a moratorium is {known}{hint}", file)


def _provision(raw: Mapping[str, Any], file: str) -> Provision:
    effect = raw.get("effect", Effect.REFUSAL_REQUIRED.value)
    body = {
        "schema": PROVISION_SCHEMA,
        "provision": raw["id"],
        "title": raw["title"],
        "cite": raw["legal_basis"],
        **{key: raw[key] for key in _KEPT if key in raw},
        "reading": raw.get("reading", ""),
        "binds": raw.get("binds", ""),
        "then": {
            # A wrong word is told once, by the moratorium's own check.
            "effect": effect if effect in EFFECTS else Effect.REFUSAL_REQUIRED.value,
            "because": raw.get("because", "") or raw["title"],
            "prevails_over": raw.get("prevails_over", []),
        },
    }
    try:
        return provision_of(body, file)
    except InputError as error:
        raise RulebookError([_in_its_words(fault) for fault in error.faults]) from None


def _in_its_words(fault: Fault) -> Fault:
    """A fault of the provision with the path as the moratorium's file has it."""
    name, _, rest = fault.path.partition(".")
    path = {"cite": "legal_basis", "then": ""}.get(name, name)
    return replace(fault, path=".".join(part for part in (path, rest) if part))


def _override(raw: Any, file: str) -> OverrideClause | None:
    if raw is None:
        return None
    faults = list(faults_of(raw, _OVERRIDE, file, "override."))
    faults += [
        Fault(f"override.{key}", "is missing", file) for key in ("by", "cite") if not raw.get(key)
    ]
    if faults:
        raise RulebookError(faults)
    body = {
        "schema": PROVISION_SCHEMA,
        "provision": "override",
        "title": "override",
        "cite": raw["cite"],
        "checked": {"level": CheckLevel.MEMORY.value},
        "in_force": {"from": date.min.isoformat()},
        "then": {"effect": Effect.DEFINITION.value},
        **({"when": raw["when"]} if "when" in raw else {}),
    }
    clause = provision_of(body, file, "override")
    return OverrideClause(raw["by"], clause.cite, raw.get("says", ""), clause.when)


# Standing in a rulebook ----------------------------------------------------------------------


def with_moratoria(book: Rulebook, moratoria: Iterable[Moratorium]) -> Rulebook:
    """The rulebook with those of the moratoria added that stand in it; the rulebook itself if none.

    Each becomes a provision that is listed in ``book.moratoria``, so that every answer is also
    given with it lifted. Raises RulebookError where one cannot stand there.
    """
    standing = tuple(m for m in moratoria if m.stands_in(book))
    if not standing:
        return book
    faults = [fault for m in standing for fault in _cannot_stand(m, book)]
    provisions = dict(book.provisions)
    for m in standing:
        for provision in _provisions_of(m, book):
            if provision.id in provisions or provision.id in book.terms:
                faults.append(
                    Fault("id", f"{provision.id!r} is taken in {book.id}: choose another")
                )
            provisions[provision.id] = provision
        for name in m.yields_to:
            if name in provisions:
                exempt = provisions[name]
                provisions[name] = replace(exempt, releases=(*exempt.releases, m.id))
    if faults:
        raise RulebookError(faults)
    return replace(
        book,
        provisions=provisions,
        moratoria=(*book.moratoria, *(m.id for m in standing)),
        declared=(*book.declared, *standing),
        # What the book keeps about its conditions goes by their place in memory: begun anew.
        _lists_on={},
        _under={},
        _parts={},
    )


def declare(books: Mapping[str, Rulebook], moratoria: Iterable[Moratorium]) -> dict[str, Rulebook]:
    """All the rulebooks, with the moratoria standing where they say that they stand.

    Raises RulebookError where one names a rulebook, a jurisdiction or a provision that is not there.
    """
    given = tuple(moratoria)
    faults = [fault for m in given for fault in _unknown_names(m, books)]
    ids = [m.id for m in given]
    faults += [
        Fault("id", f"{name!r} is declared twice: keep one")
        for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    if faults:
        raise RulebookError(faults)
    return {name: with_moratoria(book, given) for name, book in books.items()}


def overridden(book: Rulebook, moratorium: Moratorium) -> Rulebook:
    """The rulebook with one of its declared moratoria set aside as far as its clause lets it be.

    Raises RulebookError where its text has no such clause.
    """
    clause = moratorium.override
    if clause is None:
        raise RulebookError(
            Fault(
                "overrides", f"{moratorium.id}: its own text grants no override, so there is none"
            )
        )
    provision = book.provisions[moratorium.id]
    aside: Node = clause.when or Group("override", "all", ())
    parts = (*([provision.when] if provision.when else []), Not("override", aside, SET_ASIDE))
    changed = replace(provision, when=Group("when", "all", parts))
    provisions = {**book.provisions, provision.id: changed}
    return replace(book, provisions=provisions, _lists_on={}, _under={}, _parts={})


SET_ASIDE = "no override under its own clause is on record for this case"


def _provisions_of(m: Moratorium, book: Rulebook) -> Iterator[Provision]:
    """The moratorium as a provision of this book, then its lifting conditions as provisions."""
    lifts = tuple(_lifting(m, condition) for condition in m.conditions)
    parts: tuple[Node, ...] = (m.provision.when,) if m.provision.when is not None else ()
    if lifts:
        refs = tuple(Ref(f"lifts_when[{i}]", p.id) for i, p in enumerate(lifts))
        parts += (Not("lifts_when", Group("lifts_when", "all", refs), NOT_LIFTED),)
    prevails = tuple(name for name in m.provision.prevails_over if name in book.provisions)
    yield replace(m.provision, when=Group("when", "all", parts), prevails_over=prevails)
    yield from lifts


NOT_LIFTED = "not all of its lifting conditions are on record as in force"


def _lifting(m: Moratorium, condition: Condition) -> Provision:
    """A lifting condition as a provision: in force on the days on which it is met."""
    return replace(
        m.provision,
        id=f"{m.id}.{condition.id}",
        title=condition.title,
        cite=condition.cite,
        periods=condition.periods_in_force(),
        when=None,
        effect=Effect.DEFINITION,
        defines=condition.id,
        because=condition.title,
        reading="",
        prevails_over=(),
    )


def _cannot_stand(m: Moratorium, book: Rulebook) -> Iterator[Fault]:
    policy = m.provision.checked.level is CheckLevel.POLICY
    if book.kind not in (BookKind.BINDING, BookKind.MODEL):
        yield Fault("stands_in", f"{m.id} cannot stand in {book.id}: it sets no outcome of its own")
    elif policy and book.kind is BookKind.BINDING:
        yield Fault(
            "stands_in",
            f"{m.id} is policy (checked.level) and {book.id} is law: law and policy never share a "
            "rulebook; let it stand in a model rulebook of your own",
        )
    elif book.retrospective:
        yield Fault(
            "stands_in",
            f"{m.id} cannot stand in {book.id}, which looks back to years before itself: no "
            "moratorium does; let it stand in another rulebook",
        )


def _unknown_names(m: Moratorium, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    for name in m.rulebooks:
        if name not in books:
            hint = nearest(name, books)
            yield Fault("stands_in", f"{m.id} stands in {name!r}, which is no rulebook here{hint}")
    law = {book.jurisdiction for book in books.values() if book.kind is BookKind.BINDING}
    for name in m.jurisdictions:
        if name not in law:
            known = ", ".join(sorted(law))
            yield Fault("stands_in", f"{m.id} names {name!r}: jurisdictions with law here: {known}")
    exempt = {
        p.id
        for book in books.values()
        if m.stands_in(book)
        for p in book.provisions.values()
        if p.effect is Effect.EXEMPT
    }
    for key, names in (("prevails_over", m.provision.prevails_over), ("yields_to", m.yields_to)):
        for name in names:
            if name not in exempt:
                hint = nearest(name, exempt)
                yield Fault(
                    key, f"{m.id} names {name!r}, which is no exemption where it stands{hint}"
                )
