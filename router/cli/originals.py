"""Originals: the pictures that sources name, as the library takes them."""

import stat
from pathlib import Path
from typing import BinaryIO

from router.cli.sources import STDIN, Sources, standard_stream
from router.cli.terminal import Failed
from router.core.jsontypes import JSON
from router.originals.given import FileInput, FilesInput, Given
from router.originals.uploads import LARGEST_FILE

STDIN_NAME = "standard input"


def elsewhere(sources: Sources) -> dict[str, JSON]:
    """Return pictures that are somewhere else, which are parameters of the request."""
    if not sources.are_elsewhere:
        return {}
    images: JSON = [{"image_url": url} for url in sources.images]
    return {"images": images, "mask": sources.mask and {"image_url": sources.mask}}


def files(sources: Sources) -> Given:
    """Return pictures that are files; what comes through a pipe is read now. Raises Failed."""
    if sources.are_elsewhere:
        return {}
    given: dict[str, FilesInput | None] = {
        "mask": sources.mask and _content(sources.mask),
        "markup": sources.markup and _content(sources.markup),
    }
    if sources.images:
        # Alone it is no list, so that messages do not count it.
        contents = [_content(image) for image in sources.images]
        given["image"] = contents if len(contents) > 1 else contents[0]
    return {field: file for field, file in given.items() if file is not None}


def _content(source: str) -> FileInput:
    """Return a path for the library to read; what comes through a pipe comes only once."""
    if source == STDIN:
        return (STDIN_NAME, _read(standard_stream()))
    path = Path(source)
    try:
        if not stat.S_ISFIFO(path.stat().st_mode):
            return path
        with path.open("rb") as pipe:
            return (path.name, _read(pipe))
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None


def _read(stream: BinaryIO) -> bytes:
    """Read to the end, or until it is more than the library takes, which will say so."""
    return stream.read(LARGEST_FILE + 1)
