"""Arrival: the head of a request, read without doubt about what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.arrival import SINGLE, arrival_of
from router.gateway.refusal import Refusal
from router.testing import Scripted, simulate
from tests.gateway.drive import OPENAI, ask, opened

DOUBTED = [*sorted(SINGLE), "x-portkey-config", "x-portkey-api-key", "x-portkey-metadata"]


def arrived(*headers, path="/", query=b""):
    return arrival_of("GET", path, query, headers)


@given(st.text(min_size=1))
def test_utf8_reads_as_it_was_written(text):
    raw = text.encode("utf-8", "replace")

    assert arrived((b"x-a", raw)).headers["x-a"] == raw.decode()


@given(st.text(st.characters(max_codepoint=255), min_size=1))
def test_what_is_no_utf8_reads_as_latin_1(text):
    raw = text.encode("latin-1")
    try:
        expected = raw.decode()
    except UnicodeDecodeError:
        expected = text

    assert arrived((b"x-a", raw)).headers["x-a"] == expected


def test_names_are_read_in_lower_case():
    assert arrived((b"X-Portkey-Config", b"A")).headers == {"x-portkey-config": "A"}


@pytest.mark.parametrize("name", DOUBTED)
def test_what_is_said_twice_differently_is_refused(name):
    with pytest.raises(Refusal) as refused:
        arrived((name.encode(), b"1"), (name.upper().encode(), b"2"))

    assert refused.value.status == 400
    assert name in refused.value.message


@pytest.mark.parametrize("name", DOUBTED)
def test_what_is_said_twice_in_the_same_way_is_said_once(name):
    assert arrived((name.encode(), b"1"), (name.encode(), b"1")).headers == {name: "1"}


def test_other_headers_are_joined_as_http_joins_them():
    assert arrived((b"x-a", b"1"), (b"x-a", b"2")).headers == {"x-a": "1, 2"}


@pytest.mark.parametrize(
    "value", [b"multipart/form-data; boundary=x", b"Multipart/Form-Data", b" multipart/form-data "]
)
def test_the_type_of_a_body_is_read_without_its_parameters(value):
    assert arrived((b"content-type", value)).content_type == "multipart/form-data"


@given(st.binary(max_size=60))
def test_any_query_is_read(query):
    assert isinstance(arrived(query=query).query, dict)


@pytest.mark.parametrize("told", ["-1", "x", "1.5", "0x10", "1 2", "\u00b2"])
def test_a_length_that_is_no_number_is_refused(tmp_path, told):
    async def main():
        return await ask(opened(tmp_path), headers={**OPENAI, "content-length": told})

    seen = simulate(main)

    assert seen.status == 400
    assert "content-length" in seen.message


@pytest.mark.parametrize("told", ["101", "9" * 5000], ids=["one more", "very long"])
def test_a_length_beyond_the_limit_is_refused_by_the_head_alone(tmp_path, told):
    (tmp_path / "gateway.yaml").write_text("max_body: 100")

    async def main():
        headers = {**OPENAI, "content-length": told}
        return await ask(opened(tmp_path), headers=headers, body=[None])

    assert simulate(main).status == 413


def test_a_body_that_stops_coming_is_refused(tmp_path):
    async def main():
        pieces = [b'{"prompt": ', None]
        return await ask(opened(tmp_path), headers=OPENAI, body=pieces)

    seen = simulate(main)

    assert seen.status == 408
    assert seen.ended == 30.0


def test_who_sends_more_than_was_told_is_refused(tmp_path):
    (tmp_path / "gateway.yaml").write_text("max_body: 100")

    async def main():
        return await ask(opened(tmp_path), headers=OPENAI, body=[b"x" * 60, b"x" * 60])

    assert simulate(main).status == 413


def test_who_goes_within_its_body_has_bought_nothing(tmp_path):
    sender = Scripted(200)

    async def main():
        return await ask(opened(tmp_path, sender=sender), body=[b"{", None], leaves=3)

    seen = simulate(main)

    assert seen.status in {None, 400}
    assert sender.requests == []
