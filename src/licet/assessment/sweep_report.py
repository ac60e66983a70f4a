"""A sweep told to people: intervals in words, as a page with charts, and one row in full.

Law and policy never share a table. Every share stands beside its number of rows, and every set of open
rows beside the facts that would decide it.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from licet.assessment import wording
from licet.errors import Fault, InputError
from licet.model.outcome import Outcome, ordered
from licet.rules.evaluate import State
from licet.rules.rulebook import BookKind
from licet.rules.sweep.ladder import OUTCOME_BITS
from licet.rules.sweep.summary import ALL, names_of, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.rules.rulebook import Rulebook
    from licet.rules.sweep.reference import Looked
    from licet.rules.sweep.run import Plan
    from licet.rules.sweep.summary import Checked, Counts, Interval

SHOWN = 8
"""How many values, facts and moves a table shows; the JSON summary has them all."""
_TITLES = {
    BookKind.BINDING: "LAW",
    BookKind.MODEL: "POLICY, not law",
    BookKind.SOFT: "EXPECTATIONS, not law",
    BookKind.METHOD: "RISK METHOD (a grade suggests, a named person judges)",
}
_ORDER = (BookKind.BINDING, BookKind.MODEL, BookKind.SOFT, BookKind.METHOD)


def summary_body(
    plan: Plan, counts: Counts, checked: Checked, compared: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The whole summary for a program: counts, never rounded shares."""
    inputs = plan.inputs
    return {
        "schema": "licet/sweep-summary/1",
        "rows": counts.rows,
        "related": {level: table.rows for level, table in inputs.related.items()},
        "rulebooks": [
            _book_body(label, book, counts, checked) for label, book in _sorted(plan.books)
        ],
        "sample": {"rows": checked.rows, "agreed_with_explanation": checked.agreed},
        **({"comparison": _moves_body(counts, compared)} if compared else {}),
    }


def _sorted(books: Mapping[str, Rulebook]) -> list[tuple[str, Rulebook]]:
    return sorted(books.items(), key=lambda pair: (_ORDER.index(pair[1].kind), pair[0]))


def _book_body(label: str, book: Rulebook, counts: Counts, checked: Checked) -> dict[str, Any]:
    columns = [label, *([f"{label}~"] if book.moratoria else [])]
    body: dict[str, Any] = {
        "rulebook": label,
        "id": book.id,
        "digest": book.digest,
        "moratoria": [one.stored() for one in book.declared],
        "kind": book.kind.value,
        "open_rows_looked_at": checked.open_rows[label],
        "deciding": dict(_most(checked.deciding[label])),
    }
    for column in columns:
        told: dict[str, Any] = {
            "possible_sets": [
                {
                    "outcomes": list(words(mask, names_of(book))),
                    "rows": rows,
                    "examples": counts.examples[column, mask],
                }
                for mask, rows in sorted(counts.masks[column, ALL, None].items())
            ],
            "outcomes": {
                name: _interval_body(counts.interval(column, [name])) for name in names_of(book)
            },
        }
        if book.kind is not BookKind.METHOD:
            told["refused"] = _interval_body(counts.refused(column))
            told["by"] = {
                name: [
                    {"value": value, "refused": _interval_body(counts.refused(column, name, value))}
                    for value in counts.values(column, name)
                ]
                for name in counts.by
            }
        if column == label:
            body.update(told)
        else:
            body["on_merits"] = told
    return body


def _interval_body(found: Interval) -> dict[str, int]:
    return {"rows": found.rows, "certain": found.certain, "possible": found.possible}


def _moves_body(counts: Counts, compared: tuple[str, str]) -> list[dict[str, Any]]:
    before, after = compared
    names = names_of(counts.books[after])
    return [
        {
            "from": list(words(old, names)),
            "to": list(words(new, names)),
            "rows": rows,
            "examples": counts.examples[before, after, old, new],
        }
        for (old, new), rows in _most(counts.moves[after, ALL, None])
    ]


def _most(found: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))


# Words -------------------------------------------------------------------------------------------


def percent(share: float) -> str:
    """A share as people read it: never "0 %" for some, never "100 %" for all but some.

    >>> percent(0.0), percent(0.0001), percent(0.2261), percent(0.9999), percent(1.0)
    ('none', 'under 0.1 %', '22.6 %', 'over 99.9 %', 'all')
    """
    if share in (0.0, 1.0):
        return "all" if share else "none"
    if share < 0.001 or share > 0.999:
        return "under 0.1 %" if share < 0.5 else "over 99.9 %"
    return f"{100 * share:.1f} %"


def interval(found: Interval) -> str:
    """An interval in words."""
    certain, possible = (percent(share) for share in found.shares)
    if found.certain == found.possible:
        return f"{certain} ({found.certain:,} rows), whatever is not known"
    return (
        f"{certain} for certain ({found.certain:,} rows), possibly {possible} ({found.possible:,})"
    )


def summary_text(
    plan: Plan,
    counts: Counts,
    checked: Checked,
    compared: tuple[str, str] | None = None,
    *,
    width: int = 100,
) -> str:
    """The summary for a terminal of ``width`` columns."""
    lines = [_heading(plan, counts)]
    kind = None
    for label, book in _sorted(plan.books):
        if book.kind is not kind:
            kind = book.kind
            lines += ["", "", _TITLES[kind]]
        lines += _book_lines(label, book, counts, checked, width)
    if compared:
        lines += ["", *_move_lines(counts, compared, width)]
    lines += ["", *_wrapped(_checked(checked), width)]
    return "\n".join(lines) + "\n"


def _heading(plan: Plan, counts: Counts) -> str:
    related = "".join(
        f", {table.rows:,} {'parties' if level == 'party' else 'items'}"
        for level, table in plan.inputs.related.items()
    )
    books = len(plan.books)
    return f"{plan.inputs.main.path.name}: {counts.rows:,} rows{related}, under {books} rulebook{'s' if books > 1 else ''}"


def _wrapped(text: str, width: int, lead: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=lead + "  ", break_on_hyphens=False
    )


def _book_lines(
    label: str, book: Rulebook, counts: Counts, checked: Checked, width: int
) -> list[str]:
    if not counts.rows:
        return [f"{label}: no rows"]
    rows = []
    if book.kind is not BookKind.METHOD:
        rows.append(_row(counts.refused(label), "REFUSED, in one way or another"))
        if book.moratoria:
            rows.append(_row(counts.refused(f"{label}~"), "REFUSED, the moratorium aside"))
    for name in names_of(book):
        found = counts.interval(label, [name])
        if found.possible:
            method = book.kind is BookKind.METHOD
            rows.append(
                _row(found, wording.grade(name) if method else wording.outcome(Outcome(name)))
            )
    head = f"{'for certain':>11}{'possibly':>24}"
    lines = ["", label, head, *(line for row in rows for line in _row_lines(row, width))]
    deciding = _deciding(label, book, checked)
    if deciding:
        lines.append(f"What would decide open rows ({checked.asked[label]} asked):")
        for question, fact, asking in deciding:
            lines += _wrapped(f"{asking:>4}: {question} [{fact}]", width, "  ")
    for name in counts.by if book.kind is not BookKind.METHOD else ():
        lines += _wrapped(_by(counts, label, name), width)
    return lines


def _row(found: Interval, name: str) -> tuple[str, str]:
    certain, possible = (percent(share) for share in found.shares)
    return f"{found.certain:>11,}  {certain:<13}{found.possible:>9,}  {possible:<14}", name


def _row_lines(row: tuple[str, str], width: int) -> list[str]:
    figures, name = row
    first, *others = textwrap.wrap(name, max(width - len(figures), 24))
    return [figures + first, *(" " * len(figures) + other for other in others)]


def _deciding(label: str, book: Rulebook, checked: Checked) -> list[tuple[str, str, int]]:
    """The facts that would decide most of the open rows that were asked: question, name, rows."""
    facts = _most(checked.deciding[label])[:SHOWN]
    return [(wording.question(book, fact), fact, rows) for fact, rows in facts]


def _by(counts: Counts, label: str, name: str) -> str:
    values = [(v, counts.refused(label, name, v)) for v in counts.values(label, name)]
    told = [
        f"{'(not known)' if value is None else value} {percent(found.shares[0])}–{percent(found.shares[1])}"
        if found.certain != found.possible
        else f"{'(not known)' if value is None else value} {percent(found.shares[0])}"
        for value, found in values[:SHOWN]
        if found.possible
    ]
    if not told:
        return ""
    more = (
        f"; {len(values) - SHOWN} more values in --report and --json" if len(values) > SHOWN else ""
    )
    return f"Refused by {name}, certain to possible: {', '.join(told)}{more}"


def _move_lines(counts: Counts, compared: tuple[str, str], width: int) -> list[str]:
    before, after = compared
    moves = counts.moves[after, ALL, None]
    total = sum(moves.values())
    if not total:
        return [f"No row changes from {before} to {after}."]
    lines = [f"From {before} to {after}: {total:,} of {counts.rows:,} rows change"]
    names = names_of(counts.books[after])
    for (old, new), rows in _most(moves)[:SHOWN]:
        examples = ", ".join(map(str, counts.examples[before, after, old, new]))
        lines += _wrapped(
            f"{rows:,}: {_set(old, names)} → {_set(new, names)} (rows {examples}; see --explain)",
            width,
            "  ",
        )
    if len(moves) > SHOWN:
        lines.append(f"  and {len(moves) - SHOWN} more kinds of change (--json)")
    return lines


def _set(mask: int, names: tuple[str, ...]) -> str:
    return " or ".join(word.replace("_", " ") for word in words(mask, names))


def _checked(checked: Checked) -> str:
    if not checked.rows:
        return "No row was put through the explanation (--sample 0): nothing vouches for these figures."
    return (
        f"{checked.rows} rows, evenly spread, were put through the full explanation under every "
        f"rulebook: all {checked.agreed} agree."
    )


# One row -----------------------------------------------------------------------------------------


def explained(looked: Looked, row: Any, *, width: int = 100) -> str:
    """One row under every rulebook: the outcomes, what stands, what is open and what would decide it."""
    lines = [f"Row {row}"]
    for label, book in looked.reference.books.items():
        lines.append("")
        if book.kind is BookKind.METHOD:
            lines.append(f"{label}: grades")
            for name, reading in looked.grades(book).items():
                left = [reading.value] if reading.known else sorted(reading.possible or ())
                told = " or ".join(wording.grade(grade) for grade in left)
                lines += _wrapped(
                    f"{name.removeprefix('grade.').replace('_', ' ')}: {told}", width, "  "
                )
            continue
        result = looked.decide(book, explain=True)
        lines += _wrapped(f"{label}: {wording.outcomes(result.outcomes)}", width)
        if book.moratoria and result.outcomes != result.outcomes_on_merits:
            told = wording.outcomes(result.outcomes_on_merits)
            lines += _wrapped(f"the moratorium aside: {told}", width, "  ")
        for finding in result.findings:
            provision = book.provisions[finding.provision]
            if finding.state in (State.MET, State.UNKNOWN):
                state = "met" if finding.state is State.MET else "open"
                of = f", for {finding.binding}" if finding.binding else ""
                text = f"{state}{of}: {wording.cited(provision)}: {provision.because or provision.title} [{provision.effect.value.replace('_', ' ')}]"
                lines += _wrapped(text, width, "  ")
        for question in result.questions[:SHOWN]:
            answers = "; ".join(f"{value}: {_left(left)}" for value, left in question.answers)
            lines += _wrapped(
                f"? {wording.question(book, question.fact)} [{question.fact}] {answers}",
                width,
                "  ",
            )
    return "\n".join(lines) + "\n"


def _left(outcomes: Iterable[Outcome]) -> str:
    return " or ".join(outcome.value.replace("_", " ") for outcome in ordered(frozenset(outcomes)))


# The page ----------------------------------------------------------------------------------------


def page(
    plan: Plan, counts: Counts, checked: Checked, compared: tuple[str, str] | None = None
) -> str:
    """The summary as one self-contained page. Same counts, same bytes. Raises InputError without vl-convert."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    text = (files("licet.assessment") / "templates" / "sweep.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    books = [
        _page_book(label, book, counts, checked)
        for label, book in _sorted(plan.books)
        if book.kind is not BookKind.METHOD and counts.rows
    ]
    return environment.from_string(text).render(
        heading=_heading(plan, counts),
        chart=interval_chart([(b["label"], b["refused"]) for b in books], "Refused, by rulebook"),
        books=books,
        moves=_move_lines(counts, compared, 10_000) if compared else [],
        checked=_checked(checked),
        interval=interval,
        percent=percent,
    )


def _page_book(label: str, book: Rulebook, counts: Counts, checked: Checked) -> dict[str, Any]:
    by = []
    for name in counts.by:
        rows = [
            ("(not known)" if value is None else str(value), counts.refused(label, name, value))
            for value in counts.values(label, name)
        ]
        if any(found.possible for _, found in rows):
            title = f"Refused under {label}, by {name}"
            by.append({"name": name, "rows": rows, "chart": interval_chart(rows[:20], title)})
    return {
        "label": label,
        "title": book.title,
        "kind": wording.kind(book.kind),
        "digest": book.digest,
        "refused": counts.refused(label),
        "merits": counts.refused(f"{label}~") if book.moratoria else None,
        "outcomes": [
            (wording.outcome(Outcome(name)), found)
            for name in OUTCOME_BITS
            if (found := counts.interval(label, [name])).possible
        ],
        "deciding": _deciding(label, book, checked),
        "asked": checked.asked[label],
        "by": by,
    }


def interval_chart(rows: list[tuple[str, Interval]], title: str) -> str:
    """Intervals as bars: dark for certain, light for possible. SVG, made without a browser."""
    try:
        import vl_convert
    except ImportError as error:
        remedy = "charts need vl-convert-python: install it with pip install 'licet[sweep]'"
        raise InputError(Fault("--report", remedy)) from error
    values = []
    for order, (name, found) in enumerate(rows):
        certain, possible = found.shares
        values += [
            {"order": order, "name": name, "part": "for certain", "from": 0, "to": certain},
            {"order": order, "name": name, "part": "possibly", "from": certain, "to": possible},
        ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start"},
        "width": 460,
        "padding": {"left": 24, "top": 5, "right": 24, "bottom": 5},
        "height": {"step": 20},
        "data": {"values": values},
        "mark": {"type": "bar", "height": 13},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": {"field": "order"}, "title": None},
            "x": {
                "field": "from",
                "type": "quantitative",
                "scale": {"domain": [0, 1]},
                "axis": {"format": ".0%", "title": "share of rows"},
            },
            "x2": {"field": "to"},
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": ["for certain", "possibly"], "range": ["#8a1c1c", "#e5b8a5"]},
                "legend": {"title": None, "orient": "top"},
            },
        },
        "config": {"font": "sans-serif", "view": {"stroke": None}},
    }
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version="5.20")
    return svg
