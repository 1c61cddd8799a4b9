"""Keys: make, list, revoke and change the API keys of a gateway."""

from pathlib import Path

import click

from router.cli.options import configs_option

name_argument = click.argument("name", metavar="NAME")


@click.group(
    epilog="""
\b
Examples:
  pixroute keys create app --config fallback --requests 60
  KEY=$(pixroute keys create ci --no-config-override --config fallback)
  pixroute keys list
  pixroute keys rotate app
""",
)
def keys() -> None:
    """Make, list, revoke and change the API keys of a gateway.

    They stand in gateway.yaml in the folder of configs, as digests: a key is shown once, when it
    is made. Everything else in the file stays as it is.
    """


@keys.command(
    epilog="""
\b
Examples:
  pixroute keys create app
  pixroute keys create app --config fallback --configs-allowed fallback,nested
  KEY=$(pixroute keys create ci --no-inline-configs --requests 60 --concurrency 4)
""",
)
@name_argument
@configs_option
@click.option("--config", metavar="ID", help="The config where a request names none.")
@click.option(
    "--no-config-override",
    is_flag=True,
    help="Refuse requests that name a config, a provider or a virtual key.",
)
@click.option(
    "--own-provider-keys", is_flag=True, help="Let requests bring keys of their own for providers."
)
@click.option("--no-inline-configs", is_flag=True, help="Refuse requests that bring whole configs.")
@click.option("--configs-allowed", metavar="ID,...", help="The only configs it may use.")
@click.option("--requests", type=click.IntRange(1), help="How many it may make in a minute.")
@click.option("--concurrency", type=click.IntRange(1), help="How many it may have at once.")
def create(
    *,
    name: str,
    folder: Path,
    config: str | None,
    no_config_override: bool,
    own_provider_keys: bool,
    no_inline_configs: bool,
    configs_allowed: str | None,
    requests: int | None,
    concurrency: int | None,
) -> None:
    """Make a key and print it, once; its digest goes into gateway.yaml.

    Standard output is the key and nothing else.
    """
    from router.cli.key_changes import create_key

    configs = None if configs_allowed is None else configs_allowed.split(",")
    create_key(
        folder,
        name,
        {
            "config": config,
            "config_override": False if no_config_override else None,
            "own_provider_keys": True if own_provider_keys else None,
            "inline_configs": False if no_inline_configs else None,
            "configs": None if configs is None else [one.strip() for one in configs if one.strip()],
            "requests": requests,
            "concurrency": concurrency,
        },
    )


@keys.command(
    name="list",
    epilog="""
\b
Examples:
  pixroute keys list
  pixroute keys list --configs prod --json
""",
)
@configs_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else.")
@click.pass_context
def list_keys(context: click.Context, *, folder: Path, as_json: bool) -> None:
    """List the keys: what each may do, and how its digest begins."""
    from router.cli.key_table import show_json, show_text
    from router.cli.report import show_config
    from router.config.problems import ConfigError
    from router.gateway.settings_file import read_settings

    try:
        settings = read_settings(folder)
    except ConfigError as error:
        show_config(error)
        context.exit(1)
    (show_json if as_json else show_text)(settings)


@keys.command(
    epilog="""
\b
Examples:
  pixroute keys revoke app
""",
)
@name_argument
@configs_option
def revoke(*, name: str, folder: Path) -> None:
    """Take a key out: who has it is served no longer."""
    from router.cli.key_changes import revoke_key

    revoke_key(folder, name)


@keys.command(
    epilog="""
\b
Examples:
  pixroute keys rotate app
""",
)
@name_argument
@configs_option
def rotate(*, name: str, folder: Path) -> None:
    """Make another key in the place of one, and print it, once.

    Its settings stay as they are.
    """
    from router.cli.key_changes import rotate_key

    rotate_key(folder, name)
