"""The benchmarks measure what they say; how fast it is is no matter of a test."""

import asyncio
import subprocess
import sys

import pytest

from router import AsyncRouter
from tests.configs.asking import ROOT

FOLDER = ROOT / "benchmarks"
MODULES = ("engine", "measuring", "payloads", "worker")


@pytest.fixture
def engine(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import engine

    yield engine
    for name in MODULES:
        sys.modules.pop(name, None)


def test_the_engines_benchmark_gets_a_picture_through_the_whole_tree(engine):
    async def main():
        config = engine.three_levels("https://api.example.com/v1")
        async with AsyncRouter(config, sender=engine.Instant()) as router:
            answer = await router.images.generate(prompt="a kite", model=engine.MODEL)
            hollow = engine.without_calls(router.view.loaded.tree)
        return answer, hollow

    answer, hollow = asyncio.run(main())

    assert answer.trace.served.path.startswith("config.targets[0]")
    assert answer.data[0].media.width == 16
    assert "Ready" in repr(hollow)
    assert "Call(" not in repr(hollow)


def test_the_former_self_needs_a_commit():
    done = subprocess.run(
        [sys.executable, FOLDER / "former.py"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (1, "usage: python benchmarks/former.py COMMIT\n")
