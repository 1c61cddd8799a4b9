"""Key file: `gateway.yaml` of a folder, read and written whole."""

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from router.cli.terminal import Failed
from router.gateway.keys_text import KeysText
from router.gateway.settings_file import SETTINGS_FILES, settings_files

NEW = """\
# yaml-language-server: $schema=../schemas/gateway.schema.json
# The gateway's settings, all of which are optional: 'pixroute schema gateway' tells them.
"""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file and what stood in it when it was read; None where there was none."""

    path: Path
    content: bytes | None

    @property
    def text(self) -> KeysText:
        """Return the text, or that of a new file. Raises Failed where it is none."""
        if self.content is None:
            return KeysText(NEW)
        try:
            return KeysText(self.content.decode("utf-8"))
        except UnicodeDecodeError:
            raise Failed(f"{self.path} is not a UTF-8 text") from None

    def write(self, text: KeysText) -> None:
        """Put another text in its place, in one step. Raises Failed."""
        try:
            if _content(self.path) != self.content:
                raise Failed(f"{self.path} has changed meanwhile; nothing is written: run it again")
            _replace(self.path.resolve(), text.text.encode())
        except OSError as error:
            raise Failed(f"{self.path} cannot be written: {error.strerror}") from None


def find_file(folder: Path) -> KeyFile:
    """Find the settings of a folder, or where they will be. Raises Failed."""
    paths = settings_files(folder)
    if len(paths) > 1:
        raise Failed(f"{paths[0]} and {paths[1].name} both have settings; keep one of the two")
    path = paths[0] if paths else folder / SETTINGS_FILES[0]
    try:
        return KeyFile(path, _content(path))
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside and put it in the place of the other, with its mode and its owner."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            _take_after(beside, path.stat())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _take_after(path: Path, other: os.stat_result) -> None:
    # A file that root has edited must stay readable for whom the gateway runs as.
    with suppress(PermissionError, AttributeError):
        os.chown(path, other.st_uid, other.st_gid)
    path.chmod(stat.S_IMODE(other.st_mode))
