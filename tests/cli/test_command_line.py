"""The command line as a person and as a script use it: codes, streams, help, errors, files."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from licet.cli.main import VERBS, main
from licet.rules.load import shipped

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CASES = [str(path) for path in sorted(EXAMPLES.rglob("*.yaml"))]
ACTIONS = [
    *((verb,) for verb in VERBS),
    *(("rulebook", a) for a in ("list", "show", "coverage", "check", "test")),
    *(("evidence", a) for a in ("list", "show", "build", "add")),
    *(("case", a) for a in ("new", "check", "close", "import")),
]
CASE = """schema: licet/case/1
id: {id}
kind: export
dates: {{assessed: 2024-05-01}}
parties:
- {{name: Maker, roles: [exporter], country: FR}}
- {{name: Ministry, roles: [end_user], country: EG}}
items: [{{name: Box}}]
"""


def case_file(folder: Path, name: str = "a", text: str = CASE) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(text.format(id=name), encoding="utf-8")
    return str(path)


# Help and usage


@pytest.mark.parametrize("words", ACTIONS, ids=" ".join)
def test_help_begins_with_examples_that_name_the_command(words, capsys) -> None:
    assert main([*words, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Examples:\n  licet ")
    assert f"licet {words[0]}" in out.split("usage:")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["asess"], "'asess' is not a verb; nearest: 'assess'"),
        (["rulebook", "lst"], "nearest: 'list'"),
        (["assess"], "the following arguments are required: FILE"),
        (["assess", "x.yaml", "--rulebok", "a"], "nearest: '--rulebook'"),
        (["assess", "nowhere.yaml"], "nowhere.yaml: cannot be read: No such file or directory"),
        (["assess", str(EXAMPLES)], "Is a directory"),
        (["rulebook", "show", "eu-dual-us"], "nearest: 'eu-dual-use'"),
        (["rulebook", "show", "eu-dual-use", "EU-DU-5,11"], "nearest: 'EU-DU-5.11'"),
        (["evidence", "show", "vdme"], "nearest: 'vdem'"),
        (["screen", "X", "--country", "Atlantis"], "no country of that name is known"),
        (["screen", "X", "--as-of", "2024-02-30"], "no such day in the calendar"),
        (["screen", "A Person", "--person"], "state the role in the case and the purpose"),
        (["case", "new", "--category", "spywar"], "is not known"),
        (["demo", "nowhere"], "name a folder that holds expected.json"),
        (["template", "-o", "deals.csv"], "a workbook's name ends in .xlsx"),
        (["assess", "deals.csv"], "many deals go into a workbook"),
        (["case", "new", "--kind", "exprt"], "nearest: 'export'"),
        (["rulebook", "show", "eu-dual-use", "EU-DU-3"], "nearest: 'EU-DU-3.1'"),
    ],
)
def test_wrong_use_is_told_with_the_remedy_and_nothing_goes_to_standard_output(
    words, said, capsys
) -> None:
    assert main(words) in (1, 2)
    out, err = capsys.readouterr()
    assert said in err
    assert not out
    assert "Traceback" not in err


def test_no_words_at_all_shows_the_overview_and_fails(capsys) -> None:
    assert main([]) == 2
    assert capsys.readouterr().out.startswith("Examples:")


def test_a_fault_of_ours_is_told_in_words_without_a_trace(monkeypatch, capsys) -> None:
    import licet.cli.schema

    monkeypatch.delenv("LICET_DEBUG", raising=False)
    monkeypatch.setitem(licet.cli.schema.SCHEMAS, "case", lambda: 1 / 0)
    assert main(["schema", "case"]) == 1
    err = capsys.readouterr().err
    assert "This is a fault of licet, not of your file" in err
    assert "Traceback" not in err


# Exit codes of assess, on real examples


@pytest.mark.parametrize(
    ("files", "more", "code"),
    [
        (["controls/02-li-mediation-ke-operator"], [], 0),
        (["cases/01-nso-saudi-2017"], [], 10),
        (["controls/28-afis-bw-court-order"], [], 12),
        (["cases/31-swedish-police-clearview-2019"], ["--rulebook", "eu-dual-use"], 14),
        (["controls/18-egate-mk-watchlist"], ["--rulebook", "amnesty-2021"], 11),
        # Refusal by the policy sets no code unless the policy was asked for by name.
        (["controls/18-egate-mk-watchlist"], [], 0),
        # Over several files, the first code that applies to any of them.
        (["controls/02-li-mediation-ke-operator", "cases/01-nso-saudi-2017"], [], 10),
    ],
)
def test_the_exit_code_tells_a_script_what_came_out(files, more, code, capsys) -> None:
    names = [str(EXAMPLES / f"{file}.yaml") for file in files]
    assert main(["assess", *names, *more, "-q", "--json"]) == code
    capsys.readouterr()


def test_a_clash_that_no_rule_orders_ends_with_13(tmp_path, capsys) -> None:
    book = tmp_path / "clash"
    (book / "provisions").mkdir(parents=True)
    (book / "rulebook.yaml").write_text(
        "schema: licet/rulebook/1\nid: clash\ntitle: Clash\njurisdiction: EU\nkind: binding\n"
    )
    for name, effect in (("P-1", "prohibited"), ("P-2", "exempt")):
        (book / "provisions" / f"{name}.yaml").write_text(
            f"schema: licet/provision/1\nprovision: {name}\ntitle: t\n"
            "cite: {instrument: i, locator: l}\nchecked: {level: text}\n"
            'in_force: {from: "2000-01-01"}\nwhen: case.kind is export\n'
            f"then: {{effect: {effect}}}\n"
        )
    words = ["assess", case_file(tmp_path), "--rulebooks", str(book), "--rulebook", "clash"]
    assert main([*words, "--json"]) == 13
    assert json.loads(capsys.readouterr().out)["outcomes"] == ["conflict"]


def test_one_broken_file_among_several_is_told_and_the_others_are_printed(tmp_path, capsys) -> None:
    broken = case_file(tmp_path, "b", CASE.replace("kind: export", "kind: exprot"))
    good = case_file(tmp_path, "a")
    assert main(["assess", broken, good, "--json"]) == 2
    out, err = capsys.readouterr()
    assert {json.loads(line)["case"] for line in out.splitlines()} == {"a"}
    assert "b.yaml: kind: got 'exprot'" in err


def test_two_cases_of_one_id_are_not_both_assessed(tmp_path, capsys) -> None:
    first, second = case_file(tmp_path, "a"), str(tmp_path / "copy.yaml")
    Path(second).write_text(Path(first).read_text("utf-8"), "utf-8")
    assert main(["assess", first, second, "--json"]) == 2
    out, err = capsys.readouterr()
    assert "copy.yaml: id: 'a' also stands in" in err
    books = [json.loads(line)["rulebook"] for line in out.splitlines()]
    assert len(books) == len(set(books))


# What is printed


def test_json_prints_one_object_per_case_and_rulebook_with_the_promised_fields(capsys) -> None:
    main(["assess", str(EXAMPLES / "cases/01-nso-saudi-2017.yaml"), "-q", "--json"])
    out, err = capsys.readouterr()
    assert not err
    for line in out.splitlines():
        body = json.loads(line)
        assert {"case", "rulebook", "outcomes", "questions", "cautions", "sha256"} <= set(body)


@pytest.mark.parametrize(
    "words",
    [
        ["demo"],
        ["screen", "NSO Group", "--as-of", "2026-08-01"],
        ["rulebook", "list"],
        ["rulebook", "show", "eu-dual-use"],
        ["rulebook", "show", "eu-dual-use", "EU-DU-5.2"],
        ["rulebook", "check"],
        ["rulebook", "coverage"],
        ["rulebook", "test"],
        ["evidence", "list"],
        ["evidence", "show", "vdem"],
        ["case", "check", CASES[0]],
    ],
    ids=" ".join,
)
def test_every_command_that_shows_something_speaks_json(words, capsys) -> None:
    main([*words, "--json"])
    lines = capsys.readouterr().out.splitlines()
    assert lines
    for line in lines:
        assert isinstance(json.loads(line), dict | list)


def test_faults_of_a_case_come_as_json_too(tmp_path, capsys) -> None:
    broken = case_file(tmp_path, "b", CASE.replace("kind: export", "kind: exprot"))
    assert main(["case", "check", broken, "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["path"] == "kind"


def test_standard_input_gives_the_same_bytes_as_the_file(monkeypatch, capsys) -> None:
    path = EXAMPLES / "cases/10-bluecoat-syria-2010.yaml"
    main(["assess", str(path), "--json"])
    from_file = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    main(["assess", "-", "--json"])
    assert capsys.readouterr().out == from_file


def test_json_and_yaml_files_of_one_case_give_one_digest(tmp_path, capsys) -> None:
    from licet.assessment.casefile import read_case

    path = EXAMPLES / "cases/10-bluecoat-syria-2010.yaml"
    again = tmp_path / "case.json"
    again.write_text(json.dumps(read_case(path).canonical()), "utf-8")
    digests = []
    for name in (path, again):
        main(["assess", str(name), "--json", "--rulebook", "us-ear"])
        lines = capsys.readouterr().out.splitlines()
        digests.append({json.loads(line)["case_digest"] for line in lines})
    assert digests[0] == digests[1]


def test_colour_is_for_terminals_and_no_color_is_obeyed(monkeypatch) -> None:
    from licet.cli.terminal import Terminal

    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Tty())
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Terminal.of_process().colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Terminal.of_process().colour
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert not Terminal.of_process().colour


def test_the_table_puts_the_worst_first_and_gives_each_a_reason(capsys) -> None:
    files = [str(p) for p in sorted((EXAMPLES / "controls").glob("*.yaml"))]
    main(["assess", *files, "--table"])
    out, err = capsys.readouterr()
    rows = [line for line in out.splitlines()[1:] if not line.startswith(" ")]
    order = ["stop", "refuse", "authorise", "notify", "ask", "nothing found"]
    verdicts = [next(i for i, v in enumerate(order) if row.startswith(v)) for row in rows]
    assert verdicts == sorted(verdicts)
    assert len(rows) == len(files)
    assert "Nothing found is no permission" in err


# Files


def test_nothing_is_written_over_unless_told_to(tmp_path, capsys) -> None:
    target = tmp_path / "case.yaml"
    assert main(["case", "new", "-o", str(target)]) == 0
    before = target.read_bytes()
    assert main(["case", "new", "-o", str(target)]) == 2
    assert "add --force" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert main(["case", "new", "-o", str(target), "--force"]) == 0
    assert target.read_bytes() != before  # each scaffold has its own nonce


def test_a_scaffold_holds_together_and_can_be_assessed(tmp_path, capsys) -> None:
    target = str(tmp_path / "case.yaml")
    main(["case", "new", "--category", "forensic_extraction", "-o", target])
    assert main(["case", "check", target]) == 0
    assert main(["assess", target, "--json"]) in (10, 11, 12, 14)
    capsys.readouterr()


def test_closing_a_file_says_who_and_lists_every_silence(tmp_path, capsys) -> None:
    from licet.assessment.casefile import read_case

    text = CASE + "answers: {{tx.odd_route: yes}}\n"
    open_file, closed = case_file(tmp_path, "a", text), tmp_path / "closed.yaml"
    assert main(["case", "close", open_file]) == 2
    assert main(["case", "close", open_file, "--by", "An Officer", "-o", str(closed)]) == 0
    case = read_case(closed)
    assert case.closed_by == "An Officer"
    assert "tx.hidden_enduser" in case.nothing_recorded
    assert "tx.odd_route" not in case.nothing_recorded
    assert "item.surveillance" not in case.nothing_recorded
    capsys.readouterr()


def test_a_folder_of_determinations_is_replayed_whole(tmp_path, capsys) -> None:
    main(["assess", case_file(tmp_path, "case-7"), "--save", str(tmp_path / "kept"), "-q"])
    assert main(["replay", str(tmp_path / "kept")]) == 0
    out = capsys.readouterr().out
    assert out.count("the same, byte for byte") == len(shipped())


def test_a_page_is_written_for_one_case_and_a_folder_for_several(tmp_path, capsys) -> None:
    one, two = case_file(tmp_path, "one"), case_file(tmp_path, "two")
    main(["assess", one, "--html", str(tmp_path / "one.html")])
    assert main(["assess", one, two, "--html", str(tmp_path / "both.html")]) == 2
    assert "name a folder" in capsys.readouterr().err
    main(["assess", one, two, "--html", str(tmp_path / "pages")])
    assert sorted(p.name for p in (tmp_path / "pages").iterdir()) == ["one.html", "two.html"]
    single = (tmp_path / "one.html").read_text("utf-8")
    assert single == (tmp_path / "pages/one.html").read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this machine")
def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "licet.cli.main", "schema", "case"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        with contextlib.suppress(OSError):
            full.close()
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert main(["case", "new", "-o", str(blocked / "case.yaml")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_reader_that_goes_away_ends_the_work_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "licet.cli.main", "assess", "--json", *CASES],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait() == 141
        assert process.stderr is not None
        assert not process.stderr.read()


def test_the_terminal_shows_no_control_characters_of_a_strangers_file(tmp_path, capsys) -> None:
    text = CASE + 'title: "Box \\e[31mred \\u202e gnp"\n'
    main(["assess", case_file(tmp_path, "a", text)])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_starting_the_command_line_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import licet.cli.main"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONNOUSERSITE": "1"},
    )
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert not loaded & {"pyarrow", "rapidfuzz", "pydantic", "yaml", "jinja2", "openpyxl", "rigour"}
