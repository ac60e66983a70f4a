"""What ``licet hindsight`` prints: a study and the controls as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.cli.terminal import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.assessment.evidence import Knowledge
    from licet.assessment.hindsight.counting import Share, Tally
    from licet.assessment.hindsight.study import Study

WORDS = {
    "report": "what the row reports",
    "documentation": "how documented it is",
    "technology": "technology",
    "dating": "whether a first year of use is stated",
    "year": "first year of use, else of disclosure",
    "destination": "destination",
}


def percent(share: Share) -> str:
    """A share with its interval.

    >>> from licet.assessment.hindsight.counting import Share
    >>> percent(Share(1, 88)), percent(Share(0, 0))
    ('1.1 % (0.2 to 6.2)', '-')
    """
    if not share.of:
        return "-"
    low, high = share.interval
    return f"{100 * share.found / share.of:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _counts(tally: Tally) -> tuple[str, ...]:
    from licet.assessment.hindsight.counting import Verdict

    return tuple(str(tally.counts[v]) for v in Verdict)


def study_text(
    name: str, done: Study, lawful: Share, knowledge: Knowledge, width: int
) -> Iterator[str]:
    """A study, block by block: tables, and sentences that the terminal wraps."""
    from licet.assessment.hindsight.counting import Verdict
    from licet.assessment.hindsight.report import body

    found = body(done)
    yield (
        f"{name}: {done.read} rows read = {len(done.results)} assessed + "
        f"{len(done.set_aside)} set aside"
    )
    for one in done.set_aside:
        yield f"- line {one.line}: {one.reason}"
    yield (
        f"Under {done.headline}, on the merits, any moratorium off, with what had been published "
        "by the day before."
    )
    yield ""
    yield _groups(done, knowledge, width)
    yield ""
    yield _books(done, width)
    yield ""
    related = found["refused_by_destination_interval"]
    yield (
        f"Beside it: {lawful.found} of {lawful.of} lawful, safeguarded controls are refused by "
        f"amnesty-2021: {percent(lawful)}."
    )
    cleared = done.tally().share(Verdict.CLEARED)
    yield f"Cleared: {cleared.found} of {cleared.of}: {percent(cleared)}."
    for words, counts in (
        (
            "Retro-coded evidence, apart: with later editions of yearly series",
            found["retro_coded"]["totals"],
        ),
        ("By transfer, one for each supplier and period:", found["transfers"]),
        ("If each took place on the latest day it may have:", found["on_latest_day"]),
    ):
        yield f"{words} {counts['refused']} denied, {counts['referred']} refer, {counts['cleared']} cleared."
    yield (
        f"Rows of one destination taken as related: {100 * float(related['low']):.1f} to "
        f"{100 * float(related['high']):.1f} % denied, of {related['destinations']} destinations."
    )
    yield "Rows that needed care: " + _listed(found["handled"]) + "."
    yield "Known from evidence on every day: " + _listed(found["known_on_every_day"]) + "."
    supposed = _listed(found["referred_and_would_have_been_refused"])
    yield f"Of the rows referred, denied if: {supposed}."
    never = found["no_possible_world_unrestricted"]
    yield f"Rows in which no possible world is unrestricted: {never} of {len(done.results)}."
    yield "What this does not show: docs/hindsight.md"


def _groups(done: Study, knowledge: Knowledge, width: int) -> str:
    """The rows in groups, each with its size and interval."""
    from licet.assessment.hindsight.report import GROUPS, grouped

    shown = [_line("all rows", done.tally())]
    for by in GROUPS:
        shown.append((f"by {WORDS[by]}", *[""] * 6))
        for key, rows in grouped(done, by).items():
            words = knowledge.country_name(key) if by == "destination" else key.replace("_", " ")
            shown.append(_line(f"  {words}", done.tally(results=rows)))
    head = ("", "rows", "denied", "refer", "cleared", "not reached", "share denied, 95 %")
    return table(shown, head, width)


def _line(label: str, tally: Tally) -> tuple[str, ...]:
    from licet.assessment.hindsight.counting import Verdict

    return (label, str(tally.total), *_counts(tally), percent(tally.share(Verdict.REFUSED)))


def _listed(counts: dict[str, int]) -> str:
    """Counts as words; what is zero is left out."""
    return ", ".join(f"{key.replace('_', ' ')} {n}" for key, n in counts.items() if n) or "none"


def _books(done: Study, width: int) -> str:
    """Every rulebook by itself, and the strictest view over the law that binds."""
    from licet.assessment.hindsight.counting import Verdict
    from licet.assessment.hindsight.study import LAW
    from licet.assessment.options import EvidenceMode

    rows = []
    names = [(b.id, b.kind.value) for b in done.books]
    if any(kind == "binding" for _, kind in names):
        names.append((LAW, "binding"))
    for name, kind in names if done.results else ():
        retro = done.tally(name, EvidenceMode.RECONSTRUCTED).counts[Verdict.REFUSED]
        rows.append((name, kind, *_counts(done.tally(name)), str(retro)))
    head = ("rulebook", "kind", "denied", "refer", "cleared", "not reached", "denied, retro-coded")
    return table(rows, head, width)


def controls_text(found: dict[str, Any]) -> Iterable[str]:
    """What came of the controls, line by line."""

    def words(share: dict[str, Any]) -> str:
        bounds = f"{100 * float(share['low']):.1f} to {100 * float(share['high']):.1f} %"
        return f"{share['found']} of {share['of']} ({bounds})"

    refused, agreed, sent = (
        found["lawful_refused"],
        found["as_expected"],
        found["exempt_everywhere"],
    )
    yield f"Under {found['of']}, on the merits, the moratorium off. Intervals at 95 %."
    told = found["documented_verdicts"]
    yield (
        f"documented transfers, told in full: {told['refused']} refused, {told['referred']} referred, "
        f"{told['cleared']} cleared"
    )
    yield f"lawful, safeguarded controls refused: {words(refused['all'])}"
    yield f"  from the dossiers: {words(refused['from_dossiers'])}"
    yield f"  built by this project: {words(refused['built_by_this_project'])}"
    yield from (f"    {name}" for name in refused["refused"])
    yield f"twins, one fact changed, that change their answer: {words(found['twins_flipped'])}"
    yield from (f"    same: {name}" for name in found["twins_flipped"]["same"])
    yield f"answers as expected, dossiers: {words(agreed['dossiers'])}"
    yield f"answers as expected, built by this project: {words(agreed['built_by_this_project'])}"
    yield from (f"    {one['example']}: got {', '.join(one['got'])}" for one in agreed["other"])
    yield (
        f"exempt items sent everywhere: {words(sent['through'])} go through; {sent['examples']} items, "
        f"{sent['territories']} territories, {len(sent['years'])} years"
    )
    for one in sent["not_through"]:
        places = ", ".join(one["territories"][:12])
        yield f"    {one['example']}: {one['outcomes']}, {one['times']} times ({places} ...)"
