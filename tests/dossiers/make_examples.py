"""Write ``examples/`` from the case dossiers that lie beside the project (../shared).

Run it when a dossier or the importer changes: ``python -m tests.dossiers.make_examples``. The
examples and what is expected of them are then part of the project, and no test needs ../shared.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from licet.assessment.casefile import build_case, write_yaml
from licet.assessment.dossier import import_dossier
from licet.rules.strict_yaml import read_file

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
EXAMPLES = ROOT / "examples"

# Dossiers 01 and 15 name AMN-14 as deciding but state none of its facts. What was known on the day
# does not say who was excluded as a target; so the question is put, and stays open.
MENDED = {
    "01-nso-saudi-2017": "Which groups are excluded as targets, by law, contract or technical control?",
    "15-ntechlab-moscow-2019": "Are protest organisers, journalists or other protected groups on the lists?",
}


def main() -> None:
    """Write every example and the table of expectations."""
    expected: dict[str, Any] = {}
    for folder in ("cases", "controls"):
        target = EXAMPLES / folder
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((SHARED / folder).glob("*.yaml")):
            raw = read_file(file)
            imported = import_dossier(raw, file.name)
            mend(imported.case)
            case = build_case(imported.case, file.name)
            heading = _heading(folder, raw)
            (target / file.name).write_text(heading + write_yaml(case), encoding="utf-8")
            expected[f"{folder}/{raw['id']}"] = _expectation(folder, raw)
    text = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
    (EXAMPLES / "expected.json").write_text(text, encoding="utf-8")


def mend(case: dict[str, Any]) -> None:
    """Put the question that a dossier needs and does not ask."""
    question = MENDED.get(case["id"])
    if question:
        case["answers"].setdefault("target.impermissible", [{"unknown": "asked"}])
        case["open_questions"].append(
            {"fact": "target.impermissible", "question": question, "material": True}
        )


def _heading(folder: str, raw: dict[str, Any]) -> str:
    if folder == "controls":
        return (
            "# A stylised, lawful transfer or its twin with one thing changed. State names give the legal\n"
            "# setting only; agencies, companies and facts are constructed. Not legal advice.\n"
        )
    basis = raw.get("basis", "")
    return (
        f"# Basis: {basis}. Paraphrased from public sources, each named beside its fact. What became known\n"
        "# later is left out. Not legal advice; no victims or private persons are named.\n"
    )


def _expectation(folder: str, raw: dict[str, Any]) -> dict[str, Any]:
    kept = {
        "group": raw.get("group", ""),
        "basis": raw.get("basis", ""),
        "tags": [t for t in raw.get("tags", []) if folder == "controls"],
        "twin_of": raw.get("twin_of") if raw.get("twin_of") not in (None, "null") else None,
    }
    for name, entry in raw["expected"].items():
        kept[name] = {
            key: entry[key]
            for key in ("outcomes", "must_not", "on_merits", "deciding", "not_in_force", "ask")
            if entry.get(key)
        }
    return kept


if __name__ == "__main__":
    main()
