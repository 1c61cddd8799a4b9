"""Serve: run the gateway, which OpenAI's and Portkey's clients can be pointed at."""

from pathlib import Path

import click

from router.cli.options import env_file_option, host_option, port_option, quiet_option

DEFAULT_PORT = 8787  # where Portkey's SDKs look by themselves
DRAIN = 30.0  # seconds


@click.command(
    epilog="""
\b
Examples:
  pixroute serve --sandbox
  pixroute serve --configs pictures/configs --env-file .env
  pixroute serve --host 0.0.0.0 --workers 4      with keys: pixroute keys create NAME
""",
)
@click.option(
    "--configs",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of configs; without it ./configs, if that is there.",
)
@host_option
@port_option(DEFAULT_PORT)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that serve; breakers, caches and limits are each one's own.",
)
@click.option("--sandbox", is_flag=True, help="Ask stand-ins for the providers: no key, no cost.")
@click.option("--insecure", is_flag=True, help="Let anybody in who reaches a --host without keys.")
@env_file_option
@click.option(
    "--drain",
    type=click.FloatRange(0, 3600),
    default=DRAIN,
    show_default=True,
    metavar="SECONDS",
    help="How long requests under way may take when it is told to end.",
)
@quiet_option
@click.pass_context
def serve(
    context: click.Context,
    *,
    folder: Path | None,
    host: str,
    port: int,
    workers: int,
    sandbox: bool,
    insecure: bool,
    env_file: Path | None,
    drain: float,
    quiet: bool,
) -> None:
    """Serve the configs of a folder to OpenAI's and Portkey's clients.

    Edits to the files are picked up while it runs. Ctrl-C ends it when requests under way are
    done; a second one at once.
    """
    from router.cli.opening import Opening, folder_of, need_gateway, open_gateway
    from router.cli.options import environment
    from router.gateway.serving import Serving

    need_gateway(sandbox=sandbox)
    opening = Opening(
        serving=Serving(
            folder=folder_of(folder, sandbox=sandbox), workers=workers, sandbox=sandbox
        ),
        host=host,
        port=port,
        insecure=insecure,
        environment=environment(env_file, sandbox=False),
        drain=drain,
        quiet=quiet,
    )
    context.exit(open_gateway(opening))
