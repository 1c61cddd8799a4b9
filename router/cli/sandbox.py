"""Sandbox: run the providers' stand-ins on a port of this machine."""

import click

from router.cli.options import host_option, port_option, quiet_option

DEFAULT_PORT = 8642


@click.command(
    epilog="""
\b
Examples:
  pixroute sandbox
  pixroute sandbox --port 0 --faults "openai: 503 x2; stability-ai: delay=3"
  curl localhost:8642/_faults -d "openai: 429 retry_after=2 for 10s"
""",
)
@port_option(DEFAULT_PORT)
@host_option
@click.option("--faults", metavar="TEXT|FILE", help='What goes wrong, such as "openai: 503 x2".')
@quiet_option
@click.pass_context
def sandbox(context: click.Context, port: int, host: str, faults: str | None, quiet: bool) -> None:
    """Run stand-ins for the providers' APIs: no account, no cost, no internet.

    Draws real pictures from the prompt. Ends with Ctrl-C.
    """
    from router.cli.options import need_pictures

    need_pictures()
    from router.cli.faults import read_faults
    from router.cli.serving import serve

    script = None if faults is None else read_faults(faults)
    context.exit(serve(host=host, port=port, faults=script, quiet=quiet))
