"""What a study counted: in groups, by rulebook, row by row. Must not assess and must not print."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from licet.assessment.hindsight.counting import Tally, Verdict, clustered, verdict
from licet.assessment.hindsight.inventory import Report
from licet.assessment.hindsight.study import LAW, MODES, STRICTEST, SUPPOSE, Result, Study
from licet.assessment.options import EvidenceMode
from licet.model.outcome import UNRESTRICTED, ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.assessment.hindsight.inventory import Row
    from licet.rules.rulebook import Rulebook

SCHEMA = "licet/hindsight/1"

GROUPS: dict[str, Callable[[Row], str]] = {
    "report": lambda row: row.report.value,
    "documentation": lambda row: row.documentation.value,
    "technology": lambda row: row.technology,
    "dating": lambda row: "stated" if row.first_years else "not_stated",
    "year": lambda row: str(_year(row)),
    "destination": lambda row: row.destination,
}
"""How rows are grouped for counting."""


def _year(row: Row) -> int:
    """The first year of use that is stated, else the year of disclosure."""
    return min(row.first_years, default=row.disclosed[0] if row.disclosed else 0) or min(
        p.last for p in row.periods if p.last is not None
    )


def grouped(done: Study, by: str) -> dict[str, tuple[Result, ...]]:
    """The rows in groups, in order of the groups' names."""
    found: dict[str, list[Result]] = {}
    for result in done.results:
        found.setdefault(GROUPS[by](result.row), []).append(result)
    return {name: tuple(found[name]) for name in sorted(found)}


def handled(done: Study) -> dict[str, int]:
    """How many rows had what makes them hard, so that none is hidden in a total."""
    rows = [r.row for r in done.results]
    return {
        "several_periods": sum(len(row.periods) > 1 for row in rows),
        "several_suppliers": sum(len(row.vendors) > 1 for row in rows),
        "supplier_not_named": sum(not row.vendors for row in rows),
        "several_origins": sum(len(row.origins) > 1 for row in rows),
        "origin_not_named": sum(not row.origins for row in rows),
        "no_first_year_of_use": sum(not row.first_years for row in rows),
        "disclosed_before_first_year_of_use": sum(row.disclosure_first for row in rows),
        "supplier_and_user_in_one_country": sum(r.at_home for r in done.results),
        "end_user_named": sum(bool(row.end_user) for row in rows),
        "transfers": sum(len(r.transfers(done.headline, MODES[0])) for r in done.results),
        "assessments": sum(len(r.assessed) for r in done.results),
    }


def body(done: Study) -> dict[str, Any]:
    """Everything that is counted, for JSON."""
    strict, reconstructed = (done.tally(mode=mode) for mode in MODES)
    return {
        "schema": SCHEMA,
        "on": "the merits, any moratorium off",
        "of": done.headline,
        "totals": strict.body(),
        "shares": {v.value: strict.share(v).body() for v in Verdict},
        "refused_by_destination_interval": _by_destination(done, Verdict.REFUSED),
        "rows": {
            "read": done.read,
            "assessed": len(done.results),
            "quarantined": len(done.set_aside),
        },
        "quarantined": [{"line": one.line, "reason": one.reason} for one in done.set_aside],
        "handled": handled(done),
        "days": {"undated_span": done.days.undated_span, "earlier": done.days.earlier},
        "by": {by: _groups(done, by) for by in GROUPS},
        "report_held_against_our_table": _held(done),
        "transfers": Tally.of(
            v for r in done.results for v in r.transfers(done.headline, MODES[0])
        ).body(),
        "on_latest_day": Tally.of(
            r.latest_day(done.headline, MODES[0]) for r in done.results
        ).body(),
        "rulebooks": [_of_book(done, book) for book in done.books],
        "strictest_views": {
            name: done.tally(name).body()
            for name in (LAW, STRICTEST)
            if done.results and name in done.results[0].assessed[0].outcomes
        },
        "retro_coded": {
            "totals": reconstructed.body(),
            "rows_whose_verdict_rests_on_it": [
                r.row.line
                for r in done.results
                if len({r.verdict(done.headline, mode) for mode in MODES}) > 1
            ],
        },
        "known_on_every_day": _known(done),
        "referred_and_would_have_been_refused": _moved(done),
        "no_possible_world_unrestricted": sum(
            not any(one.outcomes[done.headline] & UNRESTRICTED for one in r.assessed)
            for r in done.results
        ),
        "snapshot_digest": done.snapshot_digest,
        "rulebook_digests": {book.id: book.digest for book in done.books},
    }


def _known(done: Study) -> dict[str, int]:
    """For each fact that evidence gave, the rows of which it was known on every day assessed."""
    found: Counter[str] = Counter()
    for result in done.results:
        days = [
            {source.split(":")[0] for source in one.known_from}
            for one in result.assessed
            if one.mode is MODES[0]
        ]
        found.update(set.intersection(*days) or {"nothing"})
    return dict(sorted(found.items()))


def _held(done: Study) -> dict[str, dict[str, int]]:
    """How rows were grouped by their own words, against what our table of reports tells."""
    words = {True: "misuse", False: "deployment", None: "not_in_table"}
    found = {report.value: dict.fromkeys(words.values(), 0) for report in Report}
    for result in done.results:
        found[result.row.report.value][words[result.in_table]] += 1
    return found


def _moved(done: Study) -> dict[str, int]:
    """How many referred rows other evidence would have refused; the last two on every day."""
    strict = MODES[0]
    referred = [r for r in done.results if r.verdict(done.headline, strict) is Verdict.REFERRED]
    found = {
        name: sum(r.supposed.get(name) is Verdict.REFUSED for r in referred) for name in SUPPOSE
    }
    for name, moves in (
        ("agency_is_one_already_reported", lambda one: one.reports),
        ("rows_from_memory_hold", lambda one: bool(one.from_memory)),
    ):
        found[name] = sum(
            all(one.grounds or moves(one) for one in r.assessed if one.mode is strict)
            for r in referred
        )
    return found


def _of_book(done: Study, book: Rulebook) -> dict[str, Any]:
    return {
        "rulebook": book.id,
        "kind": book.kind.value,
        "jurisdiction": book.jurisdiction,
        **done.tally(book.id).body(),
        "retro_coded": done.tally(book.id, EvidenceMode.RECONSTRUCTED).body(),
    }


def _groups(done: Study, by: str) -> dict[str, Any]:
    found = {}
    for name, results in grouped(done, by).items():
        tally = done.tally(results=results)
        found[name] = {
            **tally.body(),
            "refused_share": tally.share(Verdict.REFUSED).body(),
            "retro_coded_refused": done.tally(
                mode=EvidenceMode.RECONSTRUCTED, results=results
            ).counts[Verdict.REFUSED],
        }
    return found


def _by_destination(done: Study, wanted: Verdict) -> dict[str, Any]:
    """The interval of a share where rows of one destination are taken as related."""
    groups = [done.tally(results=rows) for rows in grouped(done, "destination").values()]
    low, high = clustered([(t.counts[wanted], t.total) for t in groups])
    return {"destinations": len(groups), "low": f"{low:.6f}", "high": f"{high:.6f}"}


def rows_of(done: Study) -> list[dict[str, Any]]:
    """One object an assessment, so that each can be looked up and assessed again."""
    return [
        {
            "line": result.row.line,
            "row_verdict": result.verdict(done.headline, one.mode).value,
            "transfer": one.asked.transfer,
            "destination": result.row.destination,
            "technology": result.row.technology,
            "report": result.row.report.value,
            "documentation": result.row.documentation.value,
            "case": one.asked.case.id,
            "as_of": one.asked.case.dates.assessed.last.isoformat(),
            "evidence": one.mode.value,
            "of": done.headline,
            "verdict": verdict(one.outcomes[done.headline]).value,
            "outcomes": [o.value for o in ordered(one.outcomes[done.headline])],
            "grounds": list(one.grounds),
            "known_from": list(one.known_from),
            "from_memory": list(one.from_memory),
        }
        for result in done.results
        for one in result.assessed
    ]
