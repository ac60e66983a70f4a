"""Build a snapshot from a folder of sources, or add one source to a snapshot.

Everything is read and checked before anything is written; the new folder takes the old one's
place in one step. A source that has shrunk is refused: a short list clears people it should not.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError, Fault
from licet.evidence import brought, compile_tables, tables
from licet.evidence.compile_countries import compile_countries, resolver
from licet.evidence.manifest import (
    FILE_NAME,
    Manifest,
    SourceFile,
    SourceRecord,
    TableRecord,
    file_sha256,
    main_file,
    source_record,
)
from licet.evidence.sources import freedom_house

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.evidence.countries import Countries
    from licet.evidence.sifting import Sifted
    from licet.evidence.snapshot import Snapshot
    from licet.model.dates import Span

SHRINKAGE = Decimal("0.10")
"""The share of its rows that a source may lose against the snapshot before; more is refused."""

SOURCES = (
    "us_csl",
    "dated_listings",
    "us_ccl",
    "us_country_chart",
    "vdem",
    "wgi",
    "un_treaties",
    "documented_misuse",
    "safeguards",
    "security_fairs",
    "eff_atlas",
    "ocds_codelists",
)
"""The sources that a snapshot is built from, each a folder of the same name."""

MADE_FROM = {
    "listings": ("us_csl", "dated_listings"),
    "lists": ("us_csl",),
    "dated_listings": ("dated_listings",),
    "ccl": ("us_ccl",),
    "ccl_items": ("us_ccl",),
    "chart": ("us_country_chart",),
    "vdem": ("vdem",),
    "wgi": ("wgi",),
    "treaties": ("un_treaties",),
    "misuse": ("documented_misuse",),
    "vendor_names": ("documented_misuse",),
    "agency_names": ("documented_misuse",),
    "safeguards": ("safeguards",),
    "exhibitors": ("security_fairs",),
    "us_atlas": ("eff_atlas",),
    "codelists": ("ocds_codelists",),
    "freedom_house": ("freedom_house",),
    "countries": ("countries",),
    "country_names": ("countries",),
    "eu_membership": ("countries",),
    "indicators": ("vdem", "wgi", "un_treaties", "freedom_house"),
}


def build(
    data_dir: Path,
    out_dir: Path,
    *,
    built_from: Manifest | None = None,
    shrinkage: Decimal = SHRINKAGE,
) -> Manifest:
    """Build a snapshot of every source under ``data_dir`` into ``out_dir``.

    ``built_from`` is the manifest of the snapshot before: a source that lost more than
    ``shrinkage`` of its rows against it is refused. Raises EvidenceError, and then ``out_dir`` is
    as it was.
    """
    compiled = compile_countries(data_dir / "countries")
    have = {
        "countries": compiled.codes,
        "country_names": compiled.names,
        "eu_membership": compiled.membership,
    }
    records = [_countries_record(data_dir / "countries", compiled.rigour_version, compiled.names)]
    for name in SOURCES:
        record = source_record(data_dir / name)
        path = main_file(data_dir / name)
        found = compile_tables.of_source(name, path, compiled.countries)
        _check_rows(record, len(found[compile_tables.PRIMARY[name]]), path)
        records.append(record)
        have |= found
    have |= compile_tables.derived(have, main_file(data_dir / "dated_listings"))
    have.pop("listed_now")
    return _finish(records, have, out_dir, built_from, shrinkage)


def add(
    snapshot: Snapshot,
    source_id: str,
    file: Path,
    out_dir: Path,
    *,
    published: Span | None = None,
    shrinkage: Decimal = SHRINKAGE,
    convert: bool = False,
) -> tuple[Manifest, Sifted | None]:
    """Write a new snapshot to ``out_dir``: the given one with one source added or renewed.

    ``published`` is the day the file's edition came out, where its file does not say it itself. A
    renewed source that lost more than ``shrinkage`` of its rows is refused. ``convert`` turns the
    scale of a source round that has two. With the manifest comes, for a source read row by row,
    what was kept and what was set aside.
    """
    countries = resolver(snapshot.table("countries"), snapshot.table("country_names"))
    if source_id in brought.BROUGHT:
        return _add_brought(
            snapshot, source_id, file, out_dir, countries, published, shrinkage, convert=convert
        )
    found = compile_tables.of_source(source_id, file, countries)
    record = _new_record(snapshot, source_id, file, found, published)
    have = {table.name: snapshot.table(table.name) for table in snapshot.manifest.tables}
    have["listed_now"] = _listed_now(snapshot)
    have |= found
    have |= compile_tables.derived(have, file)
    records = [one for one in snapshot.manifest.sources if one.id != source_id] + [record]
    have.pop("listed_now")
    return _finish(records, have, out_dir, snapshot.manifest, shrinkage), None


def _add_brought(
    snapshot: Snapshot,
    source_id: str,
    file: Path,
    out_dir: Path,
    countries: Countries,
    published: Span | None,
    shrinkage: Decimal,
    *,
    convert: bool,
) -> tuple[Manifest, Sifted]:
    found, made = brought.read(source_id, file, countries, convert=convert)
    record = brought.record(source_id, file, found, published)
    held = {table.name: snapshot.table(table.name) for table in snapshot.manifest.tables}
    records = [one for one in snapshot.manifest.sources if one.id != source_id] + [record]
    have = brought.merged(held, source_id, made)
    return _finish(records, have, out_dir, snapshot.manifest, shrinkage), found


def _finish(
    records: list[SourceRecord],
    have: dict[str, Any],
    out_dir: Path,
    before: Manifest | None,
    shrinkage: Decimal,
) -> Manifest:
    if before is not None:
        _check_shrinkage(records, before, shrinkage)
    sources = tuple(sorted(records, key=lambda one: one.id))
    present = {record.id for record in sources}
    manifest = Manifest(
        sources, tuple(_table_record(name, have[name], present) for name in sorted(have))
    )
    _write(manifest, have, out_dir)
    return manifest


def _table_record(name: str, arrow: Any, present: set[str]) -> TableRecord:
    key = (compile_tables.LOOKUP_KEYS | brought.LOOKUP_KEYS).get(name, "")
    makers = MADE_FROM[name] if name in MADE_FROM else brought.made_from(name, arrow)
    return TableRecord(
        name=name,
        sources=tuple(one for one in makers if one in present),
        rows=len(arrow),
        columns=tuple(arrow.schema.names),
        rows_sha256=tables.rows_sha256(arrow),
        lookup_key=key,
        lookup_sha256=tables.text_sha256(tables.lookup_text(arrow, key)) if key else "",
    )


def _countries_record(folder: Path, rigour: str, names: Any) -> SourceRecord:
    record = source_record(folder)
    library = SourceFile(f"rigour=={rigour} (names)", tables.rows_sha256(names))
    return replace(record, files=(*record.files, library))


def _check_rows(record: SourceRecord, rows: int, path: Path) -> None:
    if rows != record.rows:
        raise EvidenceError(
            Fault(
                "",
                f"has {rows} rows where source.toml states {record.rows}: "
                "the file is cut off, or source.toml was not brought up to "
                "date with it",
                str(path),
            )
        )


def _check_shrinkage(records: list[SourceRecord], before: Manifest, share: Decimal) -> None:
    now = {record.id: record.rows for record in records}
    faults = []
    for old in before.sources:
        rows = now.get(old.id, 0)
        if rows < old.rows * (1 - share):
            faults.append(
                Fault(
                    old.id,
                    f"has {rows} rows, {old.rows} before: it lost more than "
                    f"{share:%}. A cut-off file looks like this; if the loss "
                    "is real, state a larger share with --may-shrink",
                )
            )
    if faults:
        raise EvidenceError(faults)


def _new_record(
    snapshot: Snapshot, source_id: str, file: Path, found: Mapping[str, Any], published: Span | None
) -> SourceRecord:
    main = found[compile_tables.PRIMARY[source_id]]
    files = (SourceFile(file.name, file_sha256(file)),)
    if source_id == "freedom_house":
        day, first, last = freedom_house.edition(main)
        return SourceRecord(
            source_id,
            freedom_house.TITLE,
            freedom_house.PUBLISHER,
            freedom_house.LICENCE,
            freedom_house.CREDIT,
            freedom_house.URL,
            str(published or day),
            first,
            last,
            freedom_house.MAX_AGE_DAYS,
            freedom_house.PUBLICATION_LAG_DAYS,
            len(main),
            files,
        )
    if published is None:
        raise brought.undated(source_id, file)
    years = main.column("year").to_pylist() if "year" in main.schema.names else []
    return replace(
        snapshot.manifest.source(source_id),
        published=str(published),
        describes_to=str(max(years)) if years else str(published),
        rows=len(main),
        files=files,
    )


def _listed_now(snapshot: Snapshot) -> Any:
    """The list as it came, before dates were laid over it: removed entries taken out again."""
    import pyarrow as pa
    from pyarrow import compute

    table = snapshot.table("listings")
    table = table.filter(compute.is_null(table.column("listed_to")))
    place = table.schema.get_field_index("listed_from")
    return table.set_column(place, "listed_from", pa.nulls(len(table), pa.date32()))


def _write(manifest: Manifest, have: Mapping[str, Any], out_dir: Path) -> None:
    """Write beside the place, then move into it: nobody ever sees half a snapshot."""
    _check_place(out_dir)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".snapshot-", dir=out_dir.parent) as work:
        fresh, old = Path(work) / "new", Path(work) / "old"
        fresh.mkdir()
        for record in manifest.tables:
            arrow = have[record.name]
            tables.write_parquet(arrow, fresh / f"{record.name}.parquet")
            if record.lookup_key:
                (fresh / f"{record.name}.jsonl").write_bytes(
                    tables.lookup_text(arrow, record.lookup_key).encode()
                )
        (fresh / FILE_NAME).write_text(manifest.text(), "utf-8")
        if out_dir.exists():
            out_dir.rename(old)
        try:
            fresh.rename(out_dir)
        except OSError:
            if old.exists():
                old.rename(out_dir)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _check_place(out_dir: Path) -> None:
    if (
        out_dir.exists()
        and not (out_dir / FILE_NAME).is_file()
        and (not out_dir.is_dir() or any(out_dir.iterdir()))
    ):
        raise EvidenceError(
            Fault(
                "",
                "is there and is not a snapshot; name an empty or new "
                "folder, so that nothing of yours is replaced",
                str(out_dir),
            )
        )
