"""A made-up rulebook in Licet's own format, drawn from a seed. Its provisions are no law.

Eleven provisions on six steps of the ladder and one exemption, over 25 facts: 19 yes/no, three
numbers, three codes. The same seed gives the same files.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import yaml

from licet.rules import dictionary as dictionaries
from licet.rules.load import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from licet.rules.dictionary import Dictionary
    from licet.rules.rulebook import Rulebook

SEED = 176
"""With this one every fact is read and every outcome is reached."""
FLAGS = tuple(f"flag_{i:02}" for i in range(1, 20))
NUMBERS = tuple(f"number_{i}" for i in range(1, 4))
PLACES = tuple(f"place_{i}" for i in range(1, 4))
FACTS = (*FLAGS, *NUMBERS, *PLACES)
CODES = tuple(f"c{i:02}" for i in range(12))
HIGHEST = 100
EFFECTS = (
    "prohibited",
    "prohibited",
    "refusal_required",
    "refusal_required",
    "refusal_presumed",
    "authorisation_required",
    "authorisation_required",
    "authorisation_required",
    "notify_authority",
    "notify_authority",
    "conditions",
)
RELEASED = ("authorisation_required", "notify_authority")
"""The effects from which the exemption releases; the others prevail over it."""

Facts = dict[str, Any]
"""A case: the value of each fact, by name. A fact that is not known is left out."""


def dictionary() -> Dictionary:
    """The 25 facts."""
    common = {"attaches": "case", "answered_by": "applicant"}
    types: dict[str, dict[str, Any]] = {
        **{name: {"type": "yes_no"} for name in FLAGS},
        **{name: {"type": "integer"} for name in NUMBERS},
        **{name: {"type": "code", "codes": {code: code for code in CODES}} for name in PLACES},
    }
    facts = [
        {"name": name, "question": f"{name}?", "statement": name, **common, **kind}
        for name, kind in types.items()
    ]
    return dictionaries.build(
        [("facts.yaml", {"schema": "licet/fact-dictionary/1", "facts": facts})]
    )


class _Drawing:
    """Draws conditions."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - no secret

    def flag(self) -> str:
        name = self.draw.choice(FLAGS)
        return name if self.draw.random() < 0.7 else f"{name} is no"

    def leaf(self) -> str:
        kind = self.draw.random()
        if kind < 0.6:
            return self.flag()
        if kind < 0.8:
            compare = self.draw.choice(("<", "<=", ">", ">="))
            return f"{self.draw.choice(NUMBERS)} {compare} {self.draw.randint(30, 70)}"
        codes = ", ".join(sorted(self.draw.sample(CODES, 4)))
        among = self.draw.choice(("is one of", "is one of", "is none of"))
        return f"{self.draw.choice(PLACES)} {among} [{codes}]"

    def condition(self, shape: int) -> dict[str, Any]:
        leaf = self.leaf
        match shape % 5:
            case 0:
                return {"all": [leaf(), leaf(), {"any": [leaf(), leaf()]}]}
            case 1:
                return {"all": [{"not": {"ref": "shared"}}, leaf(), leaf()]}
            case 2:
                flags = sorted(self.draw.sample(FLAGS, 5))
                return {"all": [leaf(), {"at_least": {"count": "3", "of": flags}}]}
            case 3:
                inner = {"all": [leaf(), leaf(), leaf()]}
                return {"any": [inner, {"all": [leaf(), {"none": [leaf(), leaf()]}]}]}
            case _:
                return {"all": [{"ref": "shared"}, leaf(), {"not": {"all": [leaf(), leaf()]}}]}


def files(seed: int = SEED) -> dict[str, str]:
    """The rulebook's files, by name: ``rulebook.yaml`` and one file for each provision."""
    drawing = _Drawing(seed)
    book = {
        "schema": "licet/rulebook/1",
        "id": "made-up",
        "title": "A made-up rule set",
        "jurisdiction": "INT",
        "kind": "binding",
        "version": "1",
        "authority": "nobody",
        "terms": {
            "shared": {"says": "the shared term", "when": {"any": [drawing.leaf(), drawing.leaf()]}}
        },
    }
    found = {"rulebook.yaml": book}
    ids = [f"R{i:02}" for i in range(1, len(EFFECTS) + 1)]
    for shape, (pid, effect) in enumerate(zip(ids, EFFECTS, strict=True)):
        then: dict[str, Any] = {"effect": effect}
        if effect not in RELEASED:
            then["prevails_over"] = ["X01"]
        found[f"provisions/{pid}.yaml"] = _provision(pid, drawing.condition(shape), then)
    released = [pid for pid, effect in zip(ids, EFFECTS, strict=True) if effect in RELEASED]
    when = {"all": [drawing.flag(), drawing.leaf()]}
    found["provisions/X01.yaml"] = _provision(
        "X01", when, {"effect": "exempt", "releases": released}
    )
    return {name: yaml.safe_dump(body, sort_keys=False) for name, body in found.items()}


def _provision(pid: str, when: Any, then: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "licet/provision/1",
        "provision": pid,
        "title": f"The made-up provision {pid}",
        "cite": {"instrument": "no law", "locator": pid},
        "checked": {"level": "policy"},
        "in_force": {"from": "2020-01-01"},
        "scope": "case",
        "when": when,
        "then": then,
    }


def write(folder: Path, seed: int = SEED) -> Rulebook:
    """Write the rule set into a folder and load it as any rulebook is loaded."""
    (folder / "provisions").mkdir(parents=True, exist_ok=True)
    for name, text in files(seed).items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_rulebook(folder, dictionary())


def cases(count: int, seed: int) -> list[Facts]:
    """Cases of which every fact is known, each drawn anew."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    return [
        {
            **{name: draw.random() < 0.5 for name in FLAGS},
            **{name: draw.randint(0, HIGHEST) for name in NUMBERS},
            **{name: draw.choice(CODES) for name in PLACES},
        }
        for _ in range(count)
    ]


def values(fact: str) -> tuple[Any, ...]:
    """Every value that a fact can have."""
    if fact in FLAGS:
        return (True, False)
    return tuple(range(HIGHEST + 1)) if fact in NUMBERS else CODES
