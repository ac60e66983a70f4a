"""The other side of the figure: what the same rules do with transfers that ought to go through.

Lawful, safeguarded controls that are wrongly refused; twins in which one fact is changed; the
agreement of dossiers with what their authors expect; and ordinary, exempt items sent to every
territory in every year. All under the model rulebook on the merits. Must not print.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import assess
from licet.assessment.casefile import read_case
from licet.assessment.hindsight.counting import Share, Tally, Verdict, verdict
from licet.assessment.hindsight.study import MODEL
from licet.assessment.views import agreements, model_on_merits
from licet.errors import Fault, InputError
from licet.model.case import Role
from licet.model.dates import Span
from licet.model.outcome import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from licet.assessment.evidence import Knowledge
    from licet.assessment.views import Agreement
    from licet.model.case import Case
    from licet.model.outcome import Outcome

EXPECTED = "expected.json"
OWN = "constructed"
"""The folder of the controls that this project built; the others come from the dossiers."""
LAWFUL = "control-must-not-refuse"
EXEMPT = "ordinary-or-exempt"


@dataclass(frozen=True, slots=True)
class Tried:
    """One example: what is expected of it, and what came out on the merits."""

    name: str
    expected: Mapping[str, Any]
    outcomes: frozenset[Outcome]
    held: tuple[Agreement, ...]
    """The model rulebook's answers held against the expectation."""

    @property
    def lawful(self) -> bool:
        """Whether it is a lawful, safeguarded control, which must not be refused."""
        return LAWFUL in self.expected["tags"]


@dataclass(frozen=True, slots=True)
class Controls:
    """Every example, tried."""

    tried: tuple[Tried, ...]

    def lawful(self, *, own: bool | None = None) -> tuple[Tried, ...]:
        """The lawful, safeguarded ones: all, those of this project, or those of the dossiers."""
        return tuple(
            t
            for t in self.tried
            if t.lawful and (own is None or t.name.startswith(f"{OWN}/") is own)
        )

    def refused(self, *, own: bool | None = None) -> Share:
        """The share of lawful controls that is wrongly refused."""
        lawful = self.lawful(own=own)
        return Share(sum(verdict(t.outcomes) is Verdict.REFUSED for t in lawful), len(lawful))

    def twins(self) -> tuple[tuple[Tried, Tried], ...]:
        """Each twin with the example that differs from it in one fact."""
        by_name = {t.name: t for t in self.tried}
        return tuple(
            (t, by_name[f"{t.name.partition('/')[0]}/{t.expected['twin_of']}"])
            for t in self.tried
            if t.expected["twin_of"]
        )

    def flipped(self) -> Share:
        """The share of twins whose answer changes with the one fact."""
        pairs = self.twins()
        return Share(sum(one.outcomes != other.outcomes for one, other in pairs), len(pairs))

    def agree(self, *, own: bool | None = None) -> Share:
        """The share of examples whose answer on the merits is as expected."""
        held = [
            a
            for t in self.tried
            if own is None or t.name.startswith(f"{OWN}/") is own
            for a in t.held
        ]
        return Share(sum(a.verdict == "agrees" for a in held), len(held))


def expectations(folder: Path) -> dict[str, Any]:
    """What is expected of every example under a folder. Raises InputError where it cannot be read."""
    found: dict[str, Any] = {}
    for file in (folder / EXPECTED, folder / OWN / EXPECTED):
        try:
            found.update(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise InputError(
                Fault("", f"cannot be read ({error}): name the folder of the examples", str(file))
            ) from error
    return found


def try_all(folder: Path, knowledge: Knowledge, names: Iterable[str] | None = None) -> Controls:
    """Assess the examples under a folder, or those that are named."""
    expected = expectations(folder)
    tried = []
    for name in expected if names is None else names:
        done = assess(
            read_case(folder / f"{name}.yaml"), knowledge, rulebooks=[MODEL], explain=False
        )
        held = tuple(a for a in agreements(done, expected[name]) if a.of.startswith("policy"))
        tried.append(Tried(name, expected[name], model_on_merits(done), held))
    return Controls(tuple(tried))


def lawful_names(folder: Path) -> tuple[str, ...]:
    """The names of the lawful, safeguarded controls."""
    return tuple(name for name, entry in expectations(folder).items() if LAWFUL in entry["tags"])


# Exempt items, everywhere and always ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """An exempt item sent to one territory in one year."""

    example: str
    territory: str
    year: int
    outcomes: frozenset[Outcome]

    @property
    def through(self) -> bool:
        """Whether nothing restricts it."""
        return verdict(self.outcomes) is Verdict.CLEARED


def send_everywhere(
    folder: Path, knowledge: Knowledge, years: Iterable[int], territories: Iterable[str]
) -> Iterator[Sent]:
    """Send each exempt example to each territory in each year.

    What a file says of its own destination is left out: it was said of another country.
    """
    years, territories = tuple(years), tuple(territories)
    for name, entry in expectations(folder).items():
        if entry["group"] != EXEMPT:
            continue
        case = read_case(folder / f"{name}.yaml")
        for territory in territories:
            for year in years:
                done = assess(
                    moved(case, territory, year), knowledge, rulebooks=[MODEL], explain=False
                )
                yield Sent(name, territory, year, model_on_merits(done))


def moved(case: Case, territory: str, year: int) -> Case:
    """The case with another destination and year, without what it says of its destination."""
    ends = {Role.END_USER, Role.CONSIGNEE, Role.BUYER, Role.STATED_END_USER, Role.OTHER_USER}
    day = Span.read(f"{year}-06-30")
    return case.model_copy(
        update={
            "dates": case.dates.model_copy(
                update={name: day for name, span in case.dates if span is not None}
            ),
            "parties": tuple(
                p.model_copy(update={"country": (territory,)}) if ends & set(p.roles) else p
                for p in case.parties
            ),
            "answers": {f: s for f, s in case.answers.items() if not f.startswith("dest.")},
            "nothing_recorded": tuple(
                f for f in case.nothing_recorded if not f.startswith("dest.")
            ),
        }
    )


# For JSON ----------------------------------------------------------------------------------------


def body(controls: Controls) -> dict[str, Any]:
    """What came out of the controls, with every one that is refused, disagrees or does not flip."""
    documented = [t for t in controls.tried if t.expected["basis"].startswith("documented")]
    return {
        "of": MODEL,
        "documented_verdicts": Tally.of(verdict(t.outcomes) for t in documented).body(),
        "lawful_refused": {
            "all": controls.refused().body(),
            "from_dossiers": controls.refused(own=False).body(),
            "built_by_this_project": controls.refused(own=True).body(),
            "refused": [
                t.name for t in controls.lawful() if verdict(t.outcomes) is Verdict.REFUSED
            ],
        },
        "lawful_verdicts": Tally.of(verdict(t.outcomes) for t in controls.lawful()).body(),
        "twins_flipped": {
            **controls.flipped().body(),
            "same": [one.name for one, other in controls.twins() if one.outcomes == other.outcomes],
        },
        "as_expected": {
            "dossiers": controls.agree(own=False).body(),
            "built_by_this_project": controls.agree(own=True).body(),
            "other": [
                {"example": t.name, "of": a.of, "got": [o.value for o in ordered(a.got)]}
                for t in controls.tried
                for a in t.held
                if a.verdict != "agrees"
            ],
        },
    }


def sent_body(sent: Iterable[Sent]) -> dict[str, Any]:
    """How many exempt items went through, and all that did not, by example and outcome."""
    every = tuple(sent)
    stopped = Counter(
        (s.example, " | ".join(o.value for o in ordered(s.outcomes)))
        for s in every
        if not s.through
    )
    return {
        "of": MODEL,
        "through": Share(sum(s.through for s in every), len(every)).body(),
        "examples": len({s.example for s in every}),
        "territories": len({s.territory for s in every}),
        "years": sorted({s.year for s in every}),
        "not_through": [
            {
                "example": example,
                "outcomes": outcomes,
                "times": times,
                "territories": sorted(
                    {
                        s.territory
                        for s in every
                        if not s.through
                        and s.example == example
                        and " | ".join(o.value for o in ordered(s.outcomes)) == outcomes
                    }
                ),
            }
            for (example, outcomes), times in sorted(stopped.items())
        ],
    }
