"""Data URLs: files inside their own URL, as base64."""

import base64

MARK = ";base64,"
"""What stands in a `data:` URL before the content."""


def decode_data_url(url: str) -> bytes | None:
    """Return what a base64 `data:` URL holds; None where it is broken or empty."""
    _, _, text = url.partition(MARK)
    try:
        return base64.b64decode(text, validate=True) or None
    except ValueError:
        return None


def data_url(content: bytes, mime: str) -> str:
    """Put a file into its own URL."""
    return f"data:{mime}{MARK}{base64.b64encode(content).decode('ascii')}"
