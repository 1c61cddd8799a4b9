"""Check: find everything that is wrong with configs, before any request."""

import datetime as dt
from pathlib import Path
from typing import Literal

import click

from router.cli.options import catalog_option, env_file_option, format_option

Shape = Literal["text", "json", "github"]


def _explain(context: click.Context, _: click.Parameter, code: str | None) -> None:
    """Print what is documented of a code, and end."""
    if code is None or context.resilient_parsing:
        return
    from router.cli.codes import explained

    click.echo(explained(code))
    context.exit()


def _codes(_: click.Context, __: click.Parameter, codes: tuple[str, ...]) -> frozenset[str]:
    """Let codes be such as there are."""
    from router.cli.codes import known

    return frozenset(known(code) for text in codes for code in text.split(",") if code)


@click.command(
    epilog="""
\b
Examples:
  pixroute check configs
  pixroute check configs/prod.yaml --env-file .env
  pixroute check configs --allow-unset        in CI, where no keys are
  pixroute check configs --fix                put right what needs no thought
  pixroute check --explain idle-weight
  cat config.json | pixroute check -
""",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@env_file_option
@catalog_option
@click.option("--allow-unset", is_flag=True, help="Let variables and files of secrets be missing.")
@click.option("--sandbox", is_flag=True, help="Use the sandbox's keys for variables not set.")
@click.option("--fix", is_flag=True, help="Put right in the files what needs no thought.")
@click.option("--notes", is_flag=True, help="Show notes, too.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@click.option(
    "--select", metavar="CODE", multiple=True, callback=_codes, help="Tell only of these codes."
)
@click.option(
    "--ignore", metavar="CODE", multiple=True, callback=_codes, help="Do not tell of these codes."
)
@click.option(
    "--explain",
    metavar="[CODE]",
    is_flag=False,
    flag_value="",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Say what a code is about; without one list them.",
)
@format_option(
    "How to print what was found: text, json or github.", "json", "github", metavar="NAME"
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
    fix: bool,
    notes: bool,
    strict: bool,
    select: frozenset[str],
    ignore: frozenset[str],
    shape: Shape,
) -> None:
    """Check configs: files, folders, or - for standard input.

    Tells every problem with its place: mistakes, and what will harm though it is no mistake.
    Exits with 1 if there is an error, with 0 if there are only warnings, or none.
    """
    from router.cli.checking import Checker
    from router.cli.entries import collect
    from router.cli.inspection import inspect
    from router.cli.options import environment
    from router.cli.reporting import Telling, show
    from router.lint.settings import LintSettings

    if fix and "-" in paths:
        raise click.UsageError("standard input cannot be fixed; name the file")
    checker = Checker(
        environment=environment(env_file, sandbox=sandbox),
        allow_unset=allow_unset,
        catalog=catalog,
        today=dt.datetime.now().astimezone().date(),
        wishes=LintSettings(select=select or None, ignore=ignore),
    )
    inspection = inspect(checker, list(collect(paths)), fix=fix)
    telling = Telling(inspection=inspection, fix=fix, notes=notes, strict=strict)
    show(telling, shape)
    context.exit(1 if telling.has_failed else 0)
