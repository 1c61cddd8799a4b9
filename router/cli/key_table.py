"""Key table: the API keys of a gateway in columns; where that is too wide, one by one."""

import json
import sys
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import click

from router.cli.terminal import faint, strong, width_of, wrapped
from router.core.jsontypes import JSON
from router.gateway.settings import ApiKey, Settings

GAP = "   "
TELLING = 8  # characters of a digest, enough to tell one from the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key in words."""

    name: str
    config: str
    limits: str
    scopes: str
    digest: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.name, self.config, self.limits, self.scopes, self.digest)


HEAD = Row(name="key", config="config", limits="limits", scopes="scopes", digest="digest")


def show_text(settings: Settings) -> None:
    """Print the keys, or what it means that there are none."""
    if not settings.keys:
        click.echo(_without(settings))
        return
    rows = [_row(key, settings) for key in settings.keys]
    widths = [
        max(map(len, column)) for column in zip(*(r.cells for r in (HEAD, *rows)), strict=True)
    ]
    room = width_of(sys.stdout)
    if room is None or sum(widths) + len(GAP) * (len(widths) - 1) <= room:
        click.echo(faint(_line(HEAD.cells, widths)))
        for row in rows:
            line = _line(row.cells, widths)
            click.echo(strong(row.name) + line[len(row.name) :])
    else:
        for row in rows:
            click.echo(_block(row))


def show_json(settings: Settings) -> None:
    """Print one object."""
    keys = [_as_json(key) for key in settings.keys]
    click.echo(json.dumps({"keys": keys}, indent=2, ensure_ascii=False))


def _without(settings: Settings) -> str:
    if settings.needs_key:
        return "no keys, and nobody is served: 'keys' in the file is empty"
    return "no keys: everybody on this machine is served"


def _row(key: ApiKey, settings: Settings) -> Row:
    default = f"{settings.config} (default)" if settings.config else "none"
    return Row(
        name=key.name,
        config=key.config or default,
        limits=", ".join(_limits(key)) or "none",
        scopes=", ".join(_scopes(key)) or "all",
        digest=key.digest[:TELLING],
    )


def _limits(key: ApiKey) -> Iterator[str]:
    if key.requests is not None:
        yield f"{key.requests} a minute"
    if key.concurrency is not None:
        yield f"{key.concurrency} at once"


def _scopes(key: ApiKey) -> Iterator[str]:
    """Yield what a key may do less than others, and what more."""
    if not key.config_override:
        yield "no other config"
    elif not key.inline_configs:
        yield "no inline configs"
    for what, names in (
        ("configs", key.configs),
        ("providers", key.providers),
        ("virtual keys", key.virtual_keys),
    ):
        if names is not None:
            yield f"{what} {' '.join(sorted(names)) or 'none'}"
    if key.own_provider_keys:
        yield "own provider keys"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return GAP.join(padded).rstrip()


def _block(row: Row) -> str:
    """Write a key in as few lines as the terminal's width allows."""
    details = zip(HEAD.cells[1:], row.cells[1:], strict=True)
    lines = (wrapped(f"  {what}: {said}", hang=4) for what, said in details)
    return "\n".join((strong(row.name), *lines))


def _as_json(key: ApiKey) -> JSON:
    return {
        "name": key.name,
        "digest": key.digest[:TELLING],
        "config": key.config,
        "config_override": key.config_override,
        "inline_configs": key.inline_configs,
        "own_provider_keys": key.own_provider_keys,
        "configs": _listed(key.configs),
        "providers": _listed(key.providers),
        "virtual_keys": _listed(key.virtual_keys),
        "requests": key.requests,
        "concurrency": key.concurrency,
    }


def _listed(names: AbstractSet[str] | None) -> JSON:
    return None if names is None else sorted(names)
