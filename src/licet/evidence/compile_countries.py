"""Compile the country tables from rigour's territories and the project's own overrides.

Runs when a snapshot is built, never when one is read: rigour is not needed to assess a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError
from licet.evidence import tables
from licet.evidence.countries import Countries, name_key
from licet.evidence.reading import Checks, csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE_FIELDS = {"code": "text", "alpha3": "text", "name": "text", "former": "flag"}
NAME_FIELDS = {"key": "text", "code": "text", "reason": "text"}
MEMBER_FIELDS = {"country": "text", "kind": "text", "from": "day", "to": "day", "note": "text"}
KINDS = ("eu", "eea_efta", "customs")

# Two letters in rigour, but parts of another state, unions, or no place at all.
NOT_STATES = frozenset({"ac", "cp", "cq", "dg", "ic", "ta", "eu", "ip", "un", "zz"})


@dataclass(frozen=True, slots=True)
class CountryTables:
    """The compiled tables, and a resolver over them for reading the other sources."""

    codes: Any
    names: Any
    membership: Any
    countries: Countries
    rigour_version: str


def compile_countries(folder: Path) -> CountryTables:
    """Compile from rigour and the files in ``folder``. Raises EvidenceError if rigour is absent."""
    names, codes = _from_rigour()
    codes += [
        {"code": line["code"], "alpha3": None, "name": line["name"], "former": True}
        for line in csv_lines(folder / "former_states.csv", ("code", "name"))
    ]
    known = {row["code"] for row in codes}
    checks = Checks(folder / "overrides.csv")
    for line in csv_lines(folder / "overrides.csv", ("name", "code", "reason")):
        code, reason = line["code"].strip(), line["reason"].strip()
        if bool(code) == bool(reason) or (code and code not in known):
            checks.fault(line, "give a code that the table has, or a reason why there is none")
        names[name_key(checks.text(line, "name"))] = (code or None, reason)
    checks.done()
    code_table = tables.table(CODE_FIELDS, sorted(codes, key=lambda row: str(row["code"])))
    name_table = tables.table(
        NAME_FIELDS,
        [
            {"key": key, "code": code, "reason": reason or None}
            for key, (code, reason) in sorted(names.items())
            if key
        ],
    )
    return CountryTables(
        code_table,
        name_table,
        _membership(folder / "eu_membership.csv", known),
        resolver(code_table, name_table),
        _version(),
    )


def resolver(codes: Any, names: Any) -> Countries:
    """A resolver over Arrow tables, for use while a snapshot is being built."""
    by_code = tables.Lookup(tables.lookup_text(codes, "code"))
    by_name = tables.Lookup(tables.lookup_text(names, "key"))
    return Countries(lambda: by_code, lambda: by_name)


def _from_rigour() -> tuple[dict[str, tuple[str | None, str]], list[dict[str, Any]]]:
    """Every name and code rigour knows, strong names before weak, and the states among them."""
    names: dict[str, tuple[str | None, str]] = {}
    codes: list[dict[str, Any]] = []
    territories = list(_territories())
    for territory, *_ in territories:
        if _is_state(territory):
            codes.append(
                {
                    "code": territory.code.upper(),
                    "alpha3": _alpha3(territory),
                    "name": territory.name,
                    "former": territory.is_historical,
                }
            )
    for tier in range(3):
        found: dict[str, set[tuple[str | None, str]]] = {}
        for territory, *tiers in territories:
            for name in tiers[tier]:
                found.setdefault(name_key(name), set()).add(_answer(territory))
        for key, answers in found.items():
            names.setdefault(key, _one(answers))
    return names, codes


def _territories() -> Iterator[tuple[Any, list[str], list[str], list[str]]]:
    """Each territory with its codes, strong names and weak names. Cities are left out."""
    try:
        from rigour.territories.lookup import _load_territory_names
    except ImportError as error:
        raise EvidenceError(
            "building a snapshot needs rigour for the names of states: install "
            "the extra, `pip install licet[build]`"
        ) from error
    for territory, strong, weak, _places in _load_territory_names():
        yield territory, sorted(territory.codes), list(strong), list(weak)


def _is_state(territory: Any) -> bool:
    """A state, an ISO-coded dependency, or a former state: anything with a code of its own."""
    return (territory.is_historical and territory.is_country) or (
        len(territory.code) == 2 and territory.code not in NOT_STATES
    )


def _answer(territory: Any) -> tuple[str | None, str]:
    if _is_state(territory):
        return territory.code.upper(), ""
    above = territory.parent
    while above is not None and not _is_state(above):
        above = above.parent
    if above is not None:
        return None, f"a part of {above.name} ({above.code.upper()}), not a state: name the state"
    return None, f"{territory.full_name} is not a state: name the state"


def _one(answers: set[tuple[str | None, str]]) -> tuple[str | None, str]:
    if len(answers) == 1:
        return next(iter(answers))
    codes = sorted(code for code, _ in answers if code)
    if len(codes) == 1:
        return codes[0], ""
    listed = ", ".join(codes) or "parts of several states"
    return None, f"means more than one place ({listed}): give the ISO code"


def _alpha3(territory: Any) -> str | None:
    return territory.alpha3.upper() if territory.alpha3 else None


def _membership(path: Path, known: set[str]) -> Any:
    checks = Checks(path)
    rows = []
    for line in csv_lines(path, tuple(MEMBER_FIELDS)):
        checks.choice(line, "kind", KINDS)
        checks.choice(line, "country", known)
        rows.append(
            {
                "country": line["country"],
                "kind": line["kind"],
                "note": line["note"],
                "from": checks.day(line, "from"),
                "to": checks.day(line, "to", blank=True),
            }
        )
    checks.done()
    return tables.table(MEMBER_FIELDS, rows)


def _version() -> str:
    from importlib.metadata import version

    return version("rigour")
