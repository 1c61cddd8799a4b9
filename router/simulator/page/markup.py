"""Markup: HTML and SVG elements as text."""

import re
from html import escape

UNIT = re.compile(r"(?<=\d) (?=%|(?:s|h|d|min)\b)")

Attribute = str | int | float | None


def tag(name: str, *inside: str, **attributes: Attribute) -> str:
    """Write an element; `inside` is markup, and attributes are escaped.

    A trailing underscore is dropped from an attribute's name, and others become hyphens.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def text(words: str) -> str:
    """Escape words; a number stays on the line of its unit."""
    return UNIT.sub("\N{NO-BREAK SPACE}", escape(words, quote=False))


def _value(value: str | float) -> str:
    return f"{value:.5g}" if isinstance(value, float) else escape(str(value))
