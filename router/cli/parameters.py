"""Parameters: what is asked of the pictures, from options of their own and from `--param`."""

import json
from collections.abc import Mapping

import click

from router.core.images import TEXTS
from router.core.jsontypes import JSON

ELSEWHERE: Mapping[str, str] = {
    "image": "--image of edit and variation",
    "images": "--image of edit, which takes URLs too",
    "mask": "--mask of edit",
    "markup": "--markup of edit",
    "stream": "--stream of generate and edit",
    "partial_images": "--partial-images of generate and edit",
    "metadata": "--metadata",
    "provider": "--provider",
    "timeout": "--timeout",
    "trace_id": "it belongs to the library",
    "cache_namespace": "it belongs to the library",
    "cache_force_refresh": "it belongs to the library",
    "extra_headers": "it belongs to the library",
    "extra_body": "it belongs to the library",
}
"""What the library's calls take that is no parameter of a picture, and what to use instead."""

NUMBERS = frozenset({"n", "seed", "output_compression"})


def parameters(options: Mapping[str, JSON], written: Mapping[str, JSON]) -> dict[str, JSON]:
    """Unite what has options of its own with what `--param` gave. Raises BadParameter."""
    asked: dict[str, JSON] = {name: value for name, value in options.items() if value is not None}
    for name, value in written.items():
        if name in ELSEWHERE:
            raise _wrong(f"{name!r} is no parameter of a picture: {ELSEWHERE[name]}")
        if name in asked:
            raise _wrong(f"{name!r} is given twice: by itself, and as a parameter")
        asked[name] = _typed(name, value)
    return asked


def _typed(name: str, value: JSON) -> JSON:
    if name in TEXTS:
        return value if value is None or isinstance(value, str) else json.dumps(value)
    if name in NUMBERS and (not isinstance(value, int) or isinstance(value, bool)):
        raise _wrong(f"{name} is {value!r}; expected a whole number")
    return value


def _wrong(message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint="'--param'")
