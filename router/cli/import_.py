"""Import: make a config of Portkey's or LiteLLM's one of ours, and tell what differs."""

from pathlib import Path
from typing import Literal

import click

from router.cli.options import format_option


@click.command(
    "import",
    epilog="""
\b
Examples:
  pixroute import portkey.json -o configs/images.yaml
  pixroute import litellm.yaml -o configs/images.yaml --force
  cat config.json | pixroute import - --from portkey
""",
)
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file. Standard output without it.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.option(
    "--from",
    "kind",
    type=click.Choice(["portkey", "litellm"]),
    help="Whose config it is. Seen from its keys without it.",
)
@format_option("How to tell what differs; json prints one object, the config in it.", "json")
@click.pass_context
def import_(
    context: click.Context,
    *,
    file: str,
    output: Path | None,
    force: bool,
    kind: Literal["portkey", "litellm"] | None,
    shape: Literal["text", "json"],
) -> None:
    """Import a config of Portkey's, or of LiteLLM's proxy: FILE, or - for standard input.

    What cannot be carried over stands as a comment in the config, and is told on standard error
    with its line in FILE. No key of the source is written out. Exits with 0 where all means the
    same, with 1 where something means another thing from now on, with 2 where FILE cannot be
    imported.
    """
    from router.cli.importing import Import

    work = Import(file=file, output=output, force=force, kind=kind, shape=shape)
    context.exit(work.run())
