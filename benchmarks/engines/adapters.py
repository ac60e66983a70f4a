"""Each engine behind one call: the facts of a case in, its answer out. Prepared once, as it allows.

Nothing is filled in for an engine: a fact that is missing is left out of what it is given, and its
answer, error or default is its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import cedarpy
import cel
import datalogic_py
import numpy
import regopy
import zen
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.engines import texts
from benchmarks.engines.ruleset import FACTS, FLAGS, NUMBERS, PLACES
from licet.assessment.determination import LineDecision, line_body
from licet.assessment.lines import Line
from licet.model.canonical import digest
from licet.model.dates import Span
from licet.model.fact import Reading
from licet.model.outcome import RESTRICTING
from licet.rules.outcomes import decide
from licet.rules.scope import Days, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.engines.ruleset import Facts
    from licet.rules.outcomes import LineResult
    from licet.rules.rulebook import Provision, Rulebook

DAYS = Days({"assessed": Span.read("2024-06-01")})


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine said: the outcomes it leaves possible, and an error it noted beside them."""

    outcomes: frozenset[str]
    noted: str = ""


def firm(outcome: str) -> Answer:
    """An answer of one outcome."""
    return Answer(frozenset({outcome}))


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine, prepared. ``many`` answers several cases in one call, where it can."""

    name: str
    how: str
    answer: Callable[[Facts], Answer]
    many: Callable[[list[Facts]], list[Answer]] | None = None
    compare: bool = field(default=True)
    """Whether its row belongs in the table of missing facts: one for each way of asking."""


def engines(book: Rulebook) -> list[Engine]:
    """Every engine, prepared for one rulebook."""
    return [
        *_licet(book),
        *_zen(book),
        _cel(book),
        _json_logic(book),
        *_cedar(book),
        *_rego(book),
        *_openfisca(book),
    ]


# Licet -------------------------------------------------------------------------------------------


def _licet(book: Rulebook) -> list[Engine]:
    def scope(facts: Facts) -> Scope:
        return Scope("line", {name: Reading(value) for name, value in facts.items()})

    def told(result: LineResult) -> Answer:
        return Answer(frozenset(outcome.value for outcome in result.outcomes))

    def tree(facts: Facts) -> Answer:
        return told(decide(book, scope(facts), DAYS, "export", explain=False))

    def asking(facts: Facts) -> Answer:
        return told(decide(book, scope(facts), DAYS, "export"))

    def kept(facts: Facts) -> Answer:
        line = scope(facts)
        result = decide(book, line, DAYS, "export", explain=False)
        decision = LineDecision(Line("line-1", None, None, ()), result, line.facts, book)
        digest(line_body(decision), ours=True)
        return told(result)

    name = f"Licet {version('licet')}"
    return [
        Engine(name, "`decide`: set of outcomes and the whole tree", tree),
        Engine(name, "the same, kept: canonical JSON and sha256", kept, compare=False),
        Engine(name, "the same with questions and every what-if", asking, compare=False),
    ]


# ZEN, CEL, JSON Logic ----------------------------------------------------------------------------


def _zen(book: Rulebook) -> list[Engine]:
    expression = zen.compile_expression(texts.ZEN.outcome(book))
    content = zen.ZenDecisionContent(texts.zen_graph(book))
    decision = zen.ZenEngine().create_decision(content)
    name = f"ZEN (zen-engine {version('zen-engine')})"

    def compiled(facts: Facts) -> Answer:
        return firm(expression.evaluate(facts))

    def graph(facts: Facts) -> Answer:
        return firm(decision.evaluate(facts)["result"]["outcome"])

    def traced(facts: Facts) -> Answer:
        return firm(decision.evaluate(facts, {"trace": True})["result"]["outcome"])

    return [
        Engine(name, "`compile_expression`: one expression, the outcome alone", compiled),
        Engine(name, "`create_decision`: a graph, each provision shown", graph, compare=False),
        Engine(name, "the same graph with its trace", traced, compare=False),
    ]


def _cel(book: Rulebook) -> Engine:
    program = cel.compile(texts.CEL.outcome(book))
    return Engine(
        f"CEL (common-expression-language {version('common-expression-language')})",
        "`compile`: one expression, the outcome alone",
        lambda facts: firm(program.execute(facts)),
    )


def _json_logic(book: Rulebook) -> Engine:
    rule = datalogic_py.Engine().compile_checked(texts.json_logic(book))
    return Engine(
        f"JSON Logic (datalogic-py {version('datalogic-py')})",
        "`compile_checked`: one rule, the outcome alone",
        lambda facts: firm(rule.evaluate(facts)),
    )


# Cedar -------------------------------------------------------------------------------------------


def _cedar(book: Rulebook) -> list[Engine]:
    policies = texts.cedar_policies(book)
    prepared = cedarpy.PolicySet.from_str("\n".join(policies.values()))
    entities = cedarpy.Entities.from_json_str("[]")
    schema = cedarpy.Schema.from_str(texts.cedar_schema(FLAGS, NUMBERS, PLACES))
    stands_for = {f"policy{i}": pid for i, pid in enumerate(policies)}
    rank = {effect.value: i for i, effect in enumerate(RESTRICTING)}

    def request(facts: Facts) -> dict[str, Any]:
        who = {"principal": 'User::"x"', "action": 'Action::"export"', "resource": 'Item::"y"'}
        return {**who, "context": facts}

    def told(result: cedarpy.AuthzResult) -> Answer:
        fired = [stands_for[reason] for reason in result.diagnostics.reasons]
        noted = "; ".join(result.diagnostics.errors)
        if result.allowed:
            return Answer(frozenset({"exempt" if "exempt" in fired else "no_rule_applies"}), noted)
        effects = [book.provisions[pid].effect.value for pid in fired]
        return Answer(frozenset({min(effects, key=rank.__getitem__)}), noted)

    def one(facts: Facts) -> Answer:
        return told(cedarpy.is_authorized(request(facts), prepared, entities))

    def checked(facts: Facts) -> Answer:
        result = cedarpy.is_authorized(request(facts), prepared, entities, schema)
        if result.decision is cedarpy.Decision.NoDecision:
            raise ValueError("; ".join(result.diagnostics.errors))
        return told(result)

    def many(cases: list[Facts]) -> list[Answer]:
        requests = [request(facts) for facts in cases]
        return [told(r) for r in cedarpy.is_authorized_batch(requests, prepared, entities)]

    name = f"Cedar (cedarpy {version('cedarpy')})"
    return [
        Engine(name, "`is_authorized`, parsed `PolicySet`; every provision that bit", one),
        Engine(name, "`is_authorized_batch`, the same", one, many, compare=False),
        Engine(f"{name}, with a schema", "the same; every attribute is required", checked),
    ]


# Rego --------------------------------------------------------------------------------------------


def _rego(book: Rulebook) -> list[Engine]:
    interpreter = regopy.Interpreter()
    interpreter.add_module("made_up", texts.Rego(book).module)
    bundle = interpreter.build(None, ["made_up/outcome"])

    def prepared(facts: Facts) -> Answer:
        interpreter.set_input(facts)
        output = interpreter.query_bundle_entrypoint(bundle, "made_up/outcome")
        return firm(json.loads(str(output))["expressions"][0])

    def plain(facts: Facts) -> Answer:
        interpreter.set_input(facts)
        return firm(json.loads(str(interpreter.query("data.made_up.outcome")))["expressions"][0])

    name = f"Rego (regopy {version('regopy')}, which is rego-cpp)"
    return [
        Engine(name, "`build` once, `query_bundle_entrypoint`; the outcome alone", prepared),
        Engine(name, "`query` of the module, planned anew each time", plain, compare=False),
    ]


# OpenFisca ---------------------------------------------------------------------------------------


def _openfisca(book: Rulebook) -> list[Engine]:
    system, period = _system(book), "2024-06"

    def simulate(cases: list[Facts]) -> list[Answer]:
        simulation = SimulationBuilder().build_default_simulation(system, count=len(cases))
        for fact in FACTS:
            if all(fact in case for case in cases):
                stated = [case[fact] for case in cases]
                coded = [texts.code_number(c) for c in stated] if fact in PLACES else stated
                simulation.set_input(fact, period, numpy.array(coded))
        ranks = simulation.calculate("outcome", period)
        return [firm(_OUTCOMES[rank]) for rank in ranks]

    name = f"OpenFisca-Core {version('openfisca-core')}"
    return [
        Engine(name, "one simulation a case; codes given as numbers", lambda f: simulate([f])[0]),
        Engine(
            name,
            "one simulation of a whole round",
            lambda f: simulate([f])[0],
            simulate,
            compare=False,
        ),
    ]


_OUTCOMES = (*(effect.value for effect in RESTRICTING), "exempt", "no_rule_applies")


def _formula(book: Rulebook, provision: Provision) -> Callable[[Any, Any], Any]:
    node = texts.condition(provision)

    def formula(one: Any, period: Any) -> Any:
        return texts.numpy_truth(book, node, lambda fact: one(fact, period))

    return formula


def _system(book: Rulebook) -> TaxBenefitSystem:
    person = Entity("person", "persons", "A case", "")
    system = TaxBenefitSystem([person])

    def variable(name: str, kind: type, **more: Any) -> None:
        common = {"value_type": kind, "entity": person, "definition_period": DateUnit.MONTH}
        system.add_variable(type(name, (Variable,), {**common, "label": name, **more}))

    for fact in FACTS:
        variable(fact, bool if fact in FLAGS else int)
    for provision in book.provisions.values():
        variable(f"met_{provision.id}", bool, formula=_formula(book, provision))

    def outcome(one: Any, period: Any) -> Any:
        def met(pid: str) -> Any:
            return one(f"met_{pid}", period)

        tests, ranks = [], []
        for effect, provisions in texts.ladder(book):
            for provision in provisions:
                live = met(provision.id)
                for exemption in book.releasers.get(provision.id, ()):
                    live = live & ~met(exemption)
                tests.append(live)
                ranks.append(_OUTCOMES.index(effect.value))
        for pid, exemptions in book.releasers.items():
            for exemption in exemptions:
                tests.append(met(pid) & met(exemption))
                ranks.append(_OUTCOMES.index("exempt"))
        return numpy.select(tests, ranks, default=_OUTCOMES.index("no_rule_applies"))

    variable("outcome", int, formula=outcome)
    return system
