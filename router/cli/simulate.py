"""Simulate: play a day's traffic through a config, before it costs money."""

from pathlib import Path
from typing import Literal

import click

from router.cli.options import catalog_option, format_option

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    epilog="""
\b
Examples:
  pixroute simulate configs/nested.yaml --scenario regional-outage
  pixroute simulate configs/nested.yaml --scenario monday.yaml --html report.html
  pixroute simulate a.yaml --compare b.yaml --scenario 429-storm
  pixroute simulate a.yaml --scenario quiet-day --duration 1h --format json
""",
)
@click.argument("config", type=FILE)
@click.option(
    "--scenario",
    required=True,
    metavar="FILE|NAME",
    help="A scenario's file, or the name of one that ships.",
)
@click.option("--compare", type=FILE, help="A second config, for the same traffic.")
@click.option("--seed", type=int, help="Draw anew: another seed is another day.")
@click.option("--duration", metavar="TIME", help="Play less of it, or more: 90s, 10m, 1h 30m.")
@format_option("How to print what was found.", "json")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write a page with charts, too; over none but an earlier one.",
)
@click.option("--force", is_flag=True, help="Write the page over any file.")
@catalog_option
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def simulate(
    context: click.Context,
    *,
    config: Path,
    scenario: str,
    compare: Path | None,
    seed: int | None,
    duration: str | None,
    shape: Literal["text", "json"],
    page: Path | None,
    force: bool,
    catalog: tuple[Path, ...],
    quiet: bool,
) -> None:
    """Simulate traffic through CONFIG: the engine that serves, in virtual time.

    Providers are stand-ins that behave as the scenario has it. No key is read, nothing is sent.
    The same seed gives the same result on any machine. Ctrl-C shows what was found so far.
    """
    from router.cli.simulating import Simulation

    simulation = Simulation(
        configs=(config,) if compare is None else (config, compare),
        scenario=scenario,
        seed=seed,
        duration=duration,
        catalog=catalog,
        is_quiet=quiet,
        page=page,
        force=force,
    )
    simulated = simulation.run()
    simulation.tell(simulated, shape=shape)
    context.exit(130 if any(result.was_interrupted for result in simulated.results) else 0)
