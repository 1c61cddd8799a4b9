"""Bounds: what a call has cost is never more than was set aside for it, whoever is asked."""

import pytest
from speakers import AZURE, Speaker, ask, config_of

from router.core.outcome import Kind
from router.core.pricing import unforeseen
from router.providers.catalog import catalog_of
from tests.catalogs import CATALOGS

WORDS = {"replicate": "num_outputs", "segmind": "samples", "stability-ai": "samples"}
"""What providers call the number of pictures, of those who call it something else than `n`."""


def qualities_of(model):
    return [quality for quality in model.qualities if quality != "auto"] or [None]


CASES = [
    pytest.param(provider, model, quality, id=f"{provider}/{model.name} {quality or ''}".strip())
    for provider in CATALOGS
    for model in catalog_of(provider).models
    if "generate" in model.operations and model.prices
    for quality in qualities_of(model)
]


def speaker_of(provider, model):
    config = {**AZURE, "deployment_id": model.name} if provider == "azure-openai" else {}
    return Speaker(provider=provider, model=model.name, config=config)


def orders(provider, model, quality):
    """What the model may be asked for."""
    said = {} if quality is None else {"quality": quality}
    yield {**said, "n": 2}
    if provider in WORDS:
        yield {**said, "extra_body": {WORDS[provider]: 2}}
    if model.streams:
        yield {**said, "stream": True, "partial_images": 3}


def share_of(model):
    """How much of a cost is told beforehand: what gpt-image-1.5 writes to itself is not."""
    return 0.7 if unforeseen(model) else 0.999


@pytest.mark.parametrize(("provider", "model", "quality"), CASES)
def test_no_model_costs_more_than_was_set_aside_for_it(provider, model, quality):
    speaker = speaker_of(provider, model)
    for order in orders(provider, model, quality):
        cost = ask(speaker, **order).trace.cost
        if not cost:  # it has retired, or nobody can tell
            continue
        budget = {"max_cost": share_of(model) * cost}
        heard = ask(speaker, config=config_of(speaker, budget=budget), **order)

        assert heard.requests == [], order
        assert heard.answer.kind in {Kind.OUT_OF_BUDGET, Kind.UNSUPPORTED}


def test_an_average_is_no_bound_and_settles_all_the_same():
    speaker = Speaker(provider="segmind", model="sdxl1.0-txt2img")
    allowed = {"max_cost": 5, "on_unknown_price": "allow"}

    heard = ask(speaker, config=config_of(speaker, budget={"max_cost": 5}))

    assert (heard.requests, heard.answer.kind) == ([], Kind.UNSUPPORTED)
    assert ask(speaker, config=config_of(speaker, budget=allowed)).trace.cost > 0
