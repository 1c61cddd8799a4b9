"""Request file: a request for pictures as JSON, in a file or from standard input."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from router.cli.sources import STDIN, Sources, file_text, is_url, standard_input
from router.cli.terminal import Failed
from router.config.problems import did_you_mean
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.options import RequestOptions

PICTURES = ("image", "mask", "markup")
BESIDE = frozenset({"operation", "metadata", "provider", "timeout", *PICTURES})
"""What stands in a request's file beside the parameters of its pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A request as it was written."""

    params: Mapping[str, JSON]
    operation: Operation
    sources: Sources
    options: RequestOptions


def read_request(file: str) -> Written:
    """Read a file; `-` is standard input. Raises Failed."""
    name = "standard input" if file == STDIN else file
    body = _object(name, standard_input() if file == STDIN else file_text(Path(file)))
    images, mask, markup = (tuple(_pictures(name, body, field)) for field in PICTURES)
    return Written(
        params={key: value for key, value in body.items() if key not in BESIDE},
        operation=_operation(name, body),
        sources=Sources(
            images=images, mask=next(iter(mask), None), markup=next(iter(markup), None)
        ).checked(),
        options=RequestOptions(
            metadata=_metadata(name, body),
            provider=_provider(name, body),
            timeout=_timeout(name, body),
        ),
    )


def _object(name: str, text: str) -> Mapping[str, JSON]:
    def once(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Failed(f"{name}: {twice!r} is there twice")
        return found

    try:
        body: JSON = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Failed(f"{name} is no JSON: {error}") from None
    if not isinstance(body, Mapping):
        raise Failed(f'{name} holds no JSON object; expected {{"prompt": "...", "model": "..."}}')
    return body


def _operation(name: str, body: Mapping[str, JSON]) -> Operation:
    said = body.get("operation", "edit" if "image" in body else "generate")
    for operation in get_args(Operation):
        if operation == said:
            found: Operation = operation
            return found
    known = get_args(Operation)
    hint = did_you_mean(str(said), known)
    expected = f"expected one of {', '.join(known)}" + (hint and f"; {hint}")
    raise Failed(f"{name}: operation is {said!r}; {expected}")


def _metadata(name: str, body: Mapping[str, JSON]) -> Mapping[str, JSON]:
    given = body.get("metadata")
    if given is None or isinstance(given, Mapping):
        return given or {}
    raise Failed(f"{name}: metadata is {given!r}; expected an object")


def _provider(name: str, body: Mapping[str, JSON]) -> str | None:
    given = body.get("provider")
    if given is None or isinstance(given, str):
        return given
    raise Failed(f"{name}: provider is {given!r}; expected a name")


def _timeout(name: str, body: Mapping[str, JSON]) -> float | None:
    given = body.get("timeout")
    if given is None or (isinstance(given, int | float) and not isinstance(given, bool)):
        return given
    raise Failed(f"{name}: timeout is {given!r}; expected seconds")


def _pictures(name: str, body: Mapping[str, JSON], field: str) -> Iterator[str]:
    """Yield the paths or URLs of a field that has one or several."""
    given = body.get(field)
    listed = [given] if isinstance(given, str) else given or []
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise Failed(f"{name}: {field} is {given!r}; expected a path, a URL, or a list of them")
    for one in listed:
        if not isinstance(one, str) or not (is_url(one) or Path(one).is_file()):
            raise Failed(f"{name}: {field} is {one!r}, and no file is there")
        yield one
