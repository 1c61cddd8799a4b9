"""The shipped catalogs: they keep to the schema, say where they were read, and are consistent."""

import dataclasses

import pytest

from router.config.catalog_check import CatalogCheck
from router.config.load import load
from router.config.report import Report
from router.config.schema import validate
from router.config.section import Section
from router.core.catalog import Catalog, ModelFacts
from router.providers.catalog import FOLDER, catalog_of

FILES = sorted(FOLDER.glob("*.yaml"))
CATALOGS = [catalog_of(path.stem) for path in FILES]
MODELS = [(catalog, model) for catalog in CATALOGS for model in catalog.models]
FACTS = {one.name for one in dataclasses.fields(ModelFacts)}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_model = pytest.mark.parametrize(
    ("catalog", "model"), MODELS, ids=[f"{c.provider} {m.name}" for c, m in MODELS]
)


@each_file
def test_a_file_keeps_to_the_schema_and_agrees_with_itself(path):
    report = Report()
    source = load(path, report, root="catalog")
    validate(source, report, "catalog")
    CatalogCheck(report, Catalog(provider="")).check(Section(source, source.value))

    assert [str(problem) for problem in report.problems] == []


@each_file
def test_a_file_is_named_as_its_provider_and_points_editors_to_the_schema(path):
    first, *_ = path.read_text(encoding="utf-8").splitlines()

    assert catalog_of(path.stem).provider == path.stem
    assert first == "# yaml-language-server: $schema=../../../schemas/catalog.schema.json"
    assert (path.parent / first.partition("$schema=")[2]).resolve().is_file()


@each_model
def test_a_model_says_where_and_when_it_was_read(catalog, model):
    assert model.source
    assert model.read is not None


@each_model
def test_a_model_is_found_by_each_of_its_names(catalog, model):
    assert {catalog.find(name) for name in model.names} == {model}
    assert catalog.find(f"{model.name}-2026-01-31") is (model if model.dated else None)


@each_model
def test_what_is_uncertain_are_facts(catalog, model):
    assert set(model.uncertain) <= FACTS


@each_model
def test_a_successor_is_there_and_outlives_the_model_or_is_uncertain(catalog, model):
    if model.replaced_by is None or "replaced_by" in model.uncertain:
        return
    successors = [found for c in CATALOGS if (found := c.find(model.replaced_by)) is not None]

    assert model.retired is not None
    assert successors
    assert all(one.retired is None or one.retired > model.retired for one in successors)


@each_model
def test_sizes_that_are_listed_lie_in_the_grid(catalog, model):
    assert model.grid is None or all(model.grid.holds(size) for size in model.sizes)


@each_model
def test_a_model_can_do_something_and_gives_some_picture(catalog, model):
    assert model.operations
    assert min(model.per_call, model.most_images) >= 1


@each_model
def test_defaults_are_among_what_is_offered(catalog, model):
    offered = {
        "quality": model.qualities,
        "style": model.styles,
        "output_format": model.formats,
        "aspect_ratio": model.ratios,
        "size": tuple(map(str, model.sizes)),
    }

    for name, values in offered.items():
        assert not values or model.defaults.get(name, values[0]) in values


@pytest.mark.parametrize(
    ("provider", "model", "day"),
    [
        ("openai", "dall-e-2", "2026-05-12"),
        ("openai", "dall-e-3", "2026-05-12"),
        ("openai", "gpt-image-1", "2026-10-23"),
        ("openai", "gpt-image-1.5-2025-12-16", "2026-12-01"),
        ("openai", "gpt-image-2-2026-04-21", None),
        ("azure-openai", "dall-e-3", "2026-03-04"),
        ("azure-openai", "gpt-image-1-mini", "2027-04-07"),
        ("stability-ai", "stable-diffusion-v1-6", "2025-07-24"),
        ("stability-ai", "sd3.5-large", None),
    ],
)
def test_end_dates(provider, model, day):
    retired = catalog_of(provider).find(model).retired

    assert (None if retired is None else retired.isoformat()) == day


def test_nothing_is_known_of_a_provider_without_a_file():
    assert catalog_of("nobody").models == ()
    assert catalog_of("nobody").find("gpt-image-2") is None
