"""A case file to fill in: the questions that the rules ask, in their own words.

Generated from the fact dictionary, so that a field is written once. Must not answer anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.case import CASE_SCHEMA, PartyKind, Role
from licet.model.fact import AnsweredBy, Attaches, FactDefinition, FactType
from licet.rules.load import default_dictionary, facts_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_ALWAYS = (
    "item.surveillance",
    "item.subject_to_EAR",
    "item.listed_annex_I",
    "item.component_of_misused_system",
    "bio.facial_recognition",
    "bio.one_to_many",
)
_CASE = (
    "export.leaves_EU_customs_territory",
    "vendor.ungp_adherent",
    "vendor.private_surveillance_company",
    "target.impermissible",
    "transaction.any_red_flag",
    "use.claimed_as_security_research",
)


def scaffold(case_id: str, kind: str, category: str, day: date, nonce: str) -> str:
    """The text of a new case file; reads back as a case whose facts are all still unknown."""
    dictionary = default_dictionary()
    item = [dictionary.facts[n] for n in _item_facts(category) if n in dictionary.facts]
    case = [dictionary.facts[n] for n in _CASE if n in dictionary.facts]
    lines = [
        f"schema: {CASE_SCHEMA}",
        f"id: {case_id}",
        "title: What is asked, in a few words",
        f"kind: {kind}",
        f"dates: {{assessed: '{day.isoformat()}'}}",
        "# Countries by name or two-letter code. Roles: " + ", ".join(r.value for r in Role) + ".",
        "# Kinds: " + ", ".join(k.value for k in PartyKind) + ".",
        "parties:",
        "- {name: The exporter, roles: [exporter], kind: company, country: [], aliases: []}",
        "- {name: The agency that will use it, roles: [end_user], kind: unknown, country: []}",
        "items:",
        "- name: The item",
        f"  category: {category}",
        "  description: ''",
        "  # Answer yes or no, or leave {unknown: not_asked}. With a document an officer accepted:",
        "  # {value: no, standing: accepted, source: {title: Test report, class: laboratory_with_method}}",
        "  answers:",
        *_questions(item, "    "),
        "end_use: ''",
        "answers:",
        *_questions(case, "  "),
        f"nonce: {nonce}",
    ]
    return "\n".join(lines) + "\n"


def _item_facts(category: str) -> Iterable[str]:
    """The facts that the entries in question for a category hang on."""
    entries = set(default_dictionary().category_entries.get(category, ()))
    table = facts_document("dossier_answers.yaml")
    groups = {
        name for name, group in table["groups"].items() if entries & set(group["puts_in_question"])
    }
    found = list(_ALWAYS)
    for question, entry in table["questions"].items():
        if question.rpartition("-")[0] in groups:
            sets = entry.get("sets", {})
            found.extend(sets.get("yes", {}))
    return [
        name
        for name in dict.fromkeys(found)
        if default_dictionary().facts[name].attaches is Attaches.ITEM
    ]


def _questions(facts: list[FactDefinition], lead: str) -> Iterable[str]:
    for fact in facts:
        if fact.answered_by is AnsweredBy.DERIVED or fact.type not in (
            FactType.YES_NO,
            FactType.CODE,
        ):
            continue
        yield f"{lead}# {fact.question}"
        if fact.codes:
            yield f"{lead}#   one of: {', '.join(fact.code_names)}"
        yield f"{lead}{fact.name}: {{unknown: not_asked}}"
