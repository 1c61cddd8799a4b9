import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.providers.retry_after import NO_ADVICE, Advice, parse_date, read_advice

LATE = "Sun, 22 Nov 2026 12:00:30 GMT"
NOW = "Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "x-ms-retry-after-ms": "9", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": LATE, "date": NOW}, 30.0),
        ({"retry-after": NOW, "date": LATE}, 0.0),
    ],
)
def test_seconds_are_read_from_every_spelling(headers, seconds):
    assert read_advice(headers) == Advice(after=seconds)


def test_a_date_without_the_providers_clock_stays_a_date():
    assert read_advice({"retry-after": LATE}) == Advice(at=parse_date(LATE))
    assert parse_date(LATE) == 1795348830


@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "soon", "Sun, 99 Nov 2026 99:00:00 GMT"])
def test_what_is_no_time_is_no_advice(text):
    assert read_advice({"retry-after": text}) == NO_ADVICE


def test_a_date_without_a_zone_is_in_gmt():
    assert parse_date("Sun Nov 22 12:00:30 2026") == parse_date(LATE)


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_it(milliseconds, after, date):
    advice = read_advice({"retry-after-ms": milliseconds, "retry-after": after, "date": date})

    assert advice.after is None or advice.after >= 0
