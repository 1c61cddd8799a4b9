"""A flowchart in mermaid's words, in which no label can be more than text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import explanation, group, openai, stability

from router.explain.as_mermaid import as_mermaid, escaped

NODE = re.compile(r'    n\d+(\["[^"]*"\]|\{"[^"]*"\}|\{\{"[^"]*"\}\}|\[/"[^"]*"\\\])')
EDGE = re.compile(r'    n\d+ (-->|==>)(\|"[^"]*"\|)? n\d+')


def test_every_line_is_a_node_or_an_edge():
    odd = openai('we"ird]|}<b>;\\`#&')
    config = group("fallback", group("loadbalance", odd, stability()), openai("end"))

    head, *lines = as_mermaid(explanation(config)).splitlines()
    assert head == "flowchart TD"
    assert all(NODE.fullmatch(line) or EDGE.fullmatch(line) for line in lines)
    assert len(lines) == 5 + 4


def test_the_way_to_where_a_request_begins_is_thick():
    drawn = as_mermaid(explanation(group("fallback", openai(), stability()), n=1))

    assert "n0 ==>" in drawn
    assert 'n0 -->|"2"| n2' in drawn


@given(st.text())
def test_no_label_has_a_character_that_means_something(text):
    safe = escaped(text)

    assert not set(re.sub(r"#\d+;", "", safe)) & set('"<>&`;|\\#\n')


@pytest.mark.parametrize("text", ["plain", "size 1024x1024 -> 16:9 (from config)"])
def test_plain_words_stay_readable(text):
    assert escaped(text).replace("#62;", ">") == text
