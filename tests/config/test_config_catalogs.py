import textwrap
from functools import partial

import pytest
from config_tools import document, problems

from router.core.catalog import Catalog, ModelFacts, Price

SHIPPED = ModelFacts(
    name="gpt-image-2",
    operations=frozenset({"generate", "edit"}),
    per_call=10,
    prices=(Price(usd=0.04, per="image"),),
)


def shipped(provider):
    models = (SHIPPED,) if provider == "openai" else ()
    return Catalog(provider=provider, models=models)


CONFIG = "provider: openai\n"
TOKENS = "per: token, usd: 1, tokens: output_tokens"
GRID = "{step: 16, shortest: 64, longest: 16, least_area: 1, most_area: 9, steepest: 2}"
known = partial(document, CONFIG, catalog_of=shipped)


def written(folder, text, name="models.yaml"):
    path = folder / name
    path.write_text(textwrap.dedent(text))
    return path


def own(folder, models, provider="openai"):
    return written(folder, f"provider: {provider}\nmodels:\n{textwrap.indent(models, '  ')}")


def faults(folder, models):
    """Return what is wrong with some models, each with its line."""
    found = problems(CONFIG, catalog=own(folder, textwrap.dedent(models)), catalog_of=shipped)
    return [(one.line, f"{one.place}: {one.message}") for one in found if one.severity == "error"]


def hints(folder, models):
    found = problems(CONFIG, catalog=own(folder, textwrap.dedent(models)), catalog_of=shipped)
    return [one.hint for one in found]


def test_a_model_of_ones_own_comes_beside_those_that_are_shipped(tmp_path):
    path = own(tmp_path, "- {name: mine, prices: [{per: image, usd: 0.5}]}")
    (catalog,) = known(catalog=path).catalogs.values()

    assert [model.name for model in catalog.models] == ["mine"]
    assert catalog.models[0].prices == (Price(usd=0.5, per="image"),)


def test_like_takes_over_what_is_not_said(tmp_path):
    path = own(
        tmp_path, "- {name: gpt-image-2, like: gpt-image-2, prices: [{per: image, usd: 0.01}]}"
    )
    (model,) = known(catalog=path).catalogs["openai"].models

    assert (model.per_call, model.operations) == (SHIPPED.per_call, SHIPPED.operations)
    assert model.prices == (Price(usd=0.01, per="image"),)


def test_like_may_name_a_model_further_up(tmp_path):
    path = own(tmp_path, "- {name: one, per_call: 4}\n- {name: two, like: one}")
    catalog = known(catalog=path).catalogs["openai"]

    assert catalog.find("two").per_call == 4


def test_an_alias_of_the_provider_will_do(tmp_path):
    path = own(tmp_path, "- {name: sd9}", provider="stability")

    assert list(known(catalog=path).catalogs) == ["stability-ai"]


def test_of_several_files_the_last_has_the_last_word(tmp_path):
    first = written(
        tmp_path, "provider: openai\nmodels: [{name: m, per_call: 2}, {name: n}]\n", "first.yaml"
    )
    last = written(tmp_path, "provider: openai\nmodels: [{name: m, per_call: 3}]\n", "last.yaml")
    catalog = known(catalog=[first, last]).catalogs["openai"]

    assert catalog.find("m").per_call == 3
    assert catalog.find("n") is not None


@pytest.mark.parametrize("names", ["models.yaml", "[models.yaml]"], ids=["one", "a list"])
def test_the_files_that_a_config_names_are_beside_it(tmp_path, names):
    own(tmp_path, "- {name: mine}")
    config = written(tmp_path, f"provider: openai\ncatalog: {names}\n", "config.yaml")

    assert document(config, catalog_of=shipped).catalogs["openai"].find("mine") is not None


def test_what_is_given_to_the_router_comes_after_what_the_config_names(tmp_path):
    own(tmp_path, "- {name: m, per_call: 2}")
    config = written(tmp_path, "provider: openai\ncatalog: models.yaml\n", "config.yaml")
    given = {"provider": "openai", "models": [{"name": "m", "per_call": 7}]}

    catalogs = document(config, catalog=given, catalog_of=shipped).catalogs
    assert catalogs["openai"].find("m").per_call == 7


def test_a_file_that_is_not_there_is_told(tmp_path):
    (found,) = problems("provider: openai\ncatalog: nowhere.yaml\n", catalog_of=shipped)

    assert "nowhere.yaml" in f"{found.message} {found.file}"
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("models", "line", "said"),
    [
        ("- {nam: m}", 3, "unknown key 'nam'"),
        ("- {name: m, per_call: many}", 3, "per_call"),
        ("- {name: m}\n- {name: m}", 4, "models[1].name: 'm' is here twice"),
        ("- {name: m, also: [n, n]}", 3, "models[0].also: 'n' is here twice"),
        ("- {name: m, like: n}", 3, "models[0].like: 'n' is no model further up"),
        ("- {name: m, like: m}", 3, "models[0].like: 'm' is no model further up"),
        (
            "- {name: m, like: n}\n- {name: n, like: m}",
            3,
            "models[0].like: 'n' is no model further up",
        ),
        (
            "- {name: m, retired: 2026-02-30}",
            3,
            "models[0].retired: retired '2026-02-30' is no day of the calendar",
        ),
        (
            f"- name: m\n  grid: {GRID}",
            4,
            "models[0].grid.shortest: shortest is 64, and longest is 16",
        ),
        (
            "- {name: m, prices: [{per: token, usd: 1}]}",
            3,
            "models[0].prices[0].per: 'tokens' is missing",
        ),
        ("- {name: m, prices: [{per: image, usd: -1}]}", 3, "models[0].prices[0].usd"),
        (
            "- {name: m, prices: [{per: image, usd: 1, tokens: output_tokens}]}",
            3,
            "models[0].prices[0].tokens: 'tokens' is for prices per token",
        ),
        (
            "- {name: m, prices: [{per: token, usd: 1, tokens: t, included: 4}]}",
            3,
            "models[0].prices[0].included: 'included' is for prices that are not metered",
        ),
        (
            "- {name: m, prices: [{per: token, usd: 1, tokens: t, expect: {of: prompt, most: 4}}]}",
            3,
            "models[0].prices[0].expect.most: 'most' is for files and words",
        ),
        (
            f"- {{name: m, prices: [{{{TOKENS}, expect: {{of: files, limit: most}}}}]}}",
            3,
            "models[0].prices[0].expect.limit: 'limit' is for words",
        ),
        (
            f"- {{name: m, prices: [{{{TOKENS}, expect: {{of: files, partial: 4}}}}]}}",
            3,
            "models[0].prices[0].expect.partial: 'partial' is for pictures and partials",
        ),
        (
            f"- {{name: m, prices: [{{{TOKENS}, expect: {{of: partials, partial: 4}}}}]}}",
            3,
            "models[0].prices[0].expect.of: nothing tells what the pictures themselves cost",
        ),
        (
            "- {name: m, prices: [{per: image, usd: 1, usual: true, bound: true}]}",
            3,
            "models[0].prices[0].bound: 'bound' is for prices that are never exceeded",
        ),
        (
            "- {name: m, prices: [{per: image, usd: 1, when: {qualty: [low]}}]}",
            3,
            "models[0].prices[0].when.qualty: 'qualty' is no parameter of the model",
        ),
        (
            "- {name: m, prices: [{per: image, usd: 1, when: {size: [large]}}]}",
            3,
            "models[0].prices[0].when.size: 'large' is no size such as 1024x1024",
        ),
        (
            "- {name: m, prices: [{per: image, usd: 1, when: {operation: [edit]}}]}",
            3,
            "models[0].prices[0].when.operation: 'edit' is no operation of the model",
        ),
        (
            "- {name: m, qualities: [low], prices: [{per: image, usd: 1, when: {quality: [hd]}}]}",
            3,
            "models[0].prices[0].when.quality: 'hd' is not among the model's qualities",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(tmp_path, models, line, said):
    found = faults(tmp_path, models)

    assert [one for one, _ in found] == [line]
    assert said in found[0][1]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path):
    one = written(tmp_path, "provider: opnai\nmodels: []\n", "one.yaml")
    two = written(tmp_path, "provider: openai\nmodels: [{}]\n", "two.yaml")
    found = problems("provider: openai\nretrry: 1\n", catalog=[one, two], catalog_of=shipped)

    assert {"unknown provider 'opnai'", "'name' is missing"} <= {each.message for each in found}
    assert any("retrry" in each.message for each in found)


@pytest.mark.parametrize(
    ("models", "hint"),
    [
        ("- {name: m, like: gpt-imag-2}", "did you mean 'gpt-image-2'?"),
        ("- {name: m, prices: [{per: image, usd: 1, when: {qualty: [low]}}]}", "'quality'?"),
        (
            "- {name: m, prices: [{per: image, usd: 1, when: {zzz: [low]}}]}",
            "list it among the model's parameters",
        ),
    ],
)
def test_what_may_have_been_meant_is_said(tmp_path, models, hint):
    assert hint in hints(tmp_path, models)[0]


@pytest.mark.parametrize(
    "models",
    [
        "- {name: m, parameters: [steps], prices: [{per: image, usd: 1, when: {steps: [4]}}]}",
        "- {name: m, defaults: {mode: fast}, prices: [{per: image, usd: 1, when: {mode: [fast]}}]}",
        "- {name: m, prices: [{per: image, usd: 1, when: {operation: [generate], size: [auto]}}]}",
        "- {name: m, like: gpt-image-2, prices: [{per: image, usd: 1, when: {anything: [x]}}]}",
        "- {name: m, prices: [{per: second, usd: 1}]}",
    ],
)
def test_what_can_be_meant_is_no_mistake(tmp_path, models):
    assert faults(tmp_path, models) == []


def test_without_shipped_catalogs_ones_own_are_all_there_is(tmp_path):
    path = own(tmp_path, "- {name: mine}")

    assert [model.name for model in document(CONFIG, catalog=path).catalogs["openai"].models] == [
        "mine"
    ]
