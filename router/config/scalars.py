"""Scalars: what a plain word in a YAML file means, by YAML 1.2's core schema.

PyYAML follows YAML 1.1, where `on` is a boolean, `2024-10-21` a date and `12:30:30` a number.
"""

import math
import re

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
LONGEST_NUMBER = 300  # digits; Python refuses to read integers of more than 4,300

Scalar = str | int | float | bool | None


def plain(text: str) -> Scalar:
    """Read a word that stands without quotes. Raises ValueError for a number that is not finite."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be used")
    if text[0] in "+-.0123456789":
        return number(text)
    return text


def number(text: str) -> str | int | float:
    """Read a number, or give the text back. Raises ValueError for one that is too large."""
    looks_so = FLOAT.fullmatch(text) or OCTAL.fullmatch(text) or HEXADECIMAL.fullmatch(text)
    if looks_so is None:
        return text
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits is too large")
    if INTEGER.fullmatch(text):
        return int(text)
    if text[:2] in {"0o", "0x"}:
        return int(text, 0)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
