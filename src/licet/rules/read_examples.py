"""Read the examples of a provision's file, and tell every slip in them with its place and the remedy.

Whether an example holds is another question: :mod:`licet.rules.examples` runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.errors import Fault, nearest
from licet.model.dates import Span
from licet.model.fact import parse_value
from licet.model.outcome import Effect
from licet.rules.grades import GRADES
from licet.rules.rulebook import ProvisionTest
from licet.rules.times import example_dates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.model.fact import FactDefinition
    from licet.rules.dictionary import Dictionary

STATES = ("met", "not_met", "unknown", "not_in_force", "in_force_unknown")
"""What an example may expect."""
CONSEQUENCES = (*(effect.value for effect in Effect), *GRADES)
"""What an example may say follows: an effect, or in a method a grade."""


class ExampleReader:
    """Reads the examples of one file against the fact dictionary, adding to the faults found."""

    def __init__(self, file: str, dictionary: Dictionary, faults: list[Fault]) -> None:
        self.file = file
        self.dictionary = dictionary
        self.faults = faults

    def read(self, raw: Mapping[str, Any]) -> tuple[ProvisionTest, ...]:
        """The examples of a provision whose outer shape was checked."""
        return tuple(self._example(t, f"tests[{i}]", i) for i, t in enumerate(raw.get("tests", [])))

    def _fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message, self.file))

    def _example(self, raw: Mapping[str, Any], path: str, index: int) -> ProvisionTest:
        expect, then = raw.get("expect", ""), raw.get("then", "")
        if expect not in STATES:
            self._fault(f"{path}.expect", f"use one of {', '.join(STATES)}")
        self._check_day(raw.get("date", ""), f"{path}.date")
        given = raw.get("given", {})
        for name, value in given.items():
            self._check_given(name, value, f"{path}.given")
        for name in raw.get("asks", ()):
            self._fact(name, f"{path}.asks")
        if then and expect != "met":
            self._fault(f"{path}.then", "only what is met has an effect: leave it out")
        elif then and then not in CONSEQUENCES:
            hint = nearest(then, CONSEQUENCES)
            self._fault(f"{path}.then", f"got {then!r}: use one of {', '.join(CONSEQUENCES)}{hint}")
        asks = tuple(raw["asks"]) if "asks" in raw else None
        name = raw.get("name", f"example {index + 1}")
        dates = example_dates(raw, path, self._fault)
        return ProvisionTest(name, raw.get("date", ""), given, expect, asks, then, dates)

    def _check_day(self, text: str, path: str) -> None:
        try:
            Span.read(text)
        except ValueError as error:
            self._fault(path, str(error) if text else "is missing: on which day is it?")

    def _fact(self, name: str, path: str) -> FactDefinition | None:
        definition = self.dictionary.facts.get(name)
        if definition is None:
            hint = self.dictionary.hint(name)
            self._fault(path, f"names the fact {name!r}, which the dictionary lacks{hint}")
        return definition

    def _check_given(self, name: str, value: Any, path: str) -> None:
        definition = self._fact(name, path)
        if definition is None:
            return
        try:
            parse_value(definition, value)
        except ValueError as error:
            self._fault(f"{path}.{name}", str(error))
