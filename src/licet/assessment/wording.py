"""Every code that people see, in words. Prose, not codes; no outcome is ever called permission.

Text goes through gettext, so that a translation can be put beside it. Must not decide anything.
"""

from __future__ import annotations

import gettext
import re
from typing import TYPE_CHECKING, Any

from licet.model.fact import Reading, Standing, UnknownReason, stored
from licet.model.outcome import UNRESTRICTED, Effect, Outcome, ordered
from licet.rules.evaluate import State
from licet.rules.grammar import Group, Leaf, Not, Quantified, Ref
from licet.rules.lifting import Status
from licet.rules.rulebook import BookKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from licet.assessment.grounds import Ground
    from licet.rules.evaluate import Trace
    from licet.rules.moratorium import Moratorium
    from licet.rules.questions import UnderReading
    from licet.rules.rulebook import Provision, Rulebook
    from licet.screening import Hit

_ = gettext.translation("licet", fallback=True).gettext

_OUTCOMES = {
    Outcome.PROHIBITED: _("is prohibited"),
    Outcome.REFUSAL_REQUIRED: _("would have to be refused"),
    Outcome.EXCLUSION_REQUIRED: _("must not be bought; the vendor would have to be excluded"),
    Outcome.REFUSAL_PRESUMED: _("would be refused unless named evidence is accepted"),
    Outcome.EXCLUSION_POSSIBLE: _("may be refused; the vendor may be excluded"),
    Outcome.AUTHORISATION_REQUIRED: _("needs an authorisation before it may go ahead"),
    Outcome.NOTIFY_AUTHORITY: _("must be put before the authority first"),
    Outcome.CONDITIONS: _("could go ahead only under conditions"),
    Outcome.EXEMPT: _("is exempt from the rules that would otherwise apply"),
    Outcome.NO_RULE_APPLIES: _("no encoded rule stands in the way"),
    Outcome.CONFLICT: _("rules clash with no declared order; a person must settle it"),
    Outcome.NOT_REACHED: _("is not reached, which is no permission"),
    Outcome.NOT_IN_FORCE: _("was not yet law on that day, which is no permission"),
}
_SHORT = {
    Outcome.PROHIBITED: _("prohibited"),
    Outcome.REFUSAL_REQUIRED: _("refused"),
    Outcome.EXCLUSION_REQUIRED: _("not to be bought"),
    Outcome.REFUSAL_PRESUMED: _("refused unless named evidence is accepted"),
    Outcome.EXCLUSION_POSSIBLE: _("vendor may be excluded"),
    Outcome.AUTHORISATION_REQUIRED: _("needs an authorisation"),
    Outcome.NOTIFY_AUTHORITY: _("put before the authority first"),
    Outcome.CONDITIONS: _("only under conditions"),
    Outcome.EXEMPT: _("exempt"),
    Outcome.NO_RULE_APPLIES: _("no encoded rule in the way"),
    Outcome.CONFLICT: _("rules clash"),
    Outcome.NOT_REACHED: _("not reached, which is no permission"),
    Outcome.NOT_IN_FORCE: _("not yet law, which is no permission"),
}
_REASONS = {
    UnknownReason.NOT_ASKED: _("nobody has been asked"),
    UnknownReason.ASKED: _("asked, not answered"),
    UnknownReason.REFUSED: _("an answer was refused"),
    UnknownReason.DISPUTED: _("sources of equal weight disagree"),
    UnknownReason.UNVERIFIABLE: _("no named person has judged it with reasons"),
    UnknownReason.NOT_PUBLIC: _("not public"),
    UnknownReason.SELF_DECLARED: _("only the applicant says so"),
    UnknownReason.UNCORROBORATED: _("one source alone says so"),
    UnknownReason.UNREVIEWED_HIT: _("a similar name on a list was not reviewed"),
    UnknownReason.NOT_COVERED: _("the list at hand is of a later day"),
    UnknownReason.STALE: _("the list at hand is too old"),
    UnknownReason.UNDATED: _("the list does not say since when"),
    UnknownReason.MEMORY_ONLY: _("the row was compiled from memory and nobody opened its source"),
    UnknownReason.RETRO_CODED: _("known only from a later edition"),
    UnknownReason.OPEN: _("open"),
}
_CAUTIONS = {
    "rests_on_memory": _(
        "Rests on provisions whose text was recalled and not checked: {provisions}."
    ),
    "retrospective_policy": _("Policy of 2021 applied to an earlier day: it looks back."),
    "in_force_unknown": _("It is not known whether these were in force on the day: {provisions}."),
    "self_declared": _("These facts are the applicant's own word: {facts}."),
    "not_used_self_declared": _("Stated by the applicant alone, and so not used: {facts}."),
    "not_used_uncorroborated": _("One press or leaked source alone, and so only asked: {facts}."),
    "not_used_disputed": _("Disputed between sources of equal weight: {facts}."),
    "not_used_unreviewed_hit": _(
        "A similar name stands on a list and nobody has reviewed it: {facts}."
    ),
    "not_used_stale": _("The source is older than its stated age: {facts}."),
    "not_used_not_covered": _("The list at hand does not cover the day: {facts}."),
    "not_used_undated": _("Listed without a date, so not known for that day: {facts}."),
    "not_used_memory_only": _("Compiled from memory, so only asked: {facts}."),
    "not_used_retro_coded": _("Known only from a later edition, so only asked: {facts}."),
    "reading_may_decide": _(
        "{provision} has rival readings, and which one is right may decide: {readings}."
    ),
    "contested": _("How these are read is contested: {provisions}."),
    "rests_on_judgement": _("Rests on what a named person judged, with reasons: {fact}."),
    "rests_on_grade": _(
        "No named person has judged {fact}; the risk method's grades stand in for it."
    ),
    "silence_taken_for_no": _("Facts that rest on the closed file recording none: {count}."),
    "file_leaves_open": _("The file itself leaves open: {facts}."),
    "lists_stale": _("Lists older than their stated age: {lists}. Absence from them says nothing."),
    "country_not_known": _(
        "No country of these names is known, so they were left open: {countries}."
    ),
    "used_retro_coded": _("Used, though known only from an edition of a later day: {facts}."),
    "used_unreviewed": _("Used, though nobody has reviewed the hit on a list: {facts}."),
    "denied": _("A denial that does not outweigh them is on record: {facts}."),
    "overridden": _(
        "The moratorium {moratorium} was set aside for this case by {by} ({decided}), under its own "
        "override clause."
    ),
    "override_not_on_record": _(
        "An override of {moratorium} by {by} is claimed and not on record by the day, so that the "
        "moratorium stands: an officer has to accept the decision."
    ),
    "brought_sources": _("Evidence that was brought and does not ship with Licet: {sources}."),
    "lists_later_than_day": _(
        "Lists of a later day than the assessment: {lists}. Absence from them says nothing."
    ),
}
_KINDS = {
    BookKind.BINDING: _("law"),
    BookKind.SOFT: _("expectation, not law"),
    BookKind.MODEL: _("policy, not law"),
    BookKind.METHOD: _("method"),
}
_LEVELS = {
    "text": _("text read"),
    "secondary": _("secondary source"),
    "memory": _("from memory"),
    "policy": _("policy"),
}
_GRADES = {
    "none_found": _("none found"),
    "elevated": _("elevated"),
    "high": _("high"),
    "severe": _("severe"),
}
NO_LAW_REACHES = _("No encoded law reaches this case. That is no permission.")
NO_LAW_APPLIED = _("No rulebook of law was asked for, so nothing is said of the law.")
MITIGATIONS = {
    "M-01": _("fit the product to the stated need and leave out the rest"),
    "M-02": _("technical limits: target cap, warrant number, time-limited keys"),
    "M-03": _("a log that cannot be altered and that an independent auditor can read"),
    "M-04": _("a tested way to suspend the tool from outside"),
    "M-06": _("contract terms on audit, reporting, no onward transfer and termination"),
    "M-11": _("review after the sale, on fixed days and after events"),
    "M-12": _("a public report on customers, refusals, complaints and remedies"),
}


def shown(text: str) -> str:
    r"""A stranger's text made safe to show: no control characters, nothing that turns the writing.

    Direction marks that names in Arabic and Hebrew need stay.

    >>> shown("a\x1b[31mb\u202ec\td") == "a\ufffd[31mb\ufffdc d"
    True
    """
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def outcome(value: Outcome) -> str:
    """One outcome in words."""
    return _OUTCOMES[value]


def outcomes(values: frozenset[Outcome]) -> str:
    """A set of possible outcomes in words.

    >>> outcomes(frozenset({Outcome.REFUSAL_REQUIRED, Outcome.CONDITIONS}))
    'open between: refused; only under conditions'
    """
    if len(values) == 1:
        return _OUTCOMES[next(iter(values))]
    if values == UNRESTRICTED:
        return _("is exempt or no encoded rule reaches it; nothing stands in the way either way")
    return _("open between: ") + "; ".join(_SHORT[value] for value in ordered(values))


def reason(value: UnknownReason | str) -> str:
    """Why a fact is unknown."""
    return _REASONS[UnknownReason(value)]


def kind(value: BookKind) -> str:
    """What sort of authority a rulebook has."""
    return _KINDS[value]


def level(value: str) -> str:
    """How well a provision's text was checked."""
    return _LEVELS[value]


def grade(value: str) -> str:
    """A grade in words."""
    return _GRADES[value]


def caution(entry: Mapping[str, Any]) -> str:
    """One caution as a sentence. Raises KeyError for a code without words."""
    fields = {
        key: ("; " if key == "sources" else ", ").join(value) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    return _CAUTIONS[entry["code"]].format(**fields)


BESIDE = {
    Effect.DUTY: _("duty"),
    Effect.EXPECTATION: _("expected"),
    Effect.CONSIDERATION: _("to be weighed"),
}
"""Effects that stand beside an outcome."""

LISTS_STALE = _(
    "The lists at hand are older than their stated age on that day, so that not finding a party on "
    "them says nothing. `licet evidence add us_csl` brings a newer edition."
)


def expects(values: frozenset[Outcome], also: tuple[str, ...]) -> str:
    """What a rulebook of expectations says: it sets no outcome."""
    if values != {Outcome.NO_RULE_APPLIES}:
        return outcomes(values)
    return _("binds nobody; what it expects is listed") if also else _("expects nothing here")


_STATUSES = {
    Status.IN_FORCE: _("in force"),
    Status.PARTIAL: _("partial"),
    Status.MISSING: _("missing"),
    Status.UNKNOWN: _("unknown"),
}


def status(value: Status) -> str:
    """How far a lifting condition is met."""
    return _STATUSES[value]


def moratorium(one: Moratorium, books: Iterable[str], day: date) -> str:
    """A declared moratorium: who, on what basis, where it stands, and what would lift it."""
    waits = [
        f"{condition.title} ({condition.cite.locator}): {status(condition.on(day).status)}"
        for condition in one.conditions
    ]
    lifts = (
        _("lifts when all of these are in force: {waits}").format(waits="; ".join(waits))
        if waits
        else _("its text names nothing that lifts it")
    )
    clause = one.override
    override = (
        _("{by} may set it aside in a single case ({locator})").format(
            by=clause.by, locator=clause.cite.locator
        )
        if clause is not None
        else _("its text grants no override")
    )
    return _("{cited}: {title}; declared by {by}; stands in {books}; {lifts}; {override}.").format(
        cited=cited(one.provision),
        title=one.title,
        by=one.declared_by,
        books=", ".join(books),
        lifts=lifts,
        override=override,
    )


_MEANS = {
    "suspend": _("the application is suspended"),
    "return": _("the application is returned without action"),
    "refuse": _("the application is refused for lack of information"),
    "refer": _("the application is referred to a higher authority"),
}


def overdue(book: Rulebook, entry: Mapping[str, str]) -> str:
    """That time has run out on an open answer, and what the rulebook says of that."""
    if "rule" not in entry:
        return _(
            "Overdue: the deadline of {due} has passed with questions open, and this rulebook does "
            "not say what follows."
        ).format(due=entry["due"])
    rule = next(r.provision for r in book.deadlines if r.provision.id == entry["rule"])
    return _(
        "Overdue since {due} with questions open: {means} ({cite}, {locator}: {title}; {level})."
    ).format(
        due=entry["due"],
        means=_MEANS[entry["means"]],
        cite=rule.cite.instrument,
        locator=rule.cite.locator,
        title=rule.title,
        level=level(rule.checked.level.value),
    )


def beside(provision: Provision) -> str:
    """A provision that is met and sets no outcome."""
    why = provision.because or provision.title
    return f"{BESIDE[provision.effect]}: {why} ({cited(provision)})"


_STATES = {
    State.MET: _("met"),
    State.NOT_MET: _("not met"),
    State.UNKNOWN: _("open"),
}


def rival(provision: Provision, line: str, *, decides: bool) -> str:
    """That a provision is read in rival ways, and whether the choice decides anything here."""
    head = f"{line}: {cited(provision)}" if line else cited(provision)
    return head + (
        _(" is read in rival ways, and the answer hangs on which is taken")
        if decides
        else _(" is read in rival ways, which lead to the same answer here")
    )


def rival_way(provision: Provision, one: UnderReading) -> str:
    """One rival reading: its name, its authority, whether it is met, and the answer under it."""
    authority = next(r.authority for r in provision.readings if r.name == one.reading)
    return _("{name}: {state}; {answer} [{authority}]").format(
        name=one.reading.replace("_", " "),
        state=_STATES[one.state],
        answer=outcomes(one.outcomes),
        authority=authority,
    )


def ground(finding: str, one: Ground, provision: Provision, state: State, through: str) -> str:
    """A vendor finding with the lawful ground it may rest on, and whether that is met here."""
    states = {
        State.MET: _("met: a lawful ground"),
        State.NOT_MET: _("not met here: policy only"),
        State.UNKNOWN: _("open: a ground only if shown that {through}").format(through=through),
        State.NOT_IN_FORCE: _("not in force on the day: policy only"),
        State.OUT_OF_SCOPE: _("does not reach it: policy only"),
    }
    return _(
        "{finding}. {jurisdiction}: {cite}, {nature}; {state}. {why}. Look-back: {look_back}; "
        "self-cleaning: {self_cleaning}; proportionality: {proportionality}."
    ).format(
        finding=finding,
        jurisdiction=one.jurisdiction,
        cite=cited(provision),
        nature=one.nature,
        state=states[state],
        why=one.why,
        look_back=one.look_back,
        self_cleaning=one.self_cleaning,
        proportionality=one.proportionality,
    )


def policy_only(finding: str, jurisdiction: str, why: str) -> str:
    """A vendor finding for which no ground of law stands: policy may read it, law may not."""
    where = f" ({jurisdiction})" if jurisdiction else ""
    return _("{finding}{where}: policy only, no lawful ground for exclusion; {why}.").format(
        finding=finding, where=where, why=why
    )


def hit(party: str, found: Hit) -> str:
    """A list entry that is, or may be, a party of the case."""
    since = _(" since {day}").format(day=found.listed_from) if found.listed_from else ""
    return _("{party}: {matched} on {code}{since}; {why}; nobody has reviewed it.").format(
        party=party,
        matched=found.matched,
        code=found.list_code,
        since=since,
        why="; ".join(found.reasons),
    )


def self_assessment(count: int) -> str:
    """That an applicant assessed itself, and how much of it is the applicant's own word."""
    return _(
        "A self-assessment, run by the applicant or for it: {count} facts are its own word and "
        "count here as they would not before an authority."
    ).format(count=count)


# Facts and conditions ------------------------------------------------------------------------------


def question(book: Rulebook, fact: str) -> str:
    """What to ask, as the dictionary words it; the fact's own name where it has no entry."""
    definition = book.dictionary.facts.get(fact)
    return definition.question if definition is not None else fact


def condition(book: Rulebook, trace: Trace) -> str:
    """A node of the reasoning in words: its own ``says``, else the dictionary's statement."""
    node = trace.node
    if node.says:
        return node.says
    match node:
        case Leaf():
            return leaf(book, node)
        case Ref():
            return _target(book, node.target)
        case Not():
            part = trace.parts[0].node
            if isinstance(part, Leaf) and part.op == "is" and part.operand is True:
                return book.dictionary.facts[part.fact].statement_no
            return _("not: ") + condition(book, trace.parts[0])
        case Group():
            joint = {"all": _(", and "), "any": _(", or "), "none": _(", nor ")}.get(
                node.kind, "; "
            )
            lead = {"none": _("neither "), "at_least": _("at least {n} of: ").format(n=node.count)}
            return lead.get(node.kind, "") + joint.join(condition(book, p) for p in trace.parts)
        case Quantified():
            word = _("some of the ") if node.kind == "some" else _("every one of the ")
            inner = condition(book, trace.parts[0]) if trace.parts else ""
            return f"{word}{node.over.removeprefix('role:')}: {inner}"


_STANDINGS = {
    Standing.SELF_DECLARED: _("the applicant's own word"),
    Standing.EVIDENCED: _("shown"),
    Standing.ACCEPTED: _("accepted by an officer"),
    Standing.JUDGED: _("judged by a named person"),
}


def fact(book: Rulebook, name: str, reading: Reading) -> str:
    """A known fact as a statement, with what it rests on.

    "prior authorisation by a court or independent body: not met (accepted by an officer; ...)"
    """
    definition = book.dictionary.facts[name]
    if reading.value is True:
        words = definition.statement
    elif reading.value is False:
        words = definition.statement_no
    else:
        words = f"{definition.statement}: {_shown(stored(reading.value)).replace('_', ' ')}"
    return f"{words} ({_basis(reading)})"


def _basis(reading: Reading) -> str:
    if reading.by_silence:
        return _("the closed file records nothing of it")
    origin = _("from: {origin}").format(origin=reading.origin.replace("_", " "))
    sources = "; ".join(source.title for source in reading.sources if source.title)
    parts = (_STANDINGS.get(reading.standing, origin), sources)
    return "; ".join(part for part in parts if part)


def leaf(book: Rulebook, node: Leaf) -> str:
    """A single test of a fact in words."""
    definition = book.dictionary.facts[node.fact]
    if node.operand is True and node.op == "is":
        return definition.statement
    if node.operand is False and node.op == "is":
        return definition.statement_no
    value = f"@{node.list_name}" if node.list_name else _shown(node.operand)
    return f"{definition.statement} {node.op} {value}"


def _shown(operand: Any) -> str:
    return ", ".join(map(str, operand)) if isinstance(operand, tuple | list) else str(operand)


def _target(book: Rulebook, target: str) -> str:
    if target in book.terms:
        return book.terms[target].says or target
    return f"{target} ({book.provisions[target].title})"


def cited(provision: Provision) -> str:
    """A provision with its citation."""
    return f"{provision.id} ({provision.cite.instrument}, {provision.cite.locator})"


def because(provisions: Iterable[Provision]) -> str:
    """The reasons of several provisions, each with its citation."""
    return "; ".join(
        _("under {cite}, because {why}").format(cite=cited(p), why=p.because or p.title)
        for p in provisions
    )
