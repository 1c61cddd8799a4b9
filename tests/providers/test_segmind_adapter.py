import base64
import io
import json
from functools import partial

import provider_talk
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from provider_talk import LONG, adapted, answer, ask, sent, target, told

from router.core.files import held
from router.core.http import HttpResponse, origin
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Failure, Kind
from router.providers.registry import adapter

HOST = "https://api.segmind.com"
SDXL = "sdxl1.0-txt2img"
FAST = "fast-flux-schnell"
PRO = "flux-1.1-pro"  # asked by v2
GPT = "gpt-image-1"
SD = "stable-diffusion-3.5-large-txt2img"
NEW = "some-new-model"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"
JOB = "2c7f59ea-13f1-402c-9353-915a2b5a2124"
URL = "https://images.segmind.com/generations/one.png"


def segmind(request, **fields):
    return sent("segmind", request, **fields)


def body(request):
    return json.loads(segmind(request).body)


def file_answer(content, kind="image/jpeg", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers={"content-type": kind, **named}, body=content)


talk = partial(provider_talk.talk, "segmind")


def status(said, code=200, **more):
    return answer({"status": said, "request_id": JOB, "metrics": {}, **more}, code)


ACCEPTED = answer({"request_id": JOB, "status": "QUEUED", "status_url": "https://evil.test/s"})
RESULT = answer(
    {
        "status": "COMPLETED",
        "output": URL,
        "images": [{"url": URL, "content_type": "image/png"}],
        "seed": "7",
        "metrics": {"cost": 0.05, "remaining_credits": 4.2, "inference_time": 13.1},
    }
)


def edit(model, picture=PNG, mask=None, **params):
    files = {"image": (held(picture, "kite.png"),)} if picture else {}
    if mask is not None:
        files["mask"] = (held(mask, "mask.png"),)
    return ImageRequest(
        params={"prompt": "a hat", "model": model, **params}, operation="edit", files=files
    )


def mask_file(mode="RGBA", **options):
    picture = Image.new(mode, (8, 4), "white")
    if mode == "RGBA":
        picture.paste((0, 0, 0, 0), (0, 0, 4, 4))
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (SDXL, f"/v1/{SDXL}"),
        (PRO, f"/v2/{PRO}"),
        (NEW, f"/v1/{NEW}"),
        (f"v2/{SDXL}", f"/v2/{SDXL}"),
        (f"v1/{PRO}", f"/v1/{PRO}"),
        (f"v2/{NEW}", f"/v2/{NEW}"),
    ],
)
def test_the_catalog_chooses_the_contract_unless_the_model_names_one(model, path):
    request = segmind(ask(model))

    assert request.url == HOST + path
    assert (request.method, request.auth.header, request.auth.prefix) == ("POST", "x-api-key", "")


def test_the_body_is_json_of_what_the_model_understands():
    request = ask(SDXL, n=1, seed=7, negative_prompt="blur", img_width=1024, scheduler="UniPC")

    assert body(request) == {
        "prompt": "a red kite",
        "seed": 7,
        "negative_prompt": "blur",
        "img_width": 1024,
        "scheduler": "UniPC",
    }
    assert segmind(request).headers["content-type"] == "application/json"


def test_a_null_is_not_sent():
    assert "seed" not in body(ask(SDXL, seed=None))


def test_several_pictures_come_inside_json():
    assert body(ask(SDXL, n=3)) == {"prompt": "a red kite", "samples": 3, "base64": True}
    assert body(ask(SDXL, samples=2))["base64"] is True
    assert "samples" not in body(ask(FAST, n=1))


@pytest.mark.parametrize(
    ("model", "count"),
    [(SDXL, 4), (f"v2/{SDXL}", 1), (FAST, 1), (PRO, 1), (NEW, 1), ("no/such/name", 1)],
)
def test_pictures_per_call(model, count):
    assert adapter("segmind").pictures_per_call(ask(model), target("segmind")) == count


def test_what_a_model_cannot_do_without_is_said_unless_the_caller_does():
    assert body(ask(SD))["sampler"] == "euler"
    assert body(ask(SD, sampler="heun"))["sampler"] == "heun"


@pytest.mark.parametrize(
    "model", ["a/b", "../x", "v3/x", "v2/", "v2/v1/x", "a?b", "a#b", "a..b", ".", "", "ä", "a b"]
)
def test_a_name_that_could_lead_elsewhere_is_not_asked(model):
    failure = told("segmind", ask(model))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert "sdxl1.0-txt2img" in failure.message


def test_a_request_without_a_model_is_not_sent():
    assert told("segmind", ask()).local


@given(st.text(max_size=40))
def test_no_model_leaves_its_place_in_the_url(model):
    flow = adapter("segmind").flow(ask(model), target("segmind"))
    try:
        url = next(flow).request.url
    except StopIteration:
        return

    head, _, name = url.rpartition("/")
    assert head in {f"{HOST}/v1", f"{HOST}/v2"}
    assert name == model.removeprefix("v1/").removeprefix("v2/")


@pytest.mark.parametrize(
    "base", ["https://proxy.test/seg", "https://proxy.test/seg/", "https://proxy.test/seg/v1"]
)
def test_a_custom_host_stands_in_for_segminds(base):
    assert segmind(ask(PRO), base_url=base).url == f"https://proxy.test/seg/v2/{PRO}"
    origins = adapter("segmind").origins(target("segmind", base_url=base))
    assert origins == {origin("https://proxy.test")}


@pytest.mark.parametrize(
    ("model", "asked", "becomes", "notes"),
    [
        (SDXL, {"size": "1024x1024"}, {"img_width": 1024, "img_height": 1024}, []),
        (
            SDXL,
            {"size": "256x256"},
            {"img_width": 512, "img_height": 512},
            ["size 256x256 -> 512x512"],
        ),
        (
            PRO,
            {"size": "1024x768"},
            {"width": 1024, "height": 768, "aspect_ratio": "custom"},
            [],
        ),
        (
            FAST,
            {"size": "1792x1024"},
            {"aspect_ratio": "16:9"},
            ["size 1792x1024 -> aspect_ratio 16:9"],
        ),
        (GPT, {"size": "1536x1024"}, {"size": "1536x1024"}, []),
        (GPT, {"size": "auto"}, {"size": "auto"}, []),
        (GPT, {"size": "1792x1024"}, {"size": "1536x1024"}, ["size 1792x1024 -> 1536x1024"]),
        ("gpt-image-2", {"size": "2048x1152"}, {"size": "2048x1152"}, []),
        (
            NEW,
            {"size": "1024x512"},
            {"width": 1024, "height": 512},
            [f"size 1024x512 -> width 1024, height 512 (a guess: {NEW} is not known)"],
        ),
        (
            "imagen-4",
            {"size": "1024x512"},
            {"width": 1024, "height": 512},
            ["size 1024x512 -> width 1024, height 512 (a guess: imagen-4 is not known)"],
        ),
        (SDXL, {"size": "auto"}, {}, []),
        (FAST, {"size": "auto"}, {}, []),
        (SDXL, {"size": "huge"}, {}, ["size huge dropped (not WIDTHxHEIGHT)"]),
        (FAST, {"size": 3}, {}, ["size 3 dropped (not WIDTHxHEIGHT)"]),
        (
            SDXL,
            {"size": "1x1", "img_width": 640},
            {"img_width": 640},
            ["size 1x1 dropped (img_width is given)"],
        ),
        (
            "sdxl-img2img",
            {"size": "1x1"},
            {},
            ["size 1x1 dropped (sdxl-img2img makes it as large as the picture given)"],
        ),
        (
            SDXL,
            {"quality": "hd"},
            {"num_inference_steps": 50},
            ["quality hd -> num_inference_steps 50"],
        ),
        (SDXL, {"quality": "standard"}, {}, []),
        (SDXL, {"quality": "auto"}, {}, []),
        (SDXL, {"quality": "fine"}, {}, [f"quality fine dropped (unknown to {SDXL})"]),
        (SDXL, {"quality": [1]}, {}, [f"quality list dropped (unknown to {SDXL})"]),
        (
            SDXL,
            {"quality": "hd", "num_inference_steps": 30},
            {"num_inference_steps": 30},
            ["quality hd dropped (num_inference_steps is given)"],
        ),
        (GPT, {"quality": "hd"}, {"quality": "high"}, ["quality hd -> high"]),
        (GPT, {"quality": "low"}, {"quality": "low"}, []),
        (FAST, {"quality": "hd"}, {}, [f"quality hd dropped ({FAST} has none)"]),
        (FAST, {"quality": "auto"}, {}, []),
        (SDXL, {"style": "vivid"}, {}, [f"style vivid dropped ({SDXL} has others)"]),
        (SDXL, {"style": "base"}, {"style": "base"}, []),
        (SDXL, {"style": ["base"]}, {"style": ["base"]}, []),
        (FAST, {"style": "natural"}, {}, [f"style natural dropped ({FAST} has none)"]),
        (SDXL, {"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
        (FAST, {"negative_prompt": "mine"}, {}, [f"negative_prompt dropped ({FAST} has none)"]),
        (SDXL, {"seed": -1}, {"seed": -1}, []),
        (SDXL, {"seed": "x"}, {}, ["seed x dropped (not a whole number)"]),
        (SDXL, {"seed": True}, {}, ["seed true dropped (not a whole number)"]),
        (GPT, {"seed": 4}, {}, [f"seed 4 dropped ({GPT} has none)"]),
        (PRO, {"output_format": "jpeg"}, {"output_format": "jpg"}, []),
        (PRO, {"output_format": "png"}, {"output_format": "png"}, []),
        (PRO, {"output_format": "gif"}, {"output_format": "png"}, ["output_format gif -> png"]),
        (SD, {"output_format": "jpg"}, {"image_format": "jpeg"}, []),
        (GPT, {"output_format": 3}, {}, ["output_format 3 dropped (it has png, jpeg, webp)"]),
        (SDXL, {"output_format": "webp"}, {}, [f"output_format webp dropped ({SDXL} has none)"]),
        (PRO, {"output_compression": 70}, {"output_quality": 70}, []),
        (GPT, {"output_compression": 70}, {"output_compression": 70}, []),
        (
            FAST,
            {"output_compression": 70},
            {},
            [f"output_compression 70 dropped ({FAST} has none)"],
        ),
        (GPT, {"background": "transparent"}, {"background": "transparent"}, []),
        (
            SDXL,
            {"background": "transparent"},
            {},
            [f"background transparent dropped ({SDXL} has none)"],
        ),
        (SDXL, {"background": "opaque", "moderation": "auto"}, {}, []),
        (GPT, {"moderation": "low"}, {"moderation": "low"}, []),
        (SDXL, {"user": "u-1"}, {}, [f"user dropped ({SDXL} has none)"]),
        (NEW, {"user": "u-1"}, {}, [f"user dropped ({NEW} has none)"]),
        (SDXL, {"response_format": "b64_json"}, {}, []),
        (SDXL, {"response_format": "url"}, {}, ["response_format url -> b64_json"]),
        (f"v2/{SDXL}", {"response_format": "url"}, {}, []),
        (PRO, {"response_format": "b64_json"}, {}, ["response_format b64_json -> url"]),
        (SDXL, {"n": 3}, {"n": 3}, []),
        (SDXL, {"lora": "x"}, {}, ["lora dropped (segmind does not know it)"]),
        ("sd1.5-juggernaut", {"lora": "x"}, {"lora": "x"}, []),
        (
            NEW,
            {"lora": "x", "quality": "hd", "style": "vivid", "seed": "x"},
            {"lora": "x", "quality": "hd", "style": "vivid", "seed": "x"},
            [],
        ),
        ("../x", {"lora": "x"}, {"lora": "x"}, []),
    ],
    ids=str,
)
def test_parameters_are_said_in_the_models_words(model, asked, becomes, notes):
    params, said = adapted("segmind", ask(model, **asked))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert said == notes


@pytest.mark.parametrize("name", ["quality", "seed", "output_format", "output_compression"])
@pytest.mark.parametrize("model", [SDXL, PRO, GPT, NEW])
def test_a_null_says_nothing(model, name):
    _, notes = adapted("segmind", ask(model, **{name: None}))

    assert notes == []


def test_every_model_of_the_catalog_keeps_what_its_own_words_say():
    for facts in adapter("segmind").catalog.models:
        own = {name: "x" for name in facts.parameters if name not in {"seed", "style"}}
        params, notes = adapted("segmind", ask(facts.name, **own))

        assert notes == [], facts.name
        assert own.items() <= params.items()


@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", "text/html"])
@pytest.mark.parametrize(("content", "name"), [(PNG, "png"), (JPEG, "jpeg")])
def test_v1_gives_a_picture_whatever_its_type_is_said_to_be(kind, content, name):
    pictures = told("segmind", ask(SDXL), file_answer(content, kind))

    assert base64.b64decode(bytes(pictures.data[0].b64)) == content
    assert pictures.data[0].media.format == name


def test_a_type_that_no_first_bytes_tell_is_believed_and_no_other():
    avif = told("segmind", ask(SDXL), file_answer(bytes(60), "image/avif"))
    spoilt = told("segmind", ask(SDXL), file_answer(b"!*" + JPEG[2:], "image/jpeg"))

    assert len(avif.data) == 1
    assert spoilt.kind is Kind.INVALID_OUTPUT


def test_v1_tells_what_it_cost_and_which_seed_it_took():
    response = file_answer(
        JPEG,
        x_cost="0.008",
        x_remaining_credits="4.21",
        x_seed_value="7",
        x_generation_time="6.1",
        date="Thu, 01 Jan 1970 00:01:00 GMT",
    )

    pictures = told("segmind", ask(SDXL), response)

    assert pictures.fields == {"usage": {"cost": 0.008}}
    assert pictures.data[0].extras == {
        "seed": 7,
        "remaining_credits": 4.21,
        "inference_time": 6.1,
    }
    assert pictures.created == 60


def test_headers_that_are_no_numbers_are_kept_as_they_are():
    pictures = told("segmind", ask(SDXL), file_answer(JPEG, x_cost="free", x_seed_value="[1]"))

    assert pictures.fields == {}
    assert pictures.data[0].extras == {"seed": "[1]"}


@pytest.mark.parametrize("image", [LONG, [LONG], [LONG, LONG]], ids=["one", "list", "two"])
def test_v1_gives_base64_inside_json(image):
    pictures = told("segmind", ask(SDXL), answer({"image": image, "status": "Success"}))

    expected = [image] if isinstance(image, str) else image
    assert [bytes(one.b64).decode() for one in pictures.data] == expected


def test_v1_gives_large_base64_without_parsing_it():
    large = "QUJD" * 10_000

    pictures = told("segmind", ask(SDXL), answer({"image": large}))

    assert bytes(pictures.data[0].b64).decode() == large


@pytest.mark.parametrize(
    "response",
    [
        file_answer(b""),
        file_answer(b"", "application/json"),
        answer({"image": []}),
        answer({"image": "", "status": "Success"}),
        answer({"images": [], "output": None}),
        answer({"images": [{"url": None}, 3]}),
    ],
)
def test_an_empty_answer_has_no_pictures(response):
    assert told("segmind", ask(SDXL), response).data == ()


@pytest.mark.parametrize(
    "response",
    [
        file_answer(b"<html>oops</html>", "text/html"),
        file_answer(b"oops", "text/plain"),
        answer({"status": "Success"}),
        answer({"error": "the worker died"}),
        answer([1]),
        answer(b'{"image": "\\u0000picture:3"}'),
        answer(b"[" * 100_000),
    ],
)
def test_a_200_that_is_no_answer_is_invalid_output(response):
    failure = told("segmind", ask(SDXL), response)

    assert (failure.kind, failure.status, failure.billed) == (Kind.INVALID_OUTPUT, 502, None)


@pytest.mark.parametrize(
    ("code", "said", "kind", "billed"),
    [
        (400, "prompt is missing", Kind.BAD_REQUEST, False),
        (400, "content_policy_violation", Kind.REFUSED, False),
        (401, "API key is invalid", Kind.AUTH, False),
        (402, "no money", Kind.QUOTA_EXHAUSTED, False),
        (403, "not permitted", Kind.AUTH, False),
        (404, "no such model", Kind.BAD_REQUEST, False),
        (406, "Insufficient credits: balance 0.1, needed 0.2", Kind.QUOTA_EXHAUSTED, False),
        (406, "Not enough credits", Kind.QUOTA_EXHAUSTED, False),
        (406, "Team spend limit of $50 per month reached", Kind.QUOTA_EXHAUSTED, False),
        (406, "Invalid content type", Kind.BAD_REQUEST, False),
        (406, "scheduler 'x' is not one of those allowed", Kind.BAD_REQUEST, False),
        (406, "the prompt was stopped by moderation", Kind.REFUSED, False),
        (410, "this model is retired", Kind.BAD_REQUEST, False),
        (429, "rate limit exceeded", Kind.RATE_LIMITED, False),
        (500, "steps must be at most 8", Kind.SERVER_ERROR, False),
        (502, "bad gateway", Kind.SERVER_ERROR, None),
        (503, "no credits", Kind.OVERLOADED, False),
        (504, "gateway timeout", Kind.SERVER_ERROR, None),
    ],
)
@pytest.mark.parametrize("model", [SDXL, PRO])
def test_errors_are_classified_by_status_and_text(model, code, said, kind, billed):
    failure = told("segmind", ask(model), answer({"error": said}, code, x_request_id="r-1"))

    assert (failure.kind, failure.status, failure.message) == (kind, code, said)
    assert failure.billed is billed
    assert failure.request_id == "r-1"


def test_the_login_words_its_errors_another_way():
    said = {"error": "invalid_api_key", "error_description": "the key is wrong", "status_code": 401}

    failure = told("segmind", ask(SDXL), answer(said, 401))

    assert (failure.message, failure.code) == ("the key is wrong", "invalid_api_key")


def test_a_wrong_method_is_told_in_html():
    page = file_answer(b"<html><h1>405 Not Allowed</h1></html>", "text/html", 405)

    failure = told("segmind", ask(SDXL), page)

    assert (failure.kind, failure.message) == (Kind.BAD_REQUEST, "405 Not Allowed")


@pytest.mark.parametrize(
    "moment",
    ["1970-01-01T00:01:30Z", "1970-01-01T00:01:30", "Thu, 01 Jan 1970 00:01:30 GMT"],
)
def test_a_rate_limit_says_when_its_window_ends(moment):
    reset = {"x-rate-limit-reset-at-utc": moment}
    response = answer({"error": "slow"}, 429, **reset)
    dated = answer({"error": "slow"}, 429, **reset, date="Thu, 01 Jan 1970 00:01:00 GMT")

    assert told("segmind", ask(SDXL), response).retry_at == 90
    assert told("segmind", ask(SDXL), dated).retry_after == 30


def test_a_window_may_end_at_unix_seconds_and_a_retry_after_wins():
    number = answer({}, 429, x_rate_limit_reset_at_utc="1800000000")
    advised = answer({}, 429, x_rate_limit_reset_at_utc="1800000000", retry_after="3")
    unclear = answer({}, 429, x_rate_limit_reset_at_utc="soon")

    assert told("segmind", ask(SDXL), number).retry_at == 1_800_000_000
    assert told("segmind", ask(SDXL), advised).retry_after == 3
    assert told("segmind", ask(SDXL), advised).retry_at is None
    assert told("segmind", ask(SDXL), unclear).retry_at is None


def test_a_job_is_asked_after_and_its_result_fetched():
    sends, pictures = talk(
        ask(PRO), ACCEPTED, status("QUEUED"), status("PROCESSING"), status("COMPLETED"), RESULT
    )

    job = f"{HOST}/v2/requests/{JOB}"
    urls = [(send.request.method, send.request.url) for send in sends]
    assert urls == [("POST", f"{HOST}/v2/{PRO}"), *[("GET", f"{job}/status")] * 3, ("GET", job)]
    assert [send.after for send in sends] == [0, 1, 1.5, 2.25, 0]
    assert {send.undo for send in sends} == {None}
    assert all(send.request.auth.header == "x-api-key" for send in sends)
    assert [one.url for one in pictures.data] == [URL]
    assert pictures.fields == {"usage": {"cost": 0.05}}
    assert pictures.data[0].extras["seed"] == "7"
    assert pictures.data[0].extras["remaining_credits"] == 4.2


def test_the_key_goes_nowhere_but_to_the_target():
    flow = adapter("segmind").flow(ask(PRO), target("segmind", base_url="https://proxy.test/seg"))
    next(flow)

    assert flow.send(ACCEPTED).request.url == f"https://proxy.test/seg/v2/requests/{JOB}/status"


@pytest.mark.parametrize(
    "result",
    [
        {"output": URL},
        {"output": [URL]},
        {"images": [{"url": URL}], "output": "https://images.segmind.com/other.png"},
    ],
)
def test_pictures_are_read_where_they_stand(result):
    _, pictures = talk(ask(PRO), ACCEPTED, status("COMPLETED"), answer(result))

    assert [one.url for one in pictures.data] == [URL]


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("content_policy_violation", Kind.REFUSED, 422),
        ("the content filter stopped it", Kind.REFUSED, 422),
        ("Prompt is Mandatory and must be string", Kind.BAD_REQUEST, 422),
        ("CUDA out of memory", Kind.SERVER_ERROR, 502),
        ("", Kind.SERVER_ERROR, 502),
    ],
)
def test_a_failed_job_is_not_charged_and_is_classified_by_its_text(said, kind, code):
    sends, failure = talk(ask(PRO), ACCEPTED, status("FAILED", 422, error=said))

    assert (failure.kind, failure.status, failure.billed) == (kind, code, False)
    assert failure.request_id == JOB
    assert said in failure.message
    assert len(sends) == 2


def test_trouble_while_asking_does_not_lose_the_job():
    busy = answer({}, 503)
    limited = answer({}, 429, retry_after="4")

    sends, pictures = talk(
        ask(PRO), ACCEPTED, busy, limited, status("PROCESSING"), status("COMPLETED"), busy, RESULT
    )

    assert isinstance(pictures, Pictures)
    assert sends[3].after == 4


@pytest.mark.parametrize(
    "responses",
    [
        (answer({"error": "Request not found"}, 404),),
        (answer({"error": "who are you"}, 401),),
        (file_answer(b"<html></html>", "text/html"),),
        (answer({}),),
        (status("COMPLETED"), answer({"error": "Request not found"}, 404)),
        tuple(answer({}, 500) for _ in range(6)),
    ],
)
def test_a_job_that_cannot_be_read_may_be_billed_and_is_named(responses):
    _, failure = talk(ask(PRO), ACCEPTED, *responses)

    assert (failure.kind, failure.status, failure.billed) == (Kind.CONNECTION_LOST, 502, None)
    assert JOB in failure.message


@pytest.mark.parametrize(
    "accepted", [{}, {"request_id": "../../v1/x"}, {"request_id": None}, {"request_id": "a/b"}, []]
)
def test_an_accepted_job_without_a_usable_number_is_invalid_output(accepted):
    failure = told("segmind", ask(PRO), answer(accepted))

    assert (failure.kind, failure.billed) == (Kind.INVALID_OUTPUT, None)


def test_a_picture_is_edited_as_base64_where_a_model_takes_it():
    assert body(edit("sdxl-img2img", strength=0.5)) == {
        "prompt": "a hat",
        "strength": 0.5,
        "image": base64.b64encode(PNG).decode(),
    }


def test_a_mask_is_painted_white_where_it_is_transparent():
    said = body(edit("sdxl-inpaint", mask=mask_file()))

    painted = Image.open(io.BytesIO(base64.b64decode(said["mask"])))
    assert (painted.mode, painted.size) == ("L", (8, 4))
    assert [painted.getpixel((x, 0)) for x in (0, 3, 4, 7)] == [255, 255, 0, 0]


def test_a_mask_that_breaks_off_is_not_sent():
    failure = told("segmind", edit("sdxl-inpaint", mask=mask_file()[:-30]))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert "mask" in failure.message


def test_pictures_given_by_url_go_as_they_are():
    urls = ["https://pics.test/1.png", "https://pics.test/2.png"]
    references = [{"image_url": url} for url in urls]
    request = edit("nano-banana", picture=None, images=references)

    assert adapter("segmind").takes_references(request, target("segmind"))
    assert adapter("segmind").ability(request, target("segmind")).why_not == ""
    assert body(request)["image_urls"] == urls
    assert "images" not in body(request)


@pytest.mark.parametrize(
    "reference", [{"file_id": "f-1"}, {"image_url": "data:image/png;base64,QUJD"}, "x", 3]
)
def test_other_references_have_to_become_files(reference):
    request = edit("nano-banana", picture=None, images=[reference])

    assert not adapter("segmind").takes_references(request, target("segmind"))


VARIATION = ImageRequest(params={"model": SDXL}, operation="variation")
TWO = ImageRequest(
    params={"model": "sdxl-img2img"},
    operation="edit",
    files={"image": (held(PNG, "a"), held(PNG, "b"))},
)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (VARIATION, "no variations"),
        (edit(SDXL), "cannot do the operation 'edit'"),
        (ask("sdxl-img2img"), "cannot do the operation 'generate'"),
        (edit(NEW), "not in the catalog"),
        (TWO, "begins with one picture, not with 2"),
        (edit("nano-banana"), "by URL"),
        (edit("sdxl-img2img", mask=mask_file()), "takes no mask"),
        (edit("sdxl-inpaint"), "only where a mask says"),
        (edit("sdxl-inpaint", mask=mask_file("L")), "only a plain PNG"),
    ],
)
def test_what_a_model_cannot_do_is_said_before_it_is_asked(request_, why):
    assert why in adapter("segmind").ability(request_, target("segmind")).why_not


@pytest.mark.parametrize(
    "request_",
    [ask(SDXL), ask(NEW), edit("sdxl-img2img"), edit("sdxl-inpaint", mask=mask_file()), ask("..")],
)
def test_what_a_model_can_do_it_is_asked(request_):
    assert adapter("segmind").ability(request_, target("segmind")).why_not == ""


@given(
    st.sampled_from([SDXL, PRO]),
    st.integers(200, 599),
    st.binary() | st.text().map(str.encode),
)
def test_no_answer_breaks_the_conversation(model, code, content):
    outcome = told("segmind", ask(model), HttpResponse(status=code, body=content))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 200


WORDS = st.sampled_from(
    ["size", "quality", "style", "seed", "output_format", "output_compression", "background", "n"]
)


@given(
    st.sampled_from([SDXL, FAST, PRO, GPT, NEW]),
    st.dictionaries(WORDS, st.none() | st.text() | st.integers() | st.lists(st.text()), max_size=4),
)
def test_any_value_is_kept_changed_or_dropped_with_a_note(model, params):
    adapted("segmind", ask(model, **params))


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(URL),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["url", "image", "images", "output", "error"]), inner)
    ),
    max_leaves=6,
)


@given(JSONS, st.sampled_from([200, 202, 404, 422, 500]))
def test_no_result_breaks_the_conversation(value, code):
    _, outcome = talk(ask(PRO), ACCEPTED, status("COMPLETED"), *[answer(value, code)] * 7)

    assert isinstance(outcome, Pictures | Failure)
