"""A provision that stands by itself, outside a rulebook: a moratorium, a lifting condition, a record.

It is read by the same code as the provisions of rulebooks. Must not refer to what a rulebook holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from licet.errors import Fault, InputError, RulebookError
from licet.rules.build import Builder
from licet.rules.grammar import Ref, require, walk
from licet.rules.load import default_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from licet.rules.rulebook import Provision

T = TypeVar("T")


def provision_of(raw: Mapping[str, Any], file: str, path: str = "") -> Provision:
    """Build one provision that stands by itself, outside a rulebook, from strict values.

    ``path`` is where in ``file`` it stands, put before the path of every fault. It may not refer to
    terms, lists or other provisions. Raises RulebookError with every fault.
    """
    builder = Builder({}, "", default_dictionary())
    provision = builder.provision(dict(raw), file)
    # Dated lists belong to rulebooks, as terms do.
    alone = (", which the rulebook lacks", ": it stands by itself, so write the codes out")
    faults = [
        Fault(
            ".".join(part for part in (path, fault.path) if part),
            fault.message.replace(*alone),
            file,
        )
        for fault in builder.faults
    ]
    if provision is None or faults:
        raise RulebookError(faults)
    for node in walk(provision.when) if provision.when is not None else ():
        if isinstance(node, Ref):
            message = f"refers to {node.target!r}: it stands by itself, so write the condition out"
            faults.append(Fault(f"{path}.{node.path}" if path else node.path, message, file))
    require(faults)
    return provision


def read_each(entries: Iterable[Any], read: Callable[[Any, int], T]) -> tuple[T, ...]:
    """Read each entry with its place in the list. Raises RulebookError with the faults of all."""
    faults: list[Fault] = []
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(read(entry, index))
        except InputError as error:
            faults.extend(error.faults)
    require(faults)
    return tuple(found)
