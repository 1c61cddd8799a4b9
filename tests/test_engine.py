"""The library's face, end to end over a scripted sender: requests, options, cancelling, closing."""

import asyncio
import json
import logging

import anyio
import pytest

from router import (
    APIConnectionError,
    APITimeoutError,
    AsyncRouter,
    AuthenticationError,
    BadRequestError,
    BudgetExceededError,
    CircuitOpenError,
    ConfigError,
    ContentPolicyError,
    InternalServerError,
    NoImageError,
    QuotaExhaustedError,
    RateLimitError,
    RoutingError,
    UnsupportedError,
)
from router.core.http import HttpResponse, TransportError
from router.errors import FetchError
from router.testing import MemoryStore, Scripted, error_answer, picture_answer, simulate
from router.workspace import config_files
from tests.toys import Providers, Toy

OPENAI = {"provider": "openai", "api_key": "sk-openai-1234"}
OTHER = {**OPENAI, "custom_host": "https://other.test/v1"}
TWO = {"strategy": {"mode": "fallback"}, "targets": [OPENAI, OTHER]}
NOTHING = HttpResponse(status=200, body=b'{"created": 1, "data": []}')


class Diary:
    """An observer that keeps what it is told."""

    def __init__(self):
        self.lines = []

    def decided(self, decision):
        self.lines.append(("decided", decision.by))

    def attempt_started(self, attempt):
        self.lines.append(("started", attempt.path))

    def attempt_ended(self, attempt):
        self.lines.append(("ended", attempt.path, attempt.status, str(attempt.kind)))


def asked(config, *steps, sender=None, options=None, **keywords):
    """Ask for a cat in virtual time; return the answer, or the error that was raised."""

    async def main():
        using = {"sender": sender or Scripted(*steps), **(options or {})}
        async with AsyncRouter(config, **using) as router:
            try:
                return await router.images.generate(**{"prompt": "a cat"} | keywords)
            except RoutingError as error:
                return error

    return simulate(main)


# Answers


def test_an_answer_has_its_pictures_and_its_trace():
    answer = asked(OPENAI, picture_answer(2), model="gpt-image-2", n=2)

    assert (len(answer), answer.created) == (2, 1700000000)
    assert answer.data[0].bytes().startswith(b"\x89PNG")
    (attempt,) = answer.trace.attempts
    assert (attempt.path, attempt.provider, attempt.model) == ("config", "openai", "gpt-image-2")


def test_every_keyword_reaches_the_provider():
    sender = Scripted(200)

    asked(OPENAI, sender=sender, model="gpt-image-2", size="1024x1024", extra_body={"mood": "calm"})

    body = json.loads(sender.requests[0].body)
    assert body["prompt"] == "a cat"
    assert (body["size"], body["mood"]) == ("1024x1024", "calm")


def test_extra_headers_reach_the_provider():
    sender = Scripted(200)

    asked(OPENAI, sender=sender, extra_headers={"X-Beta": "1"})

    assert sender.requests[0].headers["x-beta"] == "1"
    assert sender.requests[0].headers["authorization"] == "Bearer sk-openai-1234"


# Errors


@pytest.mark.parametrize(
    ("reply", "kind", "status"),
    [
        (400, BadRequestError, 400),
        (error_answer(400, code="moderation_blocked"), ContentPolicyError, 400),
        (401, AuthenticationError, 401),
        (429, RateLimitError, 429),
        (error_answer(429, code="insufficient_quota"), QuotaExhaustedError, 429),
        (500, InternalServerError, 500),
        (TransportError("refused", sent=False), APIConnectionError, 503),
        (TransportError("lost", sent=True), APIConnectionError, 502),
        (NOTHING, NoImageError, 502),
        (HttpResponse(status=200, body=b"<html>"), NoImageError, 502),
    ],
    ids=str,
)
def test_a_failure_is_raised_as_its_class(reply, kind, status):
    error = asked(OPENAI, reply)

    assert type(error) is kind
    assert error.status_code == status
    assert len(error.trace.attempts) == 1


def test_a_timeout_is_raised_as_its_class():
    error = asked({**OPENAI, "request_timeout": 5000}, (60, 200))

    assert type(error) is APITimeoutError
    assert isinstance(error, APIConnectionError)


def test_an_unsupported_request_is_raised_as_its_class():
    stability = {"provider": "stability-ai", "api_key": "sk", "on_unsupported": "skip"}

    assert type(asked(stability, background="transparent", model="core")) is UnsupportedError


def test_an_open_breaker_is_raised_as_its_class():
    config = {
        "strategy": {
            "mode": "single",
            "cb_config": {"failure_threshold": 1, "cooldown_interval": 30000},
        },
        "targets": [OPENAI],
    }

    async def main():
        async with AsyncRouter(config, sender=Scripted(500)) as router:
            errors = []
            for _ in range(2):
                with pytest.raises(RoutingError) as caught:
                    await router.images.generate(prompt="a cat")
                errors.append(caught.value)
        return errors

    first, second = simulate(main)
    assert (type(first), type(second)) == (InternalServerError, CircuitOpenError)
    assert second.retry_after == 30.0


def test_the_error_carries_the_providers_words_and_every_attempt():
    reply = error_answer(400, code="bad_size", message="no such size")

    error = asked(TWO, 500, reply)

    assert (error.message, error.code, error.kind) == ("no such size", "bad_size", "bad_request")
    assert [a.status for a in error.trace.attempts] == [500, 400]
    assert "config.targets[0] openai 500 server_error" in str(error)
    assert "sk-openai-1234" not in f"{error!r} {error} {error.trace.attempts}"


def test_pictures_that_came_are_in_the_error():
    error = asked(OPENAI, picture_answer(1), n=2, model="gpt-image-2")

    assert len(error.pictures) == 1


# Deadlines


def test_the_timeout_of_a_request_is_its_deadline():
    error = asked(TWO, (3, 500), (60, 200), timeout=5)

    assert type(error) is BudgetExceededError
    assert error.status_code == 500
    assert [a.status for a in error.trace.attempts] == [500, 499]


def test_a_deadline_with_no_failure_before_it_is_a_408():
    error = asked(OPENAI, (60, 200), timeout=5)

    assert (type(error), error.status_code) == (BudgetExceededError, 408)


def test_the_timeout_of_the_router_holds_for_its_requests():
    async def main():
        async with AsyncRouter(OPENAI, sender=Scripted((60, 200), (60, 200))) as router:
            hasty = router.with_options(timeout=5)
            with pytest.raises(BudgetExceededError):
                await hasty.images.generate(prompt="a cat")
            return len(await hasty.images.generate(prompt="a cat", timeout=100))

    assert simulate(main) == 1


# Options


def test_options_are_added_one_to_the_other():
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": {"metadata.a": 1, "metadata.b": 2}, "then": "other"}],
            "default": "first",
        },
        "targets": [{"name": "first", **OPENAI}, {"name": "other", **OTHER}],
    }

    async def main():
        async with AsyncRouter(config, sender=Scripted(200, 200)) as router:
            mine = router.with_options(metadata={"a": 1}).with_options(metadata={"b": 2})
            answers = [await r.images.generate(prompt="a cat") for r in (mine, router)]
        return [a.trace.attempts[0].path for a in answers]

    assert simulate(main) == ["config.targets[1]", "config.targets[0]"]


def test_another_config_may_be_used_for_one_request():
    async def main():
        sender = Providers(api=Scripted(), other=Scripted(200))
        async with AsyncRouter(OPENAI, sender=sender) as router:
            await router.with_options(config=OTHER).images.generate(prompt="a cat")
        return sender.asked

    assert simulate(main) == ["other"]


def test_a_config_of_a_folder_is_chosen_by_name(tmp_path):
    (tmp_path / "main.json").write_text(json.dumps(OPENAI))
    (tmp_path / "canary.json").write_text(json.dumps(OTHER))

    async def main():
        sender = Providers(api=Scripted(200), other=Scripted(200))
        async with AsyncRouter.from_folder(tmp_path, default="main", sender=sender) as router:
            await router.images.generate(prompt="a cat")
            await router.with_options(config="canary").images.generate(prompt="a cat")
        return sender.asked

    assert simulate(main) == ["api", "other"]


def test_a_default_that_is_not_in_the_folder_names_those_that_are(tmp_path):
    (tmp_path / "main.json").write_text(json.dumps(OPENAI))

    with pytest.raises(
        LookupError, match=r"'mian' is no config .*; known configs: main; did you mean 'main'"
    ):
        AsyncRouter.from_folder(tmp_path, default="mian")


def test_a_config_that_is_not_in_the_folder_names_those_that_are(tmp_path):
    (tmp_path / "main.json").write_text(json.dumps(OPENAI))
    router = AsyncRouter.from_folder(tmp_path, default="main")

    with pytest.raises(LookupError, match=r"'canary' is no config .*; known configs: main"):
        router.with_options(config="canary")


def test_a_misspelt_option_is_an_error():
    with pytest.raises(TypeError, match="no option 'sandbx'; did you mean 'sandbox'"):
        AsyncRouter(OPENAI, sandbx=True)
    with pytest.raises(TypeError, match="no option 'foo'; known: config"):
        AsyncRouter(OPENAI).with_options(foo=1)


def folder_errors(folder):
    with pytest.raises(ConfigError) as caught:
        AsyncRouter.from_folder(folder, default="main")
    return [str(problem) for problem in caught.value.problems]


def test_two_configs_of_one_name_are_a_problem_that_names_both(tmp_path):
    for name in ("a.json", "a.yaml", "a.yml", "b.json"):
        (tmp_path / name).write_text(json.dumps(OPENAI))

    assert folder_errors(tmp_path) == [
        f"{tmp_path / other}: error: config: 'a' is the name of {other} and of a.json; rename one"
        for other in ("a.yaml", "a.yml")
    ]


def test_a_folder_tells_the_problems_of_all_its_configs(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(OPENAI))
    (tmp_path / "a.yaml").write_text("provider: opnai")
    (tmp_path / "b.yaml").write_text("provider: stabilty")

    told = "\n".join(folder_errors(tmp_path))

    assert all(word in told for word in ("of a.yaml and of a.json", "opnai", "stabilty"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("missing", "the folder does not exist"),
        ("a.json", "is a file; expected a folder of configs; Router.from_file reads one config"),
        ("x" * 300, "the folder cannot be read: File name too long"),
    ],
    ids=["missing", "file", "unreadable"],
)
def test_a_folder_that_is_none_is_a_problem(tmp_path, name, told):
    (tmp_path / "a.json").write_text(json.dumps(OPENAI))

    assert folder_errors(tmp_path / name) == [f"{tmp_path / name}: error: config: {told}"]


def test_the_virtual_keys_of_a_folder_are_none_of_its_configs(tmp_path):
    for name in ("virtual-keys.yaml", "virtual-keys.yml", "virtual-keys.json", "gateway.yaml"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "main.json").write_text(json.dumps(OPENAI))

    assert [path.name for path in config_files(tmp_path)] == ["main.json"]


def test_a_request_may_name_the_provider_and_its_own_variable_is_the_key():
    async def main():
        sender = Scripted(200)
        async with AsyncRouter(
            {"override_params": {"n": 1}}, sender=sender, environment={"OPENAI_API_KEY": "sk-own"}
        ) as router:
            await router.images.generate(prompt="a cat", provider="openai")
        return sender.requests[0].headers["authorization"]

    assert simulate(main) == "Bearer sk-own"


def test_a_trace_has_the_id_it_was_given():
    assert asked(OPENAI, 200, trace_id="mine").trace.id == "mine"


def test_trace_ids_differ_and_repeat_with_the_seed():
    async def ids(seed):
        async with AsyncRouter(OPENAI, sender=Scripted(200, 200, 200), seed=seed) as router:
            answers = [await router.images.generate(prompt="a cat") for _ in range(3)]
        return [a.trace.id for a in answers]

    one, same, other = (simulate(lambda s=s: ids(s)) for s in ("a", "a", "b"))
    assert one == same
    assert len({*one, *other}) == 6


def test_a_seed_repeats_every_draw_whatever_happens_at_once():
    config = {
        "strategy": {"mode": "loadbalance"},
        "targets": [OPENAI, OTHER, {**OTHER, "weight": 2}],
    }

    async def main(step):
        async with AsyncRouter(config, sender=Scripted(step, repeat=True), seed=7) as router:
            answers = await asyncio.gather(
                *(router.images.generate(prompt=f"cat {n}") for n in range(30))
            )
        return [a.trace.attempts[0].path for a in answers]

    quick, slow = simulate(lambda: main(200)), simulate(lambda: main((5, 200)))
    assert quick == slow
    assert len(set(quick)) == 3


def test_a_cached_answer_is_shared_by_routers_of_one_store():
    config = {**OPENAI, "cache": {"mode": "simple"}}

    async def main():
        sender, store = Scripted(200, 200), MemoryStore()
        for keywords in ({}, {}, {"cache_force_refresh": True}, {"cache_namespace": None}):
            async with AsyncRouter(config, sender=sender, store=store) as router:
                await router.images.generate(prompt="a cat", **keywords)
        return len(sender.requests)

    assert simulate(main) == 2


# Pictures behind URLs


LINK = HttpResponse(
    status=200, body=b'{"created": 1, "data": [{"url": "http://localhost:9000/files/1.png"}]}'
)
FILE = HttpResponse(status=200, body=b"\x89PNG\r\n\x1a\n")
LOCAL = {**OPENAI, "custom_host": "http://localhost:9000/v1"}
LOCAL_KEY = {
    "virtual_key": "local",
    "virtual_keys": {"local": {**OPENAI, "custom_host": "http://localhost:9000/v1"}},
}


async def read(router, **keywords):
    async with router:
        answer = await router.images.generate(prompt="a cat", **keywords)
        return await answer.data[0].read()


@pytest.mark.parametrize("config", [LOCAL, LOCAL_KEY], ids=["target", "virtual key"])
def test_a_picture_at_a_loopback_host_of_the_config_is_fetched(config):
    router = AsyncRouter(config, sender=Scripted(LINK, FILE))

    assert simulate(lambda: read(router)) == FILE.body


def test_a_picture_at_another_loopback_host_is_not_fetched():
    router = AsyncRouter(OPENAI, sender=Scripted(LINK, FILE))

    with pytest.raises(FetchError, match="expected https, or the origin of a custom_host"):
        simulate(lambda: read(router))


# The sandbox


def sandboxed(first, *, later=None, **keywords):
    """Ask for a cat in the sandbox; return who made it."""

    async def main():
        async with AsyncRouter(first, sandbox=True, environment={}) as router:
            asked = router if later is None else router.with_options(config=later)
            answer = await asked.images.generate(prompt="a cat", **keywords)
        return answer.trace.served.provider

    return simulate(main)


@pytest.mark.parametrize("config", [LOCAL, LOCAL_KEY], ids=["target", "virtual key"])
def test_the_sandbox_stands_in_for_the_hosts_of_a_config_that_comes_later(config):
    assert sandboxed(OPENAI, later=config) == "openai"


def test_the_sandbox_stands_in_for_a_virtual_key_that_only_the_request_names():
    config = {"virtual_keys": LOCAL_KEY["virtual_keys"], "override_params": {"n": 1}}

    assert sandboxed(config, provider="local") == "openai"
    assert sandboxed(OPENAI, later=config, provider="local") == "openai"


def test_the_sandbox_tells_providers_behind_one_host_apart_by_their_paths():
    host = "http://localhost:8787"
    keys = {
        "open": {"provider": "openai", "api_key": "k", "custom_host": f"{host}/openai/v1"},
        "stable": {"provider": "stability-ai", "api_key": "k", "custom_host": f"{host}/stability"},
    }

    for name, provider in (("open", "openai"), ("stable", "stability-ai")):
        assert sandboxed({"virtual_key": name, "virtual_keys": keys}) == provider


def test_the_sandbox_leaves_hosts_of_providers_that_it_does_not_know_alone():
    own = Toy("mine")
    config = {
        "strategy": {"mode": "fallback"},
        "targets": [
            {"provider": own.provider, "api_key": "k", "custom_host": "http://localhost:7000"},
            OPENAI,
        ],
    }

    async def main():
        async with AsyncRouter(config, sandbox=True, environment={}, adapters=[own]) as router:
            answer = await router.images.generate(prompt="a cat")
        return [(attempt.provider, attempt.status) for attempt in answer.trace.attempts]

    assert simulate(main) == [(own.provider, 503), ("openai", 200)]


# Observing and cancelling


def test_observers_see_what_happens_as_it_happens():
    diary = Diary()

    asked(TWO, 500, 200, options={"observers": [diary]})

    assert diary.lines == [
        ("started", "config.targets[0]"),
        ("ended", "config.targets[0]", 500, "server_error"),
        ("decided", "fallback"),
        ("started", "config.targets[1]"),
        ("ended", "config.targets[1]", 200, "None"),
    ]


@pytest.mark.parametrize("cached", [False, True])
def test_cancelling_the_caller_cancels_the_upstream_call(cached):
    diary = Diary()
    config = OPENAI | ({"cache": {"mode": "simple"}} if cached else {})

    async def main():
        sender = Scripted((60, 200))
        async with AsyncRouter(config, sender=sender, observers=[diary]) as router:
            task = asyncio.ensure_future(router.images.generate(prompt="a cat"))
            await anyio.sleep(5)
            task.cancel()
            await asyncio.wait({task})
            return task.cancelled(), asyncio.get_running_loop().time(), len(asyncio.all_tasks())

    assert simulate(main) == (True, 5, 1)
    assert diary.lines[-1] == ("ended", "config", 499, "cancelled")


def test_a_cancel_scope_around_a_request_ends_it():
    async def main():
        async with AsyncRouter(TWO, sender=Scripted((60, 200))) as router:
            with anyio.move_on_after(5) as scope:
                await router.images.generate(prompt="a cat")
        return scope.cancelled_caught, asyncio.get_running_loop().time()

    assert simulate(main) == (True, 5)


# Loops and closing


def test_a_router_belongs_to_the_loop_of_its_first_request():
    router = AsyncRouter(OPENAI, sender=Scripted(200, repeat=True))
    asyncio.run(router.images.generate(prompt="a cat"))

    with pytest.raises(RuntimeError, match="belongs to the event loop of its first request"):
        asyncio.run(router.images.generate(prompt="a cat"))


def test_a_router_may_be_made_outside_any_loop():
    router = AsyncRouter(OPENAI, sender=Scripted(200))

    assert len(simulate(lambda: router.images.generate(prompt="a cat"))) == 1


def test_a_closed_router_says_so():
    async def main():
        router = AsyncRouter(OPENAI, sender=Scripted())
        await router.aclose()
        await router.aclose()
        with pytest.raises(RuntimeError, match="this router is closed; make a new one"):
            await router.images.generate(prompt="a cat")

    simulate(main)


def test_closing_leaves_a_sender_that_was_handed_in_open():
    async def main():
        sender = Scripted()
        async with AsyncRouter(OPENAI, sender=sender):
            pass
        return sender.closed

    assert simulate(main) is False


def test_closing_ends_shared_calls_and_waits_until_they_have_ended():
    diary = Diary()

    async def main():
        config = {**OPENAI, "cache": {"mode": "simple"}}
        router = AsyncRouter(config, sender=Scripted((60, 200)), observers=[diary])
        task = asyncio.ensure_future(router.images.generate(prompt="a cat"))
        await anyio.sleep(5)
        await router.aclose()
        closed = list(diary.lines)
        with pytest.raises(RoutingError) as caught:
            await task
        return closed[-1], caught.value.status_code

    assert simulate(main) == (("ended", "config", 499, "cancelled"), 499)


def test_routers_made_of_one_share_breakers_and_closing():
    async def main():
        router = AsyncRouter(OPENAI, sender=Scripted())
        other = router.with_options(trace_id="x")
        await router.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await other.images.generate(prompt="a cat")

    simulate(main)


# The log


def logged(caplog, *steps, config=TWO):
    with caplog.at_level(logging.INFO, logger="router"):
        asked(config, *steps, trace_id="t1")
    return [record.getMessage() for record in caplog.records if record.name == "router"]


def test_a_request_is_one_line_in_the_log(caplog):
    assert logged(caplog, 500, (2.5, 200)) == [
        "t1 served by openai at config.targets[1]: 2 attempts, 2.500 s"
    ]


def test_a_failed_request_is_one_line_in_the_log(caplog):
    assert logged(caplog, 500, (2.5, 429)) == [
        "t1 failed: 429 rate_limited after 2 attempts in 2.500 s"
    ]


def test_a_cached_answer_is_one_line_in_the_log(caplog):
    config = {**OPENAI, "cache": {"mode": "simple"}}

    async def main():
        async with AsyncRouter(config, sender=Scripted(200)) as router:
            for trace_id in "ab":
                await router.images.generate(prompt="a cat", trace_id=trace_id)

    with caplog.at_level(logging.INFO, logger="router"):
        simulate(main)

    assert caplog.messages[-1] == "b served by the cache: 0 attempts, 0.000 s"


def test_a_router_shows_its_source_and_no_secret():
    assert "sk-openai" not in repr(AsyncRouter(OPENAI, sender=Scripted()))
