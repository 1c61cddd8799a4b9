"""The stand-in of Gemini's image models, asked by Google's own client over real HTTP."""

import io

import anyio.to_thread
import pytest
from emulator_talk import opened, over_http
from google import genai
from google.genai import errors, types
from PIL import Image

from router.emulators.drawing import draw
from router.emulators.google_models import MODELS

BANANA = "gemini-nano-banana-2.1"
PRO = "gemini-3-pro-image"
OLD = "gemini-2.5-flash-image"
ALONE = {"response_modalities": ["IMAGE"]}


def with_client(work, key="AIza-sandbox", **settings):
    """Run `work(client)` with the google-genai package; returns its result, or the error."""

    async def main(sandbox):
        options = types.HttpOptions(
            base_url=sandbox.base_url("gemini").removesuffix("/v1beta"),
            client_args={"trust_env": False},
        )

        def run():
            with genai.Client(api_key=key, vertexai=False, http_options=options) as client:
                try:
                    return work(client)
                except errors.APIError as error:
                    return error

        return await anyio.to_thread.run_sync(run)

    return over_http(main, **settings)


def generate(contents="a red kite", model=BANANA, key="AIza-sandbox", settings=None, **config):
    def work(client):
        return client.models.generate_content(
            model=model, contents=contents, config=types.GenerateContentConfig(**config)
        )

    return with_client(work, key, **(settings or {}))


def parts(answer):
    return answer.candidates[0].content.parts


def picture(answer):
    """The one picture that is an answer, opened."""
    (found,) = (one.inline_data for one in parts(answer) if one.inline_data and not one.thought)
    image = opened(found.data)
    assert image.format == found.mime_type.removeprefix("image/").upper()
    return image


def png(size=(320, 180)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def given(content=None, mime="image/png"):
    return types.Part.from_bytes(data=content or png(), mime_type=mime)


@pytest.mark.parametrize(
    ("model", "config", "size"),
    [
        (BANANA, {}, (1024, 1024)),
        (BANANA, {"aspect_ratio": "16:9"}, (1376, 768)),
        (BANANA, {"aspect_ratio": "9:16", "image_size": "2K"}, (1536, 2752)),
        (BANANA, {"aspect_ratio": "8:1"}, (3072, 384)),
        (PRO, {"aspect_ratio": "3:2", "image_size": "1K"}, (1264, 848)),
        ("gemini-3.1-flash-image", {"image_size": "512"}, (512, 512)),
        ("gemini-3.1-flash-lite-image", {"image_size": "1K"}, (1024, 1024)),
        (OLD, {"aspect_ratio": "16:9"}, (1344, 768)),
    ],
)
def test_a_picture_comes_in_the_size_that_was_asked_for(model, config, size):
    answer = generate(model=model, image_config=types.ImageConfig(**config), **ALONE)

    assert picture(answer).size == size
    assert answer.model_version == model
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP


def test_words_come_beside_the_picture_unless_pictures_alone_are_asked_for():
    assert [bool(one.text) for one in parts(generate())] == [True, False]
    assert [bool(one.text) for one in parts(generate(**ALONE))] == [False]
    assert generate(response_modalities=["TEXT"]).text


def test_thoughts_are_told_apart_from_answers():
    config = types.ThinkingConfig(include_thoughts=True)

    answer = generate(thinking_config=config, **ALONE)

    assert [bool(one.thought) for one in parts(answer)] == [True, True, False]
    assert picture(answer).size == (1024, 1024)


@pytest.mark.parametrize(("model", "image"), [(BANANA, 1120), (PRO, 1120), (OLD, 1290)])
def test_usage_adds_up_and_counts_pictures_by_themselves(model, image):
    usage = generate(model=model).usage_metadata

    assert usage.candidates_token_count == image
    assert {one.modality.name: one.token_count for one in usage.candidates_tokens_details} == {
        "IMAGE": image
    }
    thoughts = usage.thoughts_token_count or 0
    assert usage.total_token_count == usage.prompt_token_count + image + thoughts
    assert (thoughts > 0) == (model != OLD)


@pytest.mark.parametrize("most", [1120, 1150, 2000])
def test_thoughts_and_the_picture_keep_to_the_tokens_that_are_allowed(most):
    answer = generate(max_output_tokens=most, **ALONE)

    usage = answer.usage_metadata
    assert usage.candidates_token_count + (usage.thoughts_token_count or 0) <= most
    assert picture(answer).size == (1024, 1024)


def test_where_a_picture_is_more_than_is_allowed_there_is_none():
    answer = generate(max_output_tokens=1119, **ALONE)

    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert answer.usage_metadata.candidates_token_count == 0
    assert answer.candidates[0].content is None


@pytest.mark.parametrize("count", [1, 3])
def test_an_edit_keeps_the_shape_of_its_first_picture_and_counts_each(count):
    alone = generate().usage_metadata.prompt_token_count

    answer = generate([*[given()] * count, "a red kite"], **ALONE)

    assert picture(answer).size == (1376, 768)
    assert answer.usage_metadata.prompt_token_count == alone + 1120 * count


def test_a_seed_gives_the_same_picture_and_none_another():
    def work(client):
        def one(**config):
            said = types.GenerateContentConfig(**ALONE, **config)
            answer = client.models.generate_content(model=OLD, contents="x", config=said)
            return parts(answer)[0].inline_data.data

        return one(seed=7), one(seed=7), one(seed=8), one(), one()

    seven, again, eight, free, other = with_client(work, draw=draw)

    assert seven == again
    assert len({seven, eight, free, other}) == 4


def test_settings_of_gemini_that_change_no_picture_are_taken():
    answer = generate(
        system_instruction="paint in oil",
        temperature=0.4,
        top_p=0.9,
        top_k=40,
        safety_settings=[
            types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")
        ],
        tools=[types.Tool(google_search=types.GoogleSearch())],
        thinking_config=types.ThinkingConfig(thinking_level="HIGH"),
    )

    assert picture(answer)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"image_config": {"aspect_ratio": "9:21"}}, "aspect_ratio 9:21"),
        ({"image_config": {"image_size": "512"}}, "image_size 512"),
        ({"image_config": {"image_size": "2k"}}, "image_size 2k"),
        ({"model": OLD, "image_config": {"image_size": "1K"}}, "image_size 1K"),
        ({"model": PRO, "image_config": {"aspect_ratio": "1:8"}}, "aspect_ratio 1:8"),
        ({"contents": ""}, "text"),
        ({"contents": [given(b"GIF89a", "image/gif"), "x"]}, "MIME type"),
        ({"contents": [given(b"no picture"), "x"]}, "process"),
    ],
)
def test_what_a_model_cannot_do_is_an_invalid_argument(config, said):
    error = generate(**config)

    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")
    assert said in error.message


@pytest.mark.parametrize("model", ["imagen-4.0-generate-001", "gemini-9"])
def test_a_model_that_is_not_there_is_not_found(model):
    assert (generate(model=model).code, generate(model=model).status) == (404, "NOT_FOUND")


def test_imagens_own_endpoint_is_gone():
    error = with_client(
        lambda client: client._api_client.request(
            "post",
            "models/imagen-4.0-generate-001:predict",
            {"instances": [{"prompt": "x"}], "parameters": {"sampleCount": 1}},
        )
    )

    assert (error.code, error.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize("model", sorted(name for name, one in MODELS.items() if one.retired))
def test_models_that_are_switched_off_are_gone_where_that_is_asked_for(model):
    assert picture(generate(model=model))
    assert generate(model=model, settings={"retired": True}).code == 404


def test_a_key_that_is_wrong_is_an_invalid_argument_with_a_reason():
    error = generate(key="AIza-invalid")

    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")
    assert error.details["error"]["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_prompt_that_is_blocked_has_no_candidates():
    for answer in (generate("x [refuse]"), generate(settings={"faults": "google: refusal"})):
        assert answer.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
        assert answer.candidates is None


def test_a_picture_that_is_held_back_leaves_a_candidate_without_content():
    (candidate,) = generate("x [filter]").candidates

    assert candidate.finish_reason == types.FinishReason.IMAGE_SAFETY
    assert candidate.content is None


def test_a_model_may_decline_in_words_and_end_as_if_nothing_were_wrong():
    answer = generate("x [decline]")

    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.text
    assert not any(one.inline_data for one in parts(answer))


def test_an_empty_answer_says_that_no_picture_was_made():
    (candidate,) = generate(settings={"faults": "gemini: empty"}).candidates

    assert candidate.finish_reason == types.FinishReason.NO_IMAGE


@pytest.mark.parametrize(
    ("faults", "kind", "status"),
    [
        ("google: 400", errors.ClientError, "INVALID_ARGUMENT"),
        ("google: 401", errors.ClientError, "UNAUTHENTICATED"),
        ("google: 403", errors.ClientError, "PERMISSION_DENIED"),
        ("google: 404", errors.ClientError, "NOT_FOUND"),
        ("google: 429", errors.ClientError, "RESOURCE_EXHAUSTED"),
        ("google: 500", errors.ServerError, "INTERNAL"),
        ("google: 503", errors.ServerError, "UNAVAILABLE"),
        ("google: 504", errors.ServerError, "DEADLINE_EXCEEDED"),
    ],
)
def test_googles_client_raises_what_it_raises_in_earnest(faults, kind, status):
    error = generate(settings={"faults": faults})

    assert type(error) is kind
    assert (error.code, error.status) == (int(faults[-3:]), status)


def test_a_spent_limit_is_named_and_says_how_long_to_wait():
    details = generate(settings={"faults": "429"}).details["error"]["details"]

    by_type = {one["@type"].rpartition(".")[2]: one for one in details}
    assert by_type["RetryInfo"]["retryDelay"] == "2s"
    assert "PerMinute" in by_type["QuotaFailure"]["violations"][0]["quotaId"]


def test_a_project_without_a_bill_has_a_limit_of_no_pictures():
    faults = "google: 429 code=GenerateRequestsPerMinutePerProjectPerModel-FreeTier"

    details = generate(settings={"faults": faults}).details["error"]["details"]

    (violation,) = details[0]["violations"]
    assert "free_tier" in violation["quotaMetric"]
    assert "quotaValue" not in violation


def test_a_reason_can_be_put_in_place_of_the_usual_one():
    error = generate(settings={"faults": "google: 403 code=BILLING_DISABLED"})

    assert error.details["error"]["details"][0]["reason"] == "BILLING_DISABLED"
