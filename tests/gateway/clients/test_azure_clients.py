"""OpenAI's clients for Azure, which have the deployment in the path and the key in `api-key`."""

import pytest
from PIL import Image

from tests.gateway.clients.client_cases import azure, edit, generate
from tests.gateway.clients.client_gateway import BOUND, PROD


@pytest.fixture
def azures(language):
    """Every client for Azure of the language: `azures(case)` gives a case for each."""
    sdks = ["azure", "azure-next"] if language == "node" else ["azure"]

    def each(case):
        return [{**case, "sdk": sdk} for sdk in sdks]

    return each


def test_the_deployment_is_the_model(clients, keyed, upstream, azures):
    for case in azures(azure(keyed, api_key=PROD)):
        upstream.play()
        result = clients.one(case)

        assert result["data"][0]["b64_json"]
        [order] = upstream.orders()
        assert order.body == {"prompt": "a red kite", "model": "gpt-image-1"}
        assert (order.key, "pxr-" in order.everything) == ("sk-stored-prod", False)


def test_the_model_of_the_body_goes_before_the_deployment_of_the_client(
    clients, keyed, upstream, azures
):
    for case in azures(
        azure(
            keyed,
            generate(model="gpt-image-1.5"),
            api_key=PROD,
            azure_deployment="gpt-image-1",
        )
    ):
        upstream.play()
        clients.one(case)

        [order] = upstream.orders()
        assert order.body["model"] == "gpt-image-1.5"


def test_a_key_may_bring_its_config(clients, keyed, upstream, azures):
    for case in azures(azure(keyed, api_key=BOUND)):
        upstream.play()
        result = clients.one(case)

        assert result["headers"]["provider"] == "openai"
        [order] = upstream.orders()
        assert order.body["model"] == "gpt-image-1.5"


def test_edits_and_streams(clients, keyed, upstream, azures, tmp_path):
    Image.new("RGBA", (256, 256)).save(tmp_path / "cup.png")
    cup = str(tmp_path / "cup.png")

    for case in azures(
        azure(
            keyed,
            edit(image=[cup, cup]),
            generate(stream=True, partial_images=1),
            api_key=BOUND,
        )
    ):
        upstream.play()
        edited, streamed = clients.calls(case)

        assert "error" not in edited, edited
        assert upstream.orders()[0].files == ["image[]", "image[]"]
        types = [event["type"] for event in streamed["events"]]
        assert types == ["image_generation.partial_image", "image_generation.completed"]


def test_a_wrong_key_is_an_authentication_error(clients, keyed, upstream, azures):
    results = clients.each(*azures(azure(keyed, api_key="pxr-wrong-0123456789")))

    assert {result["error"]["class"] for result in results} == {"AuthenticationError"}
    assert upstream.orders() == []
