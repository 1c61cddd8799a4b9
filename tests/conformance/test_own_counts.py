"""Own counts: a provider's own word for how many pictures means what `n` does."""

import pytest
from speakers import Speaker, ask, config_of

from router.core.outcome import Kind

FLUX = Speaker(provider="replicate", model="black-forest-labs/flux-schnell")
SDXL = Speaker(provider="segmind", model="sdxl1.0-txt2img")
V2 = Speaker(provider="segmind", model="flux-dev")
STABILITY = Speaker(provider="stability-ai", model="stable-diffusion-xl-1024-v1-0")
MONSTER = Speaker(provider="monsterapi", model="sdxl-base")
GEMINI = Speaker(provider="google", model="gemini-3-pro-image")

WORDS = [
    pytest.param(FLUX, {"num_outputs": 3}, 1, id="replicate"),
    pytest.param(FLUX, {"input": {"num_outputs": 3}}, 1, id="replicate's input"),
    pytest.param(SDXL, {"samples": 3}, 1, id="segmind"),
    pytest.param(V2, {"samples": 3}, 3, id="segmind, one a call"),
    pytest.param(STABILITY, {"samples": 3}, 1, id="stability"),
    pytest.param(STABILITY, {"samples": "3"}, 1, id="as text"),
    pytest.param(STABILITY, {"samples": 3.0}, 1, id="as a fraction"),
    pytest.param(MONSTER, {"samples": 3}, 1, id="monsterapi"),
    pytest.param(GEMINI, {"candidateCount": 3}, 3, id="google"),
    pytest.param(GEMINI, {"generation_config": {"candidate_count": 3}}, 3, id="google's config"),
]
PLACES = ["extra_body", "override_params", "default_params"]


def said(speaker, words, place="extra_body", budget=None, **params):
    """Say it in one of the places where it may be said."""
    config = config_of(speaker) if budget is None else config_of(speaker, budget=budget)
    if place == "extra_body":
        return ask(speaker, config=config, extra_body=words, **params)
    return ask(speaker, config={**config, place: {**config.get(place, {}), **words}}, **params)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("speaker", "words", "calls"), WORDS)
def test_a_word_of_the_providers_for_the_count_is_n(speaker, words, calls, place):
    heard = said(speaker, words, place)

    assert (len(heard.answer.data), heard.bought) == (3, calls)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("speaker", "words", "_calls"), WORDS)
def test_a_max_cost_counts_what_the_providers_own_word_asks_for(speaker, words, _calls, place):
    two = said(speaker, words, place, n=2).trace.cost

    heard = said(speaker, words, place, budget={"max_cost": two or 0.01})

    assert heard.requests == []
    assert heard.answer.kind in {Kind.OUT_OF_BUDGET, Kind.UNSUPPORTED}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("speaker", "words", "_calls"), WORDS)
def test_n_wins_over_every_other_word_and_it_is_told(speaker, words, _calls, place):
    heard = said(speaker, words, place, n=2)

    assert len(heard.answer.data) == 2
    assert any(note.endswith("3 dropped (n is given)") for note in heard.notes)


@pytest.mark.parametrize("count", [0, -1, True, "many", 2.5, [3]], ids=str)
def test_a_word_that_is_no_number_of_pictures_buys_nothing(count):
    heard = said(STABILITY, {"samples": count})

    assert (heard.requests, heard.answer.kind) == ([], Kind.BAD_REQUEST)
    assert heard.answer.param == "samples"
    assert f"samples is {count!r}; expected a whole number of 1 or more" in str(heard.answer)


def test_more_than_a_call_gives_is_asked_for_in_several_calls():
    heard = said(FLUX, {"num_outputs": 6})

    assert (len(heard.answer.data), heard.bought) == (6, 2)


@pytest.mark.parametrize(
    ("speaker", "words", "size"),
    [
        (
            Speaker(provider="replicate", model="black-forest-labs/flux-2-pro"),
            {"input": {"width": 2048, "height": 2048}},
            "256x256",
        ),
        (GEMINI, {"generationConfig": {"imageConfig": {"imageSize": "4K"}}}, "1024x1024"),
        (GEMINI, {"image_size": "4K"}, "1024x1024"),
    ],
    ids=["replicate", "google", "google's other spelling"],
)
def test_what_an_object_of_the_providers_says_has_its_price(speaker, words, size):
    cost = said(speaker, words, size=size).trace.cost
    cheap = ask(speaker, size=size).trace.cost

    heard = said(speaker, words, budget={"max_cost": (cost + cheap) / 2}, size=size)

    assert cost > cheap * 1.3
    assert (heard.requests, heard.answer.kind) == ([], Kind.OUT_OF_BUDGET)
