"""A stage plays a config in virtual time, and every run with the same seed is the same."""

import asyncio
from pathlib import Path

import anyio
import pytest

from router.config.problems import ConfigError
from router.lab.stage import EPOCH, Stage, loader_for, wall_time
from router.sandbox.fault import Fault, FaultKind
from router.simulator.accounts import Accounts
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


def loaded(name):
    return loader_for().load(CONFIGS / f"{name}.yaml")


def tried(name, fate=None, **params):
    async def main():
        stage = Stage(loaded=loaded(name), fate=fate, latency=slow)
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


def test_whoever_wants_to_is_told_of_each_call_before_it_goes_out():
    told = []

    async def main():
        stage = Stage(loaded=loaded("fallback"), latency=slow, note=told.append)
        task = asyncio.ensure_future(stage.ask({"prompt": "a red kite"}))
        await anyio.sleep(1)
        early = len(told)
        await task
        return early

    assert simulate(main) == 1
    assert told[0].headers["authorization"] == "Bearer sandbox"


def test_a_stage_with_a_likeness_keeps_no_log():
    async def main(likeness):
        stage = Stage(loaded=loaded("fallback"), likeness=likeness)
        tried = await stage.ask({"prompt": "a red kite"})
        return tried.status, len(stage.sender.requests)

    assert simulate(lambda: main(None)) == (200, 1)
    assert simulate(lambda: main(lambda request: request.url)) == (200, 0)


def test_a_request_can_be_made_once_and_run_more_often():
    async def main():
        stage = Stage(loaded=loaded("fallback"), latency=slow)
        prepared = await stage.prepare({"prompt": "a red kite"})
        return [(await stage.run(prepared)).seconds for _ in range(2)]

    assert simulate(main) == [3.0, 3.0]


def test_wall_time_is_the_loops():
    async def main():
        await anyio.sleep(90)
        return wall_time()

    assert simulate(main) == EPOCH + 90


@pytest.mark.parametrize(
    ("loader", "key"),
    [(loader_for(), "sandbox"), (loader_for(Accounts()), "sandbox-openai-api-key")],
    ids=["all alike", "each account its own"],
)
def test_keys_have_stand_ins(loader, key, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    told = []

    async def main():
        stage = Stage(loaded=loader.load({"provider": "openai"}), loader=loader, note=told.append)
        await stage.ask({"prompt": "a red kite"})

    simulate(main)

    assert told[0].headers["authorization"] == f"Bearer {key}"


@pytest.mark.parametrize("loader", [loader_for(), loader_for(Accounts())], ids=["alike", "own"])
@pytest.mark.parametrize("host", ["${AZ_BASE}", "${AZ_BASE}/proxy", "http://${HOST}:${PORT}"])
def test_a_host_in_a_variable_has_a_stand_in_that_its_provider_answers(loader, host):
    config = {
        "provider": "azure-openai",
        "api_key": "${AZ}",
        "custom_host": host,
        "api_version": "2025-04-01-preview",
        "deployment_id": "gpt-image-1",
    }

    async def main():
        stage = Stage(loaded=loader.load(config), loader=loader)
        return await stage.ask({"prompt": "a red kite"})

    told = simulate(main)

    assert (told.status, told.trace.served.provider) == (200, "azure-openai")


def test_hosts_in_two_variables_are_two():
    targets = [
        {"provider": "openai", "api_key": "k", "custom_host": "${OWN_BASE}"},
        {"provider": "stability-ai", "api_key": "k", "custom_host": "${OTHER_BASE}"},
    ]
    config = {"strategy": {"mode": "fallback"}, "targets": targets}

    async def main():
        stage = Stage(loaded=loader_for().load(config), fate=FirstIsFull())
        return await stage.ask({"prompt": "a red kite"})

    told = simulate(main)

    assert [(one.provider, one.status) for one in told.trace.attempts] == [
        ("openai", 429),
        ("stability-ai", 200),
    ]


def test_a_host_that_is_none_by_itself_is_an_error():
    with pytest.raises(ConfigError, match="is not an http or https URL"):
        loader_for().load({"provider": "openai", "custom_host": "ftp://${OWN:-here}/"})
