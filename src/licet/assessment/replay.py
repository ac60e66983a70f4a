"""Recompute a determination from its inputs, found by digest, and compare byte for byte.

A missing or different input is named, never replaced by a similar one. Must not read the clock or
the network: what is not in the package, beside the file or in the named store is missing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.assessment.assess import assess
from licet.assessment.casefile import build_case
from licet.assessment.determination import SCHEMA, SEMANTICS
from licet.assessment.options import EvidenceMode, Options
from licet.assessment.statements import Mode
from licet.errors import Fault, InputError, ReplayError
from licet.model.canonical import canonical_bytes, digest
from licet.rules.load import load_rulebook, shipped
from licet.rules.moratorium import read_moratorium, with_moratoria
from licet.rules.strict_yaml import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from licet.assessment.evidence import Knowledge
    from licet.model.case import Case
    from licet.rules.moratorium import Moratorium
    from licet.rules.rulebook import Rulebook

MAX_BYTES = 64_000_000
MAX_DIFFERENCES = 12
_NEEDED = ("case", "case_digest", "rulebook", "rulebook_digest", "snapshot_digest", "options")
_UNTOLD = ("hit_decisions", "peer_denials")
"""Inputs that this version records as empty; a determination with some came from another."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One path at which the recorded and the recomputed object differ."""

    path: str
    recorded: str
    recomputed: str

    def __str__(self) -> str:
        return f"{self.path}: recorded {self.recorded}, recomputed {self.recomputed}"


@dataclass(frozen=True, slots=True)
class Replay:
    """A determination held against its own recomputation."""

    case: str
    rulebook: str
    sha256: str
    recomputed_sha256: str
    differences: tuple[Difference, ...]
    """The first differing paths; empty when the bytes are the same."""

    @property
    def same(self) -> bool:
        """Whether the recomputed bytes are the recorded ones."""
        return not self.differences


def case_file_name(case_digest: str) -> str:
    """The name under which a case is kept beside its determinations.

    >>> case_file_name("sha256:ab12")
    'case-ab12.json'
    """
    return f"case-{case_digest.removeprefix('sha256:')}.json"


def moratorium_file_name(moratorium_digest: str) -> str:
    """The name under which a moratorium is kept beside the determinations it stands in.

    >>> moratorium_file_name("sha256:ab12")
    'moratorium-ab12.json'
    """
    return f"moratorium-{moratorium_digest.removeprefix('sha256:')}.json"


_INPUT_FILE = re.compile(r"(case|moratorium)-[0-9a-f]{64}\.json")


def is_input_file(name: str) -> bool:
    """Whether a file that stands beside determinations is an input of theirs, by its name.

    >>> is_input_file("case-" + 64 * "0" + ".json"), is_input_file("case.eu-dual-use.json")
    (True, False)
    """
    return _INPUT_FILE.fullmatch(name) is not None


def rulebook_folder_name(rulebook_digest: str) -> str:
    """The name under which a user's own rulebook is kept beside its determinations.

    >>> rulebook_folder_name("sha256:ab12")
    'rulebook-ab12'
    """
    return f"rulebook-{rulebook_digest.removeprefix('sha256:')}"


def read_determinations(raw: bytes, name: str) -> tuple[dict[str, Any], ...]:
    """The stored determinations of a file: one object, or one on each line.

    Raises InputError where it is no determination, ReplayError where one was altered after it was
    made: its digest no longer fits it.
    """
    if len(raw) > MAX_BYTES:
        raise InputError(Fault("", f"has {len(raw)} bytes; at most {MAX_BYTES} are read", name))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(Fault("", f"is not UTF-8 at byte {error.start}", name)) from error
    found = _objects(text, name)
    if not found:
        raise InputError(Fault("", "is empty: give a determination", name))
    for body in found:
        _check_stored(body, name)
    return found


def _objects(text: str, name: str) -> tuple[Any, ...]:
    try:
        return (_load(text, name),)
    except (ValueError, RecursionError):
        lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    found = []
    for number, line in lines:
        try:
            found.append(_load(line, name))
        except (ValueError, RecursionError):
            fault = Fault(f"line {number}", "is not JSON: give a determination file", name)
            raise InputError(fault) from None
    return tuple(found)


def _load(text: str, name: str) -> Any:
    """JSON without floats and doubled names, so that what is read is what was written."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(items)
        if len(whole) != len(items):
            names = [key for key, _ in items]
            twice = next(key for key in names if names.count(key) > 1)
            raise InputError(Fault(twice, "stands twice in one object: it was altered", name))
        return whole

    def constant(word: str) -> Any:
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, object_pairs_hook=pairs, parse_float=str, parse_constant=constant)


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _check_stored(body: Any, name: str) -> None:
    if not isinstance(body, dict) or body.get("schema") != SCHEMA:
        got = body.get("schema") if isinstance(body, dict) else type(body).__name__
        raise InputError(Fault("schema", f"got {got!r}: this reads {SCHEMA} objects", name))
    missing = [key for key in (*_NEEDED, "sha256", "semantics") if key not in body]
    if missing:
        raise InputError([Fault(key, "is missing", name) for key in missing])
    content = {key: value for key, value in body.items() if key != "sha256"}
    try:
        found = digest(content)
    except (TypeError, ValueError) as error:
        raise InputError(Fault("", f"is not canonical JSON: {error}", name)) from None
    if found != body["sha256"]:
        raise ReplayError(
            Fault(
                "sha256",
                f"says {_shown(body['sha256'])}, but the content has {found}: it was altered "
                "after it was made",
                name,
            )
        )
    faults = list(_misshapen(body, name))
    if faults:
        raise InputError(faults)


def _misshapen(body: Mapping[str, Any], name: str) -> Iterable[Fault]:
    """Fields whose form is not that of a determination, though the digest fits it."""
    for key in ("case", "rulebook"):
        if not isinstance(body[key], str):
            yield Fault(key, f"got {_shown(body[key])}: it is a text", name)
    uses = body.get("uses", {})
    if not isinstance(uses, dict):
        yield Fault("uses", f"got {_shown(uses)}: it maps rulebooks to digests", name)
        uses = {}
    moratoria = body.get("moratoria", [])
    if not isinstance(moratoria, list) or not all(map(_is_moratorium, moratoria)):
        yield Fault("moratoria", f"got {_shown(moratoria)}: a list of {{id, digest}}", name)
        moratoria = []
    digests = {key: body[key] for key in ("case_digest", "rulebook_digest", "snapshot_digest")}
    digests |= {f"uses.{k}": v for k, v in uses.items()}
    digests |= {f"moratoria[{i}].digest": m["digest"] for i, m in enumerate(moratoria)}
    for key, value in digests.items():
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            yield Fault(key, f"got {_shown(value)}: a digest is sha256: and 64 hex digits", name)


def _is_moratorium(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() == {"id", "digest"}


def find_case(case_digest: str, folders: Iterable[Path]) -> Case:
    """The case with this digest, from ``case-<hex>.json`` in one of the folders.

    Raises ReplayError naming what was looked for, or that what was found is another case.
    """
    name = case_file_name(case_digest)
    looked = []
    for folder in folders:
        path = folder / name
        looked.append(str(folder))
        if not path.is_file():
            continue
        case = build_case(_case_value(path), str(path))
        if digest(case.canonical()) != case_digest:
            raise ReplayError(
                Fault(
                    "",
                    f"holds another case than its name says: its digest is "
                    f"{digest(case.canonical())}",
                    str(path),
                )
            )
        return case
    raise ReplayError(
        Fault(
            "case_digest",
            f"the case {case_digest} was not found: put {name} beside the determination, or name "
            f"its folder with --store (looked in {', '.join(looked) or 'no folder'})",
        )
    )


def with_stored(
    body: Mapping[str, Any], books: Mapping[str, Rulebook], folders: Iterable[Path]
) -> Mapping[str, Rulebook]:
    """The known rulebooks, and in their place those of recorded digests that lie in the folders.

    Raises ReplayError where a folder holds another rulebook than its name says.
    """
    found = dict(books)
    for name, recorded in {
        body["rulebook"]: body["rulebook_digest"],
        **body.get("uses", {}),
    }.items():
        if name in books and books[name].digest == recorded:
            continue
        for folder in folders:
            path = folder / rulebook_folder_name(recorded)
            if not path.is_dir():
                continue
            book = load_rulebook(path)
            if (book.id, book.digest) != (name, recorded):
                message = f"holds {book.id} ({book.digest}), another rulebook than its name says"
                raise ReplayError(Fault("", message, str(path)))
            found[name] = book
            break
    return found


def _case_value(path: Path) -> Any:
    try:
        return read_bytes(path.read_bytes(), str(path))
    except OSError as error:
        raise ReplayError(Fault("", f"cannot be read as a case: {error}", str(path))) from error


def find_moratoria(body: Mapping[str, Any], folders: Iterable[Path]) -> tuple[Moratorium, ...]:
    """The moratoria that a determination records, each by its digest from one of the folders.

    Raises ReplayError naming every one that is missing, or that is another than its name says.
    """
    looked = list(folders)
    found: list[Moratorium] = []
    faults: list[Fault] = []
    for index, entry in enumerate(body.get("moratoria", ())):
        name = moratorium_file_name(entry["digest"])
        path = next((p for f in looked if (p := f / name).is_file()), None)
        if path is None:
            places = ", ".join(map(str, looked)) or "no folder"
            message = (
                f"the moratorium {entry['id']} ({entry['digest']}) was not found: put {name} beside "
                f"the determination, or name its folder with --store (looked in {places})"
            )
            faults.append(Fault(f"moratoria[{index}]", message))
            continue
        moratorium = read_moratorium(path)
        if moratorium.digest != entry["digest"]:
            message = f"holds another moratorium than its name says: {moratorium.digest}"
            faults.append(Fault("", message, str(path)))
        found.append(moratorium)
    if faults:
        raise ReplayError(faults)
    return tuple(found)


def replay(
    body: Mapping[str, Any],
    case: Case,
    knowledge: Knowledge,
    books: Mapping[str, Rulebook] | None = None,
    moratoria: Iterable[Moratorium] = (),
) -> Replay:
    """Recompute one stored determination and compare. ``moratoria`` are those that it records.

    Raises ReplayError naming every input that is missing or is not the recorded one.
    """
    known = shipped() if books is None else books
    faults = list(_misshapen(body, "")) or list(_input_faults(body, case, knowledge, known))
    if faults:
        raise ReplayError(faults)
    known = {**known, body["rulebook"]: with_moratoria(known[body["rulebook"]], moratoria)}
    recorded = {m["id"]: m["digest"] for m in body.get("moratoria", ())}
    standing = {m.id: m.digest for m in known[body["rulebook"]].declared}
    if recorded != standing:
        fault = Fault("moratoria", f"recorded {_shown(recorded)}, here {_shown(standing)}")
        raise ReplayError(fault)
    again = assess(
        case, knowledge, rulebooks=(body["rulebook"],), books=known, options=options_of(body)
    )
    fresh = next(d for d in again.determinations if d.book.id == body["rulebook"])
    differences: tuple[Difference, ...] = ()
    if fresh.to_bytes() != canonical_bytes(dict(body)):
        differences = tuple(differing(body, fresh.body))[:MAX_DIFFERENCES]
    return Replay(body["case"], body["rulebook"], body["sha256"], fresh.sha256, differences)


def unknown_inputs(body: Mapping[str, Any]) -> Iterable[Fault]:
    """What a stored determination was made from that this version cannot apply.

    Without it, an answer would come out milder than it was.
    """
    if body["semantics"] != SEMANTICS:
        yield Fault("semantics", f"is version {body['semantics']}; this is version {SEMANTICS}")
    for name in _UNTOLD:
        if body.get(name):
            yield Fault(name, "holds inputs that this version does not know how to apply")


def _input_faults(
    body: Mapping[str, Any],
    case: Case,
    knowledge: Knowledge,
    books: Mapping[str, Rulebook],
) -> Iterable[Fault]:
    yield from unknown_inputs(body)
    if body["case_digest"] != digest(case.canonical()):
        yield _other("case_digest", "the case", body["case_digest"], digest(case.canonical()))
    if body["snapshot_digest"] != knowledge.digest:
        yield _other(
            "snapshot_digest", "the evidence snapshot", body["snapshot_digest"], knowledge.digest
        )
    wanted = {body["rulebook"]: body["rulebook_digest"], **body.get("uses", {})}
    for name, recorded in wanted.items():
        book = books.get(name)
        path = "rulebook_digest" if name == body["rulebook"] else f"uses.{name}"
        if book is None:
            yield Fault(
                path,
                f"the rulebook {name} ({recorded}) is missing: put {rulebook_folder_name(recorded)} "
                "beside the determination or into a --store, or name its folder with --rulebooks",
            )
        elif book.digest != recorded:
            yield _other(path, f"the rulebook {name}", recorded, book.digest)


def _other(path: str, what: str, recorded: str, here: str) -> Fault:
    return Fault(path, f"{what} is not the recorded one: recorded {recorded}, here {here}")


def options_of(body: Mapping[str, Any]) -> Options:
    """The options a stored determination was made with; ReplayError where there are none such."""
    stored = body["options"]
    try:
        options = Options(
            Mode(stored["mode"]), EvidenceMode(stored["evidence"]), bool(stored["strict_dates"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReplayError(Fault("options", f"cannot be applied here: {error}")) from None
    if options.stored() != stored:
        raise ReplayError(Fault("options", f"are {stored}: this version knows {options.stored()}"))
    return options


def differing(recorded: Any, fresh: Any, path: str = "") -> Iterable[Difference]:
    """The paths at which two JSON values differ, in the order of the recorded one.

    >>> [str(d) for d in differing({"a": [1, 2]}, {"a": [1, 3], "b": "x"})]
    ['a[1]: recorded 2, recomputed 3', 'b: recorded nothing, recomputed "x"']
    """
    if isinstance(recorded, dict) and isinstance(fresh, dict):
        for key in dict.fromkeys([*recorded, *fresh]):
            here = f"{path}.{key}" if path else str(key)
            yield from _member(recorded, fresh, key, here)
    elif isinstance(recorded, list) and isinstance(fresh, list):
        for index in range(max(len(recorded), len(fresh))):
            yield from _member(
                dict(enumerate(recorded)), dict(enumerate(fresh)), index, f"{path}[{index}]"
            )
    elif recorded != fresh:
        yield Difference(path, _shown(recorded), _shown(fresh))


def _member(
    recorded: Mapping[Any, Any], fresh: Mapping[Any, Any], key: Any, path: str
) -> Iterable[Difference]:
    if key not in fresh:
        yield Difference(path, _shown(recorded[key]), "nothing")
    elif key not in recorded:
        yield Difference(path, "nothing", _shown(fresh[key]))
    else:
        yield from differing(recorded[key], fresh[key], path)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def replay_file(
    path: Path,
    knowledge: Knowledge,
    *,
    store: Sequence[Path] = (),
    books: Mapping[str, Rulebook] | None = None,
) -> tuple[Replay, ...]:
    """Recompute every determination of a file, with its case beside it or in a store."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", str(path))) from error
    return replay_bytes(raw, str(path), (path.parent, *store), knowledge, books)


def replay_bytes(
    raw: bytes,
    name: str,
    folders: Sequence[Path],
    knowledge: Knowledge,
    books: Mapping[str, Rulebook] | None = None,
) -> tuple[Replay, ...]:
    """The same from bytes, with the cases in the named folders."""
    bodies = read_determinations(raw, name)
    known = shipped() if books is None else books
    return tuple(
        replay(
            body,
            find_case(body["case_digest"], folders),
            knowledge,
            with_stored(body, known, folders),
            find_moratoria(body, folders),
        )
        for body in bodies
    )
