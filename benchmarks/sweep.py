"""How fast whole tables are swept: ``python -m benchmarks.sweep [--rows N] [--facts N]``.

One table of transfers with one of parties (three to a transfer, sorted by id) goes through the command line, Parquet to Parquet, under
every rulebook that ships: one mask of possible outcomes for each. One fact in ten is unknown. Each run is a process
of its own, so that memory is the sweep's alone; engines take turns.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from licet.evidence import Snapshot
from licet.model.fact import FactDefinition, FactType
from licet.rules.load import default_dictionary, shipped
from licet.rules.sweep.output import Writer
from licet.rules.sweep.run import open_inputs, plan, sweep

MISSING = 10
"""One in so many facts is unknown."""
PARTY_FACTS = (
    "party.on_entity_list",
    "party.owned_50pct_by_listed",
    "party.dated_listing",
    "party.on_sdn",
)


def most_read(count: int) -> list[str]:
    """The facts that most provisions may depend on, ``count`` of them (all, for 0)."""
    readers: Counter[str] = Counter()
    for book in shipped().values():
        readers.update({fact: len(owners) for fact, owners in book.readers_of.items()})
    own = [f for f, _ in sorted(readers.items(), key=lambda pair: (-pair[1], pair[0]))]
    own = [f for f in own if not f.startswith("grade.") and f not in (*PARTY_FACTS, "case.kind")]
    return own[: count or None]


def drawn(rows: int, seed: int, of: int) -> pl.Series:
    """Numbers below ``of``, one for each row, the same in every run."""
    return pl.arange(rows, eager=True).hash(seed) % of


def column(
    definition: FactDefinition, rows: int, seed: int, countries: tuple[str, ...]
) -> pl.Series:
    """Values of one fact, one in ten of them unknown."""
    codes = definition.code_names or ("",)
    match definition.type:
        case FactType.YES_NO:
            values = drawn(rows, seed, 5) == 0
        case FactType.CODES:
            lists = [
                [],
                *([code] for code in codes),
                *(list(p) for p in itertools.pairwise(codes)),
            ]
            values = pl.Series(lists, dtype=pl.List(pl.String)).gather(
                drawn(rows, seed, len(lists))
            )
        case FactType.INTEGER | FactType.DECIMAL:
            values = drawn(rows, seed, 4000).cast(pl.Int64)
        case FactType.COUNTRY:
            values = pl.Series(countries).gather(drawn(rows, seed, len(countries)))
        case _:
            values = pl.Series(codes).gather(drawn(rows, seed, len(codes)))
    nothing = pl.Series([None], dtype=values.dtype).new_from_index(0, rows)
    return nothing.zip_with(drawn(rows, seed + 1, MISSING) == 0, values)


def write_tables(folder: Path, rows: int, facts: list[str]) -> None:
    """Write transfers.parquet and parties.parquet, a slice at a time, ids rising."""
    import pyarrow.parquet as pq

    definitions = default_dictionary().facts
    countries = tuple(sorted(Snapshot.open().countries.codes))
    kinds = pl.Series(definitions["case.kind"].code_names)
    slice_rows = 1 << 17
    writers: dict[str, pq.ParquetWriter] = {}
    for start in range(0, rows, slice_rows):
        size = min(slice_rows, rows - start)
        ids = pl.arange(start, start + size, eager=True)
        main = {
            "id": ids,
            "dates.assessed": (drawn(size, start + 1, 5500) + 15000).cast(pl.Int32).cast(pl.Date),
            "case.kind": kinds.gather(drawn(size, start + 2, len(kinds))),
            **{
                name: column(definitions[name], size, start + 10 * number, countries)
                for number, name in enumerate(facts, 1)
            },
        }
        members = 3 * size
        own = (pl.arange(members, eager=True) // 3) + start
        related = {
            "id": own,
            **{
                name: column(definitions[name], members, start + 7000 + 10 * number, countries)
                for number, name in enumerate(PARTY_FACTS)
            },
        }
        for name, columns in (("transfers", main), ("parties", related)):
            table = pl.DataFrame(columns).to_arrow(compat_level=pl.CompatLevel.oldest())
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()


def measured(folder: Path, *more: str) -> tuple[float, float]:
    """Seconds and gigabytes of one run of the command line."""
    command = [sys.executable, "-m", "licet.cli.main", "sweep", "-q"]
    command += [str(folder / "transfers.parquet"), "--parties", str(folder / "parties.parquet")]
    command += ["--masks", "--force", "-o", str(folder / "out.parquet"), *more]
    start = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - start
    if status:
        raise SystemExit(f"failed with {os.waitstatus_to_exitcode(status)}: {' '.join(command)}")
    return took, usage.ru_maxrss / 1e6


def inside(folder: Path) -> float:
    """Seconds of one sweep in this process: the tables opened, lowered, worked out and written."""
    start = time.perf_counter()
    countries = Snapshot.open().countries.stated_codes
    tables = (folder / "transfers.parquet", folder / "parties.parquet")
    planned = plan(
        open_inputs(tables[0], default_dictionary().facts, tables[1]), shipped(), countries
    )
    with Writer(folder / "inside.parquet", planned.books, masks=True) as writer:
        for piece in sweep(planned):
            writer.write(piece.frame)
    return time.perf_counter() - start


def sweeps(rows: int, facts: int, times: int, *, duckdb: bool) -> dict[str, Any]:
    """One size of table, by each engine in turns."""
    names = most_read(facts)
    ways = {
        "polars": ("--sample", "0"),
        "polars, 200 rows explained": (),
        **({"duckdb": ("--engine", "duckdb", "--sample", "0")} if duckdb else {}),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as place:
        write_tables(Path(place), rows, names)
        within = [inside(Path(place)) for _ in range(times)]
        for _ in range(times):
            for name, more in ways.items():
                took[name].append(measured(Path(place), *more))
    took["polars, in a process that has begun"] = [(seconds, 0.0) for seconds in within]
    return {
        f"{rows:,} transfers, {3 * rows:,} parties, {len(names)} facts, {name}": {
            "median_s": round(statistics.median(s for s, _ in runs), 2),
            "fastest_s": round(min(s for s, _ in runs), 2),
            **({"peak_gb": round(max(m for _, m in runs), 2)} if runs[0][1] else {}),
        }
        for name, runs in took.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="rows (1,000,000; repeatable)")
    parser.add_argument(
        "--facts", type=int, action="append", help="facts with a column, 0 for all (60 and 0)"
    )
    parser.add_argument("--times", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--duckdb", action="store_true", help="DuckDB beside it")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    for rows in args.rows or [1_000_000]:
        for facts in args.facts or [60, 0]:
            found.update(sweeps(rows, facts, args.times, duckdb=args.duckdb))
    if args.json:
        print(json.dumps(found, indent=1))
        return
    for name, figures in found.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items())
        print(f"{name}: {told}")


if __name__ == "__main__":
    main()
