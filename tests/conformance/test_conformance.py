"""One suite for all providers: the same request means the same thing wherever it goes.

Each adapter speaks to its provider's stand-in, which is checked by the provider's own client in
`tests/emulators`.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speakers import NAMES, SPEAKERS, ask, check_whole, config_of

from router import (
    RoutingError,
)
from router.core.outcome import Kind
from router.providers.registry import providers

SIZES = ["1024x1024", "1536x1024", "1024x1536", "1792x1024", "512x512", "256x256", "640x832"]
FORMATS = ["png", "jpeg", "webp"]

every = pytest.mark.parametrize("speaker", SPEAKERS, ids=str)


def test_every_provider_is_in_the_suite():
    assert {info.name for info in providers()} == set(NAMES)


# What is asked for is what comes


@every
def test_a_prompt_becomes_one_picture(speaker):
    heard = ask(speaker)

    (picture,) = heard.answer.data
    assert picture.media.width > 0
    assert heard.trace.served.provider == speaker.provider
    assert heard.trace.attempts[0].billed
    assert heard.bought == 1
    assert heard.answer.created > 0


@every
@pytest.mark.parametrize("n", [1, 2, 3, 5, 11])
def test_n_is_a_promise(speaker, n):
    heard = ask(speaker, n=n)

    assert len(heard.answer.data) == n


@every
@pytest.mark.parametrize("size", SIZES)
def test_a_size_is_given_or_its_change_is_told(speaker, size):
    heard = ask(speaker, size=size)

    media = heard.answer.data[0].media
    came = f"{media.width}x{media.height}"
    assert came == size or any(note.startswith(f"size {size}") for note in heard.notes)


@every
@pytest.mark.parametrize("size", SIZES)
def test_a_size_that_cannot_be_given_keeps_its_shape_as_near_as_it_can(speaker, size):
    width, height = map(int, size.split("x"))
    media = ask(speaker, size=size).answer.data[0].media

    upright, lying = height > width, width > height
    # What has squares only has none that lies; nothing that lies may come out upright.
    assert not (upright and media.width > media.height)
    assert not (lying and media.height > media.width)


@every
@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_given_whoever_makes_it(speaker, form):
    heard = ask(speaker, output_format=form)

    assert heard.answer.data[0].media.format == form


@every
@pytest.mark.parametrize("form", ["b64_json", "url"])
def test_a_form_is_given_whatever_the_provider_gave(speaker, form):
    (picture,) = ask(speaker, response_format=form).answer.data

    assert getattr(picture, form)
    assert picture.media.width > 0


@every
def test_a_seed_is_kept_or_its_loss_is_told(speaker):
    heard = ask(speaker, seed=7)
    again = ask(speaker, seed=7)

    told = any(note.startswith("seed") for note in heard.notes)
    assert told or heard.answer.data[0].bytes() == again.answer.data[0].bytes()


@every
def test_what_a_provider_cannot_say_is_told_and_nobodys_words_are_shown(speaker):
    heard = ask(
        speaker,
        negative_prompt="a secret wish",
        style="vivid",
        quality="hd",
        background="transparent",
        moderation="low",
        user="somebody",
    )

    assert heard.answer.data
    assert "secret wish" not in str(heard.trace)
    assert all(note.strip() for note in heard.notes)


@every
def test_where_a_loss_is_no_option_nothing_is_bought(speaker):
    told = ask(speaker, size="640x832", seed=-1, quality="hd", style="vivid", user="me").notes
    heard = ask(
        speaker,
        config=config_of(speaker, on_unsupported="error"),
        size="640x832",
        seed=-1,
        quality="hd",
        style="vivid",
        user="me",
    )

    if told:
        assert (heard.answer.kind, heard.requests) == (Kind.BAD_REQUEST, [])
    else:
        assert heard.answer.data


# Whatever is asked


REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 3),
        "size": st.sampled_from([*SIZES, "auto"]),
        "quality": st.sampled_from(["auto", "low", "medium", "high", "standard", "hd"]),
        "style": st.sampled_from(["vivid", "natural", "anime"]),
        "background": st.sampled_from(["auto", "opaque"]),
        "output_format": st.sampled_from(FORMATS),
        "response_format": st.sampled_from(["b64_json", "url"]),
        "seed": st.integers(0, 2**31),
        "negative_prompt": st.text(
            st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=20
        ),
        "user": st.just("somebody"),
        "moderation": st.sampled_from(["auto", "low"]),
    },
)


COMPRESSED = st.fixed_dictionaries(
    {
        "output_format": st.sampled_from(["jpeg", "webp"]),
        "output_compression": st.integers(0, 100),
    }
)


@every
@settings(max_examples=8)
@given(REQUESTS | COMPRESSED)
def test_every_request_of_openais_words_is_answered_in_full(speaker, params):
    heard = ask(speaker, **params)

    answer = heard.answer
    assert not isinstance(answer, RoutingError), str(answer)
    check_whole(answer, params)
