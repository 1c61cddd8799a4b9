import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.sandbox.fault import Fault, FaultKind
from router.sandbox.fault_script import FaultScriptError, parse_faults
from router.sandbox.faults import Faults


def one(script):
    (fault,) = parse_faults(script)
    return fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("503", Fault(kind=FaultKind.STATUS, status=503)),
        ("*: 503", Fault(kind=FaultKind.STATUS, status=503)),
        (
            "stability-ai: 503 x2",
            Fault(kind=FaultKind.STATUS, provider="stability-ai", status=503, times=2),
        ),
        (
            "openai: 429 retry_after=2 for 10s",
            Fault(kind=FaultKind.STATUS, provider="openai", status=429, retry_after=2, lasting=10),
        ),
        (
            "azure/my-deployment: 429 code=insufficient_quota",
            Fault(
                kind=FaultKind.STATUS,
                provider="azure-openai",
                model="my-deployment",
                status=429,
                code="insufficient_quota",
            ),
        ),
        ("openai: delay=3", Fault(kind=FaultKind.DELAY, provider="openai", delay=3)),
        ("openai: delay=500ms", Fault(kind=FaultKind.DELAY, provider="openai", delay=0.5)),
        ("p=0.2 reset", Fault(kind=FaultKind.RESET, probability=0.2)),
        ("cut after 1m for 2m", Fault(kind=FaultKind.CUT, after=60, lasting=120)),
        ("trickle=20", Fault(kind=FaultKind.TRICKLE, seconds=20)),
        ("refuse delay=1", Fault(kind=FaultKind.REFUSAL, delay=1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_statement_says_what_when_and_how_often(text, fault):
    assert one(text) == fault
    assert one(str(fault)) == fault


def test_statements_are_separated_by_semicolons_or_lines():
    assert len(parse_faults("openai: 503 x2; stability: cut\n\nazure: reset;")) == 3


@pytest.mark.parametrize(
    "script",
    [
        "stability-ai: 503 x2",
        {"stability-ai": "503 x2"},
        {"stability-ai": {"status": 503, "times": 2}},
        {"stability-ai": [{"status": 503, "times": 2}]},
        {"provider": "stability-ai", "status": 503, "times": 2},
        [{"provider": "stability", "status": "503", "times": 2}],
        ["stability: 503 x2"],
    ],
    ids=str,
)
def test_text_mappings_and_lists_say_the_same(script):
    fault = Fault(kind=FaultKind.STATUS, provider="stability-ai", status=503, times=2)

    assert one(script) == fault


def test_a_status_alone_is_enough_for_a_provider():
    assert one({"openai": 503}) == one("openai: 503")


@pytest.mark.parametrize("script", [None, "", " ; \n", [], {}], ids=repr)
def test_an_empty_script_has_no_faults(script):
    assert parse_faults(script) == ()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("opnai: 503", ["opnai", "did you mean 'openai'?"]),
        ("openai: resett", ["resett", "did you mean 'reset'?"]),
        ("openai: 503 retry=2", ["retry", "did you mean 'retry_after'?"]),
        ("openai: x2", ["says when but not what"]),
        ("openai: 200", ["status is '200'", "400 to 599"]),
        ("openai: 503 reset", ["has a status and 'reset'"]),
        ("openai: cut reset", ["one kind a fault"]),
        ("openai: 503 x0", ["times is '0'"]),
        ("openai: 503 p=2", ["p is '2'", "0 to 1"]),
        ("openai: 503 for soon", ["for is 'soon'", "duration"]),
        ("openai: delay=1.2.3", ["delay is '1.2.3'"]),
        ("openai: 503 after", ["after is ''"]),
        ({"openai": True}, ["expected text such as"]),
        (5, ["a fault script is 5"]),
        ({"provider": "openai", "kind": 5}, ["'5' is not known"]),
        ({"provider": "openai", "status": [503]}, ["expected a number"]),
        ({"provider": "openai", "status": 503, "model": 5}, ["expected text"]),
    ],
    ids=str,
)
def test_a_bad_script_says_where_what_and_what_to_write(script, words):
    with pytest.raises(FaultScriptError) as caught:
        parse_faults(script)

    for word in words:
        assert word in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["openai", "status", "kind", "p", "for"]) | st.text(), inner
            )
        ),
        max_leaves=6,
    )
)
def test_whatever_a_script_is_it_parses_or_says_why_not(script):
    try:
        faults = parse_faults(script)
    except FaultScriptError:
        return
    assert all(isinstance(fault, Fault) for fault in faults)


def strikes(script, count=6, provider="openai", model=None, seconds=0.0, seed=0):
    """Which of `count` requests are struck, one every `seconds`."""
    faults = Faults(parse_faults(script), seed)
    return [
        faults.strike(provider, model, serial, serial * seconds) is not None
        for serial in range(count)
    ]


def test_a_fault_strikes_the_first_requests_only():
    assert strikes("openai: 503 x2") == [True, True, False, False, False, False]


def test_a_fault_lasts_for_its_time():
    assert strikes("503 after 2s for 2s", seconds=1.0) == [False, False, True, True, False, False]


def test_a_fault_strikes_its_provider_and_model_only():
    assert any(strikes("openai/dall-e-2: 503", model="dall-e-2"))
    assert not any(strikes("openai/dall-e-2: 503", model="dall-e-3"))
    assert not any(strikes("openai/dall-e-2: 503", model="dall-e-2", provider="stability-ai"))


def test_the_first_fault_that_concerns_a_request_strikes_it():
    faults = Faults(parse_faults("openai: 503 x1; 429"))

    assert [faults.strike("openai", None, serial, 0).status for serial in range(3)] == [
        503,
        429,
        429,
    ]


def test_chance_is_the_seeds_and_nearly_what_was_asked():
    one, same, other = (strikes("p=0.2 503", 1000, seed=seed) for seed in (1, 1, 2))

    assert one == same != other
    assert 150 < sum(one) < 250


def test_times_count_the_strikes_not_the_requests():
    assert sum(strikes("p=0.2 503 x3", 100)) == 3
