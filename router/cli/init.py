"""Init: write a first set of configs, and what an editor needs to help with them."""

from pathlib import Path

import click


@click.command(
    epilog="""
\b
Examples:
  pixroute init
  pixroute init pictures
""",
)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write files anew that are there already.")
def init(folder: Path, force: bool) -> None:
    """Write example configs, virtual keys, schemas and editor settings into DIR.

    Keeps files that are there already.
    """
    from router.cli.furnishing import furnish, next_steps

    for path, is_written in furnish(folder, anew=force):
        mark = click.style("wrote", fg="green") if is_written else click.style("kept ", dim=True)
        click.echo(f"{mark}  {path}")
    click.echo(next_steps(folder))
