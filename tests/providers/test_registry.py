import subprocess
import sys

import pytest

from router.providers import registry


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai", "openai"),
        ("azure-openai", "azure-openai"),
        ("azure", "azure-openai"),
        ("stability-ai", "stability-ai"),
        ("stabilityai", "stability-ai"),
        ("stability", "stability-ai"),
    ],
)
def test_a_provider_is_found_by_its_name_and_its_aliases(name, provider):
    assert registry.find_provider(name).name == provider
    assert registry.adapter(name).provider == provider


def test_an_unknown_provider_is_named_with_those_there_are():
    with pytest.raises(LookupError, match=r"'opnai'.*azure-openai"):
        registry.adapter("opnai")


def test_every_provider_has_a_factory_and_every_factory_a_provider():
    assert {row.name for row in registry.PROVIDERS} == set(registry.FACTORIES)


def test_names_and_aliases_are_given_once():
    names = [name for row in registry.PROVIDERS for name in (row.name, *row.aliases)]

    assert len(names) == len(set(names))


def test_no_adapter_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, router.providers.registry as r\n"
        "r.find_provider('azure')\n"
        "loaded = {m for m in sys.modules if m.startswith('router.providers.')}\n"
        "assert loaded <= {'router.providers.registry', 'router.providers.catalog'}, loaded"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
