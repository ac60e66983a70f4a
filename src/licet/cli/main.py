"""The door of ``licet``: find the verb, run it, turn errors into words and an exit code.

Only the verb that was asked for is imported, so that help and a single assessment start at once.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TYPE_CHECKING

from licet.cli.exit_codes import ExitCode
from licet.cli.parser import Parser, UsageError
from licet.cli.terminal import Terminal
from licet.errors import EvidenceError, Fault, InputError, LicetError, ScreeningError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

VERBS: dict[str, str] = {
    "assess": "assess cases or a spreadsheet of deals under every rulebook",
    "ask": "ask what can still change an answer, and put what is said into the case",
    "screen": "look one name up on the lists",
    "replay": "recompute a determination and compare it byte for byte",
    "resolve": "write cases as tables of resolved facts, for licet sweep",
    "sweep": "apply rulebooks to whole tables of transfers, in intervals",
    "diff": "explain what changed between two determinations",
    "reassess": "say what changes for stored cases under today's law, lists and evidence",
    "case": "new, check, close, import: write a case, check it, turn a dossier into one",
    "template": "write a spreadsheet for many deals",
    "rulebook": "list, show, pages, book, new, check, test, mutate ...: the law and policy applied",
    "framework": "say whether the model moratorium would lift in a State, and what is missing",
    "evidence": "list, show, check, build, add: the evidence that is used",
    "schema": "the JSON Schema of a case, determination, provision, moratorium or fact dictionary",
    "hindsight": "assess past transfers on what was public before each, and count",
    "demo": "assess the examples and say how good the answers are",
}
EXAMPLES = (
    "licet demo                        assess the examples that come with it",
    "licet case new -o case.yaml       begin a case",
    "licet assess case.yaml            assess it",
    "licet template -o deals.xlsx      many deals: fill in, then licet assess deals.xlsx",
)
INTERRUPTED, PIPE_CLOSED = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            # Data is UTF-8 everywhere: names in every script come out whatever the locale says.
            stream.reconfigure(encoding="utf-8", errors=errors)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away; the interpreter must not complain about it while it stops.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return INTERRUPTED
    except SystemExit as stop:  # argparse, after printing help
        return int(stop.code or 0)
    except LicetError as error:
        sys.stderr.write(f"{error}\n")
        return code_of(error)
    except Exception as error:  # noqa: BLE001 - the last door: words, not a trace
        return _our_error(error)
    return code


def code_of(error: LicetError) -> int:
    """1 where the work could not be done, 2 where what was given cannot be used."""
    if isinstance(error, EvidenceError | ScreeningError) or not isinstance(error, InputError):
        return ExitCode.OUR_ERROR
    return ExitCode.INPUT_FAILED


def _our_error(error: Exception) -> int:
    if os.environ.get("LICET_DEBUG"):
        import traceback

        traceback.print_exception(error)
    sys.stderr.write(
        f"licet: {type(error).__name__}: {error}\n"
        "This is a fault of licet, not of your file. Run again with LICET_DEBUG=1 and send us "
        "what it prints.\n"
    )
    return ExitCode.OUR_ERROR


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(overview())
        return 0 if words else ExitCode.INPUT_FAILED
    if words[0] == "--version":
        from licet import __version__

        sys.stdout.write(f"licet {__version__}\n")
        return 0
    verb = words[0]
    if verb not in VERBS:
        hint = nearest(verb, VERBS)
        raise UsageError(Fault("licet", f"{verb!r} is not a verb{hint}; see `licet --help`"))
    return _run(importlib.import_module(f"licet.cli.{verb}"), verb, words[1:])


def _run(module: ModuleType, verb: str, words: list[str]) -> int:
    """Run a verb, or one action of a verb that has several."""
    actions = getattr(module, "ACTIONS", None)
    if actions is None:
        parser: Parser = module.parser(f"licet {verb}")
        args = parser.parse_args(words)
        code: int = module.run(args, Terminal.of_process(quiet=args.quiet))
        return code
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(_overview_of(module, verb))
        return 0 if words else ExitCode.INPUT_FAILED
    if words[0] not in actions:
        hint = nearest(words[0], actions)
        raise UsageError(
            Fault(f"licet {verb}", f"{words[0]!r} is not one of {', '.join(actions)}{hint}")
        )
    about, build, run = actions[words[0]]
    parser = build(f"licet {verb} {words[0]}", about)
    args = parser.parse_args(words[1:])
    done: int = run(args, Terminal.of_process(quiet=args.quiet))
    return done


def overview() -> str:
    """What ``licet --help`` prints."""
    lines = ["Examples:", *(f"  {line}" for line in EXAMPLES), ""]
    lines += ["usage: licet VERB ...", "", "May this transfer of surveillance technology go ahead?"]
    lines += [
        "Rules as data, evidence as of a date, an explained determination. The engine advises;"
    ]
    lines += ["people decide.", "", "verbs:"]
    lines += [f"  {verb:<10}{about}" for verb, about in VERBS.items()]
    lines += ["", "`licet VERB --help` shows each. `licet --version` tells the version."]
    return "\n".join(lines) + "\n"


def _overview_of(module: ModuleType, verb: str) -> str:
    lines = ["Examples:", *(f"  {line}" for line in module.EXAMPLES), ""]
    lines += [f"usage: licet {verb} {{{','.join(module.ACTIONS)}}} ...", "", VERBS[verb], ""]
    lines += [f"  {name:<10}{about}" for name, (about, _, _) in module.ACTIONS.items()]
    lines += ["", f"`licet {verb} ACTION --help` shows each."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
