"""A config of twice the length takes twice the work to check, and to fix, and no more."""

import sys

import pytest
import yaml
from lint_tools import check_folder

from router.lint import reach, regions

FEW, MANY = 60, 120
MOST = 2.3  # times the work; a pair of everything with everything is four times as much
MODELS = [
    ("openai", "gpt-image-2"),
    ("stability-ai", "stable-image-core"),
    ("openai", "dall-e-3"),
]


def targets(count, **more):
    named = ((i, *MODELS[i % len(MODELS)]) for i in range(count))
    return [
        {
            "name": f"t{i}",
            "provider": provider,
            "override_params": {"model": model},
            "api_key": f"${{KEY_{i}}}",
            **more,
        }
        for i, provider, model in named
    ]


def grouped(count, mode, **more):
    return {
        "strategy": {"mode": mode},
        "override_params": {"size": "1024x1024"},
        "targets": targets(count, **more),
    }


def balanced(count):
    return grouped(count, "loadbalance", weight=1)


def in_order(count):
    return grouped(
        count, "fallback", weight=1, retry={"attempts": 1, "on_status_codes": [418, 429]}
    )


def of_one_credential(count):
    return grouped(count, "fallback", api_key="${KEY}")


def chosen(count):
    sizes = [{"query": {"params.size": f"{i}x{i}"}, "then": f"t{i}"} for i in range(count)]
    return {
        "strategy": {"mode": "conditional", "conditions": sizes, "default": "t0"},
        "targets": targets(count),
    }


def chosen_by_two(count):
    queries = [{f"metadata.a{i}": {"$gt": 1}, f"metadata.b{i}": "x"} for i in range(count)]
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": one, "then": f"t{i}"} for i, one in enumerate(queries)],
            "default": "t0",
        },
        "targets": targets(count),
    }


def with_unused_keys(count):
    key = {"provider": "openai", "api_key": "${OPENAI_API_KEY}"}
    keys = {f"k{i}": key | {"api_key": f"${{KEY_{i}}}"} for i in range(count)}
    return {"virtual_key": "k0", "virtual_keys": keys}


def calls(do):
    """Count the calls of functions, which no busy machine changes."""
    counted = 0

    def note(_, event, __):
        nonlocal counted
        counted += event in {"call", "c_call"}

    was = sys.getprofile()
    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(was)
    return counted


def work(shape, count, folder, **options):
    path = folder / f"{count}" / "config.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(shape(count), sort_keys=False))
    return calls(lambda: check_folder(path.parent, **options))


@pytest.mark.parametrize("shape", [balanced, in_order, of_one_credential, with_unused_keys])
@pytest.mark.parametrize("fix", [False, True], ids=["check", "fix"])
def test_twice_the_length_is_twice_the_work(shape, fix, tmp_path):
    work(shape, 1, tmp_path, fix=fix, allow_unset=True)  # what is done once

    few, many = (work(shape, n, tmp_path, fix=fix, allow_unset=True) for n in (FEW, MANY))

    assert many < MOST * few


@pytest.mark.parametrize("shape", [chosen, chosen_by_two])
def test_of_the_conditions_above_one_so_many_are_looked_at(shape, tmp_path, monkeypatch):
    monkeypatch.setattr(reach, "MOST_ABOVE", 15)
    monkeypatch.setattr(regions, "MOST", 32)
    work(shape, 1, tmp_path, allow_unset=True)

    few, many = (work(shape, n, tmp_path, allow_unset=True) for n in (FEW, MANY))

    assert many < MOST * few


def test_twice_the_variables_that_are_not_set_are_twice_the_work(tmp_path):
    work(balanced, 1, tmp_path)

    few, many = (work(balanced, n, tmp_path) for n in (FEW, MANY))

    assert many < MOST * few
