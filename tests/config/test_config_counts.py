"""Counts: an `n` in a config is checked as a request's is, when the config is read."""

import pytest
from config_tools import errors, problems, route, spots

KEYS = ["override_params", "default_params"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "n", [0, -1, True, False, None, "4", 4.0, 10_001, "${N}", [2], {}], ids=repr
)
def test_what_is_no_number_of_pictures_is_an_error(key, n):
    (error,) = errors({"provider": "openai", key: {"n": n}})

    assert error.startswith(f"config.{key}.n: n is ")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("n", [1, 2, 10_000])
def test_a_number_of_pictures_is_none(key, n):
    assert getattr(route({"provider": "openai", key: {"n": n}}).settings, key) == {"n": n}


def test_it_is_told_once_where_it_stands_though_many_targets_inherit_it():
    config = """
        strategy: {mode: fallback}
        override_params:
          n: 0
        targets:
          - provider: openai
          - {provider: stability-ai, default_params: {n: -3}}
        """

    assert [error.split(": ")[0] for error in errors(config)] == [
        "config.override_params.n",
        "config.targets[1].default_params.n",
    ]
    assert spots(config) == [(4, 14), (7, 58)]


def test_the_error_says_what_was_expected():
    (problem,) = problems({"provider": "openai", "override_params": {"n": 0}})

    assert (problem.message, problem.hint) == (
        "n is 0",
        "expected a whole number from 1 to 10000",
    )
