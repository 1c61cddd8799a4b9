"""App: the command `pixroute` and what all of its commands share."""

import os
import shutil
import sys
from contextlib import suppress

import click

from router.cli.check import check
from router.cli.edit import edit
from router.cli.explain import explain
from router.cli.generate import generate
from router.cli.import_ import import_
from router.cli.init import init
from router.cli.keys import keys
from router.cli.logs import logs
from router.cli.models import models
from router.cli.sandbox import sandbox
from router.cli.schema import schema
from router.cli.serve import serve
from router.cli.simulate import simulate
from router.cli.streams import BROKEN_PIPE, complain, discard, flushed
from router.cli.test import test
from router.cli.variation import variation

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
NARROW = 52  # columns


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""
\b
Examples:
  pixroute init pictures
  pixroute check configs
  pixroute test configs
  pixroute generate "a red kite" --config configs/fallback.yaml --sandbox
  pixroute edit "make it night" --image kite.png --provider openai --sandbox
""",
)
@click.version_option(package_name="pixroute", message="%(prog)s %(version)s")
@click.pass_context
def pixroute(context: click.Context) -> None:
    """Route image requests over providers by a YAML config."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False


for command in (check, edit, generate, init, keys, logs, models, sandbox, schema, serve, variation):
    pixroute.add_command(command)
pixroute.add_command(explain)
pixroute.add_command(test)
pixroute.add_command(simulate)
pixroute.add_command(import_)


def run() -> int:
    """Run the command that `sys.argv` names and return its exit code."""
    return flushed(_run())


def _run() -> int:
    try:
        code = pixroute.main(
            prog_name="pixroute", standalone_mode=False, terminal_width=_help_width()
        )
    except click.exceptions.Abort:
        complain("interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except OSError as error:
        # Standard output itself failed: a full disk, a device that is gone.
        complain(f"error: cannot write: {error.strerror or error}")
        discard(sys.stdout)
        return 1
    except SystemExit:
        # click has met a broken pipe, and made sure that nothing more is written to it.
        return BROKEN_PIPE
    return code if isinstance(code, int) else 0


def _help_width() -> int | None:
    """Columns of help texts; None leaves it to click, which never goes below 50."""
    columns = shutil.get_terminal_size().columns
    return columns - 1 if columns < NARROW else None
