"""Models: print what is known of the providers' models."""

import datetime as dt
from pathlib import Path

import click

from router.cli.options import catalog_option


@click.command(
    epilog="""
\b
Examples:
  pixroute models
  pixroute models --provider openai
  pixroute models --catalog models.yaml --json
""",
)
@click.option("--provider", help="Show this provider's models only.")
@catalog_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else.")
@click.pass_context
def models(
    context: click.Context, *, provider: str | None, catalog: tuple[Path, ...], as_json: bool
) -> None:
    """List the models of the catalog: what they can do and cost, and when they end.

    Prices are those of one picture of 1024x1024, from the lowest quality to the highest. What
    is not here can be asked too, as it is.
    """
    from router.cli.listing import collect, show_json, show_text
    from router.cli.report import show_config
    from router.config.problems import ConfigError

    today = dt.datetime.now().astimezone().date()
    try:
        found = collect(provider, catalog)
    except LookupError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="'--provider'") from None
    except ConfigError as error:
        show_config(error)
        context.exit(1)
    (show_json if as_json else show_text)(found, today)
