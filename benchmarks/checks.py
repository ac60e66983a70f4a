"""How fast rulebooks are checked: plain, and with every proof. ``python -m benchmarks.checks``.

Limits that must hold on the two shared cores the project is built on: plain under 2 seconds, all
proofs of all that ships under 90.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from licet.rules.load import RULEBOOKS

TIMES = 3
PLAIN, DEEP = 2.0, 90.0


def seconds(*words: str) -> float:
    """The median time of a command from a cold start. Raises where the check fails."""
    found = []
    for _ in range(TIMES):
        start = time.perf_counter()
        command = [sys.executable, "-m", "licet.cli.main", "rulebook", "check", *words]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> int:
    """Measure and print; 1 where a limit is broken."""
    plain, deep = seconds(), seconds("--deep")
    print(f"plain check of all that ships: {plain:.2f} s (limit {PLAIN:g})")
    print(f"all proofs of all that ships: {deep:.2f} s (limit {DEEP:g})")
    for folder in sorted(p for p in RULEBOOKS.iterdir() if p.is_dir()):
        print(f"  {folder.name}: {seconds(str(folder), '--deep'):.2f} s")
    return int(plain > PLAIN or deep > DEEP)


if __name__ == "__main__":
    sys.exit(main())
