"""The command `pixroute`, also `python -m router`."""

import sys
from importlib.util import find_spec

USAGE = 2  # the exit code of a command that cannot be run as it was written


def main() -> int:
    """Run the command line and return its exit code."""
    if find_spec("click") is None or find_spec("rich") is None:
        sys.stderr.write("the command line needs an extra: pip install 'pixroute[cli]'\n")
        return USAGE
    from router.cli.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
