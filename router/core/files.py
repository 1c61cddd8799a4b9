"""Files: pictures that come with a request. They can be read as often as a retry needs."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from types import MappingProxyType
from typing import BinaryIO

from router.core.media import Media, sniff_bytes

FILE_HEAD = 262_144  # bytes: a camera's JPEG may have that much before it tells its size


class Workbench:
    """What has been made of one file, each thing once, whichever threads ask for it."""

    __slots__ = ("_lock", "_made")

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[str, bytes] = {}

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what has that name, and make it where it is not there yet."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file. `open` gives a fresh stream each time; equal content has an equal `digest`.

    `media` is None where the first bytes are no known picture's. `made` lives as long as the file
    does, so that a retry need not make it again.
    """

    name: str
    size: int
    digest: str
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)
    media: Media | None = None
    made: Workbench = field(default_factory=Workbench, compare=False, repr=False)

    @property
    def content_type(self) -> str:
        return self.media.mime if self.media else "application/octet-stream"

    def read(self) -> bytes:
        """Return the whole content."""
        with self.open() as stream:
            return stream.read()

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what `make` makes of the content, from the second time on without asking it."""
        return self.made.once(name, make)


def held(content: bytes, name: str) -> Upload:
    """Return a file that is kept in memory."""
    return Upload(
        name=name,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        open=partial(io.BytesIO, content),
        media=sniff_bytes(content[:FILE_HEAD]),
    )


NO_FILES: Mapping[str, tuple[Upload, ...]] = MappingProxyType({})
