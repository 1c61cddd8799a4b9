"""Serving: the sandbox on a port, until it is told to end."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import click

from router.cli.terminal import Failed, faint
from router.cli.welcome import welcome
from router.core.jsontypes import JSON
from router.sandbox.log import Entry
from router.sandbox.server import Sandbox, run


def serve(*, host: str, port: int, faults: JSON, quiet: bool) -> int:
    """Serve until Ctrl-C or SIGTERM, and return the exit code. Raises Failed, as for a port."""
    try:
        asyncio.run(_serve(host, port, faults, quiet=quiet))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failed(error.strerror or str(error)) from None
    _say("the sandbox has ended")
    return 0


async def _serve(host: str, port: int, faults: JSON, *, quiet: bool) -> None:
    task = asyncio.ensure_future(
        run(
            port,
            host,
            faults=faults,
            ready=_welcome,
            told=None if quiet else _tell,
        )
    )
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; Ctrl-C cancels there all the same.
        with suppress(NotImplementedError):
            loop.add_signal_handler(signum, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def _welcome(sandbox: Sandbox) -> None:
    """Say where it is, in one piece: a reader who leaves later does not end the sandbox."""
    click.echo("\n".join(welcome(sandbox)))


def _tell(entry: Entry) -> None:
    """Print one request in a line."""
    status = str(entry.status) if entry.status else "no answer"
    fault = faint(f"  fault {entry.fault}") if entry.fault else ""
    what = f"{entry.method} {entry.path}"
    who = f"{entry.provider} {entry.model}" if entry.model else entry.provider
    _say(f"{entry.at:8.1f} s  {status}  {who}  {what}{fault}")


def _say(line: str) -> None:
    """Print a line, and no more once nobody can read it: the sandbox serves on all the same."""
    try:
        click.echo(line)
    except OSError:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, sys.stdout.fileno())
        os.close(silent)
