import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from router.core.http import HttpResponse
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Kind
from router.core.wholeness import find_fault
from router.policies.verify import check_pictures
from tests.toys import compiled, retry, run, target

ONE = ImageRequest(params={"prompt": "a cat"})
FORMATS = ["png", "jpeg", "webp", "gif"]


def drawn(form, size=(8, 8), mode="RGB", **options):
    """Draw a picture as Pillow writes it."""
    out = io.BytesIO()
    image = Image.effect_noise(size, 90).convert(mode)
    image.save(out, form, **options)
    return out.getvalue()


def picture(data):
    return Picture(b64=memoryview(base64.b64encode(data)))


def fault(data, claimed=None):
    return find_fault(picture(data), claimed)


SAMPLES = {form: drawn(form, (64, 48)) for form in FORMATS}


@given(
    st.sampled_from(FORMATS),
    st.integers(1, 300),
    st.integers(1, 300),
    st.sampled_from(["L", "RGB"]),
)
def test_every_picture_that_pillow_writes_passes(form, width, height, mode):
    assert fault(drawn(form, (width, height), mode)) is None


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("png", {"mode": "RGBA"}),
        ("png", {"mode": "P"}),
        ("png", {"mode": "1"}),
        ("png", {"compress_level": 0}),
        ("jpeg", {"progressive": True}),
        ("jpeg", {"quality": 1}),
        ("jpeg", {"exif": b"Exif\0\0" + b"x" * 500}),
        ("jpeg", {"mode": "CMYK"}),
        ("webp", {"lossless": True}),
        ("webp", {"mode": "RGBA", "lossless": True}),
        ("webp", {"exif": b"Exif\0\0" + b"x" * 501}),
        ("gif", {"mode": "P"}),
    ],
    ids=str,
)
def test_every_flavour_of_a_format_passes(form, options):
    assert fault(drawn(form, (31, 17), **options)) is None


@given(st.sampled_from(["png", "jpeg", "webp"]), st.integers(1, 4000))
def test_a_picture_that_is_cut_off_is_found_out(form, missing):
    data = SAMPLES[form]
    kept = data[: max(40, len(data) - missing)]

    assert fault(kept) == "it is cut off"


def test_a_gif_without_its_trailer_is_cut_off():
    assert fault(SAMPLES["gif"][:-1]) == "it is cut off"


def test_a_jpeg_that_is_padded_behind_its_end_passes():
    assert fault(SAMPLES["jpeg"] + b"\0" * 16) is None


@pytest.mark.parametrize("claimed", FORMATS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_of_another_type_than_it_claims_is_found_out(form, claimed):
    expected = None if form == claimed else f"it claims to be {claimed} and is {form}"

    assert fault(SAMPLES[form], claimed) == expected


@pytest.mark.parametrize("claimed", [None, "jpg", "avif", 7, ["png"]])
def test_a_claim_that_cannot_be_checked_is_no_fault(claimed):
    assert fault(SAMPLES["jpeg"], claimed) is None


@pytest.mark.parametrize(
    "text",
    [b"internal error", b'{"error": "too many requests"}', b"<html>\r\n<body>no</body>\n", b"\t"],
)
def test_text_as_a_picture_is_found_out(text):
    assert fault(text) == "it is no picture"


@pytest.mark.parametrize("svg", [b"<svg xmlns='...'></svg>", b"<?xml version='1.0'?>\n<svg/>"])
def test_a_drawing_in_text_passes(svg):
    assert fault(svg) is None


def test_an_error_in_xml_is_no_drawing():
    assert fault(b"<?xml version='1.0'?><Error>AccessDenied</Error>") == "it is no picture"


@given(st.binary(max_size=64))
def test_an_unknown_binary_type_passes(data):
    assert fault(b"\x00" + data) is None


GOOD = base64.b64encode(SAMPLES["png"])


@pytest.mark.parametrize(
    "b64",
    [
        b"",
        GOOD[:-1],
        GOOD[:-3],
        GOOD + b"=",
        b"!" + GOOD[1:],
        GOOD[:-8] + b"!!!!" + GOOD[-4:],
        b"\n" + GOOD[1:],
        b"data:image/png;base64," + GOOD,
        b"====" + GOOD,
        "żółw".encode(),
    ],
    ids=["empty", "-1", "-3", "+1", "head", "tail", "newline", "data url", "padding", "unicode"],
)
def test_broken_base64_is_found_out(b64):
    assert find_fault(Picture(b64=memoryview(b64))) == "its base64 is broken"


def test_a_url_cannot_be_looked_at_and_passes():
    assert find_fault(Picture(url="https://example.com/cat.png")) is None


def test_a_picture_that_is_neither_here_nor_there_is_found_out():
    failure = check_pictures(ONE, Pictures(created=1, data=(Picture(),)))

    assert (failure.kind, failure.status, failure.billed) == (Kind.EMPTY, 502, None)
    assert failure.message == "picture 0: neither b64_json nor url is in it"


def test_an_answer_without_pictures_is_empty():
    failure = check_pictures(ONE, Pictures(created=1, data=()))

    assert (failure.kind, failure.status, failure.billed) == (Kind.EMPTY, 502, None)
    assert failure.message == "the answer has no picture in it"


def test_fewer_pictures_than_were_asked_for_are_a_failure_that_keeps_them():
    good = picture(SAMPLES["png"])

    failure = check_pictures(ONE.with_params({"n": 3}), Pictures(created=1, data=(good, good)))

    assert (failure.kind, failure.message) == (Kind.INVALID_OUTPUT, "2 of 3 pictures came")
    assert failure.pictures == (good, good)


def test_one_broken_picture_is_a_failure_that_keeps_the_others():
    good, broken = picture(SAMPLES["png"]), picture(SAMPLES["png"][:-20])

    failure = check_pictures(ONE.with_params({"n": 2}), Pictures(created=1, data=(good, broken)))

    assert (failure.kind, failure.message) == (Kind.INVALID_OUTPUT, "picture 1: it is cut off")
    assert failure.pictures == (good,)


@pytest.mark.parametrize("n", [1, 2])
def test_as_many_as_were_asked_for_or_more_are_no_failure(n):
    good = picture(SAMPLES["png"])

    assert check_pictures(ONE.with_params({"n": n}), Pictures(created=1, data=(good, good))) is None


def test_the_answers_own_word_is_the_claim():
    good = picture(SAMPLES["jpeg"])
    answer = Pictures(created=1, data=(good,), fields={"output_format": "png"})

    assert check_pictures(ONE, answer).message == "picture 0: it claims to be png and is jpeg"


def reply(*pictures, **fields):
    data = [{"b64_json": base64.b64encode(data).decode()} for data in pictures]
    body = {"created": 1, "data": data, **fields}
    return HttpResponse(status=200, body=json.dumps(body).encode())


def test_a_broken_picture_is_a_failed_attempt_in_the_trace():
    result = run(compiled(target()), reply(SAMPLES["webp"][:-20]))

    (attempt,) = result.attempts
    assert (attempt.status, attempt.kind, attempt.billed) == (502, Kind.INVALID_OUTPUT, None)


def test_a_picture_is_checked_before_a_retry_decides():
    node = compiled(target(retry=retry(1, kinds=frozenset({Kind.INVALID_OUTPUT}))))

    result = run(node, reply(SAMPLES["png"][:-20]), reply(SAMPLES["png"]))

    assert result.statuses == [502, 200]


def test_the_bytes_that_were_checked_are_the_bytes_that_came():
    result = run(compiled(target()), reply(SAMPLES["gif"]))

    (came,) = result.outcome.pictures.data
    assert base64.b64decode(came.b64) == SAMPLES["gif"]
    assert (came.media.format, came.media.width, came.media.height) == ("gif", 64, 48)


@pytest.mark.parametrize(
    "url",
    [
        "data:text/plain;base64,aGVsbG8=",
        "data:image/png;base64,",
        "data:image/png;base64,!!!",
        "data:image/png,%89PNG",
        "data:image/png;base64," + base64.b64encode(SAMPLES["png"][:90]).decode(),
    ],
    ids=["text", "empty", "broken", "no base64", "cut"],
)
def test_a_url_that_holds_no_whole_picture_is_no_picture(url):
    failure = check_pictures(ONE, Pictures(created=1, data=(Picture(url=url),)))

    assert failure.kind is Kind.INVALID_OUTPUT


def test_a_url_that_holds_a_whole_picture_is_one():
    url = "data:image/png;base64," + base64.b64encode(SAMPLES["png"]).decode()

    assert check_pictures(ONE, Pictures(created=1, data=(Picture(url=url),))) is None
