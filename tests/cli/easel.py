"""Easel: the pictures that the tests of the command line give, and those they find."""

import io

from PIL import Image

from router.core.media import sniff_bytes

SMALL = "{provider: openai, override_params: {model: dall-e-2, size: 256x256}}"
"""A model that can do all operations, and draws small pictures."""


def pictures_in(folder):
    """Return the names of the files that are pictures."""
    files = (path for path in folder.iterdir() if path.is_file())
    return sorted(path.name for path in files if sniff_bytes(path.read_bytes()[:4096]))


def png(colour=(200, 30, 30, 0), size=(64, 64)):
    """Return a picture in one colour, transparent unless told otherwise."""
    stream = io.BytesIO()
    Image.new("RGBA", size, colour).save(stream, "PNG")
    return stream.getvalue()
