import datetime as dt
from functools import partial

import pytest
from config_tools import problems

from router.core.catalog import Catalog, ModelFacts

FAIL = "requests will fail"
IN_FIVE_DAYS = "will be retired by openai on 2026-12-01; in 5 days"
TODAY = dt.date(2026, 11, 26)
OPENAI = Catalog(
    provider="openai",
    models=(
        ModelFacts(name="dall-e-3", retired=dt.date(2026, 5, 12), replaced_by="gpt-image-1"),
        ModelFacts(name="gpt-image-1", retired=dt.date(2026, 10, 23), replaced_by="gpt-image-2"),
        ModelFacts(
            name="gpt-image-1.5", dated=True, retired=dt.date(2026, 12, 1), replaced_by="newest"
        ),
        ModelFacts(name="gpt-image-2"),
        ModelFacts(name="later", retired=dt.date(2027, 6, 1), replaced_by="gpt-image-2"),
        ModelFacts(name="tomorrow", retired=dt.date(2026, 11, 27)),
        ModelFacts(name="lonely", retired=dt.date(2026, 1, 1)),
        ModelFacts(name="snake", retired=dt.date(2026, 1, 1), replaced_by="tail"),
        ModelFacts(name="tail", retired=dt.date(2026, 1, 1), replaced_by="snake"),
    ),
)


def shipped(provider):
    return Catalog(provider=provider, models=OPENAI.models)


warned = partial(problems, catalog_of=shipped, today=TODAY)


def told(source, **options):
    """Return each warning with its line and column."""
    return [
        (one.line, one.column, f"{one.message}; {one.hint}")
        for one in warned(source, **options)
        if one.severity == "warning"
    ]


def named(model):
    return f"provider: openai\noverride_params: {{model: {model}}}\n"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (
            "dall-e-3",
            f"'dall-e-3' was retired by openai on 2026-05-12; {FAIL}; gpt-image-2 replaces it",
        ),
        (
            "gpt-image-1.5",
            f"'gpt-image-1.5' {IN_FIVE_DAYS}; newest replaces it",
        ),
        (
            "gpt-image-1.5-2025-12-16",
            f"'gpt-image-1.5-2025-12-16' {IN_FIVE_DAYS}; newest replaces it",
        ),
        ("tomorrow", "'tomorrow' will be retired by openai on 2026-11-27; in 1 day"),
        ("lonely", "'lonely' was retired by openai on 2026-01-01; requests will fail"),
        # Nobody in the ring is alive; the last that is named is said rather than nothing.
        (
            "snake",
            "'snake' was retired by openai on 2026-01-01; requests will fail; snake replaces it",
        ),
    ],
    ids=lambda one: one.split(" ")[0],
)
def test_a_model_that_is_gone_or_soon_will_be_is_warned_of_with_what_replaces_it(model, said):
    assert told(named(model)) == [(2, 26, said)]


@pytest.mark.parametrize("model", ["gpt-image-2", "later", "one-of-my-own"])
def test_a_model_that_lives_is_no_matter(model):
    assert told(named(model)) == []


def test_without_a_day_nobody_is_warned():
    assert told(named("dall-e-3"), today=None) == []


def test_a_host_of_ones_own_has_models_of_its_own():
    assert told(named("dall-e-3") + "custom_host: http://127.0.0.1:8080/v1\napi_key: k\n") == []


def test_an_override_leaves_no_room_for_a_default():
    source = named("gpt-image-2") + "default_params: {model: dall-e-3}\n"

    assert told(source) == []
    assert len(told("provider: openai\ndefault_params: {model: dall-e-3}\n")) == 1


def test_a_model_of_a_group_is_warned_of_where_it_is_written():
    source = """\
strategy: {mode: fallback}
override_params:
  model: dall-e-3
targets:
  - provider: openai
"""

    assert [(line, column) for line, column, _ in told(source)] == [(3, 10)]


def test_each_target_that_names_it_is_warned_of():
    source = """\
strategy: {mode: fallback}
targets:
  - provider: openai
    override_params: {model: dall-e-3}
  - provider: "@openai/lonely"
"""

    lines = [line for line, _, _ in told(source)]
    assert lines == [4, 5]


def test_the_models_of_deployments_and_of_virtual_keys_are_looked_at():
    source = """\
strategy: {mode: fallback}
virtual_keys:
  pictures:
    provider: azure-openai
    resource_name: pictures
    api_key: k
    deployments:
      - {deployment_id: one, alias: dall-e-3, is_default: true}
      - {deployment_id: two, alias: gpt-image-2}
targets:
  - virtual_key: pictures
  - provider: azure-openai
    resource_name: pictures
    deployment_id: three
    azure_model_name: lonely
"""

    assert [(line, said.split(" ")[0]) for line, _, said in told(source)] == [
        (8, "'dall-e-3'"),
        (15, "'lonely'"),
    ]


def test_a_catalog_of_ones_own_knows_better(tmp_path):
    own = tmp_path / "models.yaml"
    own.write_text("provider: openai\nmodels: [{name: dall-e-3}]\n")

    assert told(named("dall-e-3"), catalog=own) == []


def test_a_model_that_is_gone_is_no_error():
    assert all(one.severity == "warning" for one in warned(named("dall-e-3")))
