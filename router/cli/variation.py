"""Variation: make pictures that resemble a given one and save them."""

from pathlib import Path
from typing import Unpack

import click

from router.cli.order import Order, order_options
from router.cli.sources import STDIN, Sources, file_alone


@click.command(
    epilog="""
\b
Examples:
  pixroute variation --image kite.png --provider openai --model dall-e-2
  pixroute variation --image kite.png --provider stability-ai --n 3 --sandbox
  cat kite.png | pixroute variation --image - --quiet
""",
)
@click.option(
    "-i",
    "--image",
    metavar="FILE",
    required=True,
    callback=file_alone,
    help="The picture to vary; - for standard input.",
)
@order_options
@click.pass_context
def variation(context: click.Context, *, image: str, **order: Unpack[Order]) -> None:
    """Make pictures that resemble a given one and save them.

    They are named after it, and it stays as it is. Shows each attempt while it runs. Exits with 1
    if no picture came, or fewer than asked for.
    """
    from router.cli.filling import fill

    name = "variation" if image == STDIN else Path(image).stem
    sources = Sources(images=(image,)).checked()
    context.exit(fill(order, "variation", name=name, params={}, sources=sources))
