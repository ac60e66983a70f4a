"""Every bad input gets the message written beside it: where, what, and what to do.

``python -m tests.hostile.test_bad_inputs`` writes the messages anew, to be read before they are
kept: a message that names no place or no remedy is a defect of the reader, not of the table.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licet.assessment.casefile import parse_case
from licet.assessment.dossier import import_dossier
from licet.errors import InputError
from licet.rules.build import build
from licet.rules.load import default_dictionary, parse_files
from licet.rules.moratorium import build_moratorium
from licet.rules.strict_yaml import read_bytes
from tests.hostile.inputs import CASES, DOSSIERS, MORATORIA, RULEBOOKS

MESSAGES = Path(__file__).with_name("messages.json")


def messages_of(door: str, name: str) -> list[str]:
    """What a door says of an input. Raises AssertionError if it is let in."""
    try:
        if door == "case":
            raw = CASES[name]
            suffix = "json" if name.startswith("JSON") else "yaml"
            parse_case(raw if isinstance(raw, bytes) else raw.encode(), f"case.{suffix}")
        elif door == "dossier":
            import_dossier(read_bytes(DOSSIERS[name].encode(), "dossier.yaml"), "dossier.yaml")
        elif door == "moratorium":
            build_moratorium(read_bytes(MORATORIA[name].encode(), "m.yaml"), "m.yaml")
        else:
            files = {k: v.encode() for k, v in RULEBOOKS[name].items()}
            build(parse_files(files, "book"), "book", default_dictionary())
    except InputError as error:
        return [str(fault)[:400] for fault in error.faults]
    raise AssertionError(f"{door}: {name!r} was let in")


INPUTS = (
    [("case", n) for n in CASES]
    + [("rulebook", n) for n in RULEBOOKS]
    + [("dossier", n) for n in DOSSIERS]
    + [("moratorium", n) for n in MORATORIA]
)


@pytest.mark.parametrize(("door", "name"), INPUTS, ids=[f"{d}: {n}" for d, n in INPUTS])
def test_a_bad_input_gets_its_message(door: str, name: str) -> None:
    table = json.loads(MESSAGES.read_text("utf-8"))
    assert messages_of(door, name) == table[f"{door}: {name}"]


def test_there_are_at_least_sixty_bad_inputs_and_two_faults_are_told_together() -> None:
    assert len(INPUTS) >= 60
    assert len(messages_of("case", "two faults at once")) == 2


if __name__ == "__main__":
    written = {f"{door}: {name}": messages_of(door, name) for door, name in INPUTS}
    MESSAGES.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
