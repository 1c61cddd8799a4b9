import asyncio
import json
import socket

import anyio
import httpx
import openai
import pytest

from router.core.media import sniff_bytes
from router.emulators.drawing import fixed
from router.sandbox.server import Sandbox, run

BODY = {"model": "gpt-image-2", "prompt": "x"}
LOGIN = {"authorization": "Bearer sk-sandbox"}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2_000


def served(work, **settings):
    """Run `work(sandbox, client)` against a sandbox on a free port."""

    async def main():
        async with (
            Sandbox(**{"draw": fixed(PICTURE), **settings}) as sandbox,
            httpx.AsyncClient(
                base_url=sandbox.url, headers=LOGIN, trust_env=False, verify=False
            ) as client,
        ):
            return await work(sandbox, client)

    return anyio.run(main)


async def generate(client):
    return await client.post("/openai/v1/images/generations", json=BODY)


async def raw(sandbox, data):
    """Send bytes and read until the server closes."""
    host, port = sandbox.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    await writer.drain()
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("path", "host", "provider"),
    [
        ("/openai/v1/images/generations", None, "openai"),
        ("/v1/images/generations", None, "openai"),
        ("/azure/openai/v1/images/generations", None, "azure-openai"),
        (
            "/azure/openai/deployments/d/images/generations?api-version=preview",
            None,
            "azure-openai",
        ),
        ("/openai/deployments/d/images/generations?api-version=preview", None, "azure-openai"),
        ("/stability/v1/generation/e/text-to-image", None, "stability-ai"),
        ("/v1/generation/e/text-to-image", None, "stability-ai"),
        ("/v2beta/stable-image/generate/core", None, "stability-ai"),
        ("/together-ai/v1/images/generations", None, "together-ai"),
        ("/v1/images/generations", "api.openai.com", "openai"),
        ("/v1/images/generations", "api.together.ai", "together-ai"),
        ("/openai/v1/images/generations", "res.openai.azure.com", "azure-openai"),
        ("/v2beta/stable-image/generate/core", "api.stability.ai", "stability-ai"),
    ],
)
def test_path_and_host_decide_who_answers(path, host, provider):
    async def work(sandbox, client):
        headers = {"host": host} if host else {}
        response = await client.post(path, json=BODY, headers=headers)
        return response.status_code, list(sandbox.requests)

    status, entries = served(work)

    assert status in {200, 400, 404}
    assert [entry.provider for entry in entries] == [provider]


def test_the_first_page_says_what_it_is_and_where_the_providers_are():
    async def work(sandbox, client):
        return (await client.get("/")).json(), sandbox.url

    page, url = served(work)

    bases = {
        "openai": f"{url}/openai/v1",
        "azure-openai": f"{url}/azure",
        "stability-ai": f"{url}/stability",
        "together-ai": f"{url}/together-ai/v1",
    }
    assert bases.items() <= page["base_urls"].items()


def test_an_unknown_path_is_not_found():
    async def work(sandbox, client):
        return await client.get("/nothing"), await client.get("/files/nothing.png")

    assert [response.status_code for response in served(work)] == [404, 404]


def test_faults_can_be_played_and_the_log_read_over_http():
    async def work(sandbox, client):
        played = await client.post("/_faults", content="openai: 503 x1")
        statuses = [(await generate(client)).status_code for _ in range(2)]
        faults = (await client.get("/_faults")).json()
        return played.json(), statuses, faults, (await client.get("/_requests")).json()

    played, statuses, faults, log = served(work)

    assert played == faults == {"faults": ["openai: 503 x1"]}
    assert statuses == [503, 200]
    assert log["counts"] == {"openai": 2}
    assert [entry["status"] for entry in log["requests"]] == [503, 200]


@pytest.mark.parametrize(
    "script",
    [
        '{"faults": "openai: 503 x1"}',
        '[{"provider": "openai", "status": 503, "times": 1}]',
        '{"openai": "503 x1"}',
    ],
)
def test_a_script_may_be_json(script):
    async def work(sandbox, client):
        return (await client.post("/_faults", content=script)).json()

    assert served(work) == {"faults": ["openai: 503 x1"]}


@pytest.mark.parametrize("script", ["opnai: 503", "{", "[5]"])
def test_a_bad_script_is_refused_with_the_reason_and_changes_nothing(script):
    async def work(sandbox, client):
        response = await client.post("/_faults", content=script)
        return response, (await client.get("/_faults")).json()

    response, faults = served(work, faults="reset")

    assert response.status_code == 400
    assert response.json()["error"]
    assert faults == {"faults": ["*: reset"]}


def test_an_empty_script_ends_the_faults():
    async def work(sandbox, client):
        await client.post("/_faults", content="")
        return (await generate(client)).status_code

    assert served(work, faults="503") == 200


def test_a_script_can_be_played_from_the_program():
    async def work(sandbox, client):
        sandbox.play("openai: 503 x1")
        return [(await generate(client)).status_code for _ in range(2)]

    assert served(work) == [503, 200]


def test_a_connection_is_kept_for_the_next_request():
    async def work(sandbox, client):
        request = b"GET /_faults HTTP/1.1\r\nhost: sandbox\r\n"
        return await raw(sandbox, request + b"\r\n" + request + b"connection: close\r\n\r\n")

    assert served(work).count(b"HTTP/1.1 200") == 2


def test_many_connections_are_served_at_once():
    async def work(sandbox, client):
        answers = await asyncio.gather(*(generate(client) for _ in range(20)))
        return [answer.status_code for answer in answers], sandbox.requests.count("openai")

    assert served(work, faults="delay=50ms") == ([200] * 20, 20)


def test_a_client_that_waits_to_be_told_to_go_on_is_told():
    async def work(sandbox, client):
        return await raw(
            sandbox,
            b"POST /_faults HTTP/1.1\r\nhost: s\r\nexpect: 100-continue\r\ncontent-length: 5\r\n"
            b"connection: close\r\n\r\nreset",
        )

    answer = served(work)

    assert answer.startswith(b"HTTP/1.1 100")
    assert b"*: reset" in answer


BROKEN_FORM = (
    b"POST /v2beta/stable-image/generate/core HTTP/1.1\r\nhost: s\r\ncontent-length: 3\r\n"
    b"content-type: multipart/form-data; boundary=x\r\n\r\nabc"
)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nhost: s\r\nx: " + b"y" * 100_000 + b"\r\n\r\n", b"431"),
        (b"GET http://evil.example/ HTTP/1.1\r\nhost: s\r\n\r\n", b"400"),
        (BROKEN_FORM, b"400"),
    ],
    ids=["no HTTP", "headers too large", "a proxy's target", "a broken form"],
)
def test_what_http_does_not_allow_is_turned_away(data, status):
    async def work(sandbox, client):
        return await raw(sandbox, data)

    assert served(work).split()[1] == status


def test_a_body_that_is_too_large_is_turned_away(monkeypatch):
    monkeypatch.setattr("router.sandbox.connection.BODY_LIMIT", 1_000)

    async def work(sandbox, client):
        return await client.post("/_faults", content=b"x" * 1_001)

    assert served(work).status_code == 413


def test_a_silent_client_is_left(monkeypatch):
    monkeypatch.setattr("router.sandbox.connection.IDLE", 0.01)

    async def work(sandbox, client):
        return await raw(sandbox, b"GET / HTTP/1.1\r\n")

    assert served(work) == b""


def test_closing_the_sandbox_ends_what_is_under_way():
    async def main():
        async with (
            httpx.AsyncClient(headers=LOGIN, trust_env=False, verify=False, timeout=60) as client,
            anyio.create_task_group() as tasks,
        ):
            errors = []

            async def ask(url):
                try:
                    await client.post(f"{url}/openai/v1/images/generations", json=BODY)
                except httpx.TransportError as error:
                    errors.append(error)

            async with Sandbox(faults="delay=600") as sandbox:
                tasks.start_soon(ask, sandbox.url)
                while not sandbox._tasks:
                    await anyio.lowlevel.checkpoint()
        return errors, sandbox

    errors, sandbox = anyio.run(main)

    assert len(errors) == 1
    assert not sandbox._tasks


def test_a_request_is_counted_when_it_comes_and_over_when_its_client_leaves():
    async def work(sandbox, client):
        ended = anyio.Event()
        sandbox.requests._told = lambda entry: ended.set()
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/openai/v1/images/generations", json=BODY, timeout=0.05)
        under_way = sandbox.requests.count("openai")
        with anyio.fail_after(30):
            await ended.wait()
        return under_way, [entry.status for entry in sandbox.requests]

    assert served(work, faults="delay=600") == (1, [0])


def test_a_port_in_use_is_named():
    async def main():
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match=f"127.0.0.1:{port}") as caught:
                async with Sandbox(port=port):
                    pass
            return str(caught.value)

    assert "choose another port" in anyio.run(main)


def test_the_address_is_known_while_it_runs():
    sandbox = Sandbox()

    with pytest.raises(RuntimeError, match="async with"):
        _ = sandbox.url


def test_an_unknown_provider_has_no_base_url():
    async def work(sandbox, client):
        with pytest.raises(ValueError, match="nobody"):
            sandbox.base_url("nobody")
        return sandbox.base_url("stability") == sandbox.base_url("stability-ai")

    assert served(work)


def test_run_serves_until_it_is_cancelled():
    async def main():
        entries, addresses = [], []

        def ready(sandbox):
            addresses.append(sandbox.url)
            started.set()

        started = anyio.Event()
        async with (
            anyio.create_task_group() as tasks,
            httpx.AsyncClient(trust_env=False, verify=False) as client,
        ):
            tasks.start_soon(lambda: run(0, faults="503", ready=ready, told=entries.append))
            await started.wait()
            await client.post(f"{addresses[0]}/openai/v1/images/generations", json=BODY)
            tasks.cancel_scope.cancel()
        return entries

    assert [entry.status for entry in anyio.run(main)] == [503]


def seen_by_openai(faults, **params):
    """The error, or the answer, that the openai package makes of a fault."""

    async def work(sandbox, client):
        async with openai.AsyncOpenAI(
            base_url=sandbox.base_url("openai"), api_key="sk-sandbox", max_retries=0
        ) as caller:
            try:
                return await caller.images.generate(**{**BODY, **params})
            except (openai.APIError, ValueError) as error:
                return error

    return served(work, faults=faults)


@pytest.mark.parametrize(
    ("faults", "kind", "code"),
    [
        ("401", openai.AuthenticationError, "invalid_api_key"),
        ("403", openai.PermissionDeniedError, None),
        ("404", openai.NotFoundError, "model_not_found"),
        ("429 retry_after=7", openai.RateLimitError, "rate_limit_exceeded"),
        ("500", openai.InternalServerError, None),
        ("503", openai.InternalServerError, "server_is_overloaded"),
        ("refusal", openai.BadRequestError, "moderation_blocked"),
    ],
)
def test_the_openai_package_raises_what_it_raises_in_earnest(faults, kind, code):
    error = seen_by_openai(faults)

    assert type(error) is kind
    assert error.code == code


def test_the_openai_package_sees_when_to_retry():
    assert seen_by_openai("429 retry_after=7").response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        ("reset", "ReadError"),
        ("cut", "RemoteProtocolError"),
    ],
)
def test_a_connection_breaks_as_connections_do(faults, cause):
    error = seen_by_openai(faults)

    assert isinstance(error, openai.APIConnectionError)
    assert type(error.__cause__).__name__ == cause


def test_a_wrong_length_leaves_half_a_body():
    assert isinstance(seen_by_openai("wrong_length"), json.JSONDecodeError)


def test_an_empty_answer_has_no_pictures():
    assert seen_by_openai("empty").data == []


def test_a_wrong_type_arrives_as_one():
    async def work(sandbox, client):
        return (await generate(client)).headers["content-type"]

    assert served(work, faults="wrong_type").startswith("text/html")


def test_broken_base64_leaves_no_picture_behind_a_url():
    async def work(sandbox, client):
        files = []
        for _ in range(2):
            answer = await client.post("/openai/v1/images/generations", json={"prompt": "x"})
            files.append(await client.get(answer.json()["data"][0]["url"]))
        return files

    spoilt, good = served(work, faults="broken_base64 x1")

    assert (spoilt.status_code, good.status_code) == (200, 200)
    assert sniff_bytes(spoilt.content) is None
    assert good.content == PICTURE


def test_a_trickle_arrives_in_many_pieces_and_whole():
    async def work(sandbox, client):
        url = "/openai/v1/images/generations"
        async with client.stream("POST", url, json=BODY) as response:
            return [piece async for piece in response.aiter_raw()]

    pieces = served(work, faults="trickle=200ms")

    assert len(pieces) > 5
    assert json.loads(b"".join(pieces))["data"]


def test_the_openai_package_gives_up_on_a_trickle():
    async def work(sandbox, client):
        async with openai.AsyncOpenAI(
            base_url=sandbox.base_url("openai"), api_key="sk-sandbox", max_retries=0, timeout=0.2
        ) as caller:
            try:
                return await caller.images.generate(**BODY)
            except openai.APITimeoutError as error:
                return error

    assert isinstance(served(work, faults="trickle=600"), openai.APITimeoutError)


def test_after_a_broken_connection_the_next_works():
    async def work(sandbox, client):
        statuses = []
        for _ in range(4):
            try:
                statuses.append((await generate(client)).status_code)
            except httpx.TransportError as error:
                statuses.append(type(error).__name__)
        return statuses

    assert served(work, faults="reset x1; cut x1; wrong_length x1")[-1] == 200


def test_files_are_opened_by_the_name_that_the_client_uses():
    async def work(sandbox, client):
        local = sandbox.url.replace("127.0.0.1", "localhost")
        answer = await client.post(f"{local}/v1/images/generations", json={"prompt": "x"})
        url = answer.json()["data"][0]["url"]
        return url.startswith(local), (await client.get(url)).content

    assert served(work) == (True, PICTURE)
