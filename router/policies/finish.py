"""Finish: one picture, in the form and the format that its caller asked for."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

import anyio

from router.core.data_url import decode_data_url
from router.core.finishing import FetchError, Finishing
from router.core.images import Picture
from router.core.media import HEAD, Format, Media, sniff_bytes
from router.core.wholeness import find_fault_in
from router.policies.repeating import repeated

Form: TypeAlias = Literal["b64_json", "url"]

FORMS: Mapping[str, Form] = MappingProxyType({"b64_json": "b64_json", "url": "url"})
FORMATS: Mapping[str, Format] = MappingProxyType(
    {"png": "png", "jpeg": "jpeg", "jpg": "jpeg", "webp": "webp", "gif": "gif"}
)
"""What can be converted to, by the names that callers use."""

COMPRESSED = frozenset({"jpeg", "webp"})

DOWNLOADS = 3  # of one picture, the first included
FIRST_WAIT = 0.5  # seconds before the second; doubled before the third


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for, and which of it the provider cannot do (`taken` from it)."""

    form: Form | None = None
    format: Format | None = None
    compression: int | None = None
    taken: frozenset[str] = frozenset()

    @property
    def reencodes(self) -> bool:
        """Whether the provider's pictures must be opened, whatever they are."""
        return not self.taken.isdisjoint({"output_format", "output_compression"})

    def becomes(self, media: Media | None) -> Format | None:
        """Return the format that a picture must be converted to; None where it may stay."""
        if media is None:
            return self.format if "output_format" in self.taken else None
        wanted = self.format or media.format
        squeezed = "output_compression" in self.taken and wanted in COMPRESSED
        return wanted if squeezed or wanted != media.format else None


def is_finished(picture: Picture, wish: Wish, finishing: Finishing) -> bool:
    """Tell whether a picture came as asked for, as far as can be told without fetching it."""
    if picture.b64 is None:
        return wish.form != "b64_json" and not wish.reencodes
    if wish.form == "url" and not picture.url:
        return False
    return finishing.converter is None or wish.becomes(picture.media) is None


async def finish(picture: Picture, wish: Wish, finishing: Finishing) -> Picture:
    """Return the picture as asked for: itself where it is so already.

    Raises FetchError and ArtefactError.
    """
    if is_finished(picture, wish, finishing):
        return picture
    content = None if picture.b64 is not None else await _download(picture.url or "", finishing)
    media = picture.media if content is None else sniff_bytes(content[:HEAD])
    to = wish.becomes(media)
    if to is not None and finishing.converter is not None:
        content = await finishing.converter.convert(_bytes(picture, content), to, wish.compression)
        media = sniff_bytes(content[:HEAD])
    elif wish.form == "url" and picture.url:
        return picture
    whole = _bytes(picture, content)
    if wish.form == "url":
        return replace(picture, url=await finishing.store.put(whole, media), b64=None)
    return replace(picture, b64=memoryview(base64.b64encode(whole)), url=None)


def _bytes(picture: Picture, content: bytes | None) -> bytes:
    return base64.b64decode(picture.b64 or b"") if content is None else content


async def _download(url: str, finishing: Finishing) -> bytes:
    """Fetch a picture, and again where that may help: it was bought, and the URL will not live."""
    if url.startswith("data:"):
        content = decode_data_url(url)
        if content is None:
            raise FetchError("the data: URL holds no picture in base64")
        return _whole(content, passing=False)

    async def again(wait: float) -> bytes | FetchError:
        await anyio.sleep(wait)
        return await _attempt(url, finishing)

    fetched = await _attempt(url, finishing)
    if isinstance(fetched, FetchError):
        fetched = await repeated(
            fetched,
            again,
            goes_on=lambda last: isinstance(last, FetchError),
            wait=lambda download: FIRST_WAIT * 2 ** (download - 1),
            stop=lambda download, _: download == DOWNLOADS,
        )
    if isinstance(fetched, FetchError):
        raise FetchError(str(fetched), passing=True) from fetched
    return fetched


async def _attempt(url: str, finishing: Finishing) -> bytes | FetchError:
    """Return the picture, or what may pass; raise what will not."""
    try:
        return _whole(await finishing.fetch(url), passing=True)
    except FetchError as error:
        if not error.passing:
            raise
        return error


def _whole(content: bytes, *, passing: bool) -> bytes:
    fault = find_fault_in(content)
    if fault is not None:
        raise FetchError(f"the picture behind the URL is broken: {fault}", passing=passing)
    return content
