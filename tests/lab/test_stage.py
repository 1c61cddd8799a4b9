"""A stage plays a config in virtual time, and every run with the same seed is the same."""

from pathlib import Path

import anyio

from router.lab.stage import EPOCH, Stage, load, wall_time
from router.sandbox.fault import Fault, FaultKind
from router.testing import simulate

CONFIGS = Path(__file__).parents[2] / "configs"


class FirstIsFull:
    """The first request to OpenAI finds it full."""

    def strike(self, provider, model, serial, elapsed):
        if provider == "openai" and serial == 1:
            return Fault(kind=FaultKind.STATUS, status=429, retry_after=20.0)
        return None


def slow(provider, model, serial):
    return 3.0 if provider == "openai" else 5.0


def tried(name, fate=None, **params):
    async def main():
        stage = Stage(loaded=load(CONFIGS / f"{name}.yaml"), fate=fate, latency=slow)
        return await stage.ask({"prompt": "a red kite", **params})

    return simulate(main)


def test_a_request_takes_as_long_as_its_provider():
    told = tried("fallback")

    assert (told.status, told.seconds) == (200, 3.0)
    assert told.trace.served.provider == "openai"
    assert len(told.pictures.data) == 1


def test_fate_decides_what_goes_wrong():
    told = tried("fallback", FirstIsFull())

    assert [attempt.status for attempt in told.trace.attempts] == [429, 200]
    assert (told.status, told.seconds) == (200, 8.0)


def test_a_request_that_is_none_has_its_trace_all_the_same():
    told = tried("fallback", prompt="")

    assert told.status == 400
    assert told.pictures is None
    assert told.trace.attempts == ()


def test_wall_time_is_the_loops():
    async def main():
        await anyio.sleep(90)
        return wall_time()

    assert simulate(main) == EPOCH + 90
