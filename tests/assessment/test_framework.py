"""A State against the lifting conditions of the model moratorium: days, membership, what lifts."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from licet.assessment.framework import conditions, framework_of, read_facts, shipped_records
from licet.cli.main import main
from licet.errors import InputError
from licet.rules.lifting import Status
from tests.dossiers.test_expected import knowledge

IDS = [condition.id for condition in conditions()]
TODAY = date(2026, 11, 25)


def status(state: str, condition: str, day: date) -> Status:
    found = framework_of(state, day, knowledge())
    return next(s.status for s in found.standings if s.condition.id == condition)


def facts(*records: dict) -> bytes:
    return json.dumps({"schema": "licet/framework-facts/1", "records": list(records)}).encode()


def record(condition: str, **changed) -> dict:
    return {
        "condition": condition,
        "state": "NO",
        "status": "in_force",
        "from": "2027-01-01",
        "cite": {"instrument": "An Act", "locator": "section 1"},
        "checked": {"level": "text"},
        **changed,
    }


def added(*records: dict):
    return read_facts(facts(*records), "facts.json", knowledge())


def test_the_letter_has_nine_conditions_each_with_its_place() -> None:
    assert len(IDS) == 9
    assert all(condition.cite.locator.startswith("AMN-") for condition in conditions())


def test_what_nobody_recorded_is_unknown_and_lifts_nothing() -> None:
    found = framework_of("XX", TODAY, knowledge())
    assert found.with_status(Status.UNKNOWN) == tuple(IDS)
    assert not found.would_lift


@pytest.mark.parametrize(
    ("state", "condition", "first"),
    [
        ("FR", "due-diligence-law", date(2017, 3, 28)),
        ("DE", "due-diligence-law", date(2023, 1, 1)),
        ("Norway", "due-diligence-law", date(2022, 7, 1)),
        ("IT", "due-diligence-law", date(2029, 7, 26)),
        ("DE", "annual-reports", date(2021, 9, 9)),
        ("US", "procurement-standards", date(2022, 12, 23)),
        ("GB", "annual-reports", date(2005, 1, 1)),
    ],
)
def test_law_counts_from_its_first_day(state, condition, first) -> None:
    day = timedelta(days=1)
    statuses = [status(state, condition, first + n * day) for n in (-1, 0, 1)]
    assert statuses == [Status.UNKNOWN, Status.PARTIAL, Status.PARTIAL]


@pytest.mark.parametrize(
    ("state", "inside", "outside"),
    [
        ("GB", date(2020, 1, 31), date(2020, 2, 1)),
        ("HR", date(2013, 7, 1), date(2013, 6, 30)),
        ("DE", TODAY, None),
        ("NO", None, TODAY),
    ],
)
def test_union_law_counts_on_the_days_of_membership(state, inside, outside) -> None:
    def union_law(day: date) -> bool:
        found = framework_of(state, day, knowledge())
        return any(r.of == "EU" for s in found.standings for r in s.records)

    assert inside is None or union_law(inside)
    assert outside is None or not union_law(outside)


def test_no_record_that_ships_says_in_force_and_each_says_what_it_leaves_out() -> None:
    for one in shipped_records():
        assert one.record.status is not Status.IN_FORCE
        assert one.record.says
        assert one.record.provision.cite.instrument


def test_it_would_lift_on_the_day_from_which_all_nine_are_in_force() -> None:
    every = added(*(record(name) for name in IDS[1:]), record(IDS[0], **{"from": "2027-05-01"}))
    before = framework_of("NO", date(2027, 4, 30), knowledge(), every)
    assert not before.would_lift
    assert before.with_status(Status.PARTIAL) == (IDS[0],)
    assert framework_of("NO", date(2027, 5, 1), knowledge(), every).would_lift


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({"checked": {"level": "memory"}}, Status.UNKNOWN),
        ({"checked": {"level": "policy"}}, Status.UNKNOWN),
        ({"status": "missing"}, Status.MISSING),
        ({"status": "partial"}, Status.PARTIAL),
        ({"from": "unknown", "not_later_than": "2030-01-01"}, Status.UNKNOWN),
        ({"to": "2027-12-31"}, Status.UNKNOWN),
    ],
)
def test_one_condition_short_it_would_not_lift(changed, left) -> None:
    last = "cooperation"
    others = [record(name) for name in IDS if name != last]
    every = added(*others, record(last, **changed))
    found = framework_of("NO", date(2028, 1, 1), knowledge(), every)
    assert not found.would_lift
    assert found.with_status(left) == (last,)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"[]", "schema: got 'list'"),
        (b'{"schema": "licet/case/1"}', "write licet/framework-facts/1"),
        (facts(), "at least one record"),
        (facts(record("due-dilligence-law")), "nearest: 'due-diligence-law'"),
        (facts(record(IDS[0], state="Atlantis")), "no State's name or ISO code"),
        (facts(record(IDS[0], status="done")), "use in_force, partial, missing"),
        (facts(record(IDS[0], since="2027")), r"records\[0\].since: is not a known field"),
        (facts(record(IDS[0], checked={"level": "sure"})), "checked.level"),
        (facts({"condition": IDS[0], "state": "NO", "law": "eu-dual-use/X"}), "RULEBOOK/PROVISION"),
    ],
)
def test_a_file_of_facts_that_does_not_hold_together_is_refused(raw, said) -> None:
    with pytest.raises(InputError, match=said):
        read_facts(raw, "facts.json", knowledge())


def test_the_command_prints_conclusion_and_json(capsys, tmp_path) -> None:
    assert main(["framework", "de", "--date", "2026-11-25"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "would not lift: 0 of 9 are in force" in said
    assert "1 unknown, which is neither in force nor missing: company-transparency-law" in said
    path = tmp_path / "facts.json"
    path.write_bytes(facts(*(record(name) for name in IDS)))
    words = ["framework", "Norway", "--date", "2027-06-01", "--facts", str(path), "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["would_lift"] is True
    assert told["in_force"] == IDS
    assert all(one["records"][-1]["checked"] == "text" for one in told["conditions"])


def test_a_name_that_is_no_states_is_refused(capsys) -> None:
    assert main(["framework", "Atlantis"]) == 2
    assert main(["framework", "EU"]) == 2
    assert "name a member State" in capsys.readouterr().err
