"""Opening: what a gateway serves, to whom and where, before it does."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import click

from router.cli.greeting import Greeting, greeting
from router.cli.options import need_pictures
from router.cli.terminal import Failed, width_of
from router.config.problems import Problem
from router.gateway.assignment import SLOW
from router.gateway.listening import CannotListenError, address_of, is_this_machine, listen, url_of
from router.gateway.serve import Plan, serve
from router.gateway.serving import Serving
from router.gateway.settings import NO_SETTINGS, Settings
from router.sandbox.environment import SandboxEnvironment

HERE = Path("configs")
SUFFIXES = (".yaml", ".yml", ".json")
NEEDED = ("granian", "aiohttp", "orjson", "prometheus_client", "python_multipart", "re2")


def need_gateway(*, sandbox: bool) -> None:
    """Raise Failed where it cannot run, or the packages that it needs are not installed."""
    if any(find_spec(name) is None for name in NEEDED):
        raise Failed("the gateway needs an extra: pip install 'pixroute[gateway]'")
    if sys.platform == "win32":
        raise Failed("the gateway runs on Linux and macOS; on Windows, in WSL")
    if sandbox:
        need_pictures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the command line says of a gateway; the folder in `serving` is found already."""

    serving: Serving
    host: str
    port: int
    insecure: bool
    environment: Mapping[str, str]
    drain: float
    quiet: bool


def open_gateway(opening: Opening) -> int:
    """Serve until a signal comes, and return the exit code. Raises Failed."""
    settings = _settings(opening.serving.path)
    _need_artefacts(opening.serving.path, settings)
    _warn_of_limits(settings, opening.serving.workers)
    try:
        is_local = is_this_machine(opening.host)
        if not (is_local or opening.insecure or settings.needs_key):
            raise Failed(_unguarded(opening.host))
        listener = listen(opening.host, opening.port)
    except CannotListenError as error:
        raise Failed(str(error)) from None
    serving = replace(
        opening.serving,
        guarded=not is_local and not opening.insecure,
        keyed=settings.needs_key,
    )
    url, address = url_of(listener, opening.host), address_of(listener, opening.host)

    def started() -> None:
        greet(serving, settings, url, address, opening.environment, is_local=is_local)

    plan = Plan(
        serving=serving,
        environment=opening.environment,
        drain=opening.drain,
        patience=SLOW,
        quiet=opening.quiet,
    )
    code = serve(plan, listener, started)
    if code == 0:
        click.echo("the gateway has ended", err=True)
    return code


def folder_of(asked: Path | None, *, sandbox: bool) -> str | None:
    """Return the folder to serve; None is the shipped examples. Raises Failed."""
    if asked is not None:
        if not asked.is_dir():
            raise Failed(f"there is no folder {str(asked)!r}; 'pixroute init' makes one")
        return str(asked)
    if HERE.is_dir() and any(path.suffix in SUFFIXES for path in HERE.iterdir()):
        return str(HERE)
    if sandbox:
        return None
    raise Failed(
        "there are no configs in ./configs; 'pixroute init' writes some, --configs names another "
        "folder, and 'pixroute serve --sandbox' serves examples without any account"
    )


def greet(
    serving: Serving,
    settings: Settings,
    url: str,
    address: str,
    environment: Mapping[str, str],
    *,
    is_local: bool,
) -> None:
    """Print what is wrong with the configs, and how to call those that are served."""
    variables = SandboxEnvironment(environment) if serving.sandbox else environment
    served, problems = _look(serving.path, variables)
    _print(problems)
    for line in greeting(
        Greeting(
            url=url,
            address=address,
            configs=tuple(served),
            settings=settings,
            workers=serving.workers,
            is_sandbox=serving.sandbox,
            is_local=is_local,
            is_lively=sys.stderr is not None and sys.stderr.isatty(),
        )
    ):
        click.echo(line, err=True)


def _settings(folder: Path) -> Settings:
    """Read who may call: where that is not known, nobody is served. Raises Failed."""
    if not any(folder.glob("gateway.*")):
        return NO_SETTINGS
    # What reads configs takes a while to load, and the worker is not yet waited for.
    from router.config.problems import ConfigError
    from router.gateway.settings_file import read_settings
    from router.workspace import config_files

    try:
        return read_settings(folder, [path.stem for path in config_files(folder)])
    except ConfigError as error:
        _print(error.problems)
        raise Failed("nothing is served while it is not clear who may call") from None
    except OSError as error:
        raise Failed(f"{folder} cannot be read: {error.strerror}") from None


def _need_artefacts(folder: Path, settings: Settings) -> None:
    """Raise Failed where the pictures that links lead to cannot be kept."""
    directory = settings.artefacts.directory
    if directory is None:
        return
    from router.gateway.links import open_links

    place = folder / directory
    try:
        open_links(place, seconds=settings.artefacts.seconds, public_url=None, now=time.time)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    else:
        if os.access(place, os.W_OK | os.X_OK):
            return
        reason = "it cannot be written"
    raise Failed(f"artefacts.directory {str(place)!r} cannot be used: {reason}")


def _warn_of_limits(settings: Settings, workers: int) -> None:
    if not settings.keys:
        return
    from router.cli.report import warn
    from router.gateway.admission import too_small

    for line in too_small(settings, workers):
        warn(line)


def _look(folder: Path, environment: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
    """Return the ids of the configs that can be served, and what is wrong with the others."""
    from router.cli.checking import Checker
    from router.cli.entries import Entry
    from router.cli.inspection import inspect
    from router.workspace import config_files

    paths = list(config_files(folder))
    entries = [Entry(name=str(path)) for path in paths]
    checked = inspect(Checker(environment=environment), entries, fix=False).checked
    wrong = [one for one in checked if one.has_errors]
    broken = {Path(one.name).stem for one in wrong}
    served = [path.stem for path in paths if path.stem not in broken]
    return served, [problem for one in wrong for problem in one.problems]


def _print(problems: Sequence[Problem]) -> None:
    from router.cli.findings import show, unique

    for problem in unique(problems):
        click.echo(show(problem, width_of(sys.stderr), coded=True), err=True)


def _unguarded(host: str) -> str:
    return (
        f"anybody who reaches {host} could spend your money: no API keys are configured; "
        "'pixroute keys create NAME' makes one, --insecure serves without"
    )
