"""What an emulator said once of requests that are alike is what it would say of each."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from router.core.data_url import data_url
from router.core.http import HttpRequest
from router.emulators.emulator import World
from router.emulators.openai import OpenAI
from router.lab.grey import grey
from router.lab.recall import VARIANTS, Recall
from router.lab.stage import Stage, loader_for
from router.sandbox.fault import Fault, FaultKind
from router.testing import simulate

CONFIGS = Path(__file__).parents[2] / "configs"

SHIPPED = sorted(
    path
    for path in CONFIGS.glob("*.yaml")
    if not path.name.endswith(".test.yaml") and path.stem != "virtual-keys"
)

ASKED = 2 * VARIANTS


REQUEST = HttpRequest(
    method="POST",
    url="https://api.openai.com/v1/images/generations",
    headers={"content-type": "application/json", "authorization": "Bearer sk-sandbox"},
)


def world(note):
    def draw(brief):
        note(brief)
        return grey(brief)

    return World(now=lambda: 0.0, publish=data_url, draw=draw)


class EachThirdIsEmpty:
    def strike(self, provider, model, serial, elapsed):
        return Fault(kind=FaultKind.EMPTY) if serial % 3 == 0 else None


def but_for_the_number(request):
    if request.method != "POST":
        return None
    parts = tuple((part.name, without_number(part.content)) for part in request.parts)
    return request.url, tuple(request.headers.items()), without_number(request.body), parts


def without_number(content):
    return re.sub(rb"#\d+", b"#", content)


def like_no_other(request):
    return None


def played(config, likeness, *, asked=ASKED, fate=None, **params):
    """Return what became of each request, and how many pictures were made."""
    made = []

    def draw(brief):
        made.append(brief)
        return grey(brief)

    async def main():
        stage = Stage(loaded=loader_for().load(config), likeness=likeness, fate=fate, draw=draw)
        prompts = [f"a kite #{number:03}" for number in range(asked)]
        return [await stage.ask({"prompt": prompt, **params}) for prompt in prompts]

    return [told(one) for one in simulate(main)], len(made)


def told(tried):
    attempts = [
        (one.path, one.provider, one.model, one.status, one.billed, one.duration)
        for one in tried.trace.attempts
    ]
    pictures = tried.pictures and [(one.url, one.b64) for one in tried.pictures.data]
    return tried.status, tried.seconds, attempts, pictures


@pytest.mark.parametrize("config", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_config_plays_alike_with_and_without(config):
    assert played(config, but_for_the_number)[0] == played(config, None)[0]


def test_an_answer_is_made_once_for_each_variant_of_a_kind():
    config = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}

    assert played(config, but_for_the_number)[1] == VARIANTS
    assert played(config, like_no_other)[1] == ASKED


def test_what_goes_wrong_with_one_answer_is_not_repeated_for_the_next():
    config = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}

    answers, _ = played(config, but_for_the_number, fate=EachThirdIsEmpty())

    assert [status for status, *_ in answers[:6]] == [200, 200, 502, 200, 200, 502]
    assert answers == played(config, None, fate=EachThirdIsEmpty())[0]


def test_what_is_ordered_to_be_asked_for_later_is_ordered_each_time():
    config = {"provider": "monsterapi", "override_params": {"model": "txt2img"}}

    assert played(config, but_for_the_number)[0] == played(config, None)[0]


def test_there_is_room_for_so_many_answers_and_the_rest_are_made_each_time():
    made = []
    recall = Recall(OpenAI(), lambda request: request.body, room=2)

    def asked(prompt):
        body = b'{"model":"gpt-image-2","prompt":"%s"}' % prompt
        answer = recall.handle(replace(REQUEST, body=body), world(made.append))
        return answer.status, len(made)

    assert [asked(prompt) for prompt in (b"a", b"b", b"c")] == [(200, 1), (200, 2), (200, 3)]
    assert [asked(prompt) for prompt in (b"a", b"b", b"c")] == [(200, 3), (200, 3), (200, 4)]
