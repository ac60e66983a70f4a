"""``licet rulebook new``: a rulebook to begin with, which loads, checks and tests green as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from licet.cli.files import write_atomic
from licet.cli.parser import Parser, UsageError, today
from licet.errors import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from licet.cli.terminal import Terminal

SCHEMAS = ".licet"
"""The folder of a new rulebook that holds the schemas for editors."""

_BOOK = """\
# A rulebook: who made it, whom it reaches, what it leaves out. One file a provision stands in provisions/.
# A line that begins with # is a note for people: Licet does not read it.
schema: licet/rulebook/1
id: {id}
title: {title}
jurisdiction: {jurisdiction}    # EU, US, UK, INT (international), POLICY, or a country
kind: {kind}    # binding (law), soft (expectations), model (policy)
version: "{day}"
authority: "Write here who made the instrument"

# Which cases the rulebook is about. Where this is not so, the answer is "does not reach this case".
reaches:
  says: the case is about an export or a transfer
  if: "case.kind is one of [export, transfer]"

# Conditions that several provisions share get a name here, and are used with {{ref: name}}. An example:
# terms:
#   for_a_public_body:
#     says: the end user is a public body
#     when: end_user.government

# Law that a careful reader would raise and this rulebook does not hold, a line each. It is shown with each answer.
not_considered:
- Everything but the provisions in this folder
"""

_PROVISION = """\
# One provision. Change what stands here to the provision that you want to write, and run
#   licet rulebook test {folder}
# after each change. The guide is "Write your first provision".
schema: licet/provision/1
provision: {provision}    # its name; the file has the same name
title: "A surveillance item for a public body {short}"

# Where it stands. Give the address at which everybody can read it.
cite:
  instrument: {title}
  locator: "Article 1"
  url: ""

# How well you checked the text: text (you read it in full), secondary (somebody else's account),
# memory (recalled: every answer that rests on it says so), policy (no law). Then against what, when, and by whom.
checked: {{level: {level}, source: "Write here which copy you read", on: "{day}", by: ""}}

# From when, both days included; add `to` where it ended. The anchor is the day of the case that counts:
# assessed, application, decision, contract or export.
in_force: {{from: "2026-01-01", anchor: export}}
binds: exporters
scope: line    # one item, for one end user, to one destination

# If. Each line names a fact; `licet schema facts --table` lists them with their questions.
when:
  all:
  - {{if: item.surveillance, says: the item is a surveillance item}}
  - {{if: end_user.government, says: the end user is a public body}}

# Then. The words for effects are in the guide; `because` is the reason that stands in an answer.
then:
  effect: {effect}
  because: the item is a surveillance item and goes to a public body

reading: >
  Write here in plain words how you read the article. Whoever signs the provision signs this.

# Examples: what is given, on which day, and what must come out. What is not given is not known.
tests:
- name: "a surveillance item for a police force, on the first day"
  date: "2026-01-01"
  given: {{item.surveillance: yes, end_user.government: yes}}
  expect: met
  then: {effect}
- name: "the same, the day before"
  date: "2025-12-31"
  given: {{item.surveillance: yes, end_user.government: yes}}
  expect: not_in_force
- name: "an office computer for a police force"
  date: "2026-06-01"
  given: {{item.surveillance: no, end_user.government: yes}}
  expect: not_met
- name: "a surveillance item for a private firm"
  date: "2026-06-01"
  given: {{item.surveillance: yes, end_user.government: no}}
  expect: not_met
- name: "nobody has said what the item does"
  date: "2026-06-01"
  given: {{end_user.government: yes}}
  expect: unknown
  asks: [item.surveillance]
- name: "nobody has said who the end user is"
  date: "2026-06-01"
  given: {{item.surveillance: yes}}
  expect: unknown
  asks: [end_user.government]
"""

_KINDS = {
    "binding": ("authorisation_required", "needs an authorisation", "memory"),
    "soft": ("expectation", "is expected to be looked at first", "memory"),
    "model": ("refusal_required", "is refused", "policy"),
}
"""For each kind: the effect of the first provision, its title's words, its check level."""


def beginning(prog: str, about: str) -> Parser:
    """The options of ``licet rulebook new``."""
    examples = (f"{prog} my-rulebook", f'{prog} my-rulebook --title "Export Act" --jurisdiction KE')
    made = Parser(prog, about, examples)
    made.add_argument("folder", help="the folder to make")
    made.add_argument("--id", help="its short name (the folder's name when left out)")
    made.add_argument("--title", help="the name of the instrument (the id when left out)")
    made.add_argument("--jurisdiction", default="INT", help="EU, US, UK, INT, POLICY, or a country")
    made.add_argument("--kind", choices=tuple(_KINDS), default="binding", help="law or policy")
    made.add_argument(
        "--editor", action="store_true", help="with schemas and settings for completion in VS Code"
    )
    return made


def run_new(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write a rulebook with one provision and its examples. Nothing that is there is touched."""
    folder = Path(args.folder)
    name = args.id if args.id is not None else folder.resolve().name
    _check(folder, name)
    files = texts(name, args.title or name, args.jurisdiction, args.kind, folder.as_posix())
    if args.editor:
        files |= _for_editors()
    for file, text in files.items():
        write_atomic(folder / file, text.encode())
    first = next(file for file in files if file.startswith("provisions/"))
    terminal.say(
        f"wrote {folder}: change {folder / first}, then `licet rulebook check {args.folder}` and "
        f"`licet rulebook test {args.folder}`"
    )
    return 0


def _check(folder: Path, name: str) -> None:
    from licet.rules.load import shipped

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(Fault("", "is there already: name a new folder", str(folder)))
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        fault = Fault("--id", f"got {name!r}: use small letters a-z, digits and hyphens")
        raise UsageError(fault)
    if name in shipped():
        raise UsageError(Fault("--id", f"{name!r} is a rulebook that ships: choose another"))


def texts(name: str, title: str, jurisdiction: str, kind: str, folder: str) -> dict[str, str]:
    """The files of a new rulebook by their names in its folder."""
    effect, short, level = _KINDS[kind]
    provision = f"{name.upper()}-1"
    words = {
        "id": json.dumps(name),
        "title": json.dumps(title, ensure_ascii=False),
        "jurisdiction": json.dumps(jurisdiction, ensure_ascii=False),
        "kind": kind,
        "day": today().isoformat(),
        "provision": provision,
        "short": short,
        "level": level,
        "effect": effect,
        "folder": folder,
    }
    return {
        "rulebook.yaml": _BOOK.format(**words),
        f"provisions/{provision}.yaml": _PROVISION.format(**words),
    }


def _for_editors() -> dict[str, str]:
    from licet.cli.editor_schema import EDITOR, FILES, settings

    def text(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

    schemas = {f"{SCHEMAS}/{file}": text(EDITOR[what]()) for what, (file, _) in FILES.items()}
    return schemas | {".vscode/settings.json": text(settings(f"./{SCHEMAS}"))}
