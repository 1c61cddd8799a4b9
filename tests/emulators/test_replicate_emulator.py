"""Replicate's stand-in over real HTTP, with the official client."""

import base64
import io
import re

import anyio.to_thread
import httpx
import pytest
import replicate
from emulator_talk import opened, over_http
from PIL import Image
from replicate.exceptions import ModelError, ReplicateError

SCHNELL = "black-forest-labs/flux-schnell"
PRO = "black-forest-labs/flux-1.1-pro"
SDXL = "stability-ai/sdxl"
VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"


class Clock:
    """Wall time that passes by so many seconds each time it is looked at."""

    def __init__(self, step=0.0):
        self.seconds, self.step = 1_800_000_000.0, step

    def __call__(self):
        self.seconds += self.step
        return self.seconds


def with_client(work, key="r8_sandbox", **settings):
    """Run `work(client)` on a thread, with the official client in front of a sandbox."""

    async def main(sandbox):
        client = replicate.Client(api_token=key, base_url=sandbox.base_url("replicate"))
        client.poll_interval = 0
        try:
            return await anyio.to_thread.run_sync(work, client)
        finally:
            client._client.close()

    return over_http(main, **settings)


def content(url):
    """Get a picture: the client would make a file of a URL, if it had https."""
    response = httpx.get(url, trust_env=False, verify=False)
    assert response.status_code == 200
    return response.content


def failing(work, error=ReplicateError, **settings):
    def attempt(client):
        with pytest.raises(error) as caught:
            work(client)
        return caught.value

    return with_client(attempt, **settings)


def test_a_model_is_run_and_its_pictures_can_be_opened():
    def work(client):
        given = {"prompt": "a red kite", "aspect_ratio": "16:9", "num_outputs": 2}
        return [content(url) for url in client.run(SCHNELL, given)]

    pictures = [opened(content) for content in with_client(work)]

    assert [(one.size, one.format) for one in pictures] == [((1344, 768), "WEBP")] * 2


def test_a_model_with_one_output_gives_it_alone():
    picture = with_client(
        lambda client: content(client.run(PRO, {"prompt": "x", "output_format": "jpg"}))
    )

    assert opened(picture).format == "JPEG"


def test_a_version_is_run_by_its_id():
    def work(client):
        given = {"prompt": "x", "width": 640, "height": 320}
        return [content(url) for url in client.run(f"{SDXL}:{VERSION}", given)]

    (picture,) = with_client(work, now=Clock(1.0))

    assert (opened(picture).size, opened(picture).format) == ((640, 320), "PNG")


def test_a_prediction_goes_through_its_states():
    clock = Clock()

    def work(client):
        prediction = client.predictions.create(version=VERSION, input={"prompt": "x"})
        states = [(prediction.status, prediction.output)]
        for seconds in (1, 8, 5):
            clock.seconds += seconds
            prediction.reload()
            states.append((prediction.status, prediction.output and len(prediction.output)))
        return states, prediction

    states, prediction = with_client(work, now=clock)

    assert states == [
        ("starting", None),
        ("starting", None),
        ("processing", None),
        ("succeeded", 1),
    ]
    assert prediction.metrics == {"predict_time": 5.0, "total_time": 13.0, "image_count": 1}
    assert prediction.created_at == "2027-01-15T08:00:00.000Z"
    assert prediction.completed_at == "2027-01-15T08:00:13.000Z"
    assert re.fullmatch("[a-z0-9]{26}", prediction.id)


def test_the_client_waits_for_a_prediction():
    def work(client):
        prediction = client.predictions.create(version=VERSION, input={"prompt": "x"})
        prediction.wait()
        return prediction.status

    assert with_client(work, now=Clock(1.0)) == "succeeded"


def test_a_prediction_is_cancelled_for_all_who_ask():
    clock = Clock()

    def work(client):
        prediction = client.predictions.create(version=VERSION, input={"prompt": "x"})
        prediction.cancel()
        clock.seconds += 100
        prediction.reload()
        return prediction

    prediction = with_client(work, now=clock)

    assert (prediction.status, prediction.output) == ("canceled", None)


def test_what_has_ended_is_not_cancelled():
    clock = Clock()

    def work(client):
        prediction = client.predictions.create(version=VERSION, input={"prompt": "x"})
        clock.seconds += 100
        prediction.cancel()
        return prediction.status

    assert with_client(work, now=clock) == "succeeded"


def test_a_deployment_is_run():
    def work(client):
        deployment = client.deployments.predictions
        return deployment.create(deployment=("acme", "posters"), input={"any": 1})

    assert with_client(work).status == "starting"


def test_a_models_page_has_its_schema():
    def work(client):
        return client.models.get(SDXL).latest_version

    version = with_client(work)

    schema = version.openapi_schema["components"]["schemas"]
    assert version.id == VERSION
    assert schema["Input"]["properties"]["num_outputs"]["maximum"] == 4
    assert schema["Output"]["type"] == "array"


@pytest.mark.parametrize(("model", "words"), [(SCHNELL, "NSFW"), (PRO, "(E005)")])
def test_a_refusal_is_a_prediction_that_failed(model, words):
    error = failing(lambda client: client.run(model, {"prompt": "x [refuse]"}), ModelError)

    assert words in error.prediction.error


def test_a_filtered_picture_is_left_out_without_a_word():
    def work(client):
        return len(client.run(SCHNELL, {"prompt": "x [filter]", "num_outputs": 3}))

    assert with_client(work) == 2
    assert "NSFW" in failing(lambda c: c.run(SCHNELL, {"prompt": "[filter]"}), ModelError).args[0]


def test_the_official_client_understands_a_wrong_key():
    error = failing(lambda client: client.run(SCHNELL, {"prompt": "x"}), key="r8_invalid")

    assert (error.status, error.title) == (401, "Unauthenticated")


def test_the_official_client_understands_what_is_wrong_with_an_input():
    error = failing(lambda client: client.run(SCHNELL, {"prompt": "x", "num_outputs": 5}))

    assert (error.status, error.title) == (422, "Input validation failed")
    assert "num_outputs" in error.detail


@pytest.mark.parametrize("status", [402, 404, 422, 500])
def test_the_official_client_understands_every_fault(status):
    error = failing(
        lambda client: client.run(SCHNELL, {"prompt": "x"}), faults=f"replicate: {status}"
    )

    assert error.status == status
    assert error.detail


def test_output_is_removed_after_an_hour():
    clock = Clock()

    def work(client):
        prediction = client.predictions.create(version=VERSION, input={"prompt": "x"})
        clock.seconds += 3700
        prediction.reload()
        return prediction

    prediction = with_client(work, now=clock)

    assert (prediction.status, prediction.output, prediction.input) == ("succeeded", None, {})


def test_a_model_fails_late_over_what_its_schema_lets_through():
    def work(client):
        return client.run(SDXL + ":" + VERSION, {"prompt": "x", "width": 1001})

    assert "divisible by 8" in failing(work, ModelError, now=Clock(1.0)).prediction.error


def test_a_picture_to_begin_with_gives_its_size():
    stream = io.BytesIO()
    Image.new("RGB", (320, 256)).save(stream, "png")
    address = f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"

    def work(client):
        model = "black-forest-labs/flux-kontext-pro"
        return content(client.run(model, {"prompt": "x", "input_image": address}))

    assert opened(with_client(work)).size == (320, 256)
