"""The determination: the outcome set and the whole reasoning, for one case and one rulebook.

The hashed part holds identifiers, not prose; wording is rendered elsewhere. ``sha256`` covers the
object without that field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.model.canonical import canonical_bytes, digest
from licet.model.fact import Reading, stored
from licet.model.outcome import headline, ordered, strictest_of
from licet.rules.evaluate import Finding, InForce, State
from licet.rules.trees import Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.assessment.lines import Line
    from licet.model.case import Case
    from licet.model.outcome import Outcome
    from licet.rules.outcomes import LineResult
    from licet.rules.questions import Question, UnderReading
    from licet.rules.rulebook import Rulebook

SCHEMA = "licet/determination/1"
SEMANTICS = 1
SUPPOSED = "outcomes_if"


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What one rulebook says of one line, with the readings it used."""

    line: Line
    result: LineResult
    readings: Mapping[str, Reading]
    book: Rulebook


@dataclass(frozen=True, slots=True)
class Determination:
    """One case under one rulebook: the stored object and what it was made from."""

    case: Case
    book: Rulebook
    decisions: tuple[LineDecision, ...]
    body: dict[str, Any]

    @property
    def outcomes(self) -> frozenset[Outcome]:
        """The possible outcomes of the case: the strictest of its lines."""
        return strictest_of([d.result.outcomes for d in self.decisions])

    @property
    def outcomes_on_merits(self) -> frozenset[Outcome]:
        """The same with the rulebook's moratoria lifted."""
        return strictest_of([d.result.outcomes_on_merits for d in self.decisions])

    @property
    def sha256(self) -> str:
        """The digest of the stored object."""
        value: str = self.body["sha256"]
        return value

    def to_bytes(self) -> bytes:
        """The stored object as canonical JSON."""
        return canonical_bytes(self.body)


def seal(body: dict[str, Any]) -> dict[str, Any]:
    """Add the digest of a body to it."""
    return {**body, "sha256": digest(body, ours=True)}


def outcome_fields(outcomes: frozenset[Outcome], merits: frozenset[Outcome]) -> dict[str, Any]:
    """The outcome fields that a case and each of its lines have alike."""
    return {
        "outcomes": [o.value for o in ordered(outcomes)],
        "outcome": headline(outcomes),
        "outcomes_on_merits": [o.value for o in ordered(merits)],
        "outcome_on_merits": headline(merits),
    }


def line_body(decision: LineDecision) -> dict[str, Any]:
    """One line in the stored form."""
    line, result = decision.line, decision.result
    trees = Stored()
    body: dict[str, Any] = {
        "id": line.id,
        "item": line.item.id if line.item else None,
        "item_name": line.item.name if line.item else None,
        "end_user": line.end_user.id if line.end_user else None,
        "end_user_name": line.end_user.name if line.end_user else None,
        "destinations": list(line.destinations),
        **outcome_fields(result.outcomes, result.outcomes_on_merits),
        "heads": list(result.heads),
        "findings": [finding_body(f, trees) for f in result.findings],
        "questions": [question_body(q) for q in result.questions],
        "would_change_if": [
            {
                "fact": c.fact,
                "of": c.of,
                "value": c.value,
                "instead": c.instead,
                SUPPOSED: [o.value for o in c.outcomes],
            }
            for c in result.changes
        ],
    }
    if result.reach is not None:
        body["reach"] = trees.tree(result.reach)
    body["trees"] = trees.shared
    if result.readings:
        body["readings"] = [reading_taken_body(one, decision.book) for one in result.readings]
    return body


def finding_body(finding: Finding, trees: Stored) -> dict[str, Any]:
    """One finding in the stored form; what provisions refer to goes to the shared ``trees``."""
    body: dict[str, Any] = {"provision": finding.provision, "state": finding.state.value}
    if finding.binding:
        body["of"] = finding.binding
    if finding.in_force is InForce.UNKNOWN:
        body["in_force"] = "unknown"
    if finding.trace is not None and finding.state is not State.NOT_IN_FORCE:
        body["trace"] = trees.tree(finding.trace)
    return body


def reading_taken_body(one: UnderReading, book: Rulebook) -> dict[str, Any]:
    """One rival reading in the stored form: who reads so, and what comes of it."""
    rivals = book.provisions[one.provision].readings
    return {
        "provision": one.provision,
        "reading": one.reading,
        "authority": next(r.authority for r in rivals if r.name == one.reading),
        "state": one.state.value,
        SUPPOSED: [o.value for o in ordered(one.outcomes)],
    }


def question_body(question: Question) -> dict[str, Any]:
    """One question in the stored form."""
    return {
        "fact": question.fact,
        "of": question.of,
        "why": question.why.value,
        "provisions": list(question.provisions),
        "answers": [
            {"answer": answer, SUPPOSED: [o.value for o in left]}
            for answer, left in question.answers
        ],
        "removes": question.removes,
        "through": question.through,
        "derived": question.derived,
    }


def merged_questions(decisions: tuple[LineDecision, ...]) -> list[dict[str, Any]]:
    """The questions of all lines, each fact once, most decisive first."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for decision in decisions:
        for question in decision.result.questions:
            of = decision.line.id if question.of == "line" else question.of
            key = (question.fact, question.of)
            if key in seen:
                seen[key]["lines"].append(decision.line.id)
                seen[key]["removes"] = max(seen[key]["removes"], question.removes)
                continue
            seen[key] = {**question_body(question), "of": of, "lines": [decision.line.id]}
    return sorted(seen.values(), key=lambda q: (-q["removes"], q["derived"], q["fact"], q["of"]))


def reading_body(reading: Reading) -> dict[str, Any]:
    """One fact as it was used."""
    body: dict[str, Any] = {"origin": reading.origin, "standing": reading.standing.value}
    if reading.known:
        body["value"] = stored(reading.value)
    elif reading.unknown is not None:
        body["unknown"] = reading.unknown.value
        if reading.possible is not None:
            body["possible"] = stored(reading.possible)
    if reading.sources:
        body["sources"] = [
            {
                key: value
                for key, value in (
                    ("title", s.title),
                    ("class", s.source_class.value if s.source_class else ""),
                    ("url", s.url),
                    ("published", str(s.published) if s.published else ""),
                )
                if value
            }
            for s in reading.sources
        ]
    if reading.cautions:
        body["cautions"] = list(reading.cautions)
    if reading.denied_by:
        body["denied_by"] = list(reading.denied_by)
    return body


def file_questions(case: Case, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Questions that the file itself leaves open and that no provision asked already."""
    known = {question["fact"] for question in asked}
    return [
        {
            "fact": question.fact,
            "of": "file",
            "why": "asked",
            "provisions": [],
            "answers": [],
            "removes": 0,
            "through": "",
            "derived": False,
            "lines": [],
        }
        for question in case.open_questions
        if question.material and question.fact not in known
    ]
