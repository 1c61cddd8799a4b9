"""Listing: one table in three layouts, by the room there is."""

import datetime as dt
import io
import sys

import click
import pytest

from router.cli.listing import show_text
from router.core.catalog import Catalog, ModelFacts, Price

TODAY = dt.date(2026, 11, 24)

MODELS = (
    ModelFacts(
        name="kite-2",
        operations=frozenset({"generate", "edit"}),
        streams=True,
        prices=(Price(per="image", usd=0.04),),
        seconds=12,
    ),
    ModelFacts(name="kite-1", retired=dt.date(2026, 5, 12), replaced_by="kite-2"),
    ModelFacts(name="kite-1b", retired=dt.date(2026, 12, 24), replaced_by="kite-2"),
)

WIDE = """\
toys                                 1024x1024   time
  kite-2    generate, edit, stream      $0.040   12 s
  kite-1    generate                                    retired 2026-05-12, then kite-2
  kite-1b   generate                                    until 2026-12-24, then kite-2

3 models, 1 retired, 1 to retire within 90 days
"""

MIDDLE = """\
toys                                 1024x1024   time
  kite-2    generate, edit, stream      $0.040   12 s
  kite-1    generate
    retired 2026-05-12, then kite-2
  kite-1b   generate
    until 2026-12-24, then kite-2

3 models, 1 retired, 1 to retire within 90 days
"""

NARROW = """\
toys
  kite-2
    generate, edit, stream, $0.040, 12 s
  kite-1
    generate
    retired 2026-05-12, then kite-2
  kite-1b
    generate
    until 2026-12-24, then kite-2

3 models, 1 retired, 1 to retire within
  90 days
"""


class Screen(io.StringIO):
    """A terminal, as far as its writer can tell."""

    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """Return what a terminal of so many columns shows."""

    def show(columns):
        screen = Screen()
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdout", screen)
        show_text([Catalog(provider="toys", models=MODELS)], TODAY)
        return screen.getvalue()

    return show


@pytest.mark.parametrize(
    ("columns", "text"), [(87, WIDE), (86, MIDDLE), (53, MIDDLE), (52, NARROW), (40, NARROW)]
)
def test_the_layout_is_the_widest_that_fits(shown, columns, text):
    seen = click.unstyle(shown(columns))

    expected = text.replace("\n  90 days", " 90 days") if columns > 47 else text
    assert seen == expected


@pytest.mark.parametrize(
    ("columns", "gone"),
    [
        (40, "\x1b[2m    retired 2026-05-12, then kite-2\x1b[0m"),
        (53, "\x1b[2m  kite-1    generate\x1b[0m"),
        (87, "\x1b[2m  kite-1    generate  "),
    ],
)
def test_what_is_gone_is_dim_and_what_goes_soon_is_yellow(shown, columns, gone):
    seen = shown(columns)

    assert gone in seen
    assert "\x1b[33m\x1b[1muntil 2026-12-24, then kite-2\x1b[0m" in seen
    assert "\x1b[31m\x1b[1m1 retired\x1b[0m" in seen
