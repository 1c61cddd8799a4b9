"""Check: find everything that is wrong with configs, before any request."""

import datetime as dt
from pathlib import Path
from typing import Literal

import click

from router.cli.options import catalog_option, env_file_option


@click.command(
    epilog="""
\b
Examples:
  pixroute check configs
  pixroute check configs/prod.yaml --env-file .env
  pixroute check configs --allow-unset        in CI, where no keys are
  cat config.json | pixroute check -
""",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@env_file_option
@catalog_option
@click.option("--allow-unset", is_flag=True, help="Let variables and files of secrets be missing.")
@click.option("--sandbox", is_flag=True, help="Use the sandbox's keys for variables not set.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print what was found.",
)
@click.pass_context
def check(
    context: click.Context,
    *,
    paths: tuple[str, ...],
    env_file: Path | None,
    catalog: tuple[Path, ...],
    allow_unset: bool,
    sandbox: bool,
    shape: Literal["text", "json"],
) -> None:
    """Check configs: files, folders, or - for standard input.

    Tells every problem with its place. Exits with 1 if there is an error, with 0 if there are
    only warnings, or none.
    """
    from router.cli.checking import Checker, collect, show_json, show_text
    from router.cli.options import environment

    checker = Checker(
        environment=environment(env_file, sandbox=sandbox),
        allow_unset=allow_unset,
        catalog=catalog,
        today=dt.datetime.now().astimezone().date(),
    )
    findings = [checker.check(source) for source in collect(paths)]
    (show_json if shape == "json" else show_text)(findings)
    context.exit(1 if any(finding.has_errors for finding in findings) else 0)
