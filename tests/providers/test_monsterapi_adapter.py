"""Monster API's adapter, held by hand: the order, and how OpenAI's words are said in it."""

import json

import pytest
from edit_talk import CAT, OVER, edit, parts, variation, why_not
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import adapted, ask, sent, target, told

from router.core.catalog import Catalog, ModelFacts
from router.core.files import Upload, held
from router.core.http import BEARER
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.providers.monsterapi import LARGEST_FILE, MonsterAPI
from router.providers.monsterapi_rules import rules_for
from router.providers.registry import adapter
from tests.originals.pictures import MASK

HOST = "https://api.monsterapi.ai/v1"
SDXL = "sdxl-base"
NEW = "a-model-of-tomorrow"
WEB = "https://pictures.example/kite.png"


def body(request):
    return json.loads(sent("monsterapi", request).body)


def by_url(model="img2img", url=WEB, **params):
    """An edit whose picture is on the web."""
    said = {"prompt": "at night", "model": model, "images": [{"image_url": url}], **params}
    return ImageRequest(params=said, operation="edit")


# The order


def test_an_order_is_json_with_a_bearer_key():
    request = sent("monsterapi", ask(SDXL, n=2, seed=7, negprompt="blur", steps=30, style="anime"))

    assert (request.method, request.url) == ("POST", f"{HOST}/generate/{SDXL}")
    assert request.auth is BEARER
    assert json.loads(request.body) == {
        "prompt": "a red kite",
        "seed": 7,
        "negprompt": "blur",
        "steps": 30,
        "style": "anime",
        "samples": 2,
    }


def test_one_picture_and_a_null_are_not_mentioned():
    assert body(ask(SDXL, n=1, seed=None)) == {"prompt": "a red kite"}


def test_without_a_model_the_one_that_takes_text_alone_is_asked():
    assert sent("monsterapi", ask()).url == f"{HOST}/generate/{SDXL}"
    assert adapter("monsterapi").model(ask(), target("monsterapi")) == SDXL


def test_a_custom_host_stands_in_for_monster_apis():
    url = sent("monsterapi", ask(SDXL), base_url="https://proxy.example/monster/").url

    assert url == f"https://proxy.example/monster/generate/{SDXL}"
    assert adapter("monsterapi").origins(target("monsterapi")) == {"https://api.monsterapi.ai:443"}


@pytest.mark.parametrize("model", ["a/b", "..", "a..b", "a?b", "a b", "-a", "ä", "x" * 65])
def test_a_name_that_could_lead_elsewhere_is_not_asked(model):
    failure = told("monsterapi", ask(model))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)


def test_a_stream_is_refused_before_it_is_asked():
    assert told("monsterapi", ask(SDXL, stream=True)).local


@pytest.mark.parametrize(
    ("model", "count"), [(SDXL, 4), ("txt2img", 4), ("photo-maker", 3), ("img2img", 1), (NEW, 1)]
)
def test_pictures_per_call(model, count):
    assert adapter("monsterapi").pictures_per_call(ask(model), target("monsterapi")) == count


# Pictures to begin with


def test_a_file_makes_a_form_of_it():
    request = sent("monsterapi", edit("img2img", strength=0.5, seed=None, negprompt="blur"))

    assert request.body == b""
    assert "content-type" not in request.headers
    assert parts(request) == [
        ("prompt", None, "a red kite"),
        ("strength", None, "0.5"),
        ("negprompt", None, "blur"),
        ("init_image_url", "cat.png", "image/png"),
    ]
    assert request.parts[-1].content is CAT


def test_a_picture_on_the_web_is_named_by_its_url():
    request = by_url()

    assert body(request) == {"prompt": "at night", "init_image_url": WEB}
    assert adapter("monsterapi").takes_references(request, target("monsterapi"))
    assert why_not("monsterapi", request) == ""


def test_a_picture_inside_a_url_is_better_sent_as_a_file():
    request = by_url(url="data:image/png;base64,iVBORw0KGgo=")

    assert not adapter("monsterapi").takes_references(request, target("monsterapi"))


def test_photo_maker_makes_several():
    request = edit("photo-maker", n=3)

    assert ("samples", None, "3") in parts(sent("monsterapi", request))
    assert not any(
        name == "samples" for name, *_ in parts(sent("monsterapi", edit("img2img", n=3)))
    )


def test_a_catalog_of_ones_own_may_name_another_field():
    facts = ModelFacts(name="m", operations=frozenset({"edit"}), options={"image": "source"})
    speaker = MonsterAPI(catalog=Catalog(provider="monsterapi", models=(facts,)))

    send = next(speaker.flow(by_url("m"), target("monsterapi")))

    assert json.loads(send.request.body)["source"] == WEB


HUGE = Upload(name="h.png", size=LARGEST_FILE + 1, digest="", open=CAT.open, media=CAT.media)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (ask("img2img"), "img2img begins with a picture; sdxl-base and txt2img do not"),
        (edit(SDXL), "sdxl-base takes no picture; img2img and pix2pix do"),
        (edit(), "sdxl-base takes no picture"),
        (edit(NEW), "which field of the model takes a picture is not in the catalog"),
        (edit("img2img", mask=OVER), "monsterapi takes no mask"),
        (edit("img2img", files={"markup": (held(MASK, "m.png"),)}), "monsterapi takes no markup"),
        (edit("img2img", images=(CAT, CAT)), "img2img begins with one picture, not with 2"),
        (edit("img2img", images=()), "img2img begins with one picture, not with 0"),
        (variation("img2img"), "img2img needs a prompt, also for a variation"),
        (edit("img2img", images=(HUGE,)), "monsterapi takes files of up to 8 MB, not of 8388609"),
        (ask(SDXL), ""),
        (ask(NEW), ""),
        (edit("img2img"), ""),
        (variation("pix2pix", prompt="a kite"), ""),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_before_it_is_asked(request_, reason):
    told_of = why_not("monsterapi", request_)

    assert told_of.startswith(reason)
    assert bool(told_of) is bool(reason)


# Words


@pytest.mark.parametrize(
    ("model", "asked", "becomes", "notes"),
    [
        (SDXL, {"size": "1024x1024"}, {"aspect_ratio": "square"},
         ["size 1024x1024 -> aspect_ratio square"]),
        (SDXL, {"size": "1792x1024"}, {"aspect_ratio": "landscape"},
         ["size 1792x1024 -> aspect_ratio landscape"]),
        (SDXL, {"size": "1023x1024"}, {"aspect_ratio": "portrait"},
         ["size 1023x1024 -> aspect_ratio portrait"]),
        (SDXL, {"size": "auto"}, {}, []),
        (SDXL, {"size": None}, {}, []),
        (SDXL, {"size": "big"}, {}, ["size big dropped (not WIDTHxHEIGHT)"]),
        (SDXL, {"size": "64x64", "aspect_ratio": "square"}, {"aspect_ratio": "square"},
         ["size 64x64 dropped (aspect_ratio is given)"]),
        (SDXL, {"aspect_ratio": "16:9"}, {"aspect_ratio": "landscape"},
         ["aspect_ratio 16:9 -> landscape"]),
        (SDXL, {"aspect_ratio": "2:2"}, {"aspect_ratio": "square"}, ["aspect_ratio 2:2 -> square"]),
        (SDXL, {"aspect_ratio": "wide"}, {"aspect_ratio": "wide"}, []),
        (SDXL, {"aspect_ratio": None}, {}, []),
        (SDXL, {"aspect_ratio": 2}, {}, ["aspect_ratio 2 dropped (not a shape)"]),
        ("img2img", {"size": "64x64"}, {},
         ["size 64x64 dropped (img2img makes it as large as the picture given)"]),
        ("img2img", {"aspect_ratio": "1:1"}, {},
         ["aspect_ratio 1:1 dropped (img2img makes it as large as the picture given)"]),
        (SDXL, {"negative_prompt": "blur"}, {"negprompt": "blur"}, []),
        (SDXL, {"negative_prompt": "blur", "negprompt": "fog"}, {"negprompt": "fog"},
         ["negative_prompt dropped (negprompt is given)"]),
        (SDXL, {"negative_prompt": None}, {}, []),
        (SDXL, {"quality": "hd"}, {"steps": 60}, ["quality hd -> steps 60"]),
        (SDXL, {"quality": "standard"}, {}, []),
        (SDXL, {"quality": "auto"}, {}, []),
        (SDXL, {"quality": "ultra"}, {}, [f"quality ultra dropped (unknown to {SDXL})"]),
        (SDXL, {"quality": 3}, {}, [f"quality 3 dropped (unknown to {SDXL})"]),
        (SDXL, {"quality": "hd", "steps": 40}, {"steps": 40},
         ["quality hd dropped (steps is given)"]),
        ("photo-maker", {"quality": "low"}, {"steps": 10}, ["quality low -> steps 10"]),
        (SDXL, {"steps": 10}, {"steps": 30}, ["steps 10 -> 30"]),
        (SDXL, {"steps": 501}, {"steps": 500}, ["steps 501 -> 500"]),
        ("photo-maker", {"steps": 61}, {"steps": 60}, ["steps 61 -> 60"]),
        (SDXL, {"steps": 31}, {"steps": 31}, []),
        (SDXL, {"steps": None}, {}, []),
        (SDXL, {"steps": "many"}, {"steps": "many"}, []),
        (SDXL, {"style": "vivid"}, {}, [f"style vivid dropped ({SDXL} has others)"]),
        (SDXL, {"style": "watercolor"}, {"style": "watercolor"}, []),
        (SDXL, {"style": None}, {}, []),
        ("img2img", {"style": "anime"}, {}, ["style anime dropped (img2img has none)"]),
        (SDXL, {"seed": 5}, {"seed": 5}, []),
        (SDXL, {"seed": None}, {}, []),
        (SDXL, {"seed": 0.5}, {}, ["seed 0.5 dropped (not a whole number)"]),
        (SDXL, {"seed": True}, {}, ["seed true dropped (not a whole number)"]),
        (SDXL, {"response_format": "url"}, {}, []),
        (SDXL, {"response_format": "b64_json"}, {}, ["response_format b64_json -> url"]),
        (SDXL, {"output_format": "png"}, {}, []),
        (SDXL, {"output_format": "webp"}, {}, [f"output_format webp dropped ({SDXL} gives png)"]),
        (SDXL, {"output_compression": 5}, {}, [f"output_compression 5 dropped ({SDXL} has none)"]),
        (SDXL, {"background": "opaque", "moderation": "auto"}, {}, []),
        (SDXL, {"background": "transparent"}, {},
         [f"background transparent dropped ({SDXL} has none)"]),
        (SDXL, {"user": "ann"}, {}, [f"user dropped ({SDXL} has none)"]),
        (SDXL, {"n": 3}, {"n": 3}, []),
        # What other clients say that the API has is not refused, and neither is more of it.
        (SDXL, {"safe_filter": False, "a_new_one": 1}, {"safe_filter": False, "a_new_one": 1}, []),
        ("img2img", {"a_new_one": 1}, {}, ["a_new_one dropped (monsterapi does not know it)"]),
        ("img2img", {"strength": 0.5}, {"strength": 0.5}, []),
        (NEW, {"quality": "hd", "width": 1}, {"quality": "hd", "width": 1}, []),
        (NEW, {"size": "64x32", "user": "ann"}, {"aspect_ratio": "landscape"},
         ["size 64x32 -> aspect_ratio landscape", f"user dropped ({NEW} has none)"]),
    ],
)  # fmt: skip
def test_parameters_are_said_in_monster_apis_words(model, asked, becomes, notes):
    params, told_of = adapted("monsterapi", ask(model, **asked))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert told_of == notes


@given(st.integers(-(10**9), 10**9), st.sampled_from([SDXL, "photo-maker", "pix2pix"]))
def test_every_number_of_steps_becomes_one_that_the_model_takes(steps, model):
    params, _ = adapted("monsterapi", ask(model, steps=steps))

    low, high = (10, 60) if model == "photo-maker" else (30, 500)
    assert low <= params["steps"] <= high


def test_of_a_model_with_few_facts_little_is_said():
    rules = rules_for("x", ModelFacts(name="x", options={"shape": "aspect_ratio"}))

    assert not {"quality", "steps"} & set(rules)
    assert rules["size"]("64x32", {}).params == {"aspect_ratio": "landscape"}
