"""Terminal: whether it moves, how wide it is, and how things are written to it."""

import os
import shutil
import sys
import textwrap
from typing import TextIO

import click


class Failed(click.ClickException):
    """The command could not do what it was asked; one line says why, and it exits with 1."""

    def show(self, file: object = None) -> None:
        del file  # always stderr
        click.echo(f"{red('error:')} {self.message}", err=True)


def is_lively(stream: TextIO | None) -> bool:
    """Tell whether lines already written to it can be changed; a closed stream is None."""
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def width_of(stream: TextIO | None) -> int | None:
    """Columns of the terminal, else of COLUMNS; None where lines may have any length."""
    if is_terminal(stream):
        return shutil.get_terminal_size().columns
    said = os.environ.get("COLUMNS", "")
    return (int(said) or None) if said.isdecimal() else None


def wrapped(text: str, *, hang: int, stream: TextIO | None = None) -> str:
    """Break a line to the terminal's width; what follows is indented by `hang`."""
    width = width_of(stream or sys.stdout)
    if width is None or len(text) <= width:
        return text
    indent = " " * (hang if hang * 2 < width else 2)
    return textwrap.fill(
        text,
        width,
        subsequent_indent=indent,
        drop_whitespace=True,
        replace_whitespace=False,
        break_on_hyphens=False,
    )


def red(text: str) -> str:
    return click.style(text, fg="red", bold=True)


def yellow(text: str) -> str:
    return click.style(text, fg="yellow", bold=True)


def green(text: str) -> str:
    return click.style(text, fg="green")


def strong(text: str) -> str:
    return click.style(text, bold=True)


def faint(text: str) -> str:
    return click.style(text, dim=True)
