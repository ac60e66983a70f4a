"""Two determinations held against each other: what changed in the answer, and what changed it.

Works on stored objects alone, so that answers given years apart, under other rulebooks or other
evidence, can be compared. A provision that came out otherwise names the facts that it read
otherwise. Must not assess anything.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

INPUTS = (
    "case",
    "case_digest",
    "rulebook",
    "rulebook_version",
    "rulebook_digest",
    "uses",
    "snapshot_digest",
    "assessed_as_of",
    "mode",
    "options",
    "moratoria",
    "hit_decisions",
    "peer_denials",
    "semantics",
)
"""What an answer was made from, in the order in which a change of it is told."""
ANSWERS = ("outcomes", "outcomes_on_merits")
_WORTH = ("value", "unknown", "possible", "standing")
ABSENT = "absent"
"""The state of a provision that one of the two rulebooks does not hold."""


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between two stored determinations, as JSON.

    ``same_answer`` tells whether both outcome sets agree, of the case and of every line: one line
    that worsens is told though another one decides. Each line tells its own answer, each
    provision whose state differs with the facts that it read otherwise (``because``), and each
    fact that was read otherwise.
    """
    lines = [_line(was, now, before, after) for was, now in _lines(before, after)]
    asked_before, asked_after = _asked(before), _asked(after)
    return {
        "case": after["case"],
        "rulebook": after["rulebook"],
        "same_answer": all(before[key] == after[key] for key in ANSWERS)
        and not any(map(_answers_otherwise, lines)),
        **{key: {"before": before[key], "after": after[key]} for key in ANSWERS},
        "inputs": [
            {"input": key, "before": before.get(key), "after": after.get(key)}
            for key in INPUTS
            if before.get(key) != after.get(key)
        ],
        "lines": [line for line in lines if _differs(line)],
        "questions": {
            "opened": [fact for fact in asked_after if fact not in asked_before],
            "closed": [fact for fact in asked_before if fact not in asked_after],
        },
        "cautions": {
            "new": [one for one in after["cautions"] if one not in before["cautions"]],
            "gone": [one for one in before["cautions"] if one not in after["cautions"]],
        },
    }


def pair(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Determinations of the same case and rulebook; a single one with a single one, always.

    None stands where the other side has no such determination. Several of the same case and
    rulebook are paired in the order in which they come.
    """
    was, now = list(before), list(after)
    if len(was) == len(now) == 1:
        yield was[0], now[0]
        return
    waiting: defaultdict[tuple[str, str], deque[Mapping[str, Any]]] = defaultdict(deque)
    for one in now:
        waiting[one["case"], one["rulebook"]].append(one)
    for one in was:
        same = waiting[one["case"], one["rulebook"]]
        yield one, same.popleft() if same else None
    yield from ((None, one) for rest in waiting.values() for one in rest)


def _asked(body: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(question["fact"] for question in body["questions"]))


def _lines(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Lines about the same item and end user, else the lines that bear the same number."""
    waiting = {line["id"]: line for line in after["lines"]}
    for was in before["lines"]:
        same = [now for now in waiting.values() if _about(now) == _about(was)]
        chosen = next((now for now in same if now["id"] == was["id"]), same[0] if same else None)
        if chosen is None and was["id"] in waiting:
            numbered = waiting[was["id"]]
            others = (_about(one) for one in before["lines"])
            chosen = None if _about(numbered) in others else numbered
        if chosen is not None:
            del waiting[chosen["id"]]
        yield was, chosen
    yield from ((None, now) for now in waiting.values())


def _about(line: Mapping[str, Any]) -> tuple[Any, Any]:
    return line.get("item"), line.get("end_user")


def _line(
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    line = now or was or {}
    read_before = before["facts"].get(was["id"], {}) if was else {}
    read_after = after["facts"].get(now["id"], {}) if now else {}
    return {
        "line": line["id"],
        "item": line.get("item_name", ""),
        "end_user": line.get("end_user_name", ""),
        **{
            key: {"before": was[key] if was else None, "after": now[key] if now else None}
            for key in ANSWERS
        },
        "provisions": list(_provisions(was, now)) if was and now else [],
        "facts": [
            {"fact": fact, "before": _worth(read_before, fact), "after": _worth(read_after, fact)}
            for fact in dict.fromkeys((*read_before, *read_after))
            if was and now and _worth(read_before, fact) != _worth(read_after, fact)
        ],
    }


def _answers_otherwise(line: Mapping[str, Any]) -> bool:
    return any(line[key]["before"] != line[key]["after"] for key in ANSWERS)


def _differs(line: Mapping[str, Any]) -> bool:
    return _answers_otherwise(line) or bool(line["provisions"] or line["facts"])


def _worth(readings: Mapping[str, Any], fact: str) -> dict[str, Any] | None:
    """What of a reading makes a difference; its sources and cautions do not."""
    reading = readings.get(fact)
    return None if reading is None else {key: reading[key] for key in _WORTH if key in reading}


def _provisions(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    found_before = {one["provision"]: one for one in was["findings"]}
    found_after = {one["provision"]: one for one in now["findings"]}
    for name in dict.fromkeys((*found_before, *found_after)):
        one, other = found_before.get(name, {}), found_after.get(name, {})
        states = one.get("state", ABSENT), other.get("state", ABSENT)
        if states[0] == states[1]:
            continue
        yield {
            "provision": name,
            "before": states[0],
            "after": states[1],
            "decides": name in was["heads"] or name in now["heads"],
            "because": _read_otherwise(one, other, was, now),
        }


def _read_otherwise(
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    was: Mapping[str, Any],
    now: Mapping[str, Any],
) -> list[str]:
    """The facts that both traces read and that came out otherwise in the second."""
    first = dict(_leaves(one.get("trace"), was["trees"]))
    second = dict(_leaves(other.get("trace"), now["trees"]))
    return sorted({key[0] for key in first.keys() & second.keys() if first[key] != second[key]})


Key = tuple[str, str, str]


def _leaves(
    trace: Any, trees: Mapping[str, Any], seen: frozenset[str] = frozenset()
) -> Iterator[tuple[Key, str]]:
    """Each comparison of a fact in a trace, through what it refers to, with its truth.

    A fact that was derived is followed to what it was derived from, and told by that.
    """
    if isinstance(trace, list):
        for one in trace:
            yield from _leaves(one, trees, seen)
    if not isinstance(trace, dict):
        return
    tree = str(trace.get("tree", ""))
    if tree in trees and tree not in seen:
        yield from _leaves(trees[tree], trees, seen | {tree})
    elif "fact" in trace:
        yield (
            (trace["fact"], str(trace["of"]), f"{trace['op']} {trace.get('than')}"),
            trace["truth"],
        )
    for key, value in trace.items():
        if key not in ("than", "value"):
            yield from _leaves(value, trees, seen)
