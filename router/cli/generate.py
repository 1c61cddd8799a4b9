"""Generate: ask for pictures and save them."""

from pathlib import Path

import click

from router.cli.options import (
    catalog_option,
    env_file_option,
    environment,
    need_pictures,
    parse_pairs,
)
from router.core.jsontypes import JSON
from router.options import ConfigSource

DEFAULT_CONFIG = Path("pixroute.yaml")


@click.command(
    epilog="""
\b
Examples:
  pixroute generate "a red kite" --config configs/fallback.yaml --env-file .env
  pixroute generate "a red kite" -c configs/nested.yaml --sandbox
  pixroute generate "a red kite" -c configs/nested.yaml --sandbox \\
      --faults "stability-ai: 503"
  pixroute generate "a red kite" --param background=transparent --json
""",
)
@click.argument("prompt")
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The config that routes the request; pixroute.yaml here, if there is one.",
)
@click.option("--model", help="The model, where the config does not say.")
@click.option("--size", help="Width and height, such as 1024x1024, or auto.")
@click.option("--n", type=click.IntRange(min=1), help="How many pictures.")
@click.option("--quality", help="Such as low, high, hd.")
@click.option("--style", help="Such as vivid, natural.")
@click.option("--seed", type=int, help="The same seed gives the same picture, where it is known.")
@click.option("--negative-prompt", help="What is not to be seen.")
@click.option("--output-format", help="png, jpeg or webp.")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other parameter; JSON is taken as such. Repeatable.",
)
@click.option(
    "--metadata",
    multiple=True,
    metavar="NAME=TEXT",
    help="What the config's conditions may ask for; NAME:=JSON for no text. Repeatable.",
)
@click.option("--provider", help="The provider, where the config does not say.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="The folder for the pictures; made if there is none.",
)
@click.option("--sandbox", is_flag=True, help="Ask the built-in sandbox: no account, no network.")
@click.option("--faults", help='What goes wrong in the sandbox, such as "openai: 503 x2".')
@env_file_option
@catalog_option
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds for the whole request, retries and fallbacks included.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="Print the paths of the pictures only.")
@click.pass_context
def generate(
    context: click.Context,
    *,
    prompt: str,
    config: Path | None,
    model: str | None,
    size: str | None,
    n: int | None,
    quality: str | None,
    style: str | None,
    seed: int | None,
    negative_prompt: str | None,
    output_format: str | None,
    params: tuple[str, ...],
    metadata: tuple[str, ...],
    provider: str | None,
    out: Path,
    sandbox: bool,
    faults: str | None,
    env_file: Path | None,
    catalog: tuple[Path, ...],
    timeout: float | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Generate pictures from PROMPT and save them.

    Shows each attempt while it runs. Exits with 1 if no picture came, or fewer than asked for.
    """
    if faults is not None and not sandbox:
        raise click.UsageError("--faults needs --sandbox: real providers have faults of their own")
    if sandbox:
        need_pictures()
    from router.cli.arguments import Arguments
    from router.cli.errand import Errand, Output, run

    arguments = Arguments(
        model=model,
        n=n,
        size=size,
        quality=quality,
        style=style,
        seed=seed,
        negative_prompt=negative_prompt,
        output_format=output_format,
    )
    errand = Errand(
        prompt=prompt,
        config=config or _default_config(provider),
        arguments=arguments.adding(parse_pairs("--param", params, plain=False)),
        metadata=parse_pairs("--metadata", metadata, plain=True),
        provider=provider,
        folder=out,
        sandbox=sandbox,
        faults=None if faults is None else _script(faults),
        environment=environment(env_file, sandbox=False),
        timeout=timeout,
        catalog=catalog,
        output=Output.JSON if as_json else Output.PATHS if quiet else Output.TEXT,
    )
    context.exit(run(errand))


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
