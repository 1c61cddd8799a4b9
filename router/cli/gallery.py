"""Gallery: pictures become files, none of which existed before."""

import re
import unicodedata
from pathlib import Path

from router.core.media import Media

LONGEST = 48  # characters of a name; file systems allow 255 bytes
EXTENSIONS = {"jpeg": "jpg"}
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows it."""


def slug(prompt: str) -> str:
    """Make a file's name of a prompt: words in small letters, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", prompt).lower()
    words = "-".join(re.findall(r"[^\W_]+", plain.replace("'", "").replace("’", "")))  # noqa: RUF001
    name = words if len(words) <= LONGEST else words[: LONGEST + 1].rpartition("-")[0]
    name = name or words[:LONGEST] or "picture"
    return f"picture-{name}" if RESERVED.fullmatch(name) else name


def hang(folder: Path, name: str, data: bytes, media: Media | None) -> Path:
    """Write a picture to the first `name-NUMBER` that is free. Raises OSError."""
    extension = EXTENSIONS.get(media.format, media.format) if media else "bin"
    number = 1
    while True:
        path = folder / f"{name}-{number}.{extension}"
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            number += 1
        else:
            return path
