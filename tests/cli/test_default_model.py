"""A provider that is named alone is asked for a model that can do what is ordered."""

import datetime as dt

import pytest

from router.cli.default_model import default_model
from router.providers.catalog import catalog_of
from router.providers.registry import providers


@pytest.mark.parametrize("operation", ["generate", "edit", "variation"])
@pytest.mark.parametrize("provider", [info.name for info in providers()])
def test_the_default_can_do_it_and_is_still_served(provider, operation):
    model = default_model(provider, operation)

    facts = catalog_of(provider).find(model)
    assert model is None or operation in facts.operations
    assert model is None or not facts.is_retired(dt.datetime.now().astimezone().date())


@pytest.mark.parametrize(
    ("provider", "operation", "model"),
    [
        ("openai", "generate", "gpt-image-2"),
        ("openai", "variation", None),  # the one that makes some is gone
        ("stability", "generate", None),  # it has a default of its own
        ("replicate", "edit", "black-forest-labs/flux-dev"),
        ("localai", "generate", None),
    ],
)
def test_what_is_known_best_is_asked(provider, operation, model):
    assert default_model(provider, operation) == model


def test_an_unknown_provider_is_told_with_those_there_are():
    with pytest.raises(LookupError, match="known providers: openai"):
        default_model("opnai", "generate")


@pytest.mark.parametrize("provider", ["replicate", "segmind", "x-ai"])
def test_an_edit_needs_no_model_on_the_command_line(run, provider, tmp_path):
    from tests.originals.pictures import drawn

    picture = tmp_path / "kite.png"
    picture.write_bytes(drawn(size=(512, 512)))

    result = run("edit", "at night", "-i", picture, "--provider", provider, "--sandbox")

    assert result.exit_code == 0, result.output
    assert f"served by {provider} " in result.output
