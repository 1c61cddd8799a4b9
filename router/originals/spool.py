"""Spool: a file taken in once, to be read again and again: in memory, or on disk if it is large."""

import hashlib
import io
import os
import tempfile
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from router.core.files import FILE_HEAD, Upload
from router.core.media import sniff_bytes

IN_MEMORY = 4 * 1024 * 1024  # bytes; larger files go to disk


class TooLargeError(Exception):
    """More came than a file may have."""


class Spool:
    """A temporary file that is deleted when nobody holds it any more, or the program ends."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="pixroute-")
        self._path = Path(name)
        self.writer: BinaryIO = os.fdopen(handle, "wb")
        weakref.finalize(self, _delete, self._path, self.writer, os.getpid())

    def open(self) -> BinaryIO:
        """Return a stream from the beginning."""
        return self._path.open("rb")


def _delete(path: Path, writer: BinaryIO, pid: int) -> None:
    """Delete the file, unless this process was forked from the one that made it."""
    writer.close()
    if pid == os.getpid():
        path.unlink(missing_ok=True)


class Intake:
    """A file as it comes in, of `most` bytes at most. One that is given up leaves nothing behind.

    with Intake(most) as intake:
        intake.write(piece)
        upload = intake.upload("cat.png")
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._hash = hashlib.sha256()
        self._memory = io.BytesIO()
        self._head = b""
        self._spool: Spool | None = None

    def write(self, piece: bytes) -> None:
        """Take the next piece in. Raises TooLargeError, and OSError where the disk is full."""
        self._size += len(piece)
        if self._size > self._most:
            raise TooLargeError
        self._hash.update(piece)
        if len(self._head) < FILE_HEAD:
            self._head += piece[: FILE_HEAD - len(self._head)]
        if self._spool is None and self._size > IN_MEMORY:
            self._spool = Spool()
            self._spool.writer.write(self._memory.getvalue())
            self._memory = io.BytesIO()
        (self._memory if self._spool is None else self._spool.writer).write(piece)

    def upload(self, name: str) -> Upload:
        """Return all that came as a file."""
        return Upload(
            name=name,
            size=self._size,
            digest=self._hash.hexdigest(),
            open=self._opener(),
            media=sniff_bytes(self._head),
        )

    def _opener(self) -> Callable[[], BinaryIO]:
        if self._spool is None:
            return partial(io.BytesIO, self._memory.getvalue())
        self._spool.writer.close()
        return self._spool.open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._spool is not None:
            self._spool.writer.close()
