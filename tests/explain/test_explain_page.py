"""What `docs/explain.md` shows is what the command prints."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from router.cli.app import pixroute

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explain.md").read_text()
SHOWN = re.findall(r"```console\n\$ pixroute (explain [^\n]*)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_the_page_shows_what_is_printed(command, output, monkeypatch):
    monkeypatch.chdir(ROOT)

    result = CliRunner().invoke(pixroute, shlex.split(command))

    assert result.stdout == output


def test_the_page_has_examples():
    assert len(SHOWN) == 4
