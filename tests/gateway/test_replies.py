"""Replies: bodies and headers that any client can read, whatever is in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.refusal import Refusal
from router.gateway.reply import (
    LONGEST_HEADER,
    PIECE,
    Reply,
    error_reply,
    json_bytes,
    send_reply,
    start_of,
)
from router.testing import error_answer, simulate
from tests.gateway.drive import OPENAI, ask, opened

HALF = "\ud800"  # half of a character, which UTF-8 cannot write and JSON can


@given(st.text(), st.text(), st.text())
def test_headers_are_short_plain_ascii_without_line_breaks(one, two, three):
    message = start_of(Reply(headers={"x-1": one, "x-2": two * 300, "x-3": f"{one}\r\n{three}"}))

    for _, value in message["headers"]:
        assert len(value) <= LONGEST_HEADER
        assert all(0x20 <= byte < 0x7F for byte in value)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_message_can_be_told(text):
    body = json.loads(error_reply(Refusal(400, text)).body)

    assert body["error"]["message"] == text


@pytest.mark.parametrize("value", [HALF, 10**30, {HALF: 1}], ids=["half", "long", "key"])
def test_what_is_seldom_written_is_written(value):
    assert json.loads(json_bytes({"value": value})) == {"value": value}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-portkey-config": json.dumps({HALF: 1})},
        {"x-portkey-config": json.dumps({"provider": HALF})},
        {**OPENAI, "x-portkey-metadata": json.dumps({"a": HALF})},
    ],
)
def test_a_request_with_half_a_character_is_refused(tmp_path, headers):
    async def main():
        return await ask(opened(tmp_path), headers=headers)

    seen = simulate(main)

    assert seen.status == 400
    assert seen.message


def test_a_provider_that_says_half_a_character_is_quoted(tmp_path):
    async def main():
        gateway = opened(tmp_path, error_answer(400, message=f"no {HALF} here"))
        return await ask(gateway, headers=OPENAI)

    seen = simulate(main)

    assert seen.status == 400
    assert HALF in seen.message


@given(st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7]))
def test_a_body_goes_out_whole_and_ends_once(size):
    sent = []

    async def send(message):
        sent.append(message)

    async def main():
        await send_reply(Reply(body=b"x" * size), send)

    simulate(main)

    start, *pieces = sent
    assert (b"content-length", b"%d" % size) in start["headers"]
    assert sum(len(one["body"]) for one in pieces) == size
    assert max(len(one["body"]) for one in pieces) <= PIECE
    assert [one.get("more_body", False) for one in pieces] == [True] * (len(pieces) - 1) + [False]
