import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.skeleton import MARK, SHORT, SMALL, as_object, dissect

PAD = " " * SMALL  # whitespace in front of a body, so that it is not too small to be cut up
KEYS = st.sampled_from(["b64_json", "prompt", "data", 'x"b64_json', "b64_json\\", "url"])
LONG = st.binary(min_size=SHORT, max_size=SHORT + 40).map(
    lambda data: base64.b64encode(data).decode()
)
STRINGS = LONG | st.text(max_size=20) | st.sampled_from(["b64_json", '"b64_json":"', "\\", '"'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def whole(skeleton):
    """Put the pictures back where they were."""

    def put_back(value):
        if isinstance(value, str) and value.startswith(MARK):
            return bytes(skeleton.picture(value)).decode()
        if isinstance(value, list):
            return [put_back(item) for item in value]
        if isinstance(value, dict):
            return {key: put_back(item) for key, item in value.items()}
        return value

    return put_back(skeleton.rest)


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
@example({"b64_json": "A" * SHORT}, True, None)
@example({"b64_json": "A" * (SHORT - 1)}, True, None)
@example({'x"b64_json': "A" * SHORT}, True, None)
@example({"b64_json": "/" * SHORT + '"'}, True, None)
@example({"b64_json": {"b64_json": "A" * SHORT}}, True, 1)
def test_it_says_the_same_as_the_json(value, is_ascii, indent):
    text = PAD + json.dumps(value, ensure_ascii=is_ascii, indent=indent)

    assert whole(dissect(text.encode())) == json.loads(text)


@given(VALUES)
def test_a_small_body_is_parsed_whole(value):
    body = json.dumps(value).encode()

    if len(body) < SMALL:
        assert dissect(body).rest == json.loads(body)


PICTURE = "iVBORw0KGgo" + "A" * SMALL


@pytest.mark.parametrize(
    "body",
    [
        '{"data":[{"b64_json":"%s"}]}',
        '{ "data" : [ { "b64_json" : "%s" } ] }',
        '{"data":[{"b64_json"\r\n\t:\n "%s"}]}',
        '{"prompt":"say \\"b64_json\\": \\"x\\"","data":[{"b64_json":"%s"}]}',
        '{"note":"b64_json","data":[{"b64_json":"%s","b64_json_url":null}]}',
    ],
    ids=["compact", "spaced", "broken lines", "in a prompt", "as a value"],
)
def test_a_picture_is_cut_out_and_not_copied(body):
    raw = (body % PICTURE).encode()

    skeleton = dissect(raw)

    (picture,) = skeleton.pictures
    assert picture.obj is raw
    assert bytes(picture) == PICTURE.encode()
    assert len(json.dumps(skeleton.rest)) < 200


def test_pictures_keep_their_order():
    raw = json.dumps({"data": [{"b64_json": letter * SMALL} for letter in "ABC"]}).encode()

    skeleton = dissect(raw)

    items = skeleton.rest["data"]
    assert [bytes(skeleton.picture(item["b64_json"]))[:1] for item in items] == [b"A", b"B", b"C"]


def test_an_escape_inside_a_picture_falls_back_to_parsing_all():
    raw = json.dumps({"b64_json": PICTURE + "/x"}).replace("/", "\\/").encode()

    skeleton = dissect(raw)

    assert skeleton.pictures == ()
    assert bytes(skeleton.picture(skeleton.rest["b64_json"])).decode() == PICTURE + "/x"


@pytest.mark.parametrize("value", [None, 1, True, [], {}])
def test_what_is_no_string_is_no_picture(value):
    assert dissect(b"{}").picture(value) is None


def test_a_forged_mark_is_no_picture_of_somebody_else():
    skeleton = dissect(json.dumps({"b64_json": f"{MARK}7", "n": "x"}).encode())

    with pytest.raises(ValueError, match="there is no picture 7"):
        skeleton.picture(skeleton.rest["b64_json"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"b64_json":"',
        b'{"b64_json":"' + b"A" * SMALL,
        b'{"b64_json":"' + b"A" * SMALL + b'"',
        b'{"b64_json":"' + b"A" * SMALL + b'"}}',
        b"\xff\xfe" + b" " * SMALL,
    ],
    ids=range(8),
)
def test_what_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError):  # noqa: PT011  json's own words
        dissect(body)


def test_another_key_may_hold_the_pictures():
    raw = json.dumps({"image": PICTURE, "b64_json": PICTURE}).encode()

    skeleton = dissect(raw, "image")

    assert len(skeleton.pictures) == 1
    assert skeleton.rest["b64_json"] == PICTURE


def test_what_is_no_object_reads_as_an_empty_one():
    assert as_object([1]) == {}
    assert as_object({"a": 1}) == {"a": 1}
