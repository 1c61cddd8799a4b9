"""Filling: an order becomes an errand, and the errand is done."""

from collections.abc import Mapping
from pathlib import Path

import click

from router.cli.carrier import run
from router.cli.errand import Errand, Output
from router.cli.gallery import slug
from router.cli.options import environment, need_pictures, parse_pairs
from router.cli.order import Asked, Order, StreamedOrder
from router.cli.originals import elsewhere, files
from router.cli.parameters import parameters
from router.cli.sources import NO_SOURCES, Sources
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.options import ConfigSource

DEFAULT_CONFIG = Path("pixroute.yaml")


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
    written = parse_pairs("--param", order["params"], plain=False)
    errand = Errand(
        operation=operation,
        params=parameters({**params, **asked_params(order), **elsewhere(sources)}, written),
        name=slug(name),
        config=order["config"] or _default_config(order["provider"], operation),
        metadata=parse_pairs("--metadata", order["metadata"], plain=True),
        provider=order["provider"],
        folder=order["out"],
        sandbox=order["sandbox"],
        faults=None if order["faults"] is None else _script(order["faults"]),
        environment=environment(order["env_file"], sandbox=False),
        timeout=order["timeout"],
        catalog=order["catalog"],
        output=Output.JSON if order["as_json"] else Output.PATHS if order["quiet"] else Output.TEXT,
        given=files(sources),
    )
    return run(errand)


def asked_params(order: Asked) -> dict[str, JSON]:
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


def _default_config(provider: str | None, operation: Operation) -> ConfigSource:
    """Return the config beside us, else one that has the named provider alone."""
    if DEFAULT_CONFIG.is_file():
        return DEFAULT_CONFIG
    if provider is not None:
        model = _default_model(provider, operation)
        return {"provider": provider, **({"default_params": {"model": model}} if model else {})}
    raise click.UsageError(f"--config or --provider is needed: there is no {DEFAULT_CONFIG} here")


def _default_model(provider: str, operation: Operation) -> str | None:
    from router.cli.default_model import default_model

    try:
        return default_model(provider, operation)
    except LookupError:
        return None  # the config's error will say which providers there are
