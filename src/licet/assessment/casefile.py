"""Read cases from files: YAML, JSON or standard input. Every fault of a file at once.

The door at which a case is validated; inside, its types are trusted. Must not assess.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from licet.errors import Fault, InputError, nearest
from licet.model.case import CASE_SCHEMA, Answers, Case, Item, Party, PartyKind
from licet.model.fact import Attaches, Standing, parse_value
from licet.rules.load import default_dictionary
from licet.rules.strict_yaml import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.model.case import Statement
    from licet.rules.dictionary import Dictionary

_ANSWERS: TypeAdapter[Answers] = TypeAdapter(Answers)
MIXED_SCRIPT_HINT = "mixes scripts in one word, as forged names do: check the spelling"


def read_case(path: Path | str) -> Case:
    """Read one case file. Raises InputError with every fault, each naming its path."""
    file = Path(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", str(path))) from error
    return parse_case(raw, str(path))


def parse_case(raw: bytes, name: str) -> Case:
    """Read one case from bytes (YAML, or JSON when they begin as JSON does)."""
    label = name
    if raw.lstrip()[:1] == b"{" and not name.endswith(".json"):
        label = name if name == "<stdin>" else f"{name}.json"
    value = read_bytes(raw, label if label == "<stdin>" or label.endswith(".json") else name)
    return build_case(value, name)


def build_case(value: Any, name: str) -> Case:
    """Validate an already parsed case."""
    if not isinstance(value, dict):
        raise InputError(
            Fault(
                "",
                "is not a case: it must be a map with `schema`, `id`, `kind`, "
                "`dates`, `parties`, `items`",
                name,
            )
        )
    schema = value.get("schema")
    if schema == "case-dossier/1":
        raise InputError(
            Fault(
                "schema",
                "is a case dossier: turn it into a case with "
                "`licet case import --from case-dossier/1 FILE`",
                name,
            )
        )
    if schema != CASE_SCHEMA:
        raise InputError(Fault("schema", f"got {schema!r}: write `schema: {CASE_SCHEMA}`", name))
    value, faults = expand_sources(value, name)
    try:
        case = Case.model_validate(value)
    except ValidationError as error:
        # Answers are looked at all the same, so that every fault comes out at once.
        faults += [*_faults(error, name), *_check_raw_answers(value, name)]
        raise InputError(faults) from None
    faults += check(case, default_dictionary(), name)
    if faults:
        raise InputError(faults)
    return _identified(case)


def _check_raw_answers(value: dict[str, Any], name: str) -> Iterable[Fault]:
    """What is wrong with the answers of a file whose shape is wrong elsewhere."""
    holders: list[tuple[str, Any, Attaches | None]] = [("answers", value, None)]
    for kind, about in (("parties", Attaches.PARTY), ("items", Attaches.ITEM)):
        members = value.get(kind)
        for i, member in enumerate(members if isinstance(members, list) else ()):
            holders.append((f"{kind}[{i}].answers", member, about))
    for path, holder, attaches in holders:
        given = holder.get("answers") if isinstance(holder, dict) else None
        for fact, statements in given.items() if isinstance(given, dict) else ():
            try:
                read = _ANSWERS.validate_python({fact: statements})
            except ValidationError:
                continue  # told with the shape
            yield from _check_answers(read, path, default_dictionary(), name, attaches)


def _identified(case: Case) -> Case:
    """Give parties and items an id where the file gives none: item-1, party-2."""
    parties = zip(case.parties, _ids([p.id for p in case.parties], "party"), strict=True)
    items = zip(case.items, _ids([item.id for item in case.items], "item"), strict=True)
    return case.model_copy(
        update={
            "parties": tuple(p.model_copy(update={"id": name}) for p, name in parties),
            "items": tuple(item.model_copy(update={"id": name}) for item, name in items),
        }
    )


def _ids(given: list[str], word: str) -> list[str]:
    """The given ids; the place in the file for one that is missing, never an id that is taken.

    >>> _ids(["", "item-1", ""], "item")
    ['item-1a', 'item-1', 'item-3']
    """
    found = []
    for i, name in enumerate(given, 1):
        made = name or f"{word}-{i}"
        while not name and made in given:
            made += "a"
        found.append(made)
    return found


# Faults ------------------------------------------------------------------------------------------


def _faults(error: ValidationError, name: str) -> Iterable[Fault]:
    for entry in error.errors(include_url=False):
        yield Fault(_path(entry["loc"]), _words(entry), name)


def _path(loc: tuple[Any, ...]) -> str:
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "function-before" and not str(part).startswith("function-"):
            text += f".{part}" if text else str(part)
    return text


_FIELDS: dict[str, tuple[str, ...]] = {
    "parties": tuple(Party.model_fields),
    "items": tuple(Item.model_fields),
}


_SHAPES = {
    "tuple_type": "give a list",
    "model_type": "give a map of fields",
    "dict_type": "give a map",
    "string_type": "give a text",
    "string_too_short": "must not be empty",
}


def _words(entry: Any) -> str:
    kind, got = entry["type"], entry.get("input")
    if kind == "extra_forbidden":
        field = str(entry["loc"][-1])
        known = _FIELDS.get(str(entry["loc"][0]), ()) if len(entry["loc"]) > 1 else ()
        known = known or tuple(f.alias or n for n, f in Case.model_fields.items())
        return f"is not a known field{nearest(field, known)}"
    if kind == "missing":
        return "is missing"
    if kind == "enum":
        expected = entry["ctx"]["expected"].replace("'", "")
        options = [part.strip() for part in expected.replace(" or ", ", ").split(",")]
        return f"got {_short(got)}: use one of {expected}{nearest(str(got), options)}"
    if kind == "value_error":
        return str(entry["ctx"]["error"])
    if kind == "string_pattern_mismatch":
        return f"got {_short(got)}: use letters, digits and . _ - : @ + only"
    if kind in _SHAPES:
        return f"got {_short(got)}: {_SHAPES[kind]}"
    message = entry["msg"][0].lower() + entry["msg"][1:]
    return f"got {_short(got)}: {message}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def check(case: Case, dictionary: Dictionary, name: str) -> Iterable[Fault]:
    """What the model cannot see: unknown facts, wrong types of answers, broken references."""
    yield from _check_answers(case.answers, "answers", dictionary, name, None)
    groups: tuple[tuple[str, tuple[Party | Item, ...]], ...] = (
        ("parties", case.parties),
        ("items", case.items),
    )
    for kind, members in groups:
        seen: dict[str, int] = {}
        for i, member in enumerate(members):
            where = f"{kind}[{i}]"
            attaches = Attaches.PARTY if kind == "parties" else Attaches.ITEM
            yield from _check_answers(
                member.answers, f"{where}.answers", dictionary, name, attaches
            )
            if member.id and member.id in seen:
                yield Fault(
                    f"{where}.id",
                    f"{member.id!r} also stands at {kind}[{seen[member.id]}]: ids must differ",
                    name,
                )
            seen[member.id] = i
    yield from _check_silence(case, dictionary, name)
    yield from _check_lines(case, name)
    yield from _check_countries(case, name)
    yield from _check_scripts(case, name)
    yield from _check_owners(case, name)
    for i, item in enumerate(case.items):
        if item.category and item.category not in dictionary.category_entries:
            yield Fault(
                f"items[{i}].category",
                f"got {item.category!r}: use one of {', '.join(dictionary.category_entries)}"
                f"{nearest(item.category, dictionary.category_entries)}",
                name,
            )
    for i, party in enumerate(case.parties):
        if party.kind is PartyKind.NATURAL_PERSON and not party.purpose_of_screening:
            yield Fault(
                f"parties[{i}].purpose_of_screening",
                "is missing: a natural person is looked up on lists only for a stated purpose",
                name,
            )
    if not case.items and case.kind.value in ("export", "brokering", "transit", "procurement"):
        yield Fault("items", f"a case of kind {case.kind.value} needs at least one item", name)


def _check_answers(
    answers: Answers, path: str, dictionary: Dictionary, name: str, attaches: Attaches | None
) -> Iterable[Fault]:
    for fact, statements in answers.items():
        definition = dictionary.facts.get(fact)
        if definition is None:
            proper = dictionary.name(fact)
            hint = f"; it is spelled {proper!r} here" if proper else dictionary.hint(fact)
            yield Fault(f"{path}.{fact}", f"is not a fact of the dictionary{hint}", name)
            continue
        if attaches is not None and definition.attaches not in (attaches, Attaches.CASE):
            yield Fault(
                f"{path}.{fact}",
                f"is a fact about the {definition.attaches.value}: state it there",
                name,
            )
        for i, statement in enumerate(statements):
            where = f"{path}.{fact}" + (f"[{i}]" if len(statements) > 1 else "")
            yield from _check_statement(statement, where, name)
            if statement.value is not None:
                try:
                    parse_value(definition, statement.value)
                except ValueError as error:
                    yield Fault(where, str(error), name)


def _check_statement(statement: Statement, path: str, name: str) -> Iterable[Fault]:
    if statement.value is None and statement.unknown is None:
        yield Fault(path, "has neither a value nor `unknown` with a reason", name)
    if statement.value is not None and statement.unknown is not None:
        yield Fault(path, "has both a value and `unknown`: keep one", name)
    if statement.standing is Standing.DERIVED:
        yield Fault(
            f"{path}.standing",
            "`derived` is for what Licet works out itself: say self_declared, evidenced, accepted "
            "or judged",
            name,
        )
    if statement.standing is Standing.JUDGED and not (statement.signed_by and statement.reasons):
        yield Fault(path, "is judged: say `signed_by` whom, and the `reasons`", name)


def _check_owners(case: Case, name: str) -> Iterable[Fault]:
    for i, party in enumerate(case.parties):
        for j, owner in enumerate(party.owners):
            text = owner.percent.strip().removesuffix("%").strip()
            if text and not re.fullmatch(r"\d{1,3}(\.\d+)?", text):
                yield Fault(
                    f"parties[{i}].owners[{j}].percent",
                    f"got {owner.percent!r}: write a share such as 51 or 33.3",
                    name,
                )


def _check_silence(case: Case, dictionary: Dictionary, name: str) -> Iterable[Fault]:
    for i, fact in enumerate(case.nothing_recorded):
        definition = dictionary.facts.get(fact)
        where = f"nothing_recorded[{i}]"
        if definition is None:
            yield Fault(
                where, f"{fact!r} is not a fact of the dictionary{dictionary.hint(fact)}", name
            )
        elif definition.unmentioned is None:
            yield Fault(
                where, f"silence about {fact!r} is no answer: state it, or leave it open", name
            )


def _check_lines(case: Case, name: str) -> Iterable[Fault]:
    items = {item.id for item in case.items} | {f"item-{i + 1}" for i in range(len(case.items))}
    parties = {p.id for p in case.parties} | {f"party-{i + 1}" for i in range(len(case.parties))}
    for i, line in enumerate(case.lines):
        if line.item not in items:
            yield Fault(
                f"lines[{i}].item",
                f"names {line.item!r}, which is no item's id{nearest(line.item, items)}",
                name,
            )
        if line.end_user not in parties:
            yield Fault(
                f"lines[{i}].end_user",
                f"names {line.end_user!r}, which is no party's id{nearest(line.end_user, parties)}",
                name,
            )


def _check_countries(case: Case, name: str) -> Iterable[Fault]:
    for i, party in enumerate(case.parties):
        for country in party.country:
            if not country or len(country) > 80 or any(ch in country for ch in "\n\t<>{}"):
                yield Fault(
                    f"parties[{i}].country",
                    f"got {_short(country)}: give a country's "
                    "name or two-letter code, or worldwide",
                    name,
                )


def _check_scripts(case: Case, name: str) -> Iterable[Fault]:
    for i, party in enumerate(case.parties):
        for j, text in enumerate((party.name, *party.aliases)):
            if mixes_scripts(text):
                where = f"parties[{i}].name" if j == 0 else f"parties[{i}].aliases[{j - 1}]"
                yield Fault(where, f"{text!r} {MIXED_SCRIPT_HINT}", name)


def mixes_scripts(text: str) -> bool:
    """Whether one word mixes Latin with Cyrillic or Greek letters, as look-alike names do.

    >>> mixes_scripts("Нtechlab"), mixes_scripts("Ntechlab Нтех Лаб")
    (True, False)
    """
    import unicodedata

    for word in text.split():
        scripts = {unicodedata.name(ch, "?").split()[0] for ch in word if ch.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK"}:
            return True
    return False


# Named sources ------------------------------------------------------------------------------------


def expand_sources(value: dict[str, Any], name: str) -> tuple[dict[str, Any], list[Fault]]:
    """Put each named source of a file in the place of its name; names that lead nowhere are faults.

    A file may state a source once under ``sources`` and write ``source: NAME`` beside each fact.
    """
    faults: list[Fault] = []
    if "sources" not in value:
        return value, faults
    named = value["sources"]
    if not isinstance(named, dict):
        faults.append(Fault("sources", "must be a map from a name to a source", name))
        named = {}

    def put(part: Any, path: str) -> Any:
        if isinstance(part, list):
            return [put(entry, f"{path}[{i}]") for i, entry in enumerate(part)]
        if not isinstance(part, dict):
            return part
        done = {key: put(entry, f"{path}.{key}") for key, entry in part.items()}
        for key in ("source", "second_source"):
            label = done.get(key)
            if isinstance(label, str):
                if label not in named:
                    faults.append(
                        Fault(
                            f"{path}.{key}",
                            f"names the source {label!r}, which "
                            f"`sources` lacks{nearest(label, named)}",
                            name,
                        )
                    )
                done[key] = named.get(label)
        return done

    rest = {key: put(part, key) for key, part in value.items() if key != "sources"}
    return rest, faults


def gather_sources(value: dict[str, Any]) -> dict[str, Any]:
    """The contrary of :func:`expand_sources`: state once what stands beside several facts."""
    counts: dict[str, int] = {}
    holders = (value, *value.get("parties", ()), *value.get("items", ()))
    given = [
        entry
        for holder in holders
        for answer in holder.get("answers", {}).values()
        for entry in (answer if isinstance(answer, list) else [answer])
        if isinstance(entry, dict)
    ]
    for entry in given:
        for key in ("source", "second_source"):
            if isinstance(entry.get(key), dict):
                text = json.dumps(entry[key], sort_keys=True)
                counts[text] = counts.get(text, 0) + 1
    names = {
        text: f"s{i}" for i, text in enumerate((t for t, count in counts.items() if count > 1), 1)
    }
    for entry in given:
        for key in ("source", "second_source"):
            label = names.get(json.dumps(entry.get(key), sort_keys=True))
            if label:
                entry[key] = label
    if not names:
        return value
    return {**value, "sources": {label: json.loads(text) for text, label in names.items()}}


# Writing -----------------------------------------------------------------------------------------


def write_yaml(case: Case) -> str:
    """A case as YAML that reads back to the same case; short maps stand on one line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    def one_line(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
        plain = all(isinstance(part, str | int) for part in value.values())
        short = sum(len(str(k)) + len(str(v)) + 4 for k, v in value.items()) < 88
        return dumper.represent_mapping(
            "tag:yaml.org,2002:map", value.items(), flow_style=bool(value) and plain and short
        )

    def inline_list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
        plain = all(isinstance(part, str) and len(part) < 70 for part in value)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=plain)

    Dumper.add_representer(dict, one_line)
    Dumper.add_representer(list, inline_list)
    return yaml.dump(
        _in_order(gather_sources(simplified(case.canonical()))),
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=110,
    )


_LAST = ("sources", "parties", "items", "answers", "open_questions", "notes")
_AT_THE_END = ("nothing_recorded", "closed_by", "nonce")


def _in_order(value: dict[str, Any]) -> dict[str, Any]:
    """The fields in the order in which a reader wants them: long lists of silence at the end."""
    later = (*_LAST, *_AT_THE_END)
    first = [key for key in value if key not in later]
    return {key: value[key] for key in (*first, *later) if key in value}


def simplified(value: dict[str, Any]) -> dict[str, Any]:
    """Shorten one-statement answers to a plain value where nothing else was said."""
    result = json.loads(json.dumps(value))
    for holder in (result, *result.get("parties", ()), *result.get("items", ())):
        answers = holder.get("answers")
        if answers:
            holder["answers"] = {fact: _short_answer(given) for fact, given in answers.items()}
    ordered: dict[str, Any] = result
    return ordered


def _short_answer(given: list[dict[str, Any]]) -> Any:
    if len(given) > 1:
        return given
    one = given[0]
    if isinstance(one.get("value"), bool):
        one["value"] = "yes" if one["value"] else "no"
    return one["value"] if set(one) == {"value"} else one
