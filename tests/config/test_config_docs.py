import importlib.util
import re
from pathlib import Path

import pytest
from config_tools import document

from router.config.portkey import KEYS
from router.config.schema import PACKAGE, schema_text

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "config.md").read_text(encoding="utf-8")


def generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up by name.
    import sys

    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_schemas_say():
    assert generator().page() == PAGE, "run: python docs/generate.py"


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
