"""Pricing: estimates are bounds, settlements are exact, and what is unknown is never 0."""

import base64
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from router.core.catalog import Expected, ModelFacts, Price
from router.core.files import held
from router.core.images import ImageRequest, Picture, Pictures
from router.core.pricing import (
    OVERHEAD,
    estimate,
    patch_tokens,
    says_usage,
    settle,
    unforeseen,
)
from router.core.sizes import Grid, Size
from router.providers.catalog import catalog_of

OPENAI = catalog_of("openai")
FLAT = ModelFacts(name="flat", prices=(Price(per="image", usd=0.04),))
BY_SIZE = ModelFacts(
    name="by-size",
    qualities=("low", "high"),
    prices=(
        Price(per="image", usd=0.02, when={"quality": ("low",), "size": ("512x512",)}),
        Price(per="image", usd=0.03, when={"quality": ("low",)}),
        Price(per="image", usd=0.05, when={"quality": ("high",), "size": ("512x512",)}),
    ),
)
BY_AREA = ModelFacts(
    name="by-area",
    sizes=(Size(512, 512), Size(1000, 2000)),
    prices=(Price(per="megapixel", usd=0.01),),
)


def ask(operation="generate", files=None, prompt="kite", **params):
    files = {"image": tuple(held(b"x", "x") for _ in range(files))} if files else {}
    return ImageRequest(params={"prompt": prompt, **params}, operation=operation, files=files)


def png(width=64, height=64):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    pixels = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return memoryview(base64.b64encode(head + pixels + b"\x08\x02\0\0\0" + b"\0" * 16))


def answer(n=1, *, seen=None, **fields):
    data = tuple(Picture(b64=png(*seen)) if seen else Picture(url="https://x") for _ in range(n))
    return Pictures(created=1, data=data, fields=fields)


# What nobody can tell


@pytest.mark.parametrize("facts", [None, ModelFacts(name="m")])
def test_a_model_without_a_price_has_an_unknown_cost(facts):
    assert estimate(facts, ask()) is None
    assert settle(facts, ask(), answer()) is None


def test_a_price_of_nothing_is_free_and_not_unknown():
    free = ModelFacts(name="m", prices=(Price(per="image", usd=0),))

    assert (estimate(free, ask()), settle(free, ask(), answer())) == (0.0, 0.0)


def test_no_price_for_what_is_asked_is_an_unknown_cost():
    request = ask(quality="high", size="1024x1024")

    assert estimate(BY_SIZE, request) is None
    assert settle(BY_SIZE, request, answer()) is None


def test_one_unknown_part_makes_the_sum_unknown():
    prices = (Price(per="image", usd=0.04), Price(per="step", usd=0.001))
    facts = ModelFacts(name="m", prices=prices)

    assert estimate(facts, ask()) is None
    assert estimate(facts, ask(steps=10)) == 0.05


# By image, size, quality, area, step


@pytest.mark.parametrize(("n", "cost"), [(1, 0.04), (3, 0.12), (7, 0.28), (10_000, 400.0)])
def test_pictures_are_paid_one_by_one_and_sums_are_exact(n, cost):
    assert estimate(FLAT, ask(n=n)) == cost
    assert settle(FLAT, ask(n=n), answer(n)) == cost


def test_pictures_that_did_not_come_are_not_settled():
    assert settle(FLAT, ask(n=3), answer(2)) == 0.08


@pytest.mark.parametrize(
    ("params", "cost"),
    [
        ({"quality": "low", "size": "512x512"}, 0.02),
        ({"quality": "low", "size": "9x9"}, 0.03),
        ({"quality": "high", "size": "512x512"}, 0.05),
        ({"quality": "low", "width": 512, "height": 512}, 0.02),
    ],
)
def test_the_first_price_that_fits_holds(params, cost):
    assert estimate(BY_SIZE, ask(**params)) == cost
    assert settle(BY_SIZE, ask(**params), answer()) == cost


@pytest.mark.parametrize(
    ("params", "bound"),
    [
        ({}, 0.05),
        ({"quality": "auto", "size": "auto"}, 0.05),
        ({"quality": None, "size": "512x512"}, 0.05),
        ({"quality": "low"}, 0.03),
        ({"quality": "high"}, 0.05),
        ({"size": "9x9"}, 0.03),
    ],
)
def test_what_is_left_to_the_model_is_estimated_as_its_dearest_choice(params, bound):
    assert estimate(BY_SIZE, ask(**params)) == bound


def test_a_price_behind_one_that_holds_first_is_not_the_dearest():
    prices = (
        Price(per="image", usd=0.01, when={"quality": ("low",), "size": ("9x9",)}),
        Price(per="image", usd=0.09, when={"quality": ("low",)}),
    )
    facts = ModelFacts(name="m", prices=prices)

    assert estimate(facts, ask(size="9x9")) == 0.01


def test_what_the_model_chose_settles_the_cost():
    chosen = answer(quality="low", background="auto")

    assert settle(BY_SIZE, ask(size="512x512"), chosen) == 0.02
    assert settle(BY_SIZE, ask(quality="high"), answer(seen=(512, 512))) == 0.05
    assert settle(BY_SIZE, ask(), answer(seen=(512, 512))) is None


def test_a_default_is_what_a_request_leaves_unsaid():
    facts = ModelFacts(name="m", prices=BY_SIZE.prices, defaults={"quality": "low"})

    assert estimate(facts, ask(size="512x512")) == 0.02


def test_megapixels_are_those_that_came_else_those_asked_for_else_the_most_there_are():
    assert settle(BY_AREA, ask(size="512x512"), answer(2, seen=(1000, 1000))) == 0.02
    assert settle(BY_AREA, ask(size="1000x500"), answer(2)) == 0.01
    assert settle(BY_AREA, ask(), answer()) is None
    assert estimate(BY_AREA, ask(size="1000x500", n=2)) == 0.01
    assert estimate(BY_AREA, ask(n=2)) == 0.04


def test_the_most_pixels_of_a_grid_bound_an_estimate():
    grid = Grid(step=8, shortest=64, longest=1000)
    facts = ModelFacts(name="m", grid=grid, prices=BY_AREA.prices)

    assert estimate(facts, ask()) == 0.01
    assert estimate(ModelFacts(name="m", prices=BY_AREA.prices), ask()) is None


@pytest.mark.parametrize(
    ("params", "cost"),
    [({}, 0.009), ({"steps": 20}, 0.009), ({"steps": 45}, 0.0135), ({"steps": True}, 0.009)],
)
def test_more_steps_than_a_price_is_for_cost_in_proportion(params, cost):
    facts = ModelFacts(name="m", prices=(Price(per="image", usd=0.009, steps=30),))

    assert estimate(facts, ask(**params)) == cost


def test_steps_are_counted_for_each_picture():
    facts = ModelFacts(name="m", prices=(Price(per="step", usd=0.001),), defaults={"steps": 4})

    assert estimate(facts, ask(n=3)) == 0.012
    assert estimate(facts, ask(num_inference_steps=10)) == 0.004  # the default is named `steps`


def test_what_is_included_costs_nothing():
    prices = (Price(per="image", usd=0.03), Price(per="megapixel", usd=0.015, included=1))
    facts = ModelFacts(name="m", prices=prices)

    assert estimate(facts, ask(size="1000x1000")) == 0.03
    assert estimate(facts, ask(size="1000x3000")) == 0.06
    assert estimate(facts, ask(size="100x100")) == 0.03


def test_an_operation_may_have_its_own_price():
    prices = (
        Price(per="image", usd=0.05, when={"operation": ("edit",)}),
        Price(per="image", usd=0.03),
    )
    facts = ModelFacts(name="m", prices=prices)

    assert (estimate(facts, ask()), estimate(facts, ask("edit"))) == (0.03, 0.05)


def test_a_bound_tells_the_most_and_settles_nothing():
    facts = ModelFacts(name="m", prices=(Price(per="image", usd=0.5, bound=True),))

    assert (estimate(facts, ask()), settle(facts, ask(), answer())) == (0.5, None)


# By usage


COUNTED = ModelFacts(
    name="counted",
    prices=(
        Price(
            per="token",
            usd=0.000005,
            tokens=("input_tokens_details.text_tokens",),
            expect=Expected(of="prompt"),
        ),
        Price(
            per="token",
            usd=0.00001,
            tokens=("input_tokens_details.image_tokens",),
            expect=Expected(of="files", most=1000),
        ),
        Price(per="token", usd=0.00004, tokens=("details.pictures", "output_tokens")),
        Price(per="token", usd=1.0, tokens=("details.text",), optional=True),
        Price(per="image", usd=0.05),
    ),
)
USAGE = {
    "input_tokens_details": {"text_tokens": 14, "image_tokens": 0},
    "output_tokens": 1056,
    "total_tokens": 1070,
}


def test_usage_settles_the_cost_to_the_token():
    assert settle(COUNTED, ask(), answer(usage=USAGE)) == 0.00007 + 0.04224


def test_the_first_place_where_something_is_counted_counts():
    usage = {**USAGE, "details": {"pictures": 1000, "text": 2}}

    assert settle(COUNTED, ask(), answer(usage=usage)) == 2.04007


@pytest.mark.parametrize(
    "usage",
    [
        {},
        None,
        "much",
        {"output_tokens": 5},
        {**USAGE, "output_tokens": "many"},
        {**USAGE, "output_tokens": True},
        {**USAGE, "output_tokens": -1},
        {**USAGE, "output_tokens": math.inf},
        {**USAGE, "output_tokens": 10**400},
        {**USAGE, "input_tokens_details": None},
    ],
    ids=str,
)
def test_usage_that_cannot_be_read_leaves_it_to_the_listed_prices(usage):
    assert settle(COUNTED, ask(), answer(2, usage=usage)) == 0.1


def test_what_is_counted_and_nowhere_listed_is_unknown_without_usage():
    metered = tuple(price for price in COUNTED.prices if price.is_metered)

    assert settle(ModelFacts(name="m", prices=metered), ask(), answer()) is None
    assert estimate(ModelFacts(name="m", prices=metered), ask()) is None


def test_an_estimate_counts_a_token_for_every_byte_of_the_prompt_and_the_most_of_every_file():
    plain = estimate(COUNTED, ask(prompt="ä" * 100))
    edit = estimate(COUNTED, ask("edit", files=3, prompt="ä" * 100, n=2))

    assert plain == pytest.approx(0.05 + (200 + OVERHEAD) * 0.000005, abs=1e-10)
    text, files = (200 + 4 * OVERHEAD) * 0.000005, 3 * 1000 * 0.00001
    assert edit == pytest.approx(2 * (0.05 + text + files), abs=1e-10)


def test_pictures_given_as_references_are_counted_like_files():
    urls = [{"image_url": "https://x/1.png"}, {"image_url": "https://x/2.png"}]
    files = estimate(COUNTED, ask("edit", files=2))

    assert estimate(COUNTED, ask("edit", images=urls)) == files
    assert estimate(COUNTED, ask("edit", images="odd")) < files


def test_files_of_which_nobody_knows_the_most_make_an_edit_unknown():
    price = Price(per="token", usd=0.1, tokens=("x",), expect=Expected(of="files"))
    facts = ModelFacts(name="m", prices=(Price(per="image", usd=0.05), price))

    assert estimate(facts, ask()) == 0.05
    assert estimate(facts, ask("edit", files=1)) is None


def test_seconds_are_counted_by_usage_alone():
    facts = ModelFacts(name="m", prices=(Price(per="second", usd=0.001),))

    assert settle(facts, ask(), answer(usage={"seconds": 4.2})) == 0.0042
    assert (settle(facts, ask(), answer()), estimate(facts, ask())) == (None, None)


@pytest.mark.parametrize("facts", [None, FLAT, COUNTED])
def test_a_cost_that_the_provider_tells_is_the_cost(facts):
    assert settle(facts, ask(), answer(usage={"cost": 0.0123, **USAGE})) == 0.0123
    assert settle(None, ask(), answer(usage={"cost": "0.0123"})) is None


@pytest.mark.parametrize(
    ("usage", "says"),
    [
        (USAGE, True),
        ({"cost": 0.1}, True),
        ({"total_tokens": 3}, True),
        ({"output_tokens": 0}, False),
        ({}, False),
        (None, False),
    ],
)
def test_an_answer_that_has_used_something_says_so(usage, says):
    assert says_usage(answer(usage=usage)) is says


def test_prices_under_a_condition_that_nobody_knows_are_not_settled_by_guessing():
    prices = tuple(
        Price(per="token", usd=usd, tokens=("output_tokens",), when={"quality": (quality,)})
        for quality, usd in (("low", 0.001), ("high", 0.002))
    )
    facts = ModelFacts(name="m", prices=prices)

    assert settle(facts, ask(), answer(usage=USAGE)) is None
    assert settle(facts, ask(quality="low"), answer(usage=USAGE)) == 1.056


# Patches


@pytest.mark.parametrize(
    ("patches", "size", "tokens"),
    [
        (16, (1024, 1024), 196),
        (24, (1024, 1024), 439),
        (48, (1024, 1024), 1756),
        (64, (1024, 1024), 3122),
        (96, (1024, 1024), 7024),
        (16, (1024, 1536), 158),
        (48, (1024, 1536), 1372),
        (96, (1536, 1024), 5488),
        (24, (3840, 2160), 865),
        (96, (3840, 2160), 13342),
        (96, (1792, 1024), 5063),
        (96, (3584, 2048), 12329),
    ],
)
def test_patches_make_the_tokens_of_openais_calculator(patches, size, tokens):
    assert patch_tokens(patches, Size(*size)) == tokens


LEGAL = OPENAI.find("gpt-image-2").grid


@given(
    st.sampled_from(["gpt-image-2", "gpt-image-2.5-flare"]),
    st.builds(Size, st.integers(16, 4000), st.integers(16, 4000)),
    st.sampled_from(["low", "medium", "high"]),
    st.integers(1, 10),
    st.text(max_size=50),
)
def test_what_is_left_to_the_model_is_never_dearer_than_its_estimate(
    model, size, quality, n, prompt
):
    size = LEGAL.nearest(size)
    facts = OPENAI.find(model)
    chosen = estimate(facts, ask(prompt=prompt, size=str(size), quality=quality, n=n))

    for unsaid in ({}, {"size": str(size)}, {"quality": quality}, {"size": "auto"}):
        assert estimate(facts, ask(prompt=prompt, n=n, **unsaid)) >= chosen


def test_pictures_counted_by_patches_are_settled_by_them_where_no_usage_came():
    facts = OPENAI.find("gpt-image-2")

    assert settle(facts, ask(quality="high"), answer(seen=(1024, 1024))) == 0.21072
    assert settle(facts, ask(quality="high"), answer(quality="low", size="1024x1024")) is not None
    assert settle(facts, ask(), answer(seen=(1024, 1024))) is None
    assert settle(facts, ask(quality="high"), answer()) is None


def test_unfinished_pictures_are_estimated_too():
    facts = OPENAI.find("gpt-image-2")
    still = estimate(facts, ask(quality="low", size="1024x1024"))
    streamed = estimate(facts, ask(quality="low", size="1024x1024", partial_images=3))

    assert streamed == pytest.approx(still + 3 * 100 * 0.00003, abs=1e-10)


@pytest.mark.parametrize("name", ["gpt-image-1.5", "gpt-image-1", "gpt-image-1-mini"])
@pytest.mark.parametrize("partials", [3, "3"], ids=repr)
def test_unfinished_pictures_are_estimated_beside_listed_ones(name, partials):
    facts = OPENAI.find(name)
    token = next(one.usd for one in facts.prices if one.expect and one.expect.of == "partials")
    still = estimate(facts, ask(quality="low", size="1024x1024", n=2))
    streamed = estimate(facts, ask(quality="low", size="1024x1024", n=2, partial_images=partials))

    assert streamed == pytest.approx(still + 2 * 3 * 100 * token, abs=1e-9)


def test_a_usual_price_bounds_nothing_and_settles():
    facts = ModelFacts(name="m", prices=(Price(per="image", usd=0.5, usual=True),))

    assert (estimate(facts, ask()), settle(facts, ask(), answer(2))) == (None, 1.0)


def test_a_usual_price_under_a_condition_leaves_the_others_as_they_are():
    prices = (
        Price(per="image", usd=0.5, when={"quality": ("low",)}),
        Price(per="image", usd=0.5, usual=True),
    )
    facts = ModelFacts(name="m", prices=prices)

    assert estimate(facts, ask(quality="low")) == 0.5
    assert estimate(facts, ask(quality="high")) is None
    assert estimate(facts, ask()) is None
    assert settle(facts, ask(), answer()) == 0.5


@pytest.mark.parametrize(
    ("model", "params", "cost"),
    [
        ("gpt-image-1", {"size": "1024x1024", "quality": "high"}, 0.167),
        ("gpt-image-1.5", {"size": "1536x1024", "quality": "medium"}, 0.051),
        ("gpt-image-1-mini", {"size": "1024x1024", "quality": "low"}, 0.005),
        ("gpt-image-2", {"size": "1024x1024", "quality": "high"}, 0.211),
        ("gpt-image-2", {"size": "1536x1024", "quality": "medium"}, 0.041),
        ("gpt-image-2.5-sunburst", {"size": "1024x1024", "quality": "max"}, 0.211),
        ("dall-e-3", {"size": "1792x1024", "quality": "hd"}, 0.12),
        ("dall-e-3", {}, 0.04),
        ("dall-e-2", {"size": "256x256"}, 0.016),
    ],
)
def test_openais_pictures_cost_what_openai_lists(model, params, cost):
    assert estimate(OPENAI.find(model), ask(**params)) == pytest.approx(cost, abs=0.0006)


@pytest.mark.parametrize("params", [{"quality": "odd"}, {"quality": "max"}], ids=str)
def test_a_quality_that_the_model_has_not_has_an_unknown_price(params):
    assert estimate(OPENAI.find("gpt-image-2"), ask(**params)) is None


@pytest.mark.parametrize("output_format", ["gif", "svg"])
def test_an_animation_or_a_drawing_has_an_unknown_price(output_format):
    assert estimate(OPENAI.find("gpt-image-2.6-flare"), ask(output_format=output_format)) is None


def test_a_drawing_is_not_settled_by_the_tokens_of_its_picture_alone():
    usage = {**USAGE, "output_tokens": 900}
    facts = OPENAI.find("gpt-image-2.6-flare")

    assert settle(facts, ask(output_format="svg"), answer(usage=usage)) is None
    assert settle(facts, ask(output_format="gif"), answer(usage=usage)) == 0.02707


# Laws


MODELS = [model for path in ("openai", "azure-openai", "stability-ai", "together-ai", "replicate")
          for model in catalog_of(path).models]  # fmt: skip
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from(["auto", "1024x1024", "1536x1024", "3840x2160", "7x7", "x"]),
        "quality": st.sampled_from(["auto", "low", "high", "hd", "max", "odd"]),
        "steps": st.integers(0, 100) | st.none(),
        "n": st.integers(1, 10),
        "output_format": st.sampled_from(["png", "gif", None]),
    },
)


@given(st.sampled_from(MODELS), PARAMS, st.integers(0, 3))
def test_an_estimate_is_an_amount_or_unknown_and_grows_with_n(model, params, files):
    cost = estimate(model, ask("edit" if files else "generate", files=files, **params))
    more = estimate(model, ask("edit" if files else "generate", files=files, **params | {"n": 11}))

    assert (cost is None) is (more is None)
    assume(cost is not None)
    assert 0 <= cost <= more
    assert cost == round(cost, 9) or abs(cost - round(cost, 9)) <= 1e-9


@given(st.sampled_from(MODELS), PARAMS, st.integers(1, 5))
def test_listed_pictures_never_cost_more_than_their_estimate(model, params, came):
    assume(not any(price.is_metered for price in model.prices))
    request = ask(**params | {"n": came})
    size = request.params.get("size")
    bound, cost = estimate(model, request), settle(model, request, answer(came))

    assert cost is None or bound is None or cost <= bound, size


def thinking(**expect):
    """A model whose words cost a dollar each, and its pictures nothing."""
    words = Price(
        per="token",
        usd=1.0,
        tokens=("output_tokens_details.text_tokens",),
        optional=True,
        expect=Expected(of="words", **expect) if expect else None,
    )
    return ModelFacts(name="thinker", prices=(Price(per="image", usd=0.0), words))


@pytest.mark.parametrize(
    ("said", "words"),
    [({}, 900), ({"most": 50}, 50), ({"most": 2000}, 900), ({"most": 0}, 900), ({"most": -1}, 900)],
)
def test_words_are_estimated_as_the_most_that_a_model_or_a_request_allows(said, words):
    facts = thinking(most=900, limit="most")

    assert estimate(facts, ask(n=2, **said)) == 2 * words
    assert unforeseen(facts) == ()


def test_words_that_nothing_bounds_have_no_estimate():
    assert estimate(thinking(limit="most"), ask()) is None
    assert estimate(thinking(limit="most"), ask(most=50)) == 50


def test_what_is_counted_only_afterwards_is_in_no_estimate_and_named():
    facts = thinking()

    assert estimate(facts, ask()) == 0
    assert unforeseen(facts) == ("output_tokens_details.text_tokens",)
    assert unforeseen(None) == ()
