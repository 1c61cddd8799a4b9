"""The rows of the dialects: consistent, sourced, and read once."""

import dataclasses

import pytest

from router.core.sizes import parse_ratio
from router.dialects.dialect import Dialect
from router.dialects.table import dialects, read_row
from router.providers.compatible_rules import OPTIONAL, SPOKEN
from router.providers.registry import PROVIDERS, find_provider, providers

ROWS = dialects()
VOCABULARY = SPOKEN | OPTIONAL
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_a_name_is_given_once():
    names = [name for info in providers() for name in (info.name, *info.aliases)]

    assert len(names) == len(set(names))


def test_the_table_is_read_once():
    assert dialects() is ROWS


@each_row
def test_a_row_is_a_provider_by_its_name_and_its_aliases(row):
    for name in (row.name, *row.aliases):
        assert find_provider(name).name == row.name
    assert row.name not in {info.name for info in PROVIDERS}
    assert find_provider(row.name).required == (() if row.base_url else ("custom_host",))


@each_row
def test_a_row_says_where_it_was_read_and_what_is_not_sure(row):
    assert row.source.startswith("https://")
    assert len(row.read) == len("2026-11-22")
    assert set(row.uncertain) <= {field.name for field in dataclasses.fields(Dialect)}


@each_row
def test_a_host_of_its_own_needs_a_key_and_one_of_yours_does_not(row):
    assert bool(row.base_url) == bool(row.key_variable)
    assert row.base_url.startswith("https://") or not row.base_url


@each_row
def test_what_a_row_names_are_words_of_the_vocabulary(row):
    told = {*(row.takes or ()), *row.renames, *row.joins, *row.foreign}

    assert told <= VOCABULARY
    assert not set(row.renames) & (row.takes or set())


@each_row
def test_shapes_and_values_are_such(row):
    assert all(parse_ratio(ratio) for ratio in row.ratios)
    assert all(isinstance(edge, int) for edge in row.resolutions.values())
    assert (row.size == "ratio") == bool(row.ratios and row.resolutions)
    assert set(row.responses) <= {"b64_json", "url"}
    assert row.operations <= {"generate", "edit", "variation"}
    assert 1 <= row.per_call <= 10


def test_a_row_with_a_misspelt_key_is_refused():
    with pytest.raises(TypeError, match="per_cal"):
        read_row({"name": "mine", "per_cal": 3})
