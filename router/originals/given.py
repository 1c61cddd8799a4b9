"""Given: the forms in which a caller may give pictures."""

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, TypeAlias

from router.answer import Image
from router.core.files import Upload
from router.core.jsontypes import JSON

FileContent: TypeAlias = (
    bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO | Image | Upload
)
"""A picture's bytes, a path, a `data:` URL, a binary file object, or a picture of an answer.

A file that was taken in before (an Upload) is not read again.

A file object is read once, from where it stands, and left for the caller to close.
"""

FileInput: TypeAlias = (
    FileContent | tuple[str | None, FileContent] | tuple[str | None, FileContent, str | None]
)
"""A picture, or a tuple of its name, the picture and its type, as the openai package takes them.

The type is not used: the picture itself tells.
"""

FilesInput: TypeAlias = FileInput | Sequence[FileInput]
"""One picture, or a list of them."""

Reference: TypeAlias = Mapping[str, JSON]
"""A picture that is somewhere else: `{"image_url": URL}` or `{"file_id": ID}`."""

Given: TypeAlias = Mapping[str, FilesInput | None]
"""What a caller gave as files, by field."""

NOTHING: Given = MappingProxyType({})
