"""Stability's edits through the router against its stand-in, in virtual time."""

import base64
import io

import pytest
from PIL import Image, ImageStat
from sandbox_talk import DRAW, through_sandbox

from router import RoutingError
from router.emulators.drawing import draw
from router.providers.registry import adapter
from tests.originals.pictures import drawn, masking

SDXL = "stable-diffusion-xl-1024-v1-0"
SD_16 = "stable-diffusion-v1-6"
LARGE = "sd3.5-large"
ULTRA = "stable-image-ultra"
SIZE = (512, 512)
RED = ("red.png", drawn(size=SIZE, colour=(230, 20, 20)))
LEFT_HALF = ("mask.png", masking(SIZE))  # its left half is transparent
LEFT, RIGHT = (20, 20, 200, 400), (312, 20, 492, 400)
SQUARE = ("square.png", drawn(size=(1024, 1024)))
EDITORS = {
    one.name: one for one in adapter("stability-ai").catalog.models if "edit" in one.operations
}


def asked(operation, *, draw=DRAW, **more):
    """One request; returns the answer or the error, and the requests sent."""
    sender = {"draw": draw}
    return through_sandbox("stability-ai", operation=operation, sender=sender, **more)[:2]


def edited(**params):
    return asked("edit", **{"prompt": "the sea", "image": RED, **params})


def varied(**params):
    return asked("create_variation", **{"image": RED, **params})


def notes(outcome):
    return [note for attempt in outcome.trace.attempts for note in attempt.adaptations]


def redness(answer, box=RIGHT):
    """How red a part of the picture is: as the given one, if it was kept."""
    image = Image.open(io.BytesIO(answer.data[0].bytes())).convert("RGB")
    assert image.size == SIZE
    red, green, _ = ImageStat.Stat(image.crop(box)).mean
    return red - green


# Masks


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (None, "/v2beta/stable-image/edit/inpaint"),
        (LARGE, "/v2beta/stable-image/edit/inpaint"),
        ("erase", "/v2beta/stable-image/edit/erase"),
        (SD_16, f"/v1/generation/{SD_16}/image-to-image/masking"),
    ],
)
def test_what_is_transparent_in_openais_mask_is_changed_and_the_rest_is_kept(model, path):
    answer, (request,) = edited(model=model, mask=LEFT_HALF, draw=draw)

    assert request.path == path
    assert redness(answer, RIGHT) > 100 > redness(answer, LEFT)


def test_a_mask_inside_a_url_means_the_same():
    answer, (request,) = edited(
        image=None,
        images=[{"image_url": _url(RED[1])}],
        mask={"image_url": _url(LEFT_HALF[1])},
        draw=draw,
    )

    assert request.path.endswith("/edit/inpaint")
    assert redness(answer, RIGHT) > 100 > redness(answer, LEFT)


def _url(content):
    return "data:image/png;base64," + base64.b64encode(content).decode()


def test_what_edits_by_a_mask_is_told_and_paid():
    answer, _ = edited(model=LARGE, mask=LEFT_HALF)

    assert notes(answer) == [f"edit by a mask -> inpaint, not {LARGE}"]
    (attempt,) = answer.trace.attempts
    assert (attempt.model, answer.trace.cost) == ("inpaint", 0.05)


def test_where_nothing_may_be_lost_another_model_is_none():
    error, requests = edited(model=LARGE, mask=LEFT_HALF, config={"on_unsupported": "error"})
    exact, _ = edited(model="inpaint", mask=LEFT_HALF, config={"on_unsupported": "error"})

    assert (error.kind, requests) == ("bad_request", [])
    assert exact.data


# Without a mask


@pytest.mark.parametrize("model", [LARGE, ULTRA, SD_16])
def test_strength_means_the_same_in_both_contracts(model):
    near, _ = edited(model=model, strength=0.1, seed=5, draw=draw)
    far, _ = edited(model=model, strength=0.9, seed=5, draw=draw)
    nearer, _ = edited(model=model, image_strength=0.9, seed=5, draw=draw)

    assert redness(near) > redness(far)
    assert redness(nearer) == pytest.approx(redness(near), abs=1)


@pytest.mark.parametrize(
    ("model", "path", "cost"),
    [
        (None, "/v2beta/stable-image/generate/sd3", 0.065),
        (ULTRA, "/v2beta/stable-image/generate/ultra", 0.08),
        (SD_16, f"/v1/generation/{SD_16}/image-to-image", None),
    ],
)
def test_a_variation_is_the_same_picture_drawn_anew(model, path, cost):
    answer, (request,) = varied(model=model, draw=draw)

    assert request.path == path
    assert redness(answer) > 20
    assert notes(answer)[0].startswith("variation -> image-to-image")
    assert answer.trace.cost == cost


@pytest.mark.parametrize(("model", "calls"), [(SD_16, 1), (LARGE, 3)])
def test_several_are_asked_for_as_the_contract_has_it(model, calls):
    answer, requests = varied(model=model, n=3)

    assert (len(answer.data), len(requests)) == (3, calls)


# Endpoints that only edit


OWN = {
    "outpaint": {"left": 64, "down": 32},
    "search-and-replace": {"search_prompt": "kite"},
    "search-and-recolor": {"select_prompt": "kite"},
    "style": {"aspect_ratio": "1:1"},
}
EVERYTHING = {
    "size": "1792x1024",
    "seed": 2**40,
    "negative_prompt": "blur",
    "quality": "hd",
    "style": "anime",
    "background": "opaque",
    "output_format": "png",
    "user": "u-1",
    "moderation": "low",
    "response_format": "b64_json",
    "input_fidelity": "high",
    "strength": 0.5,
    "grow_mask": 5,
}


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])
def test_all_of_openais_parameters_together_suit_every_model_that_edits(name, masked):
    image = SQUARE if name == SDXL else RED
    mask = ("m.png", masking((1024, 1024))) if name == SDXL else LEFT_HALF
    given = {"image": image, **({"mask": mask} if masked else {})}

    answer, _ = edited(model=name, **given, **EVERYTHING, **OWN.get(name, {}))

    if masked and "edit" in EDITORS[name].operations and not EDITORS[name].takes_mask:
        assert isinstance(answer, RoutingError) == (EDITORS[name].operations == {"edit"})
        return
    assert len(getattr(answer, "data", ())) == 1, answer
    assert "blur" not in str(answer.trace)


@pytest.mark.parametrize(
    ("params", "size", "told"),
    [
        ({"left": 64, "down": 32, "size": "576x544"}, (576, 544), []),
        ({"left": 64, "size": "512x512"}, (576, 512),
         ["size 512x512 -> 576x512 (it grows by its sides)"]),
    ],
)  # fmt: skip
def test_what_grows_by_its_sides_is_as_large_as_is_told(params, size, told):
    answer, _ = edited(model="outpaint", **params)

    media = answer.data[0].media
    assert (media.width, media.height) == size
    assert notes(answer) == told


def test_what_has_no_background_is_no_jpeg_unless_it_is_made_one_here():
    answer, _ = edited(model="remove-background", output_format="webp")

    assert answer.data[0].media.format == "webp"
    assert notes(answer) == ["prompt dropped (remove-background has none)"]


# What goes wrong


@pytest.mark.parametrize("word", ["[refuse]", "[filter]"])
@pytest.mark.parametrize("more", [{}, {"mask": LEFT_HALF}, {"model": SD_16}])
def test_a_refusal_is_one_and_nobody_asks_again(word, more):
    error, requests = edited(prompt=f"x {word}", config={"retry": {"attempts": 3}}, **more)

    assert (error.kind, len(requests)) == ("refused", 1)


@pytest.mark.parametrize(
    "params",
    [
        {"image": [RED, RED]},
        {"model": "stable-image-core"},
        {"model": SDXL},
        {"model": "style", "mask": LEFT_HALF},
        {"image": ("a.gif", drawn("gif"))},
        {"model": "outpaint", "left": 9, "image": ("a.png", drawn(size=(300, 100)))},
    ],
    ids=["two", "core", "size", "mask", "gif", "steep"],
)
def test_what_cannot_be_done_buys_nothing_and_moves_on(params):
    error, requests = edited(**params)

    assert (error.kind, requests) == ("unsupported", [])


def test_what_a_service_needs_is_said_by_it():
    error, _ = edited(model="search-and-replace")

    assert error.kind == "bad_request"
    assert "search_prompt" in error.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "auth"), (402, "quota_exhausted"), (413, "bad_request"), (429, "rate_limited")],
)
@pytest.mark.parametrize("more", [{"mask": LEFT_HALF}, {"model": SD_16}])
def test_what_the_api_says_is_told(status, kind, more):
    error, _ = edited(faults=f"stability-ai: {status}", **more)

    assert (error.kind, error.status_code) == (kind, status)
