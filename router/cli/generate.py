"""Generate: ask for pictures and save them."""

from typing import Unpack

import click

from router.cli.order import StreamedOrder, order_options, stream_options


@click.command(
    epilog="""
\b
Examples:
  pixroute generate "a red kite" --config configs/fallback.yaml --env-file .env
  pixroute generate "a red kite" -c configs/nested.yaml --sandbox
  pixroute generate "a red kite" -c configs/nested.yaml --sandbox \\
      --faults "stability-ai: 503"
  pixroute generate "a red kite" --partial-images 2
  pixroute generate "a red kite" --param background=transparent --json
""",
)
@click.argument("prompt")
@order_options
@stream_options
@click.pass_context
def generate(context: click.Context, *, prompt: str, **order: Unpack[StreamedOrder]) -> None:
    """Generate pictures from PROMPT and save them.

    Shows each attempt while it runs. Exits with 1 if no picture came, or fewer than asked for.
    """
    from router.cli.filling import fill, stream_params

    params = {"prompt": prompt, **stream_params(order)}
    context.exit(fill(order, "generate", name=prompt, params=params))
