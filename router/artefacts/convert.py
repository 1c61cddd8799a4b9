"""Convert: pictures in another format, by Pillow (the extra `convert`), which is loaded late."""

from importlib.util import find_spec

from router.core.beside import beside
from router.core.media import Format


def find_converter() -> "PillowConverter | None":
    """Return the converter, None where Pillow is not installed."""
    return PillowConverter() if find_spec("PIL") else None


class PillowConverter:
    """Converts beside the event loop, as a large picture takes a good part of a second."""

    async def convert(self, content: bytes, to: Format, compression: int | None) -> bytes:
        from router.artefacts.pillow import convert

        return await beside(convert, content, to, compression)
