"""References: `${NAME}`, `${NAME:-default}` and `${file:path}` inside a text.

`$${` writes `${` itself. A variable that is empty counts as one that is not set. An empty default,
`${NAME:-}`, may give a part of a text nothing, but not the whole of one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

OPENING = re.compile(r"\$?\$\{")
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)
MAX_BYTES = 64 * 1024  # of a file that holds one secret


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment; `default` stands in where it is not set."""

    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    path: str


Part: TypeAlias = str | Variable | File


@lru_cache(maxsize=1024)
def parts(text: str) -> tuple[Part, ...]:
    """Split a text at its references. Raises ValueError for what looks like one and is none."""
    return tuple(_split(text))


def _split(text: str) -> Iterator[Part]:
    at = 0
    while (opening := OPENING.search(text, at)) is not None:
        yield text[at : opening.start()]
        if opening[0] == "$${":
            yield "${"
            at = opening.end()
            continue
        end = text.find("}", opening.end())
        if end == -1:
            raise ValueError("a reference begins with '${' and does not end")
        yield _reference(text[opening.end() : end])
        at = end + 1
    yield text[at:]


def _reference(inner: str) -> Part:
    if inner.startswith("file:") and inner != "file:":
        return File(inner.removeprefix("file:"))
    match = VARIABLE.fullmatch(inner)
    if match is None:
        raise ValueError("expected ${NAME}, ${NAME:-default} or ${file:path} ($${ writes ${)")
    return Variable(match[1], match[2])


def resolve(text: str, environment: Mapping[str, str], base: Path | None) -> str:
    """Put in the values; paths of files begin at `base`.

    Raises LookupError for a value that cannot be had, ValueError for a broken reference; neither
    message holds a value.
    """
    split = parts(text)
    if split == (text,) and text:
        return text  # there is nothing to put in
    if gives_nothing(text, environment):
        raise LookupError(_nothing(text))
    return "".join(_value(part, environment, base) for part in split)


def gives_nothing(text: str, environment: Mapping[str, str]) -> bool:
    """Tell whether all of it is variables that are not set and have an empty default."""
    return all(_is_nothing(part, environment) for part in parts(text))


def _is_nothing(part: Part, environment: Mapping[str, str]) -> bool:
    if isinstance(part, Variable):
        return part.default == "" and not environment.get(part.name)
    return part == ""


def _nothing(text: str) -> str:
    """Say so. Such a text can be shown: there is no secret in it."""
    return f"{text} gives nothing: it is not set, and its default is empty"


def _value(part: Part, environment: Mapping[str, str], base: Path | None) -> str:
    match part:
        case Variable():
            value = environment.get(part.name) or part.default
            return _stand_in(part.name, environment) if value is None else value
        case File():
            return _content(part, base)
    return part


def has_stand_in(text: str, environment: Mapping[str, str]) -> bool:
    """Tell whether what `resolve` returns is partly what the sandbox's environment has put in."""
    return any(
        isinstance(part, Variable) and not (environment.get(part.name) or part.default)
        for part in parts(text)
    )


def _stand_in(name: str, environment: Mapping[str, str]) -> str:
    """Return what the sandbox's environment has for a variable that is not set."""
    try:
        value = environment[name]
    except KeyError:
        value = ""
    if not value:
        raise LookupError(f"the environment variable {name} is not set")
    return value


def _content(file: File, base: Path | None) -> str:
    """Read a file's text without the line break at its end."""
    try:
        with ((base or Path()) / file.path).open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        text = content.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a UTF-8 text"
        raise LookupError(f"the file {file.path!r} cannot be read: {reason}") from None
    if not text or len(content) > MAX_BYTES:
        raise LookupError(f"the file {file.path!r} is {'too large' if text else 'empty'}")
    return text


def missing(text: str, environment: Mapping[str, str], base: Path | None) -> list[str]:
    """Say for each reference why it has no value. Raises ValueError for a broken one."""
    reasons: list[str] = []
    for part in parts(text):
        try:
            _value(part, environment, base)
        except LookupError as error:
            reasons.append(str(error.args[0]))
    return [_nothing(text)] if gives_nothing(text, environment) else reasons


def anchored(text: str, base: Path) -> str:
    """Make the paths of files absolute. Raises ValueError for a broken reference."""
    return "".join(_written(part, base) for part in parts(text))


def _written(part: Part, base: Path) -> str:
    match part:
        case Variable(name, None):
            return f"${{{name}}}"
        case Variable(name, default):
            return f"${{{name}:-{default}}}"
        case File(path):
            return f"${{file:{base.resolve() / path}}}"
    return part.replace("${", "$${")
