"""What tells pictures apart: the provider, the model, the seed, and the colours of the prompt."""

import hashlib
import json
import os
import subprocess
import sys
from functools import lru_cache
from itertools import combinations

import pytest
from emulator_talk import opened
from PIL import Image, ImageChops, ImageStat

from router.emulators.art.studio import LANGUAGES
from router.emulators.brief import Brief
from router.emulators.drawing import draw
from router.emulators.registry import names

PLAINLY = 4  # levels of 255, on average over a picture of which only large shapes are left
UTTERLY = 20

each_provider = pytest.mark.parametrize("provider", names())


@lru_cache
def drawn(provider, model="a-model", prompt="a red kite", seed=0):
    """The large shapes of a small picture, which has no caption."""
    brief = Brief(provider=provider, model=model, prompt=prompt, seed=seed, width=160, height=120)
    return opened(draw(brief)).convert("RGB").resize((32, 24), Image.Resampling.BOX)


def unlike(one, other):
    """How far two pictures are apart, on average over all pixels and bands."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def likest(pictures):
    return min(unlike(one, other) for one, other in combinations(pictures, 2))


def test_every_provider_has_a_visual_language_of_its_own():
    assert set(LANGUAGES) == set(names())
    assert len(set(LANGUAGES.values())) == len(names())


def test_no_two_providers_draw_alike():
    assert likest([drawn(provider) for provider in names()]) > UTTERLY


@each_provider
def test_models_of_one_provider_draw_differently(provider):
    assert likest([drawn(provider, model=f"model-{number}") for number in range(4)]) > PLAINLY


@each_provider
def test_another_seed_is_plainly_another_picture(provider):
    assert likest([drawn(provider, seed=seed) for seed in range(4)]) > PLAINLY


@each_provider
def test_the_prompt_chooses_the_colours(provider):
    sea, lava = (
        ImageStat.Stat(drawn(provider, prompt=prompt)).mean
        for prompt in ("the blue sea", "red lava at sunset")
    )

    assert sea[2] - sea[0] > lava[2] - lava[0] + 20


def digests():
    """A digest of each provider's picture."""
    briefs = (
        Brief(provider=provider, model="m", prompt="p", width=96, height=64) for provider in names()
    )
    return [hashlib.blake2b(draw(brief)).hexdigest() for brief in briefs]


def test_another_process_draws_the_very_same_pictures():
    program = f"import json, sys; sys.path[:0] = {sys.path!r}\n"
    program += "import test_visual_languages as laws; print(json.dumps(laws.digests()))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}

    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )

    assert json.loads(done.stdout) == digests()
