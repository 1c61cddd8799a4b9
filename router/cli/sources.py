"""Sources: the pictures that edit and variation begin with: files, standard input, and URLs."""

import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import click

from router.cli.terminal import Failed
from router.core.jsontypes import JSON
from router.originals.given import FileInput, FilesInput, Given

STDIN = "-"
STDIN_NAME = "standard input"

Written: TypeAlias = str | tuple[str, ...] | None
"""What stands behind an option, or behind one that may be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Pictures as the command line names them: paths, `-`, or URLs."""

    images: tuple[str, ...] = ()
    mask: str | None = None
    markup: str | None = None

    @property
    def params(self) -> dict[str, JSON]:
        """Return pictures that are somewhere else, which are parameters of the request."""
        if not self._are_elsewhere:
            return {}
        images: JSON = [_reference(url) for url in self.images]
        return {"images": images, "mask": self.mask and _reference(self.mask)}

    def files(self) -> Given:
        """Return pictures that are files; what comes through a pipe is read now. Raises Failed."""
        if self._are_elsewhere:
            return {}
        files: dict[str, FilesInput | None] = {
            "mask": self.mask and _content(self.mask),
            "markup": self.markup and _content(self.markup),
        }
        if self.images:
            # Alone it is no list, so that messages do not count it.
            contents = [_content(image) for image in self.images]
            files["image"] = contents if len(contents) > 1 else contents[0]
        return {field: file for field, file in files.items() if file is not None}

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
    def _are_elsewhere(self) -> bool:
        return any(map(is_url, self._all()))

    def _all(self) -> Iterator[str]:
        yield from self.images
        yield from (source for source in (self.mask, self.markup) if source is not None)


NO_SOURCES = Sources()


def is_url(source: str) -> bool:
    return source.startswith(("https://", "http://", "data:"))


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


def _reference(url: str) -> Mapping[str, JSON]:
    return {"image_url": url}


def _content(source: str) -> FileInput:
    """Return a path for the library to read; what comes through a pipe comes only once."""
    if source == STDIN:
        return (STDIN_NAME, _standard_input())
    path = Path(source)
    try:
        if not stat.S_ISFIFO(path.stat().st_mode):
            return path
        with path.open("rb") as pipe:
            return (path.name, _read(pipe))
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise Failed("standard input is closed")
    return _read(sys.stdin.buffer)


def _read(stream: BinaryIO) -> bytes:
    """Read to the end, or until it is more than the library takes, which will say so."""
    from router.originals.uploads import LARGEST_FILE

    return stream.read(LARGEST_FILE + 1)
