"""OpenAI's and Azure's streams, read by the openai package over real HTTP."""

import base64
import ssl
from dataclasses import replace

import anyio.to_thread
import httpx2
import openai
import pytest
from emulator_talk import opened, over_http
from PIL import ImageStat

from router.emulators.drawing import draw, drawn_once
from router.emulators.openai_usage import PARTIAL
from tests.originals.pictures import MASK, PNG

SIZE = (128, 128)
SMALL = drawn_once(lambda brief: draw(replace(brief, width=SIZE[0], height=SIZE[1])))
# Whatever size is asked for: thirty megapixels would take longer than all these tests.

CAT = ("cat.png", PNG, "image/png")
OVER = ("mask.png", MASK, "image/png")
BROKEN = (openai.APIError, httpx2.TransportError)
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# Made once and for nothing: reading whom to trust takes longer than a stream.
QUICK = {"size": "1024x1024", "quality": "low"}


def client_of(sandbox, azure):
    options = {"max_retries": 0, "http_client": httpx2.AsyncClient(verify=PLAIN)}
    if azure:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=sandbox.base_url("azure-openai"),
            api_version="2025-04-01-preview",
            api_key="sandbox",
            **options,
        )
    return openai.AsyncOpenAI(base_url=sandbox.base_url("openai"), api_key="sk-sandbox", **options)


def streamed(operation="generate", *, azure=False, settings=None, **params):
    """Read a stream to its end; return its events, and the error that ended it if one did."""

    async def work(sandbox):
        async with client_of(sandbox, azure) as client:
            ask = getattr(client.images, operation)
            events = []
            try:
                asked = {"prompt": "a red kite", "model": "gpt-image-2", **QUICK, **params}
                stream = await ask(**asked, stream=True)
                async for event in stream:
                    events.append(event)  # noqa: PERF401  what came before an error counts
            except BROKEN as error:
                return events, error
            return events, None

    return over_http(work, **{"draw": SMALL, **(settings or {})})


def events_of(*args, **more):
    events, error = streamed(*args, **more)
    assert error is None
    return events


def picture_of(event):
    return opened(base64.b64decode(event.b64_json, validate=True))


EDIT = {"image": CAT}

each_operation = pytest.mark.parametrize(
    ("operation", "files", "kind"),
    [("generate", {}, "image_generation"), ("edit", EDIT, "image_edit")],
    ids=["generate", "edit"],
)
each_company = pytest.mark.parametrize("azure", [False, True], ids=["openai", "azure"])


@each_operation
@each_company
@pytest.mark.parametrize("partials", [0, 1, 2, 3])
def test_as_many_unfinished_pictures_come_as_were_asked_for_and_then_the_finished_one(
    operation, files, kind, azure, partials
):
    events = events_of(operation, azure=azure, partial_images=partials, **files)

    assert [event.type for event in events] == [
        *[f"{kind}.partial_image"] * partials,
        f"{kind}.completed",
    ]
    assert [event.partial_image_index for event in events[:-1]] == list(range(partials))


def test_a_stream_that_says_nothing_of_unfinished_pictures_has_none():
    assert [event.type for event in events_of()] == ["image_generation.completed"]


@each_operation
@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
def test_every_picture_of_a_stream_can_be_opened(operation, files, kind, output_format):
    events = events_of(operation, partial_images=2, output_format=output_format, **files)

    pictures = [picture_of(event) for event in events]
    assert {picture.format for picture in pictures} == {output_format.upper()}
    assert {picture.size for picture in pictures} == {SIZE}
    assert {event.output_format for event in events} == {output_format}


def test_the_pictures_of_a_stream_differ_and_come_nearer_to_the_finished_one():
    pictures = [picture_of(event).convert("L") for event in events_of(partial_images=3)]

    contrasts = [ImageStat.Stat(picture).stddev[0] for picture in pictures]
    assert len({picture.tobytes() for picture in pictures}) == 4
    assert contrasts[:3] == sorted(contrasts[:3])


@each_operation
@each_company
def test_the_finished_picture_of_a_stream_is_that_of_a_whole_answer(operation, files, kind, azure):
    async def work(sandbox):
        async with client_of(sandbox, azure) as client:
            asked = {"prompt": "a red kite", "model": "gpt-image-2", **QUICK, **files}
            return await getattr(client.images, operation)(**asked)

    whole = over_http(work, draw=SMALL)
    (event,) = events_of(operation, azure=azure, **files)

    assert event.b64_json == whole.data[0].b64_json
    assert (event.size, event.quality) == (whole.size, whole.quality)


@each_company
def test_an_event_says_when_it_was_made_and_what_it_looks_like(azure):
    for event in events_of(azure=azure, partial_images=1, background="opaque"):
        assert event.created_at > 1_700_000_000
        assert (event.size, event.quality) == ("1024x1024", "low")
        assert (event.background, event.output_format) == ("opaque", "png")


def test_the_last_event_says_what_was_used_and_unfinished_pictures_are_paid_too():
    def tokens(partials):
        return events_of(partial_images=partials)[-1].usage

    none, three = tokens(0), tokens(3)

    assert three.output_tokens == none.output_tokens + 3 * PARTIAL
    assert three.total_tokens == three.input_tokens + three.output_tokens
    assert three.input_tokens_details.text_tokens == none.input_tokens


def test_a_mask_is_looked_at_in_a_streamed_edit():
    events = events_of("edit", image=CAT, mask=OVER, partial_images=1)

    assert [picture_of(event).size for event in events] == [SIZE] * 2


def test_an_edit_in_a_stream_counts_the_tokens_of_its_picture():
    usage = events_of("edit", **EDIT)[-1].usage

    assert usage.input_tokens_details.image_tokens > 0


def test_the_blocking_client_reads_the_same():
    async def work(sandbox):
        def read():
            with openai.OpenAI(
                base_url=sandbox.base_url("openai"),
                api_key="sk-sandbox",
                http_client=httpx2.Client(verify=PLAIN),
            ) as client:
                asked = {"prompt": "a red kite", "model": "gpt-image-2", **QUICK}
                stream = client.images.generate(**asked, stream=True, partial_images=1)
                return [event.type for event in stream]

        return await anyio.to_thread.run_sync(read)

    assert over_http(work, draw=SMALL) == [
        "image_generation.partial_image",
        "image_generation.completed",
    ]


# What goes wrong


@each_operation
@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"partial_images": 4}, "partial_images"),
        ({"partial_images": -1}, "partial_images"),
        ({"size": "1x1"}, "size"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_before_the_stream_begins(operation, files, kind, params, param):
    events, error = streamed(operation, **params, **files)

    assert events == []
    assert (error.status_code, error.param) == (400, param)


def test_models_that_cannot_stream_do_not_know_the_word():
    events, error = streamed(model="dall-e-3", size="1024x1024", quality="standard")

    assert events == []
    assert (error.status_code, error.code) == (400, "unknown_parameter")


@each_company
def test_a_prompt_that_is_refused_begins_no_stream(azure):
    events, error = streamed(azure=azure, prompt="[refuse] a kite", partial_images=2)

    assert events == []
    assert (error.status_code, error.code) == (400, "moderation_blocked")


@each_company
@pytest.mark.parametrize("partials", [0, 2])
def test_a_picture_that_is_filtered_is_withheld_after_the_unfinished_ones(azure, partials):
    events, error = streamed(azure=azure, prompt="[filter] a kite", partial_images=partials)

    assert [event.type for event in events] == ["image_generation.partial_image"] * partials
    assert isinstance(error, openai.APIError)
    assert (error.code, error.body["moderation_details"]["moderation_stage"]) == (
        "moderation_blocked",
        "output",
    )


@pytest.mark.parametrize(("partials", "shown"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_a_stream_that_is_cut_off_shows_the_first_half_and_breaks(partials, shown):
    events, error = streamed(partial_images=partials, settings={"faults": "openai: cut"})

    assert [event.type for event in events] == ["image_generation.partial_image"] * shown
    assert error is not None


def test_a_stream_that_is_reset_shows_nothing():
    events, error = streamed(partial_images=2, settings={"faults": "openai: reset"})

    assert events == []
    assert isinstance(error, openai.APIConnectionError)


@pytest.mark.parametrize(
    ("fault", "status"), [("503", 503), ("429 retry_after=2", 429), ("refusal", 400)]
)
def test_an_error_comes_instead_of_a_stream(fault, status):
    events, error = streamed(partial_images=2, settings={"faults": f"openai: {fault}"})

    assert (events, error.status_code) == ([], status)


@each_company
def test_an_empty_stream_has_its_events_and_no_pictures(azure):
    faults = {"faults": "*: empty"}

    events, _ = streamed(azure=azure, partial_images=1, settings=faults)

    assert [event.type for event in events] == [
        "image_generation.partial_image",
        "image_generation.completed",
    ]
    assert {event.b64_json for event in events} == {None}


def test_a_slow_trickle_of_a_stream_arrives_whole():
    events = events_of(partial_images=2, settings={"faults": "openai: trickle=50ms"})

    assert [picture_of(event).size for event in events] == [SIZE] * 3


def test_a_stream_of_a_wrong_length_ends_before_its_picture_and_the_package_does_not_mind():
    assert events_of(settings={"faults": "openai: wrong_length"}) == []
