"""Uploads: what a caller gives as a picture becomes a file that can be sent again and again."""

import asyncio
import io
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from router.answer import Fetch, Image
from router.asking import Unaskable
from router.core.beside import beside
from router.core.data_url import decode_data_url
from router.core.files import Upload
from router.errors import FetchError
from router.originals.given import FileContent, FileInput, FilesInput
from router.originals.spool import Intake, TooLargeError

MOST_FILES = 16  # in one field; openai-openapi openapi.yaml, CreateImageEditRequest
LARGEST_FILE = 50 * 1024 * 1024  # bytes, of a picture; the same
PIECE = 1024 * 1024  # bytes read at once

AT_HAND = 1024 * 1024  # bytes that are taken in at once, without a thread: a few milliseconds

LONGEST_NAME = 80  # characters
UNSAFE = re.compile(r"[^\w. ()+,@=-]")

EXPECTED = (
    "expected bytes, a path, an open binary file, a picture of an earlier answer, a data: URL, "
    "or a tuple of a name and one of these"
)


async def take_in(field: str, given: FilesInput, fetch: Fetch) -> tuple[Upload, ...]:
    """Return the files of a field: one, or those of a list. Raises Unaskable.

    Files are read beside the event loop; what is in memory and small is taken in at once.
    """
    if not isinstance(given, Sequence) or isinstance(
        given, bytes | bytearray | memoryview | str | tuple
    ):
        return (await _one(field, given, fetch),)
    if not 1 <= len(given) <= MOST_FILES:
        raise Unaskable(field, f"{field} has {len(given)} files; expected 1 to {MOST_FILES}")
    return tuple([await _one(f"{field}[{at}]", one, fetch) for at, one in enumerate(given)])


async def _one(field: str, given: FileInput, fetch: Fetch) -> Upload:
    name, content = _named(field, given)
    if isinstance(content, Image):
        content = await _picture(field, content, fetch)
    if isinstance(content, Upload):
        return _checked(field, name or content.name, content)
    if _is_at_hand(content):
        return _read(field, name, content)
    return await beside(_read, field, name, content)


def _named(field: str, given: FileInput) -> tuple[str | None, FileContent]:
    if not isinstance(given, tuple):
        return None, given
    if not 2 <= len(given) <= 4 or not isinstance(given[0], str | None):
        raise Unaskable(field, f"{field} is a tuple of {len(given)}; {EXPECTED}")
    return given[0], given[1]


async def _picture(field: str, image: Image, fetch: Fetch) -> bytes:
    """Return the bytes of an earlier answer's picture, which may have to be fetched."""
    try:
        return image.bytes()
    except ValueError:
        pass
    try:
        return await fetch(image.url or "")
    except FetchError as error:
        raise Unaskable(field, f"{field} cannot be had: {error}") from None


def _is_at_hand(content: FileContent) -> bool:
    """Tell whether a content is in memory, and small."""
    if isinstance(content, io.BytesIO):
        return not content.closed and content.getbuffer().nbytes <= AT_HAND
    if isinstance(content, str):
        return content.startswith("data:") and len(content) <= AT_HAND
    return isinstance(content, bytes | bytearray | memoryview) and len(content) <= AT_HAND


def _read(field: str, name: str | None, content: FileContent) -> Upload:
    """Read a content to its end. Raises Unaskable where it is no picture."""
    try:
        with Intake(LARGEST_FILE) as intake:
            for piece in _pieces(field, content):
                intake.write(piece)
            upload = intake.upload(name or _own_name(content))
    except TooLargeError:
        where, most = _which(name, content), f"{LARGEST_FILE // 1024**2} MB"
        message = f"{field}{where} is larger than {most}; expected a smaller file"
        raise Unaskable(field, message) from None
    except OSError as error:
        raise Unaskable(field, f"{field}{_which(name, content)} {_why(error)}") from None
    return _checked(field, name or _own_name(content), upload)


def _checked(field: str, name: str, upload: Upload) -> Upload:
    """Return a file under a name that can be sent. Raises Unaskable where it is no picture."""
    if upload.media is None:
        what = "is empty" if not upload.size else "is no picture"
        raise Unaskable(field, f"{field}{_called(name)} {what}; expected png, jpeg or webp")
    return replace(upload, name=_wire_name(upload.name, field, upload.media.format))


def _pieces(field: str, content: FileContent) -> Iterator[bytes]:
    """Yield a content bit by bit. Raises Unaskable where it is none, OSError as it is read."""
    match content:
        case bytes() | bytearray() | memoryview():
            yield bytes(content)
        case str() if content.startswith("data:"):
            yield _of_data_url(field, content)
        case str() if content.startswith(("http://", "https://")):
            example = '[{"image_url": "https://..."}]'
            raise Unaskable(field, f"{field} is a URL; expected a file, or images={example}")
        case str() | os.PathLike():
            with _opened(field, content) as stream:
                yield from _of_stream(field, stream)
        case _ if not isinstance(content, Image | Upload) and hasattr(content, "read"):
            yield from _of_stream(field, content)
        case _:
            raise Unaskable(field, f"{field} is of type {type(content).__name__}; {EXPECTED}")


def _of_data_url(field: str, url: str) -> bytes:
    content = decode_data_url(url)
    if content is None:
        raise Unaskable(field, f"{field} is a data: URL that holds no picture in base64")
    return content


def _opened(field: str, path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file; what is none, such as a pipe, might never end."""
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise Unaskable(field, f"{field} ({_base(path)!r}) is no file")
    return Path(path).open("rb")


def _of_stream(field: str, stream: BinaryIO) -> Iterator[bytes]:
    if isinstance(stream, io.TextIOBase):
        raise Unaskable(field, f"{field} is a file opened as text; open it with 'rb'")
    try:
        while piece := stream.read(PIECE):
            if not isinstance(piece, bytes):
                raise Unaskable(field, f"{field} is {_not_bytes(piece)}")
            yield piece
    except ValueError:
        raise Unaskable(field, f"{field} is a file that is closed, or cannot be read") from None


def _not_bytes(piece: object) -> str:
    if asyncio.iscoroutine(piece):
        piece.close()
        return "a file to be awaited; read it first, and give its bytes"
    return f"a file whose read() gives {type(piece).__name__}; expected bytes"


def _which(name: str | None, content: FileContent) -> str:
    """Name the file in a message, where it has a name."""
    return _called(name or _own_name(content))


def _called(name: str) -> str:
    return f" ({_base(name)!r})" if name else ""


def _own_name(content: FileContent) -> str:
    if isinstance(content, os.PathLike):
        return _base(content)
    if isinstance(content, str):
        return "" if content.startswith("data:") else _base(content)
    own = getattr(content, "name", "")
    return _base(own) if isinstance(own, str) else ""


def _base(path: str | os.PathLike[str]) -> str:
    return os.fspath(path).replace("\\", "/").rpartition("/")[2]


def _why(error: OSError) -> str:
    return f"cannot be read: {error.strerror or type(error).__name__}"


def _wire_name(name: str, field: str, extension: str) -> str:
    """Return a name that any form can carry."""
    safe = UNSAFE.sub("_", _base(name))[-LONGEST_NAME:]
    return safe or f"{field.partition('[')[0]}.{extension}"
