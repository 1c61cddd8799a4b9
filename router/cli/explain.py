"""Explain: show what a config means, and what would become of a request, before it is made."""

from pathlib import Path
from typing import Literal, Unpack

import click

from router.cli.options import catalog_option, format_option
from router.cli.order import TIMEOUT_OPTION, Asked, asked_options, stream_options
from router.cli.sources import file_alone, file_or_url
from router.core.images import Operation


@click.command(
    epilog="""
\b
Examples:
  pixroute explain configs/nested.yaml
  pixroute explain configs/nested.yaml --model dall-e-3 --size 1792x1024
  pixroute explain configs/conditional.yaml --metadata plan=pro
  pixroute explain configs/nested.yaml request.json --format json
  pixroute explain configs/nested.yaml --format mermaid > tree.mmd
""",
)
@click.argument("config", metavar="CONFIG")
@click.argument("request_file", metavar="[REQUEST]", required=False)
@click.option("--prompt", help="What is to be seen; its length matters to some prices.")
@click.option(
    "--operation",
    type=click.Choice(["generate", "edit", "variation"]),
    help="What is asked for; edit where there is an --image, else generate.",
)
@click.option(
    "-i",
    "--image",
    "images",
    metavar="FILE",
    multiple=True,
    callback=file_or_url,
    help="A picture to begin with, or a URL. Repeatable.",
)
@click.option("--mask", metavar="FILE", callback=file_or_url, help="As with edit.")
@click.option("--markup", metavar="FILE", callback=file_alone, help="As with edit.")
@asked_options
@stream_options
@TIMEOUT_OPTION
@catalog_option
@format_option("How to print it.", "json", "mermaid")
def explain(
    *,
    config: str,
    request_file: str | None,
    prompt: str | None,
    operation: Operation | None,
    images: tuple[str, ...],
    mask: str | None,
    markup: str | None,
    stream: bool,
    partial_images: int | None,
    timeout: float | None,
    catalog: tuple[Path, ...],
    shape: Literal["text", "json", "mermaid"],
    **asked: Unpack[Asked],
) -> None:
    """Explain CONFIG: its tree, and where each setting was set.

    With a request, given by options or as JSON in REQUEST, it also tells which way that goes, what
    is adapted, and what it takes at best and at worst. A - stands for standard input. No key is
    read, and nobody is asked.
    """
    from router.cli.inquiry import Inquiry, show
    from router.cli.sources import Sources

    inquiry = Inquiry(
        asked=asked,
        prompt=prompt,
        operation=operation,
        sources=Sources(images=images, mask=mask, markup=markup).checked(),
        stream=stream,
        partial_images=partial_images,
        timeout=timeout,
        file=request_file,
    )
    show(config, inquiry, catalog=catalog, shape=shape)
