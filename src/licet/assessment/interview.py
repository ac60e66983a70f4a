"""Ask what can still change an answer, most decisive first, and put what is said into the case.

The order is that of the answer's own questions, over every rulebook that is still open. Nothing is
asked that no longer matters. Must not read a terminal or write a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from licet.assessment import wording
from licet.assessment.story import open_determinations
from licet.errors import Fault, InputError
from licet.model.case import Item, Party, Statement, StatementSource
from licet.model.fact import Attaches, FactType, Standing, parse_value
from licet.rules.load import default_dictionary

if TYPE_CHECKING:
    from licet.assessment.assess import Assessment
    from licet.model.case import Case
    from licet.model.fact import FactDefinition

Holder = TypeVar("Holder", Party, Item)


def questions(assessment: Assessment) -> list[dict[str, Any]]:
    """Every question that can still change an answer, most decisive first, each fact once.

    Each says why it is open, which provisions of which rulebook make it matter, what may be
    answered, and what each answer would leave.
    """
    found: dict[str, dict[str, Any]] = {}
    for determination in open_determinations(assessment):
        book = determination.book
        for entry in determination.body["questions"]:
            definition = book.dictionary.facts.get(entry["fact"])
            if entry["derived"] or definition is None:
                continue
            row = found.setdefault(
                entry["fact"],
                {
                    "fact": entry["fact"],
                    "question": wording.question(book, entry["fact"]),
                    "about": definition.attaches.value,
                    "said_of": said_of(assessment.case, definition),
                    "who_answers": definition.answered_by.value,
                    "judgement": definition.judgement,
                    "evidence_asked": definition.evidence_asked,
                    "why": entry["why"],
                    "may_be": list(choices(definition)),
                    "matters_for": [],
                    "weight": 0,
                },
            )
            row["weight"] += entry["removes"] * (2 if book.kind.value == "binding" else 1)
            row["matters_for"].append(
                {
                    "rulebook": book.id,
                    "provisions": entry["provisions"],
                    "answers": entry["answers"],
                }
            )
    return sorted(found.values(), key=lambda row: -row["weight"])


def said_of(case: Case, definition: FactDefinition) -> list[str]:
    """The names of the items or parties for which one answer would hold; none for the case.

    Where the file asks of some by name, the answer is theirs; else it is of all that are silent.
    """
    fact = definition.name
    named = [party.name for party in case.parties if _is_open(party, fact)]
    named += [item.name for item in case.items if _is_open(item, fact)]
    if named and not _is_open(case, fact):
        return named
    silent: list[str] = []
    if definition.attaches is Attaches.ITEM:
        silent = [item.name for item in case.items if fact not in item.answers]
    elif definition.attaches is Attaches.PARTY:
        silent = [party.name for party in case.parties if fact not in party.answers]
    return named + silent


def _is_open(holder: Item | Party | Case, fact: str) -> bool:
    """Whether the holder mentions the fact, and only to say that it is not known."""
    given = holder.answers.get(fact)
    return given is not None and all(one.value is None for one in given)


def choices(definition: FactDefinition) -> tuple[str, ...]:
    """The answers a question offers; none where it takes any text or number."""
    if definition.type is FactType.YES_NO:
        return ("yes", "no")
    return definition.code_names


def with_answer(
    case: Case, fact: str, said: str, *, standing: Standing, source: str = "", reasons: str = ""
) -> Case:
    """The case with one more answer, stated where the fact belongs.

    Raises InputError where the answer does not fit the fact. A judgement needs who and why: it
    takes ``source`` for the name and ``reasons``.
    """
    definition = default_dictionary().facts[fact]
    value: Any = tuple(part.strip() for part in said.split(",")) if _several(definition) else said
    try:
        parse_value(definition, value)
    except ValueError as error:
        raise InputError(Fault(fact, str(error))) from error
    if definition.judgement and not (source and reasons):
        raise InputError(Fault(fact, "is a judgement: say who judges, and the reasons"))
    statement = Statement(
        value=value,
        standing=Standing.JUDGED if definition.judgement else standing,
        source=StatementSource(title=source) if source and not definition.judgement else None,
        signed_by=source if definition.judgement else "",
        reasons=reasons,
    )
    alone = len(case.items) == 1 and definition.attaches is Attaches.ITEM

    def told(holder: Holder, *, always: bool) -> Holder:
        """The holder with the answer, where it is asked there or belongs there alone."""
        if not (_is_open(holder, fact) or (always and fact not in holder.answers)):
            return holder
        return holder.model_copy(update={"answers": {**holder.answers, fact: (statement,)}})

    parties = tuple(told(party, always=False) for party in case.parties)
    items = tuple(told(item, always=alone) for item in case.items)
    changes: dict[str, Any] = {
        "nothing_recorded": tuple(name for name in case.nothing_recorded if name != fact),
        "open_questions": tuple(q for q in case.open_questions if q.fact != fact),
        "parties": parties,
        "items": items,
    }
    if alone and items != case.items:
        if _is_open(case, fact):
            changes["answers"] = {name: case.answers[name] for name in case.answers if name != fact}
    elif _is_open(case, fact) or (parties, items) == (case.parties, case.items):
        # About several items, or a party: said of the case, it holds for each that is silent.
        changes["answers"] = {**case.answers, fact: (statement,)}
    return case.model_copy(update=changes)


def _several(definition: FactDefinition) -> bool:
    return definition.type is FactType.CODES
