"""Logs: print what the gateway has written down of its requests."""

import time
from collections.abc import Callable
from pathlib import Path

import click

DEFAULT_LIMIT = 50


@click.command(
    epilog="""
\b
Examples:
  pixroute logs
  pixroute logs --failed --since 1h
  pixroute logs --trace 0af7651916cd43dd8448eb211c80319c
  pixroute logs --provider openai --follow
  pixroute logs --since 2026-11-24 --limit 1000 --json
""",
)
@click.option(
    "--configs",
    "folder",
    default="configs",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder with gateway.yaml, which names the log.",
)
@click.option(
    "--file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The log itself, whatever gateway.yaml says.",
)
@click.option("--trace", metavar="ID", help="All of the requests with this trace or request id.")
@click.option("--failed", is_flag=True, help="Only requests that failed.")
@click.option("--since", metavar="TIME", help="Only from then on: 30m, 1h, 2d ago, or 2026-11-24.")
@click.option("--provider", help="Only requests for which this provider was asked.")
@click.option("--config", metavar="ID", help="Only requests of this config.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(0),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="How many of the newest.",
)
@click.option("-f", "--follow", is_flag=True, help="Print new ones as they come, until Ctrl-C.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON object a line, with everything."
)
@click.pass_context
def logs(
    context: click.Context,
    *,
    folder: Path,
    file: Path | None,
    trace: str | None,
    failed: bool,
    since: str | None,
    provider: str | None,
    config: str | None,
    limit: int,
    follow: bool,
    as_json: bool,
) -> None:
    """List the requests of a gateway, the newest last.

    A line tells what became of a request; with --trace you see every attempt, and why it was made.
    """
    from router.cli.log_views import view_of
    from router.cli.log_watch import find_log, watch
    from router.cli.report import show_config
    from router.config.problems import ConfigError
    from router.gateway.request_log.reading import Query

    try:
        path = file or find_log(folder)
    except ConfigError as error:
        show_config(error)
        context.exit(1)
    query = Query(
        trace=trace,
        failed=failed,
        since=None if since is None else _moment(since, time.time),
        config=config,
        provider=None if provider is None else _named(provider),
        limit=limit,
    )
    view = view_of(path, whole=trace is not None, as_json=as_json)
    watch(path, query, view, pause=time.sleep if follow else None)


def _moment(text: str, now: Callable[[], float]) -> float:
    from router.gateway.request_log.since import parse_since

    try:
        return parse_since(text, now())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--since'") from None


def _named(provider: str) -> str:
    """Return a provider's name for an alias; one that is not known may be somebody's own."""
    from router.providers.registry import find_provider

    try:
        return find_provider(provider).name
    except LookupError:
        return provider
