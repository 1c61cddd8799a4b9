"""Sketches: one grey pixel in each format, handed out where nobody looks at the pictures.

They are whole files: the engine checks what comes as it always does.
"""

from base64 import b64decode
from collections.abc import Mapping
from types import MappingProxyType

from router.emulators.brief import Brief, PictureFormat

SKETCHES: Mapping[PictureFormat, bytes] = MappingProxyType(
    {
        "png": b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGM4AQAAygDJmcpdfgAAAABJ"
            "RU5ErkJggg=="
        ),
        "jpeg": b64decode(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwg"
            "JC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAA"
            "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEI"
            "I0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1"
            "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
            "4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APSK/9k="
        ),
        "webp": b64decode(
            "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoBAAEAAUAmJaACdLoB+AADsAD+934v/kFpXLeAP/4kL8SF"
            "+JC/8P4AAAA="
        ),
    }
)


def sketch(brief: Brief) -> bytes:
    """Hand out the pixel of the format that is asked for."""
    return SKETCHES[brief.format]
