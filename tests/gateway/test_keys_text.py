"""Editing `keys` in place: what was there stays, byte by byte, or nothing is done."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from router.gateway.keys_text import KeysText, Unwritable

DIGEST = "sha256:" + "0a" * 32
OTHER = "sha256:" + "1b" * 32
ENTRY = {"digest": DIGEST}

REMARK = st.sampled_from(["# a remark", "#", "# keys: {}", "#   app: {digest: x}", "# 'quoted"])
END_OF_LINE = st.sampled_from(["", "  # why", " #"])
SETTINGS = st.lists(
    st.sampled_from(
        [
            ("config: nested",),
            ("requests: 60",),
            ("configs: [a, 'b # c']",),
            ("providers:", "- openai", "- google"),
            ("x-note: |", "  # not a remark", "  two lines"),
            ('x-said: "on', '  two lines"'),
        ]
    ),
    unique=True,
    max_size=3,
)


@st.composite
def between(draw, most):
    """Draw lines that mean nothing."""
    lines = st.just("") | st.builds(lambda n, text: " " * n + text, st.integers(0, most), REMARK)
    return draw(st.lists(lines, max_size=3))


@st.composite
def entries(draw, name, indent, step):
    """Draw one key as somebody may have written it."""
    if draw(st.booleans()):
        return [f"{indent}{name}: {{digest: '{OTHER}', requests: 3}}{draw(END_OF_LINE)}"]
    inner = indent + step
    lines = [f"{indent}{name}:{draw(END_OF_LINE)}", f"{inner}digest: {OTHER}{draw(END_OF_LINE)}"]
    for setting in draw(SETTINGS):
        lines += [inner + line for line in setting]
    return lines


@st.composite
def files(draw):
    """Draw a `gateway.yaml` that has `keys`."""
    indent, step = (" " * draw(st.integers(1, 4)) for _ in range(2))
    names = draw(st.lists(st.sampled_from(["a", "b-2", "'q'", "1", "null"]), unique=True))
    lines = draw(between(0)) + draw(
        st.sampled_from([[], ["config: nested"], ["log:", "  days: 3"]])
    )
    lines += draw(between(0))
    lines.append(f"keys:{'' if names else ' {}'}{draw(END_OF_LINE)}")
    for name in names:
        lines += draw(between(8)) + draw(entries(name, indent, step))
    lines += draw(between(8)) + draw(st.sampled_from([[], ["grace: 3"], ["x-mine: {keys: 1}"]]))
    lines += draw(between(0))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    # A text in a block that the file's end cuts short would gain a line's end.
    has_block = any("|" in line for line in lines)
    text = newline.join(lines) + (newline if has_block else draw(st.sampled_from(["", newline])))
    return draw(st.sampled_from(["", "\ufeff"])) + text


NAMES = ["app", "2", "x-1", "true", "a.b"]
MADE = st.dictionaries(
    st.sampled_from(["config", "configs", "requests", "config_override"]),
    st.sampled_from(["nested", "10", "a: b", "é #", "", 7, True, [], ["a", "1e3", "x, y"]]),
)


@given(
    files(),
    st.permutations(NAMES[:3]),
    st.permutations(NAMES[:3]),
    st.lists(MADE, min_size=3, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_keys_that_are_made_and_revoked_leave_the_file_as_it_was(text, made, revoked, entry):
    before = after = KeysText(text)
    for name, more in zip(made, entry, strict=True):
        after = after.with_key(name, {**ENTRY, **more})
    for name in revoked:
        after = after.without_key(name)

    assert after.text == before.text


@given(files(), st.sampled_from(NAMES), MADE)
@settings(max_examples=30, deadline=None)
def test_a_key_that_is_made_is_all_that_is_new(text, name, more):
    after = KeysText(text).with_key(name, {**ENTRY, **more}).text

    rest = iter(after.splitlines())
    assert all(re.sub(r"^(\ufeff?keys:) {}", r"\1", line) in rest for line in text.splitlines())
    value = yaml.load(after, Loader=yaml.BaseLoader)
    assert value["keys"][name]["digest"] == DIGEST


@given(files(), st.data())
@settings(max_examples=30, deadline=None)
def test_another_digest_is_all_that_is_new(text, data):
    before = KeysText(text)
    if before.keys:
        name = data.draw(st.sampled_from(sorted(before.keys)))

        after = before.with_digest(name, DIGEST)

        assert after.with_digest(name, OTHER).text == text
        assert after.keys == {**before.keys, name: {**before.keys[name], "digest": DIGEST}}


@given(files(), st.data())
@settings(max_examples=30, deadline=None)
def test_a_key_of_any_file_can_be_revoked_and_the_others_stay(text, data):
    before = KeysText(text)
    if before.keys:
        name = data.draw(st.sampled_from(sorted(before.keys)))

        after = before.without_key(name)

        rest = {key: entry for key, entry in before.keys.items() if key != name}
        assert after.value == {**before.value, "keys": rest}


@given(st.text("keys: {}[]&*!|>'\"app?,-\n #\t\r\ufeff", max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_edited_to_what_was_meant_or_not_at_all(text):
    before = KeysText(text)
    try:
        after = before.with_key("new", ENTRY)
    except Unwritable:
        return

    assert after.value == {**before.value, "keys": {**before.keys, "new": ENTRY}}


def test_a_key_is_written_as_the_others_are():
    before = "keys:\n    a:\n       digest: x # mine\n       # requests: 3\n\n# end\n"

    after = KeysText(before).with_key("new", {**ENTRY, "configs": ["a", "10"]}).text

    assert after == (
        "keys:\n    a:\n       digest: x # mine\n       # requests: 3\n"
        f'    new:\n       digest: {DIGEST}\n       configs: [a, "10"]\n'
        "\n# end\n"
    )


@pytest.mark.parametrize("text", ["# mine\ngrace: 3\n", "grace: 3", "# mine", ""], ids=repr)
def test_a_file_without_keys_gets_them_at_its_end(text):
    after = KeysText(text).with_key("new", ENTRY)

    assert after.text.startswith(text)
    assert after.text.endswith(f"keys:\n  new:\n    digest: {DIGEST}\n")


def test_revoking_the_last_key_leaves_a_gateway_that_is_closed():
    after = KeysText("grace: 3\n").with_key("new", ENTRY).without_key("new")

    assert after.text == "grace: 3\n\nkeys: {}\n"


def test_remarks_inside_a_key_go_with_it_and_those_above_it_stay():
    above, rest = "keys:\n  # above\n", "  # after\n  b: {digest: y}\n"
    key = "  a:\n    # inside\n    digest: x\n    # below\n"

    assert KeysText(above + key + rest).without_key("a").text == above + rest


def test_a_key_that_stands_twice_is_gone_when_it_is_revoked():
    before = "keys:\n  a: {digest: x}\n  b: {digest: y}\n  a: {digest: z}\n"

    assert KeysText(before).without_key("a").text == "keys:\n  b: {digest: y}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("keys: {a: {digest: x}}\n", "'keys' is written in braces"),
        ("{keys: {a: {digest: x}}}\n", "it is written in braces"),
        ('{"keys": {"a": {"digest": "x"}}}', "it is written in braces"),
        ("keys:\n  a: {digest: x}\nkeys:\n  a: {digest: y}\n", "'keys' is there twice"),
        ("x-k: &k\n  a: {digest: x}\nkeys: *k\n", "only people should edit"),
        ("keys:\n  a: &a {digest: x}\nx-b: *a\n", "only people should edit"),
        ("keys: [\n", "is not valid YAML"),
        ("- a\n", "it is no mapping"),
    ],
    ids=lambda text: text.strip().replace("\n", "; "),
)
def test_what_cannot_be_edited_for_sure_is_refused_with_the_reason(text, why):
    with pytest.raises(Unwritable, match=why):
        KeysText(text).without_key("a").with_key("a", ENTRY)


@pytest.mark.parametrize("text", ["keys: 3\n", "keys: [a]\n", "grace: 3\n...\n"], ids=repr)
def test_a_key_is_not_made_where_it_would_mean_something_else(text):
    with pytest.raises(Unwritable):
        KeysText(text).with_key("new", ENTRY)


@pytest.mark.parametrize(
    "text", ["keys:\n  a: x\n", "keys:\n  a: {}\n", "x: &x {digest: 1}\nkeys: {a: {<<: *x}}\n"]
)
def test_a_key_without_a_digest_of_its_own_gets_no_other(text):
    with pytest.raises(Unwritable, match="no digest of its own"):
        KeysText(text).with_digest("a", DIGEST)
