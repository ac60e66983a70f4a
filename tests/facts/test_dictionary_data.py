"""The fact dictionary as data: what its files promise, read without types as strangers would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from licet.rules.load import shipped

FACTS = Path(__file__).parents[2] / "src" / "licet" / "facts"
SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted(FACTS.glob("*.yaml"))
TYPES = {"yes_no", "code", "codes", "text", "integer", "decimal", "date", "country"}
FIELDS = {
    "name", "type", "codes", "attaches", "roles", "question", "statement", "statement_no",
    "answered_by", "evidence_asked", "judgement", "publishable", "adverse", "law", "red_flag",
    "severity", "unmentioned", "derive",
}  # fmt: skip
NEVER_BY_SILENCE = re.compile(
    r"^(safeguard\.|safeguards\.partly|risk\.|spyware\.|measure\.|grade\.|target\."
    r"|dest\.(legal|procedural|technical)_safeguards$)"
)
NEVER_BY_SILENCE_NAMES = {
    "item.surveillance", "item.subject_to_EAR", "item.listed_annex_I", "bio.one_to_many",
    "export.leaves_EU_customs_territory", "vendor.ungp_adherent",
    "vendor.record_of_serving_abusers", "exporter.aware_via_dd_of_repression_or_violations",
    "agency.certification", "use.hosting", "end_user.true",
}  # fmt: skip


class UniqueKeys(yaml.BaseLoader):
    """Every scalar stays text, and a key may stand once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        assert not doubled, f"{node.start_mark}: {doubled} stand twice"
        return super().construct_mapping(node, deep)


def read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=UniqueKeys)  # noqa: S506 - text only


DOCUMENTS = {path.name: read(path) for path in FILES}
DERIVATIONS = DOCUMENTS.get("derivations.yaml", {}).get("derive", {})
ENTRIES = [entry for document in DOCUMENTS.values() for entry in document.get("facts", ())]
BY_NAME = {entry["name"]: entry for entry in ENTRIES}
ALIASES = DOCUMENTS["aliases.yaml"]
ANSWERS = DOCUMENTS["dossier_answers.yaml"]


def resolve(spelling: str) -> str | None:
    """The dictionary's name for a spelling, as the alias table gives it."""
    candidates = [spelling] + [
        proper + spelling.removeprefix(prefix)
        for prefix, proper in ALIASES["prefixes"].items()
        if spelling.startswith(prefix)
    ]
    for candidate in candidates:
        name = ALIASES["renames"].get(candidate, candidate)
        if name in BY_NAME:
            return str(name)
    return None


def names_in(condition: Any) -> list[str]:
    """The fact names in one condition of the grammar."""
    if isinstance(condition, str):
        return [condition.split()[0]]
    if isinstance(condition, list):
        return [name for part in condition for name in names_in(part)]
    return [name for key in condition if key != "says" for name in names_in(condition[key])]


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared data are not beside the project: {path.name} is not checked")
    return path


def law_ids() -> set[str]:
    files = (shared("law", "law.yaml"), shared("law", "additions.yaml"))
    return {provision["id"] for file in files for provision in read(file)["provisions"]}


def dossiers() -> list[Any]:
    return [
        read(path)
        for folder in ("cases", "controls")
        for path in sorted(shared(folder).glob("*.yaml"))
    ]


def test_names_are_unique() -> None:
    assert len(ENTRIES) == len(BY_NAME)


def test_every_file_carries_its_schema() -> None:
    special = {
        "aliases.yaml": "licet/fact-aliases/1",
        "dossier_answers.yaml": "licet/dossier-answers/1",
        "derivations.yaml": "licet/derivations/1",
    }
    for name, document in DOCUMENTS.items():
        assert document["schema"] == special.get(name, "licet/fact-dictionary/1"), name


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_entry_is_complete(entry: dict[str, Any]) -> None:
    assert set(entry) <= FIELDS
    assert entry["type"] in TYPES
    assert entry["question"].endswith(("?", "one."))
    assert entry["statement"]
    assert not entry["statement"].endswith(".")
    assert entry["answered_by"] in {"applicant", "officer", "evidence", "derived"}
    assert entry["attaches"] in {"case", "item", "party"}
    assert ("roles" in entry) == (entry["attaches"] == "party")
    assert entry["judgement"] in {"yes", "no"}
    assert entry["publishable"] in {"yes", "no"}
    assert isinstance(entry["law"], list)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_adverse_answers_are_answers_of_the_fact(entry: dict[str, Any]) -> None:
    adverse = entry.get("adverse", [])
    adverse = [adverse] if isinstance(adverse, str) else adverse
    if entry["type"] == "yes_no":
        assert adverse
        assert set(adverse) <= {"yes", "no"}
        assert entry["statement_no"]
        assert entry["statement_no"] != entry["statement"]
    elif entry["type"] in {"code", "codes"}:
        assert entry["codes"]
        assert set(adverse) <= set(entry["codes"])
    else:
        assert not adverse
        assert "codes" not in entry


def test_a_judgement_is_asked_of_an_officer() -> None:
    judged = [entry for entry in ENTRIES if entry["judgement"] == "yes"]
    assert {entry["answered_by"] for entry in judged} == {"officer"}
    assert {entry["name"] for entry in judged} >= {
        "risk.substantial_risk_of_violation",
        "use.legitimate_security_research",
        "measure.necessity",
        "safeguards.partly_accepted",
    }


def test_silence_never_answers_what_must_be_asked() -> None:
    silent = {entry["name"] for entry in ENTRIES if "unmentioned" in entry}
    assert {entry["unmentioned"] for entry in ENTRIES if "unmentioned" in entry} == {"no"}
    assert not [name for name in silent if NEVER_BY_SILENCE.match(name)]
    assert not silent & NEVER_BY_SILENCE_NAMES


def test_silence_is_read_only_into_yes_no_facts() -> None:
    assert {entry["type"] for entry in ENTRIES if "unmentioned" in entry} == {"yes_no"}


def test_there_are_54_red_flags_with_severity() -> None:
    flags = {entry["red_flag"]: entry for entry in ENTRIES if "red_flag" in entry}
    assert set(flags) == {f"RF-{number:02d}" for number in range(1, 55)}
    assert {entry["severity"] for entry in flags.values()} <= {"critical", "high", "medium", "low"}


def test_aliases_and_prefixes_resolve() -> None:
    for spelling, name in ALIASES["renames"].items():
        assert name in BY_NAME, spelling
        assert spelling not in BY_NAME, f"{spelling} is a fact already"
    for proper in ALIASES["prefixes"].values():
        assert any(name.startswith(proper) for name in BY_NAME)
    assert resolve("enduser.credible_abuse_reports") == "end_user.credible_abuse_reports"
    assert resolve("item.surveilance") is None


def test_derivations_name_known_facts_and_do_not_turn_in_circles() -> None:
    derive = {entry["name"]: names_in(entry["derive"]) for entry in ENTRIES if "derive" in entry}
    derive |= {name: names_in(condition) for name, condition in DERIVATIONS.items()}

    def follow(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        assert name in BY_NAME, f"{above[-1]} reads {name}"
        for part in derive.get(name, ()):
            follow(part, (*above, name))

    for name in derive:
        assert BY_NAME[name]["type"] == "yes_no"
        follow(name, ())


def test_categories_put_known_entries_in_question() -> None:
    categories = DOCUMENTS["item.yaml"]["category_entries"]
    entries = BY_NAME["item.entries_in_question"]["codes"]
    assert set(categories) == set(BY_NAME["item.category"]["codes"])
    for category, raised in categories.items():
        assert raised, category
        assert set(raised) <= set(entries), category
    assert set(categories["other"]) == set(entries)


def test_answers_set_known_facts_to_known_answers() -> None:
    entries = BY_NAME["item.entries_in_question"]["codes"]
    for group in ANSWERS["groups"].values():
        assert set(group["puts_in_question"]) <= set(entries)
    for question, body in ANSWERS["questions"].items():
        assert question.rpartition("-")[0] in ANSWERS["groups"]
        assert set(body["sets"]) == {"yes", "no"}
        for facts in body["sets"].values():
            assert facts, question
            for name, value in facts.items():
                assert BY_NAME[name]["type"] == "yes_no", (question, name)
                assert value in {"yes", "no"}


def test_safeguards_and_targets_are_as_many_as_the_checklist() -> None:
    codes = set(BY_NAME["item.core_safeguards"]["codes"])
    assert codes == {name.removeprefix("safeguard.") for name in BY_NAME if "safeguard." in name}
    assert len(codes) == 32
    assert sum(name.startswith("target.") for name in BY_NAME) == 1 + 18


@pytest.mark.shared
def test_every_question_of_the_fact_sheet_is_answered() -> None:
    sheet = read(shared("law", "law.yaml"))
    asked = {question["id"] for entry in sheet["classification"] for question in entry["questions"]}
    assert asked == set(ANSWERS["questions"])


@pytest.mark.shared
def test_the_vocabulary_of_the_fact_sheet_is_covered() -> None:
    vocabulary = read(shared("law", "law.yaml"))["fact_vocabulary"]
    missing = [name for name in vocabulary if not name.endswith("()") and resolve(name) is None]
    assert missing == []


@pytest.mark.shared
def test_red_flags_are_those_of_the_fact_sheet() -> None:
    for flag in read(shared("law", "law.yaml"))["red_flags"]:
        name = resolve(flag["fact"])
        assert name is not None, flag["fact"]
        assert BY_NAME[name]["red_flag"] == flag["id"]
        assert BY_NAME[name]["severity"] == flag["severity"]


@pytest.mark.shared
def test_law_names_known_provisions() -> None:
    known = law_ids() | {pid for book in shipped().values() for pid in book.provisions}
    unknown = [(e["name"], law) for e in ENTRIES for law in e["law"] if law not in known]
    assert unknown == []


@pytest.mark.shared
def test_every_fact_of_every_dossier_resolves() -> None:
    named: set[str] = set()
    for dossier in dossiers():
        named.update(name for item in dossier["items"] for name in item["facts"])
        for part in ("facts_known_at_date", "facts_unknown_at_date"):
            named.update(entry["fact"] for entry in dossier[part])
        for expected in dossier["expected"].values():
            named.update(expected["ask"])
    assert named, "no dossier was read"
    assert sorted(name for name in named if resolve(name) is None) == []


@pytest.mark.shared
def test_answers_of_one_item_never_contradict_each_other() -> None:
    for dossier in dossiers():
        for item in dossier["items"]:
            stated: dict[str, str] = {}
            for question, answer in item["capability_answers"].items():
                for name, value in ANSWERS["questions"][question]["sets"].get(answer, {}).items():
                    assert stated.setdefault(name, value) == value, (dossier["id"], question, name)
