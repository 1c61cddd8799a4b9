"""Key file: `gateway.yaml` of a folder, read and written whole."""

from dataclasses import dataclass
from pathlib import Path

from router.cli.rewriting import content_of, revise
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
        revise(self.path, self.content, text.text.encode())


def find_file(folder: Path) -> KeyFile:
    """Find the settings of a folder, or where they will be. Raises Failed."""
    paths = settings_files(folder)
    if len(paths) > 1:
        raise Failed(f"{paths[0]} and {paths[1].name} both have settings; keep one of the two")
    path = paths[0] if paths else folder / SETTINGS_FILES[0]
    try:
        return KeyFile(path, content_of(path))
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None
