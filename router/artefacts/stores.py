"""Stores: what a picture's URL is where the caller asks for one and the provider gave none."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from router.core.beside import beside
from router.core.data_url import data_url
from router.core.finishing import ArtefactError, FetchError
from router.core.media import Media

UNKNOWN = "application/octet-stream"
NAME = re.compile(r"[0-9a-f]{64}\.[a-z]+")


@dataclass(frozen=True, slots=True)
class DataUrls:
    """Puts each picture into its own URL; nothing is kept anywhere."""

    async def put(self, content: bytes, media: Media | None) -> str:
        return data_url(content, media.mime if media else UNKNOWN)


@dataclass(frozen=True, slots=True)
class Directory:
    """Keeps pictures as files that are named by their content.

    Their URLs begin with `base_url`, where somebody serves the folder, and are `file:` URLs
    otherwise. Nothing is ever deleted.
    """

    folder: Path
    base_url: str | None = None

    async def put(self, content: bytes, media: Media | None) -> str:
        suffix = media.format if media else "bin"
        name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        path = self.folder / name
        try:
            await beside(_write, path, content)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ArtefactError(
                f"the picture could not be kept in {self.folder}: {reason}"
            ) from error
        return self._url(name)

    async def get(self, url: str) -> bytes | None:
        """Return a picture that is kept here; the folder is read, whoever serves it."""
        name = url.rpartition("/")[2]
        if not NAME.fullmatch(name) or url != self._url(name):
            return None
        try:
            return await beside((self.folder / name).read_bytes)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise FetchError(f"{name!r} is kept in {self.folder} no more: {reason}") from error

    def _url(self, name: str) -> str:
        if self.base_url is not None:
            return f"{self.base_url.rstrip('/')}/{name}"
        return (self.folder / name).absolute().as_uri()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there has the same content already."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{id(content)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
