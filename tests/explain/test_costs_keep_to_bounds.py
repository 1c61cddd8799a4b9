"""What a request costs where all is well is never more than was set aside, nor than the worst."""

from forecasts import LOADER
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.core.sizes import Size
from router.explain.explanation import look_ahead
from router.explain.rehearsal import Question, Theatre
from router.lab.grey import grey
from router.lab.stage import Stage
from router.providers.catalog import catalog_of
from router.testing import simulate
from tests.catalogs import CATALOGS

PRICED = tuple(
    (provider, model)
    for provider in CATALOGS
    for model in catalog_of(provider).models
    if "generate" in model.operations and model.prices
)
OTHER_SIZES = (None, "auto", "1024x1792", "1536x1024", "2048x2048", "3840x2160")
SQUARE = "1024x1024"
DUST = 1e-9


@st.composite
def orders(draw):
    """A model, and a size, a quality and a number of pictures that it may be asked for."""
    provider, model = draw(st.sampled_from(PRICED))
    sizes = st.sampled_from([*map(str, model.sizes), *OTHER_SIZES])
    if model.grid is not None:
        edges = st.integers(16, 4000)
        sizes |= st.builds(Size, edges, edges).map(model.grid.nearest).map(str)
    asked = {
        "size": draw(sizes),
        "quality": draw(st.sampled_from([None, *model.qualities])),
        "n": draw(st.sampled_from([1, 2, 5])),
    }
    return provider, model.name, {key: value for key, value in asked.items() if value is not None}


def target(provider, model):
    if provider == "azure-openai":
        return {"provider": provider, "resource_name": "pictures", "deployment_id": model}
    return {"provider": provider, "override_params": {"model": model}}


def looked_ahead(order):
    """Look ahead at a request, and have it done where all is well; return both."""
    provider, model, asked = order
    loaded = LOADER.load(target(provider, model))
    params = {"prompt": "a red kite", **asked}
    question = Question(params=params, options={}, files={})
    outlook = simulate(lambda: look_ahead(loaded, LOADER, question, grey))
    theatre = Theatre(loaded=loaded, loader=LOADER, question=question, probes=outlook.probes)

    async def main():
        return theatre.measured(await Stage(loaded=loaded, loader=LOADER).ask(params))

    return outlook, simulate(main)


@settings(max_examples=100, deadline=None)
@given(orders())
@example(("openai", "gpt-image-2", {"size": "1536x1024", "quality": "high", "n": 1}))
@example(("openai", "gpt-image-2", {"size": "1536x1024", "quality": "low", "n": 3}))
@example(("azure-openai", "gpt-image-2", {"size": "2048x2048", "quality": "high", "n": 1}))
@example(("google", "gemini-3-pro-image", {"n": 1}))
@example(("google", "gemini-nano-banana-2.1", {"n": 2}))
@example(("google", "gemini-3.1-flash-lite-image", {"n": 1, "maxOutputTokens": 1200}))
def test_no_healthy_request_costs_more_than_its_bounds(order):
    outlook, run = looked_ahead(order)

    (probe,) = outlook.probes.values()
    if not outlook.bound.why_not("dollars"):
        assert run.dollars <= outlook.bound.most("dollars") + DUST
        assert run.dollars <= probe.most + DUST if probe.parts else run.dollars == 0


def test_what_is_written_unseen_exceeds_what_was_set_aside_and_is_told():
    outlook, run = looked_ahead(("openai", "gpt-image-1.5", {"size": SQUARE, "quality": "low"}))

    (probe,) = outlook.probes.values()
    assert run.dollars > probe.most
    assert [one.measure for one in outlook.bound.unbounded] == ["dollars"]
