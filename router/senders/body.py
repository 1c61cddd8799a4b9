"""Body: an answer's bytes, handed on or gathered up to a limit."""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping

from router.senders import wording


async def measured(
    chunks: AsyncIterable[bytes], headers: Mapping[str, str], *, limit: int, url: str
) -> AsyncGenerator[bytes, None]:
    """Hand on the chunks. Raises TransportError above `limit` bytes, if possible before reading."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise wording.too_large(url, limit)
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise wording.too_large(url, limit)
        yield chunk


async def gather(
    chunks: AsyncIterable[bytes], headers: Mapping[str, str], *, limit: int, url: str
) -> bytes:
    """Join the chunks. Raises TransportError as `measured` does."""
    pieces = measured(chunks, headers, limit=limit, url=url)
    return b"".join([chunk async for chunk in pieces])
