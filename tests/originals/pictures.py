"""Pictures for tests: small files of a given type and size."""

import io
import os

from PIL import Image


def drawn(form="png", size=(64, 64), mode="RGB", colour=0):
    """Return a picture's file."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, form)
    return out.getvalue()


def masking(size=(64, 64), hole=None):
    """Return a mask: opaque, but for a hole (left, top, right, bottom)."""
    out = io.BytesIO()
    mask = Image.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), hole or (0, 0, size[0] // 2, size[1]))
    mask.save(out, "png")
    return out.getvalue()


def noise(megabytes):
    """Return a picture of about that many megabytes."""
    side = int((megabytes * 1024 * 1024 / 3) ** 0.5) + 2
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(out, "png")
    return out.getvalue()


PNG = drawn()
MASK = masking()
