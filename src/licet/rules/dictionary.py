"""The fact dictionary: every fact that any rule may read, as data in ``licet/facts/*.yaml``.

Also holds derivations: how a fact that nobody stated follows from others (the grammar of
conditions, three-valued as everywhere). Must not hold values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, RulebookError, nearest
from licet.model.fact import AnsweredBy, Attaches, FactDefinition, FactType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DICTIONARY_SCHEMA = "licet/fact-dictionary/1"
ALIASES_SCHEMA = "licet/fact-aliases/1"
DERIVATIONS_SCHEMA = "licet/derivations/1"
SCHEMAS = (DICTIONARY_SCHEMA, ALIASES_SCHEMA, DERIVATIONS_SCHEMA)

_TEXT_FIELDS = ("statement_no", "evidence_asked", "red_flag", "severity")
_KNOWN = frozenset(
    {
        "name",
        "type",
        "codes",
        "attaches",
        "roles",
        "question",
        "statement",
        "statement_no",
        "answered_by",
        "evidence_asked",
        "judgement",
        "publishable",
        "adverse",
        "law",
        "red_flag",
        "severity",
        "aliases",
        "unmentioned",
        "derive",
    }
)
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The facts by name, their other spellings, and which entries each item category raises."""

    facts: Mapping[str, FactDefinition]
    aliases: Mapping[str, str]
    prefixes: Mapping[str, str]
    category_entries: Mapping[str, tuple[str, ...]]
    derive: Mapping[str, Any]

    def __iter__(self) -> Iterator[FactDefinition]:
        return iter(self.facts.values())

    def name(self, spelling: str) -> str | None:
        """The dictionary's name for a fact in any known spelling, or None."""
        if spelling in self.facts:
            return spelling
        if spelling in self.aliases:
            return self.aliases[spelling]
        for prefix, proper in self.prefixes.items():
            if spelling.startswith(prefix):
                candidate = proper + spelling[len(prefix) :]
                return self.aliases.get(candidate, candidate if candidate in self.facts else None)
        return None

    def hint(self, spelling: str) -> str:
        """The nearest known name, as words for an error."""
        return nearest(spelling, [*self.facts, *self.aliases])


def build(documents: Iterable[tuple[str, Any]]) -> Dictionary:
    """Build the dictionary from (file name, strict YAML value) pairs. Raises RulebookError."""
    faults: list[Fault] = []
    facts: dict[str, FactDefinition] = {}
    aliases: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    categories: dict[str, tuple[str, ...]] = {}
    derive: dict[str, Any] = {}
    for file, raw in documents:
        if raw.get("schema") == ALIASES_SCHEMA:
            prefixes.update(raw.get("prefixes", {}))
            aliases.update(raw.get("renames", {}))
            continue
        if raw.get("schema") == DERIVATIONS_SCHEMA:
            derive.update(raw.get("derive", {}))
            continue
        for index, entry in enumerate(raw.get("facts", [])):
            definition = _definition(entry, f"facts[{index}]", file, faults)
            if definition is None:
                continue
            if definition.name in facts:
                faults.append(Fault(definition.name, "is defined twice: keep one", file))
            facts[definition.name] = definition
            aliases.update(dict.fromkeys(definition.aliases, definition.name))
            if "derive" in entry:
                derive[definition.name] = entry["derive"]
        for code, entries in raw.get("category_entries", {}).items():
            categories[code] = tuple(entries)
    if not facts:
        faults.append(Fault("", "the fact dictionary is empty"))
    if faults:
        raise RulebookError(faults)
    return Dictionary(facts, aliases, prefixes, categories, derive)


def _definition(entry: Any, path: str, file: str, faults: list[Fault]) -> FactDefinition | None:
    if not isinstance(entry, dict) or "name" not in entry:
        faults.append(Fault(path, "needs a name", file))
        return None
    name = entry["name"]
    for key in entry:
        if key not in _KNOWN:
            faults.append(
                Fault(f"{name}.{key}", f"is not a field of a fact{nearest(key, _KNOWN)}", file)
            )
    try:
        return FactDefinition(
            name=name,
            type=FactType(entry["type"]),
            attaches=Attaches(entry["attaches"]),
            question=entry["question"],
            statement=entry["statement"],
            answered_by=AnsweredBy(entry["answered_by"]),
            codes=tuple(entry.get("codes", {}).items()),
            roles=tuple(entry.get("roles", ())),
            judgement=_YES_NO[entry.get("judgement", "no")],
            publishable=_YES_NO[entry.get("publishable", "yes")],
            adverse=_texts(entry.get("adverse", ())),
            law=_texts(entry.get("law", ())),
            aliases=_texts(entry.get("aliases", ())),
            unmentioned=entry.get("unmentioned"),
            **{field: entry.get(field, "") for field in _TEXT_FIELDS},
        )
    except KeyError as error:
        faults.append(
            Fault(name, f"lacks the field {error.args[0]!r}, or it is not yes or no", file)
        )
    except ValueError as error:
        faults.append(Fault(name, str(error), file))
    return None


def _texts(raw: Any) -> tuple[str, ...]:
    return (raw,) if isinstance(raw, str) else tuple(raw)
