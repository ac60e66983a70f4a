"""The manifest of a snapshot: its sources and tables, and the digest that names it.

The digest is over canonical JSON of the manifest (semantics, 7): the sha256 of every source file
and a hash of every table's rows; no Parquet bytes, no build time, no path.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from licet.errors import EvidenceError, Fault, nearest
from licet.evidence.asof import Edition
from licet.model.canonical import digest
from licet.model.dates import Span

SCHEMA = "licet/snapshot-manifest/1"
FILE_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file a source was read from, by name and sha256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source: who publishes it, under what terms, which edition, and how old it may grow."""

    id: str
    title: str
    publisher: str
    licence: str
    credit: str
    url: str
    published: str
    describes_from: str
    describes_to: str
    max_age_days: int
    publication_lag_days: int
    rows: int
    files: tuple[SourceFile, ...]

    @property
    def edition(self) -> Edition:
        """When it came out, its lag and its age limit."""
        return Edition(Span.read(self.published), self.publication_lag_days, self.max_age_days)

    @property
    def stale_after(self) -> date:
        """The last day on which this edition may be used without saying that it is stale."""
        return Span.read(self.published).last + timedelta(days=self.max_age_days)


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One table: where its rows come from, how many, their hash, and how it is kept."""

    name: str
    sources: tuple[str, ...]
    rows: int
    columns: tuple[str, ...]
    rows_sha256: str
    lookup_key: str = ""
    lookup_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds."""

    sources: tuple[SourceRecord, ...]
    tables: tuple[TableRecord, ...]

    @property
    def digest(self) -> str:
        """``sha256:`` and the hex digest that names the snapshot."""
        return digest(self._body())

    def source(self, name: str) -> SourceRecord:
        """A source by id. Raises EvidenceError, naming the nearest."""
        for record in self.sources:
            if record.id == name:
                return record
        known = [record.id for record in self.sources]
        raise EvidenceError(
            f"this snapshot has no source {name!r}{nearest(name, known)}; it has {', '.join(known)}"
        )

    def table(self, name: str) -> TableRecord:
        """A table by name. Raises EvidenceError, naming the nearest."""
        for record in self.tables:
            if record.name == name:
                return record
        known = [record.name for record in self.tables]
        raise EvidenceError(
            f"this snapshot has no table {name!r}{nearest(name, known)}; it has {', '.join(known)}"
        )

    def text(self) -> str:
        """The manifest as it is written: readable JSON with its own digest."""
        whole = self._body() | {"sha256": self.digest}
        return json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    def _body(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "sources": [_plain(asdict(record)) for record in self.sources],
            "tables": [_plain(asdict(record)) for record in self.tables],
        }


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a snapshot. Raises EvidenceError on any disagreement."""
    path = folder / FILE_NAME
    try:
        whole = json.loads(path.read_text("utf-8"))
        if whole.get("schema") != SCHEMA:
            raise _fault(path, f"has the schema {whole.get('schema')!r}, expected {SCHEMA!r}")
        manifest = Manifest(
            tuple(_source(part) for part in whole["sources"]),
            tuple(_table(part) for part in whole["tables"]),
        )
    except OSError as error:
        raise _fault(
            path,
            f"cannot be read ({error.strerror}): a snapshot is a folder with a "
            "manifest; build one with `licet evidence build`",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _fault(path, f"is damaged ({error}); build the snapshot again") from error
    if whole.get("sha256") != manifest.digest:
        raise _fault(
            path,
            f"states {whole.get('sha256')!r} but comes to {manifest.digest!r}: it "
            "was edited or damaged; build the snapshot again",
        )
    return manifest


def source_record(folder: Path) -> SourceRecord:
    """The record of one source from the ``source.toml`` in its folder, with its files' hashes."""
    path = folder / "source.toml"
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _fault(
            path,
            f"cannot be read ({error.strerror}): every source folder states what "
            "it holds in source.toml",
        ) from error
    except ValueError as error:
        raise _fault(path, f"is not TOML: {error}") from error
    wanted = {
        "id": str,
        "title": str,
        "publisher": str,
        "licence": str,
        "credit": str,
        "url": str,
        "published": str,
        "describes_from": str,
        "describes_to": str,
        "max_age_days": int,
        "publication_lag_days": int,
        "rows": int,
    }
    faults = [
        Fault(name, f"is {stated.get(name)!r}, expected {kind.__name__}", str(path))
        for name, kind in (wanted | {"file": str, "more_files": list}).items()
        if not isinstance(stated.get(name), kind)
    ]
    if faults:
        raise EvidenceError(faults)
    _check_dates(path, stated)
    files = _files(folder, [stated["file"], *stated["more_files"]])
    return SourceRecord(**{name: stated[name] for name in wanted}, files=files)


def main_file(folder: Path) -> Path:
    """The file that a source folder says is the one to read."""
    name: str = tomllib.loads((folder / "source.toml").read_text("utf-8"))["file"]
    return folder / name


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _files(folder: Path, names: list[str]) -> tuple[SourceFile, ...]:
    paths: list[Path] = []
    for name in names:
        if name == ".":
            paths += sorted(folder.glob("*.csv"))
        else:
            paths.append(folder / name)
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise _fault(missing[0], "is named in source.toml and is not there; put it back")
    return tuple(SourceFile(path.name, file_sha256(path)) for path in paths)


def _check_dates(path: Path, stated: dict[str, Any]) -> None:
    for name in ("published", "describes_from", "describes_to"):
        try:
            Span.read(stated[name])
        except ValueError as error:
            raise _fault(path, f"{name}: {error}") from error


def _source(part: dict[str, Any]) -> SourceRecord:
    return SourceRecord(**(part | {"files": tuple(SourceFile(**f) for f in part["files"])}))


def _table(part: dict[str, Any]) -> TableRecord:
    return TableRecord(
        **(part | {"sources": tuple(part["sources"]), "columns": tuple(part["columns"])})
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _fault(path: Path, message: str) -> EvidenceError:
    return EvidenceError(Fault("", message, str(path)))
