"""Pictures that clients send along, and pictures that they see while they are made."""

import pytest
from PIL import Image

from tests.gateway.clients.client_cases import edit, generate, openai, portkey, variation
from tests.gateway.clients.client_gateway import APP

PNG = "iVBORw0K"  # how every PNG begins in base64


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Three files: two pictures and a mask."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = [folder / name for name in ("cup.png", "logo.png", "mask.png")]
    for path in paths:
        Image.new("RGBA", (256, 256), (200, 40, 40, 0)).save(path)
    return [str(path) for path in paths]


def everyone(served, *calls):
    """Return the calls of Portkey's client, and of OpenAI's."""
    headers = {"provider": "openai", "api_key": APP}
    return [
        portkey(served, *calls, api_key=APP, virtual_key="openai-vk"),
        openai(served, *calls, headers=headers),
    ]


def test_an_edit_of_one_picture_of_several_and_with_a_mask(clients, keyed, upstream, pictures):
    cup, logo, mask = pictures

    for case in everyone(
        keyed,
        edit("one", image=cup),
        edit("several", image=[cup, logo], quality="low"),
        edit("masked", image=cup, mask=mask),
    ):
        upstream.play()
        results = clients.calls(case)

        assert [result["data"] for result in results] == [[{"url": None, "b64_json": PNG}]] * 3
        one, several, masked = upstream.orders()
        assert one.files == ["image"]
        assert one.body == {"prompt": "one", "model": "gpt-image-1"}
        assert several.files == ["image[]", "image[]"]
        assert several.body == {"prompt": "several", "model": "gpt-image-1", "quality": "low"}
        assert masked.files == ["image", "mask"]


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_variation(clients, keyed, upstream, pictures):
    results = clients.each(*everyone(keyed, variation(image=pictures[0])))

    assert all(result["data"][0]["url"] for result in results)
    assert [order.files for order in upstream.orders()] == [["image"], ["image"]]
    assert all(order.url.endswith("/v1/images/variations") for order in upstream.orders())


def test_pictures_are_seen_while_they_are_made(clients, keyed, upstream, pictures):
    for case in everyone(
        keyed,
        generate(stream=True, partial_images=2),
        edit(image=pictures[0], stream=True, partial_images=1),
    ):
        made, edited = clients.calls(case)

        assert [event["type"] for event in made["events"]] == [
            "image_generation.partial_image",
            "image_generation.partial_image",
            "image_generation.completed",
        ]
        assert [event["type"] for event in edited["events"]] == [
            "image_edit.partial_image",
            "image_edit.completed",
        ]
        assert {event["b64_json"] for event in made["events"] + edited["events"]} == {PNG}


def test_a_stream_that_fails_before_it_begins_is_a_plain_failure(clients, keyed, upstream):
    upstream.play("openai: 500")

    results = clients.each(*everyone(keyed, generate(stream=True, partial_images=1)))

    assert [result["error"]["class"] for result in results] == ["InternalServerError"] * 2
    assert len(upstream.orders()) == 2


def test_a_stream_that_breaks_off_is_an_error_and_asked_for_once(clients, keyed, upstream):
    upstream.play("openai: cut")

    results = clients.each(*everyone(keyed, generate(stream=True, partial_images=3)))

    assert all("error" in result for result in results)
    assert len(upstream.orders()) == 2


def test_one_client_may_be_told_a_picture_and_another_its_address(clients, keyed, upstream):
    [result] = clients.each(
        portkey(keyed, generate(model="dall-e-3"), api_key=APP, virtual_key="openai-vk")
    )

    assert result["data"][0]["url"].startswith(f"{upstream.url}/files/")
