"""Bodies: JSON and forms read the same, however they come."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.images import PARAMETERS
from router.gateway import bodies
from router.gateway.bodies import LONGEST_TEXT, MOST_PARTS, form_body, json_body
from router.gateway.refusal import Refusal
from router.originals.spool import IN_MEMORY
from router.originals.uploads import LARGEST_FILE, MOST_FILES
from router.testing import Scripted, simulate
from tests.gateway.drive import OPENAI, ask, opened
from tests.originals.pictures import PNG, drawn

BOUNDARY = "------------pixroute7d8"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
OTHER = drawn(colour=200)


def text(name, value):
    head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value.encode() + b"\r\n"


def file(name, content=PNG, filename="a.png"):
    head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    return head.encode() + b"Content-Type: image/png\r\n\r\n" + content + b"\r\n"


def form(*parts, end=True):
    delimiter = f"--{BOUNDARY}\r\n".encode()
    last = f"--{BOUNDARY}--\r\n".encode() if end else b""
    return b"".join(delimiter + part for part in parts) + last


def read(*pieces, kind=KIND):
    async def chunks():
        for piece in pieces:
            yield piece

    async def main():
        return await form_body(kind, chunks())

    return simulate(main)


def facts(body):
    """Return what a body says, its files by their digests."""
    files = {
        name: [one.digest for one in (some if isinstance(some, list) else [some])]
        for name, some in body.files.items()
    }
    return dict(body.params), files, body.size


def refused(*pieces, kind=KIND):
    with pytest.raises(Refusal) as error:
        read(*pieces, kind=kind)
    return error.value


PROMPT = text("prompt", "a kite: ünïcödé")
WHOLE = form(file("image[]"), PROMPT, text("n", "2"), file("image[]", OTHER), file("mask"))


@given(st.lists(st.integers(0, len(WHOLE)), max_size=12).map(sorted))
def test_a_form_reads_the_same_wherever_it_is_split(cuts):
    edges = [0, *cuts, len(WHOLE)]
    pieces = [WHOLE[a:b] for a, b in pairwise(edges)]

    assert facts(read(*pieces)) == facts(read(WHOLE))


def test_a_form_reads_the_same_byte_by_byte():
    assert facts(read(*(bytes([one]) for one in WHOLE))) == facts(read(WHOLE))


@pytest.mark.parametrize(
    "parts",
    [
        [file("image"), PROMPT],
        [PROMPT, file("image")],
        [file("image[]"), PROMPT],
        [PROMPT, file("image[]")],
    ],
    ids=["file first", "file last", "[] first", "[] last"],
)
def test_a_file_is_the_same_first_or_last_alone_or_in_a_list(parts):
    params, files, _ = facts(read(form(*parts)))

    assert params == {"prompt": "a kite: ünïcödé"}
    assert files == facts(read(form(file("image"))))[1]


def test_several_pictures_keep_their_order():
    _, files, _ = facts(read(form(file("image[]"), PROMPT, file("image[]", OTHER))))

    one, other = (facts(read(form(file("image", each))))[1]["image"][0] for each in (PNG, OTHER))
    assert files == {"image": [one, other]}


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("n", "2", 2),
        ("n", " 2 ", 2),
        ("n", "two", "two"),
        ("n", "", ""),
        ("seed", "-7", -7),
        ("n", "9" * 30, "9" * 30),
        ("stream", "true", True),
        ("stream", "False", False),
        ("stream", "maybe", "maybe"),
        ("size", "1024", "1024"),
        ("quality", "true", "true"),
        ("prompt", "1", "1"),
    ],
    ids=str,
)
def test_texts_are_what_json_would_say(name, written, expected):
    assert read(form(text(name, written))).params == {name: expected}


def test_every_parameter_that_is_no_text_is_known_to_be_none():
    assert bodies.NUMBERS | bodies.FLAGS <= PARAMETERS


@pytest.mark.parametrize("at", [1, len(WHOLE) // 3, len(WHOLE) // 2, len(WHOLE) - 40])
def test_a_form_that_is_cut_off_is_refused(at):
    assert refused(WHOLE[:at]).status == 400


@given(st.integers(0, len(WHOLE) - 5))
def test_a_form_is_never_taken_for_whole_that_is_not(at):
    assert refused(WHOLE[:at]).status == 400


def test_an_upload_that_is_cut_off_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    refused(form(file("image", PNG + b"x" * (IN_MEMORY + 1)), end=False)[:-40])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "x" * 500,
        "multipart/form-data; boundary=€",
        "multipart/form-data; boundary*=utf-8''%e2%82%ac",
        "multipart/form-data; =x",
    ],
    ids=lambda kind: kind[:50],
)
def test_a_form_without_a_boundary_that_can_be_used_is_refused(kind):
    assert refused(WHOLE, kind=kind).status == 400


def test_a_form_whose_boundary_is_another_is_refused():
    assert refused(WHOLE, kind="multipart/form-data; boundary=other").status == 400


@pytest.mark.parametrize(
    ("parts", "status", "word"),
    [
        ([text("prompt", "x" * (LONGEST_TEXT + 1))], 413, "prompt"),
        ([text("a", "x")] * (MOST_PARTS + 1), 400, "parts"),
        ([file("image[]")] * (MOST_FILES + 4), 400, "pictures"),
        ([file("mask")] * 2, 400, "mask"),
        ([file("picture")], 400, "picture"),
        ([text("", "x")], 400, "name"),
        ([b"X-Other: 1\r\n\r\nx\r\n"], 400, "name"),
    ],
    ids=lambda one: None if isinstance(one, list) else str(one),
)
def test_a_form_that_has_too_much_or_too_little_is_refused(parts, status, word):
    refusal = refused(form(*parts))

    assert refusal.status == status
    assert word in refusal.message


def test_a_file_beyond_the_limit_is_refused():
    piece = b"x" * (8 * 1024 * 1024)
    head = form(file("image", b""), end=False)[:-2]

    assert refused(head, *[piece] * (LARGEST_FILE // len(piece) + 1)).status == 413


def status_of(work, *args):
    try:
        work(*args)
    except Refusal as refusal:
        return refusal.status
    return 200


@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_refused(content):
    assert status_of(read, content) in {200, 400}


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)))
def test_any_damage_is_read_or_refused(noise, at):
    damaged = WHOLE[:at] + noise + WHOLE[at + len(noise) :]

    assert status_of(lambda: read(damaged).files) in {200, 400, 413}


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False),
        max_size=5,
    )
)
def test_a_json_object_is_read_as_it_is(value):
    assert json_body(json.dumps(value).encode()).params == value


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"1", b'"x"', b"null", b"\xff", b'{"a": NaN}', b"{'a': 1}", b"[" * 5000],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_json_object_is_refused(content):
    with pytest.raises(Refusal) as error:
        json_body(content)

    assert error.value.status == 400


@given(st.binary(max_size=80))
def test_any_bytes_are_json_or_refused(content):
    assert status_of(json_body, content) in {200, 400}


@pytest.mark.parametrize("depth", [100, 900, 960, 1000, 5000])
def test_a_body_that_is_nested_deeply_is_answered(tmp_path, depth):
    content = b'{"prompt": "x", "more": ' + b"[" * depth + b"]" * depth + b"}"

    async def main():
        return await ask(opened(tmp_path), headers=OPENAI, body=content)

    assert simulate(main).status in {200, 400, 502}


@pytest.mark.parametrize(
    "parts", [[file("image"), PROMPT], [PROMPT, file("image[]")]], ids=["a", "b"]
)
def test_an_edit_in_a_form_reaches_the_provider(tmp_path, parts):
    sender = Scripted(200)

    async def main():
        gateway = opened(tmp_path, sender=sender)
        headers = {**OPENAI, "content-type": KIND}
        body = form(*parts, text("model", "gpt-image-2"))
        return await ask(gateway, "/v1/images/edits", headers=headers, body=body)

    assert simulate(main).status == 200
    assert sender.requests[0].url == "https://api.openai.com/v1/images/edits"
