"""Read the rival readings of a provision, and put them into one condition of the ordinary grammar.

Must not choose: that is for a named person, through the judgement that ``settled_by`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.rules.grammar import Group, Leaf
from licet.rules.rulebook import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.rules.dictionary import Dictionary
    from licet.rules.grammar import Node, Reader


def read_readings(
    raw: Mapping[str, Any], reader: Reader, dictionary: Dictionary
) -> tuple[Reading, ...]:
    """The rival readings of a provision; every fault is noted with the reader."""
    found = []
    for i, entry in enumerate(raw.get("readings", [])):
        node = None
        said = entry.get("applies")
        if (said is None) == ("when" not in entry) or said not in (None, "yes", "no"):
            reader.fault(
                f"readings[{i}]",
                "needs either `when`, or `applies: yes` (it adds nothing), or `applies: no`",
            )
        elif "when" in entry:
            node = reader.condition(entry["when"], f"readings[{i}].when")
        if not entry.get("authority"):
            reader.fault(f"readings[{i}].authority", "is missing: say who reads it so")
        found.append(Reading(entry.get("name", ""), entry.get("authority", ""), node, said != "no"))
    if found:
        _check_settling(raw.get("settled_by", ""), found, reader, dictionary)
    return tuple(found)


def _check_settling(
    fact: str, found: list[Reading], reader: Reader, dictionary: Dictionary
) -> None:
    """The judgement that picks a reading must know exactly the readings there are."""
    names = [one.name for one in found]
    definition = dictionary.facts.get(fact)
    if len(set(names)) < 2:
        reader.fault("readings", "needs at least two readings with different names")
    elif definition is None:
        reader.fault(
            "settled_by",
            f"names the fact {fact!r}, which the dictionary lacks: name the judgement that picks "
            f"a reading{dictionary.hint(fact)}",
        )
    elif not definition.judgement or sorted(definition.code_names) != sorted(names):
        reader.fault("settled_by", f"{fact} must be a judgement whose codes are {', '.join(names)}")


def under_readings(shared: Node | None, readings: tuple[Reading, ...], settled_by: str) -> Node:
    """The condition of a provision that is read in rival ways.

    It is met when it is met under every reading, or under the one that a named person has chosen;
    while nobody has, readings that disagree leave it unknown, so that none of them is lost.
    """
    ways: list[Node] = [
        Group(
            f"readings[{i}]",
            "all",
            (
                Leaf(f"readings[{i}].name", settled_by, "is", one.name),
                *((one.when,) if one.when is not None else ()),
            ),
            says=f"it is read so: {one.name.replace('_', ' ')}",
        )
        for i, one in enumerate(readings)
        if one.applies
    ]
    if all(one.applies for one in readings):
        every = tuple(one.when for one in readings if one.when is not None)
        ways.insert(0, Group("readings", "all", every, says="it is so under every reading"))
    rival = Group("readings", "any", tuple(ways), says="it is so as the provision is read")
    if isinstance(shared, Group) and shared.kind == "all" and not shared.says:
        return Group(shared.path, "all", (*shared.parts, rival))
    return rival if shared is None else Group("when", "all", (shared, rival))
