"""Each row is assessed on what was public before it, counted once, and can be looked up."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.assessment.assess import Assessment, assess
from licet.assessment.evidence import Knowledge
from licet.assessment.hindsight.cases import UNNAMED, Days, cases_of, stays_at_home
from licet.assessment.hindsight.counting import Verdict, verdict
from licet.assessment.hindsight.inventory import Row, SetAside, read_inventory
from licet.assessment.hindsight.periods import Period
from licet.assessment.hindsight.report import body, rows_of
from licet.assessment.hindsight.study import MODEL, MODES, Study, study
from licet.assessment.options import EvidenceMode, Options
from licet.errors import InputError
from licet.model.dates import Span

FIXTURE = Path(__file__).resolve().parents[2] / "examples/hindsight/inventory.csv"
SHARED = (
    Path(__file__).resolve().parents[3]
    / "shared/data/test_only/carnegie_spyware_inventory_v10_part.csv"
)
KNOWLEDGE = Knowledge.open()


def rows() -> list[Row | SetAside]:
    text = FIXTURE.read_text("utf-8")
    return list(read_inventory(io.StringIO(text, newline=""), "inventory.csv", KNOWLEDGE.country))


@cache
def done() -> Study:
    return study(rows(), KNOWLEDGE)


def row(**changes: Any) -> Row:
    plain: dict[str, Any] = {
        "line": 2,
        "destination": "KE",
        "technology": "intrusion_spyware",
        "vendors": ("Maker",),
        "origins": ("Israel",),
        "periods": (Period(2016, 2018, "2016-2018"),),
        "disclosed": (2020,),
    }
    return Row(**(plain | changes))


def days_of(one: Row, days: Days = Days()) -> list[str]:  # noqa: B008 - frozen
    cases = cases_of(one, days, KNOWLEDGE.country)
    return [asked.case.dates.assessed.last.isoformat() for asked in cases]


# The day


def test_a_stated_year_is_assessed_on_the_eve_of_its_first_day() -> None:
    assert days_of(row()) == ["2015-12-31"]


def test_every_period_and_every_supplier_is_a_transfer() -> None:
    two = (Period(2016, 2018, "2016-2018"), Period(2021, 2021, "2021"))
    assert days_of(row(periods=two)) == ["2015-12-31", "2020-12-31"]
    assert days_of(row(vendors=("A", "B"))) == ["2015-12-31", "2015-12-31"]


def test_a_row_without_a_year_is_assessed_on_its_latest_and_its_earliest_day() -> None:
    assert days_of(row(periods=())) == ["2019-12-31", "2014-12-31"]
    assert days_of(row(periods=()), Days(undated_span=10)) == ["2019-12-31", "2009-12-31"]
    assert days_of(row(periods=()), Days(undated_span=0)) == ["2019-12-31"]
    assert days_of(row(periods=(Period(None, 2018, "?-2018"),))) == ["2017-12-31", "2012-12-31"]


def test_a_use_disclosed_before_it_began_is_assessed_before_its_disclosure() -> None:
    assert days_of(row(disclosed=(2014,), disclosure_first=True)) == ["2013-12-31"]


def test_every_day_can_be_moved_earlier() -> None:
    assert days_of(row(), Days(earlier=3)) == ["2012-12-31"]


# The case


def test_a_case_holds_nothing_of_what_the_row_tells_of_the_use() -> None:
    told = " ".join(
        str(asked.case.canonical())
        for one in rows()
        if isinstance(one, Row)
        for asked in cases_of(one, Days(), KNOWLEDGE.country)
    ).lower()
    for word in ("journalist", "opposition", "ministry", "investigation", "example.org", "misuse"):
        assert word not in told


def test_an_agency_that_is_not_named_is_found_on_no_list_and_in_no_report() -> None:
    assert not KNOWLEDGE.index.screen(_query(UNNAMED), day=date(2026, 8, 1)).hits
    for code in ("SA", "HU", "KE"):
        found = KNOWLEDGE.snapshot.misuse(code, [UNNAMED], as_of=date(2026, 11, 1))
        assert not [r for r in found if any(m.value == "agency" for m in r.matched_by)]


def _query(name: str) -> Any:
    from licet.screening import Query

    return Query(name, (), ())


def test_what_stays_in_one_country_is_no_export() -> None:
    home = row(destination="IL")
    assert stays_at_home(home, KNOWLEDGE.country)
    kinds = [asked.case.kind.value for asked in cases_of(home, Days(), KNOWLEDGE.country)]
    assert kinds == ["transfer"]
    assert not stays_at_home(
        row(origins=("Israel", "Hungary"), destination="HU"), KNOWLEDGE.country
    )


def test_a_row_that_makes_no_case_is_set_aside_with_its_reason() -> None:
    forged = row(line=7, vendors=("N\u0421O Group",))
    found = study([forged, row()], KNOWLEDGE, rulebooks=[MODEL])
    assert found.read == 2
    assert [one.line for one in found.set_aside] == [7]
    assert "mixes scripts" in found.set_aside[0].reason


def test_a_table_without_rows_is_no_inventory() -> None:
    with pytest.raises(InputError, match="holds no row"):
        study([], KNOWLEDGE)


@given(
    st.tuples(st.text(min_size=1, max_size=20)),
    st.tuples(st.text(max_size=90)),
    st.text(max_size=20),
)
def test_any_names_make_cases_or_a_reason(vendors, origins, end_user) -> None:
    named = row(vendors=vendors, origins=origins, end_user=end_user)
    with contextlib.suppress(InputError):
        assert list(cases_of(named, Days(), KNOWLEDGE.country))


# No evidence of a later day


def later(assessment: Assessment, day: date) -> list[str]:
    return [
        f"{name}: {source['title']}"
        for determination in assessment
        for facts in determination.body["facts"].values()
        for name, reading in facts.items()
        if "value" in reading and "retro_coded" not in reading.get("cautions", ())
        for source in reading.get("sources", ())
        if "published" in source and Span.read(source["published"]).last > day
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("destination", ["HU", "BH", "CN", "AE", "MA", "MX", "RU", "US"])
def test_no_known_fact_rests_on_a_source_of_a_later_day(destination, mode) -> None:
    for year in (2008, 2013, 2017, 2021):
        for vendor in ("NSO Group", "Cellebrite"):
            one = row(
                destination=destination, vendors=(vendor,), periods=(Period(year, None, str(year)),)
            )
            for asked in cases_of(one, Days(), KNOWLEDGE.country):
                day = asked.case.dates.assessed.last
                found = assess(asked.case, KNOWLEDGE, options=Options(evidence=mode), explain=False)
                assert later(found, day) == []
                if mode is EvidenceMode.STRICT:
                    assert "retro_coded" not in str([d.body["facts"] for d in found])


@pytest.mark.shared
def test_no_row_of_the_inventory_is_answered_with_a_source_of_a_later_day() -> None:
    if not SHARED.is_file():
        pytest.skip("the inventory is not beside the project: its evidence is not checked")
    with SHARED.open(encoding="utf-8", newline="") as stream:
        found = study(
            read_inventory(stream, SHARED.name, KNOWLEDGE.country), KNOWLEDGE, rulebooks=[MODEL]
        )
    checked = 0
    for told in rows_of(found):
        for source in told["known_from"] if told["evidence"] == "strict" else ():
            published = re.search(r"\(([\d-]+)\)$", source)
            assert published is not None, source
            assert Span.read(published[1]).last <= date.fromisoformat(told["as_of"]), source
            checked += 1
    assert checked > 50


@settings(max_examples=25, deadline=None)
@given(st.integers(2005, 2024), st.sampled_from(["HU", "BH", "KE", "MA"]))
def test_a_row_refused_on_an_earlier_day_is_known_by_evidence_of_that_day(
    year, destination
) -> None:
    one = row(destination=destination, periods=(Period(year, None, str(year)),))
    found = study([one], KNOWLEDGE, rulebooks=[MODEL])
    for assessed in found.results[0].assessed:
        if assessed.mode is EvidenceMode.STRICT and assessed.grounds:
            assert assessed.known_from


# The counts


def test_all_rows_are_either_assessed_or_set_aside() -> None:
    found = body(done())
    counts = found["rows"]
    assert counts == {"read": 12, "assessed": 6, "quarantined": 6}
    assert sum(found["totals"].values()) == counts["assessed"]
    assert len(found["quarantined"]) == counts["quarantined"]
    for groups in found["by"].values():
        for verdict_ in Verdict:
            assert sum(g[verdict_.value] for g in groups.values()) == found["totals"][verdict_]
    for book in found["rulebooks"]:
        assert sum(book[v.value] for v in Verdict) == counts["assessed"]


def test_what_makes_rows_hard_is_counted() -> None:
    found = body(done())["handled"]
    assert found["several_periods"] == 1
    assert found["several_suppliers"] == 1
    assert found["several_origins"] == 1
    assert found["no_first_year_of_use"] == 2
    assert found["supplier_not_named"] == found["disclosed_before_first_year_of_use"] == 1
    assert found["supplier_and_user_in_one_country"] == 1
    # Six rows, one with two periods and one with two suppliers; the undated ones on two days.
    assert found["transfers"] == 8
    assert found["assessments"] == 2 * (1 + 2 + 2 + 4 + 1 + 1)


def test_a_row_is_denied_only_if_every_transfer_on_every_day_is() -> None:
    """A judgment of January 2016 on missing safeguards counts from then, and not before."""
    by_line = {r.row.line: r for r in done().results}
    assert by_line[2].verdict(MODEL, EvidenceMode.STRICT) is Verdict.REFUSED
    assert by_line[2].assessed[0].grounds == ("AMN-06",)
    assert by_line[3].transfers(MODEL, EvidenceMode.STRICT) == (Verdict.REFERRED, Verdict.REFUSED)
    assert by_line[3].verdict(MODEL, EvidenceMode.STRICT) is Verdict.REFERRED
    assert by_line[4].latest_day(MODEL, EvidenceMode.STRICT) is Verdict.REFUSED
    assert by_line[4].verdict(MODEL, EvidenceMode.STRICT) is Verdict.REFERRED
    assert body(done())["totals"]["refused"] == 1


def test_the_moratorium_is_off() -> None:
    """With it on, every row would be prohibited; on the merits most are referred."""
    for result in done().results:
        for assessed in result.assessed:
            declared = assess(
                assessed.asked.case, KNOWLEDGE, rulebooks=[MODEL], explain=False
            ).determinations[0]
            assert declared.body["outcomes"] == ["prohibited"]
    assert body(done())["totals"]["referred"] == 5


def test_a_rulebook_that_does_not_reach_a_row_never_clears_it() -> None:
    found = study(rows(), KNOWLEDGE, rulebooks=["uk-export"])
    totals = body(found)["totals"]
    assert totals["cleared"] == 0
    assert totals["not_reached"] >= 4


def test_one_named_rulebook_heads_the_totals_and_several_are_a_strictest_view() -> None:
    assert study(rows(), KNOWLEDGE, rulebooks=["eu-dual-use"]).headline == "eu-dual-use"
    two = study(rows(), KNOWLEDGE, rulebooks=["eu-dual-use", MODEL])
    assert two.headline == "strictest view"
    assert two.tally().counts[Verdict.REFUSED] >= done().tally().counts[Verdict.REFUSED]


def test_soft_law_alone_refuses_nothing_and_is_not_counted() -> None:
    with pytest.raises(InputError, match="only these refuse"):
        study(rows(), KNOWLEDGE, rulebooks=["international-standards"])


def test_the_same_table_gives_the_same_counts() -> None:
    assert body(study(rows(), KNOWLEDGE)) == body(done())


def test_each_assessment_can_be_looked_up_and_made_again() -> None:
    cases = {a.asked.case.id: a.asked.case for r in done().results for a in r.assessed}
    for told in rows_of(done()):
        again = assess(
            cases[told["case"]],
            KNOWLEDGE,
            rulebooks=[MODEL],
            options=Options(evidence=EvidenceMode(told["evidence"])),
        )
        model = next(d for d in again if d.book.id == MODEL)
        assert [o.value for o in model.outcomes_on_merits] or told["outcomes"]
        assert {o.value for o in model.outcomes_on_merits} == set(told["outcomes"])
        assert verdict(model.outcomes_on_merits).value == told["verdict"]


def test_one_fact_about_the_agency_would_deny_a_referred_row() -> None:
    told = body(done())["referred_and_would_have_been_refused"]
    referred = body(done())["totals"]["referred"]
    assert 0 < told["reports_name_the_agency"] <= referred
    assert told["agency_is_one_already_reported"] <= referred
    # An undated row is refused on its later day already: supposing more of it moves nothing.
    assert told["reports_name_the_agency"] == referred - 1


def test_reports_on_a_state_count_from_their_day_and_are_no_agencys_record() -> None:
    assert not KNOWLEDGE.abuse_reported("MX", date(2010, 1, 1))
    assert KNOWLEDGE.abuse_reported("MX", date(2020, 1, 1))
