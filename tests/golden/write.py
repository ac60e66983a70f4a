"""The golden answers of every example: what each rulebook says, and the digest of every byte.

``make golden`` writes them anew; read the difference before it is committed. The digest pins the
whole determination, the other fields say in the review what changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.evidence import Knowledge

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FOLDER = Path(__file__).parent / "answers"


def answers_of(path: Path, knowledge: Knowledge) -> dict[str, Any]:
    """What every rulebook says of one example."""
    return {
        d.book.id: {
            "outcomes": d.body["outcomes"],
            "on_merits": d.body["outcomes_on_merits"],
            "rests_on": sorted({pid for one in d.decisions for pid in one.result.heads}),
            "asks": [q["fact"] for q in d.body["questions"]],
            "cautions": sorted({c["code"] for c in d.body["cautions"]}),
            "sha256": d.sha256,
        }
        for d in assess(read_case(path), knowledge).determinations
    }


def main() -> None:
    """Write every golden file."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    knowledge = Knowledge.open()
    for path in sorted(EXAMPLES.rglob("*.yaml")):
        text = json.dumps(answers_of(path, knowledge), indent=1) + "\n"
        (FOLDER / f"{path.parent.name}-{path.stem}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
