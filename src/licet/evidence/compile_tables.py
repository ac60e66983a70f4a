"""Turn each source's file into the tables of a snapshot, with every country resolved.

A name that is neither a state nor listed as a miss with its reason is a fault: a country that
silently falls out of an index would look like a country nobody measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError, Fault
from licet.evidence import tables
from licet.evidence.brought import unknown_source
from licet.evidence.reading import known_form
from licet.evidence.sources import (
    dated_listings,
    documented_misuse,
    eff_atlas,
    freedom_house,
    ocds_codelists,
    safeguards,
    security_fairs,
    un_treaties,
    us_ccl,
    us_country_chart,
    us_csl,
    vdem,
    wgi,
)
from licet.model import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from licet.evidence.countries import Countries

PRIMARY = {
    "us_csl": "listed_now",
    "dated_listings": "dated_listings",
    "us_ccl": "ccl",
    "us_country_chart": "chart",
    "vdem": "vdem",
    "wgi": "wgi",
    "un_treaties": "treaties",
    "documented_misuse": "misuse",
    "safeguards": "safeguards",
    "security_fairs": "exhibitors",
    "eff_atlas": "us_atlas",
    "ocds_codelists": "codelists",
    "freedom_house": "freedom_house",
}
"""The table whose rows are counted for each source."""

LOOKUP_KEYS = {
    "lists": "code",
    "misuse": "country",
    "vendor_names": "vendor",
    "agency_names": "country",
    "safeguards": "country",
    "indicators": "country",
    "chart": "country",
    "ccl": "eccn",
    "countries": "code",
    "country_names": "key",
    "eu_membership": "kind",
}
"""Tables that one assessment reads, and what it asks them by."""

INDICATOR_FIELDS = {
    "country": "text",
    "source": "text",
    "name": "text",
    "year": "integer",
    "value": "decimal",
    "percentile": "decimal",
    "percentile_low": "decimal",
    "percentile_high": "decimal",
}
LIST_FIELDS = {
    "code": "text",
    "name": "text",
    "authority": "text",
    "legal_basis": "text",
    "effect": "text",
    "entries": "integer",
}
DATED_FIELDS = {
    "list_code": "text",
    "name": "text",
    "type": "text",
    "countries": "texts",
    "programmes": "texts",
    "listed_from": "day",
    "listed_to": "day",
    "citation": "text",
    "provision": "text",
    "checked": "text",
    "note": "text",
}


def of_source(name: str, path: Path, countries: Countries) -> dict[str, Any]:
    """The tables that one source's file gives. Raises EvidenceError naming file and remedy."""
    with known_form(path):
        return _of_source(name, path, countries)


def _of_source(name: str, path: Path, countries: Countries) -> dict[str, Any]:
    match name:
        case "us_csl":
            entries = us_csl.read(path)
            _known(path, countries, (code for entry in entries for code in entry.countries))
            return {
                "listed_now": listing.to_arrow(entries),
                "lists": tables.table(LIST_FIELDS, us_csl.lists(path)),
            }
        case "dated_listings":
            return {"dated_listings": _dated(path)}
        case "us_ccl":
            return {"ccl": us_ccl.read(path), "ccl_items": us_ccl.read_items(path)}
        case "us_country_chart":
            chart = us_country_chart.read(path)
            return {"chart": _with_country(path, chart, "name", countries)}
        case "vdem":
            return {"vdem": _with_country(path, vdem.read(path), "country_name", countries)}
        case "wgi":
            return {"wgi": _with_country(path, wgi.read(path), "country_name", countries)}
        case "freedom_house":
            scores = freedom_house.read(path)
            return {"freedom_house": _with_country(path, scores, "country_name", countries)}
        case "un_treaties":
            return {"treaties": _checked(path, un_treaties.read(path), countries)}
        case "documented_misuse":
            return {
                "misuse": _checked(path, documented_misuse.read(path), countries),
                "vendor_names": documented_misuse.read_vendor_names(
                    path.with_name("vendor_names.csv")
                ),
                "agency_names": documented_misuse.read_agency_names(
                    path.with_name("agency_names.csv")
                ),
            }
        case "safeguards":
            return {"safeguards": _checked(path, safeguards.read(path), countries)}
        case "security_fairs":
            return {"exhibitors": _checked(path, security_fairs.read(path), countries)}
        case "eff_atlas":
            return {"us_atlas": eff_atlas.read(path)}
        case "ocds_codelists":
            return {"codelists": ocds_codelists.read(path)}
        case _:
            raise unknown_source(name, PRIMARY)


def derived(have: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The tables made from several sources: listings with their dates, and indicators."""
    rows = [
        dated_listings.DatedListing(
            **(
                row
                | {
                    "type": listing.ListedType(row["type"]),
                    "countries": tuple(row["countries"]),
                    "programmes": tuple(row["programmes"]),
                }
            )
        )
        for row in have["dated_listings"].to_pylist()
    ]
    dated = dated_listings.apply(listing.from_arrow(have["listed_now"]), rows, path)
    figures = [*_vdem(have["vdem"]), *_wgi(have["wgi"]), *_treaties(have["treaties"])]
    if "freedom_house" in have:
        figures += _freedom_house(have["freedom_house"])
    return {
        "listings": listing.to_arrow(dated),
        "indicators": tables.table(INDICATOR_FIELDS, figures),
    }


def _vdem(table: Any) -> list[dict[str, Any]]:
    return [
        _figure(row, "vdem", name, row[name])
        for row in table.to_pylist()
        for name in vdem.INDICATORS
        if row["country"] and row[name] is not None
    ]


def _wgi(table: Any) -> list[dict[str, Any]]:
    return [
        _figure(row, "wgi", f"wgi_{row['indicator']}", row["estimate"])
        | {name: row[name] for name in ("percentile", "percentile_low", "percentile_high")}
        for row in table.to_pylist()
        if row["country"] and row["indicator"] in wgi.INDICATORS and row["estimate"] is not None
    ]


def _treaties(table: Any) -> list[dict[str, Any]]:
    """How many of the instruments each state was party to, at the end of each year of change."""
    years: dict[str, list[int]] = {}
    for row in table.to_pylist():
        joined = years.setdefault(row["country"], [])
        if row["status"] == "party":
            joined.append(row["year"])
    return [
        _figure(
            {"country": country, "year": year},
            "un_treaties",
            "un_treaties_party",
            sum(one <= year for one in joined),
        )
        for country, joined in years.items()
        for year in sorted({1965, *joined})
    ]


def _freedom_house(table: Any) -> list[dict[str, Any]]:
    return [
        _figure(row, "freedom_house", name, row[column])
        for row in table.to_pylist()
        for column, name in freedom_house.INDICATORS.items()
        if row["country"]
    ] + [
        _figure(
            row,
            "freedom_house",
            freedom_house.STATUS_INDICATOR,
            freedom_house.STATUSES[::-1].index(row["status"]),
        )
        for row in table.to_pylist()
        if row["country"]
    ]


def _figure(row: Mapping[str, Any], source: str, name: str, value: Any) -> dict[str, Any]:
    return {
        "country": row["country"],
        "source": source,
        "name": name,
        "year": row["year"],
        "value": value,
        "percentile": None,
        "percentile_low": None,
        "percentile_high": None,
    }


def _dated(path: Path) -> Any:
    rows = [
        {name: getattr(row, name) for name in DATED_FIELDS} | {"type": str(row.type)}
        for row in dated_listings.read(path)
    ]
    return tables.table(DATED_FIELDS, rows)


def _with_country(path: Path, table: Any, column: str, countries: Countries) -> Any:
    """The table with a first column ``country``: the code, or null for a listed miss."""
    import pyarrow as pa

    names = table.column(column).to_pylist()
    answers = {name: countries.resolve(name) for name in set(names)}
    faults = [
        Fault(
            "",
            f"{name!r} is {answer.reason}; add it to countries/overrides.csv with its "
            "code, or with the reason why it has none",
            str(path),
        )
        for name, answer in sorted(answers.items())
        if answer.code is None and answer.reason.startswith("not a name")
    ]
    if faults:
        raise EvidenceError(faults)
    codes = pa.array([answers[name].code for name in names], pa.string())
    return table.add_column(0, "country", codes)


def _checked(path: Path, table: Any, countries: Countries) -> Any:
    _known(path, countries, (code for code in table.column("country").to_pylist() if code))
    return table


def _known(path: Path, countries: Countries, codes: Iterable[str]) -> None:
    unknown = sorted(set(codes) - set(countries.codes))
    if unknown:
        raise EvidenceError(
            Fault(
                "",
                f"has country codes that no state has: {', '.join(unknown)}; "
                "repair them in the reader's table",
                str(path),
            )
        )
