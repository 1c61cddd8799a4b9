"""Sources: the pictures that edit and variation begin with: files, standard input, and URLs."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import click

from router.cli.terminal import Failed

STDIN = "-"

Written: TypeAlias = str | tuple[str, ...] | None
"""What stands behind an option, or behind one that may be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Pictures as the command line names them: paths, `-`, or URLs."""

    images: tuple[str, ...] = ()
    mask: str | None = None
    markup: str | None = None

    def checked(self) -> "Sources":
        """Return these sources. Raises UsageError where they do not go together."""
        given = list(self._all())
        if given.count(STDIN) > 1:
            raise click.UsageError("only one picture can be standard input")
        if len({is_url(source) for source in given}) > 1:
            raise click.UsageError("files and URLs cannot go together; give one kind of them")
        if STDIN in given and sys.stdin is not None and sys.stdin.isatty():
            raise click.UsageError("standard input is a terminal; expected a picture from a pipe")
        return self

    @property
    def are_elsewhere(self) -> bool:
        return any(map(is_url, self._all()))

    def _all(self) -> Iterator[str]:
        yield from self.images
        yield from (source for source in (self.mask, self.markup) if source is not None)


NO_SOURCES = Sources()


def is_url(source: str) -> bool:
    return source.startswith(("https://", "http://", "data:"))


def file_text(path: Path) -> str:
    """Return all of a file. Raises Failed where there is no text to read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Failed(f"{path} is not a UTF-8 text") from None


def standard_input() -> str:
    """Return all of it. Raises Failed where it is no text."""
    try:
        return standard_stream().read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Failed("standard input is not a UTF-8 text") from None


def standard_stream() -> BinaryIO:
    """Return standard input. Raises Failed where it is closed."""
    if sys.stdin is None:
        raise Failed("standard input is closed")
    return sys.stdin.buffer


def file_or_url(context: click.Context, param: click.Parameter, written: Written) -> Written:
    """Let an option be a file that exists, `-`, or a URL."""
    for source in _each(written):
        if not is_url(source):
            _check_path(context, param, source)
    return written


def file_alone(context: click.Context, param: click.Parameter, written: Written) -> Written:
    """Let an option be a file that exists, or `-`."""
    for source in _each(written):
        if is_url(source):
            raise click.BadParameter("a URL cannot be taken here; expected a file", context, param)
        _check_path(context, param, source)
    return written


def _each(written: Written) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else written or ()


def _check_path(context: click.Context, param: click.Parameter, source: str) -> None:
    """Raise BadParameter where nothing is there; what it is will be seen when it is read."""
    if source != STDIN and not Path(source).exists():
        raise click.BadParameter(f"File {source!r} does not exist.", context, param)
