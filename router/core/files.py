"""Files: pictures that come with a request. They can be read as often as a retry needs."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import BinaryIO

from router.core.media import Media, sniff_bytes

FILE_HEAD = 262_144  # bytes: a camera's JPEG may have that much before it tells its size


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file. `open` gives a fresh stream each time; equal content has an equal `digest`.

    `media` is None where the first bytes are no known picture's.
    """

    name: str
    size: int
    digest: str
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)
    media: Media | None = None

    @property
    def content_type(self) -> str:
        return self.media.mime if self.media else "application/octet-stream"

    def read(self) -> bytes:
        """Return the whole content."""
        with self.open() as stream:
            return stream.read()


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
