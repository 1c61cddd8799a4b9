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


@pytest.mark.parametrize("option", ["--scenario", "--compare", "--html", "--format", "--seed"])
def test_every_option_that_is_named_there_is(option):
    assert option in PAGE
    assert any(option in param.opts for param in simulate.params)


@pytest.mark.parametrize("part", ["provider", "arrivals", "request"])
def test_every_key_of_a_scenario_is_told(part):
    own = {"error_status"}  # as the schema says it

    missing = {key for key in SCHEMA["$defs"][part]["properties"] if key not in PAGE} - own
    assert not missing
