"""The house's layers: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "router"

LAYERS = (
    {"core"},
    {"config", "dialects", "plugins"},
    {
        "errors",
        "strategies",
        "policies",
        "providers",
        "emulators",
        "senders",
        "stores",
        "keys",
        "artefacts",
    },
    {"compiler", "virtual_time"},
    {"sandbox", "options", "testing", "answer", "fetch"},
    {"asking", "events"},
    {"originals", "streams", "feed"},
    {"workspace", "desk"},
    {"engine"},
    {"view", "loop_thread", "images"},
    {"client"},
    {"sync", "trees"},
    {"lab"},
    {"gateway", "lint", "explain", "simulator", "config_tests", "migrate"},
    {"cli"},
    {"__main__"},
    {"__init__"},
)
"""Lowest first. A room may use lower ones; rooms of one layer do not know each other."""

SANS_IO = {"providers", "emulators"}
IO_MODULES = {"asyncio", "anyio", "os", "time", "random", "socket", "httpx", "aiohttp"}
FILES = sorted(ROOT.rglob("*.py"))


def imports_of(path):
    """Yield every module that a file imports, at its top or in a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room_of(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def layer_of(room):
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def room_of_file(path):
    relative = path.relative_to(ROOT)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards_only(path):
    room = room_of_file(path)

    for module in imports_of(path):
        if module.split(".")[0] != "router":
            continue
        other = room_of(module)
        assert other == room or layer_of(other) < layer_of(room), f"{path.name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_adapters_and_emulators_do_no_io(path):
    if room_of_file(path) not in SANS_IO:
        return

    touched = {module.split(".")[0] for module in imports_of(path)} & IO_MODULES

    assert not touched


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_import_hides_behind_type_checking(path):
    assert "TYPE_CHECKING" not in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_has_one_idea_and_fits_in_400_lines(path):
    assert len(path.read_text().splitlines()) < 400


def test_every_folder_and_module_has_its_layer():
    rooms = {room_of_file(path) for path in FILES}

    assert rooms <= set().union(*LAYERS)
