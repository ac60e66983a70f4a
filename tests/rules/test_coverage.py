"""Every provision of the fact sheet is encoded or left out with a reason, and the table says so."""

from pathlib import Path

import pytest

from licet.errors import RulebookError
from licet.rules.coverage import beyond_the_sheet, counts, coverage
from licet.rules.load import shipped
from licet.rules.strict_yaml import read_bytes

SHEET = Path(__file__).resolve().parents[3] / "shared/law"


def sheet_ids(name: str) -> list[str]:
    """The ids in the sheet: every entry that has an effect."""
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if "id" in part and ("effect" in part or "when" in part):
                found.append(str(part["id"]))
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(read_bytes((SHEET / name).read_bytes(), name))
    return found


@pytest.mark.shared
@pytest.mark.parametrize("name", ["law", "additions"])
def test_the_table_has_one_row_for_each_id_of_the_sheet(name: str) -> None:
    if not SHEET.is_dir():
        pytest.skip("the fact sheet is not beside the project: shared/law is absent")
    ours = [row.id for row in coverage() if row.file == name]
    assert sorted(ours) == sorted(sheet_ids(f"{name}.yaml"))


def test_each_row_has_a_rulebook_or_a_reason_and_never_both() -> None:
    rows = coverage()
    assert len(rows) > 180
    for row in rows:
        assert bool(row.rulebook) is not bool(row.why), row
        assert not row.rulebook or row.provision in shipped()[row.rulebook].provisions
        assert not row.why or len(row.why) > 40


def test_a_provision_that_vanishes_from_its_rulebook_is_a_fault() -> None:
    books = dict(shipped())
    del books["uk-export"]
    with pytest.raises(RulebookError, match="UK-DU: stands in no rulebook and has no reason"):
        coverage(books)


def test_the_counts_add_up() -> None:
    rows = coverage()
    found = counts(rows)
    assert found["encoded"] + found["left_out"] == found["provisions"] == len(rows)
    assert sum(found["by_rulebook"].values()) == found["encoded"]
    assert not set(beyond_the_sheet(rows)) & {row.id for row in rows}
