import pytest

from router.core.outcome import Kind
from router.core.trace import Attempt, Decision, Trace

HOSTILE = '<script>alert(1)</script>"&\x1b[31m\nnext'


def trace_of(*attempts, decisions=()):
    trace = Trace("trace-1")
    for decision in decisions:
        trace.decide(decision)
    for attempt in attempts:
        trace.end(trace.begin(attempt), attempt)
    return trace


def busy(**changes):
    settled = {
        "path": "config.targets[0].targets[1]",
        "provider": "stability-ai",
        "model": "stable-image-core",
        "status": 503,
        "kind": Kind.OVERLOADED,
        "duration": 0.4,
    }
    return Attempt(**settled | changes)


def served(**changes):
    settled = {
        "path": "config.targets[1]",
        "provider": "openai",
        "model": "dall-e-2",
        "status": 200,
        "started": 0.4,
        "duration": 2.3,
    }
    return Attempt(**settled | changes)


def decision(**changes):
    settled = {
        "path": "config",
        "by": "fallback",
        "chosen": "config.targets[1]",
        "reason": "config.targets[0] answered 503 overloaded",
        "at": 0.4,
    }
    return Decision(**settled | changes)


def test_text_shows_the_route_and_marks_the_attempt_that_served():
    text = str(trace_of(busy(), served(), decisions=[decision()]))

    assert text == (
        "served by openai dall-e-2 at targets[1] after 2 attempts in 2.70 s\n"
        "\n"
        "  place                  provider      model              answer          time\n"
        "  targets[0].targets[1]  stability-ai  stable-image-core  503 overloaded  0.40 s\n"
        "> targets[1]             openai        dall-e-2           200             2.30 s\n"
        "\n"
        "  fallback  targets[1]: targets[0] answered 503 overloaded"
    )


def test_text_tells_waits_messages_adaptations_and_costs_under_their_attempt():
    retried = busy(started=1.4, waited=1.0, wait_reason="retry 1 of 2", message="too busy")
    answered = served(started=1.8, cost=0.02, adaptations=("style vivid dropped",))

    lines = str(trace_of(retried, answered)).splitlines()

    assert "    waited 1.00 s before: retry 1 of 2" in lines
    assert "    said: too busy" in lines
    assert "    adapted: style vivid dropped" in lines
    assert lines[-2].endswith("2.30 s  $0.020")


def test_text_fits_80_columns_and_keeps_a_long_model_whole_below():
    model = "stable-diffusion-xl-1024-v1-0"

    lines = str(trace_of(busy(model=model, cost=0.01, message="x" * 500))).splitlines()

    assert max(map(len, lines)) <= 80
    assert f"    model: {model}" in lines


@pytest.mark.parametrize("field", ["path", "provider", "model", "message", "wait_reason"])
def test_nothing_that_came_from_outside_is_obeyed(field):
    trace = trace_of(
        busy(**{"waited": 1.0, field: HOSTILE}),
        served(**{field: HOSTILE}),
        decisions=[decision(chosen=HOSTILE, reason=HOSTILE, by=HOSTILE)],
    )

    assert "\x1b" not in str(trace)
    assert "\nnext" not in str(trace)
    assert "<script>" not in trace._repr_html_()
    assert "\x1b" not in trace._repr_html_()


@pytest.mark.parametrize(
    ("trace", "headline"),
    [
        (trace_of(), "nobody was asked"),
        (trace_of(busy()), "no answer after 1 attempt: 503 overloaded"),
        (trace_of(busy(status=0, kind=None)), "no answer after 1 attempt: under way"),
        (
            trace_of(decisions=[decision(by="cache", chosen="hit", reason="asked before")]),
            "served from the cache: asked before",
        ),
        (trace_of(decisions=[decision(by="cache", chosen="miss")]), "nobody was asked"),
    ],
    ids=["nobody", "failed", "under way", "cache hit", "cache miss"],
)
def test_the_headline_says_who_gave_the_answer(trace, headline):
    assert str(trace).splitlines()[0] == headline
    assert headline in trace._repr_html_()


def test_html_draws_each_attempt_when_it_ran():
    trace = trace_of(
        busy(duration=1.0), served(started=3.0, duration=1.0, waited=2.0), decisions=[decision()]
    )

    drawn = trace._repr_html_()

    assert "left:0.0%;width:25.0%" in drawn
    assert "left:25.0%;width:50.0%" in drawn
    assert "left:75.0%;width:25.0%" in drawn
    assert drawn.count("&#10003;") == 1
    assert "4.00 s in all" in drawn


def test_every_call_of_a_split_request_is_marked():
    trace = trace_of(busy(), served(), served())

    assert trace._repr_html_().count("&#10003;") == 2


def test_a_trace_with_no_time_in_it_is_drawn():
    assert "width:0.0%" in trace_of(served(started=0.0, duration=0.0))._repr_html_()
