"""Turn a ``case-dossier/1`` file into a case, and say openly what was read into it.

A dossier is a finished file on a transfer: what was known on a day, from which source, and what
was not. Its own conventions are made explicit statements in the case, each with its source, so
that the engine itself never takes silence for an answer. What a dossier expects as an answer, and
what became known later, never reaches the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from licet.errors import Fault, InputError, nearest
from licet.model.case import CASE_SCHEMA, Kind, PartyKind, Role
from licet.model.fact import Attaches, FactDefinition, parse_value
from licet.rules.load import default_dictionary, facts_document
from licet.rules.shape import faults_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.rules.dictionary import Dictionary
    from licet.rules.shape import Kind as ShapeKind

SCHEMA = "case-dossier/1"


class Run(StrEnum):
    """Which knowledge feeds the case: the public's on the day, or the applicant's as well."""

    PUBLIC = "public"
    FULL = "full"


_PUBLIC = (
    "public_at_date",
    "public_at_date_later_source",
    "rule_or_public_register",
    "general_knowledge_verify",
    "assumed_for_dossier",
)
_FULL = (*_PUBLIC, "known_to_parties_published_later")
_AVAILABILITY = (*_FULL, "hidden_from_assessor_at_date")

_ROLES: dict[str, tuple[str, ...]] = {
    "agency": ("buyer", "end_user"),
    "customer": ("buyer",),
    "buyer": ("buyer", "end_user"),
    "purchaser": ("buyer",),
    "user": ("end_user",),
    "parent_agency": ("parent_body",),
    "licensing_authority": ("authority",),
    "authorities": ("authority",),
    "regulator": ("authority",),
    "producer": ("manufacturer", "end_user"),
    "donors": ("other",),
    "stated_origin": ("other",),
    "stated_use": ("other",),
    "supplier": ("vendor",),
    "ultimate_consignee": ("consignee",),
    "reseller": ("intermediate_consignee",),
    "distributor": ("intermediate_consignee",),
    "operator": ("end_user",),
    "deployer": ("end_user",),
    "developer": ("manufacturer",),
    "provider": ("vendor",),
}
_KINDS: dict[str, str] = {
    "individuals": "general_public",
    "persons_consenting": "general_public",
    "government_tax": "government_civil",
    "government_education": "government_civil",
    "data_protection_authority": "government_civil",
    "government/company": "unknown",
    "armed_group_paramilitary": "armed_group",
    "country": "unknown",
    "company_owned_by_government": "government_owned_company",
}
_STANDING = {
    "accepted_by_officer": "accepted",
    "self_declared": "self_declared",
    "public_register": "evidenced",
    "judged": "judged",
}
_CLASSES: tuple[tuple[str, str], ...] = (
    (r"ecthr|court|tribunal|judgment|conseil d", "court"),
    (r"citizen lab|security lab|google tag|lookout|kaspersky|laboratory", "laboratory_with_method"),
    (r"united nations|\bun \b|ohchr|special rapporteur|panel of experts", "un_body"),
    (
        (
            r"federal register|\bbis\b|ofac|screening list|commerce|council decision|\bimy\b|"
            r"ministry|department of|parliament|law fact sheet|sipri|authority|"
            r"delegated regulation|\blist ii\b"
        ),
        "public_authority",
    ),
    (r"freedom house|v-dem|world bank", "dataset"),
    (
        (
            r"amnesty|privacy international|fidh|human rights watch|\bhrw\b|access now|bhrrc|"
            r"ifex|article 19|\bnoyb\b|eff\b"
        ),
        "ngo",
    ),
    (r"leak|wikileaks", "leaked_material"),
    (r"platform security documentation|company statement|press release of", "company_statement"),
    (r"constructed|assumed|general knowledge|public repositor", "public_authority"),
)
_DOSSIER: dict[str, ShapeKind] = {
    **dict.fromkeys(("id", "title", "kind", "end_use"), "text"),
    **dict.fromkeys(("parties", "items"), "maps"),
    **dict.fromkeys(("facts_known_at_date", "facts_unknown_at_date"), "maps"),
    "dates": "map",
    "safeguards": "map_of_maps",
}
_PARTS: dict[str, dict[str, ShapeKind]] = {
    "parties": {
        **dict.fromkeys(("name", "role", "kind", "country", "certainty", "note"), "text"),
        "aliases": "texts",
    },
    "items": {
        **dict.fromkeys(("name", "category", "quantity", "value", "note"), "text"),
        "capability_certainty": "text",
        **dict.fromkeys(("capability_answers", "facts"), "map"),
    },
    "facts_known_at_date": {
        **dict.fromkeys(("fact", "availability", "certainty", "standing", "note"), "text"),
        "source": "map_or_maps",
    },
    "facts_unknown_at_date": dict.fromkeys(("fact", "question", "material"), "text"),
}
_MUST = {
    "parties": ("name",),
    "items": ("name",),
    "facts_known_at_date": ("fact",),
    "facts_unknown_at_date": ("fact",),
}
_TWO_ENDS = re.compile(r"^(dest|enduser|end_user)_([a-z])\.(.+)$")


@dataclass
class Imported:
    """A case as plain values, and every warning on the way to it."""

    case: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


def source_class(ref: str) -> str:
    """The class of a source, from how its reference names it; press where nothing else fits.

    >>> source_class("Citizen Lab, Reckless Exploit"), source_class("Wired, Jamming Tripoli")
    ('laboratory_with_method', 'press')
    """
    text = ref.lower()
    return next((name for pattern, name in _CLASSES if re.search(pattern, text)), "press")


def import_dossier(raw: Any, name: str, run: Run = Run.FULL) -> Imported:
    """Turn the strict YAML value of a dossier into a case's plain values.

    Raises InputError where the file is not a dossier; an unknown fact name is a warning.
    """
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        got = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        raise InputError(Fault("schema", f"got {got!r}: this reads {SCHEMA} files", name))
    return _Importer(raw, name, run, default_dictionary()).run()


class _Importer:
    """One dossier on its way to a case."""

    def __init__(self, raw: Mapping[str, Any], name: str, run: Run, dictionary: Dictionary) -> None:
        self.raw = raw
        self.name = name
        self.availability = _FULL if run is Run.FULL else _PUBLIC
        self.dictionary = dictionary
        self.answer_table = facts_document("dossier_answers.yaml")
        self.warnings: list[str] = []
        self.withheld: set[str] = set()
        """Facts that the dossier states and this run must not know: open, never silence."""
        self.case_answers: dict[str, list[dict[str, Any]]] = {}

    def run(self) -> Imported:
        self._require()
        parties = [self._party(p, i) for i, p in enumerate(self.raw.get("parties", []), 1)]
        items = [self._item(item, i) for i, item in enumerate(self.raw.get("items", []), 1)]
        users = [p for p in parties if "end_user" in p["roles"]]
        self._lift_party_facts(items)
        self._facts(users)
        self._safeguards(users, items)
        self._unknown(users, items)
        case = self._assemble(parties, items)
        case["nothing_recorded"] = self._silent(users, items)
        case["closed_by"] = "the dossier's author"
        return Imported(case, self.warnings)

    def _require(self) -> None:
        """Refuse a file that is not of the shape, with every fault; other fields are not read."""
        faults = [
            Fault(key, "is missing", self.name)
            for key in ("id", "kind", "dates")
            if not self.raw.get(key)
        ]
        faults.extend(faults_of(self.raw, _DOSSIER, self.name, open_ended=True))
        for key, fields in _PARTS.items():
            given = self.raw.get(key)
            for i, entry in enumerate(given if isinstance(given, list) else ()):
                faults.extend(faults_of(entry, fields, self.name, f"{key}[{i}].", open_ended=True))
                faults.extend(
                    Fault(f"{key}[{i}].{must}", "is missing", self.name)
                    for must in _MUST[key]
                    if isinstance(entry, dict) and not entry.get(must)
                )
        dates = self.raw.get("dates")
        if isinstance(dates, dict) and not isinstance(dates.get("assessed_as_of"), str):
            faults.append(
                Fault(
                    "dates.assessed_as_of",
                    "is missing: it is the clock of the assessment",
                    self.name,
                )
            )
        if faults:
            raise InputError(faults)

    def _assemble(
        self, parties: list[dict[str, Any]], items: list[dict[str, Any]]
    ) -> dict[str, Any]:
        day = self.raw["dates"]["assessed_as_of"]
        others = [
            f"{key}: {_flat(value)}"
            for key, value in self.raw["dates"].items()
            if key != "assessed_as_of" and not _after(_flat(value), str(day))
        ]
        case: dict[str, Any] = {
            "schema": CASE_SCHEMA,
            "id": self.raw["id"],
            "title": self.raw.get("title", ""),
            "kind": self._kind(),
            "dates": {"assessed": day},
            "parties": parties,
            "items": items,
            "end_use": self.raw.get("end_use", ""),
            "answers": self.case_answers,
            "open_questions": [
                {
                    "fact": self.dictionary.name(entry["fact"]) or entry["fact"],
                    "question": entry.get("question", ""),
                    "material": entry.get("material", "true") != "false",
                }
                for entry in self.raw.get("facts_unknown_at_date", [])
            ],
            "notes": [f"date of the file, {text}" for text in others],
        }
        return case

    def _kind(self) -> str:
        kind = self.raw["kind"]
        if kind in {k.value for k in Kind}:
            return str(kind)
        raise InputError(
            Fault("kind", f"got {kind!r}: use one of {', '.join(k.value for k in Kind)}", self.name)
        )

    # Parties and items

    def _party(self, raw: Mapping[str, Any], index: int) -> dict[str, Any]:
        role = raw.get("role", "other")
        roles = _ROLES.get(role) or ((role,) if role in {r.value for r in Role} else ("other",))
        if roles == ("other",) and role not in _ROLES and role != "other":
            self.warnings.append(f"parties: role {role!r} is not known here; kept as `other`")
        said = raw.get("kind", "unknown")
        kind = _KINDS.get(said, said)
        if kind not in {k.value for k in PartyKind}:
            kind = "government" if kind.startswith("government") else "unknown"
            self.warnings.append(
                f"parties[{index - 1}].kind: {said!r} is not known here; kept as `{kind}`"
            )
        party: dict[str, Any] = {
            "id": f"party-{index}",
            "name": raw["name"],
            "roles": list(roles),
            "kind": kind,
            "country": [part for part in str(raw.get("country", "")).split("/") if part],
            "aliases": list(raw.get("aliases", [])),
            "answers": {},
        }
        note = "; ".join(part for part in (raw.get("certainty", ""), raw.get("note", "")) if part)
        if note:
            party["note"] = note
        return party

    def _item(self, raw: Mapping[str, Any], index: int) -> dict[str, Any]:
        standing = _STANDING.get(raw.get("capability_certainty", ""), "evidenced")
        answers: dict[str, list[dict[str, Any]]] = {}
        source = {
            "title": f"capability statement of the dossier "
            f"({raw.get('capability_certainty', 'not stated')})",
            "class": "dataset",
        }
        from_answers, entries = self._capability(raw.get("capability_answers", {}))
        for fact, value in from_answers.items():
            answers[fact] = [
                _statement(value, standing, source) if value is not None else {"unknown": "asked"}
            ]
        for fact, value in raw.get("facts", {}).items():
            proper = self._proper(fact, f"items[{index - 1}].facts")
            if proper is not None:
                stated = self._statement(proper, value, standing, source)
                if stated is not None:
                    answers[proper.name] = [stated]
        entries |= self._entries_from_facts(answers)
        if entries:
            answers["item.entries_in_question"] = [
                {
                    "value": sorted(entries),
                    "standing": "accepted",
                    "source": {
                        "title": "the entries that the dossier's classification answers",
                        "class": "dataset",
                    },
                }
            ]
        item: dict[str, Any] = {
            "id": f"item-{index}",
            "name": raw["name"],
            "description": raw.get("category", ""),
            "answers": answers,
        }
        for key in ("quantity", "value", "note"):
            if raw.get(key):
                item[key] = str(raw[key])
        return item

    def _lift_party_facts(self, items: list[dict[str, Any]]) -> None:
        """A dossier may state beside the item what is about its user: that goes to the case."""
        for item in items:
            for fact in list(item["answers"]):
                if self.dictionary.facts[fact].attaches is Attaches.PARTY:
                    self.case_answers.setdefault(fact, item["answers"].pop(fact))

    def _capability(self, given: Mapping[str, str]) -> tuple[dict[str, Any], set[str]]:
        """Facts set by the answers to classification questions, and the entries in question."""
        facts: dict[str, Any] = {}
        entries: set[str] = set()
        groups = self.answer_table["groups"]
        for question, answer in given.items():
            group = question.rpartition("-")[0]
            if group in groups:
                entries.update(groups[group]["puts_in_question"])
            entry = self.answer_table["questions"].get(question)
            if entry is None:
                self.warnings.append(f"classification question {question!r} is not known here")
                continue
            sets = entry.get("sets", {})
            if str(answer) not in ("yes", "no"):
                # Asked and not answered: no silence may be read into what it is about.
                for fact in {name for part in sets.values() for name in part}:
                    facts.setdefault(fact, None)
            for fact, value in sets.get(str(answer), {}).items():
                facts[fact] = _joined(facts.get(fact), value)
        return facts, entries

    def _entries_from_facts(self, answers: Mapping[str, list[dict[str, Any]]]) -> set[str]:
        """Entries whose own facts the item states to be so, though no question was answered."""
        entries: set[str] = set()
        for question, entry in self.answer_table["questions"].items():
            sets = entry.get("sets", {}).get("yes", {})
            if any(
                value == "yes"
                and answers.get(fact, [{}])[0].get("value") == "yes"
                and self.dictionary.facts[fact].adverse == ("yes",)
                for fact, value in sets.items()
            ):
                group = self.answer_table["groups"][question.rpartition("-")[0]]
                entries.update(group["puts_in_question"])
        return entries

    # Facts

    def _proper(self, spelling: str, where: str) -> FactDefinition | None:
        name = self.dictionary.name(spelling)
        if name is None:
            self.warnings.append(
                f"{where}: {spelling!r} is not a fact of the dictionary"
                f"{self.dictionary.hint(spelling)}; left out"
            )
            return None
        return self.dictionary.facts[name]

    def _statement(
        self,
        definition: FactDefinition,
        value: Any,
        standing: str,
        source: Mapping[str, Any] | None,
    ) -> dict[str, Any] | None:
        if value in (None, "", "null", "~"):
            return {"unknown": "not_public", "standing": standing}
        try:
            parse_value(definition, value)
        except ValueError as error:
            self.warnings.append(f"{definition.name}: {error}; left out")
            return None
        return _statement(value, standing, source)

    def _facts(self, users: list[dict[str, Any]]) -> None:
        for i, entry in enumerate(self.raw.get("facts_known_at_date", [])):
            where = f"facts_known_at_date[{i}]"
            availability = entry.get("availability", "")
            if availability not in _AVAILABILITY:
                self.warnings.append(
                    f"{where}.availability: got {availability!r}, which says not whether it was "
                    f"known{nearest(availability, _AVAILABILITY)}; {entry['fact']!r} is left open"
                )
            if availability not in self.availability:
                name = self.dictionary.name(self._holder(entry["fact"], users)[1])
                self.withheld.update([name] if name else [])
                continue
            holder, spelling = self._holder(entry["fact"], users)
            definition = self._proper(spelling, "facts_known_at_date")
            if definition is None:
                continue
            stated = self._known(definition, entry)
            if stated is not None:
                holder.setdefault(definition.name, []).append(stated)

    def _known(self, definition: FactDefinition, entry: Mapping[str, Any]) -> dict[str, Any] | None:
        certainty = entry.get("certainty", "")
        said = entry.get("standing", "")
        if said and said not in (*_STANDING, "evidenced"):
            self.warnings.append(
                f"facts_known_at_date: {entry['fact']!r} has the standing {said!r}, which is not "
                f"known here{nearest(said, _STANDING)}; taken as the applicant's own word"
            )
        standing = _STANDING.get(said, "self_declared" if said else "evidenced")
        standing = "evidenced" if said == "evidenced" else standing
        refs = entry.get("source", {})
        refs = refs if isinstance(refs, list) else [refs]
        sources = [_source(ref) for ref in refs if isinstance(ref, dict)]
        stated = self._statement(
            definition, entry.get("value"), standing, sources[0] if sources else None
        )
        if stated is None:
            return None
        if definition.judgement and "value" in stated:
            stated.update(
                standing="judged",
                signed_by="the dossier's author",
                reasons=entry.get("note") or "stated in the dossier",
            )
        if len(sources) > 1:
            stated["second_source"] = sources[1]
        elif certainty == "documented" and sources and "value" in stated:
            # "documented" is the dossier's word for a fact borne out by more than the one text.
            stated["second_source"] = {"title": "marked as documented by the dossier"}
        if entry.get("note"):
            stated["note"] = entry["note"]
        return stated

    def _holder(self, spelling: str, users: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
        """Where a fact belongs: ``dest_b.`` and ``enduser_b.`` speak of the second end user."""
        match = _TWO_ENDS.match(spelling)
        if match is None:
            return self.case_answers, spelling
        index = ord(match[2]) - ord("a")
        if index >= len(users):
            self.warnings.append(
                f"{spelling!r} speaks of end user {index + 1}, which the file lacks; left out"
            )
            return {}, spelling
        return users[index]["answers"], f"{match[1]}.{match[3]}"

    def _safeguards(self, users: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
        core = set()
        for item, entry in self.raw.get("safeguards", {}).items():
            if entry.get("core_for_item") == "true":
                core.add(item)
            stated = self._safeguard(entry)
            for user in users:
                user["answers"][f"safeguard.{item}"] = [stated]
        if core:
            for item in items:
                item["answers"]["item.core_safeguards"] = [
                    {
                        "value": sorted(core),
                        "standing": "accepted",
                        "source": {
                            "title": "items the dossier names as core for this item",
                            "class": "dataset",
                        },
                    }
                ]

    def _safeguard(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        if entry.get("score", "unknown") == "unknown":
            return {"unknown": "asked"}
        standing = _STANDING.get(entry.get("standing", ""), "accepted")
        source = {"title": entry.get("evidence", "") or "stated in the dossier"}
        return _statement(entry["score"], standing, source)

    def _unknown(self, users: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
        for entry in self.raw.get("facts_unknown_at_date", []):
            holder, spelling = self._holder(entry["fact"], users)
            name = self.dictionary.name(spelling)
            if name is None:
                self.warnings.append(
                    f"facts_unknown_at_date: {entry['fact']!r} is not a fact of "
                    "the dictionary; kept as an open question"
                )
                continue
            stated = any(
                s.get("value") is not None
                for place in (
                    holder,
                    *(i["answers"] for i in items),
                    *(u["answers"] for u in users),
                )
                for s in place.get(name, [])
            )
            if not stated:
                holder[name] = [{"unknown": "asked"}]

    # Conventions

    def _silent(self, users: list[dict[str, Any]], items: list[dict[str, Any]]) -> list[str]:
        """Facts that a finished dossier answers by not mentioning them, said openly."""
        places = [self.case_answers, *(u["answers"] for u in users), *(i["answers"] for i in items)]
        stated = {
            name
            for place in places
            for name, given in place.items()
            if given[0].get("value") is not None
        }
        mentioned = {*self.case_answers, *self.withheld}
        return silent_facts(self.dictionary, stated, mentioned)


def silent_facts(dictionary: Dictionary, stated: set[str], mentioned: set[str]) -> list[str]:
    """The facts that a finished file answers by not mentioning them.

    Only those the dictionary marks; none that is mentioned, and none that follows from what is
    stated: that would be to say two things at once.
    """

    def follows(fact: str) -> bool:
        rule = dictionary.derive.get(fact)
        names = (
            set(re.findall(r"[a-z_]+\.[A-Za-z0-9_.]+", str(rule))) if rule is not None else set()
        )
        return bool(stated & names)

    return [
        definition.name
        for definition in dictionary
        if definition.unmentioned is not None
        and definition.name not in mentioned
        and not follows(definition.name)
    ]


def _joined(before: Any, value: Any) -> Any:
    """Two answers about one fact: a "no" to one limb of a whole outweighs a "yes" to another."""
    return value if before in (None, value) else "no"


def _statement(value: Any, standing: str, source: Mapping[str, Any] | None) -> dict[str, Any]:
    written = {"true": "yes", "false": "no"}.get(value, value) if isinstance(value, str) else value
    stated: dict[str, Any] = {"value": written, "standing": standing}
    if source:
        stated["source"] = dict(source)
    return stated


def _source(ref: Mapping[str, Any]) -> dict[str, Any]:
    source: dict[str, Any] = {
        "title": ref.get("ref", ""),
        "class": source_class(ref.get("ref", "")),
    }
    if ref.get("url") not in (None, "", "null"):
        source["url"] = ref["url"]
    if re.match(r"^\d{4}(-\d{2}(-\d{2})?)?$", str(ref.get("published", ""))):
        source["published"] = str(ref["published"])
    return source


def _after(text: str, day: str) -> bool:
    """Whether a text names a date, or a year, later than a day: that is hindsight.

    >>> _after("2021-08-30 (after review)", "2020-03-02"), _after("two instalments", "2020-03-02")
    (True, False)
    """
    dates = re.findall(r"\b(?:19|20)\d{2}(?:-\d{2}){0,2}\b", text)
    return any(date > day[: len(date)] for date in dates)


def _flat(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
