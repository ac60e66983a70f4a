"""Licet: may this go ahead, under which law, on which evidence?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from licet.assessment.assess import Assessment
    from licet.assessment.options import Options
    from licet.assessment.replay import Replay
    from licet.evidence import Snapshot
    from licet.model.case import Case
    from licet.rules.rulebook import Rulebook
    from licet.screening import Result


def read_case(path: Path | str) -> Case:
    """Read one case file. Raises :class:`licet.errors.InputError` with every fault."""
    from licet.assessment.casefile import read_case as read

    return read(path)


def assess(
    case: Case | Path | str,
    *,
    rulebooks: Iterable[str] | None = None,
    options: Options | None = None,
    snapshot: Path | None = None,
    moratoria: Iterable[Path | str] = (),
) -> Assessment:
    """Assess a case, or the case in a file, under the named rulebooks (all when none is named).

    ``moratoria`` are files; each stands in the rulebooks that it names.
    """
    from licet.assessment.assess import assess as run
    from licet.assessment.evidence import Knowledge
    from licet.assessment.overrides import refuse_unknown
    from licet.model.case import Case as CaseModel
    from licet.rules.load import shipped
    from licet.rules.moratorium import declare, read_moratorium

    found = case if isinstance(case, CaseModel) else read_case(case)
    books = declare(shipped(), map(read_moratorium, moratoria))
    refuse_unknown(found, books)
    return run(found, Knowledge.open(snapshot), rulebooks=rulebooks, books=books, options=options)


def screen(
    name: str,
    *,
    day: date,
    aliases: Iterable[str] = (),
    countries: Iterable[str] = (),
    snapshot: Path | None = None,
) -> Result:
    """Look one company or agency up on every list, as of a day."""
    from licet.assessment.evidence import Knowledge
    from licet.screening import Query

    knowledge = Knowledge.open(snapshot)
    codes = tuple(code for text in countries if (code := knowledge.country(text)))
    return knowledge.index.screen(Query(name, tuple(aliases), codes), day=day)


def replay(path: Path, *, store: Iterable[Path] = ()) -> tuple[Replay, ...]:
    """Recompute the determinations of a file and compare them byte for byte."""
    from licet.assessment.evidence import Knowledge
    from licet.assessment.replay import replay_file

    return replay_file(path, Knowledge.open(), store=tuple(store))


def rulebooks() -> Mapping[str, Rulebook]:
    """Every rulebook that ships, by id."""
    from licet.rules.load import shipped

    return shipped()


def evidence(snapshot: Path | None = None) -> Snapshot:
    """A snapshot of evidence; the one that ships when none is named."""
    from licet.evidence import Snapshot as SnapshotModel

    return SnapshotModel.open(snapshot)


def template(path: Path | str) -> None:
    """Write a workbook to fill in, one row a deal."""
    from pathlib import Path as FilePath

    from licet.assessment.workbook import write_template

    write_template(FilePath(path))


def schema(name: str) -> dict[str, Any]:
    """A published JSON Schema: ``case``, ``provision``, ``moratorium``, ``determination``; or ``facts``."""
    from licet.cli.schema import SCHEMAS

    return SCHEMAS[name]()
