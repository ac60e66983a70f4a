"""An immutable, digested set of evidence, and what it answers as of a day.

Opened once, tables loaded when first asked for. Every answer carries its dates; what is not
there is unknown, never a good sign. No clock, no network, and no pyarrow for one assessment.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.errors import EvidenceError, Fault
from licet.evidence import figures, indicators, misuse, safeguards
from licet.evidence.about import FIGURES, LISTINGS, QUARANTINE
from licet.evidence.asof import AsOfMode
from licet.evidence.bodies import agencies_known_as
from licet.evidence.countries import Countries, Resolution, members
from licet.evidence.facts import ChartReading, ControlEntry, ListCoverage, SourceRow
from licet.evidence.manifest import Manifest, SourceRecord, read_manifest
from licet.evidence.tables import Lookup, lookup_text, read_parquet, rows_sha256, text_sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from licet.evidence.facts import Figure, Indicator, MisuseRow, SafeguardReading

SHIPPED = "snapshot"


class Snapshot:
    """A snapshot on disk. Use :meth:`open`."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.digest = manifest.digest
        """``sha256:`` and the hex digest that names this snapshot."""
        self._lookups: dict[str, Lookup] = {}
        self.countries = Countries(
            lambda: self._lookup("countries"), lambda: self._lookup("country_names")
        )

    @classmethod
    def open(cls, path: Path | None = None) -> Snapshot:
        """Open a snapshot, or the one that ships with Licet.

        Checks the manifest against its digest and that every file is there. Raises EvidenceError.
        """
        folder = path if path is not None else _shipped()
        manifest = read_manifest(folder)
        missing = [
            Fault("", "is in the manifest and is not there; build the snapshot again", str(file))
            for file in _files(folder, manifest)
            if not file.is_file()
        ]
        if missing:
            raise EvidenceError(missing)
        return cls(folder, manifest)

    def verify(self) -> None:
        """Read every table and compare it with its hash. Raises EvidenceError on a difference."""
        faults = []
        for record in self.manifest.tables:
            arrow = self.table(record.name)
            if len(arrow) != record.rows or _rows_hash(arrow) != record.rows_sha256:
                faults.append(
                    Fault(
                        record.name,
                        "its rows are not those of the manifest; build the snapshot again",
                        str(self.folder),
                    )
                )
            elif record.lookup_key:
                file = self.folder / f"{record.name}.jsonl"
                if file.read_bytes() != lookup_text(arrow, record.lookup_key).encode():
                    faults.append(
                        Fault(
                            "",
                            f"differs from {record.name}.parquet; build the snapshot again",
                            str(file),
                        )
                    )
        if faults:
            raise EvidenceError(faults)

    def table(self, name: str) -> Any:
        """One whole table as Arrow, for analysis and for screening."""
        self.manifest.table(name)
        file = self.folder / f"{name}.parquet"
        try:
            return read_parquet(file)
        except (OSError, ValueError) as error:
            raise EvidenceError(
                Fault("", f"cannot be read ({error}); build the snapshot again", str(file))
            ) from error

    # Countries

    def country(self, text: str) -> str | None:
        """The ISO alpha-2 code of the state that a code or name in any script means, or None."""
        return self.countries.resolve(text).code

    def resolve_country(self, text: str) -> Resolution:
        """As :meth:`country`, with the reason when there is no answer."""
        return self.countries.resolve(text)

    def country_name(self, code: str) -> str:
        """The English name of a code."""
        return self.countries.name(code)

    def eu_members(self, on: date) -> frozenset[str]:
        """The member states of the European Union on a day. The United Kingdom to 2020-01-31."""
        return self._members(on, "eu")

    def eu_customs_territory(self, on: date) -> frozenset[str]:
        """Members and states in the customs territory. The United Kingdom to 2020-12-31."""
        return self._members(on, "eu", "customs")

    def eea_members(self, on: date) -> frozenset[str]:
        """The states of the European Economic Area on a day; before 1994, of the EU."""
        return self._members(on, "eu", "eea_efta")

    def _members(self, on: date, *kinds: str) -> frozenset[str]:
        return members(self._lookup("eu_membership").all(), frozenset(kinds), on)

    # Evidence as of a day

    def safeguards(
        self,
        country: str,
        agencies: Sequence[str],
        as_of: date,
        mode: AsOfMode = AsOfMode.RECONSTRUCTED,
    ) -> dict[str, SafeguardReading]:
        """Every item of the checklist, L1 to T10, for a state's agency on a day.

        ``agencies`` are the names of one end user, and the kind of body it is (``police``,
        ``intelligence``) where that is known. An item without a row is unknown.
        """
        record = self.manifest.source("safeguards")
        lags = {"vdem": self.manifest.source("vdem").publication_lag_days}
        rows = self._lookup("safeguards").get(country)
        stale = record.edition.stale_on(as_of)
        agencies = agencies_known_as(agencies, self._lookup("agency_names").get(country))
        return safeguards.read(rows, agencies, as_of, mode, lags, stale=stale)

    def misuse(
        self,
        country: str | None = None,
        agencies: Sequence[str] = (),
        vendors: Sequence[str] = (),
        *,
        as_of: date,
        mode: AsOfMode = AsOfMode.RECONSTRUCTED,  # noqa: ARG002 - see below
    ) -> tuple[MisuseRow, ...]:
        """The rows about a state, its agencies or a vendor that were public by the day.

        The same in both modes: a report that came later was not known. An agency is a body of a
        state, so agencies match only rows of ``country``; vendors match everywhere.
        """
        stale = self.manifest.source("documented_misuse").edition.stale_on(as_of)
        asked = misuse.Asked(
            country, tuple(agencies), misuse.known_as(vendors, self._lookup("vendor_names").all())
        )
        rows = (
            self._lookup("misuse").all()
            if asked.vendors or country is None
            else self._lookup("misuse").get(country)
        )
        return misuse.find(rows, asked, as_of, stale=stale)

    def indicators(
        self, country: str, as_of: date, mode: AsOfMode = AsOfMode.RECONSTRUCTED
    ) -> tuple[Indicator, ...]:
        """The latest figure of each indicator for a state that counts as known on the day."""
        rows = self._lookup("indicators").get(country)
        editions = {record.id: record.edition for record in self.manifest.sources}
        return indicators.read(rows, editions, as_of, mode)

    def figures(
        self,
        country: str,
        as_of: date,
        mode: AsOfMode = AsOfMode.RECONSTRUCTED,
        *,
        up_to: int | None = None,
    ) -> tuple[Figure, ...]:
        """What the sources that a user brought say of a state on the day; none in what ships.

        The latest figure of each name, of ``up_to`` or before where that is given. A source
        without a row for the state has one figure that says so.
        """
        if not self._has(FIGURES):
            return ()
        rows = self._lookup(FIGURES).get(country)
        sources = self.manifest.table(FIGURES).sources
        editions = {name: self.manifest.source(name).edition for name in sources}
        return figures.read(rows, editions, as_of, mode, country, up_to=up_to)

    def quarantined(self, source: str) -> tuple[dict[str, Any], ...]:
        """The rows of a source that were set aside: file, lines and reason of each."""
        if not self._has(QUARANTINE):
            return ()
        rows = self.table(QUARANTINE).to_pylist()
        return tuple(row for row in rows if row["source"] == source)

    def _has(self, table: str) -> bool:
        return any(record.name == table for record in self.manifest.tables)

    # United States: chart, control list

    def chart(self, country: str) -> ChartReading | None:
        """The destination's row in the US Commerce Country Chart. None: no row, thus unknown.

        An embargoed row has no marks, and an empty answer must not read as free. The chart is of
        the day it was published: whether it speaks of another day is the caller's to say.
        """
        rows = self._lookup("chart").get(country)
        if not rows:
            return None
        row = rows[0]
        return ChartReading(
            country,
            row["row"],
            frozenset(row["columns"]),
            row["embargoed"],
            tuple(row["footnotes"]),
            row["basis"],
            self.manifest.source("us_country_chart").edition.published,
        )

    def eccn(self, code: str) -> ControlEntry | None:
        """The control-list entry that a number such as ``5A001.f.1`` belongs to, or None."""
        rows = self._lookup("ccl").get(code.strip().upper().split(".")[0])
        if not rows:
            return None
        row = rows[0]
        return ControlEntry(
            row["eccn"],
            row["heading"],
            tuple(row["reasons"]),
            _pairs(row["chart"]),
            _pairs(row["licence_exceptions"]),
            row["related_controls"],
            row["text_captured"],
            self.manifest.source("us_ccl").edition.published,
        )

    # Lists

    def list_entries(self) -> list[tuple[SourceRecord, list[dict[str, Any]]]]:
        """Every entry of every list, with the source that each list came from."""
        found = [(self.manifest.source("us_csl"), self.table("listings").to_pylist())]
        if self._has(LISTINGS):
            rows = self.table(LISTINGS).to_pylist()
            found += [
                (self.manifest.source(name), [row for row in rows if row["source"] == name])
                for name in self.manifest.table(LISTINGS).sources
            ]
        return found

    def listings(self, as_of: date) -> Any:
        """Every list entry that was, or may have been, listed on a day, as Arrow.

        In the form of :func:`licet.model.listing.arrow_schema`, with a column ``status``:
        ``listed``, or ``undated`` where the day is before the edition and the entry has no date.
        Entries listed later or removed before are left out.
        """
        import pyarrow as pa
        from pyarrow import compute

        edition = self.manifest.source("us_csl").edition.published.last
        table = self.table("listings")
        first, last = table.column("listed_from"), table.column("listed_to")
        day = pa.scalar(as_of, pa.date32())
        started = compute.fill_null(compute.less_equal(first, day), True)
        not_ended = compute.fill_null(compute.greater(last, day), True)
        table = table.filter(compute.and_(started, not_ended))
        undated = (
            compute.is_null(table.column("listed_from"))
            if as_of < edition
            else pa.array([False] * len(table))
        )
        return table.append_column("status", compute.if_else(undated, "undated", "listed"))

    def list_coverage(self, as_of: date) -> tuple[ListCoverage, ...]:
        """Which lists are held, and whether absence from them means anything on a day."""
        edition = self.manifest.source("us_csl").edition
        stale = edition.stale_on(as_of)
        return tuple(
            ListCoverage(
                row["code"],
                row["name"],
                row["authority"],
                row["legal_basis"],
                row["effect"],
                row["entries"],
                edition.published,
                edition.out_by(as_of) and not stale,
                stale,
            )
            for row in self._lookup("lists").all()
        )

    def _lookup(self, name: str) -> Lookup:
        if name not in self._lookups:
            file = self.folder / f"{name}.jsonl"
            try:
                text = file.read_text("utf-8")
            except (OSError, ValueError) as error:
                raise EvidenceError(
                    Fault("", f"cannot be read ({error}); build the snapshot again", str(file))
                ) from error
            if text_sha256(text) != self.manifest.table(name).lookup_sha256:
                raise EvidenceError(
                    Fault(
                        "",
                        "is not the file of the manifest: it was altered or damaged; build the "
                        "snapshot again",
                        str(file),
                    )
                )
            self._lookups[name] = Lookup(text)
        return self._lookups[name]


def describe(snapshot: Snapshot) -> tuple[SourceRow, ...]:
    """The sources of a snapshot, in order of their ids, for showing."""
    return tuple(
        SourceRow(
            record.id,
            record.title,
            record.publisher,
            record.licence,
            record.credit,
            record.url,
            record.edition.published,
            period(record.describes_from, record.describes_to),
            record.max_age_days,
            record.publication_lag_days,
            record.stale_after,
            record.rows,
        )
        for record in snapshot.manifest.sources
    )


def _rows_hash(arrow: Any) -> str:
    """The hash of a table's rows; none where a damaged cell cannot even be read."""
    try:
        return rows_sha256(arrow)
    except (ValueError, TypeError):
        return ""


def period(first: str, last: str) -> str:
    """A period in words, once where it begins and ends in the same."""
    return first if first == last else f"{first} to {last}"


def _pairs(rows: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["name"], row["text"]) for row in rows)


def _files(folder: Path, manifest: Manifest) -> list[Path]:
    kept = [folder / f"{record.name}.parquet" for record in manifest.tables]
    return kept + [
        folder / f"{record.name}.jsonl" for record in manifest.tables if record.lookup_key
    ]


def _shipped() -> Path:
    from importlib.resources import files

    return Path(str(files("licet.evidence") / SHIPPED))
