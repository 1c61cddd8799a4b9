"""Edit: make new pictures of given ones and save them."""

from typing import Unpack

import click

from router.cli.order import StreamedOrder, order_options, stream_options
from router.cli.sources import Sources, file_alone, file_or_url


@click.command(
    epilog="""
\b
Examples:
  pixroute edit "make it night" --image kite.png --config configs/single.yaml
  pixroute edit "make it night" --image kite.png -c configs/single.yaml --sandbox
  pixroute edit "both in one picture" --image kite.png --image beach.jpg
  pixroute edit "a boat instead" --image beach.png --mask where.png
  cat kite.png | pixroute edit "make it night" --image - --partial-images 2
""",
)
@click.argument("prompt")
@click.option(
    "-i",
    "--image",
    "images",
    metavar="FILE",
    multiple=True,
    required=True,
    callback=file_or_url,
    help="A picture to begin with; - for standard input, or a URL. Repeatable.",
)
@click.option(
    "--mask",
    metavar="FILE",
    callback=file_or_url,
    help="A PNG whose transparent pixels say where the first picture is to be edited.",
)
@click.option(
    "--markup",
    metavar="FILE",
    callback=file_alone,
    help="A PNG with what is drawn over the first picture, for models that take one.",
)
@click.option("--input-fidelity", help="How much is to stay as it is: low or high.")
@order_options
@stream_options
@click.pass_context
def edit(
    context: click.Context,
    *,
    prompt: str,
    images: tuple[str, ...],
    mask: str | None,
    markup: str | None,
    input_fidelity: str | None,
    **order: Unpack[StreamedOrder],
) -> None:
    """Edit pictures as PROMPT says and save what comes of them.

    The pictures given stay as they are. Shows each attempt while it runs. Exits with 1 if no
    picture came, or fewer than asked for.
    """
    from router.cli.filling import fill, stream_params

    sources = Sources(images=images, mask=mask, markup=markup).checked()
    params = {"prompt": prompt, "input_fidelity": input_fidelity, **stream_params(order)}
    context.exit(fill(order, "edit", name=prompt, params=params, sources=sources))
