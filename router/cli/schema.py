"""Schema: print a JSON Schema."""

from typing import Literal, get_args

import click

SchemaName = Literal["config", "virtual-keys", "catalog", "gateway", "tests", "scenario"]


@click.command(
    epilog="""
\b
Examples:
  pixroute schema > config.schema.json
  pixroute schema virtual-keys
""",
)
@click.argument("name", default="config", type=click.Choice(get_args(SchemaName)))
def schema(name: SchemaName) -> None:
    """Print a JSON Schema, that of a config where NAME is left out."""
    from router.config.schema import schema_text

    click.echo(schema_text(name).rstrip("\n"))
