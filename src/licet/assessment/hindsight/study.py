"""Assess every row of an inventory on the evidence of its day, and count what comes out.

On the merits, a declared moratorium off. Twice: strictly, with what had been published by the day,
which is the figure; and with later editions of yearly series, which is reported apart. A row counts
once. Must not print, and must not read the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import assess
from licet.assessment.hindsight.cases import Asked, Days, cases_of, stays_at_home, supposing
from licet.assessment.hindsight.counting import Tally, Verdict, together, verdict
from licet.assessment.hindsight.inventory import Row, SetAside
from licet.assessment.options import EvidenceMode, Options
from licet.errors import Fault, InputError
from licet.model.fact import UnknownReason
from licet.model.outcome import REFUSES, strictest_of
from licet.rules.evaluate import State
from licet.rules.load import chosen_books
from licet.rules.rulebook import BookKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.assessment.assess import Assessment
    from licet.assessment.determination import Determination
    from licet.assessment.evidence import Knowledge
    from licet.model.outcome import Outcome
    from licet.rules.rulebook import Rulebook

MODEL = "amnesty-2021"
STRICTEST = "strictest view"
LAW = "binding law, strictest view"
CORE = frozenset(f"safeguard.{item}" for item in ("L1", "L3", "P1", "P3", "P6"))
SUPPOSE = {
    "reports_name_the_agency": ("end_user.credible_abuse_reports", "yes"),
    "no_prior_authorisation": ("safeguard.P1", "not_met"),
    "evidence_of_safeguards_refused": ("safeguards.evidence_refused", "yes"),
}
"""Single facts about the agency, to see which of them would have decided."""
MODES = (EvidenceMode.STRICT, EvidenceMode.RECONSTRUCTED)


@dataclass(frozen=True, slots=True)
class Assessed:
    """One case of a row in one evidence mode."""

    asked: Asked
    mode: EvidenceMode
    outcomes: Mapping[str, frozenset[Outcome]]
    """By rulebook, on the merits; and the strictest views."""
    grounds: tuple[str, ...]
    """The provisions that refuse, where the headline refuses."""
    known_from: tuple[str, ...]
    """What the snapshot and the lists made known on the day, fact by fact."""
    from_memory: tuple[str, ...]
    """Core safeguards said to be missing in rows that nobody has checked: they were not used."""
    reports: bool
    """Whether firm reports of abuse by some agency of the destination were public on the day."""


@dataclass(frozen=True, slots=True)
class Result:
    """A row and everything that was assessed for it."""

    row: Row
    assessed: tuple[Assessed, ...]
    at_home: bool
    """Whether supplier and user are in one country, so that nothing was exported."""
    in_table: bool | None
    """Whether our own table of reports, read whole, tells of misuse by this supplier's product here;
    None where it is silent. It checks how rows are grouped, and is never part of an assessment."""
    supposed: Mapping[str, Verdict]
    """What one further fact would have made of a referred row (strict, latest day)."""

    def verdict(self, of: str, mode: EvidenceMode) -> Verdict:
        """The row's verdict: of all its suppliers, periods and days."""
        return together(verdict(a.outcomes[of]) for a in self.assessed if a.mode is mode)

    def transfers(self, of: str, mode: EvidenceMode) -> tuple[Verdict, ...]:
        """A verdict for each supplier and period of the row: of all days it may have been."""
        found: dict[str, list[Verdict]] = {}
        for one in self.assessed:
            if one.mode is mode:
                found.setdefault(one.asked.transfer, []).append(verdict(one.outcomes[of]))
        return tuple(together(verdicts) for verdicts in found.values())

    def latest_day(self, of: str, mode: EvidenceMode) -> Verdict:
        """The row's verdict if each transfer took place on the latest day it may have."""
        first: dict[str, Verdict] = {}
        for one in self.assessed:
            if one.mode is mode:
                first.setdefault(one.asked.transfer, verdict(one.outcomes[of]))
        return together(first.values())


@dataclass(frozen=True, slots=True)
class Study:
    """All rows of one inventory, assessed and set aside."""

    results: tuple[Result, ...]
    set_aside: tuple[SetAside, ...]
    books: tuple[Rulebook, ...]
    headline: str
    days: Days
    snapshot_digest: str

    @property
    def read(self) -> int:
        """All rows: those assessed and those set aside."""
        return len(self.results) + len(self.set_aside)

    def tally(
        self,
        of: str | None = None,
        mode: EvidenceMode = EvidenceMode.STRICT,
        results: Iterable[Result] | None = None,
    ) -> Tally:
        """The rows counted, each once."""
        rows = self.results if results is None else results
        return Tally.of(r.verdict(of or self.headline, mode) for r in rows)


def study(
    rows: Iterable[Row | SetAside],
    knowledge: Knowledge,
    *,
    rulebooks: Sequence[str] | None = None,
    days: Days | None = None,
) -> Study:
    """Assess all rows; one that makes no case is set aside.

    Raises InputError for an unknown rulebook or a table without rows, EvidenceError or
    ScreeningError where evidence or lists could not be used.
    """
    days = days or Days()
    books = tuple(
        b for b in chosen_books(rulebooks) if b.kind in (BookKind.BINDING, BookKind.MODEL)
    )
    if not books:
        # Soft law expects and sets no outcome: every row would look cleared.
        raise InputError(
            Fault("--rulebook", "name one that is binding or a model: only these refuse")
        )
    headline = _headline(rulebooks, books)
    results, aside = [], []
    for row in rows:
        if isinstance(row, SetAside):
            aside.append(row)
            continue
        try:
            asked = tuple(cases_of(row, days, knowledge.country))
        except InputError as error:
            aside.append(SetAside(row.line, f"makes no case: {error.faults[0].message}"))
            continue
        results.append(_result(row, asked, knowledge, books, headline))
    if not results and not aside:
        raise InputError("the table holds no row: an empty table is no inventory")
    aside.sort(key=lambda one: one.line)
    return Study(tuple(results), tuple(aside), books, headline, days, knowledge.digest)


def _headline(named: Sequence[str] | None, books: tuple[Rulebook, ...]) -> str:
    """What the totals are of: the model rulebook, the one that was named, or a strictest view."""
    if named is None:
        return MODEL
    wanted = [b.id for b in books if b.id in named]
    return wanted[0] if len(wanted) == 1 else STRICTEST


def _result(
    row: Row,
    asked: tuple[Asked, ...],
    knowledge: Knowledge,
    books: tuple[Rulebook, ...],
    headline: str,
) -> Result:
    names = [b.id for b in books]

    def one(asked: Asked, mode: EvidenceMode, under: list[str] = names) -> Assessed:
        done = assess(
            asked.case,
            knowledge,
            rulebooks=under,
            options=Options(evidence=mode),
            explain=False,
        )
        day = asked.case.dates.assessed.last
        reports = knowledge.abuse_reported(row.destination, day)
        return _assessed(asked, mode, done, headline, reports=reports)

    found = tuple(one(each, mode) for each in asked for mode in MODES)
    supposed: dict[str, Verdict] = {}
    if verdict(found[0].outcomes[headline]) is Verdict.REFERRED:
        only = [headline] if headline in names else names
        for name, (fact, value) in SUPPOSE.items():
            case = Asked(asked[0].transfer, supposing(asked[0].case, fact, value))
            supposed[name] = verdict(one(case, EvidenceMode.STRICT, only).outcomes[headline])
    in_table = knowledge.misuse_in_table(row.destination, row.vendors, date.max)
    return Result(row, found, stays_at_home(row, knowledge.country), in_table, supposed)


def _assessed(
    asked: Asked, mode: EvidenceMode, assessment: Assessment, headline: str, *, reports: bool
) -> Assessed:
    applied = [d for d in assessment if d.book.kind in (BookKind.BINDING, BookKind.MODEL)]
    outcomes = {d.book.id: d.outcomes_on_merits for d in applied}
    law = [d.outcomes_on_merits for d in applied if d.book.kind is BookKind.BINDING]
    if law:
        outcomes[LAW] = strictest_of(law)
    outcomes[STRICTEST] = strictest_of([d.outcomes_on_merits for d in applied])
    ours = [d for d in applied if headline in (d.book.id, STRICTEST)]
    readings = [
        (name, reading)
        for d in ours
        for facts in d.body["facts"].values()
        for name, reading in facts.items()
    ]
    return Assessed(
        asked,
        mode,
        outcomes,
        tuple(pid for d in ours if d.outcomes_on_merits <= REFUSES for pid in _refusing(d)),
        tuple(dict.fromkeys(_known_from(readings))),
        tuple(dict.fromkeys(_from_memory(readings))),
        reports,
    )


def _refusing(determination: Determination) -> Iterable[str]:
    """The provisions that are met and refuse, a moratorium aside."""
    book = determination.book
    for decision in determination.decisions:
        for finding in decision.result.findings:
            effect = book.provisions[finding.provision].effect.value
            refuses = effect in {outcome.value for outcome in REFUSES}
            if refuses and finding.state is State.MET and finding.provision not in book.moratoria:
                yield finding.provision


def _known_from(readings: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[str]:
    """What the snapshot or the lists made known, source by source."""
    for name, reading in readings:
        if "value" in reading and reading["origin"] in ("snapshot", "screening"):
            for source in reading.get("sources", ()):
                yield f"{name}: {source['title']} ({source.get('published', 'undated')})"


def _from_memory(readings: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[str]:
    """Core safeguards that the table calls missing in a row whose source nobody has opened."""
    for name, reading in readings:
        missing = "the table says not_met" in reading.get("cautions", ())
        if name in CORE and missing and reading.get("unknown") == UnknownReason.MEMORY_ONLY.value:
            yield name
