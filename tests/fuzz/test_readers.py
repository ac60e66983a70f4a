"""Whatever bytes or values come in: an answer or an InputError, never another error."""

import contextlib
import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.assessment.casefile import parse_case
from licet.assessment.dossier import import_dossier
from licet.assessment.evidence import Knowledge
from licet.assessment.framework import read_facts
from licet.errors import InputError, RulebookError
from licet.rules.deadlines import read_deadlines
from licet.rules.load import load_rulebook, shipped
from licet.rules.moratorium import build_moratorium, declare
from licet.rules.strict_yaml import read_bytes

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CASE = (ROOT / "examples/cases/01-nso-saudi-2017.yaml").read_bytes()
BOOK = ROOT / "src/licet/rulebooks/eu-dual-use"
BOOK_FILE = (BOOK / "rulebook.yaml").read_bytes()
PROVISION = (BOOK / "provisions/EU-DU-5.1.yaml").read_bytes()
DOSSIER = b"""schema: case-dossier/1
id: fuzz
kind: export
dates: {assessed_as_of: 2022-01-01}
parties:
- {name: Seller, role: exporter, country: FR}
- {name: Ministry, role: end_user, country: TD}
items:
- {name: Box, category: interception}
facts_known_at_decision: {item.surveillance: yes}
"""
MORATORIUM = (ROOT / "examples/moratoria/intrusion-tools.yml").read_bytes()
RECORDS = (ROOT / "src/licet/rulebooks/amnesty-2021/lifting/states.yaml").read_bytes()
DEADLINES = b"""deadlines:
- id: T-7
  title: returned
  means: return
  days: '30'
  cite: {instrument: Test Act, locator: section 7}
  checked: {level: text}
  in_force: {from: '2020-01-01'}
"""
WORDS = st.sampled_from(
    ["", "yes", "NO", "unknown", "-1", "9" * 40, "2021-02-30", "\u202eevil", "Ж漢", "a" * 300, "[x"]
)
SCALARS = st.text(max_size=12) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(SCALARS, v, max_size=3),
    max_leaves=8,
)
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def places(value: object, trail: tuple = ()) -> list[tuple]:
    found = [trail]
    parts = value.items() if isinstance(value, dict) else []
    parts = enumerate(value) if isinstance(value, list) else parts
    for key, part in parts:
        found += places(part, (*trail, key))
    return found


def changed(value: object, trail: tuple, new: object, how: str) -> object:
    if not trail:
        return new
    whole = copy.deepcopy(value)
    inner = whole
    for step in trail[:-1]:
        inner = inner[step]
    if how == "remove":
        del inner[trail[-1]]
    elif how == "add" and isinstance(inner, dict):
        inner[f"{trail[-1]}x"] = new
    else:
        inner[trail[-1]] = new
    return whole


@st.composite
def mutated(draw, raw: bytes) -> bytes:
    """A valid file with up to three places changed, removed or added to."""
    value = yaml.load(raw, Loader=yaml.BaseLoader)  # noqa: S506
    for _ in range(draw(st.integers(1, 3))):
        trail = draw(st.sampled_from(places(value)))
        how = draw(st.sampled_from(["change", "remove", "add"]))
        value = changed(value, trail, draw(VALUES), how)
    return yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace")


@st.composite
def cut(draw, raw: bytes) -> bytes:
    """A valid file cut off, with a few bytes changed."""
    data = bytearray(raw[: draw(st.integers(0, len(raw)))])
    for _ in range(draw(st.integers(0, 4))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@MANY
@given(mutated(CASE) | cut(CASE) | st.binary(max_size=300))
def test_the_case_reader_answers_or_refuses(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        parse_case(raw, "case.yaml")


@MANY
@given(mutated(DOSSIER) | cut(DOSSIER))
def test_the_dossier_reader_answers_or_refuses(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        import_dossier(read_bytes(raw, "dossier.yaml"), "dossier.yaml")


def load(folder: Path, book: bytes, provision: bytes) -> None:
    (folder / "provisions").mkdir(exist_ok=True)
    (folder / "rulebook.yaml").write_bytes(book)
    (folder / "provisions" / "p.yaml").write_bytes(provision)
    with contextlib.suppress(RulebookError, InputError):
        load_rulebook(folder)


@MANY
@given(raw=mutated(PROVISION) | cut(PROVISION))
def test_the_provision_reader_answers_or_refuses(tmp_path: Path, raw: bytes) -> None:
    load(tmp_path, BOOK_FILE, raw)


@MANY
@given(raw=mutated(BOOK_FILE) | cut(BOOK_FILE))
def test_the_rulebook_reader_answers_or_refuses(tmp_path: Path, raw: bytes) -> None:
    load(tmp_path, raw, PROVISION)


@MANY
@given(raw=mutated(MORATORIUM) | cut(MORATORIUM))
def test_the_moratorium_reader_answers_or_refuses_and_what_it_reads_can_stand(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        declare(shipped(), [build_moratorium(read_bytes(raw, "m.yaml"), "m.yaml")])


@MANY
@given(raw=mutated(RECORDS) | cut(RECORDS))
def test_the_reader_of_records_answers_or_refuses(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        read_facts(raw, "facts.yaml", Knowledge.open())


@MANY
@given(raw=mutated(DEADLINES))
def test_the_reader_of_deadlines_answers_or_refuses(tmp_path: Path, raw: bytes) -> None:
    load(tmp_path, BOOK_FILE + raw, PROVISION)
    with contextlib.suppress(InputError):
        value = read_bytes(raw, "d.yaml")
        if isinstance(value, dict) and isinstance(value.get("deadlines"), list):
            read_deadlines(value["deadlines"], "d.yaml")
