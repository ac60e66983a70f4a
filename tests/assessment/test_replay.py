"""A kept determination comes out again byte for byte; each thing that changed is told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.assessment.assess import Assessment, assess
from licet.assessment.casefile import build_case
from licet.assessment.determination import seal
from licet.assessment.evidence import Knowledge
from licet.assessment.options import EvidenceMode, Options
from licet.assessment.replay import (
    case_file_name,
    find_case,
    read_determinations,
    replay,
    replay_bytes,
    replay_file,
)
from licet.assessment.statements import Mode
from licet.cli.assess import save
from licet.errors import InputError, LicetError, ReplayError
from licet.model.canonical import canonical_bytes, digest
from licet.rules.load import shipped
from tests.dossiers.test_expected import assessed, knowledge

NAME = "kept.json"
EXAMPLE = "cases/04-intellexa-madagascar-sudan-2021"
BOOK, METHOD = "amnesty-2021", "risk-method"


@cache
def done() -> Assessment:
    """A small case under one rulebook and the method that it uses."""
    raw = {
        "schema": "licet/case/1",
        "id": "a",
        "kind": "export",
        "dates": {"assessed": "2024-01-01"},
        "parties": [
            {"name": "Maker", "roles": ["exporter"], "country": ["DE"]},
            {"name": "Sécurité", "roles": ["end_user"], "country": ["KE"]},
        ],
        "items": [{"name": "Box"}],
    }
    return assess(build_case(raw, "a"), knowledge(), rulebooks=[BOOK])


def body() -> dict[str, Any]:
    return next(d.body for d in done() if d.book.id == BOOK)


def raw() -> bytes:
    return canonical_bytes(body())


def resealed(**changes: Any) -> dict[str, Any]:
    """The determination with some fields changed and a digest that fits again."""
    return seal({k: v for k, v in {**body(), **changes}.items() if k != "sha256"})


class OtherSnapshot(Knowledge):
    """The same evidence under another digest."""

    digest = "sha256:" + "0" * 64  # type: ignore[assignment]


def other_snapshot() -> Knowledge:
    return OtherSnapshot(knowledge().snapshot, knowledge().index)


def changed_books(name: str) -> dict[str, Any]:
    return {**shipped(), name: replace(shipped()[name], digest="sha256:" + "0" * 64)}


# The same again ------------------------------------------------------------------------------------


def test_every_determination_of_a_case_comes_out_again_byte_for_byte(tmp_path: Path) -> None:
    kept = save(assessed(EXAMPLE), tmp_path)
    assert len(kept) == len(shipped()) + 1
    for path in kept[1:]:
        (found,) = replay_file(path, knowledge())
        assert found.same, found.differences
        assert found.recomputed_sha256 == found.sha256


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(mode=Mode.SELF_ASSESSMENT),
        Options(evidence=EvidenceMode.STRICT),
        Options(strict_dates=True),
    ],
)
def test_a_determination_is_replayed_with_the_options_it_was_made_with(
    options: Options, tmp_path: Path
) -> None:
    made = assess(done().case, knowledge(), rulebooks=[BOOK], options=options)
    for path in save(made, tmp_path)[1:]:
        assert all(found.same for found in replay_file(path, knowledge()))


def test_a_case_may_lie_in_a_store_and_several_determinations_in_one_file(tmp_path: Path) -> None:
    store = tmp_path / "store"
    save(done(), store)
    lines = b"\n".join(d.to_bytes() for d in done()) + b"\n"
    found = replay_bytes(lines, NAME, (tmp_path, store), knowledge())
    assert [(r.rulebook, r.same) for r in found] == [(BOOK, True), (METHOD, True)]


# Tampering -----------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_flipped_byte_of_a_determination_is_noticed(data: st.DataObject) -> None:
    altered = bytearray(raw())
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(LicetError):
        replay_bytes(bytes(altered), NAME, (), knowledge())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_flipped_byte_of_the_case_is_noticed(data: st.DataObject) -> None:
    altered = bytearray(canonical_bytes(done().case.canonical()))
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / case_file_name(body()["case_digest"])
        path.write_bytes(altered)
        with pytest.raises(LicetError):
            find_case(body()["case_digest"], [path.parent])


def test_an_altered_determination_says_that_it_was_altered() -> None:
    altered = raw().replace(b'"outcome":"indeterminate"', b'"outcome":"no_rule_applies"')
    assert altered != raw()
    with pytest.raises(ReplayError, match=r"kept\.json: sha256: .*altered after it was made"):
        read_determinations(altered, NAME)


def test_a_second_value_under_one_name_is_refused() -> None:
    """Readers disagree on which of two values counts, so a forged one could hide behind the true."""
    forged = b'{"outcome":"no_rule_applies",' + raw()[1:]
    with pytest.raises(InputError, match="outcome"):
        read_determinations(forged, NAME)


def test_an_altered_case_says_that_it_is_another_case(tmp_path: Path) -> None:
    case_path = save(done(), tmp_path)[0]
    case_path.write_bytes(case_path.read_bytes().replace(b"Maker", b"Taker"))
    with pytest.raises(ReplayError, match="holds another case than its name says"):
        find_case(body()["case_digest"], [tmp_path])


def test_a_missing_case_is_named_with_its_file_and_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ReplayError) as error:
        find_case(body()["case_digest"], [tmp_path])
    assert case_file_name(body()["case_digest"]) in str(error.value)
    assert str(tmp_path) in str(error.value)


INPUTS: dict[str, tuple[dict[str, Any], str]] = {
    "another case": (
        {"case": lambda: build_case({**done().case.canonical(), "title": "x"}, "a")},
        "case_digest: the case is not the recorded one",
    ),
    "another snapshot": (
        {"knowledge": other_snapshot},
        "snapshot_digest: the evidence snapshot is not the recorded one",
    ),
    "another rulebook": (
        {"books": lambda: changed_books(BOOK)},
        f"rulebook_digest: the rulebook {BOOK} is not the recorded one",
    ),
    "another method": (
        {"books": lambda: changed_books(METHOD)},
        f"uses.{METHOD}: the rulebook {METHOD} is not the recorded one",
    ),
    "no rulebook": (
        {"books": lambda: {k: v for k, v in shipped().items() if k != BOOK}},
        f"rulebook_digest: the rulebook {BOOK} (",
    ),
    "no method": (
        {"books": lambda: {k: v for k, v in shipped().items() if k != METHOD}},
        f"uses.{METHOD}: the rulebook {METHOD} (",
    ),
}


def message(**inputs: Any) -> str:
    """What a replay with other inputs says."""
    given_inputs = {"case": done().case, "knowledge": knowledge(), "books": shipped()}
    given_inputs.update({name: make() for name, make in inputs.items()})
    with pytest.raises(ReplayError) as error:
        replay(body(), **given_inputs)
    return str(error.value)


@pytest.mark.parametrize("name", INPUTS)
def test_each_input_that_is_not_the_recorded_one_is_told_apart(name: str) -> None:
    inputs, words = INPUTS[name]
    said = message(**inputs)
    assert words in said
    assert not [other for _, other in INPUTS.values() if other != words and other in said]


@pytest.mark.parametrize("name", ["another snapshot", "another rulebook", "another method"])
def test_a_message_on_a_digest_names_both_digests(name: str) -> None:
    assert "sha256:" + "0" * 64 in message(**INPUTS[name][0])
    recorded = {body()["snapshot_digest"], body()["rulebook_digest"], *body()["uses"].values()}
    assert any(known in message(**INPUTS[name][0]) for known in recorded)


def test_all_inputs_that_differ_are_named_at_once() -> None:
    said = message(knowledge=other_snapshot, books=lambda: changed_books(BOOK))
    assert "snapshot_digest" in said
    assert "rulebook_digest" in said


# A forger who can compute digests ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"outcome": "no_rule_applies"}, "outcome"),
        ({"outcomes": ["no_rule_applies"]}, "outcomes"),
        ({"questions": []}, "questions"),
        ({"lines": []}, "lines"),
        ({"cautions": []}, "cautions"),
        ({"not_considered": []}, "not_considered"),
        ({"case": "b"}, "case"),
        ({"assessed_as_of": "2024-01-02"}, "assessed_as_of"),
        ({"extra": "x"}, "extra"),
    ],
)
def test_a_forged_content_with_a_fitting_digest_differs_where_it_was_forged(
    changes: dict[str, Any], path: str
) -> None:
    (read_back,) = read_determinations(canonical_bytes(resealed(**changes)), NAME)
    found = replay(read_back, done().case, knowledge())
    assert not found.same
    assert any(d.path.startswith(path) for d in found.differences)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"semantics": 2}, "semantics: is version 2"),
        ({"moratoria": ["x"]}, "moratoria"),
        ({"hit_decisions": ["x"]}, "hit_decisions"),
        ({"peer_denials": ["x"]}, "peer_denials"),
        ({"options": {}}, "options"),
        ({"options": {**Options().stored(), "mode": "court"}}, "court"),
        ({"options": {**Options().stored(), "more": True}}, "options"),
        ({"case_digest": "sha256:0"}, "case_digest"),
        ({"snapshot_digest": "sha256:0"}, "snapshot_digest"),
        ({"rulebook": "nobody"}, "nobody"),
        ({"rulebook": None}, "rulebook"),
        ({"rulebook": []}, "rulebook"),
        ({"uses": []}, "uses"),
        ({"uses": "risk-method"}, "uses"),
    ],
)
def test_forged_inputs_with_a_fitting_digest_are_refused_in_words(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as error:
        replay(resealed(**changes), done().case, knowledge())
    assert words in str(error.value)


NESTED = b"[" * 100_000
FILES: dict[str, bytes] = {
    "nothing": b"",
    "only spaces": b" \n \n",
    "a list": b"[1]",
    "null": b"null",
    "a text": b'"x"',
    "no JSON": b"schema: licet/determination/1\n",
    "a case": canonical_bytes({"schema": "licet/case/1"}),
    "no digest": canonical_bytes({"schema": "licet/determination/1"}),
    "not UTF-8": b'{"schema": "\xff"}',
    "deep nesting": NESTED,
    "something behind": raw() + b" x",
    "a name that is not ASCII": json.dumps({**body(), "é": "x"}).encode(),
    "NaN": raw()[:-1] + b',"x":NaN}',
    "a lone surrogate": raw()[:-1] + b',"x":"\\ud800"}',
    "an endless number": raw()[:-1] + b',"x":' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_stored_determination_is_refused_in_words(name: str) -> None:
    with pytest.raises(InputError, match=r"kept\.json"):
        read_determinations(FILES[name], NAME)


@pytest.mark.parametrize("bad", [None, 5, [], "sha256:" + "a" * 5000, "../../etc/passwd"])
def test_a_case_digest_that_is_none_is_refused_in_words(bad: Any, tmp_path: Path) -> None:
    with pytest.raises(LicetError):
        replay_bytes(canonical_bytes(resealed(case_digest=bad)), NAME, (tmp_path,), knowledge())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", NESTED, b'{"schema":NaN}', b"\xff"])
def test_a_file_under_the_name_of_a_case_that_is_none_is_refused_in_words(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / case_file_name(body()["case_digest"])
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        find_case(body()["case_digest"], [tmp_path])
    assert str(path) in str(error.value)


def test_a_digest_covers_the_object_without_its_own_field() -> None:
    content = {k: v for k, v in body().items() if k != "sha256"}
    assert body()["sha256"] == digest(content)
