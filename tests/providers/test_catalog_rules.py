"""What a model in OpenAI's dialect makes of each parameter, by what is known of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.catalog import ModelFacts
from router.core.sizes import Grid, Size
from router.providers.catalog_rules import FORMATS, rules_of
from router.providers.grades import GRADES
from router.providers.rules import UNSAID


def applied(name, value, **facts):
    """What becomes of a value: the parameters after it, and the note, if anything is lost."""
    becomes = rules_of(ModelFacts(name="m", **facts))[name](value, {})
    if becomes is None:
        return {name: value}, ""
    assert becomes.exact or becomes.note
    return dict(becomes.params), "" if becomes.exact else becomes.note


def test_of_what_is_not_known_there_is_no_rule():
    assert rules_of(ModelFacts(name="m")) == {}


SQUARES = (Size(512, 512), Size(1024, 1024))
GRID = Grid(step=16, shortest=256, longest=1024)


@pytest.mark.parametrize(
    ("facts", "value", "params", "note"),
    [
        ({"sizes": SQUARES}, "512x512", {"size": "512x512"}, ""),
        ({"sizes": SQUARES}, "600x600", {"size": "512x512"}, "size 600x600 -> 512x512"),
        ({"sizes": SQUARES}, "auto", {}, ""),
        ({"sizes": SQUARES, "auto_size": True}, "auto", {"size": "auto"}, ""),
        ({"sizes": SQUARES}, "big", {"size": "big"}, ""),
        ({"grid": GRID}, "512x528", {"size": "512x528"}, ""),
        ({"grid": GRID}, "510x510", {"size": "512x512"}, "size 510x510 -> 512x512"),
        ({"grid": GRID, "sizes": SQUARES}, "512x528", {"size": "512x528"}, ""),
    ],
)
def test_a_size_is_the_nearest_on_offer(facts, value, params, note):
    assert applied("size", value, **facts) == (params, note)


@pytest.mark.parametrize(
    ("offered", "value", "params", "note"),
    [
        (("low", "high"), "high", {"quality": "high"}, ""),
        (("low", "high"), "hd", {"quality": "high"}, "quality hd -> high"),
        (("low", "high"), "max", {"quality": "high"}, "quality max -> high"),
        (("standard", "hd"), "low", {"quality": "standard"}, "quality low -> standard"),
        (("standard", "hd"), "xhigh", {"quality": "hd"}, "quality xhigh -> hd"),
        (("low", "high"), "auto", {}, ""),
        (("auto", "low"), "auto", {"quality": "auto"}, ""),
        (("low", "high"), None, {}, ""),
        (("low", "high"), "fine", {}, "quality fine dropped (m has low and high)"),
        (("low", "high"), 3, {}, "quality 3 dropped (m has low and high)"),
        (("standard",), "odd", {}, "quality odd dropped (m has only standard)"),
        (("turbo", "best"), "hd", {}, "quality hd dropped (m has turbo and best)"),
    ],
)
def test_a_quality_is_the_nearest_on_offer(offered, value, params, note):
    assert applied("quality", value, qualities=offered) == (params, note)


@given(
    st.lists(st.sampled_from(sorted(GRADES)), min_size=1, unique=True),
    st.sampled_from(sorted(GRADES)),
)
def test_no_quality_of_openais_is_lost_where_a_model_has_any_of_them(offered, value):
    params, note = applied("quality", value, qualities=tuple(offered))

    assert params["quality"] in offered
    assert bool(note) == (value not in offered)


@pytest.mark.parametrize(
    ("value", "params", "note"),
    [
        ("vivid", {"style": "vivid"}, ""),
        ("anime", {}, "style anime dropped (m has vivid, natural and plain)"),
        (None, {}, ""),
    ],
)
def test_a_style_is_one_on_offer_or_none(value, params, note):
    assert applied("style", value, styles=("vivid", "natural", "plain")) == (params, note)


@pytest.mark.parametrize(
    ("offered", "value", "params", "note"),
    [
        (("png", "jpeg"), "jpeg", {"output_format": "jpeg"}, ""),
        (("png", "jpeg"), "jpg", {"output_format": "jpeg"}, ""),
        (("png", "jpeg"), "webp", {"output_format": "png"}, "output_format webp -> png"),
        (("png",), "jpg", {"output_format": "png"}, "output_format jpg -> png"),
        (("jpeg", "webp"), "png", {"output_format": "jpeg"}, "output_format png -> jpeg"),
        (("png",), "tiff", {}, "output_format tiff dropped (m has only png)"),
        (("png",), None, {}, ""),
    ],
)
def test_a_format_is_the_same_or_the_usual_one(offered, value, params, note):
    assert applied("output_format", value, formats=offered) == (params, note)


@given(
    st.lists(st.sampled_from(FORMATS), min_size=1, unique=True),
    st.sampled_from([*FORMATS, "jpg"]),
)
def test_no_format_that_anybody_gives_is_lost_without_another(offered, value):
    params, _ = applied("output_format", value, formats=tuple(offered))

    assert params["output_format"] in offered


@pytest.mark.parametrize(
    ("offered", "value", "params", "note"),
    [
        (("b64_json",), "b64_json", {}, ""),
        (("b64_json",), "url", {}, "response_format url -> b64_json"),
        (("b64_json",), "file", {}, "response_format file dropped (pictures come as b64_json)"),
        (("url",), "url", {}, ""),
        (("url",), "b64_json", {}, "response_format b64_json -> url"),
        (("url",), "file", {}, "response_format file dropped (pictures come as URLs)"),
        (("url", "b64_json"), "url", {"response_format": "url"}, ""),
        (("url", "b64_json"), "file", {}, "response_format file dropped (m has url and b64_json)"),
    ],
)
def test_pictures_come_in_the_form_that_there_is(offered, value, params, note):
    assert applied("response_format", value, responses=offered) == (params, note)


@pytest.mark.parametrize(
    ("name", "value", "note"),
    [
        ("quality", "hd", "quality hd dropped (m has none)"),
        ("quality", "auto", ""),
        ("background", "opaque", ""),
        ("background", "transparent", "background transparent dropped (m has none)"),
        ("moderation", "auto", ""),
        ("anything", "auto", "anything auto dropped (m has none)"),
        ("user", "ann", "user dropped (m has none)"),
        ("negative_prompt", "a secret", "negative_prompt dropped (m has none)"),
        ("output_format", "png", "output_format png dropped (m has none)"),
        ("quality", None, ""),
        ("user", None, ""),
    ],
)
def test_what_a_model_has_not_is_dropped_and_private_words_are_not_shown(name, value, note):
    assert applied(name, value, lacks=frozenset({name})) == ({}, note)


@pytest.mark.parametrize(
    ("value", "note"), [("png", ""), ("webp", "output_format webp dropped (m gives png and jpeg)")]
)
def test_a_format_that_cannot_be_chosen_is_no_loss_where_it_comes_anyway(value, note):
    facts = {"formats": ("png", "jpeg"), "lacks": frozenset({"output_format"})}

    assert applied("output_format", value, **facts) == ({}, note)


def test_what_says_nothing_is_left_out_and_nothing_told():
    rules = rules_of(ModelFacts(name="m", responses=("url",), lacks=frozenset({"user"})))

    assert rules["response_format"](None, {}) is UNSAID
    assert rules["user"](None, {}) is UNSAID
