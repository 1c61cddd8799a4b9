"""Links: pictures that clients fetch from the gateway itself, by a signed URL that expires."""

import base64
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from router.artefacts.stores import NAME, Directory
from router.core.beside import beside
from router.core.finishing import ArtefactError, FetchError
from router.core.images import Picture, Pictures
from router.core.media import Media
from router.gateway.refusal import Refusal
from router.gateway.reply import Reply

log = logging.getLogger("router")

PATH = "/v1/images/artefacts"
KEY_FILE = ".link-key"
KEY_BYTES = 32
TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}
"""What is shown in a browser. Anything else, a drawing with scripts too, is only downloaded."""

UNKNOWN = "application/octet-stream"
GONE = "this link is not valid, or has expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A store of pictures whose URLs end after `seconds`; `now` is Unix seconds.

    A URL is absolute where the operator says under which address the gateway is reached.
    """

    folder: Path
    key: bytes
    seconds: float
    now: Callable[[], float]
    public_url: str | None = None

    async def put(self, content: bytes, media: Media | None) -> str:
        name = (await self._files.put(content, media)).rpartition("/")[2]
        with suppress(OSError):  # what is asked for again is kept for longer
            await beside(os.utime, self.folder / name)
        expires = int(self.now() + self.seconds)
        signed = f"expires={expires}&signature={self._signature(name, str(expires))}"
        return f"{(self.public_url or '').rstrip('/')}{PATH}/{name}?{signed}"

    async def get(self, url: str) -> bytes | None:
        """Return a picture that is kept here; None where the URL is not one of ours."""
        split = urlsplit(url)
        ours = urlsplit(self.public_url or "")
        name = split.path.rpartition("/")[2]
        if (split.scheme, split.netloc) != (ours.scheme, ours.netloc) or f"{PATH}/" not in url:
            return None
        if not self._is_valid(name, dict(parse_qsl(split.query))):
            raise FetchError(GONE)
        return await self._files.get(f"{PATH}/{name}")

    async def reply(self, name: str, query: Mapping[str, str]) -> Reply:
        """Answer a browser. Raises Refusal."""
        if not self._is_valid(name, query):
            raise Refusal(403, GONE)
        try:
            content = await self._files.get(f"{PATH}/{name}")
        except FetchError:
            raise Refusal(404, "this picture is kept no more") from None
        kind = TYPES.get(name.rpartition(".")[2])
        headers = {
            "cache-control": f"private, max-age={int(self.seconds)}, immutable",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        }
        if kind is None:
            headers["content-disposition"] = "attachment"
        return Reply(content_type=kind or UNKNOWN, headers=headers, body=content or b"")

    def sweep(self) -> None:
        """Delete what no link leads to any more. Files are deleted: call it beside."""
        oldest = self.now() - self.seconds
        with suppress(OSError):
            for path in self.folder.iterdir():
                if NAME.fullmatch(path.name) and path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)

    @property
    def _files(self) -> Directory:
        return Directory(self.folder, PATH)

    def _is_valid(self, name: str, query: Mapping[str, str]) -> bool:
        expires = query.get("expires", "")
        if not NAME.fullmatch(name) or not expires.isdecimal() or len(expires) > 12:
            return False
        expected = self._signature(name, expires).encode()
        given = query.get("signature", "").encode()
        return hmac.compare_digest(expected, given) and int(expires) > self.now()

    def _signature(self, name: str, expires: str) -> str:
        return hmac.new(self.key, f"{name}/{expires}".encode(), hashlib.sha256).hexdigest()


async def linked(pictures: Pictures, links: Links) -> Pictures:
    """Return an answer whose pictures have a URL, too: some clients read the one, some the other.

    A picture that cannot be kept stays as it is.
    """
    try:
        data = tuple([await _linked(picture, links) for picture in pictures.data])
    except ArtefactError as error:
        log.warning("no link could be made: %s", error)
        return pictures
    return replace(pictures, data=data, raw=None) if data != pictures.data else pictures


async def _linked(picture: Picture, links: Links) -> Picture:
    if picture.b64 is None or picture.url:
        return picture
    content = await beside(base64.b64decode, picture.b64)
    return replace(picture, url=await links.put(content, picture.media))


def open_links(
    folder: Path, *, seconds: float, public_url: str | None, now: Callable[[], float]
) -> Links:
    """Open a folder, and make the key that its links are signed with; workers share it.

    Raises OSError where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Links(folder=folder, key=_key(folder), seconds=seconds, now=now, public_url=public_url)


def _key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    draft = folder / f"{KEY_FILE}.{os.getpid()}"
    if not path.exists():
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):  # another worker was first
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
