"""Ratification of 18 UN human-rights instruments, August 2022. Reservations are not in the file.

The file has faults of code and of status. Each is repaired by a row in a table here, with its
note; a fault not in the tables is refused, so that none is repaired by guessing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.evidence import tables
from licet.evidence.reading import Checks, Line, csv_lines

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "treaty",
    "iso2",
    "member",
    "state party",
    "year ratification or accession",
    "signatory",
    "no action",
    "status",
    "note",
)
FIELDS = {
    "treaty": "text",
    "country": "text",
    "member": "text",
    "status": "text",
    "year": "integer",
    "note": "text",
    "repair": "text",
}
STATUS = {"state party": "party", "signatory state": "signatory", "no action": "no_action"}

CODE_REPAIRS = {
    ("OP_CRC_IC", "MS"): ("GA", "file has Montserrat (MS), no UN member, where Gabon is missing"),
    ("OP_CRC_IC", "S"): ("SS", "file has S for South Sudan"),
}
FORMER_CODES = {"TP": ("TL", "file has TP, the code of East Timor before 2002")}
STATUS_REPAIRS = {
    ("CAT", "TZ"): ("no_action", "no flag set; status column says no action"),
    ("CRC", "KP"): ("party", "party and no-action flags both set; year and status say party"),
    ("ICCPR_OP1", "JM"): ("denounced", "file's note: denounced in 1997"),
    ("ICCPR_OP1", "KZ"): ("party", "party flag not set; year and status say party"),
    ("ICERD", "BN"): ("unknown", "file's note: tied to another state's ratification"),
    ("ICERD", "GA"): ("party", "flags left blank; year and status say party"),
    ("ICESCR", "MD"): ("party", "party flag not set; year and status say party"),
    ("OP_CEDAW", "ZW"): ("unknown", "status says party; no flag and no year"),
    ("OP_CRC_IC", "BE"): ("party", "party flag not set; year and status say party"),
    ("OP_CRC_IC", "BR"): ("party", "party flag not set; year and status say party"),
    ("OP_CRC_IC", "EC"): ("party", "party flag not set; year and status say party"),
}


def read(path: Path) -> Any:
    """A table of treaty and state: party, signatory, no action, denounced or unknown."""
    checks = Checks(path)
    rows = [_row(checks, line) for line in csv_lines(path, COLUMNS)]
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row["treaty"], row["country"]) in seen:
            checks.fault(None, f"{row['country']} has two rows for {row['treaty']}")
        seen.add((row["treaty"], row["country"]))
    checks.done()
    return tables.table(FIELDS, rows)


def _row(checks: Checks, line: Line) -> dict[str, Any]:
    treaty, code = checks.text(line, "treaty"), line["iso2"].strip()
    code, repair = CODE_REPAIRS.get((treaty, code), FORMER_CODES.get(code, (code, "")))
    if len(code) != 2 or not code.isupper():
        checks.fault(line, f"iso2 is {code!r}: expected two capitals (NA is Namibia)")
    year = checks.whole(line, "year ratification or accession", 1945, 2100)
    status = STATUS[checks.choice(line, "status", STATUS)] if line["status"] in STATUS else ""
    if (treaty, code) in STATUS_REPAIRS:
        status, why = STATUS_REPAIRS[treaty, code]
        repair = "; ".join(part for part in (repair, why) if part)
    elif not _consistent(line, status, year):
        checks.fault(
            line,
            f"flags, year and status of {code} for {treaty} disagree; look it up "
            "and add a row to STATUS_REPAIRS",
        )
    return {
        "treaty": treaty,
        "country": code,
        "member": checks.text(line, "member"),
        "status": status,
        "year": year,
        "note": line["note"],
        "repair": repair,
    }


def _consistent(line: Line, status: str, year: int | None) -> bool:
    flags = (line["state party"], line["signatory"], line["no action"])
    expected = {
        "party": ("1", "0", "0"),
        "signatory": ("0", "1", "0"),
        "no_action": ("0", "0", "1"),
    }
    return expected.get(status) == flags and (status == "party") == (year is not None)
