"""Env file: variables from a file of `KEY=VALUE` lines."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from router.cli.sources import file_text
from router.cli.terminal import Failed

ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
QUOTED = re.compile(r"""(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:\#.*)?""")
ESCAPES: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r"}


def read_env_file(path: Path) -> dict[str, str]:
    """Return a file's variables. Raises Failed, which names a line and never shows it."""
    return dict(_assignments(file_text(path), path))


def _assignments(text: str, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        match = ASSIGNMENT.fullmatch(content)
        if match is None:
            raise Failed(f"{path}:{number} is not understood; expected KEY=VALUE")
        value = _value(match[2])
        if value is None:
            raise Failed(f"{path}:{number}: the quotes of {match[1]} do not end")
        yield match[1], value


def _value(written: str) -> str | None:
    """Return the value without quotes and remarks; None where a quote does not end."""
    if not written.startswith(("'", '"')):
        return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].rstrip()
    match = QUOTED.fullmatch(written)
    if match is None:
        return None
    if match[1] is not None:
        return match[1]
    return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), match[2])
