import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.images import Picture, Pictures
from router.core.openai_shape import encode_answer, parse_answer

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
EXTRAS = st.dictionaries(st.text(max_size=9), SCALARS, max_size=3)
RESERVED = {"b64_json", "url", "revised_prompt", "created", "data"}


def free(mapping):
    return {key: value for key, value in mapping.items() if key not in RESERVED}


PICTURES = st.builds(
    lambda b64, url, revised, extras: Picture(
        b64=None if b64 is None else memoryview(base64.b64encode(b64)),
        url=url,
        revised_prompt=revised,
        extras=free(extras),
    ),
    st.none() | st.binary(max_size=900),
    st.none() | st.text(max_size=20),
    st.none() | st.text(max_size=20),
    EXTRAS,
)
ANSWERS = st.builds(
    lambda created, data, fields: Pictures(created=created, data=tuple(data), fields=free(fields)),
    st.integers(0, 2**40),
    st.lists(PICTURES, max_size=4),
    EXTRAS,
)


@given(ANSWERS)
def test_an_answer_that_is_written_reads_the_same(answer):
    read = parse_answer(encode_answer(answer))

    assert (read.created, dict(read.fields)) == (answer.created, dict(answer.fields))
    assert read.data == answer.data


@given(ANSWERS)
def test_an_answer_that_is_written_is_json_in_openais_shape(answer):
    said = json.loads(encode_answer(answer))

    assert said["created"] == answer.created
    assert [item.get("url") for item in said["data"]] == [p.url for p in answer.data]
    assert [item.get("b64_json", "") for item in said["data"]] == [
        bytes(p.b64 or b"").decode() for p in answer.data
    ]


def test_an_answer_that_came_in_the_shape_leaves_as_the_bytes_that_came():
    body = b'{"created":1,  "data":[{"url":"https://x"}],"x":1e2}'

    assert encode_answer(parse_answer(body)) is body


def test_the_other_fields_are_kept():
    answer = parse_answer(b'{"created":5,"data":[{"url":"u","seed":7}],"usage":{"t":1},"size":"s"}')

    assert answer.fields == {"usage": {"t": 1}, "size": "s"}
    assert answer.data[0].extras == {"seed": 7}


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("5", 5),
        ("5.9", 5),
        ("null", 0),
        ('"soon"', 0),
        ("1e999", 0),
        ("NaN", 0),
        ("1" * 400, int("1" * 400)),
    ],
)
def test_an_odd_date_is_no_date(created, expected):
    assert parse_answer(b'{"created":%s,"data":[]}' % created.encode()).created == expected


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b'"x"', b"{}", b'{"data":"x"}', b'{"data":{}}', b'{"data":[1]}', b"<html>"],
)
def test_another_shape_is_a_value_error(body):
    with pytest.raises(ValueError):  # noqa: PT011  json's own words for the last one
        parse_answer(body)


def test_a_url_or_prompt_that_is_no_text_is_none():
    (picture,) = parse_answer(b'{"data":[{"url":5,"revised_prompt":[],"b64_json":null}]}').data

    assert (picture.url, picture.revised_prompt, picture.b64) == (None, None, None)
