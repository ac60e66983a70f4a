"""Build one rulebook from what its files hold, and tell every fault of all of them at once.

Everything that can be checked without a case is checked here. Must not read files.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError, RulebookError, nearest
from licet.model.fact import FactType
from licet.model.outcome import Effect
from licet.rules.grammar import Reader, require
from licet.rules.read_examples import ExampleReader
from licet.rules.references import reference_faults
from licet.rules.rivals import read_readings, under_readings
from licet.rules.rulebook import (
    PROVISION_SCHEMA,
    BookKind,
    Checked,
    CheckLevel,
    Cite,
    ListRow,
    PromiseException,
    Provision,
    Rulebook,
    Scope,
    Term,
    book_digest,
    evaluated_part,
)
from licet.rules.shape import faults_of
from licet.rules.times import day_or_none, read_anchor, read_periods

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from licet.rules.deadlines import DeadlineRule
    from licet.rules.dictionary import Dictionary
    from licet.rules.grammar import Node
    from licet.rules.shape import Kind

_PROVISION: Mapping[str, Kind] = {
    **dict.fromkeys(("schema", "provision", "title", "scope", "binds"), "text"),
    **dict.fromkeys(("reading", "contested", "settled_by"), "text"),
    **dict.fromkeys(("cite", "checked", "then"), "map"),
    "in_force": "map_or_maps",
    "when": "condition",
    "readings": "maps",
    "tests": "maps",
    "history": "maps",
    "weighs": "texts",
}
_THEN: Mapping[str, Kind] = {
    **dict.fromkeys(("effect", "on_review", "dimension", "grade", "defines", "because"), "text"),
    **dict.fromkeys(("releases", "prevails_over", "conditions"), "texts"),
    "for_kinds": "map",
}
_BOOK: Mapping[str, Kind] = {
    **dict.fromkeys(("schema", "id", "title", "jurisdiction", "kind", "version"), "text"),
    **dict.fromkeys(("authority", "retrospective", "licence"), "text"),
    **dict.fromkeys(("uses", "not_considered", "moratoria"), "texts"),
    "reaches": "condition",
    "terms": "map_of_maps",
    "derive": "map",
    **dict.fromkeys(("gaps", "deadlines", "findings_kept", "promises_except"), "maps"),
}
_CITE: Mapping[str, Kind] = dict.fromkeys(("instrument", "locator", "url", "text_sha256"), "text")
_CHECKED: Mapping[str, Kind] = dict.fromkeys(("level", "source", "on", "by"), "text")
_READING: Mapping[str, Kind] = {
    **dict.fromkeys(("name", "authority", "applies"), "text"),
    "when": "condition",
}
_TERM: Mapping[str, Kind] = {"says": "text", "when": "condition"}
_GAP: Mapping[str, Kind] = dict.fromkeys(("provision", "instrument", "article", "says"), "text")
_KEPT: Mapping[str, Kind] = dict.fromkeys(("finding", "about", "because"), "text")
_EXCEPTION: Mapping[str, Kind] = {"where": "condition", "because": "text"}
_EXAMPLE: Mapping[str, Kind] = {
    **dict.fromkeys(("name", "date", "expect", "then"), "text"),
    **dict.fromkeys(("given", "dates"), "map"),
    "asks": "texts",
}


def build(files: Mapping[str, Any], folder: str, dictionary: Dictionary) -> Rulebook:
    """Build a rulebook from what its files hold, by name. Raises RulebookError with every fault."""
    return Builder(files, folder, dictionary).build()


class Builder:
    """Builds one rulebook and gathers every fault on the way."""

    def __init__(self, files: Mapping[str, Any], folder: str, dictionary: Dictionary) -> None:
        self.files = files
        self.folder = folder
        self.dictionary = dictionary
        self.faults: list[Fault] = []
        self.lists: dict[str, tuple[ListRow, ...]] = {}

    def build(self) -> Rulebook:
        """Build the rulebook. Raises RulebookError with every fault."""
        raw = self.files.get("rulebook.yaml")
        if not isinstance(raw, dict):
            raise RulebookError(Fault("", "lacks rulebook.yaml", self.folder))
        self._shape(raw, _BOOK, "rulebook.yaml")
        for key in ("id", "title", "jurisdiction", "kind"):
            if not raw.get(key):
                self._fault(key, "is missing", "rulebook.yaml")
        if isinstance(raw.get("id"), str) and not raw["id"].isascii():
            self._fault(
                "id", f"got {raw['id']!r}: use letters of the ASCII alphabet", "rulebook.yaml"
            )
        for name, body in _map(raw.get("terms")).items():
            self._shape(body, _TERM, "rulebook.yaml", f"terms.{name}.")
        for i, gap in enumerate(_list(raw.get("gaps"))):
            self._shape(gap, _GAP, "rulebook.yaml", f"gaps[{i}].")
        for key, fields in (("findings_kept", _KEPT), ("promises_except", _EXCEPTION)):
            for i, entry in enumerate(_list(raw.get(key))):
                self._shape(entry, fields, "rulebook.yaml", f"{key}[{i}].")
                if isinstance(entry, dict) and not fields.keys() <= entry.keys():
                    self._fault(f"{key}[{i}]", f"needs {', '.join(fields)}", "rulebook.yaml")
        require(self.faults)
        self._read_lists()
        provisions = self._provisions()
        terms = self._terms(raw)
        reader = self._reader("rulebook.yaml")
        reaches = reader.condition(raw["reaches"], "reaches") if "reaches" in raw else None
        derive = self._derive(raw)
        deadlines = self._deadlines(raw)
        exceptions = self._promises_except(raw, reader)
        self.faults.extend(reader.faults)
        self.faults.extend(
            reference_faults(
                provisions,
                terms,
                [node for node in (reaches, *derive.values()) if node is not None]
                + [one.where for one in exceptions],
                f"{self.folder}/rulebook.yaml",
            )
        )
        if not provisions and not self.faults:
            self._fault(
                "provisions",
                "the rulebook has no provision: an empty rulebook would let everything pass",
                "rulebook.yaml",
            )
        require(self.faults)
        return Rulebook(
            id=raw.get("id", ""),
            title=raw.get("title", ""),
            jurisdiction=raw.get("jurisdiction", ""),
            kind=self._kind(raw),
            version=raw.get("version", ""),
            authority=raw.get("authority", ""),
            uses=tuple(raw.get("uses", ())),
            reaches=reaches,
            retrospective=raw.get("retrospective", "no") == "yes",
            provisions=provisions,
            terms=terms,
            lists=self.lists,
            derive=derive,
            not_considered=tuple(raw.get("not_considered", ())),
            moratoria=tuple(raw.get("moratoria", ())),
            gaps=tuple(raw.get("gaps", ())),
            deadlines=deadlines,
            findings_kept=tuple(raw.get("findings_kept", ())),
            promises_except=exceptions,
            dictionary=self.dictionary,
            digest=self._digest(raw, derive),
        )

    def _fault(self, path: str, message: str, file: str) -> None:
        self.faults.append(Fault(path, message, f"{self.folder}/{file}"))

    def _shape(self, raw: Any, fields: Mapping[str, Kind], file: str, path: str = "") -> None:
        self.faults.extend(faults_of(raw, fields, f"{self.folder}/{file}", path))

    def _reader(self, file: str) -> Reader:
        return Reader(f"{self.folder}/{file}", self.dictionary.facts, self.lists)

    def _kind(self, raw: Mapping[str, Any]) -> BookKind:
        try:
            return BookKind(raw.get("kind", ""))
        except ValueError:
            raise RulebookError(
                Fault(
                    "kind",
                    f"got {raw.get('kind')!r}: use binding, soft, model or method",
                    f"{self.folder}/rulebook.yaml",
                )
            ) from None

    def _digest(self, raw: Mapping[str, Any], derive: Mapping[str, Node]) -> str:
        used = {
            key: raw[key]
            for key in (
                "id",
                "kind",
                "jurisdiction",
                "reaches",
                "terms",
                "derive",
                "retrospective",
                "uses",
                "moratoria",
                "deadlines",
            )
            if key in raw
        }
        parts = {
            name: evaluated_part(value)
            for name, value in self.files.items()
            if name.startswith("provisions/")
        }
        lists = {name: value for name, value in self.files.items() if name.startswith("lists/")}
        shared = dict(sorted(self.dictionary.derive.items()))
        types = {d.name: [d.type.value, d.attaches.value, *d.code_names] for d in self.dictionary}
        del derive
        return book_digest(
            {"book": used, "provisions": parts, "lists": lists, "derive": shared, "facts": types}
        )

    # Lists and terms

    def _read_lists(self) -> None:
        for name, text in self.files.items():
            if not name.startswith("lists/"):
                continue
            rows = list(csv.DictReader(io.StringIO(text)))
            stem = name.removeprefix("lists/").removesuffix(".csv")
            if not rows:
                self._fault("", "the list is empty", name)
            try:
                self.lists[stem] = tuple(
                    ListRow(
                        row["code"],
                        day_or_none(row["valid_from"]),
                        day_or_none(row["valid_to"]),
                        row["cite"],
                    )
                    for row in rows
                )
            except KeyError as error:
                self._fault(
                    "",
                    f"lacks the column {error.args[0]}: needs code, valid_from, valid_to, cite",
                    name,
                )
            except ValueError as error:
                self._fault("", f"has a day that is none ({error}): write YYYY-MM-DD", name)

    def _terms(self, raw: Mapping[str, Any]) -> dict[str, Term]:
        terms = {}
        for name, body in raw.get("terms", {}).items():
            reader = self._reader("rulebook.yaml")
            node = reader.condition(body.get("when"), f"terms.{name}.when")
            self.faults.extend(reader.faults)
            if node is not None:
                terms[name] = Term(name, node, body.get("says", ""))
        return terms

    def _derive(self, raw: Mapping[str, Any]) -> dict[str, Node]:
        derive: dict[str, Node] = {}
        merged = {**self.dictionary.derive, **raw.get("derive", {})}
        for name, body in merged.items():
            reader = self._reader("rulebook.yaml")
            definition = self.dictionary.facts.get(name)
            if definition is None or definition.type is not FactType.YES_NO:
                reader.fault(
                    f"derive.{name}",
                    "only a yes/no fact of the dictionary can be "
                    f"derived{nearest(name, self.dictionary.facts)}",
                )
            node = reader.condition(body, f"derive.{name}")
            self.faults.extend(reader.faults)
            if node is not None:
                derive[name] = node
        return derive

    def _deadlines(self, raw: Mapping[str, Any]) -> tuple[DeadlineRule, ...]:
        from licet.rules.deadlines import read_deadlines  # which reads provisions as this page does

        try:
            return read_deadlines(raw.get("deadlines", ()), f"{self.folder}/rulebook.yaml")
        except InputError as error:
            self.faults.extend(error.faults)
            return ()

    def _promises_except(
        self, raw: Mapping[str, Any], reader: Reader
    ) -> tuple[PromiseException, ...]:
        found = []
        for i, entry in enumerate(raw.get("promises_except", [])):
            node = reader.condition(entry["where"], f"promises_except[{i}].where")
            if node is not None:
                found.append(PromiseException(node, entry["because"]))
        return tuple(found)

    # Provisions

    def _provisions(self) -> dict[str, Provision]:
        provisions: dict[str, Provision] = {}
        for name, raw in self.files.items():
            if not name.startswith("provisions/"):
                continue
            if not isinstance(raw, dict):
                self._fault("", "is not a provision: it must be a map", name)
                continue
            provision = self.provision(raw, name)
            if provision is None:
                continue
            if provision.id in provisions:
                self._fault("provision", f"{provision.id} stands in two files", name)
            provisions[provision.id] = provision
        return provisions

    def provision(self, raw: dict[str, Any], file: str) -> Provision | None:
        """Build one provision, or note its faults and give None."""
        before = len(self.faults)
        self._shape(raw, _PROVISION, file)
        if raw.get("schema") != PROVISION_SCHEMA:
            self._fault("schema", f"got {raw.get('schema')!r}: write {PROVISION_SCHEMA}", file)
        for key in ("provision", "title", "cite", "checked", "in_force", "then"):
            if key not in raw:
                self._fault(key, "is missing", file)
        if len(self.faults) > before:
            return None
        then = raw["then"]
        self._shape(then, _THEN, file, "then.")
        self._shape(raw["cite"], _CITE, file, "cite.")
        self._shape(raw["checked"], _CHECKED, file, "checked.")
        for key, fields in (("readings", _READING), ("tests", _EXAMPLE)):
            for i, entry in enumerate(raw.get(key, [])):
                self._shape(entry, fields, file, f"{key}[{i}].")
        if len(self.faults) > before:
            return None
        reader = self._reader(file)
        when = reader.condition(raw["when"], "when") if "when" in raw else None
        readings = read_readings(raw, reader, self.dictionary)
        if readings:
            when = under_readings(when, readings, raw.get("settled_by", ""))
        self.faults.extend(reader.faults)
        effect = self._effect(then, file)
        periods = read_periods(raw["in_force"], self._faults_of(file))
        tests = ExampleReader(f"{self.folder}/{file}", self.dictionary, self.faults).read(raw)
        cite, checked = self._cite(raw, file), self._checked(raw["checked"], file)
        scope, roles = self._scope(raw.get("scope", "line"), file)
        if len(self.faults) > before or effect is None:
            return None
        return Provision(
            id=raw["provision"],
            title=raw["title"],
            cite=cite,
            checked=checked,
            periods=periods,
            anchor=read_anchor(raw["in_force"], self._faults_of(file)),
            scope=scope,
            when=when,
            effect=effect,
            roles=roles,
            for_kinds={k: Effect(v) for k, v in then.get("for_kinds", {}).items()},
            on_review=then.get("on_review", "no") == "yes",
            releases=tuple(then.get("releases", ())),
            prevails_over=tuple(then.get("prevails_over", ())),
            conditions=tuple(then.get("conditions", ())),
            dimension=then.get("dimension", ""),
            grade=then.get("grade", ""),
            defines=then.get("defines", ""),
            binds=raw.get("binds", ""),
            reading=raw.get("reading", ""),
            because=then.get("because", ""),
            contested=raw.get("contested", ""),
            readings=readings,
            settled_by=raw.get("settled_by", ""),
            weighs=tuple(raw.get("weighs", ())),
            tests=tests,
            history=tuple(raw.get("history", ())),
            file=f"{self.folder}/{file}",
        )

    def _faults_of(self, file: str) -> Callable[[str, str], None]:
        return lambda path, message: self._fault(path, message, file)

    def _effect(self, then: Mapping[str, Any], file: str) -> Effect | None:
        known = [e.value for e in Effect]
        given = {"effect": then.get("effect", "")}
        given |= {f"for_kinds.{kind}": word for kind, word in then.get("for_kinds", {}).items()}
        wrong = {path: word for path, word in given.items() if word not in known}
        for path, word in wrong.items():
            self._fault(
                f"then.{path}",
                f"got {word!r}: use one of {', '.join(known)}{nearest(str(word), known)}",
                file,
            )
        return None if wrong else Effect(given["effect"])

    def _cite(self, raw: Mapping[str, Any], file: str) -> Cite:
        cite = raw["cite"]
        if not isinstance(cite, dict) or not cite.get("instrument") or not cite.get("locator"):
            self._fault("cite", "needs `instrument` and `locator`", file)
            return Cite("", "")
        return Cite(
            cite["instrument"], cite["locator"], cite.get("url", ""), cite.get("text_sha256", "")
        )

    def _checked(self, raw: Any, file: str) -> Checked:
        try:
            level = CheckLevel(raw["level"])
            return Checked(level, raw.get("source", ""), raw.get("on", ""), raw.get("by", ""))
        except (KeyError, ValueError, TypeError):
            self._fault("checked.level", f"use one of {', '.join(CheckLevel)}", file)
            return Checked(CheckLevel.MEMORY)

    def _scope(self, raw: str, file: str) -> tuple[Scope, tuple[str, ...]]:
        name, _, rest = raw.partition("(")
        try:
            scope = Scope(name.strip())
        except ValueError:
            self._fault("scope", f"got {raw!r}: use case, line, item, or party(role, role)", file)
            return Scope.LINE, ()
        return scope, tuple(part.strip() for part in rest.rstrip(")").split(",") if part.strip())


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
