"""Test: run the routing tests beside configs, in virtual time."""

from pathlib import Path
from typing import Literal

import click

from router.cli.options import catalog_option, format_option


@click.command(
    epilog="""
\b
Examples:
  pixroute test                               this folder's tests, or configs/
  pixroute test configs/prod.yaml -k refusal
  pixroute test configs --junit report.xml
  pixroute test --init configs/prod.yaml      write a first set of tests
""",
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("-k", "words", metavar="WORDS", default="", help="Only tests with WORDS in the name.")
@click.option("--seed", metavar="SEED", help="The dice of tests that name no seed; 0 if not given.")
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the results as JUnit XML, too; over none but an earlier report.",
)
@click.option("--force", is_flag=True, help="Write the report over any file.")
@format_option("How to print the results.", "json")
@click.option(
    "--init",
    "fresh",
    metavar="CONFIG",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Write CONFIG's first tests: what it does today. Replaces no file.",
)
@catalog_option
@click.pass_context
def test(
    context: click.Context,
    *,
    paths: tuple[Path, ...],
    words: str,
    seed: str | None,
    junit: Path | None,
    force: bool,
    shape: Literal["text", "json"],
    fresh: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """Run routing tests: in configs, under `tests`, and in files NAME.test.yaml beside them.

    Nothing is sent: the engine runs in virtual time, and the sandbox answers. Exits with 1 if a
    test fails, with 2 if there is none or one cannot be read.
    """
    from router.cli.routing_tests import Round, write_first
    from router.lab.stage import loader_for

    loader = loader_for(catalog=catalog or None)
    if fresh is not None:
        if paths:
            raise click.UsageError("--init writes tests and runs none; leave out the paths")
        context.exit(write_first(fresh, loader))
    tests = Round(loader=loader, words=words, seed=seed, junit=junit, force=force, catalog=catalog)
    context.exit(tests.run(paths, as_json=shape == "json"))
