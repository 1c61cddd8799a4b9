import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.data_url import data_url, decode_data_url


@given(st.binary(min_size=1))
def test_what_was_put_into_a_data_url_is_read_from_it(content):
    assert decode_data_url(data_url(content, "image/png")) == content


@pytest.mark.parametrize(
    "bad", ["żółw", "data:", "data:image/png,raw", "data:x;base64,!!", "x", "data:x;base64,"]
)
def test_a_broken_data_url_holds_nothing(bad):
    assert decode_data_url(bad) is None


@given(st.text())
def test_any_data_url_is_read_without_an_error(text):
    held = decode_data_url(f"data:image/png;base64,{text}")

    assert held is None or len(held) <= len(text) // 4 * 3
