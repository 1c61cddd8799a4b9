"""What an event of a stream says of its picture."""

import json

import pytest

from router.core.events import Partial
from router.core.images import Picture, Pictures
from router.events import completed_events, partial_event
from router.testing import Scripted, Streamed, picture_answer, stream_answer, stream_event
from tests.watching import watched, with_router

PNG = memoryview(json.loads(picture_answer().body)["data"][0]["b64_json"].encode())
FIELDS = {"size": "1024x1536", "quality": "high", "background": "auto", "output_format": "webp"}
USAGE = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}


async def fetch(url):
    return url.encode()


def partial(place=0, index=0, b64=PNG, operation="generate", **fields):
    shown = Partial(picture=Picture(b64=b64), index=index, fields=fields, place=place)
    return partial_event(shown, operation, fetch)


def completed(*pictures, operation="generate", **fields):
    data = pictures or (Picture(b64=PNG),)
    return completed_events(Pictures(created=9, data=data, fields=fields), operation, fetch)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("generate", "image_generation"), ("edit", "image_edit"), ("variation", "image_generation")],
)
def test_events_are_named_as_openai_names_them(operation, kind):
    (last,) = completed(operation=operation)

    assert partial(operation=operation).type == f"{kind}.partial_image"
    assert last.type == f"{kind}.completed"


def test_an_unfinished_picture_has_its_numbers():
    event = partial(place=2, index=1, created_at=7)

    assert (event.is_partial, event.partial_image_index, event.image_index) == (True, 1, 2)
    assert event.created_at == 7


def test_a_finished_picture_has_its_place_and_no_number():
    last = completed(Picture(b64=PNG), Picture(b64=PNG))[-1]

    assert (last.is_partial, last.partial_image_index, last.image_index) == (False, None, 1)
    assert last.created_at == 9


@pytest.mark.parametrize("created", [None, "soon", 7.5])
def test_an_unfinished_picture_without_a_date_has_none(created):
    assert partial(created_at=created).created_at == 0


@pytest.mark.parametrize("event", [partial(**FIELDS), *completed(**FIELDS)], ids=["part", "all"])
def test_what_the_provider_says_of_a_picture_counts(event):
    assert (event.size, event.output_format) == ("1024x1536", "webp")
    assert (event.quality, event.background) == ("high", "auto")


@pytest.mark.parametrize("event", [partial(), *completed()], ids=["part", "all"])
def test_what_the_provider_does_not_say_is_seen_in_the_picture(event):
    assert (event.size, event.output_format) == ("64x64", "png")
    assert (event.quality, event.background) == (None, None)


@pytest.mark.parametrize("said", [None, 7, ["1024x1024"]])
def test_what_is_no_word_is_nothing_said(said):
    assert partial(size=said, output_format=said).size == "64x64"


def test_of_a_picture_that_nobody_knows_nothing_is_seen():
    event = partial(b64=memoryview(b"AAAA"))

    assert (event.size, event.output_format, event.usage) == (None, None, None)


def test_the_other_fields_are_there_as_they_came():
    assert dict(partial(seed=5).fields) == {"seed": 5}
    assert dict(completed(seed=5)[0].fields) == {"seed": 5}


def test_the_usage_is_on_the_last_event_alone():
    first, last = completed(Picture(b64=PNG), Picture(b64=PNG), usage=USAGE)

    assert (first.usage, last.usage.total_tokens) == (None, 3)
    assert "usage" not in first.fields


def test_an_event_shows_what_it_is():
    assert repr(partial()) == ("AsyncImageEvent('image_generation.partial_image', png, 64x64)")


def test_an_event_is_a_picture_that_can_be_saved(tmp_path):
    seen = watched(stream_answer(1))

    for number, event in enumerate(seen.events):
        path = event.save(tmp_path / f"{number}.png")
        assert path.read_bytes() == event.bytes()
    assert seen.events[0].b64_json != seen.events[1].b64_json


def test_an_event_shows_itself_in_a_notebook():
    (last,) = completed()

    shown = last._repr_html_()
    assert '<img src="data:image/png;base64,' in shown
    assert ">image_generation.completed · 64x64</figcaption>" in shown


def test_an_event_of_a_url_is_fetched_by_its_router():
    link = b'data: {"type": "image_generation.completed", "url": "data:image/png;base64,%s"}\n\n'

    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True)
        async for event in stream:
            return event.url[:10], await event.read()
        return None

    url, content = with_router(work, Scripted(Streamed((link % bytes(PNG),))))
    assert (url, content[:4]) == ("data:image", b"\x89PNG")


def test_an_event_that_the_provider_adds_fields_to_keeps_them():
    said = stream_event("image_generation.partial_image", 1, partial_image_index=0, seed=42)

    seen = watched(Streamed((said, stream_event("image_generation.completed", seed=42))))

    assert [event.fields["seed"] for event in seen.events] == [42, 42]
    assert seen.stream.answer.fields["seed"] == 42
