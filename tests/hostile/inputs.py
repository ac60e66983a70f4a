"""Bad inputs, by door. What each must say stands in ``messages.json`` beside this file."""

from __future__ import annotations

BASE = """\
schema: licet/case/1
id: a
kind: export
dates: {assessed: '2024-01-01'}
parties:
- {name: Maker, roles: [exporter], country: [DE]}
- {name: User, roles: [end_user], country: [KE]}
items:
- {name: Box}
"""


def swap(old: str, new: str) -> str:
    """The good case with one thing changed."""
    assert old in BASE, old
    return BASE.replace(old, new)


CASES: dict[str, str | bytes] = {
    "empty file": "",
    "only comments": "# nothing\n",
    "not UTF-8": b"id: \xff\xfe\n",
    "a list": "- a\n- b\n",
    "a text": "just words\n",
    "no schema": BASE.replace("schema: licet/case/1\n", ""),
    "another schema": swap("licet/case/1", "licet/case/9"),
    "a dossier": swap("licet/case/1", "case-dossier/1"),
    "broken YAML": "schema: [licet/case/1\n",
    "tab as indent": "schema: licet/case/1\n\tid: a\n",
    "duplicate key": BASE + "id: b\n",
    "duplicate deep key": swap("{name: Box}", "{name: Box, name: Bag}"),
    "alias": swap("{name: Box}", "{name: &x Box, description: *x}"),
    "anchor": swap("{name: Box}", "{name: &x Box}"),
    "tag": swap("{name: Box}", "{name: !!python/object/apply:os.system [id]}"),
    "two documents": BASE + "---\n" + BASE,
    "alias bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "deep nesting": "schema: licet/case/1\nid: " + "[" * 60 + "]" * 60 + "\n",
    "10 MB text": "schema: licet/case/1\nid: " + "x" * 10_000_000 + "\n",
    "long text": swap("{name: Box}", "{name: Box, description: " + "x" * 60_000 + "}"),
    "key that is a list": BASE + "? [a, b]\n: c\n",
    "no id": BASE.replace("id: a\n", ""),
    "id with spaces": swap("id: a", "id: a b"),
    "id with a path": swap("id: a", "id: ../../etc"),
    "empty id": swap("id: a", "id: ''"),
    "no kind": BASE.replace("kind: export\n", ""),
    "unknown kind": swap("kind: export", "kind: exprot"),
    "no dates": BASE.replace("dates: {assessed: '2024-01-01'}\n", ""),
    "no clock": swap("{assessed: '2024-01-01'}", "{export: '2024-01-01'}"),
    "no such day": swap("2024-01-01", "2024-02-30"),
    "day first": swap("2024-01-01", "01.02.2024"),
    "month in words": swap("2024-01-01", "January 2024"),
    "month 13": swap("2024-01-01", "2024-13"),
    "unknown field": BASE + "titel: x\n",
    "unknown field of a party": swap("roles: [exporter]", "roles: [exporter], contry: [DE]"),
    "unknown field of an item": swap("{name: Box}", "{name: Box, quantitiy: '5'}"),
    "unknown field of dates": swap("assessed: '2024-01-01'", "assessed: '2024', exported: '2023'"),
    "party without name": swap("name: Maker, ", ""),
    "party without roles": swap("roles: [exporter], ", ""),
    "unknown role": swap("[exporter]", "[exporteur]"),
    "unknown party kind": swap("country: [KE]}", "country: [KE], kind: police}"),
    "item without name": swap("{name: Box}", "{category: other}"),
    "no items": BASE.replace("items:\n- {name: Box}\n", ""),
    "items as text": swap("items:\n- {name: Box}", "items: Box"),
    "item ids that clash": swap("- {name: Box}", "- {id: i, name: Box}\n- {id: i, name: Bag}"),
    "line to an unknown item": BASE + "lines: [{item: item-9, end_user: party-2}]\n",
    "line to an unknown party": BASE + "lines: [{item: item-1, end_user: party-7}]\n",
    "unknown fact": BASE + "answers: {item.surveilance: yes}\n",
    "fact in a dossier's spelling": BASE + "answers: {enduser.government: yes}\n",
    "fact that resembles none": BASE + "answers: {zzzz: yes}\n",
    "yes/no fact with a word": BASE + "answers: {item.surveillance: maybe}\n",
    "yes/no fact with a number": BASE + "answers: {item.surveillance: 1}\n",
    "code that does not exist": BASE + "answers: {safeguard.P1: fulfilled}\n",
    "codes with a wrong one": BASE + "answers: {item.entries_in_question: [5A001.f, 5A999]}\n",
    "unknown without a known reason": BASE + "answers: {item.surveillance: {unknown: dunno}}\n",
    "value and unknown": BASE + "answers: {item.surveillance: {value: yes, unknown: asked}}\n",
    "neither value nor unknown": BASE + "answers: {item.surveillance: {standing: accepted}}\n",
    "unknown standing": BASE + "answers: {item.surveillance: {value: yes, standing: sworn}}\n",
    "unknown source class": BASE
    + "answers: {item.surveillance: {value: yes, source: {class: blog}}}\n",
    "item fact beside a party": swap(
        "country: [KE]}", "country: [KE], answers: {item.surveillance: yes}}"
    ),
    "named source that is missing": BASE
    + "sources: {a: {title: A}}\nanswers: {item.surveillance: {value: yes, source: b}}\n",
    "sources as a list": BASE + "sources: [a]\n",
    "silence on a fact that must be asked": BASE + "nothing_recorded: [item.surveillance]\n",
    "silence on an unknown fact": BASE + "nothing_recorded: [item.zero_klick]\n",
    "mixed scripts": swap("name: Maker", "name: Mаker"),
    "country with markup": swap("[KE]", "['<script>']"),
    "two faults at once": swap("kind: export", "kind: exprot").replace("[exporter]", "[boss]"),
    "faults of every layer at once": swap("kind: export", "kind: exprot")
    + "sources: {a: {title: x}}\n"
    + "answers: {item.surveilance: {value: yes, source: b}, item.bulk_use: perhaps}\n",
    "judged by nobody": BASE + "answers: {item.surveillance: {value: yes, standing: judged}}\n",
    "a derived fact": BASE + "answers: {item.surveillance: {value: yes, standing: derived}}\n",
    "a person without a purpose": swap(
        "roles: [exporter],", "roles: [broker], kind: natural_person,"
    ),
    "a share that is none": swap(
        "country: [DE]", "country: [DE], owners: [{name: Owner, percent: half}]"
    ),
    "not a number": BASE + "answers: {company.employees: many}\n",
    "text for a date fact": BASE + "answers: {company.turnover_eur: '1,5'}\n",
    "JSON with a duplicate": '{"schema": "licet/case/1", "id": "a", "id": "b"}',
    "JSON cut off": '{"schema": "licet/case/1", "id": ',
    "JSON list": "[1, 2]",
}

PROVISION = """\
schema: licet/provision/1
provision: P-1
title: A rule
cite: {instrument: Test Act, locator: Section 1}
checked: {level: policy, source: a test}
in_force: {from: '2020-01-01'}
when: item.surveillance
then: {effect: refusal_required, because: a reason}
reading: A test.
"""
BOOK = "schema: licet/rulebook/1\nid: t\ntitle: T\nkind: binding\njurisdiction: EU\n"


def rule(old: str, new: str) -> dict[str, str]:
    """A good rulebook with one thing in its provision changed."""
    assert old in PROVISION, old
    return {"rulebook.yaml": BOOK, "provisions/p.yaml": PROVISION.replace(old, new)}


def when(text: str) -> dict[str, str]:
    """A good rulebook with another condition."""
    return rule("when: item.surveillance", f"when: {text}")


RULEBOOKS: dict[str, dict[str, str]] = {
    "no rulebook.yaml": {"provisions/p.yaml": PROVISION},
    "no provision": {"rulebook.yaml": BOOK},
    "unknown kind of book": {
        "rulebook.yaml": BOOK.replace("binding", "law"),
        "provisions/p.yaml": PROVISION,
    },
    "unknown field of a book": {
        "rulebook.yaml": BOOK + "tittle: x\n",
        "provisions/p.yaml": PROVISION,
    },
    "no citation": rule("cite: {instrument: Test Act, locator: Section 1}\n", ""),
    "empty citation": rule("{instrument: Test Act, locator: Section 1}", "{instrument: Test Act}"),
    "unknown check level": rule("level: policy", "level: sure"),
    "no date": rule("in_force: {from: '2020-01-01'}\n", ""),
    "unknown first day alone": rule("{from: '2020-01-01'}", "{from: unknown}"),
    "ends before it begins": rule("{from: '2020-01-01'}", "{from: '2020-01-01', to: '2019-01-01'}"),
    "periods overlap": rule(
        "in_force: {from: '2020-01-01'}", "in_force: [{from: '2020-01-01'}, {from: '2021-01-01'}]"
    ),
    "unknown anchor": rule("{from: '2020-01-01'}", "{from: '2020-01-01', anchor: shipping}"),
    "unknown effect": rule("refusal_required", "refuse"),
    "unknown field of then": rule("because: a reason", "becuase: a reason"),
    "unknown field of a provision": rule("reading: A test.", "readign: A test."),
    "unknown scope": rule("reading: A test.", "scope: world"),
    "unknown fact in a condition": when("item.surveilance"),
    "code that can never occur": when("safeguard.P1 is fulfilled"),
    "compare a yes/no fact": when("item.surveillance >= 3"),
    "bare code fact": when("safeguard.P1"),
    "unreadable leaf": when("'item.surveillance == yes'"),
    "two keywords": when("{all: [item.surveillance], any: [item.surveillance]}"),
    "unknown keyword": when("{al: [item.surveillance]}"),
    "empty group": when("{all: []}"),
    "group that is a text": when("{all: item.surveillance}"),
    "at_least without a count": when("{at_least: {of: [item.surveillance]}}"),
    "at_least of nothing": when("{at_least: {count: 0, of: [item.surveillance]}}"),
    "unknown collection": when("{some: {in: things, is: item.surveillance}}"),
    "unknown list": when("'dest.country is one of @nowhere'"),
    "unknown reference": when("{ref: P-2}"),
    "reference to itself": when("{ref: P-1}"),
    "exemption of nothing known": rule("because: a reason", "because: a reason, releases: [P-9]"),
    "condition too deep": when("{not: " * 25 + "item.surveillance" + "}" * 25),
    "example with an unknown fact": rule(
        "reading: A test.", "tests: [{date: '2024-01-01', given: {item.x: yes}, expect: met}]"
    ),
    "example without an expectation": rule(
        "reading: A test.", "tests: [{date: '2024-01-01', given: {}}]"
    ),
    "empty list": {
        "rulebook.yaml": BOOK,
        "provisions/p.yaml": PROVISION,
        "lists/l.csv": "code,valid_from,valid_to,cite\n",
    },
    "list without columns": {
        "rulebook.yaml": BOOK,
        "provisions/p.yaml": PROVISION,
        "lists/l.csv": "country\nSA\n",
    },
    "one id in two files": {
        "rulebook.yaml": BOOK,
        "provisions/p.yaml": PROVISION,
        "provisions/q.yaml": PROVISION,
    },
    "provision that is a list": {"rulebook.yaml": BOOK, "provisions/p.yaml": "- a\n"},
}

MORATORIUM = """\
schema: licet/moratorium/1
id: M-1
title: A suspension
declared_by: a ministry
legal_basis: {instrument: Test Act, locator: section 1}
checked: {level: secondary, source: a test}
stands_in: {rulebooks: [eu-dual-use]}
in_force: {from: '2026-03-01'}
when: item.surveillance
effect: refusal_required
"""
LIFTS = """\
lifts_when:
- id: reports
  title: a law on reports
  cite: {instrument: Test Act, locator: section 4}
  records:
  - {status: in_force, from: '2026-06-01', cite: {instrument: B, locator: '1'}, checked: {level: text}}
"""


def pause(old: str, new: str) -> str:
    """A good moratorium with one thing changed."""
    whole = MORATORIUM + LIFTS
    assert old in whole, old
    return whole.replace(old, new)


MORATORIA: dict[str, str] = {
    "a case": BASE,
    "a list": "- a\n",
    "empty file": "",
    "no id": pause("id: M-1\n", ""),
    "id with a path": pause("id: M-1", "id: ../M-1"),
    "nobody declares it": pause("declared_by: a ministry\n", ""),
    "no legal basis": pause("legal_basis: {instrument: Test Act, locator: section 1}\n", ""),
    "legal basis without a place": pause(", locator: section 1}", "}"),
    "no start": pause("in_force: {from: '2026-03-01'}\n", ""),
    "unknown start alone": pause("{from: '2026-03-01'}", "{from: unknown}"),
    "start that is no day": pause("2026-03-01", "2026-02-30"),
    "period with an unknown field": pause(
        "{from: '2026-03-01'}", "{from: '2026-03-01', until: '2027'}"
    ),
    "period with a field in another script": pause(
        "{from: '2026-03-01'}", "{from: '2026-03-01', до: x}"
    ),
    "unknown anchor": pause("{from: '2026-03-01'}", "{from: '2026-03-01', anchor: shipping}"),
    "no scope": pause("when: item.surveillance\n", ""),
    "unknown fact in the scope": pause("when: item.surveillance", "when: item.surveilance"),
    "reference to another provision": pause("when: item.surveillance", "when: {ref: EU-DU-5.1}"),
    "dated list of a rulebook": pause(
        "when: item.surveillance", "when: 'dest.country is one of @eu_members'"
    ),
    "an effect that restricts less": pause("refusal_required", "conditions"),
    "unknown effect": pause("refusal_required", "refuse"),
    "stands nowhere": pause("{rulebooks: [eu-dual-use]}", "{rulebooks: []}"),
    "stands in a country": pause("{rulebooks: [eu-dual-use]}", "{countries: [DE]}"),
    "not checked at all": pause("checked: {level: secondary, source: a test}\n", ""),
    "unknown field": pause("effect: refusal_required", "effect: refusal_required\noverrides: x"),
    "override without its clause": pause(
        "effect: refusal_required", "effect: refusal_required\noverride: {by: a minister}"
    ),
    "override by nobody": pause(
        "effect: refusal_required",
        "effect: refusal_required\noverride: {cite: {instrument: Test Act, locator: section 5}}",
    ),
    "override as a text": pause(
        "effect: refusal_required", "effect: refusal_required\noverride: yes"
    ),
    "lifting condition without a citation": pause(
        "  cite: {instrument: Test Act, locator: section 4}\n", ""
    ),
    "lifting condition of one case": pause(
        "  title: a law on reports", "  when: item.surveillance"
    ),
    "two lifting conditions of one id": MORATORIUM + LIFTS + LIFTS.removeprefix("lifts_when:\n"),
    "record with an unknown status": pause("status: in_force", "status: done"),
    "record that says unknown": pause("status: in_force", "status: unknown"),
    "record without a day": pause("from: '2026-06-01', ", ""),
    "record without a citation": pause("cite: {instrument: B, locator: '1'}, ", ""),
    "record that nobody checked": pause(", checked: {level: text}", ""),
}

DOSSIERS: dict[str, str] = {
    "no dossier": BASE,
    "no id": "schema: case-dossier/1\nkind: export\ndates: {assessed_as_of: '2024-01-01'}\n",
    "no clock": "schema: case-dossier/1\nid: a\nkind: export\ndates: {contract: '2024'}\n",
    "unknown kind": "schema: case-dossier/1\nid: a\nkind: gift\ndates: {assessed_as_of: '2024'}\n",
}
