"""Do the references of a rulebook hold: do they name what is there, and do they never go round?

A reference may name a provision or a term. Must not evaluate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.errors import Fault, nearest
from licet.rules.grammar import Ref, cycles, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.grammar import Node
    from licet.rules.rulebook import Provision, Term

_BOOK = "the book"


def reference_faults(
    provisions: Mapping[str, Provision],
    terms: Mapping[str, Term],
    of_the_book: Iterable[Node],
    file: str,
) -> list[Fault]:
    """Every reference that names nothing, and each circle of references once.

    ``of_the_book`` are the conditions that stand in ``file``, the book's own page, outside terms:
    what it reaches, what facts follow from, where its promises are excepted.
    """
    faults: list[Fault] = []
    graph: dict[str, set[str]] = {}
    targets = [*provisions, *terms]
    named: list[tuple[str, Node, str]] = [
        (p.id, node, p.file)
        for p in provisions.values()
        for node in [p.when, *(r.when for r in p.readings)]
        if node is not None
    ]
    named += [(t.name, t.when, file) for t in terms.values()]
    # Nothing can refer to these, so that they are part of no circle.
    named += [(_BOOK, node, file) for node in of_the_book]
    for owner, root, where in named:
        for node in walk(root):
            if isinstance(node, Ref):
                if node.target not in provisions and node.target not in terms:
                    hint = nearest(node.target, targets)
                    message = f"refers to {node.target!r}, which the rulebook lacks{hint}"
                    faults.append(Fault(node.path, message, where))
                graph.setdefault(owner, set()).add(node.target)
    for cycle in cycles(graph):
        faults.append(Fault("ref", f"goes round in a circle: {' -> '.join(cycle)}", file))
    faults.extend(_precedence(provisions))
    return faults


def _precedence(provisions: Mapping[str, Provision]) -> Iterable[Fault]:
    for p in provisions.values():
        for target in (*p.releases, *p.prevails_over):
            if target not in provisions:
                hint = nearest(target, provisions)
                yield Fault("then", f"names {target!r}, which the rulebook lacks{hint}", p.file)
