"""Providers that installed packages bring."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from router import AsyncRouter, ConfigError
from router.core.http import HttpRequest
from router.emulators import plugins as stand_ins
from router.emulators.registry import emulator, emulator_at
from router.plugins import PluginError, plugins
from router.providers import plugins as offers
from router.providers.registry import INSTALLED, adapter, find_provider, providers
from router.sandbox.fault_script import FaultScriptError, parse_faults
from router.sandbox.routes import base_of, route
from router.testing import Scripted, simulate

EXAMPLE = Path(__file__).parent.parent / "cookbook" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The example of the cookbook, built and installed into a folder of its own."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    quiet = ("--quiet", "--disable-pip-version-check", "--no-compile")
    alone = ("--no-deps", "--no-build-isolation", "--no-index")
    command = (sys.executable, "-m", "pip", "install", *quiet, *alone, "--target", folder, source)
    subprocess.run(command, check=True, capture_output=True)
    return folder


def run(folder, *arguments, cwd, **environment):
    """Run a command of Python's with the packages of a folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "DOODLE_KEY"}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**inherited, "PYTHONPATH": str(folder), **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def pixroute(folder, *arguments, cwd, **environment):
    return run(folder, "-m", "router", *arguments, cwd=cwd, **environment)


def config_in(folder, provider="doodle"):
    path = folder / "doodle.yaml"
    path.write_text(f"provider: {provider}\n")
    return str(path)


def test_an_installed_package_adds_a_provider(installed, tmp_path):
    done = pixroute(installed, "check", config_in(tmp_path), cwd=tmp_path, DOODLE_KEY="dk-1")

    assert (done.returncode, done.stderr) == (0, "")
    assert "doodle" in done.stdout


def test_the_variable_of_its_key_is_known(installed, tmp_path):
    done = pixroute(installed, "check", config_in(tmp_path), cwd=tmp_path)

    assert done.returncode == 1
    assert "DOODLE_KEY is not set" in done.stdout


@pytest.mark.parametrize("name", ["doodle", "doodles"])
def test_the_sandbox_stands_in_for_it_by_name_and_alias(installed, tmp_path, name):
    config = config_in(tmp_path, name)
    faults = ("--sandbox", "--faults", "doodle: 503 x1")

    good = pixroute(
        installed, "generate", "a sun", "-c", config, "--sandbox", "--json", cwd=tmp_path
    )
    bad = pixroute(installed, "generate", "a sun", "-c", config, *faults, cwd=tmp_path)

    report = json.loads(good.stdout)
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "a-sun-1.png").read_bytes().startswith(b"\x89PNG")
    assert "doodle" in json.dumps(report)
    assert bad.returncode == 1
    assert "503 overloaded" in bad.stderr


def test_without_the_package_the_provider_is_not_known(tmp_path):
    done = pixroute(tmp_path, "check", config_in(tmp_path), cwd=tmp_path)

    assert done.returncode == 1
    assert "unknown provider 'doodle'" in done.stdout


def test_nobody_looks_for_plugins_before_a_config_names_one(tmp_path):
    code = (
        "import sys\n"
        "from router import Router\n"
        "Router({'provider': 'x-ai', 'retry': {'attempts': 1}}, environment={'XAI_API_KEY': 'k'})\n"
        "assert 'router.plugins' not in sys.modules\n"
    )

    done = run(tmp_path, "-c", code, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


# Packages made by hand, for what no package should be.

TOY = """
from router.core.provider import ProviderInfo
from tests.toys import Toy

class Doodle(Toy):
    def __init__(self):
        super().__init__("doodle")

class Openai(Toy):
    def __init__(self):
        super().__init__("openai")

class Known(Doodle):
    info = ProviderInfo(name="another", aliases=("doo",), key_variable="MY_DOODLES")

class Misinformed(Doodle):
    info = "DOODLE_KEY"

class Misnamed(Toy):
    def __init__(self):
        super().__init__("doodel")

class Failing:
    def __init__(self):
        raise RuntimeError("no room for\\ndoodles")

class Nothing:
    provider = "doodle"

NUMBER = 5
"""


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """Make packages with entry points importable; nothing is remembered between tests."""

    def forget():
        for cached in (plugins, offers.offer, stand_ins._made):
            cached.cache_clear()

    def package(name, value, *, provider="doodle", group="router.providers"):
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{provider} = {value}\n")
        forget()

    (tmp_path / "toy_plugin.py").write_text(TOY)
    monkeypatch.syspath_prepend(str(tmp_path))
    forget()
    yield package
    sys.modules.pop("toy_plugin", None)
    forget()


def test_a_plugin_needs_no_more_than_a_name(packaged):
    packaged("plain", "toy_plugin:Doodle")
    sender = Scripted(200)
    environment = {"DOODLE_API_KEY": "dk-1"}

    async def main():
        async with AsyncRouter(
            {"provider": "doodle"}, environment=environment, sender=sender
        ) as router:
            return await router.images.generate(prompt="a cat")

    simulate(main)

    assert sender.requests[0].headers["authorization"] == "Bearer dk-1"
    assert INSTALLED.names() == ("doodle",)


def test_a_plugin_may_tell_its_aliases_and_its_variable(packaged):
    packaged("plain", "toy_plugin:Known")

    assert find_provider("doo").key_variable == "MY_DOODLES"
    assert find_provider("doo").name == "doodle"
    assert adapter("doo") is adapter("doodle")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_module:Doodle", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("toy_plugin:Missing", "AttributeError"),
        ("toy_plugin:NUMBER", "toy_plugin:NUMBER cannot be called; expected a class"),
        ("toy_plugin:Failing", "RuntimeError: no room for doodles"),
        ("toy_plugin:Nothing", "Nothing is no Adapter"),
        ("toy_plugin:Misnamed", "its adapter calls itself 'doodel'; expected 'doodle'"),
        ("toy_plugin:Misinformed", "its info is a str; expected a ProviderInfo"),
    ],
)
def test_a_broken_plugin_is_named_by_the_config_that_uses_it_and_hurts_no_other(
    packaged, value, reason
):
    packaged("broken-doodle", value)

    with pytest.raises(ConfigError) as caught:
        AsyncRouter({"provider": "doodle"}, environment={})
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        AsyncRouter({"provider": "openai"}, environment={})
    with pytest.raises(ConfigError, match="unknown provider 'dodle'"):
        AsyncRouter({"provider": "dodle"}, environment={})

    assert "unknown provider 'doodle'" in str(caught.value)
    assert "the package broken-doodle 1.0 offers it and cannot be used" in str(caught.value)
    assert reason in str(caught.value)


def test_two_packages_with_one_provider_are_both_named(packaged):
    packaged("one", "toy_plugin:Doodle")
    packaged("other", "toy_plugin:Known")

    with pytest.raises(PluginError, match=r"so does .*; uninstall one"):
        adapter("doodle")


def test_a_provider_that_is_built_in_is_not_taken_over(packaged, caplog):
    packaged("greedy", "toy_plugin:Openai", provider="openai")

    with caplog.at_level(logging.WARNING, "router"):
        names = INSTALLED.names()

    assert type(adapter("openai")).__module__ == "router.providers.openai"
    assert names == ()
    assert "greedy 1.0 offers a provider 'openai', which is built in" in caplog.text


def test_an_unknown_provider_is_told_those_of_packages_too(packaged):
    packaged("plain", "toy_plugin:Doodle")

    with pytest.raises(LookupError, match=r"'dodle' is not known; .*sd-cpp, doodle$"):
        adapter("dodle")
    with pytest.raises(ConfigError, match="did you mean 'doodle'"):
        AsyncRouter({"provider": "dodle"}, environment={})


def test_the_plugins_of_the_table_are_none():
    assert "doodle" not in {info.name for info in providers()}


EMULATOR = """
class Stand:
    provider = "doodle"
    roots = ("/draw",)

    def serves(self, host):
        return host == "doodle.example"

    def model(self, request): ...
    def handle(self, request, world): ...
    def failure(self, status, code, request, world): ...
    def refusal(self, request, world): ...
    def emptied(self, response): ...

class Half:
    provider = "doodle"
"""


def test_an_emulator_of_a_package_is_found_by_name_and_host(packaged, tmp_path):
    (tmp_path / "toy_plugin.py").write_text(EMULATOR)
    packaged("plain", "toy_plugin:Stand", group="router.emulators")

    assert emulator("doodle") is emulator_at("doodle.example")
    assert emulator_at("elsewhere.example") is None
    assert str(parse_faults("doodle: 503")[0]) == "doodle: 503"


def test_an_emulator_of_a_package_is_behind_its_name_over_http(packaged, tmp_path):
    (tmp_path / "toy_plugin.py").write_text(EMULATOR)
    packaged("plain", "toy_plugin:Stand", group="router.emulators")

    routed = route(HttpRequest(method="POST", url="http://127.0.0.1:9/doodle/draw?x=1"))

    assert routed.emulator.provider == "doodle"
    assert routed.request.url == "http://127.0.0.1:9/draw?x=1"
    assert base_of("doodle") == "/doodle"
    assert base_of("nobody") is None


@pytest.mark.parametrize("value", ["toy_plugin:Half", "no_such_module:Stand"])
def test_a_broken_emulator_is_logged_and_stands_in_for_nobody(packaged, tmp_path, caplog, value):
    (tmp_path / "toy_plugin.py").write_text(EMULATOR)
    packaged("half-doodle", value, group="router.emulators")

    with caplog.at_level(logging.WARNING, "router"):
        assert emulator("doodle") is None
        assert emulator_at("doodle.example") is None

    assert emulator("openai") is not None
    assert "half-doodle 1.0" in caplog.text
    with pytest.raises(FaultScriptError, match="'doodle' is not known"):
        parse_faults("doodle: 503")


def test_two_emulators_of_one_provider_are_logged(packaged, tmp_path, caplog):
    (tmp_path / "toy_plugin.py").write_text(EMULATOR)
    packaged("one", "toy_plugin:Stand", group="router.emulators")
    packaged("other", "toy_plugin:Stand", group="router.emulators")

    with caplog.at_level(logging.WARNING, "router"):
        assert emulator("doodle") is None

    assert "uninstall one" in caplog.text
