"""Inquiry: a config and a request as the command line names them, explained and printed."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from router.cli.filling import asked_params
from router.cli.options import need_pictures, parse_pairs
from router.cli.order import Asked
from router.cli.originals import elsewhere, files
from router.cli.parameters import parameters
from router.cli.report import show_config
from router.cli.request_file import Written, read_request
from router.cli.sources import STDIN, Sources, standard_input
from router.cli.terminal import Failed, width_of
from router.config.problems import ConfigError
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.errors import RoutingError
from router.explain.as_json import as_json
from router.explain.as_mermaid import as_mermaid
from router.explain.as_text import as_text
from router.explain.explanation import Explanation, explain
from router.explain.rehearsal import Question
from router.lab.stage import loader_for
from router.options import ConfigSource, RequestOptions

STAND_IN = "a red kite"
"""The prompt of a request that names none: every request has one."""

Shape = Literal["text", "json", "mermaid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A request as it was asked about: by options, or by a `file`."""

    asked: Asked
    prompt: str | None
    operation: Operation | None
    sources: Sources
    stream: bool
    partial_images: int | None
    timeout: float | None
    file: str | None

    def written(self) -> Written | None:
        """Return the request; None where there is none. Raises UsageError and Failed."""
        if self.file is None:
            return self._by_options() if self._has_options else None
        if self._has_options:
            raise click.UsageError("REQUEST and options of a request cannot go together")
        return read_request(self.file)

    @property
    def _has_options(self) -> bool:
        """Tell whether an option was given; an empty text or a 0 was."""
        return any(one is not None and one is not False and one != () for one in self._options())

    def _options(self) -> Iterator[object]:
        """Yield everything that could have been said."""
        yield from self.asked.values()
        yield from (self.prompt, self.operation, self.stream, self.timeout)
        yield from (self.sources.images, self.sources.mask, self.sources.markup)
        yield self.partial_images

    def _by_options(self) -> Written:
        params: Mapping[str, JSON] = {
            "prompt": self.prompt,
            "stream": self.stream or self.partial_images is not None or None,
            "partial_images": self.partial_images,
        }
        extra = parse_pairs("--param", self.asked["params"], plain=False)
        return Written(
            params=parameters({**params, **asked_params(self.asked)}, extra),
            operation=self.operation or ("edit" if self.sources.images else "generate"),
            sources=self.sources,
            options=RequestOptions(
                metadata=parse_pairs("--metadata", self.asked["metadata"], plain=True),
                provider=self.asked["provider"],
                timeout=self.timeout,
            ),
        )


def show(config: str, inquiry: Inquiry, *, catalog: Sequence[Path], shape: Shape) -> None:
    """Print an explanation. Raises UsageError and Failed."""
    if config == STDIN and inquiry.file == STDIN:
        raise click.UsageError("CONFIG and REQUEST cannot both be standard input")
    written = inquiry.written()
    question = None if written is None else _question(written)
    told = _explained(_source(config), question, catalog)
    match shape:
        case "json":
            click.echo(json.dumps(as_json(told), indent=2, ensure_ascii=False, default=dict))
        case "mermaid":
            click.echo(as_mermaid(told))
        case "text":
            click.echo(as_text(told, width_of(sys.stdout)))
            if written is not None and question is not None and question.params != written.params:
                click.echo(f"\nthe prompt is {STAND_IN!r}, as none was given")


def _question(written: Written) -> Question:
    need_pictures()
    params = {**written.params, **elsewhere(written.sources)}
    if params.get("prompt") is None and written.operation != "variation":
        params["prompt"] = STAND_IN
    return Question(
        params=params,
        operation=written.operation,
        options=written.options,
        files=files(written.sources),
    )


def _source(config: str) -> ConfigSource:
    """Return a config's path, or its text from standard input. Raises Failed."""
    if config == STDIN:
        return standard_input() + "\n"  # the line break says that it is a text and not a path
    if Path(config).is_dir():
        raise Failed(f"{config} is a folder; expected one config")
    return Path(config)


def _explained(
    source: ConfigSource, question: Question | None, catalog: Sequence[Path]
) -> Explanation:
    try:
        return explain(source, loader_for(catalog=catalog), question)
    except ConfigError as error:
        show_config(error)
        raise click.exceptions.Exit(1) from None
    except RoutingError as error:
        raise Failed(f"this is no request: {error.message}") from None
