"""Which exit code a script gets, from everything that was assessed (semantics, 9). Pure.

The first that applies, over all cases: our error, a file that failed, prohibited or refusal,
conflict, open questions, authorisation or notification, nothing encoded reaches it, and only then
0. A model, soft or method rulebook never gives 0 and sets no code unless it was asked for by name.
"""

from __future__ import annotations

from collections import defaultdict
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from licet.model.outcome import UNRESTRICTED, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

BINDING = "binding"
METHOD = "method"


class ExitCode(IntEnum):
    """What the process says to the script that ran it."""

    NOTHING_STANDS = 0
    OUR_ERROR = 1
    INPUT_FAILED = 2
    OPEN = 10
    REFUSED = 11
    NEEDS_AUTHORITY = 12
    CONFLICT = 13
    NOT_REACHED = 14


ORDER: tuple[ExitCode, ...] = (
    ExitCode.OUR_ERROR,
    ExitCode.INPUT_FAILED,
    ExitCode.REFUSED,
    ExitCode.CONFLICT,
    ExitCode.OPEN,
    ExitCode.NEEDS_AUTHORITY,
    ExitCode.NOT_REACHED,
    ExitCode.NOTHING_STANDS,
)
"""The order in which codes apply."""

WORDS: Mapping[ExitCode, str] = {
    ExitCode.NOTHING_STANDS: "a binding rulebook reached the case and nothing stands or is open",
    ExitCode.OUR_ERROR: "an error of ours: the work was not done",
    ExitCode.INPUT_FAILED: "wrong usage, or a file that failed (the others are still printed)",
    ExitCode.REFUSED: "prohibited, or a refusal or exclusion",
    ExitCode.CONFLICT: "a restriction and a release clash",
    ExitCode.OPEN: "open questions",
    ExitCode.NEEDS_AUTHORITY: "an authorisation, a notification or conditions",
    ExitCode.NOT_REACHED: "nothing encoded reaches the case; not a permission",
}
"""What each code means, for ``--help``."""

_REFUSED = frozenset(
    {
        Outcome.PROHIBITED,
        Outcome.REFUSAL_REQUIRED,
        Outcome.EXCLUSION_REQUIRED,
        Outcome.REFUSAL_PRESUMED,
        Outcome.EXCLUSION_POSSIBLE,
    }
)
_NEEDS = frozenset({Outcome.AUTHORISATION_REQUIRED, Outcome.NOTIFY_AUTHORITY, Outcome.CONDITIONS})
_OUTSIDE = frozenset({Outcome.NOT_REACHED, Outcome.NOT_IN_FORCE})


class Answer(NamedTuple):
    """What one rulebook said of one case: all that an exit code depends on."""

    case: str
    rulebook: str
    kind: str
    outcomes: tuple[str, ...]


def answer_of(body: Mapping[str, object]) -> Answer:
    """The answer that a determination's stored object holds."""
    outcomes = body["outcomes"]
    assert isinstance(outcomes, list)  # noqa: S101 - the engine wrote it
    return Answer(
        str(body["case"]), str(body["rulebook"]), str(body["kind"]), tuple(map(str, outcomes))
    )


def exit_code(
    answers: Iterable[Answer], named: Collection[str] = (), *, failed: bool = False
) -> ExitCode:
    """The code for everything assessed.

    ``named`` holds the rulebooks asked for with ``--rulebook``; ``failed`` says that a file could
    not be used.

    >>> refused = Answer("a", "eu", "binding", ("refusal_required",))
    >>> clear = Answer("b", "eu", "binding", ("no_rule_applies",))
    >>> int(exit_code([clear, refused])), int(exit_code([clear])), int(exit_code([]))
    (11, 0, 14)
    >>> int(exit_code([Answer("a", "letter", "model", ("refusal_required",))]))
    14
    """
    codes = {ExitCode.INPUT_FAILED} if failed else set()
    by_case: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_case[answer.case].append(answer)
    for told in by_case.values():
        codes |= _codes_of_case(told, named)
    if not codes:
        return ExitCode.NOT_REACHED
    return min(codes, key=ORDER.index)


def _codes_of_case(answers: list[Answer], named: Collection[str]) -> set[ExitCode]:
    codes = {_code(a) for a in answers if a.kind == BINDING}
    reached = bool(codes - {ExitCode.NOT_REACHED})
    codes.discard(ExitCode.NOT_REACHED)
    for answer in answers:
        if answer.kind != BINDING and answer.rulebook in named:
            codes.add(_code(answer))
    codes -= set() if reached else {ExitCode.NOTHING_STANDS}
    # A policy that finds nothing says nothing about the law.
    return codes or {ExitCode.NOT_REACHED}


def _code(answer: Answer) -> ExitCode:
    """The code of one answer, where everything still possible is taken into account."""
    if answer.kind == METHOD:
        # A grade is no outcome: settled, it stands beside the answer; open, it is a question.
        return ExitCode.OPEN if len(answer.outcomes) > 1 else ExitCode.NOT_REACHED
    possible = frozenset(map(Outcome, answer.outcomes))
    if possible <= _REFUSED:
        return ExitCode.REFUSED
    if possible == {Outcome.CONFLICT}:
        return ExitCode.CONFLICT
    if possible == UNRESTRICTED:
        return ExitCode.NOTHING_STANDS  # which of the two it is restricts nothing
    if len(possible) > 1:
        return ExitCode.OPEN
    if possible <= _NEEDS:
        return ExitCode.NEEDS_AUTHORITY
    if possible <= _OUTSIDE:
        return ExitCode.NOT_REACHED
    return ExitCode.NOTHING_STANDS
