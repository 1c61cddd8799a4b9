import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, adapted, answer, ask, form, sent, target, told

from router.core.catalog import Catalog, ModelFacts
from router.core.files import held
from router.core.http import BEARER, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Kind
from router.core.sizes import Grid, Size
from router.dialects.table import dialects
from router.providers.compatible_rules import OPTIONAL, SPOKEN, rules_for
from router.providers.openai_compatible import OpenAICompatible
from router.providers.registry import adapter

ROWS = {row.name: row for row in dialects()}
HOST = "http://localhost:9000/v1"
PNG = b"\x89PNG\r\n\x1a\nrest"

each_row = pytest.mark.parametrize("name", ROWS)


def where(name):
    """Name a host for the servers that have none of their own."""
    return {} if ROWS[name].base_url else {"base_url": HOST}


def upload(name="kite.png"):
    return held(PNG, name)


def with_files(operation, pictures=1, mask=False, **params):
    files = {"image": tuple(upload(f"{k}.png") for k in range(pictures))}
    if mask:
        files["mask"] = (upload("mask.png"),)
    named = {"prompt": "at night", "model": "m", **params}
    return ImageRequest(params=named, operation=operation, files=files)


def body(name, request):
    return json.loads(sent(name, request, **where(name)).body)


@each_row
def test_a_row_is_asked_at_its_host_with_a_bearer_key(name):
    request = sent(name, ask("m"), **where(name))

    base = ROWS[name].base_url or HOST
    assert request.url == f"{base}/images/generations"
    assert request.auth is BEARER
    assert {"model": "m", "prompt": "a red kite"}.items() <= json.loads(request.body).items()
    assert adapter(name).provider == name


@each_row
def test_a_key_goes_to_the_rows_own_host_or_to_the_one_that_is_named(name):
    own = {"https://mine.example:443"}

    assert adapter(name).origins(target(name, base_url="https://mine.example/v1")) == own
    assert bool(adapter(name).origins(target(name))) == bool(ROWS[name].base_url)


@each_row
def test_what_a_row_asks_for_by_itself_the_caller_can_say_otherwise(name):
    said = dict(ROWS[name].asks)

    assert said.items() <= body(name, ask("m")).items()
    assert body(name, ask("m", response_format="url"))["response_format"] == "url"


@each_row
def test_a_target_that_passes_through_says_nothing_of_its_own(name):
    request = sent(name, ask("m"), passthrough=True, **where(name))

    assert json.loads(request.body) == {"model": "m", "prompt": "a red kite"}


@each_row
def test_a_server_without_a_host_is_not_asked(name):
    if not ROWS[name].base_url:
        failure = told(name, ask("m"))

        assert failure.local
        assert "custom_host" in failure.message


@each_row
def test_a_null_is_not_sent(name):
    assert "user" not in body(name, ask("m", user=None))


@each_row
@given(
    params=st.dictionaries(
        st.sampled_from(sorted(SPOKEN - {"model", "prompt", "stream"} | OPTIONAL)),
        st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5) | st.just("512x512"),
    )
)
def test_every_change_is_told(name, params):
    """Or means just the same; `adapted` looks at it."""
    adapted(name, ask("m", **params), **where(name))


@pytest.mark.parametrize(
    ("name", "asked", "becomes", "notes"),
    [
        ("openai-compatible", {"quality": "hd", "seed": 3}, {"quality": "hd", "seed": 3}, []),
        ("deepinfra", {"n": 1, "size": "512x512", "user": "u"}, None, []),
        ("deepinfra", {"quality": "hd"}, {}, ["quality hd dropped (deepinfra has none)"]),
        ("deepinfra", {"quality": "auto", "moderation": "auto"}, {}, []),
        ("deepinfra", {"response_format": "b64_json"}, {}, []),
        ("deepinfra", {"response_format": "url"}, {}, ["response_format url -> b64_json"]),
        ("deepinfra", {"seed": 1}, {}, ["seed 1 dropped (deepinfra has none)"]),
        (
            "deepinfra",
            {"negative_prompt": "x"},
            {},
            ["negative_prompt dropped (deepinfra has none)"],
        ),
        (
            "deepinfra",
            {"output_format": "png"},
            {},
            ["output_format png dropped (deepinfra has no choice)"],
        ),
        ("nscale", {"response_format": "url"}, {"response_format": "url"}, []),
        (
            "nscale",
            {"response_format": "file"},
            {},
            ["response_format file dropped (unknown to nscale)"],
        ),
        ("nscale", {"size": "auto"}, {}, []),
        ("nscale", {"user": "u-1"}, {}, ["user dropped (nscale has none)"]),
        ("recraft-ai", {"seed": 7}, {"random_seed": 7}, []),
        (
            "recraft-ai",
            {"seed": 7, "random_seed": 8},
            {"random_seed": 8},
            ["seed 7 dropped (random_seed is given)"],
        ),
        ("recraft-ai", {"style": "vivid"}, {}, ["style vivid dropped (unknown to recraft-ai)"]),
        ("recraft-ai", {"style": "realistic_image", "negative_prompt": "x"}, None, []),
        ("recraft-ai", {"style": None}, {}, []),
        (
            "x-ai",
            {"size": "1024x1024"},
            {"aspect_ratio": "1:1", "resolution": "1k"},
            ["size 1024x1024 -> aspect_ratio 1:1, resolution 1k"],
        ),
        (
            "x-ai",
            {"size": "2048x1152"},
            {"aspect_ratio": "16:9", "resolution": "1k"},
            ["size 2048x1152 -> aspect_ratio 16:9, resolution 1k"],
        ),
        (
            "x-ai",
            {"size": "2048x2048", "resolution": "1k"},
            {"aspect_ratio": "1:1", "resolution": "1k"},
            ["size 2048x2048 -> aspect_ratio 1:1"],
        ),
        (
            "x-ai",
            {"size": "1x1", "aspect_ratio": "3:2"},
            {"aspect_ratio": "3:2"},
            ["size 1x1 dropped (aspect_ratio is given)"],
        ),
        ("x-ai", {"size": "auto"}, {}, []),
        ("x-ai", {"size": "huge"}, {}, ["size huge dropped (not WIDTHxHEIGHT)"]),
        ("x-ai", {"style": "vivid"}, {}, ["style vivid dropped (x-ai has none)"]),
        ("x-ai", {"quality": "hd"}, {"quality": "high"}, ["quality hd -> high"]),
        ("x-ai", {"quality": "standard"}, {"quality": "medium"}, ["quality standard -> medium"]),
        ("x-ai", {"quality": "auto"}, {}, []),
        (
            "x-ai",
            {"quality": "odd"},
            {},
            ["quality odd dropped (x-ai has low, medium, high)"],
        ),
        ("x-ai", {"output_format": "jpeg"}, {}, []),
        (
            "x-ai",
            {"output_format": "webp"},
            {},
            ["output_format webp dropped (x-ai has no choice)"],
        ),
        ("localai", {"seed": 3, "size": "512x512", "step": 20}, None, []),
        ("localai", {"negative_prompt": "blur"}, {"prompt": "a red kite|blur"}, []),
        ("localai", {"negative_prompt": ""}, {}, []),
        (
            "localai",
            {"prompt": "a|b", "negative_prompt": "blur"},
            {"prompt": "a|b"},
            ["negative_prompt dropped ('|' is in the prompt already)"],
        ),
        ("vllm-omni", {"output_format": "jpg"}, {"output_format": "jpeg"}, []),
        (
            "vllm-omni",
            {"output_format": "gif"},
            {"output_format": "png"},
            ["output_format gif -> png"],
        ),
        ("vllm-omni", {"num_inference_steps": 30, "negative_prompt": "x"}, None, []),
        ("sglang", {"background": "transparent", "output_compression": 80}, None, []),
        ("sglang", {"quality": "high"}, {}, ["quality high dropped (sglang has none)"]),
        ("xinference", {"size": "1024x512"}, {"size": "1024*512"}, []),
        ("xinference", {"size": "auto"}, {}, []),
        ("xinference", {"size": "huge"}, {"size": "huge"}, []),
        ("sd-cpp", {"steps": 30}, {}, ["steps dropped (sd-cpp does not know it)"]),
        ("sd-cpp", {"output_format": "webp", "output_compression": 80}, None, []),
    ],
)
def test_parameters_are_said_in_the_words_of_the_row(name, asked, becomes, notes):
    params, told_notes = adapted(name, ask("m", **asked), **where(name))

    assert params == {
        "prompt": "a red kite",
        "model": "m",
        **(asked if becomes is None else becomes),
    }
    assert told_notes == notes


FACTS = ModelFacts(
    name="known",
    per_call=3,
    sizes=(Size(1024, 1024), Size(1820, 1024)),
    qualities=("low", "medium"),
    formats=("webp",),
    lacks=frozenset({"style"}),
)


def knowing(name, facts):
    return OpenAICompatible(ROWS[name], Catalog(provider=name, models=(facts,)))


@pytest.mark.parametrize(
    ("name", "facts", "asked", "becomes"),
    [
        ("recraft-ai", FACTS, {"size": "1792x1024"}, {"size": "1820x1024"}),
        ("recraft-ai", FACTS, {"style": "icon"}, {}),
        ("x-ai", FACTS, {"quality": "high"}, {"quality": "medium"}),
        ("sglang", FACTS, {"output_format": "webp"}, None),
        ("vllm-omni", FACTS, {"output_format": "jpeg"}, {"output_format": "png"}),
        (
            "nscale",
            ModelFacts(name="known", grid=Grid(step=8, shortest=64, longest=1024)),
            {"size": "2048x2048"},
            {"size": "1024x1024"},
        ),
        (
            "x-ai",
            ModelFacts(name="known", ratios=("1:1",)),
            {"size": "2048x1024"},
            {"aspect_ratio": "1:1", "resolution": "1k"},
        ),
    ],
)
def test_what_is_known_of_a_model_goes_before_what_the_row_says(name, facts, asked, becomes):
    rules = knowing(name, facts).rules(ask("known", **asked), target(name))
    ((parameter, value),) = asked.items()

    change = rules[parameter](value, asked)

    assert (None if change is None else dict(change.params)) == becomes


def test_pictures_per_call_are_the_models_else_the_rows():
    speaker = knowing("recraft-ai", FACTS)

    assert speaker.pictures_per_call(ask("known"), target("recraft-ai")) == 3
    assert speaker.pictures_per_call(ask("other"), target("recraft-ai")) == 6
    assert speaker.facts(ask("known"), target("recraft-ai")) is FACTS


def test_the_rules_of_a_row_are_made_once():
    assert rules_for(ROWS["x-ai"], None) is rules_for(ROWS["x-ai"], None)


@each_row
@pytest.mark.parametrize("operation", ["edit", "variation"])
def test_a_row_does_the_operations_that_it_names(name, operation):
    why_not = adapter(name).ability(with_files(operation), target(name)).why_not

    assert (why_not == "") == (operation in ROWS[name].operations)


@each_row
def test_masks_and_many_pictures_are_taken_where_the_row_says_so(name):
    row = ROWS[name]
    if "edit" not in row.operations:
        return

    masked = adapter(name).ability(with_files("edit", mask=True), target(name)).why_not
    many = adapter(name).ability(with_files("edit", row.most_images + 1), target(name)).why_not

    assert (masked == "") == row.takes_mask
    assert f"takes {row.most_images} pictures, not {row.most_images + 1}" in many


def test_an_edit_is_a_form_with_its_pictures_as_the_openai_package_names_them():
    one = sent("openai-compatible", with_files("edit", n=2, mask=True), base_url=HOST)
    two = sent("openai-compatible", with_files("edit", 2), base_url=HOST)

    assert one.url == f"{HOST}/images/edits"
    assert [part.name for part in one.parts] == ["prompt", "model", "n", "image", "mask"]
    assert [part.name for part in two.parts][-2:] == ["image[]", "image[]"]
    assert one.parts[3].read() == PNG
    assert (one.parts[3].filename, one.parts[3].content_type) == ("0.png", "image/png")
    assert "content-type" not in one.headers


def test_deepinfra_has_all_pictures_in_one_field():
    request = sent("deepinfra", with_files("edit", 2))

    assert [part.name for part in request.parts][-2:] == ["image", "image"]


def test_a_variation_has_a_path_of_its_own():
    request = sent("deepinfra", with_files("variation"))

    assert request.url == "https://api.deepinfra.com/v1/openai/images/variations"
    assert form(request.__class__(method="POST", url="", parts=request.parts[:2]))["model"] == "m"


@pytest.mark.parametrize(("pictures", "field"), [(1, "image"), (3, "images")])
def test_x_ai_has_edits_in_json(pictures, field):
    request = sent("x-ai", with_files("edit", pictures))

    said = json.loads(request.body)
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    one = {"type": "image_url", "url": url}
    assert request.url == "https://api.x.ai/v1/images/edits"
    assert said[field] == (one if pictures == 1 else [one] * pictures)
    assert said["response_format"] == "b64_json"


REFERENCE = {"image_url": "https://pictures.example/kite.png"}


def referring(*references, **params):
    named = {"prompt": "at night", "model": "m", "images": list(references), **params}
    return ImageRequest(params=named, operation="edit")


def test_x_ai_opens_pictures_on_the_web_itself():
    url = REFERENCE["image_url"]

    one = json.loads(sent("x-ai", referring(REFERENCE)).body)
    two = json.loads(sent("x-ai", referring(REFERENCE, REFERENCE)).body)

    assert one["image"] == {"type": "image_url", "url": url}
    assert "images" not in one
    assert [picture["url"] for picture in two["images"]] == [url, url]


@pytest.mark.parametrize(
    ("name", "request_", "taken"),
    [
        ("x-ai", referring(REFERENCE), True),
        ("x-ai", referring({"file_id": "f-1"}), False),
        ("sglang", referring(REFERENCE), False),
    ],
)
def test_references_are_taken_where_edits_are_json(name, request_, taken):
    assert adapter(name).takes_references(request_, target(name, **where(name))) is taken


def test_a_mask_by_reference_is_one_too():
    request = referring(REFERENCE, mask=REFERENCE)

    assert "no mask" in adapter("x-ai").ability(request, target("x-ai")).why_not


def test_a_stream_is_refused_before_it_is_asked():
    assert told("x-ai", ask("m", stream=True)).local


@each_row
def test_an_answer_in_openais_shape_is_passed_on_as_it_came(name):
    response = answer({"created": 5, "data": [{"b64_json": LONG}]})

    pictures = told(name, ask("m"), response, **where(name))

    assert (pictures.created, pictures.raw) == (5, response.body)
    assert bytes(pictures.data[0].b64) == LONG.encode()


def test_a_url_that_is_only_a_path_is_made_whole():
    data = [{"url": "/v1/images/a/content"}, {"url": "https://cdn.example/b.png"}]

    pictures = told("localai", ask("m"), answer({"created": 5, "data": data}), base_url=HOST)

    assert pictures.data[0].url == "http://localhost:9000/v1/images/a/content"
    assert pictures.data[1].url == "https://cdn.example/b.png"
    assert pictures.raw is None


def test_x_ai_says_with_a_flag_that_a_picture_was_withheld():
    withheld = {"url": "", "b64_json": "", "respect_moderation": False}
    data = [{"b64_json": LONG, "respect_moderation": True}, withheld]

    failure = told("x-ai", ask("m", n=2), answer({"data": data}, x_request_id="r-1"))
    all_ = told("x-ai", ask("m"), answer({"data": [withheld]}))
    none = told("x-ai", ask("m"), answer({"data": [{"b64_json": LONG}]}))

    assert (failure.kind, failure.status, failure.billed) == (Kind.REFUSED, 400, None)
    assert failure.message == "1 of 2 pictures was withheld by the provider"
    assert [bytes(one.b64) for one in failure.pictures] == [LONG.encode()]
    assert failure.request_id == "r-1"
    assert (all_.kind, all_.pictures) == (Kind.REFUSED, ())
    assert isinstance(none, Pictures)


@pytest.mark.parametrize(
    ("content", "message", "code"),
    [
        ({"error": {"message": "m", "type": "t", "param": "p", "code": "c"}}, "m", "c"),
        ({"error": {"message": "m", "code": 500, "type": ""}}, "m", "500"),
        ({"code": "bad", "error": "m"}, "m", "bad"),
        ({"error": "m"}, "m", None),
        ({"error": "server_error", "message": "m"}, "m", "server_error"),
        ({"message": "m", "code": "c"}, "m", "c"),
        ({"detail": "m"}, "m", None),
        ({"detail": {"error": "m"}}, "m", None),
        ({"detail": {"message": "m"}}, "m", None),
        (
            {"detail": [{"loc": ["body", "size"], "msg": "bad"}, {"msg": "worse"}, 5]},
            "body.size: bad; worse",
            None,
        ),
        ({}, "{}", None),
        (b"request unauthorized", "request unauthorized", None),
        (b"", "status 418 without a message", None),
    ],
)
def test_an_error_is_read_in_any_shape(content, message, code):
    failure = told("x-ai", ask("m"), answer(content, 418))

    assert (failure.kind, failure.message, failure.code) == (Kind.BAD_REQUEST, message, code)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "content_policy_violation"}, Kind.REFUSED),
        (400, {"code": "moderation_blocked"}, Kind.REFUSED),
        (400, {"type": "content_filter"}, Kind.REFUSED),
        (400, {}, Kind.BAD_REQUEST),
        (401, {}, Kind.AUTH),
        (402, {}, Kind.QUOTA_EXHAUSTED),
        (403, {}, Kind.AUTH),
        (404, {}, Kind.BAD_REQUEST),
        (422, {}, Kind.BAD_REQUEST),
        (429, {}, Kind.RATE_LIMITED),
        (429, {"code": "insufficient_quota"}, Kind.QUOTA_EXHAUSTED),
        (500, {}, Kind.SERVER_ERROR),
        (500, {"code": "content_policy_violation"}, Kind.SERVER_ERROR),
        (503, {}, Kind.OVERLOADED),
    ],
)
def test_errors_are_classified_by_status_and_openais_words(status, error, kind):
    response = answer({"error": {"message": "m", **error}}, status, retry_after="30")

    failure = told("xinference", ask("m"), response, base_url=HOST)

    assert (failure.kind, failure.status, failure.retry_after) == (kind, status, 30)


@given(
    st.sampled_from(["x-ai", "localai", "deepinfra"]),
    st.integers(200, 599),
    st.binary()
    | st.text().map(str.encode)
    | st.text().map(lambda url: json.dumps({"data": [{"url": url}]}).encode()),
)
def test_no_answer_breaks_the_conversation(name, status, content):
    outcome = told(name, ask("m"), HttpResponse(status=status, body=content), **where(name))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 1000
