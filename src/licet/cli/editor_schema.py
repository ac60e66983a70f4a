"""JSON Schemas for editors: completion and faults while a rulebook is being written in YAML.

Every fact is offered with its question, every code with its words. The schemas are as strict as a JSON
Schema can be about one file; what needs several files (a reference that leads nowhere, two orders that
clash) is told by ``licet rulebook check``. An editor may read 3 as a number and yes as a truth value
where Licet reads text, so both are let through.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from licet.assessment import aloud, wording
from licet.model.fact import AnsweredBy, Attaches, FactType
from licet.model.outcome import Effect
from licet.rules.deadlines import Means
from licet.rules.dictionary import DICTIONARY_SCHEMA
from licet.rules.grades import GRADES
from licet.rules.grammar import COLLECTIONS
from licet.rules.load import default_dictionary
from licet.rules.rulebook import PROVISION_SCHEMA, RULEBOOK_SCHEMA, Anchor, BookKind, CheckLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from licet.model.fact import FactDefinition

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": ["string", "number"]}
TEXTS: Schema = {"type": "array", "items": TEXT}
YES_NO: Schema = {"enum": ["yes", "no", True, False, "true", "false"]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
CONDITION: Schema = {"$ref": "#/$defs/condition"}
FILES: Mapping[str, tuple[str, str]] = {
    "provision": ("provision.schema.json", "**/provisions/*.yaml"),
    "rulebook": ("rulebook.schema.json", "**/rulebook.yaml"),
}
"""The schemas that somebody who writes a rulebook needs: the file of each, and what it is for."""


def settings(folder: str = "./.licet") -> Schema:
    """The setting of VS Code's YAML extension that ties the schemas in a folder to a rulebook."""
    return {"yaml.schemas": {f"{folder}/{file}": [files] for file, files in FILES.values()}}


def _map(properties: Schema, required: Iterable[str] = (), **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _choice(words: Mapping[str, str]) -> Schema:
    """One of several words, each with what it means."""
    return {"anyOf": [{"const": word, "description": about} for word, about in words.items()]}


# Conditions ------------------------------------------------------------------------------------


def _comparisons() -> Schema:
    """Every text that compares a fact: let through by patterns, and offered where they are few."""
    facts = list(default_dictionary())
    offered: list[Schema] = []
    alike: dict[tuple[FactType, str], list[str]] = {}
    for fact in facts:
        alike.setdefault((fact.type, _value(fact)), []).append(re.escape(fact.name))
        if fact.type is FactType.YES_NO:
            offered.append({"const": fact.name, "description": fact.question})
        for code, words in fact.codes:
            op = "includes" if fact.type is FactType.CODES else "is"
            text = f"{fact.name} {op} {code}"
            offered.append({"const": text, "description": f"{fact.question} {words}"})
    patterns = [
        {"pattern": rf"^\s*({'|'.join(names)}){comparison}\s*$"}
        for (kind, value), names in alike.items()
        for comparison in _compared(kind, value)
    ]
    return {
        "type": "string",
        "description": "a fact, and what it is compared with",
        "anyOf": [*patterns, *offered],
    }


def _compared(kind: FactType, value: str) -> Iterable[str]:
    """What may follow the name of a fact, as patterns."""
    several = rf"(\[\s*{value}(\s*,\s*{value})*\s*,?\s*\]|@[A-Za-z0-9_-]+)"
    if kind is FactType.CODES:
        yield rf"\s+includes\s+{value}"
        yield rf"\s+includes any of\s+{several}"
        return
    only = "?" if kind is FactType.YES_NO else ""
    yield rf"(\s+(is|is not)\s+{value}){only}"
    yield rf"\s+(is one of|is none of)\s+{several}"
    if kind in (FactType.INTEGER, FactType.DECIMAL, FactType.DATE):
        yield rf"\s+(<|<=|>|>=)\s+{value}"


def _value(fact: FactDefinition) -> str:
    match fact.type:
        case FactType.YES_NO:
            return "(yes|no|true|false)"
        case FactType.CODE | FactType.CODES:
            return "(" + "|".join(re.escape(code) for code in fact.code_names) + ")"
        case FactType.INTEGER:
            return r"-?\d+"
        case FactType.DECIMAL:
            return r"-?\d+(\.\d+)?"
        case FactType.DATE:
            return r"\d{4}(-\d{2}(-\d{2})?)?"
        case FactType.COUNTRY:
            return "[A-Z]{2}"
        case FactType.TEXT:
            return r"[^\s\[\],][^\[\],]*"


def _condition_schemas() -> Schema:
    """The grammar of conditions: a comparison, or a map with exactly one keyword."""
    parts = {"type": "array", "minItems": 1, "items": CONDITION}
    comparison = {"$ref": "#/$defs/comparison"}
    count = {"anyOf": [{"type": "integer", "minimum": 1}, {"pattern": r"^[1-9]\d*$"}]}
    over = {"anyOf": [{"enum": list(COLLECTIONS)}, {"pattern": "^role:[a-z_]+$"}]}
    member = _map({"in": over, "is": CONDITION}, ("in", "is"))
    keywords: dict[str, tuple[str, Schema]] = {
        "all": ("every one of these is so", parts),
        "any": ("at least one of these is so", parts),
        "none": ("none of these is so", parts),
        "not": ("the contrary; what is open stays open", CONDITION),
        "at_least": (
            "so many of these are so",
            _map({"count": count, "of": parts}, ("count", "of")),
        ),
        "some": ("for at least one of a collection", member),
        "every": ("for every one of a collection", member),
        "ref": ("another provision, or a term of the rulebook", {"type": "string"}),
        "if": ("a fact, with words to read it out in", comparison),
    }
    says = {"type": "string", "description": "the words to read it out in"}
    maps = [
        _map({word: {**body, "description": about}, "says": says}, (word,))
        if "$ref" not in body
        else _map({word: body, "says": says}, (word,), description=about)
        for word, (about, body) in keywords.items()
    ]
    return {"condition": {"anyOf": [comparison, *maps]}, "comparison": _comparisons()}


# Provision -------------------------------------------------------------------------------------


def provision() -> Schema:
    """The schema of ``provisions/*.yaml``."""
    effects = {e.value: aloud.effect_words(e) for e in Effect}
    kinds = default_dictionary().facts["case.kind"].code_names
    effect = _choice(effects)
    then = {
        "effect": effect,
        "because": {**TEXT, "description": "the reason, as it will stand in an answer"},
        "on_review": {"enum": ["yes", "no"]},
        "dimension": TEXT,
        "grade": {"enum": list(GRADES)},
        "defines": TEXT,
        "releases": {**TEXTS, "description": "the provisions that an exemption releases"},
        "prevails_over": {**TEXTS, "description": "exemptions that do not reach this provision"},
        "conditions": {**TEXTS, "description": "M-01 ..., see the rule language"},
        "for_kinds": _map(dict.fromkeys(kinds, effect)),
    }
    properties = {
        "schema": {"const": PROVISION_SCHEMA},
        "provision": {**TEXT, "description": "its id; the file is named after it"},
        "title": {**TEXT, "description": "what it does, in a few words"},
        "cite": _cite(),
        "checked": _checked(),
        "in_force": _in_force(),
        "binds": {**TEXT, "description": "whom it binds"},
        "scope": {"type": "string", "pattern": r"^(case|line|item|party)\s*(\([a-z_, ]*\))?$"},
        "when": CONDITION,
        "then": _map(then, ("effect",)),
        "reading": {**TEXT, "description": "our reading in plain words"},
        "contested": {**TEXT, "description": "what is disputed"},
        "readings": {
            "type": "array",
            "items": _map(
                {
                    "name": TEXT,
                    "authority": {**TEXT, "description": "who reads it so"},
                    "when": CONDITION,
                    "applies": {"enum": ["yes", "no", True, False]},
                },
                ("name", "authority"),
            ),
        },
        "settled_by": {**TEXT, "description": "the judgement that picks one of the readings"},
        "weighs": TEXTS,
        "history": {"type": "array", "items": {"type": "object"}},
        "tests": {"type": "array", "items": _example([*effects, *GRADES])},
    }
    needed = ("schema", "provision", "title", "cite", "checked", "in_force", "then")
    whole = _map(properties, needed, title=PROVISION_SCHEMA)
    return {"$schema": DRAFT, **whole, "$defs": _condition_schemas()}


def _in_force() -> Schema:
    saving = _map({"anchor": {"enum": list(Anchor)}, "before": DAY}, ("anchor", "before"))
    period = _map(
        {
            "from": {
                "anyOf": [{"const": "unknown"}, DAY],
                "description": "first day, in quotes; or unknown",
            },
            "to": {"anyOf": [{"enum": ["", "open"]}, DAY], "description": "last day"},
            "not_later_than": {**DAY, "description": "in force by this day, where from is unknown"},
            "anchor": {"enum": list(Anchor), "description": "the day of the case it looks at"},
            "continues_for": {**saving, "description": "after its end it goes on for these cases"},
            "not_for": {**saving, "description": "it does not begin for these cases"},
        },
        ("from",),
    )
    return {"anyOf": [period, {"type": "array", "minItems": 1, "items": period}]}


def _cite() -> Schema:
    parts = dict.fromkeys(("instrument", "locator", "url", "text_sha256"), TEXT)
    return _map(parts, ("instrument", "locator"))


def _checked() -> Schema:
    return _map({"level": _choice(_levels()), "source": TEXT, "on": TEXT, "by": TEXT}, ("level",))


def _deadline() -> Schema:
    """What the book says of a question that is still open when time has run out."""
    return _map(
        {
            "id": TEXT,
            "title": TEXT,
            "means": {"enum": list(Means), "description": "what follows for the application"},
            "days": {
                "type": ["string", "integer"],
                "description": "calendar days from the application",
            },
            "cite": _cite(),
            "checked": _checked(),
            "in_force": _in_force(),
        },
        ("id", "title", "means", "cite", "checked", "in_force"),
    )


def _levels() -> dict[str, str]:
    return {level.value: wording.level(level.value) for level in CheckLevel}


_DATE: Schema = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


def _example(effects: list[str]) -> Schema:
    facts = list(default_dictionary())
    states = {
        "met": "the condition holds",
        "not_met": "the condition does not hold",
        "unknown": "it stays open",
        "not_in_force": "it is not in force on that day",
        "in_force_unknown": "it is not known whether it is in force on that day",
    }
    given = {d.name: {**_stated(d), "description": d.question} for d in facts}
    return _map(
        {
            "name": {**TEXT, "description": "the example in a few words"},
            "date": _DATE,
            "dates": {
                **_map(dict.fromkeys(Anchor, _DATE)),
                "description": "the days of other anchors than the day of assessment",
            },
            "given": _map(given),
            "expect": _choice(states),
            "then": {"enum": effects, "description": "the effect that must follow where it is met"},
            "asks": {"type": "array", "items": {"enum": [d.name for d in facts]}},
        },
        ("expect",),
    )


def _stated(fact: FactDefinition) -> Schema:
    """The values that a fact may be given in an example."""
    match fact.type:
        case FactType.YES_NO:
            return YES_NO
        case FactType.CODE:
            return _choice(dict(fact.codes))
        case FactType.CODES:
            return {
                "anyOf": [
                    _choice(dict(fact.codes)),
                    {"type": "array", "items": _choice(dict(fact.codes))},
                ]
            }
        case FactType.INTEGER:
            return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+$"}]}
        case FactType.DECIMAL:
            return {
                "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]
            }
        case FactType.DATE:
            return {"type": ["string", "integer"]}
        case FactType.TEXT | FactType.COUNTRY:
            return {"type": "string", "minLength": 1}


# Rulebook and dictionary -----------------------------------------------------------------------


def rulebook() -> Schema:
    """The schema of ``rulebook.yaml``."""
    yes_no = [d.name for d in default_dictionary() if d.type is FactType.YES_NO]
    kinds = {kind.value: wording.kind(kind) for kind in BookKind}
    gap = _map(dict.fromkeys(("provision", "instrument", "article", "says"), TEXT))
    kept = ("finding", "about", "because")
    properties = {
        "schema": {"const": RULEBOOK_SCHEMA},
        "id": {"type": "string", "pattern": r"^[\x21-\x7e]+$"},
        "title": TEXT,
        "jurisdiction": {**TEXT, "description": "EU, US, UK, INT, POLICY, or a country"},
        "kind": _choice(kinds),
        "version": TEXT,
        "authority": {**TEXT, "description": "who made the instrument"},
        "licence": TEXT,
        "uses": {**TEXTS, "description": "method rulebooks whose grades this one reads"},
        "retrospective": {"enum": ["yes", "no", True, False]},
        "reaches": CONDITION,
        "terms": {
            "type": "object",
            "additionalProperties": _map({"says": TEXT, "when": CONDITION}, ("when",)),
        },
        "derive": {
            "type": "object",
            "propertyNames": {"enum": yes_no},
            "additionalProperties": CONDITION,
        },
        "moratoria": TEXTS,
        "not_considered": TEXTS,
        "gaps": {"type": "array", "items": gap},
        "deadlines": {"type": "array", "items": _deadline()},
        "findings_kept": {
            "type": "array",
            "items": _map(dict.fromkeys(kept, TEXT), kept),
            "description": "what `rulebook check --deep` finds and the book means so",
        },
        "promises_except": {
            "type": "array",
            "items": _map({"where": CONDITION, "because": TEXT}, ("where", "because")),
            "description": "cases in which worse news makes an answer milder, and why",
        },
    }
    whole = _map(properties, ("id", "title", "jurisdiction", "kind"), title=RULEBOOK_SCHEMA)
    return {"$schema": DRAFT, **whole, "$defs": _condition_schemas()}


def facts() -> Schema:
    """The schema of a file of the fact dictionary."""
    text = dict.fromkeys(
        ("statement", "statement_no", "evidence_asked", "red_flag", "severity"), TEXT
    )
    either = {"anyOf": [TEXT, TEXTS, {"type": "boolean"}]}
    entry = _map(
        {
            "name": {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_.]*$"},
            "type": {"enum": list(FactType)},
            "attaches": {"enum": list(Attaches)},
            "question": {**TEXT, "description": "in plain words, answerable by who is asked"},
            **text,
            "answered_by": {"enum": list(AnsweredBy)},
            "codes": {"type": "object", "additionalProperties": TEXT},
            "roles": either,
            "judgement": YES_NO,
            "publishable": YES_NO,
            "adverse": {**either, "description": "the values that tighten an outcome"},
            "law": either,
            "aliases": either,
            "unmentioned": {**either, "description": "what a finished file says by silence"},
            "derive": CONDITION,
        },
        ("name", "type", "attaches", "question", "statement", "answered_by"),
    )
    properties = {
        "schema": {"const": DICTIONARY_SCHEMA},
        "facts": {"type": "array", "items": entry},
        "category_entries": {"type": "object", "additionalProperties": TEXTS},
    }
    whole = _map(properties, ("schema",), title=DICTIONARY_SCHEMA)
    return {"$schema": DRAFT, **whole, "$defs": _condition_schemas()}


EDITOR: dict[str, Callable[[], Schema]] = {
    "provision": provision,
    "rulebook": rulebook,
    "facts": facts,
}
"""What ``licet schema --editor`` can print, by name."""
