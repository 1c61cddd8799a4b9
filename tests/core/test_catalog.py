import datetime as dt
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.catalog import Catalog, ModelFacts, Price, undated
from router.core.catalog_file import read_catalog
from router.core.sizes import Grid, Size

KITE = ModelFacts(name="kite-2", also=("kite", "kite-large"), dated=True)
PLAIN = ModelFacts(name="plain")
CATALOG = Catalog(provider="toys", models=(KITE, PLAIN))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kite-2", KITE),
        ("kite", KITE),
        ("kite-2-2026-04-21", KITE),
        ("kite-large-2026-04-21", KITE),
        ("kite-2-2026-4-21", None),
        ("kite-2-mini", None),
        ("plain", PLAIN),
        ("plain-2026-04-21", None),
        ("", None),
        (None, None),
        ("kite-2-2026-04-21" * 100_000, None),
    ],
)
def test_a_model_is_found_by_its_names_and_where_it_is_dated_with_a_date(name, found):
    assert CATALOG.find(name) is found


@given(st.text(string.ascii_lowercase + "-0123456789", max_size=30))
def test_finding_by_index_is_finding_by_asking_each_model(name):
    asked = next((model for model in CATALOG.models if model.answers_to(name)), None)

    assert CATALOG.find(name) is asked


def test_a_date_is_taken_off_once():
    assert undated("m-2026-01-02-2026-01-03") == "m-2026-01-02"
    assert undated("2026-01-02") == "2026-01-02"


def test_the_first_to_have_a_name_keeps_it():
    other = ModelFacts(name="kite", dated=True)

    assert Catalog(provider="toys", models=(KITE, other)).find("kite") is KITE
    assert Catalog(provider="toys", models=(other, KITE)).find("kite") is other


def test_a_model_of_ones_own_takes_the_place_of_its_namesake_or_comes_first():
    own = ModelFacts(name="plain", seconds=3)
    new = ModelFacts(name="new")

    overlaid = CATALOG.overlaid(Catalog(provider="toys", models=(own, new)))

    assert overlaid.models == (new, KITE, own)
    assert overlaid.find("plain") is own


@pytest.mark.parametrize(
    ("day", "is_retired", "soon"),
    [
        ("2026-08-30", False, False),
        ("2026-09-02", False, True),
        ("2026-11-30", False, True),
        ("2026-12-01", True, False),
        ("2027-12-01", True, False),
    ],
)
def test_a_model_is_retired_from_its_day_on_and_soon_for_90_days_before(day, is_retired, soon):
    model = ModelFacts(name="m", retired=dt.date(2026, 12, 1))

    today = dt.date.fromisoformat(day)
    assert (model.is_retired(today), model.retires_soon(today)) == (is_retired, soon)


def test_a_model_without_an_end_never_retires():
    assert not PLAIN.is_retired(dt.date.max)
    assert not PLAIN.retires_soon(dt.date.min)


WHOLE = {
    "name": "m",
    "also": ["n"],
    "operations": ["generate", "edit"],
    "sizes": ["auto", "512x512", "1024x1024"],
    "grid": {"step": 8, "shortest": 64, "longest": 1792},
    "ratios": ["16:9"],
    "parameters": ["steps"],
    "defaults": {"steps": 4},
    "prices": [
        {"per": "image", "usd": 0.04, "when": {"quality": ["high"], "hd": [True], "n": [1]}},
        {"per": "token", "usd": 0.001, "tokens": "output", "expect": {"of": "files", "most": 9}},
    ],
    "retired": "2026-12-01",
    "read": "2026-11-22",
    "x-note": "mine",
}


def read(*models, known=None):
    return read_catalog({"provider": "toys", "models": list(models)}, known).models


def test_a_file_is_read_as_it_is_written():
    (model,) = read(WHOLE)

    assert (model.name, model.also, model.operations) == ("m", ("n",), {"generate", "edit"})
    assert (model.sizes, model.auto_size) == ((Size(512, 512), Size(1024, 1024)), True)
    assert model.grid == Grid(step=8, shortest=64, longest=1792)
    assert model.retired == dt.date(2026, 12, 1)
    assert model.prices[0].when == {"quality": ("high",), "hd": ("true",), "n": ("1",)}
    assert model.prices[1].tokens == ("output",)
    assert model.prices[1].expect.most == 9


def test_what_is_not_said_is_not_known():
    assert read({"name": "m"})[0].prices == ()
    assert read({"name": "m"})[0].operations == {"generate"}


def test_a_model_like_another_is_as_that_one_where_it_says_nothing_and_has_its_own_names():
    dated = {**WHOLE, "dated": True}

    _, other = read(dated, {"name": "o", "like": "m", "seconds": 3})

    assert (other.name, other.also, other.dated, other.seconds) == ("o", (), False, 3)
    assert (other.grid, other.prices[0].usd) == (Grid(step=8, shortest=64, longest=1792), 0.04)


def test_a_model_like_the_shipped_one_of_its_name_keeps_the_other_names():
    known = Catalog(provider="toys", models=(KITE,))

    (own,) = read(
        {"name": "kite-2", "like": "kite-2", "prices": [{"per": "image", "usd": 1}]}, known=known
    )

    assert (own.also, own.dated) == (KITE.also, True)
    assert own.prices == (Price(per="image", usd=1),)


def test_a_model_like_nobody_is_an_error():
    with pytest.raises(ValueError, match="'n' is no model that 'm' could be like"):
        read({"name": "m", "like": "n"})


def test_many_models_are_found_as_one_is():
    names = [f"model-{number}" for number in range(2000)]
    catalog = Catalog(provider="toys", models=tuple(ModelFacts(name=name) for name in names))
    random.Random(1).shuffle(names)

    assert [catalog.find(name).name for name in names] == names
