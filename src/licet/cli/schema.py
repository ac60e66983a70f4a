"""``licet schema``: the shape of a case, a provision, a determination, and every fact."""

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
    "licet schema provision",
)


def parser(prog: str) -> Parser:
    """The options of ``licet schema``."""
    made = Parser(prog, "Print a JSON Schema, or the fact dictionary as JSON.", EXAMPLES)
    made.add_argument("what", choices=tuple(SCHEMAS), help="which; facts is the fact dictionary")
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
    made = SCHEMAS[args.what]()
    terminal.data(json.dumps(made, ensure_ascii=False, indent=2))
    return 0


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


def determination_schema() -> dict[str, Any]:
    """The JSON Schema of a stored determination."""
    from licet.assessment.determination import SCHEMA
    from licet.model.outcome import Outcome
    from licet.rules.outcomes import GRADES

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
    "determination": determination_schema,
}
"""What ``licet schema`` can print, by name."""
