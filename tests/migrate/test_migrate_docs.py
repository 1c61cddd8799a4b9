"""The page on imports shows what the command does."""

import re
from pathlib import Path

from router.migrate.companies import COMPANIES
from router.migrate.importing import bring

PAGE = (Path(__file__).parents[2] / "docs" / "migrate.md").read_text()


def shown(name):
    return re.search(rf"<!-- {name} -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_example_becomes_what_the_page_shows(tmp_path):
    path = tmp_path / "litellm.yaml"
    path.write_text(shown("source"))

    assert bring(path).text == shown("result")


def test_every_prefix_is_on_the_page():
    assert all(f"| `{prefix}/` |" in PAGE for prefix in COMPANIES)
