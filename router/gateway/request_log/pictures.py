"""Pictures: where those of a log are kept: in files of their own, never in its rows."""

import binascii
import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from router.core.data_url import MARK
from router.core.images import Picture

CHUNK = 256 * 1024  # base64 characters: while more are decoded the event loop would wait


class PictureKeeper(Protocol):
    """Keeps pictures for a log. It is called in the log's thread, one call at a time.

    Several processes may keep pictures in one place. What it raises costs that picture.
    """

    def keep(self, picture: Picture) -> str:
        """Keep what is in a picture and return a reference; the same content has the same."""
        ...

    def drop(self, reference: str) -> None:
        """Delete a picture that no record refers to any more; it may be gone already."""
        ...


def content_of(picture: Picture) -> memoryview | None:
    """Return a picture's base64 text; None where it is somewhere else."""
    if picture.b64 is not None:
        return picture.b64
    url = picture.url or ""
    head, mark, text = url.partition(MARK)
    return memoryview(text.encode("ascii", "replace")) if mark and _is_data(head) else None


def _is_data(head: str) -> bool:
    return head[:5].lower() == "data:"


@dataclass(frozen=True, slots=True)
class FolderKeeper:
    """Keeps pictures as files that are named by their content.

    The folder is its owner's alone; what it is in has to be there.
    """

    folder: Path

    def keep(self, picture: Picture) -> str:
        """Raise OSError where the disk fails, and ValueError where there is nothing to keep."""
        b64 = content_of(picture)
        if b64 is None:
            raise ValueError("the picture is somewhere else")
        media = Picture(b64=b64).media
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft = self.folder / f".{os.getpid()}-{threading.get_ident()}.draft"
        try:
            digest = _write(draft, b64)
            name = f"{digest}.{media.format if media else 'bin'}"
            draft.replace(self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
        return name

    def drop(self, reference: str) -> None:
        (self.folder / Path(reference).name).unlink(missing_ok=True)


def _write(path: Path, b64: memoryview) -> str:
    """Write what base64 text stands for and return its SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in _decoded(b64):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _decoded(b64: memoryview) -> Iterator[bytes]:
    for at in range(0, len(b64), CHUNK):
        yield binascii.a2b_base64(b64[at : at + CHUNK])
