"""What holds for a generation holds for an edit and a variation, from the caller to the wire."""

import io
import json

import pytest
from beginnings import BLUE, MASK, RED, SIZE, inside
from speakers import Recorder, asked, sketch

from router import AsyncRouter, RoutingError
from router.core.http import HttpResponse
from router.core.outcome import Kind
from router.testing import Scripted, picture_answer, simulate
from tests.originals.pictures import drawn, masking, noise

GPT = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}
OLD = {"provider": "openai", "override_params": {"model": "dall-e-2"}}
OLD_ENGINE = "stable-diffusion-xl-1024-v1-0"
STABLE = {"provider": "stability-ai", "override_params": {"model": "sd3.5-large"}}


def visit(config, *calls, faults=None, sender=None, **keywords):
    """Make some calls, (method, parameters), one after the other; return what came and the sender.

    A failure is returned, not raised.
    """
    sender = sender or Recorder(draw=sketch, faults=faults)

    async def main():
        came = []
        options = {"sandbox": True, "environment": {}, "sender": sender, **keywords}
        async with AsyncRouter(config, **options) as router:
            for to, params in calls:
                try:
                    came.append(await asked(router.images, to, **params))
                except RoutingError as error:
                    came.append(error)
        return came

    return simulate(main), sender


def fields(sent):
    """The texts of a form, or of JSON, that was sent."""
    _, body, parts = sent
    if not parts:
        return json.loads(body)
    return {name: content.decode() for name, filename, content in parts if filename is None}


def files(sent):
    return [(name, content) for name, filename, content in sent[2] if filename is not None]


# Conditions, overrides, cache


def routed(query, call):
    """Return the name of the target that a condition chose."""
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": "chosen"}],
            "default": "other",
        },
        "targets": [{"name": "other", **OLD}, {"name": "chosen", **GPT}],
    }
    (answer,), _ = visit(config, call)
    return answer.trace.decisions[0].chosen


PATH_OF = {"generate": "generations", "edit": "edits", "variation": "variations"}
CALLS = {
    "generate": ("generate", {"size": "1024x1024", "model": "mine"}),
    "edit": ("edit", {"image": RED, "size": "1024x1024", "model": "mine"}),
    "variation": ("variation", {"image": RED, "size": "1024x1024", "model": "mine"}),
}


@pytest.mark.parametrize("to", CALLS)
@pytest.mark.parametrize("path", PATH_OF)
def test_a_condition_sees_what_is_asked_for(to, path):
    query = {"url.pathname": f"/v1/images/{PATH_OF[path]}"}

    assert (routed(query, CALLS[to]) == "config.targets[1]") is (to == path)


@pytest.mark.parametrize("to", CALLS)
def test_a_condition_sees_the_fields_of_a_form_as_those_of_json(to):
    matching = {"params.size": "1024x1024", "params.model": {"$regex": "^mi"}}
    words = {} if to == "variation" else {"params.prompt": {"$regex": "kite"}}

    assert routed({**matching, **words}, CALLS[to]) == "config.targets[1]"
    assert routed({**matching, "params.size": "512x512"}, CALLS[to]) == "config.targets[0]"


def test_defaults_overrides_and_drops_reach_the_form():
    config = {
        "provider": "openai",
        "default_params": {"quality": "low", "user": "nobody"},
        "override_params": {"model": "gpt-image-2", "size": "1536x1024"},
        "drop_params": ["background"],
    }
    call = ("edit", {"image": RED, "size": "auto", "background": "opaque", "user": "ann"})
    _, sender = visit(config, call)

    assert fields(sender.sent[0]) == {
        "prompt": "a red kite",
        "model": "gpt-image-2",
        "quality": "low",
        "size": "1536x1024",
        "user": "ann",
    }


def test_the_cache_knows_an_edit_by_its_pictures_and_not_by_how_they_were_given():
    same = [{"image": RED}, {"image": ("cat.png", RED)}, {"image": io.BytesIO(RED)}]
    others = [{"image": BLUE}, {"image": [RED, BLUE]}, {"image": RED, "mask": MASK}]
    calls = [("edit", params) for params in (*same, *others)]
    answers, sender = visit({**GPT, "cache": {"mode": "simple"}}, *calls)

    assert [answer.cost == 0 for answer in answers] == [False, True, True, False, False, False]
    assert len(sender.sent) == 4


def test_the_cache_tells_an_edit_from_a_variation_and_a_generation():
    calls = [("variation", {"image": RED}), ("edit", {"image": RED}), ("generate", {})]
    answers, sender = visit({**OLD, "cache": {"mode": "simple"}}, *calls, *calls)

    assert [answer.cost == 0 for answer in answers] == [False] * 3 + [True] * 3
    assert len(sender.sent) == 3


# Files


class OneWay:
    """A stream that cannot go back."""

    def __init__(self, content):
        self._stream = io.BytesIO(content)

    def read(self, size):
        return self._stream.read(size)

    def is_at_its_end(self):
        return not self._stream.read(1)


def test_a_stream_is_read_once_and_sent_as_often_as_it_takes():
    content = noise(5)  # megabytes: it goes to disk
    stream = OneWay(content)
    targets = [{**GPT, "retry": {"attempts": 1}}, {**GPT, "api_key": "sk-second"}]
    config = {"strategy": {"mode": "fallback"}, "targets": targets}
    (answer,), sender = visit(config, ("edit", {"image": stream, "n": 11}), faults="*: 503 x4")

    assert (len(answer), answer.trace.served.path) == (11, "config.targets[1]")
    assert stream.is_at_its_end()
    assert [files(sent) for sent in sender.sent] == [[("image", content)]] * 6


def test_pictures_of_an_answer_are_the_next_requests_pictures():
    (first,), _ = visit(GPT, ("generate", {}))
    (_, sent) = visit(GPT, ("edit", {"image": list(first)}))

    assert files(sent.sent[0]) == [("image", first.data[0].bytes())]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "image is missing"),
        ({"image": b"no picture"}, "image is no picture"),
        ({"image": b""}, "image is empty"),
        ({"image": [RED] * 17}, "image has 17 files"),
        ({"image": RED, "images": [{"file_id": "f"}]}, "expected one form"),
        ({"image": RED, "mask": masking((512, 512))}, "mask is 512x512 and the first image"),
        ({"image": RED, "mask": drawn(size=SIZE)}, "mask has no transparency"),
        ({"image": RED, "mask": drawn("jpeg", SIZE)}, "mask is jpeg"),
        ({"image": RED, "mask": MASK, "markup": MASK}, "markup and mask are both given"),
        ({"images": [{"image_url": "ftp://a.test/b.png"}]}, "is no URL"),
        (
            {"images": [inside(RED)], "mask": inside(masking((512, 512)))},
            "mask is 512x512 and the first image",
        ),
    ],
)
def test_what_is_no_edit_is_told_before_anything_is_sent(params, message):
    config = {"strategy": {"mode": "fallback"}, "targets": [GPT, STABLE]}
    (error,), sender = visit(config, ("edit", params))

    assert (error.kind, error.status_code, error.failure.local) == (Kind.BAD_REQUEST, 400, True)
    assert message in str(error)
    assert (list(sender.requests), error.trace.attempts) == ([], ())


# Too few pictures


def partly(count):
    """Answer with so many pictures, whatever was asked."""
    return HttpResponse(status=200, body=picture_answer(count).body)


TOPPING = {
    "strategy": {"mode": "fallback", "top_up": True},
    "targets": [{**GPT, "api_key": "sk-a"}, {**GPT, "api_key": "sk-b"}],
}


def topped(*steps):
    (came,), sender = visit(
        TOPPING, ("edit", {"image": RED, "n": 4}), sender=Scripted(*steps), sandbox=False
    )
    asked_for = [
        part.read() for request in sender.requests for part in request.parts if part.name == "n"
    ]
    return came, asked_for


def test_an_edit_is_topped_up_by_the_next_target():
    answer, asked_for = topped(partly(3), partly(1))

    assert (len(answer), asked_for) == (4, [b"4", b"1"])


def test_an_edit_that_nobody_tops_up_says_how_many_came_and_carries_them():
    error, _ = topped(partly(3), 503)

    assert "3 of 4 pictures came" in str(error)
    assert len(error.pictures) == 3


@pytest.mark.parametrize("to", ["generate", "edit"])
def test_a_picture_that_was_refused_is_asked_of_nobody_else(to):
    strategy = {"mode": "fallback", "top_up": True, "on_refusal": "fallback"}
    config = {"strategy": strategy, "targets": [STABLE, GPT]}
    params = {"n": 3, **({"image": RED} if to == "edit" else {})}
    (error,), _ = visit(config, (to, params), faults="stability-ai: refusal x1")

    assert (error.kind, len(error.pictures)) == (Kind.REFUSED, 2)
    assert {attempt.path for attempt in error.trace.attempts} == {"config.targets[0]"}


# Money


def test_an_edit_costs_what_its_pictures_and_words_do():
    (answer,), _ = visit(GPT, ("edit", {"image": RED, "quality": "low"}))

    usage = answer.usage
    given = usage.details["input_tokens_details"]
    words, pictures = given["text_tokens"] * 5e-6, given["image_tokens"] * 8e-6
    assert answer.cost == pytest.approx(words + pictures + usage.output_tokens * 3e-5)
    assert pictures > 0


def test_an_edit_is_paid_at_the_price_of_what_makes_it():
    calls = [("edit", {"image": RED, "mask": MASK}), ("edit", {"image": RED}), ("generate", {})]
    answers, _ = visit(STABLE, *calls)

    assert [answer.cost for answer in answers] == [0.05, 0.065, 0.065]


def test_given_pictures_count_before_the_call():
    dear = {**GPT, "budget": {"max_cost": 0.1}}
    few, many = ({"image": [RED] * count, "quality": "low"} for count in (1, 16))
    (answer, error), sender = visit(dear, ("edit", few), ("edit", many))

    assert answer.cost < 0.1
    assert (error.kind, error.status_code, len(sender.sent)) == (Kind.OUT_OF_BUDGET, 402, 1)


def test_an_edit_that_was_billed_and_came_to_nothing_is_counted():
    config = {"strategy": {"mode": "fallback"}, "targets": [GPT, {**STABLE, "api_key": "sk-b"}]}
    (answer,), _ = visit(config, ("edit", {"image": RED}), faults="*: truncated x1")

    first, second = answer.trace.attempts
    assert (first.ok, first.billed, second.cost) == (False, True, 0.065)
    assert answer.cost == pytest.approx(first.cost + 0.065)
    assert first.cost > 0


# What is done here


def test_an_edit_is_kept_where_the_caller_wants_it(tmp_path):
    call = ("edit", {"image": RED, "response_format": "url", "output_format": "webp"})
    (answer,), _ = visit({**GPT}, call, artefacts=tmp_path)

    (kept,) = tmp_path.iterdir()
    assert (answer.data[0].url, kept.suffix) == (kept.as_uri(), ".webp")


@pytest.mark.parametrize(("to", "served"), [("edit", 1), ("generate", 1), ("variation", None)])
def test_without_pillow_whoever_gives_the_format_is_asked(to, served, monkeypatch):
    monkeypatch.setattr("router.artefacts.convert.find_spec", lambda name: None)
    plain = {"provider": "stability-ai", "override_params": {"model": OLD_ENGINE}}
    config = {"strategy": {"mode": "fallback"}, "targets": [plain, GPT]}
    params = {"output_format": "webp", **({} if to == "generate" else {"image": RED})}
    (came,), _ = visit(config, (to, params))

    told = came.trace.decisions[0].reason
    assert "was not asked: stability-ai cannot give output_format webp" in told
    assert "pip install 'pixroute[convert]'" in told
    if served is None:
        assert came.kind is Kind.UNSUPPORTED
    else:
        assert came.data[0].media.format == "webp"
        assert came.trace.served.path == f"config.targets[{served}]"
