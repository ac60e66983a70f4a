"""``licet schema``: the shape of a case, a provision, a moratorium, a determination; every fact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from licet.cli.parser import Parser, UsageError
from licet.cli.terminal import listing
from licet.errors import Fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from licet.cli.terminal import Terminal

EXAMPLES = (
    "licet schema case > case.schema.json",
    "licet schema facts --table",
    "licet schema moratorium > moratorium.schema.json",
    "licet schema provision --editor > provision.schema.json",
    "licet schema settings",
)


def parser(prog: str) -> Parser:
    """The options of ``licet schema``."""
    made = Parser(prog, "Print a JSON Schema, or the fact dictionary as JSON.", EXAMPLES)
    made.add_argument(
        "what",
        choices=tuple(SCHEMAS),
        help="which; facts is the fact dictionary, settings those of an editor",
    )
    made.add_argument(
        "--editor",
        action="store_true",
        help="for completion in an editor: every fact with its question, every code with its words",
    )
    made.add_argument(
        "--table", action="store_true", help="with facts: one line a fact, to read by eye"
    )
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the schema."""
    if args.table:
        if args.what != "facts":
            raise UsageError(Fault("--table", "goes with `facts`"))
        terminal.data(_facts_table(terminal.width))
        return 0
    made = SCHEMAS[args.what]() if not args.editor else _for_editors(args.what)
    terminal.data(json.dumps(made, ensure_ascii=False, indent=2))
    return 0


def _for_editors(what: str) -> dict[str, Any]:
    from licet.cli.editor_schema import EDITOR

    if what not in EDITOR:
        raise UsageError(Fault("--editor", f"goes with {', '.join(EDITOR)}"))
    return EDITOR[what]()


def rulebook_schema() -> dict[str, Any]:
    """The JSON Schema of ``rulebook.yaml``."""
    from licet.cli.editor_schema import rulebook

    return rulebook()


def settings() -> dict[str, Any]:
    """What goes into ``.vscode/settings.json``, with the schemas in the folder ``.licet``."""
    from licet.cli.editor_schema import settings as made

    return made()


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case file as it is written, with its named sources and short answers."""
    from licet.model.case import Case
    from licet.rules.load import default_dictionary

    schema = Case.model_json_schema(by_alias=True, mode="validation")
    parts = schema["$defs"]
    for field in ("source", "second_source"):
        for holder in ("Statement", "Owner"):
            if field in parts[holder]["properties"]:
                parts[holder]["properties"][field]["anyOf"].append({"type": "string"})
    parts["FactName"] = {"enum": [d.name for d in default_dictionary()]}
    for whole in (schema, parts["Party"], parts["Item"]):
        whole["properties"]["answers"]["propertyNames"] = {"$ref": "#/$defs/FactName"}
    schema["properties"]["sources"] = {
        "type": "object",
        "description": "Sources stated once; beside a fact, write `source: NAME`.",
        "additionalProperties": {"$ref": "#/$defs/StatementSource"},
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "licet/case/1"
    return schema


def facts() -> dict[str, Any]:
    """The fact dictionary: what may be asked, of whom, in which words."""
    from licet.rules.load import default_dictionary

    return {
        "schema": "licet/fact-dictionary/1",
        "facts": [
            {
                "name": d.name,
                "type": d.type.value,
                "attaches": d.attaches.value,
                "question": d.question,
                "statement": d.statement,
                "answered_by": d.answered_by.value,
                "codes": dict(d.codes),
                "judgement": d.judgement,
                "publishable": d.publishable,
                "adverse": list(d.adverse),
                "red_flag": d.red_flag,
                "severity": d.severity,
                "roles": list(d.roles),
                "law": list(d.law),
                "unmentioned": d.unmentioned,
                "evidence_asked": d.evidence_asked,
            }
            for d in default_dictionary()
        ],
    }


def _facts_table(width: int) -> str:
    """Every fact: where it is stated, who answers, whether silence may stand for it, the question."""
    from licet.rules.load import default_dictionary

    rows = []
    for d in default_dictionary():
        codes = f" ({', '.join(d.code_names)})" if d.code_names else ""
        silence = "yes" if d.unmentioned is not None else "no"
        cells = (d.name, d.attaches.value, d.answered_by.value, silence)
        rows.append((cells, f"{d.question}{codes}"))
    return listing(rows, ("fact", "about", "who answers", "may be silent"), width)


def provision_schema() -> dict[str, Any]:
    """The JSON Schema of a provision file, for editors."""
    from licet.model.outcome import Effect
    from licet.rules.rulebook import PROVISION_SCHEMA, Anchor, CheckLevel

    text: dict[str, Any] = {"type": "string"}
    node: dict[str, Any] = {"$ref": "#/$defs/condition"}
    parts = {"type": "array", "minItems": 1, "items": node}
    saving = {
        "type": "object",
        "required": ["anchor", "before"],
        "properties": {"anchor": {"enum": list(Anchor)}, "before": text},
    }
    period = {
        "type": "object",
        "required": ["from"],
        "properties": {
            "from": text,
            "to": text,
            "not_later_than": text,
            "anchor": {"enum": list(Anchor)},
            "continues_for": saving,
            "not_for": saving,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": PROVISION_SCHEMA,
        "type": "object",
        "required": ["schema", "provision", "title", "cite", "checked", "in_force", "then"],
        "properties": {
            "schema": {"const": PROVISION_SCHEMA},
            "provision": text,
            "title": text,
            "cite": {"type": "object", "required": ["instrument", "locator"]},
            "checked": {
                "type": "object",
                "required": ["level"],
                "properties": {"level": {"enum": list(CheckLevel)}},
            },
            "in_force": {"oneOf": [period, {"type": "array", "items": period}]},
            "scope": text,
            "when": node,
            "reading": text,
            "contested": text,
            "binds": text,
            "then": {
                "type": "object",
                "required": ["effect"],
                "properties": {"effect": {"enum": list(Effect)}},
            },
            "tests": {"type": "array"},
            "readings": {"type": "array", "items": {"required": ["name", "authority"]}},
            "settled_by": text,
            "weighs": {"type": "array", "items": text},
            "history": {"type": "array"},
        },
        "additionalProperties": False,
        "$defs": {
            "condition": {
                "oneOf": [
                    text,
                    {
                        "type": "object",
                        "properties": {
                            "all": parts,
                            "any": parts,
                            "none": parts,
                            "not": node,
                            "ref": text,
                            "if": text,
                            "says": text,
                            "at_least": {"type": "object"},
                            "some": {"type": "object"},
                            "every": {"type": "object"},
                        },
                        "additionalProperties": False,
                    },
                ]
            }
        },
    }


def moratorium_schema() -> dict[str, Any]:
    """The JSON Schema of a moratorium file, for editors."""
    from licet.rules.lifting import RECORDED
    from licet.rules.moratorium import EFFECTS, ID_PATTERN, MORATORIUM_SCHEMA

    text: dict[str, Any] = {"type": "string"}
    texts = {"type": "array", "items": text}
    provision = provision_schema()
    cite = {
        "type": "object",
        "required": ["instrument", "locator"],
        "properties": {"instrument": text, "locator": text, "url": text},
    }
    checked = provision["properties"]["checked"]
    node = {"$ref": "#/$defs/condition"}
    record = {
        "type": "object",
        "required": ["status", "from", "cite", "checked"],
        "properties": {
            "status": {"enum": list(RECORDED)},
            **dict.fromkeys(("from", "to", "not_later_than", "says"), text),
            "cite": cite,
            "checked": checked,
        },
        "additionalProperties": False,
    }
    lifting = {
        "type": "object",
        "required": ["id", "title", "cite"],
        "properties": {
            "id": text,
            "title": text,
            "cite": cite,
            "records": {"type": "array", "items": record},
        },
        "additionalProperties": False,
    }
    override = {
        "type": "object",
        "required": ["by", "cite"],
        "properties": {"by": text, "cite": cite, "says": text, "when": node},
        "additionalProperties": False,
    }
    stands_in = {
        "type": "object",
        "properties": {"rulebooks": texts, "jurisdictions": texts},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": MORATORIUM_SCHEMA,
        "type": "object",
        "required": [
            "schema",
            "id",
            "title",
            "declared_by",
            "legal_basis",
            "checked",
            "stands_in",
            "in_force",
            "when",
        ],
        "properties": {
            "schema": {"const": MORATORIUM_SCHEMA},
            "id": {"type": "string", "pattern": ID_PATTERN},
            **dict.fromkeys(
                ("title", "declared_by", "scope", "because", "binds", "reading", "note"), text
            ),
            "legal_basis": cite,
            "checked": checked,
            "stands_in": stands_in,
            "in_force": provision["properties"]["in_force"],
            "when": node,
            "effect": {"enum": list(EFFECTS)},
            "prevails_over": texts,
            "yields_to": texts,
            "lifts_when": {"type": "array", "items": lifting},
            "override": override,
        },
        "additionalProperties": False,
        "$defs": provision["$defs"],
    }


def determination_schema() -> dict[str, Any]:
    """The JSON Schema of a stored determination."""
    from licet.assessment.determination import SCHEMA
    from licet.model.outcome import Outcome
    from licet.rules.grades import GRADES

    text: dict[str, Any] = {"type": "string"}
    words = [*Outcome, *GRADES]
    outcomes = {"type": "array", "items": {"enum": words}, "minItems": 1}
    required = [
        "schema",
        "semantics",
        "case",
        "case_digest",
        "rulebook",
        "rulebook_digest",
        "snapshot_digest",
        "options",
        "assessed_as_of",
        "outcomes",
        "outcome",
        "outcomes_on_merits",
        "questions",
        "cautions",
        "lines",
        "sha256",
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "type": "object",
        "required": required,
        "properties": {
            "schema": {"const": SCHEMA},
            "case": text,
            "rulebook": text,
            "outcomes": outcomes,
            "outcomes_on_merits": outcomes,
            "outcome": text,
            "questions": {
                "type": "array",
                "items": {"type": "object", "required": ["fact", "why"]},
            },
            "cautions": {"type": "array", "items": {"type": "object", "required": ["code"]}},
            "lines": {"type": "array", "items": _line_schema(outcomes)},
            "sha256": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        },
    }


def _line_schema(outcomes: dict[str, Any]) -> dict[str, Any]:
    """One line; ``readings`` stands where a provision in force is read in rival ways."""
    text = {"type": "string", "minLength": 1}
    fields = {
        "provision": text,
        "reading": text,
        "authority": text,
        "state": {"enum": ["met", "not_met", "unknown"]},
        "outcomes_if": outcomes,
    }
    reading = {"type": "object", "required": [*fields], "properties": fields}
    return {"type": "object", "properties": {"readings": {"type": "array", "items": reading}}}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "case": case_schema,
    "facts": facts,
    "provision": provision_schema,
    "moratorium": moratorium_schema,
    "determination": determination_schema,
    "rulebook": rulebook_schema,
    "settings": settings,
}
"""What ``licet schema`` can print, by name."""
