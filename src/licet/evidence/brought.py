"""Sources that do not ship: a user with lawful access brings the file, and it becomes evidence.

Each is one page under ``sources/`` with the words about it, a reader that keeps or sets aside every
row, and what its rows become: figures of a state, entries of a list, or a table to read. Figures
stand beside those that ship and are shown with them; only what the risk method names is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError, Fault, nearest
from licet.evidence import tables
from licet.evidence.about import FIGURES, LISTINGS, LISTS, QUARANTINE, SHARED_TABLES, About
from licet.evidence.manifest import SourceFile, SourceRecord, file_sha256
from licet.evidence.sources import (
    eu_licences,
    freedom_house_status,
    freedom_on_the_net,
    jp_end_users,
    norway_list2,
    ofac_sdn,
    pts,
    ranking_digital_rights,
    rsf,
    uk_ratings,
    uk_refusals,
    un_sc,
    vdem_intervals,
    wjp,
)
from licet.model import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from licet.evidence.countries import Countries
    from licet.evidence.sifting import Quarantined, Row, Sifted
    from licet.model.dates import Span


@dataclass(frozen=True, slots=True)
class Brought:
    """One source: the words about it, its reader, and what its rows become.

    ``figures`` gives the figures of a row about a state; ``lists`` are the lists that a reader of
    listings reads; ``edition`` finds the day of the edition where the file says it; ``converted``
    turns a file's scale round where a user asks for it.
    """

    about: About
    read: Callable[[Path, Countries], Sifted]
    fields: Mapping[str, str] | None = None
    figures: Callable[[Row], Iterable[Row]] | None = None
    lists: tuple[Mapping[str, str], ...] = ()
    edition: Callable[[Path], Span | None] | None = None
    converted: Callable[[Sifted], Sifted] | None = None


def _index(page: Any) -> Brought:
    return Brought(page.ABOUT, page.read, page.FIELDS, page.figures)


def _list(page: Any, edition: Callable[[Path], Span | None] | None = None) -> Brought:
    return Brought(page.ABOUT, page.read, lists=page.LISTS, edition=edition)


def _table(page: Any) -> Brought:
    return Brought(page.ABOUT, page.read, page.FIELDS)


BROUGHT: dict[str, Brought] = {
    "eu_licences": _table(eu_licences),
    "freedom_house_status": _index(freedom_house_status),
    "freedom_on_the_net": Brought(
        freedom_on_the_net.ABOUT,
        freedom_on_the_net.read,
        freedom_on_the_net.FIELDS,
        freedom_on_the_net.figures,
        converted=freedom_on_the_net.convert,
    ),
    "jp_end_users": _list(jp_end_users),
    "norway_list2": _table(norway_list2),
    "ofac_sdn": _list(ofac_sdn, ofac_sdn.edition),
    "pts": _index(pts),
    "ranking_digital_rights": _table(ranking_digital_rights),
    "rsf": _index(rsf),
    "uk_ratings": _table(uk_ratings),
    "uk_refusals": _table(uk_refusals),
    "un_sc": _list(un_sc, un_sc.edition),
    "vdem_intervals": _index(vdem_intervals),
    "wjp": _index(wjp),
}
"""Every source that a user may bring, by id."""

FIGURE_FIELDS = {
    "country": "text",
    "source": "text",
    "name": "text",
    "year": "integer",
    "value": "decimal",
    "low": "decimal",
    "high": "decimal",
    "series": "text",
    "unknown": "text",
}
"""``low`` and ``high`` bound the value where the source gives an interval; ``unknown`` says why
there is no value. Figures of one name in two ``series`` are never compared."""
QUARANTINE_FIELDS = {
    "source": "text",
    "file": "text",
    "line": "integer",
    "last_line": "integer",
    "reason": "text",
}
LIST_FIELDS = {
    "source": "text",
    "code": "text",
    "name": "text",
    "authority": "text",
    "legal_basis": "text",
    "effect": "text",
    "entries": "integer",
}
LOOKUP_KEYS = {FIGURES: "country", LISTS: "code"}


def read(
    source: str, path: Path, countries: Countries, *, convert: bool = False
) -> tuple[Sifted, dict[str, Any]]:
    """What came of the file, and the tables it gives. Raises EvidenceError naming file and remedy."""
    brought = BROUGHT[source]
    found = brought.read(path, countries)
    if convert:
        if brought.converted is None:
            known = ", ".join(name for name, one in BROUGHT.items() if one.converted)
            raise EvidenceError(
                Fault(source, f"has one scale only: nothing to convert (but for {known})")
            )
        found = brought.converted(found)
    made: dict[str, Any] = {
        QUARANTINE: tables.table(QUARANTINE_FIELDS, _quarantine(source, path, found.quarantined))
    }
    if brought.fields is not None:
        made[source] = tables.table(brought.fields, found.rows)
    if brought.figures is not None:
        rows = [row for row in found.rows if row["country"]]
        made[FIGURES] = tables.table(FIGURE_FIELDS, _figures(source, rows, brought.figures))
    if brought.lists:
        entries = [row["listing"] for row in found.rows]
        made[LISTINGS] = _with_source(source, listing.to_arrow(entries))
        made[LISTS] = tables.table(
            LIST_FIELDS,
            [{"source": source, **one, "entries": len(entries)} for one in brought.lists],
        )
    return found, made


def record(source_id: str, path: Path, found: Sifted, published: Span | None) -> SourceRecord:
    """The source as the manifest has it. ``published`` where the file does not say its day.

    Raises EvidenceError where nobody says it, or where the file holds years that come after it.
    """
    one = BROUGHT[source_id]
    said = one.edition(path) if one.edition else None
    if said and published and said != published:
        raise EvidenceError(
            Fault("", f"says that it was made on {said}; leave --published out", str(path))
        )
    day = published or said
    if day is None:
        raise undated(source_id, path)
    years = [row["year"] for row in found.rows if "year" in row]
    late = [year for year in years if year > day.last.year]
    if late:
        raise EvidenceError(
            Fault(
                "",
                f"has figures for {max(late)} in an edition published {day}: correct --published, "
                "or the file",
                str(path),
            )
        )
    files = sorted(path.glob("*.csv*")) if path.is_dir() else [path]
    about = one.about
    return SourceRecord(
        source_id,
        about.title,
        about.publisher,
        about.licence,
        about.credit,
        about.url,
        str(day),
        str(min(years)) if years else str(day),
        str(max(years)) if years else str(day),
        about.max_age_days,
        about.lag_days,
        len(found.rows),
        tuple(SourceFile(file.name, file_sha256(file)) for file in files),
    )


def undated(source_id: str, file: Path) -> EvidenceError:
    """The error for an edition whose day nobody states."""
    return EvidenceError(
        Fault(
            "",
            f"when was this edition of {source_id!r} published? State "
            "the day with --published: what was known when depends on it",
            str(file),
        )
    )


def merged(held: Mapping[str, Any], source: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a snapshot with those of one source put in the place of its former ones."""
    import pyarrow as pa
    from pyarrow import compute

    have = {name: table for name, table in held.items() if name != source}
    for name, table in made.items():
        if name not in SHARED_TABLES:
            have[name] = table
            continue
        if name in have:
            others = have[name].filter(compute.not_equal(have[name].column("source"), source))
            table = pa.concat_tables([others, table])  # noqa: PLW2901 - the others' rows stay
        have[name] = table
        if not len(table):
            # A snapshot from which nothing was set aside has no such table.
            del have[name]
    return have


def made_from(name: str, table: Any) -> tuple[str, ...]:
    """The sources whose rows a table holds."""
    if name in SHARED_TABLES:
        return tuple(sorted(set(table.column("source").to_pylist())))
    return (name,)


def unknown_source(name: str, others: Iterable[str]) -> EvidenceError:
    """The error for a source that nothing reads."""
    known = sorted({*BROUGHT, *others})
    return EvidenceError(
        f"no reader for the source {name!r}{nearest(name, known)}; there are readers for "
        f"{', '.join(known)}"
    )


def _figures(
    source: str, rows: Iterable[Row], figures: Callable[[Row], Iterable[Row]]
) -> list[Row]:
    return [
        {"low": None, "high": None}
        | figure
        | {
            "country": row["country"],
            "source": source,
            "year": row["year"],
            "value": None if figure["value"] is None else Decimal(figure["value"]),
        }
        for row in rows
        for figure in figures(row)
    ]


def _quarantine(source: str, path: Path, rows: Iterable[Quarantined]) -> list[Row]:
    return [
        {
            "source": source,
            "file": path.name,
            "line": row.line,
            "last_line": row.last_line,
            "reason": row.reason,
        }
        for row in rows
    ]


def _with_source(source: str, table: Any) -> Any:
    import pyarrow as pa

    return table.append_column("source", pa.array([source] * len(table), pa.string()))
