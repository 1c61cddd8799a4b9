"""Bodies: JSON and forms become parameters and files."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import orjson
from python_multipart.multipart import MultipartParser, parse_options_header

from router.core.files import Upload
from router.core.jsontypes import EMPTY, JSON
from router.core.light_value import light_value
from router.gateway.refusal import Refusal
from router.originals.given import NOTHING, Given
from router.originals.spool import Intake, TooLargeError
from router.originals.uploads import LARGEST_FILE, MOST_FILES

FILES = frozenset({"image", "mask", "markup"})
NUMBERS = frozenset({"n", "seed", "output_compression", "partial_images"})
FLAGS = frozenset({"stream"})
LONGEST_TEXT = 1024 * 1024  # bytes of a form's text
MOST_PARTS = 200
MOST_COMMAS = 1_000_000  # in JSON; to read more holds everybody up, and no request has them


@light_value
class Body:
    """What was asked for, `files` apart. `size` is in bytes."""

    params: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    files: Given = field(default_factory=lambda: NOTHING)
    size: int = 0


def json_body(content: bytes) -> Body:
    """Read a JSON object. Raises Refusal."""
    if content.count(b",") > MOST_COMMAS:
        raise Refusal(400, "the body has too many values")
    try:
        params = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"the body is no JSON: {error.msg} at byte {error.pos}") from None
    if not isinstance(params, dict):
        raise Refusal(400, "the body is no JSON object")
    return Body(params=params, size=len(content))


async def form_body(content_type: str, chunks: AsyncIterator[bytes]) -> Body:
    """Read a form as it comes; its files go to disk where they are large. Raises Refusal."""
    form = _Form()
    parser = _parser(form, content_type)
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            parser.write(chunk)
        parser.finalize()
        if not form.has_ended:
            raise Refusal(400, "the form is cut off")
        return Body(params=form.params(), files=form.files(), size=size)
    except TooLargeError:
        raise Refusal(413, f"a file has more than {LARGEST_FILE // 1024**2} MB") from None
    except ValueError as error:  # what the parser raises is one
        raise Refusal(400, f"the form cannot be read: {error}") from None
    finally:
        form.close()


def _parser(form: "_Form", content_type: str) -> MultipartParser:
    """Raise Refusal where the type of the body does not say where its parts end."""
    try:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if boundary:
            return form.parser(boundary)
    except ValueError:  # it is too long, or has characters that no header has
        pass
    raise Refusal(400, "the form has no boundary in its content type that can be used")


@dataclass(slots=True)
class _Part:
    """One part as it comes. `intake` takes in a file; a text is collected."""

    name: str = ""
    filename: str | None = None
    text: bytearray = field(default_factory=bytearray)
    intake: Intake | None = None


class _Form:
    """Collects the parts of a form, from the parser's calls."""

    def __init__(self) -> None:
        self.has_ended = False
        self._part = _Part()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._texts: list[tuple[str, str]] = []
        self._uploads: list[tuple[str, Upload]] = []
        self._count = 0

    def parser(self, boundary: bytes) -> MultipartParser:
        """Return the parser that calls this form."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open,
                "on_part_data": self._write,
                "on_part_end": self._close_part,
                "on_end": self._finish,
            },
        )

    def params(self) -> dict[str, JSON]:
        """Return the texts as the values that JSON would have."""
        said: dict[str, JSON] = {}
        for name, text in self._texts:
            if name.endswith("[]"):
                listed = said.setdefault(name.removesuffix("[]"), [])
                said[name.removesuffix("[]")] = [*_items(listed), text]
            else:
                said[name] = _value(name, text)
        return said

    def files(self) -> Given:
        """Return the files by field; `image[]` is `image`."""
        given: dict[str, list[Upload]] = {}
        for name, upload in self._uploads:
            given.setdefault(name.removesuffix("[]"), []).append(upload)
        for name, uploads in given.items():
            if name not in FILES:
                raise Refusal(400, f"the form has a file {name[:40]!r}; expected image or mask")
            if name != "image" and len(uploads) > 1:
                raise Refusal(400, f"the form has {len(uploads)} files {name!r}; expected one")
        return {
            name: uploads if name == "image" and len(uploads) > 1 else uploads[0]
            for name, uploads in given.items()
        }

    def close(self) -> None:
        """Leave nothing behind of a file that was cut off."""
        if self._part.intake is not None:
            self._part.intake.__exit__(None, None, None)
            self._part.intake = None

    def _begin(self) -> None:
        self._count += 1
        if self._count > MOST_PARTS:
            raise Refusal(400, f"the form has more than {MOST_PARTS} parts")
        self._part = _Part()

    def _end_header(self) -> None:
        name, value = (bytes(one) for one in self._header)
        self._header = (bytearray(), bytearray())
        if name.lower() != b"content-disposition":
            return
        options = parse_options_header(value)[1]
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        self._part.filename = None if filename is None else filename.decode("utf-8", "replace")

    def _open(self) -> None:
        if not self._part.name:
            raise Refusal(400, "the form has a part without a name")
        if self._part.filename is None:
            return
        if len(self._uploads) >= MOST_FILES + len(FILES):
            raise Refusal(400, f"the form has more than {MOST_FILES} pictures")
        self._part.intake = Intake(LARGEST_FILE).__enter__()

    def _write(self, data: bytes, start: int, end: int) -> None:
        if self._part.intake is not None:
            self._part.intake.write(data[start:end])
            return
        self._part.text += data[start:end]
        if len(self._part.text) > LONGEST_TEXT:
            raise Refusal(413, f"{self._part.name[:40]!r} is longer than {LONGEST_TEXT} bytes")

    def _close_part(self) -> None:
        part = self._part
        if part.intake is None:
            self._texts.append((part.name, part.text.decode("utf-8", "replace")))
            return
        self._uploads.append((part.name, part.intake.upload(part.filename or part.name)))
        self.close()

    def _finish(self) -> None:
        self.has_ended = True


def _items(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list) else [value]


def _value(name: str, text: str) -> JSON:
    """Return a text as JSON would say it; what cannot be one is left for its own check."""
    if name in NUMBERS:
        stripped = text.strip()
        is_number = stripped.removeprefix("-").isdecimal() and len(stripped) < 20
        return int(stripped) if is_number else text
    if name in FLAGS:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    return text
