"""Header values: lists and mappings as clients write them: JSON, Python's way, or with commas."""

import ast
import json
import warnings
from collections.abc import Mapping

from router.core.jsontypes import JSON, is_list
from router.gateway.refusal import Refusal

LONGEST = 64 * 1024  # characters of a value that is taken apart

LONGEST_NUMBER = 64  # bits of a whole number that is not written as JSON: Python's may be hex


def mapping_in(name: str, text: str) -> Mapping[str, JSON]:
    """Read `{"a": 1}`, also with single quotes, as pages print it. Raises Refusal."""
    value = _literal(text)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Refusal(400, f"the header {name} is no JSON object")
    return value


def list_in(text: str) -> tuple[str, ...]:
    """Read `["a", "b"]`, `['a', 'b']` or `a,b`."""
    value = _literal(text) if text.lstrip().startswith("[") else text.split(",")
    items = value if is_list(value) else [text]
    return tuple(str(item).strip() for item in items if str(item).strip())


def plain(name: str) -> str:
    """Return a header's name as lists are matched by it: they write `X-My-Header`, `xMyHeader`."""
    return name.lower().replace("-", "").replace("_", "")


def _literal(text: str) -> JSON:
    """Return the value; None where it is none."""
    if len(text) > LONGEST:
        return None
    try:
        parsed: JSON = json.loads(text)
    except (ValueError, RecursionError):
        pass
    else:
        return parsed
    try:
        with warnings.catch_warnings(action="ignore"):  # of backslashes that escape nothing
            return _as_json(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _as_json(value: object) -> JSON:
    """Return what JSON can say too. Raises TypeError for the rest."""
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int) and value.bit_length() <= LONGEST_NUMBER:
        return value
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no JSON")
