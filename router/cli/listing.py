"""Listing: the models of the catalog as a table; where that is too wide, one below the other."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from router.cli.terminal import faint, red, strong, width_of, wrapped, yellow
from router.config.problems import counted
from router.config.read import read
from router.config.retirement import successor_of
from router.core.catalog import SOON, Catalog, ModelFacts
from router.core.jsontypes import JSON
from router.core.tariff import Tariff, tariff_of
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, find_provider, providers

GAP = "   "
INDENT = "  "
NUMBERS = frozenset({2, 3})
"""Columns that stand on the right: price and time."""

UNSURE = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model in words. `end` says that it is gone, or will be."""

    name: str
    can: str
    price: str
    time: str
    end: str
    is_retired: bool = False
    is_head: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.name, self.can, self.price, self.time, self.end)


HEAD = Row(name="", can="", price="1024x1024", time="time", end="", is_head=True)


def collect(provider: str | None, files: Sequence[Path]) -> tuple[Catalog, ...]:
    """Return the catalogs, with one's own files in them.

    Raises LookupError for a provider that is not known, and ConfigError for a broken file.
    """
    name = None if provider is None else find_provider(provider).name
    document = read(
        {},
        providers=providers(),
        elsewhere=INSTALLED,
        environment={},
        allow_unset=True,
        catalog=tuple(files),
        catalog_of=catalog_of,
    )
    own = document.catalogs
    known = dict.fromkeys([*(info.name for info in providers()), *own])
    found = (
        catalog_of(one).overlaid(own[one]) if one in own else catalog_of(one)
        for one in ([name] if name is not None else known)
    )
    return tuple(catalog for catalog in found if catalog.models or name is not None)


def show_text(catalogs: Sequence[Catalog], today: dt.date) -> None:
    """Print a table for each provider, all with the same columns."""
    rows = [[_row(model, catalog, today) for model in catalog.models] for catalog in catalogs]
    write = _writer([HEAD, *(row for some in rows for row in some)], width_of(sys.stdout))
    for catalog, some in zip(catalogs, rows, strict=True):
        click.echo(write(replace(HEAD, name=catalog.provider)))
        for row in some:
            click.echo(write(row))
        if not some:
            click.echo("  nothing is known of its models; they can be asked all the same")
        click.echo()
    for line in _closing(catalogs, today):
        click.echo(line)


def show_json(catalogs: Sequence[Catalog], today: dt.date) -> None:
    """Print one object."""
    models = [_as_json(model, catalog, today) for catalog in catalogs for model in catalog.models]
    click.echo(json.dumps({"models": models}, indent=2, ensure_ascii=False))


def _row(model: ModelFacts, catalog: Catalog, today: dt.date) -> Row:
    tariff = tariff_of(model)
    can = [name for name in ("generate", "edit", "variation") if name in model.operations]
    return Row(
        name=model.name,
        can=", ".join([*can, "stream"] if model.streams else can),
        price="" if tariff is None else f"{tariff}{_unsure(model, 'prices')}",
        time="" if model.seconds is None else f"{model.seconds:g} s{_unsure(model, 'seconds')}",
        end=_end(model, catalog, today),
        is_retired=model.is_retired(today),
    )


def _unsure(model: ModelFacts, fact: str) -> str:
    return UNSURE if fact in model.uncertain else ""


def _end(model: ModelFacts, catalog: Catalog, today: dt.date) -> str:
    if model.is_retired(today):
        said = f"retired {model.retired}"
    elif model.retires_soon(today):
        said = f"until {model.retired}"
    else:
        return ""
    successor = successor_of(model, catalog, today)
    return f"{said}, then {successor}" if successor else said


def _writer(rows: Sequence[Row], room: int | None) -> Callable[[Row], str]:
    """Return how a row is written: in one line, with its end below, or its details below."""
    widths = [max(map(len, column)) for column in zip(*(row.cells for row in rows), strict=True)]
    if room is None or _breadth(widths) <= room:
        return lambda row: _line(row.cells, widths, row)
    if _breadth(widths[:-1]) <= room:
        return lambda row: _with_end_below(row, widths[:-1])
    return _block


def _breadth(widths: Sequence[int]) -> int:
    return len(INDENT) + sum(widths) + len(GAP) * (len(widths) - 1)


def _line(cells: Sequence[str], widths: Sequence[int], row: Row) -> str:
    padded = [
        cell.rjust(width) if number in NUMBERS else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    if row.is_head:
        name, *others = padded
        return strong(row.name) + faint(
            (" " * (len(INDENT) + len(name) - len(row.name)) + GAP + GAP.join(others)).rstrip()
        )
    return _painted(INDENT + GAP.join(padded).rstrip(), row)


def _with_end_below(row: Row, widths: Sequence[int]) -> str:
    line = _line(row.cells[:-1], widths, row)
    if row.is_head or not row.end:
        return line
    return "\n".join((line, _painted(wrapped(f"{INDENT * 2}{row.end}", hang=6), row)))


def _block(row: Row) -> str:
    """Write a model in as few lines as the terminal's width allows."""
    if row.is_head:
        return strong(row.name)
    details = ", ".join(filter(None, row.cells[1:-1]))
    below = (wrapped(f"{INDENT * 2}{text}", hang=4) for text in (details, row.end) if text)
    return "\n".join((f"{INDENT}{strong(row.name)}", *(_painted(text, row) for text in below)))


def _painted(text: str, row: Row) -> str:
    """Colour a text, folded already, of what is gone, or soon will be."""
    if row.is_retired:
        return faint(text)
    if not row.end:
        return text
    return text.replace(row.end, yellow(row.end)) if row.end in text else text


def _closing(catalogs: Sequence[Catalog], today: dt.date) -> Iterator[str]:
    """Sum up, and explain the mark that was used."""
    models = [model for catalog in catalogs for model in catalog.models]
    retired = sum(model.is_retired(today) for model in models)
    soon = sum(model.retires_soon(today) for model in models)
    gone = f"{retired} retired" if retired else ""
    going = f"{soon} to retire within {SOON.days} days" if soon else ""
    said = wrapped(", ".join(filter(None, (counted(len(models), "model"), gone, going))), hang=2)
    said = said.replace(gone, red(gone)) if gone else said
    yield said.replace(going, yellow(going)) if going else said
    if any({"prices", "seconds"} & set(model.uncertain) for model in models):
        yield wrapped(f"{UNSURE} no source of the provider's own confirms it", hang=2)


def _as_json(model: ModelFacts, catalog: Catalog, today: dt.date) -> dict[str, JSON]:
    return {
        "provider": catalog.provider,
        "name": model.name,
        "also": list(model.also),
        "operations": sorted(model.operations),
        "streams": model.streams,
        "per_call": model.per_call,
        "sizes": list(map(str, model.sizes)),
        "ratios": list(model.ratios),
        "qualities": list(model.qualities),
        "formats": list(model.formats),
        "price": _price(tariff_of(model)),
        "seconds": model.seconds,
        "retired": None if model.retired is None else model.retired.isoformat(),
        "is_retired": model.is_retired(today),
        "retires_soon": model.retires_soon(today),
        "replaced_by": successor_of(model, catalog, today),
        "source": model.source,
        "read": None if model.read is None else model.read.isoformat(),
        "uncertain": list(model.uncertain),
    }


def _price(tariff: Tariff | None) -> JSON:
    """Write the price of a picture of 1024x1024, in US dollars."""
    if tariff is None:
        return None
    kind = {"is_bound": tariff.is_bound, "is_usual": tariff.is_usual}
    return {"low": tariff.low, "high": tariff.high, **kind}
