"""Forms: a multipart body taken apart."""

from dataclasses import dataclass, field

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from router.core.http import Part


def read_form(content_type: str, body: bytes) -> tuple[Part, ...]:
    """Take a `multipart/form-data` body apart. Raises ValueError where it is malformed."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise ValueError("the multipart form has no boundary")
    reading = _Reading()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.begin,
                "on_header_field": reading.header_name,
                "on_header_value": reading.header_value,
                "on_header_end": reading.header_end,
                "on_part_data": reading.data,
                "on_part_end": reading.end,
                "on_end": reading.finish,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise ValueError(f"the multipart form is malformed: {error}") from error
    if not reading.finished:
        raise ValueError("the multipart form ends early")
    return tuple(reading.parts)


@dataclass(slots=True)
class _Reading:
    """What has been read so far; the parser reports slices of its buffer."""

    parts: list[Part] = field(default_factory=list)
    finished: bool = False
    _headers: dict[str, bytes] = field(default_factory=dict)
    _name: bytes = b""
    _value: bytes = b""
    _content: list[bytes] = field(default_factory=list)

    def begin(self) -> None:
        self._headers = {}
        self._content = []

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def end(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        name = options.get(b"name")
        if name is None:
            raise FormParserError("a part has no name")
        filename = options.get(b"filename")
        content_type = self._headers.get("content-type")
        self.parts.append(
            Part(
                name=name.decode("utf-8", "replace"),
                content=b"".join(self._content),
                filename=None if filename is None else filename.decode("utf-8", "replace"),
                content_type=None if content_type is None else content_type.decode("latin-1"),
            )
        )

    def finish(self) -> None:
        self.finished = True
