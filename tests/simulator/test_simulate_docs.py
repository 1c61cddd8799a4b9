"""What `docs/simulate.md` shows is what happens, and it leaves no key and no option out."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from router.cli.app import pixroute
from router.cli.simulate import simulate
from router.config.schema import schema_text
from router.simulator.shipped import shipped_names

PAGE = (Path(__file__).parents[2] / "docs" / "simulate.md").read_text()
FILES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
SHOWN = re.search(r"```\n\$ pixroute (.*?)\n(.*?)```", PAGE, re.DOTALL)
SCHEMA = json.loads(schema_text("scenario"))


def test_the_example_is_what_the_command_prints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text)

    told = CliRunner().invoke(pixroute, SHOWN[1].split())

    assert told.stdout.strip() == SHOWN[2].strip()


@pytest.mark.parametrize("name", shipped_names())
def test_every_scenario_that_ships_is_named(name):
    assert f"`{name}`" in PAGE


OPTIONS = [option for param in simulate.params for option in param.opts if option[:2] == "--"]


@pytest.mark.parametrize("option", sorted(set(OPTIONS) - {"--force", "--help"}))
def test_every_option_has_its_row(option):
    assert re.search(rf"^\| `{option}[ `]", PAGE, re.MULTILINE)


def test_no_option_is_told_that_there_is_not():
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) <= set(OPTIONS)


def keys(schema):
    """Yield the keys of a scenario; those of its `params` are told elsewhere."""
    yield from schema.get("properties", {})
    for name, part in schema.get("properties", {}).items():
        yield from keys(part) if name != "params" else ()
    for part in schema.get("$defs", {}).values():
        yield from keys(part)


def test_every_key_of_a_scenario_is_told():
    told = set(re.findall(r"[\w$]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))

    assert len(set(keys(SCHEMA))) > 40
    assert set(keys(SCHEMA)) - told == {"$schema"}
