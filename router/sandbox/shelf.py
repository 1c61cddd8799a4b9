"""Shelf: the files that a sandbox has published, the oldest given away when it is full."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

ROOM = 256 * 1024 * 1024  # bytes
# Some hundred pictures: more than anyone looks at, and little next to a machine's memory.


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    mime: str


class Shelf:
    """Threads may put files on it at once. Equal files share one place."""

    def __init__(self, room: int = ROOM) -> None:
        self._files: OrderedDict[str, File] = OrderedDict()
        self._room = room
        self._taken = 0
        self._lock = Lock()

    def put(self, content: bytes, mime: str) -> str:
        """Keep a file and return its name."""
        ending = mime.partition("/")[2] or "bin"
        name = f"{blake2b(content, digest_size=16).hexdigest()}.{ending}"
        with self._lock:
            if name not in self._files:
                self._files[name] = File(content, mime)
                self._taken += len(content)
            self._files.move_to_end(name)
            while self._taken > self._room and len(self._files) > 1:
                _, oldest = self._files.popitem(last=False)
                self._taken -= len(oldest.content)
        return name

    def get(self, name: str) -> File | None:
        with self._lock:
            return self._files.get(name)
