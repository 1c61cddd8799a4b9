"""Body: an answer's bytes, gathered up to a limit."""

from collections.abc import AsyncIterable, Mapping

from router.senders import wording


async def gather(
    chunks: AsyncIterable[bytes], headers: Mapping[str, str], *, limit: int, url: str
) -> bytes:
    """Join the chunks. Raises TransportError above `limit` bytes, if possible before reading."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise wording.too_large(url, limit)
    gathered: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise wording.too_large(url, limit)
        gathered.append(chunk)
    return b"".join(gathered)
