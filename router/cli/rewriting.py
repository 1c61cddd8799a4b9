"""Rewriting: a file becomes another in one step, with the mode and the owner that it had."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from router.cli.terminal import Failed

PRIVATE, USUAL = 0o600, 0o666
"""Modes of a file that will take after another, and of a new one before the umask."""

FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def content_of(path: Path) -> bytes | None:
    """Return what stands in a file; None where there is none. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def revise(path: Path, was: bytes | None, content: bytes) -> None:
    """Rewrite a file, unless it is not any more what it `was` when it was read. Raises Failed."""
    try:
        if content_of(path) != was:
            raise Failed(f"{path} has changed meanwhile; nothing is written: run it again")
        rewrite(path.resolve(), content)
    except OSError as error:
        raise _failed(path, error) from None


def write_out(path: Path, text: str) -> None:
    """Write what a command was asked for, whole or not at all. Raises Failed."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a pipe or a device is not to be replaced
        else:
            rewrite(path.resolve(), text.encode())
    except OSError as error:
        raise _failed(path, error) from None


def write_new(path: Path, text: str) -> None:
    """Write a file that there is not yet.

    Raises Failed, and FileExistsError where it is there, or another was faster.
    """
    real = path.resolve()
    try:
        handle = os.open(real, FLAGS, USUAL)
    except FileExistsError:
        raise
    except OSError as error:
        raise _failed(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            _put(file, text.encode())
    except OSError as error:
        real.unlink(missing_ok=True)
        raise _failed(path, error) from None


def rewrite(path: Path, content: bytes) -> None:
    """Write a file beside and put it in the place of the other. Raises OSError."""
    former = path.stat() if path.exists() else None
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(beside, FLAGS, PRIVATE if former else USUAL), "wb") as file:
            if former is not None:
                _take_after(beside, former)  # there may be secrets in what comes now
            _put(file, content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _put(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _failed(path: Path, error: OSError) -> Failed:
    return Failed(f"{path} cannot be written: {error.strerror or error}")


def _take_after(path: Path, other: os.stat_result) -> None:
    # A file that root has edited must stay readable for whom it was written for.
    with suppress(PermissionError, AttributeError):
        os.chown(path, other.st_uid, other.st_gid)
    path.chmod(stat.S_IMODE(other.st_mode))
