"""What `docs/testing.md` shows is what happens, and its tables leave nothing out."""

import json
import re
from pathlib import Path

from click.testing import CliRunner

from router.cli.app import pixroute
from router.config.schema import schema_text

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
FILE = re.compile(r"```yaml\n# (\S+\.yaml)\n(.*?)```", re.DOTALL)
RUN = re.compile(r"```\n\$ pixroute (.*?)\n(.*?)```", re.DOTALL)
SECONDS = re.compile(r"[0-9.]+ s\n$")


def test_the_example_fails_as_it_is_shown_and_passes_when_mended(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILE.findall(PAGE):
        Path(name).write_text(f"# {name}\n{content}")
    [(command, shown)] = RUN.findall(PAGE)

    failed = CliRunner().invoke(pixroute, command.split())
    config = Path("pictures.yaml")
    mended = "attempts: 1, on_status_codes: [500, 502, 503]"
    config.write_text(config.read_text().replace("attempts: 1", mended))
    passed = CliRunner().invoke(pixroute, command.split())

    assert SECONDS.sub("", failed.stdout) == SECONDS.sub("", shown)
    assert (failed.exit_code, passed.exit_code) == (1, 0)


def test_every_expectation_is_in_the_table():
    schema = json.loads(schema_text("tests"))

    table = PAGE.partition("\n## then\n")[2].partition("\n## ")[0]
    assert [
        name for name in schema["$defs"]["expectation"]["properties"] if name not in table
    ] == []
