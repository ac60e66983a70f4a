"""Random rulebooks and random tables, by a number: what the back ends must agree on, row by row.

Meant to hold every trap at once: nulls everywhere, a code list of 300, comparisons with more than four codes, lists of
codes with a code twice, dated lists, partial dates, days on the edge of periods, facts that follow from others
and from each other, facts asked or known by silence, parties by role, quantifiers inside quantifiers.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from licet.rules import dictionary
from licet.rules.build import build
from licet.rules.rulebook import Rulebook

MANY = [f"c{number}" for number in range(300)]
SOME = ["north", "south", "east", "west", "up", "down", "in", "out"]
FEW = ["x", "y"]
ENTRIES = [f"E{number}" for number in range(70)]
COUNTRIES = ("EG", "FR", "NA", "NO", "SY", "XK")
ROLES = ["end_user", "consignee", "exporter"]
KINDS = ["export", "procurement", "import"]
START = date(2020, 1, 1)
EFFECTS = [
    "prohibited",
    "refusal_required",
    "refusal_presumed",
    "authorisation_required",
    "notify_authority",
    "conditions",
]


def _fact(name: str, kind: str, attaches: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "attaches": attaches,
        "question": "?",
        "statement": name,
        "statement_no": f"not {name}",
        "answered_by": "applicant",
        **more,
    }


def _coded(codes: list[str]) -> dict[str, Any]:
    return {"codes": {code: code for code in codes}}


YES_NO = [f"f.n{number}" for number in range(8)]
PARTY_YES_NO = [f"party.n{number}" for number in range(3)]
ITEM_YES_NO = [f"item.n{number}" for number in range(2)]
DICTIONARY = dictionary.build(
    [
        (
            "facts.yaml",
            {
                "schema": dictionary.DICTIONARY_SCHEMA,
                "facts": [
                    *(
                        _fact(n, "yes_no", "case", adverse=a)
                        for n, a in zip(YES_NO, ["yes", "no"] * 4, strict=True)
                    ),
                    *(_fact(n, "yes_no", "party", adverse="yes") for n in PARTY_YES_NO),
                    *(_fact(n, "yes_no", "item", adverse="yes") for n in ITEM_YES_NO),
                    _fact("case.kind", "code", "case", **_coded(KINDS)),
                    _fact("f.many", "code", "case", **_coded(MANY)),
                    _fact("f.some", "code", "case", **_coded(SOME)),
                    _fact("f.few", "code", "case", **_coded(FEW)),
                    _fact("party.some", "code", "party", **_coded(SOME)),
                    _fact("f.entries", "codes", "case", **_coded(ENTRIES)),
                    _fact("party.entries", "codes", "party", **_coded(SOME)),
                    _fact("f.country", "country", "case"),
                    _fact("f.staff", "integer", "case"),
                    _fact("f.amount", "decimal", "case"),
                    *(
                        _fact(
                            f"grade.{d}",
                            "code",
                            "case",
                            **_coded(["none_found", "elevated", "high", "severe"]),
                        )
                        for d in ("a", "likelihood", "overall")
                    ),
                ],
            },
        )
    ]
)


class World:
    """One random world."""

    def __init__(self, seed: int, *, partial: bool = True) -> None:
        self.rng = random.Random(seed)
        self.partial = partial
        """Whether some dates are a month or a year only."""

    # Rulebooks

    def leaf(self, level: str) -> Any:
        pick = self.rng
        names = list(YES_NO)
        if level == "party":
            names += PARTY_YES_NO * 3
        if level == "item":
            names += ITEM_YES_NO * 4
        options = [
            lambda: pick.choice(names) + pick.choice(["", " is no", " is yes", " is not yes"]),
            lambda: pick.choice(names),
            lambda: f"f.many {pick.choice(['is', 'is not'])} {pick.choice(MANY)}",
            lambda: self._one_of("f.many", MANY, 40),
            lambda: self._one_of("f.some", SOME, 7),
            lambda: self._one_of("f.few", FEW, 2),
            lambda: f"f.few is {pick.choice(FEW)}",
            lambda: f"f.entries includes {pick.choice(ENTRIES)}",
            lambda: f"f.entries includes any of [{', '.join(pick.sample(ENTRIES, 6))}]",
            lambda: f"f.country is {pick.choice(COUNTRIES)}",
            lambda: f"f.country is {pick.choice(['one of', 'none of'])} @places",
            lambda: f"f.few is {pick.choice(['one of', 'none of'])} @letters",
            lambda: "f.entries includes any of @entries",
            lambda: f"f.staff {pick.choice(['<', '<=', '>', '>=', 'is'])} {pick.randint(0, 6)}",
            lambda: (
                f"f.amount {pick.choice(['<', '<=', '>', '>='])} {pick.choice(['0.1', '1', '2.50'])}"
            ),
        ]
        if level == "party":
            options += [
                lambda: self._one_of("party.some", SOME, 6),
                lambda: f"party.entries includes any of [{', '.join(pick.sample(SOME, 2))}]",
            ] * 2
        return pick.choice(options)()

    def _one_of(self, fact: str, codes: list[str], most: int) -> str:
        chosen = self.rng.sample(codes, self.rng.randint(1, most))
        return f"{fact} is {self.rng.choice(['one of', 'none of'])} [{', '.join(chosen)}]"

    def condition(self, level: str, refs: list[str], depth: int = 3) -> Any:
        pick = self.rng
        roll = pick.random()
        if depth == 0 or roll < 0.3:
            return self.leaf(level)
        if roll < 0.7:
            parts = [self.condition(level, refs, depth - 1) for _ in range(pick.randint(1, 3))]
            return {pick.choice(["all", "any", "any", "none"]): parts}
        if roll < 0.78:
            return {"not": self.condition(level, refs, depth - 1)}
        if roll < 0.86:
            parts = [self.condition(level, refs, depth - 1) for _ in range(pick.randint(2, 4))]
            return {"at_least": {"count": str(pick.randint(1, len(parts))), "of": parts}}
        if roll < 0.95:
            over = pick.choice(["parties", "items", "end_users", *(f"role:{r}" for r in ROLES)])
            inside = "item" if over == "items" else "party"
            test = self.condition(inside, refs, depth - 1)
            return {pick.choice(["some", "every"]): {"in": over, "is": test}}
        return {"ref": pick.choice(refs)} if refs else self.leaf(level)

    def _period(self) -> dict[str, str]:
        roll = self.rng.random()
        day = START + timedelta(days=self.rng.randint(-40, 40))
        if roll < 0.5:
            return {"from": "2010-01-01"}
        if roll < 0.7:
            return {"from": day.isoformat()}
        if roll < 0.85:
            end = day + timedelta(days=self.rng.randint(0, 30))
            return {"from": day.isoformat(), "to": end.isoformat()}
        return {"from": "unknown", "not_later_than": day.isoformat()}

    def _saved(self, period: dict[str, Any]) -> dict[str, Any]:
        if self.rng.random() < 0.3:
            clause = self.rng.choice(["continues_for", "not_for"])
            day = START + timedelta(days=self.rng.randint(-40, 40))
            anchor = self.rng.choice(["application", "export", "assessed"])
            period[clause] = {"anchor": anchor, "before": day.isoformat()}
        return period

    def _provision(
        self, pid: str, when: Any, then: dict[str, Any], scope: str = "line"
    ) -> dict[str, Any]:
        return {
            "schema": "licet/provision/1",
            "provision": pid,
            "title": pid,
            "cite": {"instrument": "Test Act", "locator": pid},
            "checked": {"level": "policy"},
            "in_force": {
                **self._saved(self._period()),
                "anchor": self.rng.choice(["assessed", "export", "contract"]),
            },
            "scope": scope,
            "when": when,
            "then": then,
        }

    def _book(self, book: str, kind: str, uses: list[str]) -> dict[str, Any]:
        pick = self.rng
        derived = pick.sample(YES_NO, 3)
        raw: dict[str, Any] = {
            "schema": "licet/rulebook/1",
            "id": book,
            "title": book,
            "kind": kind,
            "jurisdiction": "EU",
            "uses": uses,
            "retrospective": pick.choice(["yes", "no"]),
            "terms": {"t": {"says": "t", "when": self.condition("line", [])}},
            "derive": {name: self.condition("line", ["t"]) for name in derived},
        }
        if pick.random() < 0.5 and kind != "method":
            raw["reaches"] = self.condition("line", ["t"])
        return raw

    def _lists(self) -> dict[str, str]:
        files = {}
        for name, codes in (
            ("places", list(COUNTRIES)),
            ("letters", FEW),
            ("entries", ENTRIES[:9]),
        ):
            rows = ["code,valid_from,valid_to,cite"]
            for code in codes:
                start = START + timedelta(days=self.rng.randint(-30, 30))
                end = start + timedelta(days=self.rng.randint(0, 60))
                shown = self.rng.choice([(start, ""), (start, end), ("", end), ("", "")])
                rows.append(f"{code},{shown[0]},{shown[1]},t")
            files[f"lists/{name}.csv"] = "\n".join(rows) + "\n"
        return files

    def method(self) -> Rulebook:
        files: dict[str, Any] = {
            "rulebook.yaml": self._book("method", "method", []),
            **self._lists(),
        }
        for number in range(self.rng.randint(2, 5)):
            then = {
                "effect": "grade",
                "dimension": self.rng.choice(["a", "likelihood"]),
                "grade": self.rng.choice(["elevated", "high", "severe"]),
            }
            pid = f"G{number}"
            files[f"provisions/{pid}.yaml"] = self._provision(
                pid, self.condition("line", ["t"]), then
            )
        return build(files, "method", DICTIONARY)

    def book(self) -> Rulebook:
        pick = self.rng
        raw = self._book("random", "binding", ["method"])
        files: dict[str, Any] = {"rulebook.yaml": raw, **self._lists()}
        names = [f"P{number}" for number in range(pick.randint(1, 5))]
        exempt = pick.random() < 0.7
        for name in names:
            then: dict[str, Any] = {"effect": pick.choice(EFFECTS)}
            if pick.random() < 0.3:
                then["for_kinds"] = {pick.choice(KINDS[1:]): pick.choice(EFFECTS)}
            if exempt and pick.random() < 0.4:
                then["prevails_over"] = ["X"]
            scope = pick.choice(
                ["line", "line", "party", "party(consignee)", "party(exporter, end_user)"]
            )
            level = "party" if scope.startswith("party") else "line"
            when = self.condition(level, ["t"])
            if pick.random() < 0.3:
                grade = pick.choice(["is high", "is one of [high, severe]", "is none of [severe]"])
                when = {
                    "any": [when, f"grade.{pick.choice(['a', 'likelihood', 'overall'])} {grade}"]
                }
            files[f"provisions/{name}.yaml"] = self._provision(name, when, then, scope)
        if exempt:
            free = [
                n for n in names if "prevails_over" not in files[f"provisions/{n}.yaml"]["then"]
            ]
            if free and pick.random() < 0.3:
                free.pop()
            then = {"effect": "exempt", "releases": free}
            files["provisions/X.yaml"] = self._provision(
                "X", self.condition("line", ["t", *names[:1]]), then
            )
        if pick.random() < 0.4:
            raw["moratoria"] = names[:1]
        return build(files, "random", DICTIONARY)

    # Tables

    def _maybe(self, value: Any) -> Any:
        return None if self.rng.random() < 0.35 else value

    def _day(self, *, needed: bool = False) -> str | None:
        day = START + timedelta(days=self.rng.randint(-60, 60))
        if not self.partial:
            return day if needed else self._maybe(day)
        text = self.rng.choice([day.isoformat()] * 4 + [day.isoformat()[:7], day.isoformat()[:4]])
        return text if needed else self._maybe(text)

    def _codes(self, codes: list[str]) -> list[str]:
        return [self.rng.choice(codes) for _ in range(self.rng.randint(0, 4))]

    def _lists_of(self, row: dict[str, Any], names: list[str]) -> dict[str, list[str] | None]:
        asked = [n for n in names if row[n] is None and self.rng.random() < 0.3]
        silent = [n for n in names if row[n] is not None and self.rng.random() < 0.3]
        return {"asked": self._maybe(asked), "silent": self._maybe(silent)}

    def tables(self, folder: Path, rows: int, *, shuffled: bool = False) -> tuple[Path, Path, Path]:
        """Write the three tables; returns their paths: transfers, parties, items."""
        pick = self.rng
        lines, parties, items = [], [], []
        dropped = set(pick.sample(YES_NO, 2))
        for number in range(rows):
            facts = {name: self._maybe(pick.random() < 0.5) for name in YES_NO}
            row = {
                "id": f"t{number:05}",
                "year": str(2000 + number % 3),
                "dates.assessed": self._day(needed=True),
                "dates.export": self._day(),
                "dates.application": self._day(),
                "case.kind": pick.choice(KINDS),
                **facts,
                "f.many": self._maybe(pick.choice(MANY)),
                "f.some": self._maybe(pick.choice(SOME)),
                "f.few": self._maybe(pick.choice(FEW)),
                "f.entries": self._maybe(self._codes(ENTRIES)),
                "f.country": self._maybe(pick.choice(COUNTRIES)),
                "f.staff": self._maybe(pick.randint(0, 6)),
                "f.amount": self._maybe(pick.choice([0.1, 0.3, 1.0, 2.5, 7.25])),
                **self._lists_of(facts, [n for n in YES_NO if n not in dropped]),
            }
            lines.append({name: value for name, value in row.items() if name not in dropped})
            for _ in range(pick.choice([0, 1, 1, 2, 4])):
                own = {name: self._maybe(pick.random() < 0.5) for name in PARTY_YES_NO}
                parties.append(
                    {
                        "id": row["id"],
                        "roles": pick.sample(ROLES, pick.randint(0, 2)) or ["other"],
                        **own,
                        "party.some": self._maybe(pick.choice(SOME)),
                        "party.entries": self._maybe(self._codes(SOME)),
                        **self._lists_of(own, PARTY_YES_NO),
                    }
                )
            for _ in range(pick.choice([0, 1, 2])):
                items.append(
                    {"id": row["id"], **{n: self._maybe(pick.random() < 0.5) for n in ITEM_YES_NO}}
                )
        if shuffled:
            for table in (lines, parties, items):
                pick.shuffle(table)
        schema = {
            "f.amount": pl.Float64,
            **dict.fromkeys((*YES_NO, *PARTY_YES_NO, *ITEM_YES_NO), pl.Boolean),
        }
        paths = []
        for name, table in (("transfers", lines), ("parties", parties), ("items", items)):
            path = folder / f"{name}.parquet"
            frame = pl.DataFrame(
                table, infer_schema_length=None, schema_overrides=_of(schema, table)
            )
            frame = frame.with_columns(
                pl.col(n).cast(pl.List(pl.String))
                for n in ("asked", "silent", "roles", "f.entries", "party.entries")
                if n in frame.columns
            )
            frame.write_parquet(path, row_group_size=17)
            paths.append(path)
        return paths[0], paths[1], paths[2]


def _of(schema: dict[str, Any], table: list[dict[str, Any]]) -> dict[str, Any]:
    names = {name for row in table for name in row}
    return {name: dtype for name, dtype in schema.items() if name in names}
