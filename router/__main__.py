"""The command `pixroute`, also `python -m router`."""

import sys
from importlib.util import find_spec

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
USAGE = 2  # the exit code of a command that cannot be run as it was written


def main() -> int:
    """Run the command line and return its exit code."""
    if find_spec("click") is None or find_spec("rich") is None:
        sys.stderr.write("the command line needs an extra: pip install 'pixroute[cli]'\n")
        return USAGE
    try:
        from router.cli.app import run

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
