import json
from dataclasses import replace

import pytest

from router.core.adapter import Becomes
from router.core.outcome import Kind
from router.testing import Scripted
from tests.toys import CAT, Toy, compiled, fallback, run, target

SIZES = {"512x512": Becomes({"ratio": "1:1"}, "size 512x512 -> ratio 1:1", exact=True)}


def size(value, params):
    if value == "auto":
        return None
    return SIZES.get(value) or Becomes({"ratio": "16:9"}, f"size {value} -> ratio 16:9")


def style(value, params):
    return Becomes({}, f"style {value} dropped")


TOY = Toy(
    "a", rule_by_name={"size": size, "style": style}, unknown_names=frozenset({"mood", "pace"})
)


def sent(params, mode="adapt", **more):
    """Return what was sent and what the trace says of it."""
    sender = Scripted(200)
    node = compiled(target(on_unsupported=mode, **more), adapters={"a": TOY})
    request = CAT.with_params({"prompt": "a cat", **params})
    result = run(node, sender=sender, request=request)
    body = json.loads(sender.requests[0].body)
    del body["prompt"]
    return body, result.attempts[0].adaptations


def outcome(params, mode):
    node = compiled(target(on_unsupported=mode), adapters={"a": TOY})
    result = run(node, request=CAT.with_params({"prompt": "a cat", **params}))
    assert result.attempts == ()
    return result.outcome


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
def test_what_the_provider_understands_is_sent_as_it_is(mode):
    assert sent({"size": "auto", "n": 2}, mode) == ({"size": "auto", "n": 2}, ())


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
def test_what_is_only_said_in_other_words_is_neither_reported_nor_refused(mode):
    assert sent({"size": "512x512"}, mode) == ({"ratio": "1:1"}, ())


def test_what_it_cannot_express_becomes_the_nearest_and_is_reported():
    assert sent({"size": "1792x1024"}) == ({"ratio": "16:9"}, ("size 1792x1024 -> ratio 16:9",))


def test_what_it_cannot_express_at_all_is_dropped_and_reported():
    assert sent({"style": "vivid"}) == ({}, ("style vivid dropped",))


def test_what_it_does_not_know_is_dropped_and_reported():
    assert sent({"mood": "calm"}) == ({}, ("mood dropped (a does not know it)",))


def test_drop_drops_rather_than_takes_the_nearest():
    assert sent({"size": "1792x1024"}, "drop") == ({}, ("size 1792x1024 dropped",))
    assert sent({"style": "vivid"}, "drop") == ({}, ("style vivid dropped",))


def test_every_change_is_reported():
    _, notes = sent({"size": "1792x1024", "style": "vivid", "mood": "calm"})

    assert len(notes) == 3


@pytest.mark.parametrize(
    ("mode", "kind", "status"),
    [("skip", Kind.UNSUPPORTED, 501), ("error", Kind.BAD_REQUEST, 400)],
)
def test_an_unfit_target_is_skipped_or_an_error_before_anything_is_sent(mode, kind, status):
    failure = outcome({"size": "1792x1024", "mood": "calm"}, mode)

    assert (failure.kind, failure.status, failure.local) == (kind, status, True)
    assert failure.message == (
        "a cannot do this as asked: size 1792x1024 -> ratio 16:9, mood dropped (a does not know it)"
    )


def test_after_a_skipped_target_the_next_is_asked():
    node = compiled(fallback(target("a", on_unsupported="skip"), target("b")), adapters={"a": TOY})
    request = CAT.with_params({"prompt": "a cat", "style": "vivid"})

    assert run(node, 200, request=request).asked == ["b"]


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
def test_what_the_caller_sends_verbatim_is_touched_by_nobody(mode):
    sender = Scripted(200)
    request = replace(CAT, params={"mood": "calm", "size": "9x9"}, verbatim=frozenset({"mood"}))
    node = compiled(target(on_unsupported="adapt"), adapters={"a": TOY})

    run(node, sender=sender, request=request)

    assert json.loads(sender.requests[0].body) == {"mood": "calm", "ratio": "16:9"}


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
def test_a_passthrough_target_gets_everything_as_it_is(mode):
    params = {"size": "1792x1024", "style": "vivid", "mood": "calm"}

    assert sent(params, mode, passthrough=True) == (params, ())


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
def test_an_operation_the_provider_has_not_costs_nothing_and_the_next_is_asked(mode):
    toys = {"a": Toy("a", operations=frozenset({"generate"})), "b": Toy("b")}
    tree = fallback(target("a", on_unsupported=mode), target("b"))

    result = run(compiled(tree, adapters=toys), 200, request=replace(CAT, operation="edit"))

    assert [attempt.provider for attempt in result.attempts] == ["b"]
    assert "was not asked: a toy cannot" in result.trace.decisions[-1].reason
