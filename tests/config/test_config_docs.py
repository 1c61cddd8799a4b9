import re
import sys
from pathlib import Path

import pytest
from config_tools import document

from router.config.portkey import KEYS
from router.config.schema import PACKAGE, schema_text
from router.providers.registry import providers

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "config.md").read_text(encoding="utf-8")


@pytest.fixture
def pages(monkeypatch):
    """Return what the script would write, by path."""
    monkeypatch.syspath_prepend(str(DOCS))
    import generate

    yield {path: page() for path, page in generate.PAGES.items()}
    for name in ("generate", "config_page", "migrate_page", "provider_table"):
        sys.modules.pop(name, None)


def test_the_pages_are_what_their_sources_say(pages):
    assert {path.name for path in pages} == {"config.md", "README.md", "migrate.md"}
    for path, page in pages.items():
        assert path.read_text(encoding="utf-8") == page, "run: make docs"


def test_every_provider_is_in_the_readmes_table(pages):
    readme = next(page for path, page in pages.items() if path.name == "README.md")

    for info in providers():
        assert f"| `{info.name}`" in readme
        assert f"| `{info.key_variable}` |" in readme or not info.key_variable


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_of_portkey_is_on_the_page(key):
    assert f"| `{key.name}` | {key.fate} | {key.reason} |" in PAGE


def test_the_page_says_so_of_every_unit():
    units = set(re.findall(r'"x-unit": "(.*?)"', schema_text("config")))

    assert units == {"milliseconds", "seconds", "percent", "US dollars"}
    assert all(f"| {unit} |" in PAGE for unit in units)


def test_the_smallest_config_of_the_page_is_read():
    assert document("provider: openai\n").route.provider == "openai"


def test_the_schemas_are_found_in_a_checkout_and_in_a_wheel(tmp_path, monkeypatch):
    from router.config import schema

    inside = tmp_path / "router" / "schemas"
    inside.mkdir(parents=True)
    (inside / "config.schema.json").write_text("{}")
    monkeypatch.setattr(schema, "PACKAGE", tmp_path / "router")

    assert schema_text.__wrapped__("config") == "{}"
    assert (PACKAGE.parent / "schemas" / "config.schema.json").is_file()
