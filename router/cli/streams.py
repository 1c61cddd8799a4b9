"""Streams: what becomes of the exit code where the last of the output cannot be written."""

import os
import sys
from contextlib import suppress
from typing import TextIO

import click

BROKEN_PIPE = 141  # 128 and the number of SIGPIPE, by which programs end whose reader leaves


def flushed(code: int) -> int:
    """Write out what is still buffered, and return the exit code that this makes of `code`.

    Left to the interpreter's end, a failure there would be a traceback and a code of its own.
    """
    try:
        _flush(sys.stdout)
    except BrokenPipeError:
        code = code or BROKEN_PIPE
    except OSError as error:
        code = code or 1
        complain(f"error: cannot write: {error.strerror or error}")
    with suppress(OSError):
        _flush(sys.stderr)
    return code


def complain(text: str) -> None:
    """Write to standard error; where that fails too, there is nobody to tell."""
    with suppress(OSError):
        click.echo(text, err=True)


def discard(stream: TextIO | None) -> None:
    """Let what is written to a stream that has failed lead nowhere from now on."""
    if stream is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _flush(stream: TextIO | None) -> None:
    """Flush a stream; where it fails it is discarded. Raises OSError."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        discard(stream)
        raise
