"""Apply a method rulebook: the grade of each dimension, and what keeps a grade open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.model.fact import Reading, UnknownReason
from licet.model.outcome import Effect
from licet.rules.evaluate import Evaluation, State
from licet.rules.trees import Leaves
from licet.rules.worlds import met_for_any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.rules.evaluate import Finding
    from licet.rules.rulebook import Rulebook
    from licet.rules.scope import Days, Scope

GRADES = ("none_found", "elevated", "high", "severe")
LIKELIHOOD = "likelihood"
"""The dimension that mitigation may lower. The overall grade leaves it out: what was found stays found."""


def open_behind(
    book: Rulebook, readings: Mapping[str, Reading], findings: tuple[Finding, ...]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each open grade of a method, the facts that keep it open."""
    behind: dict[str, tuple[tuple[str, str], ...]] = {}
    walker = Leaves()
    for name, reading in readings.items():
        if reading.known:
            continue
        leaves: dict[tuple[str, str], None] = {}
        for finding in findings:
            provision = book.provisions[finding.provision]
            matters = name == f"grade.{provision.dimension}" or (
                name == "grade.overall" and provision.dimension != LIKELIHOOD
            )
            if matters and finding.trace and provision.grade in (reading.possible or ()):
                leaves.update(dict.fromkeys(walker.open(finding.trace)))
        behind[name] = tuple(leaves)
    return behind


def grades(
    book: Rulebook, line: Scope, days: Days, kind: str
) -> tuple[dict[str, Reading], tuple[Finding, ...]]:
    """Apply a method rulebook: the grade of each dimension, as readings, and the findings.

    A dimension's grade is the worst that is met; where an unknown provision could make it worse
    the reading is unknown, narrowed to the grades still possible. The overall grade is the worst
    dimension: no mean, nothing averaged away.
    """
    evaluation = Evaluation(book, line, days, kind)
    by_dimension: dict[str, set[str]] = {}
    findings: list[Finding] = []
    certain: dict[str, int] = {}
    for provision in book.provisions.values():
        found = evaluation.findings(provision)
        findings.extend(found)
        if provision.effect is not Effect.GRADE:
            continue
        possible = by_dimension.setdefault(provision.dimension, {GRADES[0]})
        absent = all(f.state is State.NOT_IN_FORCE for f in found)
        # A method that was not in force graded nothing: no grade is not a low grade.
        truth = None if absent else met_for_any(found)
        if truth is not False:
            possible.add(provision.grade)
        if truth is True:
            rank = GRADES.index(provision.grade)
            certain[provision.dimension] = max(rank, certain.get(provision.dimension, 0))
    readings = {}
    overall: set[int] = {0}
    for dimension, possible in sorted(by_dimension.items()):
        floor = certain.get(dimension, 0)
        left = {rank for rank in map(GRADES.index, possible) if rank >= floor}
        if dimension != LIKELIHOOD:
            overall = {max(a, b) for a in overall for b in left}
        readings[f"grade.{dimension}"] = _grade_reading(left, book.id)
    readings["grade.overall"] = _grade_reading(overall, book.id)
    return readings, tuple(findings)


def _grade_reading(ranks: set[int], origin: str) -> Reading:
    names = frozenset(GRADES[rank] for rank in ranks)
    if len(names) == 1:
        return Reading(value=next(iter(names)), origin=origin)
    return Reading(unknown=UnknownReason.OPEN, possible=names, origin=origin)
