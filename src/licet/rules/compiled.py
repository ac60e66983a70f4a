"""Write the compiled forms of the package's own rulebooks and facts: ``make compiled``.

A convenience for quick starts only. Loading compares a fingerprint of every file and ignores a
compiled form that is not of exactly these files.
"""

from __future__ import annotations

from licet.rules.load import FACTS, RULEBOOKS, compile_folder


def main() -> None:
    """Compile both folders."""
    for folder in (FACTS, RULEBOOKS):
        compile_folder(folder)


if __name__ == "__main__":
    main()
