"""The command models: what the catalog says as a table, in a terminal of any width, and as JSON."""

import datetime as dt
import json

import pytest

from router.cli.listing import collect, show_json, show_text
from router.core.catalog import Catalog, ModelFacts, Price

TODAY = dt.date(2026, 11, 24)

OWN = """\
provider: openai
models:
  - name: my-finetune
    prices: [{per: image, usd: 0.5}]
  - name: gpt-image-2
    like: gpt-image-2
    prices: [{per: image, usd: 0.01}]
"""


def shown(capsys, *models, today=TODAY):
    show_text([Catalog(provider="toys", models=models)], today)
    return capsys.readouterr().out


def test_all_providers_are_listed_with_all_their_models(run):
    result = run("models")

    heads = [line.split()[0] for line in result.stdout.splitlines() if line and line[0].isalpha()]
    assert result.exit_code == 0
    assert heads[:3] == ["openai", "azure-openai", "stability-ai"]
    assert "\n  gpt-image-2 " in result.stdout
    assert "\n  stable-image-core " in result.stdout


@pytest.mark.parametrize("name", ["stability-ai", "stability"])
def test_one_provider_is_listed_by_its_name_or_an_alias(run, name):
    result = run("models", "--provider", name)

    assert result.stdout.startswith("stability-ai ")
    assert "gpt-image-2" not in result.stdout


def test_an_unknown_provider_is_a_usage_error_that_names_the_known_ones(run):
    result = run("models", "--provider", "opnai")

    assert result.exit_code == 2
    assert "'opnai' is not known; known providers: openai, azure-openai," in result.stderr


def test_a_provider_of_whose_models_nothing_is_known_says_so(run):
    result = run("models", "--provider", "openai-compatible")

    assert result.exit_code == 0
    assert "nothing is known of its models" in result.stdout


def test_a_row_tells_what_a_model_can_do_and_costs_and_how_long_it_takes(capsys):
    model = ModelFacts(
        name="kite",
        operations=frozenset({"edit", "generate"}),
        streams=True,
        prices=(Price(per="image", usd=0.04),),
        seconds=12,
    )

    head, row, *_ = shown(capsys, model).splitlines()

    assert row == "  kite   generate, edit, stream      $0.040   12 s"
    assert head.split() == ["toys", "1024x1024", "time"]
    assert head.index("1024x1024") + 9 == row.index("$0.040") + 6


def test_a_price_goes_from_the_lowest_quality_to_the_highest_and_what_is_unsure_is_marked(capsys):
    prices = tuple(
        Price(per="image", usd=usd, when={"quality": (quality,)})
        for quality, usd in (("low", 0.01), ("high", 0.2))
    )
    model = ModelFacts(
        name="kite", qualities=("auto", "low", "high"), prices=prices, uncertain=("prices",)
    )

    text = shown(capsys, model)

    assert "$0.010-$0.200?" in text
    assert text.endswith("? no source of the provider's own confirms it\n")


def test_only_a_bound_is_said_to_be_one(capsys):
    bound = ModelFacts(name="m", prices=(Price(per="image", usd=0.3, bound=True),))

    assert "up to $0.300" in shown(capsys, bound)


def test_an_average_is_said_to_be_one(capsys):
    average = ModelFacts(name="m", prices=(Price(per="image", usd=0.3, usual=True),))

    assert "about $0.300" in shown(capsys, average)


def test_an_unknown_price_is_left_blank(capsys):
    assert shown(capsys, ModelFacts(name="kite")).splitlines()[1] == "  kite   generate"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2026-05-12", "retired 2026-05-12, then new"),
        ("2026-11-24", "retired 2026-11-24, then new"),
        ("2026-11-25", "until 2026-11-25, then new"),
        ("2027-02-22", "until 2027-02-22, then new"),
        ("2027-02-23", ""),
    ],
)
def test_a_model_that_is_gone_or_goes_within_90_days_is_marked(capsys, end, said):
    old = ModelFacts(name="old", retired=dt.date.fromisoformat(end), replaced_by="new")

    row = shown(capsys, old, ModelFacts(name="new")).splitlines()[1]

    assert row.partition("generate")[2].strip() == said


def test_the_last_line_counts(capsys):
    old = ModelFacts(name="old", retired=dt.date(2026, 1, 1))
    going = ModelFacts(name="going", retired=dt.date(2026, 12, 1))

    text = shown(capsys, old, going, ModelFacts(name="new"))

    assert text.endswith("\n3 models, 1 retired, 1 to retire within 90 days\n")
    assert shown(capsys, ModelFacts(name="new")).endswith("\n1 model\n")


def test_a_successor_that_is_gone_is_followed_to_one_that_is_not(capsys):
    gone = dt.date(2026, 1, 1)
    line = (
        ModelFacts(name="a", retired=gone, replaced_by="b"),
        ModelFacts(name="b", retired=gone, replaced_by="c"),
        ModelFacts(name="c", retired=gone, replaced_by="a"),
    )

    assert "retired 2026-01-01, then d" in shown(
        capsys, *line[:2], ModelFacts(name="c", retired=gone, replaced_by="d"), ModelFacts(name="d")
    )
    assert shown(capsys, *line)  # a circle ends


def test_models_of_ones_own_come_first_or_in_place_of_their_namesakes(run, tmp_path):
    (tmp_path / "models.yaml").write_text(OWN)

    result = run("models", "--provider", "openai", "--catalog", "models.yaml")

    lines = result.stdout.splitlines()
    assert lines[1].split()[:2] == ["my-finetune", "generate"]
    assert "$0.500" in lines[1]
    (own,) = [line for line in lines if line.startswith("  gpt-image-2 ")]
    assert "$0.010" in own


def test_a_broken_catalog_is_told_with_its_places(run, tmp_path):
    (tmp_path / "models.yaml").write_text(OWN.replace("per: image", "per: picture"))

    result = run("models", "--catalog", "models.yaml")

    assert result.exit_code == 1
    assert "models.yaml:4:20  error  " in result.stderr
    assert result.stderr.endswith("2 errors in 1 file\n")


def test_json_is_one_object_with_a_list_of_models(run):
    report = json.loads(run("models", "--provider", "openai", "--json").stdout)

    models = {model["name"]: model for model in report["models"]}
    assert models["dall-e-3"]["is_retired"] is True
    assert models["dall-e-3"]["retired"] == "2026-05-12"
    assert models["dall-e-3"]["price"] == {
        "low": 0.04,
        "high": 0.08,
        "is_bound": False,
        "is_usual": False,
    }
    assert models["dall-e-3"]["sizes"] == ["1024x1024", "1792x1024", "1024x1792"]
    assert models["gpt-image-2"]["operations"] == ["edit", "generate"]
    assert models["gpt-image-2"]["source"].startswith("https://")


def test_json_has_null_for_what_nobody_knows(capsys):
    show_json([Catalog(provider="toys", models=(ModelFacts(name="kite"),))], TODAY)

    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert {model[name] for name in ("price", "seconds", "retired", "replaced_by", "read")} == {
        None
    }


def test_a_pipe_gets_whole_lines_without_colours(pipe):
    result = pipe("models")

    assert result.returncode == 0
    assert "\x1b" not in result.stdout
    assert any(len(line) > 100 for line in result.stdout.splitlines())


@pytest.mark.parametrize("columns", [40, 60, 90, 140])
def test_the_table_fits_the_terminal(terminal, columns):
    screen = terminal("models", columns=columns)

    assert screen.end() == 0
    assert "gpt-image-2" in screen.seen
    assert max(map(len, screen.lines)) <= max(columns, 49)  # a name is never cut


def test_what_is_retired_is_dim_and_what_soon_will_be_is_yellow(terminal):
    screen = terminal("models", "--provider", "openai", columns=140)

    assert screen.end() == 0
    assert "\x1b[2m  dall-e-3" in screen.raw


def test_the_end_stands_below_where_the_table_alone_fits(terminal):
    screen = terminal("models", "--provider", "openai", columns=90)

    assert screen.end() == 0
    assert "\n    retired 2026-05-12, then gpt-image-2.5-sunburst\n" in screen.seen


def test_collecting_an_unknown_provider_raises():
    with pytest.raises(LookupError):
        collect("nobody", ())
