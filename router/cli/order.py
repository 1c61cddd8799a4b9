"""Order: what the commands that ask for pictures understand in the same way."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypedDict, TypeVar

import click

from router.cli.options import (
    catalog_option,
    env_file_option,
    environment,
    need_pictures,
    parse_pairs,
)
from router.cli.sources import NO_SOURCES, Sources
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.options import ConfigSource

CommandT = TypeVar("CommandT", bound=Callable[..., object])

DEFAULT_CONFIG = Path("pixroute.yaml")

MOST_PARTIALS = 3  # openai-openapi openapi.yaml, PartialImages


class Order(TypedDict):
    """What the options of every command that asks for pictures give."""

    config: Path | None
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


OPTIONS: Final = (
    click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The config that routes the request; pixroute.yaml here, if there is one.",
    ),
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
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="For the whole request, retries and fallbacks included.",
    ),
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


def stream_params(order: StreamedOrder) -> dict[str, JSON]:
    """Return the parameters of a stream; asking for partial pictures asks for one."""
    partials = order["partial_images"]
    streamed = order["stream"] or partials is not None
    return {"stream": streamed or None, "partial_images": partials}


def fill(
    order: Order,
    operation: Operation,
    *,
    name: str,
    params: Mapping[str, JSON],
    sources: Sources = NO_SOURCES,
) -> int:
    """Do what was ordered and return the exit code; the files are called `name` and a number.

    `params` are those that only some commands have.
    """
    if order["faults"] is not None and not order["sandbox"]:
        raise click.UsageError("--faults needs --sandbox: real providers have faults of their own")
    if order["sandbox"]:
        need_pictures()
    from router.cli.carrier import run
    from router.cli.errand import Errand, Output
    from router.cli.gallery import slug
    from router.cli.parameters import parameters

    written = parse_pairs("--param", order["params"], plain=False)
    errand = Errand(
        operation=operation,
        params=parameters({**params, **_params(order), **sources.params}, written),
        name=slug(name),
        config=order["config"] or _default_config(order["provider"]),
        metadata=parse_pairs("--metadata", order["metadata"], plain=True),
        provider=order["provider"],
        folder=order["out"],
        sandbox=order["sandbox"],
        faults=None if order["faults"] is None else _script(order["faults"]),
        environment=environment(order["env_file"], sandbox=False),
        timeout=order["timeout"],
        catalog=order["catalog"],
        output=Output.JSON if order["as_json"] else Output.PATHS if order["quiet"] else Output.TEXT,
        given=sources.files(),
    )
    return run(errand)


def _params(order: Order) -> dict[str, JSON]:
    """Return the options that are parameters of a picture."""
    return {
        "model": order["model"],
        "n": order["n"],
        "size": order["size"],
        "quality": order["quality"],
        "style": order["style"],
        "seed": order["seed"],
        "negative_prompt": order["negative_prompt"],
        "output_format": order["output_format"],
    }


def _script(faults: str) -> JSON:
    # Fault scripts know the emulators; a request without one need not wait for them.
    from router.cli.faults import read_faults

    return read_faults(faults)


def _default_config(provider: str | None) -> ConfigSource:
    """Return the config beside us, else one that has the named provider alone."""
    if DEFAULT_CONFIG.is_file():
        return DEFAULT_CONFIG
    if provider is not None:
        return {"provider": provider}
    raise click.UsageError(f"--config or --provider is needed: there is no {DEFAULT_CONFIG} here")
