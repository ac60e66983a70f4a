"""Read what the command line names, and write files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from licet.errors import Fault, InputError

STDIN = "-"


def read(name: str) -> tuple[bytes, str]:
    """The bytes of a file, or of standard input for ``-``, and the name to call it in errors."""
    if name == STDIN:
        return sys.stdin.buffer.read(), "<stdin>"
    try:
        return Path(name).read_bytes(), name
    except OSError as error:
        raise InputError(Fault("", f"cannot be read: {error.strerror}", name)) from error


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: whole, or not at all.

    Raises InputError where the disk is full or the folder cannot be written.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        reason = error.strerror or str(error)
        raise InputError(
            Fault("", f"cannot be written: {reason}; nothing was left half-written", str(path))
        ) from error


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def put(target: str | None, content: bytes) -> bool:
    """Write to a file, or to standard output when none (or ``-``) is named."""
    if target is None or target == STDIN:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return False
    write_atomic(Path(target), content)
    return True


def refuse_overwriting(target: str | None, *, force: bool, option: str = "-o") -> None:
    """Refuse to write over a file that is there, unless told to. ``option`` named it."""
    if target not in (None, STDIN) and Path(str(target)).exists() and not force:
        raise InputError(
            Fault(option, "exists already: name another file, or add --force", str(target))
        )
