"""Server-sent events: a stream of bytes taken apart, without any I/O.

html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6; `id` and `retry` are for
reconnecting, which would buy a second picture, so they are passed over.
"""

from collections.abc import Iterable

from router.core.events import Event

LARGEST_EVENT = 64 * 1024 * 1024  # bytes: one picture of 4096 x 4096 pixels in base64, and room

MARK = b"\xef\xbb\xbf"
"""A byte order mark, which may stand before the first line and means nothing."""

DONE = b"[DONE]"
"""Data that ends a stream at OpenAI and those who speak like it."""


class EventTooLargeError(ValueError):
    """An event has more bytes than anybody wants to keep."""


class EventReader:
    """Reads events from pieces of any length. Once it is `ended` it reads no further."""

    def __init__(self, largest: int = LARGEST_EVENT) -> None:
        self.ended = False
        self._largest = largest
        self._line: list[bytes] = []  # the pieces of a line that has not ended
        self._size = 0  # bytes kept, of that line and of the event's data
        self._name = ""
        self._data: list[bytes] = []
        self._is_first = True
        self._skips_newline = False  # a CR ended the last piece: an LF now belongs to it

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that this piece completes. Raises EventTooLargeError."""
        if not piece:
            return []
        if self._skips_newline:
            piece = piece.removeprefix(b"\n")
        self._skips_newline = piece.endswith(b"\r")
        events: list[Event] = []
        for line in piece.splitlines(keepends=True):
            if self.ended:
                break
            self._keep(line)
            if line.endswith((b"\n", b"\r")):
                events += self._end_line()
        return events

    def finish(self) -> list[Event]:
        """Return what has come without a blank line behind it, which some servers leave out."""
        return self.feed(b"\n\n")

    def _keep(self, piece: bytes) -> None:
        self._line.append(piece)
        self._size += len(piece)
        if self._size > self._largest:
            raise EventTooLargeError(f"an event is larger than {self._largest} bytes")

    def _end_line(self) -> Iterable[Event]:
        whole = b"".join(self._line)
        self._line.clear()
        line = whole.rstrip(b"\r\n")
        if self._is_first:
            line = line.removeprefix(MARK)
            self._is_first = False
        if not line:
            return self._end_event()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            return ()
        if field == b"event":
            self._name = value.decode("utf-8", "replace")
        self._size -= len(whole)
        return ()

    def _end_event(self) -> Iterable[Event]:
        """Return the event that a blank line ends; without data it is none."""
        name, data = self._name or "message", self._data
        self._name, self._data, self._size = "", [], 0
        if not data:
            return ()
        content = data[0] if len(data) == 1 else b"\n".join(data)
        self.ended = content.strip() == DONE
        return () if self.ended else (Event(name=name, data=content),)
