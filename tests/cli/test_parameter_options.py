"""Parameters: options and `--param` together, each of the type that the library wants."""

import click
import pytest

from router.cli.parameters import ELSEWHERE, TEXTS, parameters


def test_what_is_not_given_is_not_asked():
    assert parameters({"prompt": "kite", "n": None, "size": ""}, {}) == {
        "prompt": "kite",
        "size": "",
    }


@pytest.mark.parametrize(
    ("name", "value", "asked"),
    [
        ("user", "kim", "kim"),
        ("user", 12, "12"),
        ("user", True, "true"),
        ("user", None, None),
        ("seed", 12, 12),
        ("cfg_scale", 7.5, 7.5),
        ("extra", {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_text_stays_one_and_anything_else_is_as_it_is(name, value, asked):
    assert parameters({}, {name: value}) == {name: asked}


@pytest.mark.parametrize("value", ["red", 1.5, True, None])
def test_a_number_is_a_whole_one(value):
    with pytest.raises(click.BadParameter, match="expected a whole number"):
        parameters({}, {"output_compression": value})


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_nothing_is_given_twice(name):
    with pytest.raises(click.BadParameter, match=f"{name!r} is given twice"):
        parameters({name: "this"}, {name: "that"})


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_no_parameter_says_where_it_is(name):
    with pytest.raises(click.BadParameter) as caught:
        parameters({}, {name: "x"})

    assert caught.value.message == f"{name!r} is no parameter of a picture: {ELSEWHERE[name]}"
