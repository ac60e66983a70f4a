"""A slip in an example is told with its file, its place and the remedy, and never as a fault of Licet."""

from __future__ import annotations

from pathlib import Path

import pytest

from licet.cli.main import main


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (
            "{item.surveillance: yes, end",
            "{item.surveillance: perhaps, end",
            "tests[0].given.item.surveillance: got 'perhaps': answer yes, no",
        ),
        (
            "{item.surveillance: yes, end",
            "{item.surveilance: yes, end",
            "nearest: 'item.surveillance'",
        ),
        (
            "{item.surveillance: yes, end",
            "{dest.country: [], end",
            "tests[0].given.dest.country: got []: give a text",
        ),
        (
            'date: "2026-06-01"',
            'date: "1 June"',
            "tests[2].date: got '1 June': write a date as YYYY-MM-DD",
        ),
        ('  date: "2025-12-31"\n', "", "tests[1].date: is missing"),
        (
            "asks: [item.surveillance]",
            "asks: [item.surveilance]",
            "tests[4].asks: names the fact 'item.surveilance'",
        ),
        (
            "  then: authorisation_required\n-",
            "  then: authorization_required\n-",
            "nearest: 'authorisation_required'",
        ),
        ("expect: unknown", "expect: open", "tests[4].expect: use one of met, not_met, unknown"),
    ],
)
@pytest.mark.parametrize("action", ["check", "test", "mutate", "book"])
def test_a_slip_in_an_example_is_told(
    action: str, was: str, now: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my-law"
    assert main(["rulebook", "new", str(folder)]) == 0
    file = folder / "provisions/MY-LAW-1.yaml"
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now, 1))
    assert main(["rulebook", action, str(folder)]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "my-law/provisions/MY-LAW-1.yaml" in said
