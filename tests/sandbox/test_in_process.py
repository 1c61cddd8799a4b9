import base64
import json
from dataclasses import replace

import pytest

from router.core.http import HttpRequest, Part, TransportError
from router.core.media import sniff_bytes
from router.emulators.brief import Brief
from router.emulators.drawing import draw, fixed
from router.sandbox.in_process import SandboxSender
from router.sandbox.latency import plausible
from router.testing import simulate

PNG = draw(Brief(provider="openai", model="m", prompt="p", width=256, height=256))
OPENAI = "https://api.openai.com/v1/images/generations"
STABILITY = "https://api.stability.ai/v2beta/stable-image/generate/core"


def request(url=OPENAI, model="dall-e-2", **params):
    return HttpRequest(
        method="POST",
        url=url,
        headers={"authorization": "Bearer sk-sandbox", "content-type": "application/json"},
        body=json.dumps({"model": model, "prompt": "x", **params}).encode(),
    )


FORM = HttpRequest(
    method="POST",
    url=STABILITY,
    headers={"authorization": "Bearer sk-sandbox", "accept": "application/json"},
    parts=(Part(name="prompt", content=b"x"),),
)


def played(*requests, **settings):
    """Send each request; return the responses or errors, the virtual seconds, and the sender."""

    async def main():
        import anyio

        sender = SandboxSender(**{"draw": fixed(PNG), "now": lambda: 1_800_000_000.0, **settings})
        began, answers = anyio.current_time(), []
        for one in requests:
            try:
                answers.append(await sender.send(one))
            except TransportError as error:
                answers.append(error)
        await sender.aclose()
        return answers, anyio.current_time() - began, sender

    return simulate(main)


def only(one, **settings):
    return played(one, **settings)[0][0]


def test_the_host_decides_who_answers():
    azure = "https://res.openai.azure.com/openai/v1/images/generations"

    answers, _, sender = played(request(), FORM, request(azure, "dall-e-3"))

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert sender.requests.counts == {"openai": 1, "stability-ai": 1, "azure-openai": 1}


def test_a_url_answer_holds_the_picture_itself():
    url = json.loads(only(request()).body)["data"][0]["url"]

    assert base64.b64decode(url.removeprefix("data:image/png;base64,"), validate=True) == PNG


def test_an_unknown_host_is_a_connection_that_never_was():
    error = only(request("https://api.example.com/v1/images/generations"))

    assert isinstance(error, TransportError)
    assert not error.sent
    assert "api.example.com" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9000/v1/images/generations",
        "http://LOCALHOST:9000/gateway/openai/v1/images/generations",
    ],
)
def test_a_mapped_host_is_its_providers(url):
    answer = only(request(url), hosts={"http://localhost:9000/any/path": "openai"})

    assert answer.status == 200


def test_a_mapped_host_asks_for_no_key():
    url = "http://localhost:9000/v1/images/generations"
    keyless = HttpRequest(
        method="POST",
        url=url,
        headers={"content-type": "application/json"},
        body=request().body,
    )

    assert only(keyless, hosts={url: "openai"}).status == 200


def test_a_host_cannot_be_mapped_to_an_unknown_provider():
    with pytest.raises(ValueError, match="'nobody'"):
        SandboxSender(hosts={"http://localhost": "nobody"})


def test_a_host_may_be_mapped_later():
    sender = SandboxSender(draw=fixed(PNG))
    url = "http://localhost:9000/v1/images/generations"

    async def main():
        with pytest.raises(TransportError, match="no emulator for host 'localhost'"):
            await sender.send(request(url))
        sender.host("http://localhost:9000/any/path", "openai")
        return (await sender.send(request(url))).status

    assert simulate(main) == 200
    with pytest.raises(ValueError, match="'nobody'"):
        sender.host("http://localhost", "nobody")


def test_nothing_waits_unless_told():
    assert played(request(), FORM)[1] == 0


def test_plausible_latency_takes_virtual_seconds():
    _, seconds, _ = played(request(), FORM, latency=plausible())

    assert 5 < seconds < 40
    assert played(request(), FORM, latency=plausible(0.5))[1] == seconds / 2


@pytest.mark.parametrize(("fault", "sent"), [("reset", True), ("cut", True)], ids=["reset", "cut"])
def test_a_broken_connection_raises_after_it_was_sent(fault, sent):
    error = only(request(), faults=f"openai: {fault}")

    assert isinstance(error, TransportError)
    assert error.sent is sent


def test_a_status_comes_in_the_providers_dialect_with_its_retry_after():
    openai, stability = played(request(), FORM, faults="429 retry_after=2")[0]

    assert (openai.status, openai.headers["retry-after"]) == (429, "2")
    assert json.loads(openai.body)["error"]["code"] == "rate_limit_exceeded"
    assert json.loads(stability.body)["errors"]


def test_a_status_about_money_says_so():
    answer = only(request(), faults="429 code=insufficient_quota")

    assert json.loads(answer.body)["error"]["type"] == "insufficient_quota"
    assert "retry-after" not in answer.headers


def test_a_refusal_is_the_providers():
    openai, stability = played(request(model="gpt-image-2"), FORM, faults="refusal")[0]

    assert json.loads(openai.body)["error"]["code"] == "moderation_blocked"
    assert (stability.status, json.loads(stability.body)["name"]) == (403, "content_moderation")


def test_an_empty_answer_is_good_but_for_its_pictures():
    openai, stability = played(request(), FORM, faults="empty")[0]

    assert (openai.status, json.loads(openai.body)["data"]) == (200, [])
    assert (stability.status, set(json.loads(stability.body))) == (200, {"finish_reason", "seed"})


def test_a_delay_and_a_trickle_take_their_time():
    assert played(request(), faults="delay=3")[1] == 3
    assert played(request(), faults="trickle=20")[1] == 20
    assert played(request(), faults="503 delay=2")[1] == 2


def test_a_wrong_type_length_base64_and_file_are_what_they_say():
    gpt = request(model="gpt-image-2")
    good = only(gpt).body
    kinds = ("wrong_type", "wrong_length", "broken_base64", "truncated")
    wrong_type, short, broken, truncated = (only(gpt, faults=kind) for kind in kinds)

    assert wrong_type.content_type == "text/html"
    assert wrong_type.body == good
    assert short.body == good[: len(good) // 2]
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(json.loads(broken.body)["data"][0]["b64_json"], validate=True)
    half = base64.b64decode(json.loads(truncated.body)["data"][0]["b64_json"], validate=True)
    assert half == PNG[: len(PNG) // 2]


def test_broken_base64_breaks_a_data_url_too():
    answer = only(request(), faults="broken_base64")

    url = json.loads(answer.body)["data"][0]["url"]
    assert url.startswith("data:image/png;base64,")
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(url.partition(",")[2], validate=True)


def test_broken_base64_spoils_a_picture_that_comes_as_bytes():
    raw = replace(FORM, headers={**FORM.headers, "accept": "image/*"})

    good, spoilt = (only(raw, faults=script) for script in (None, "broken_base64"))

    assert spoilt.content_type == good.content_type == "image/png"
    assert (sniff_bytes(good.body).format, sniff_bytes(spoilt.body)) == ("png", None)
    assert len(spoilt.body) == len(good.body)


def test_broken_base64_leaves_a_providers_error_as_it_is():
    wrong = request(model="nonsense")

    assert only(wrong, faults="broken_base64").body == only(wrong).body


def test_a_fault_for_a_time_ends_with_it():
    answers, _, _ = played(request(), request(), FORM, faults="503 delay=6 for 10s")

    assert [answer.status for answer in answers] == [503, 503, 200]


def test_the_log_tells_what_happened():
    _, _, sender = played(request(), FORM, faults="openai: reset x1")

    first, second = sender.requests
    assert (first.provider, first.status, first.fault) == ("openai", 0, "openai: reset x1")
    assert (second.model, second.status, second.fault) == ("core", 200, "")
    assert second.path == "/v2beta/stable-image/generate/core"
    assert len(sender.requests) == 2
    assert sender.requests.count("openai") == 1
    assert sender.requests[0] == first


def test_everyone_who_wants_is_told_of_each_request():
    seen = []

    played(request(), FORM, told=seen.append)

    assert [entry.provider for entry in seen] == ["openai", "stability-ai"]


def test_another_script_can_be_played_later():
    async def main():
        sender = SandboxSender(draw=fixed(PNG), faults="503")
        first = await sender.send(request())
        sender.play("429 x1")
        second = await sender.send(request())
        third = await sender.send(request())
        return [first.status, second.status, third.status]

    assert simulate(main) == [503, 429, 200]


def test_request_ids_are_all_different():
    answers = played(*[request()] * 5)[0]

    assert len({answer.headers["x-request-id"] for answer in answers}) == 5


def test_the_time_is_the_one_that_was_handed_in():
    answer = only(request())

    assert json.loads(answer.body)["created"] == 1_800_000_000
    assert answer.headers["date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
