"""The law of the day before and of the day after, on the real days, by the anchor that counts.

The table is written from the fact sheet on the law, not read from the provisions, so that a day moved
in a file is found here; that no day of a file is missing from the table is tested as well.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from licet.model.dates import Span
from licet.model.fact import Reading
from licet.rules.evaluate import InForce, in_force
from licet.rules.load import shipped
from licet.rules.outcomes import decide
from licet.rules.rulebook import Anchor, Provision
from licet.rules.scope import Days, Scope

PROVISIONS = {p.id: p for book in shipped().values() for p in book.provisions.values()}
DAY = timedelta(days=1)
EXPORT = "export"
UNGP = "UNGP-1-10 UNGP-11 UNGP-12 UNGP-13 UNGP-14 UNGP-15 UNGP-16 UNGP-17 UNGP-18 UNGP-19 UNGP-20 UNGP-21 UNGP-22 UNGP-23 UNGP-24 UNGP-29 UNGP-31"
RECAST = "EU-ANNEX-VERS EU-DU-2.20 EU-DU-2.21 EU-DU-3.1 EU-DU-4.1b EU-DU-5.1 EU-DU-5.2 EU-DU-5.3 EU-DU-5.4-5 EU-DU-5.6-7 EU-DU-5.8 EU-DU-5.11 EU-DU-6-8 EU-DU-9.1 EU-DU-9.1-P EU-DU-10.1 EU-DU-12.3 EU-DU-12.4 EU-DU-15.1 EU-DU-15.2 EU-DU-16.1 EU-DU-16.2 EU-DU-16.5 EU-DU-26.2 EU-DU-26.3 EU-DU-26.4 EU-DU-27"
BEFORE_RECAST = "EU-DU-428-3 EU-DU-428-4 EU-DU-428-5 EU-DU-428-8 EU-DU-428-8-P"
DECEMBER_2014 = "CL-4A005 CL-4D004 CL-4D001a CL-4E001a CL-4E001c CL-5A001f CL-5A001j CL-5D001a CL-5D001c CL-5E001a CL-DEF-INTR"
LETTER = " ".join(f"AMN-{n:02}" for n in range(1, 17)) + " AMN-10-LIMIT"
ACE = "US-740.22a US-740.22b-def US-740.22c1 US-740.22c2-2022 US-740.22c3 US-740.22c4 US-CCL-4A005 US-CCL-5A001j"
AI_ACT_BANS = "AIA-3.35 AIA-3.36 AIA-3.41-43 AIA-5.1d AIA-5.1e AIA-5.1f AIA-5.1g AIA-5.1h AIA-5.2-5.3 AIA-5.4-7"

# day, what happened, what begins on it, what was in force for the last time the day before, the anchor
TABLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("1974-12-30", "section 502B", "US-502B", "", EXPORT),
    ("1976-03-23", "the Covenant", "ICCPR-17 ICCPR-19 ICCPR-21", "", ""),
    ("2004-05-14", "Syria under General Order No. 2", "US-SYR-746.9", "", EXPORT),
    ("2006-11-20", "secret interception devices, 71 FR 67034", "US-742.13 US-CCL-5A980", "", EXPORT),
    ("2007-06-19", "military end users", "US-744.21-22", "", EXPORT),
    ("2008-12-08", "the Common Position", "EU-CP944-C2 EU-CP944-6", "", EXPORT),
    ("2009-08-27", "Regulation 428/2009", f"{BEFORE_RECAST} EU-ANNEX-OLD-TEXT CL-5A002 CL-5A002-N2 CL-5A004a CL-C5P2-N3 CL-GSN", "", EXPORT),
    ("2011-06-16", "the Guiding Principles are endorsed", UNGP, "", ""),
    ("2012-01-19", "Syria: monitoring equipment", "EU-SYR-36-4 EU-SYR-36-4-R", "", EXPORT),
    ("2012-03-24", "Iran: monitoring equipment", "EU-IRN-359-1b EU-IRN-359-1b-R", "", EXPORT),
    ("2014-12-31", "Delegated Regulation 1382/2014: intrusion, interception, network surveillance", DECEMBER_2014, "", EXPORT),
    ("2016-04-18", "the procurement directive binds after its transposition", "EU-2014-24-57 EU-2014-24-57-1 EU-2014-24-50", "", "contract"),
    ("2017-03-28", "French duty of vigilance", "FR-VIGI", "", ""),
    ("2017-11-14", "Venezuela: monitoring equipment", "EU-VEN-2063-6 EU-VEN-2063-6-R", "", EXPORT),
    ("2018-04-27", "Myanmar: monitoring equipment", "EU-MMR-401-3b EU-MMR-401-3b-R", "", EXPORT),
    ("2018-05-31", "OECD guidance on due diligence", "OECD-DDG", "", ""),
    ("2018-08-13", "Export Control Reform Act", "US-4811 US-4820h", "", EXPORT),
    ("2018-12-15", "notes for updates and research enter Annex I", "CL-4D004-N CL-4E001-N1", "", EXPORT),
    ("2019-05-28", "report of the Special Rapporteur", "A-HRC-41-35", "", ""),
    ("2019-08-13", "section 889, Part A", "US-889", "", EXPORT),
    ("2020-08-13", "section 889, Part B", "US-889-B", "", EXPORT),
    ("2020-09-30", "State Department guidance", "US-UNGP-GUIDE", "", ""),
    ("2020-10-06", "crime-control policy, 85 FR 63007", "US-742.7b", "", EXPORT),
    ("2020-12-15", "forensics and monitoring centres enter Annex I", "CL-5A004b CL-5D001e CL-5D001e-2020", "", EXPORT),
    ("2021-01-01", "British list after the transition", "UK-DU", "", EXPORT),
    ("2021-03-16", "support of US persons to military intelligence", "US-744.6", "", EXPORT),
    ("2021-06-03", "the letter", LETTER, "", ""),
    ("2021-06-25", "Belarus: monitoring equipment", "EU-BLR-765-monitoring", "", EXPORT),
    ("2021-08-12", "the experts' call", "UN-2021-MORAT", "", ""),
    ("2021-09-09", "Regulation 2021/821 replaces 428/2009", RECAST, BEFORE_RECAST, EXPORT),
    ("2021-09-15", "A/HRC/48/31", "OHCHR-48-31", "", ""),
    ("2021-11-04", "Entity List: NSO, Candiru, Positive Technologies, CSIS", "US-EL-2021", "", EXPORT),
    ("2021-12-08", "British criteria of 2021", "UK-SELC-2a UK-SELC-2b UK-SELC-2cd UK-SELC-2gbv UK-SELC-2gbv-refusal", "", EXPORT),
    ("2022-03-07", "cybersecurity items and exception ACE, after their delay", ACE, "", EXPORT),
    ("2022-05-19", "British military end-use control", "UK-MEU", "", EXPORT),
    ("2022-05-26", "87 FR 31948: ENC bar, narrower carve-out", "US-740.17f US-740.22c2", "US-740.22c2-2022", EXPORT),
    ("2022-12-23", "NDAA 2023", "US-3232a US-4813-F", "", EXPORT),
    ("2022-12-31", "ISO/IEC 2382-37:2022", "ISO-2382-37", "", ""),
    ("2023-01-01", "German supply-chain law, 3,000 staff", "DE-LKSG-2023", "", ""),
    ("2023-03-27", "Executive Order 14093", "US-EO14093 US-EO14093-cert US-EO14093-record", "", EXPORT),
    ("2023-03-30", "code of conduct of the Initiative", "US-ECHRI", "", ""),
    ("2023-06-08", "OECD Guidelines, update", "OECD-MNE-2023", "", ""),
    ("2023-06-15", "Parliament's recommendation on spyware", "PEGA", "", ""),
    ("2023-07-18", "Entity List: Intellexa and Cytrox", "US-EL-2023", "", EXPORT),
    ("2024-01-01", "German supply-chain law, 1,000 staff", "DE-LKSG", "DE-LKSG-2023", ""),
    ("2024-02-06", "Pall Mall declaration", "PMP-DECL", "", ""),
    ("2024-02-27", "Entity List: Sandvine", "US-EL-SAND", "", EXPORT),
    ("2024-03-05", "Intellexa among the specially designated", "US-OFAC-INT", "", EXPORT),
    ("2024-08-01", "the AI Act enters into force", "AIA-113 AIA-2.3", "", ""),
    ("2024-10-16", "Recommendation 2024/2659", "EU-REC-2659", "", ""),
    ("2024-10-21", "Sandvine is removed from the Entity List", "", "US-EL-SAND", EXPORT),
    ("2024-12-17", "resolution 79/175", "UNGA-79-175", "", ""),
    ("2025-02-02", "the bans of the AI Act apply", AI_ACT_BANS, "", ""),
    ("2025-02-24", "Procurement Act 2023", "UK-PA2023 UK-PA2023-6", "", "contract"),
    ("2025-04-04", "Pall Mall code of practice", "PMP-COP", "", ""),
    ("2025-08-02", "penalties of the AI Act apply", "AIA-99", "", ""),
    ("2025-09-29", "ownership rule", "US-AFFIL US-732S3-29", "", EXPORT),
    ("2025-11-10", "the ownership rule is stayed", "US-732S3-29-stay", "US-AFFIL US-732S3-29", EXPORT),
    ("2025-11-15", "Annex I is replaced by 2025/2003", "CL-5D001e-2025", "CL-5D001e-2020", EXPORT),
    ("2026-11-10", "the ownership rule is back by the terms of its stay", "US-AFFIL US-732S3-29", "US-732S3-29-stay", EXPORT),
    ("2027-12-02", "high-risk rules of Annex III, as deferred by 2026/1744", "AIA-III.1 AIA-III.6-7 AIA-26.10", "", ""),
    ("2029-07-26", "due-diligence directive applies", "EU-CSDDD", "", ""),
    ("2030-08-02", "old systems of public authorities", "AIA-111.2", "", ""),
)  # fmt: skip

# Not researched when they began: by this day they were law, before it they are "in force unknown".
NOT_LATER_THAN = {
    "2005-01-01": "UK-ECA8 UK-ECA9 UK-ECA10",
    "2006-11-20": "US-732S3 US-734.3b3 US-740.17 US-740.2a3 US-740.2a4 US-18USC2512 US-742.6 US-FAR-9.405 US-FAR-9.406 US-742.7a1 US-744.11 US-CCL-5A001f US-CCL-5A002 US-CCL-5A004",
    "2011-12-31": "TEST-4",
    "2014-05-31": "NP-13",
    "2015-12-31": "COE-SAFE",
}  # fmt: skip

NEVER = "CL-5A001i EU-ANNEX-2026 US-PROP-3A504 US-PROP-FSEU"
"""Proposed, not used, or adopted and not yet published: law on no day."""


def state(pid: str, day: date, **other: str) -> InForce:
    """Whether a provision is law where its own anchor falls on a day and the others as given."""
    provision = PROVISIONS[pid]
    days = {"assessed": Span(day, day)}
    if provision.anchor is not Anchor.ASSESSED:
        # A day of assessment long after, so that nothing but the provision's own anchor can tell.
        days = {"assessed": Span.read("2035-01-01"), provision.anchor.value: Span(day, day)}
    days |= {anchor: Span.read(text) for anchor, text in other.items()}
    return in_force(provision.periods, Days(days), provision.anchor)


ROWS = [
    (day, what, pid, begins, anchor)
    for day, what, starts, ends, anchor in TABLE
    for pids, begins in ((starts, True), (ends, False))
    for pid in pids.split()
]


@pytest.mark.parametrize(
    ("day", "what", "pid", "begins", "anchor"), ROWS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_the_day_before_and_the_day_itself(day, what, pid, begins, anchor) -> None:
    on = date.fromisoformat(day)
    before, after = (InForce.NO, InForce.YES) if begins else (InForce.YES, InForce.NO)
    assert PROVISIONS[pid].anchor.value == (anchor or "assessed"), what
    assert (state(pid, on - DAY), state(pid, on)) == (before, after), what


@pytest.mark.parametrize("day", NOT_LATER_THAN)
def test_before_a_beginning_that_nobody_researched_law_is_neither_in_force_nor_not(day) -> None:
    on = date.fromisoformat(day)
    for pid in NOT_LATER_THAN[day].split():
        assert (state(pid, on - DAY), state(pid, on)) == (InForce.UNKNOWN, InForce.YES), pid


def test_what_is_only_proposed_or_unpublished_is_law_on_no_day() -> None:
    for pid in NEVER.split():
        days = ("2021-09-09", "2026-11-25", "2050-01-01")
        assert {state(pid, date.fromisoformat(day)) for day in days} == {InForce.NO}


def test_no_day_on_which_a_file_says_the_law_changed_is_missing_here() -> None:
    method = {p.id for p in shipped()["risk-method"].provisions.values()}
    told = {(day, pid) for day, _, pid, _, _ in ROWS}
    told |= {(day, pid) for day, pids in NOT_LATER_THAN.items() for pid in pids.split()}
    found = {
        (day.isoformat(), p.id)
        for p in PROVISIONS.values()
        if p.id not in method
        for day in turning_days(p)
        if day.year != 9999
    }
    assert found == told


def turning_days(provision: Provision) -> set[date]:
    """The days on which a provision begins, and those after its ends."""
    begins = {p.start or p.not_later_than for p in provision.periods}
    return {d for d in begins if d} | {p.end + DAY for p in provision.periods if p.end}


# Savings clauses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("application", "old", "new"),
    [
        ("2021-09-08", InForce.YES, InForce.NO),
        ("2021-09-09", InForce.NO, InForce.YES),
        ("2021-08", InForce.YES, InForce.NO),
        ("2021-09", InForce.UNKNOWN, InForce.UNKNOWN),
    ],
)
def test_an_application_made_before_the_recast_stays_under_the_old_regulation(
    application: str, old: InForce, new: InForce
) -> None:
    """Article 31: the export comes after the change, the application decides."""
    export = date(2021, 11, 1)
    assert {state(p, export, application=application) for p in BEFORE_RECAST.split()} == {old}
    assert state("EU-DU-3.1", export, application=application) is new


@pytest.mark.parametrize(
    ("began", "law"), [("2025-02-23", InForce.NO), ("2025-02-24", InForce.YES)]
)
def test_a_procurement_begun_before_the_british_act_stays_under_the_rules_before_it(began, law):
    for pid in ("UK-PA2023", "UK-PA2023-6"):
        assert state(pid, date(2025, 9, 1), application=began) is law


def test_a_contract_concluded_before_saves_nothing_where_no_clause_says_so() -> None:
    """Export control looks at the day of the export: neither contract nor decision softens it."""
    for pid, day in (("US-EL-2021", "2021-11-04"), ("EU-DU-5.1", "2021-09-09")):
        on = date.fromisoformat(day)
        assert state(pid, on, contract="2015-01-01", decision="2015-06-01") is InForce.YES
        assert state(pid, on - DAY, contract="2035-01-01") is InForce.NO


NOT_RELEASED = (
    "item.in_public_domain",
    "item.basic_scientific_research",
    "item.generally_available_software",
    "item.minimum_for_install",
)


def listed_item(**days: str) -> frozenset[str]:
    """What EU law says of a listed item that leaves the Union, on these days."""
    facts = {
        "case.kind": Reading(value="export"),
        "export.leaves_EU_customs_territory": Reading(value=True),
        "item.listed_annex_I": Reading(value=True),
    } | dict.fromkeys(NOT_RELEASED, Reading(value=False))
    line = Scope("line", facts, None, {})
    spans = Days({anchor: Span.read(day) for anchor, day in days.items()})
    return frozenset(decide(shipped()["eu-dual-use"], line, spans, "export").outcomes)


@pytest.mark.parametrize(
    "days",
    [
        {"assessed": "2021-09-08"},
        {"assessed": "2021-09-09"},
        {"assessed": "2021-12-31", "export": "2021"},
        {"assessed": "2021-12-31", "application": "2021", "export": "2021-10"},
        {"assessed": "2021-12-31", "application": "2021", "export": "2021"},
    ],
    ids=str,
)
def test_a_day_known_only_by_its_year_is_answered_under_each_law_and_joined(days) -> None:
    """Both Regulations ask for an authorisation; not knowing which of them leaves nothing open."""
    assert listed_item(**days) == {"authorisation_required"}


def test_where_the_two_laws_differ_the_joined_answer_holds_both() -> None:
    assert listed_item(assessed="2009-08-26") == {"not_in_force"}
    assert listed_item(assessed="2009-12-31", export="2009") == {
        "authorisation_required",
        "not_in_force",
    }


# Dated lists -------------------------------------------------------------------

MEMBERS = (
    ("us-ear", "us_embargoed", "SY", "2004-05-14", True),
    ("us-ear", "us_military_end_user", "CN", "2007-06-19", True),
    ("us-ear", "us_military_end_user", "RU", "2014-09-17", True),
    ("us-ear", "us_military_end_user", "VE", "2014-11-07", True),
    ("us-ear", "us_military_end_user", "MM", "2021-03-08", True),
    ("us-ear", "us_military_end_user", "KH", "2021-12-09", True),
    ("us-ear", "us_military_end_user", "BY", "2022-03-02", True),
    ("us-ear", "us_military_end_user", "NI", "2024-03-15", True),
    ("us-ear", "us_military_end_user_any_item", "RU", "2022-02-24", True),
    ("us-ear", "us_military_intelligence", "CN", "2021-03-16", True),
    ("us-ear", "us_military_intelligence", "BY", "2022-03-02", True),
    ("us-ear", "cc_exception_allies", "FI", "2023-04-04", True),
    ("us-ear", "cc_exception_allies", "SE", "2024-03-07", True),
    ("eu-dual-use", "annex_i_texts", "1382_2014", "2014-12-31", True),
    ("eu-dual-use", "annex_i_texts", "2020_1749", "2020-12-15", True),
    ("eu-dual-use", "annex_i_texts", "2020_1749", "2021-09-09", False),
    ("eu-dual-use", "annex_i_texts", "2021_821", "2021-09-09", True),
    ("eu-dual-use", "annex_i_texts", "2022_1", "2022-01-07", True),
    ("eu-dual-use", "annex_i_texts", "2023_66", "2023-01-12", True),
    ("eu-dual-use", "annex_i_texts", "2023_996", "2023-05-26", True),
    ("eu-dual-use", "annex_i_texts", "2024_2547", "2024-11-08", True),
    ("eu-dual-use", "annex_i_texts", "2024_2547", "2025-11-15", False),
    ("eu-dual-use", "annex_i_texts", "2025_2003", "2025-11-15", True),
    ("eu-ai-act", "eu_members", "PL", "2004-05-01", True),
    ("eu-ai-act", "eu_members", "BG", "2007-01-01", True),
    ("eu-ai-act", "eu_members", "HR", "2013-07-01", True),
    ("eu-ai-act", "eu_members", "GB", "2020-02-01", False),
)


def test_exactly_one_text_of_annex_i_is_in_force_on_each_day() -> None:
    rows = shipped()["eu-dual-use"].lists["annex_i_texts"]
    assert rows[0].valid_from == date(2009, 8, 27)
    assert rows[-1].valid_to is None
    for before, after in itertools.pairwise(rows):
        assert before.valid_to is not None
        assert after.valid_from == before.valid_to + DAY


@pytest.mark.parametrize(("book", "name", "code", "day", "joins"), MEMBERS)
def test_a_row_stands_on_its_list_from_its_day_and_until_its_day(
    book, name, code, day, joins
) -> None:
    on = date.fromisoformat(day)
    held = [code in shipped()[book].list_on(name, d, d)[0] for d in (on - DAY, on)]
    assert held == ([False, True] if joins else [True, False])
