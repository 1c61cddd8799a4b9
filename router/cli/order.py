"""Order: what the commands that ask for pictures understand in the same way."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypedDict, TypeVar

import click

from router.cli.options import catalog_option, env_file_option

CommandT = TypeVar("CommandT", bound=Callable[..., object])

MOST_PARTIALS = 3  # openai-openapi openapi.yaml, PartialImages


class Asked(TypedDict):
    """What the options give that say what is asked for."""

    model: str | None
    size: str | None
    n: int | None
    quality: str | None
    style: str | None
    seed: int | None
    negative_prompt: str | None
    output_format: str | None
    params: tuple[str, ...]
    metadata: tuple[str, ...]
    provider: str | None


class Order(Asked):
    """What the options of every command that asks for pictures give."""

    config: Path | None
    out: Path
    sandbox: bool
    faults: str | None
    env_file: Path | None
    catalog: tuple[Path, ...]
    timeout: float | None
    as_json: bool
    quiet: bool


class StreamedOrder(Order):
    """And of those that can show a picture while it is made."""

    stream: bool
    partial_images: int | None


ASKED_OPTIONS: Final = (
    click.option("--model", help="The model, where the config does not say."),
    click.option("--size", help="Width and height, such as 1024x1024, or auto."),
    click.option("--n", type=click.IntRange(min=1), metavar="N", help="How many pictures."),
    click.option("--quality", help="Such as low, high, hd."),
    click.option("--style", help="Such as vivid, natural."),
    click.option(
        "--seed", type=int, help="The same seed gives the same picture, where it is known."
    ),
    click.option("--negative-prompt", help="What is not to be seen."),
    click.option("--output-format", help="png, jpeg or webp."),
    click.option(
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        help="Any other parameter; JSON is taken as such. Repeatable.",
    ),
    click.option(
        "--metadata",
        multiple=True,
        metavar="NAME=TEXT",
        help="What the config's conditions may ask for; NAME:=JSON for no text. Repeatable.",
    ),
    click.option("--provider", help="The provider, where the config does not say."),
)

TIMEOUT_OPTION: Final = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="For the whole request, retries and fallbacks included.",
)

OPTIONS: Final = (
    click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The config that routes the request; pixroute.yaml here, if there is one.",
    ),
    *ASKED_OPTIONS,
    click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default=".",
        help="The folder for the pictures; made if there is none.",
    ),
    click.option(
        "--sandbox", is_flag=True, help="Ask the built-in sandbox: no account, no network."
    ),
    click.option("--faults", help='What goes wrong in the sandbox, such as "openai: 503 x2".'),
    env_file_option,
    catalog_option,
    TIMEOUT_OPTION,
    click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else."
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print the paths of the pictures only."),
)

STREAM_OPTIONS: Final = (
    click.option(
        "--partial-images",
        type=click.IntRange(0, MOST_PARTIALS),
        metavar="N",
        help="Save so many unfinished pictures while one is made; has it streamed.",
    ),
    click.option(
        "--stream", is_flag=True, help="Have the answer streamed, which keeps a slow call open."
    ),
)


def asked_options(command: CommandT) -> CommandT:
    """Give a command the options of `Asked`."""
    return _given(command, ASKED_OPTIONS)


def order_options(command: CommandT) -> CommandT:
    """Give a command the options of an `Order`."""
    return _given(command, OPTIONS)


def stream_options(command: CommandT) -> CommandT:
    """Give a command the options that a `StreamedOrder` has besides."""
    return _given(command, STREAM_OPTIONS)


def _given(command: CommandT, options: tuple[Callable[[CommandT], CommandT], ...]) -> CommandT:
    for option in reversed(options):
        command = option(command)
    return command
