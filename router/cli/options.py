"""Options: what several commands understand in the same way."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import click

from router.cli.terminal import Failed
from router.core.jsontypes import JSON

C = TypeVar("C", bound=Callable[..., None])

env_file_option = click.option(
    "--env-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read variables from a file of KEY=VALUE lines; they win over the environment's.",
)


catalog_option = click.option(
    "--catalog",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with models of your own, and prices. Repeatable.",
)


def format_option(text: str, *shapes: str, metavar: str | None = None) -> Callable[[C], C]:
    """Return the option for how something is printed: as text, or in another shape.

    A `metavar` stands for shapes that are too many for a narrow terminal.
    """
    return click.option(
        "--format",
        "shape",
        type=click.Choice(["text", *shapes]),
        default="text",
        show_default=True,
        metavar=metavar,
        help=text,
    )


configs_option = click.option(
    "--configs",
    "folder",
    default="configs",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder with the configs and gateway.yaml.",
)


host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
)


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print no line for each request.")


def port_option(default: int) -> Callable[[C], C]:
    """Return the option for where a server listens."""
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=default,
        show_default=True,
        help="Where to listen; 0 takes any free port.",
    )


def environment(env_file: Path | None, *, sandbox: bool) -> Mapping[str, str]:
    """Return the variables of the process, the file's over them, the sandbox's where none are."""
    variables: Mapping[str, str] = os.environ
    if env_file is not None:
        from router.cli.env_file import read_env_file

        variables = {**os.environ, **read_env_file(env_file)}
    if sandbox:
        from router.sandbox.environment import SandboxEnvironment

        return SandboxEnvironment(variables)
    return variables


def parse_pairs(option: str, written: Sequence[str], *, plain: bool) -> dict[str, JSON]:
    """Read `NAME=VALUE` and `NAME:=JSON`; a `plain` value is text even where it could be JSON."""
    pairs: dict[str, JSON] = {}
    for text in written:
        name, equals, value = text.partition("=")
        if not equals or not name.strip(" :"):
            raise _wrong(option, f"{text!r} is not NAME=VALUE")
        key = name.removesuffix(":").strip()
        if key in pairs:
            raise _wrong(option, f"{key!r} is given twice")
        pairs[key] = value if plain and key == name else _json(option, key, value, key != name)
    return pairs


def _json(option: str, name: str, text: str, strict: bool) -> JSON:
    try:
        value: JSON = json.loads(text)
    except ValueError:
        if strict:
            raise _wrong(option, f"the value of {name!r} is not JSON") from None
        return text
    return value


def _wrong(option: str, message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint=f"'{option}'")


def need_pictures() -> None:
    """Raise Failed where the packages that the sandbox needs are not installed."""
    missing = [name for name in ("PIL", "h11", "python_multipart") if find_spec(name) is None]
    if missing:
        raise Failed("the sandbox needs an extra: pip install 'pixroute[sandbox]'")
