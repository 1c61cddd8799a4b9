"""API keys: made by chance, found by digest, told from others by their look."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.gateway.keys import digest_of, find_key, looks_like_ours, new_key, read_digest, written
from router.gateway.settings import ApiKey

KEYS = tuple(new_key() for _ in range(5))
KNOWN = tuple(ApiKey(name=str(i), digest=digest_of(key)) for i, key in enumerate(KEYS))


def test_a_key_is_pxr_and_43_characters_that_need_no_quotes():
    assert all(re.fullmatch(r"pxr-[A-Za-z0-9_-]{43}", key) for key in KEYS)


def test_no_two_keys_are_the_same():
    assert len({new_key() for _ in range(100)}) == 100


def test_a_key_is_found_wherever_it_stands():
    assert [find_key(key, KNOWN) for key in KEYS] == list(KNOWN)


@given(st.text() | st.text("pxr-", max_size=6))
@example("")
@example("\udcff")
@settings(deadline=None)
def test_anything_else_is_no_key(presented):
    assert find_key(presented, KNOWN) is None
    assert find_key(KEYS[0] + (presented or "x"), KNOWN) is None


def test_where_there_are_no_keys_none_is_found():
    assert find_key(KEYS[0], ()) is None


@given(st.text())
@settings(deadline=None)
def test_a_digest_is_read_as_it_is_written(key):
    assert read_digest(written(digest_of(key))) == digest_of(key)


def test_digests_are_those_that_sha256sum_prints():
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_key_and_a_part_of_one_look_like_ours_and_others_do_not():
    assert all(looks_like_ours(text) for text in (KEYS[0], f" {KEYS[0]}\n", KEYS[0][:9]))
    assert not any(looks_like_ours(text) for text in ("", "sk-proj-abc", "px-r", "OPENAI_API_KEY"))
