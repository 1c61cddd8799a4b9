"""Fixes: what was meant changes and nothing else; comments stay; a second run changes nothing."""

import json

import pytest
import yaml
from lint_tools import check_files, check_folder, codes, examples

from router.config.editing import apply, fix_for, fixed, make, refused
from router.config.fixes import REMOVED, Change, Edit, Fix, Unfixed
from router.config.load import load_text
from router.config.report import Report
from router.lint.pages import page
from router.lint.registry import RULES

MESSY = """\
# Ours, and ours alone.
strategy:
  mode: fallback
  on_status_codes: [402, 418, 429]   # what moves on
targets:
  # the first
  - weight: 3      # for later
    provider: openai
    override_params: {model: "dall-e-3", size: 1024x1024}  # old

  - provider: azure-openai
    resource_name: r
    deployment_id: d
    weight: 2   # goes with its line
    request_timeout: 60000
virtual_keys:
  # nobody's
  one: {provider: openai, api_key: "${OPENAI_API_KEY}"}
"""

MENDED = """\
# Ours, and ours alone.
strategy:
  mode: fallback
  on_status_codes: [429]   # what moves on
targets:
  # the first
  - weight: 3      # for later
    provider: openai
    override_params: {model: "gpt-image-2.5-sunburst", size: 1024x1024}  # old

  - provider: azure-openai
    resource_name: r
    deployment_id: d
    request_timeout: 60000
"""


def mend(text, folder, name="config.yaml"):
    """Return what becomes of a file, byte by byte, and what was done."""
    path = folder / "configs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    _, mended = check_folder(path.parent, fix=True)
    return path.read_bytes().decode(), [problem.fix.says for problem in mended]


def test_comments_and_layout_stay(tmp_path):
    text, says = mend(MESSY, tmp_path)

    assert text == MENDED
    assert sorted(says) == [
        "asks for gpt-image-2.5-sunburst in place of dall-e-3",
        "removes 402",
        "removes 418",
        "removes the weight",
        "removes virtual key 'one'",
    ]


def test_a_second_run_changes_nothing(tmp_path):
    first, _ = mend(MESSY, tmp_path)

    assert mend(first, tmp_path) == (first, [])


@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["crlf", "lf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_line_endings_and_a_byte_order_mark_stay(ending, mark, tmp_path):
    text, _ = mend(mark + MESSY.replace("\n", ending), tmp_path)

    assert text == mark + MENDED.replace("\n", ending)


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "indented"])
def test_json_is_fixed_as_well(indent, tmp_path):
    messy = json.dumps(yaml.safe_load(MESSY), indent=indent)
    expected = yaml.safe_load(MENDED)
    del expected["targets"][0]["weight"]  # no comment keeps it here

    text, _ = mend(messy, tmp_path, "config.json")

    assert json.loads(text) == expected
    assert mend(text, tmp_path, "config.json") == (text, [])


FIXABLE = [rule for rule in RULES if rule.fixable]


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.code)
def test_the_wrong_example_of_what_can_be_fixed_is_fixed(rule, tmp_path):
    [text] = examples(page(rule.code), "Wrong").values()

    after, says = mend(text, tmp_path)

    assert says
    assert check_folder(tmp_path / "configs")[0] == []
    assert mend(after, tmp_path) == (after, [])


LEFT_ALONE = [rule for rule in RULES if not rule.fixable and rule.code != "no-config"]


@pytest.mark.parametrize("rule", LEFT_ALONE, ids=lambda rule: rule.code)
def test_what_is_said_not_to_be_fixable_is_left_alone(rule, tmp_path):
    files = examples(page(rule.code), "Wrong")

    found = check_files(tmp_path, files)
    _, mended = check_folder(tmp_path / "configs", fix=True)

    assert rule.code in codes(found)
    assert mended == []
    assert {name: (tmp_path / name).read_text() for name in files} == files


ALIASED = """\
strategy: {mode: fallback, on_status_codes: &codes [402, 429]}
targets:
  - strategy: {mode: fallback, on_status_codes: *codes}
    targets: [{provider: replicate}, {provider: openai, name: a}]
  - {provider: azure-openai, resource_name: r, deployment_id: d}
  - {provider: openai}
cb_config: {failure_threshold: 3, failure_status_codes: *codes}
"""


def test_what_an_alias_shares_is_left_to_a_person(tmp_path):
    text = "x-codes: &codes [402, 429]\n" + ALIASED.replace("&codes [402, 429]", "*codes")

    after, says = mend(text, tmp_path)

    assert (after, says) == (text, [])


def test_a_key_that_is_a_secret_itself_is_not_thrown_away(tmp_path):
    text = "provider: openai\nvirtual_keys:\n  a: {provider: openai, api_key: the-only-copy}\n"

    assert mend(text, tmp_path) == (text, [])


LAYOUTS = {
    "first of a flow list": ("a: [1, 2, 3]\n", ("a", 0), "a: [2, 3]\n"),
    "last of a flow list": ("a: [1, 2, 3 ]  # c\n", ("a", 2), "a: [1, 2 ]  # c\n"),
    "one of a long flow list": (
        "a: [\n  1,  # one\n  2,  # two\n  3\n]\n",
        ("a", 1),
        "a: [\n  1,  # one\n  3\n]\n",
    ),
    "the last of a long flow list": (
        "a: [\n  1,  # one\n  2   # two\n]\n",
        ("a", 1),
        "a: [\n  1  # one\n]\n",
    ),
    "one of a block list": (
        "a:\n  # one\n  - 1\n  - 2  # two\n  # three\n  - 3\n",
        ("a", 1),
        "a:\n  # one\n  - 1\n  # three\n  - 3\n",
    ),
    "a key of a flow mapping": ("a: {b: 1, c: [2, 3], d: 4}\n", ("a", "c"), "a: {b: 1, d: 4}\n"),
    "an item and the comment right above it": (
        "a:\n  # teapot!\n  # (never mind)\n  - 418  # short\n  - 503\n",
        ("a", 0),
        "a:\n  - 503\n",
    ),
    "an item of a long flow list and the comment above it": (
        "a: [\n  1,\n  # two\n  2,  # too\n  3\n]\n",
        ("a", 1),
        "a: [\n  1,\n  3\n]\n",
    ),
    "the last of a long flow list and the comment above it": (
        "a: [\n  1,\n  # two\n  2\n]\n",
        ("a", 1),
        "a: [\n  1\n]\n",
    ),
    "a key and the comment right above it": (
        "a:\n  b: 1\n  # half of it\n  c: 2\n  d: 3\n",
        ("a", "c"),
        "a:\n  b: 1\n  d: 3\n",
    ),
    "not a comment of what stands around it": (
        "# for a\na:\n# of a\n  - 1\n  # two\n  - 2\n",
        ("a", 0),
        "# for a\na:\n# of a\n  # two\n  - 2\n",
    ),
    "not a comment that stands by itself": (
        "b: 1\n\n# All of it.\n\nc: 2\n",
        ("c",),
        "b: 1\n\n# All of it.\n\n",
    ),
    "not what the file begins with": ("# Ours.\nb: 1\nc: 2\n", ("b",), "# Ours.\nc: 2\n"),
    "not what the file begins with after its first mark": (
        "---\n# Ours.\nb: 1\nc: 2\n",
        ("b",),
        "---\n# Ours.\nc: 2\n",
    ),
    "not what the file begins with after an empty line": (
        "\n  \n# Ours,\n# for good.\nb: 1\nc: 2\n",
        ("b",),
        "\n  \n# Ours,\n# for good.\nc: 2\n",
    ),
    "not what the file begins with after a directive": (
        "%YAML 1.1\n--- # v1\n\n# Ours.\nb: 1\nc: 2\n",
        ("b",),
        "%YAML 1.1\n--- # v1\n\n# Ours.\nc: 2\n",
    ),
    "not what stands between it and what the file begins with": (
        "# Ours.\n---\n# These, too.\nb: 1\nc: 2\n",
        ("b",),
        "# Ours.\n---\n# These, too.\nc: 2\n",
    ),
    "the first thing and a comment below what the file begins with": (
        "# Ours.\n\n# For b.\nb: 1\nc: 2\n",
        ("b",),
        "# Ours.\n\nc: 2\n",
    ),
    "a key and its block": (
        "a:\n  b: 1\n  c:\n    - 2\n    - 3  # three\n\n  # d\n  d: 4\n",
        ("a", "c"),
        "a:\n  b: 1\n\n  # d\n  d: 4\n",
    ),
    "a key and its text": (
        "a:\n  b: |\n    one\n    two\n  c: 3\n",
        ("a", "b"),
        "a:\n  c: 3\n",
    ),
    "the first key of an item": (
        "a:\n  - b: 1\n    c: 2\n",
        ("a", 0, "b"),
        "a:\n  - c: 2\n",
    ),
    "the last thing of a file without a line break": ("a: 1\nb: 2", ("b",), "a: 1\n"),
    "a key without a value": ("a: 1\nb:\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
}


def removal(text, place):
    source = load_text(text, Report(), root="config")
    return fix_for(source, Change(place, REMOVED), "removes it")


@pytest.mark.parametrize(("text", "place", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_value_goes_with_what_belongs_to_it(text, place, expected):
    assert fixed(text, removal(text, place), is_json=False) == expected


LEFT = {
    "the only item": ("a: [1]\nb: 2\n", ("a", 0)),
    "the only key": ("a: {b: 1}\n", ("a", "b")),
    "a first key with a comment behind it": ("a:\n  - b: 1  # one\n    c: 2\n", ("a", 0, "b")),
    "an item within an item": ("a:\n  - - 1\n    - 2\n", ("a", 0, 0)),
    "what an alias shows elsewhere": ("a: &a [1, 2]\nb: *a\n", ("a", 0)),
    "what an alias of something in it needs": ("a:\n  - &a {b: 1}\n  - *a\n", ("a", 0)),
    "what is merged elsewhere": ("a: &a {b: 1, c: 2}\nd: {<<: *a, e: 3}\n", ("a", "b")),
    "what is not there": ("a: [1, 2]\n", ("a", 2)),
    "two things on a line of a long list": ("a: [\n  1, 2,\n  3\n]\n", ("a", 1)),
}


@pytest.mark.parametrize(("text", "place"), LEFT.values(), ids=LEFT)
def test_where_it_is_not_plain_there_is_no_fix(text, place):
    assert isinstance(removal(text, place), Unfixed)


def test_beside_a_merge_key_a_key_of_ones_own_goes():
    text = "x: &x {b: 1}\na:\n  - <<: *x\n    c: 2\n    d: 3\n"

    after = fixed(text, removal(text, ("a", 0, "c")))

    assert after == "x: &x {b: 1}\na:\n  - <<: *x\n    d: 3\n"


SEVERAL = "a: [1, 2, 3, 4]\nb:\n  - 5\n  - 6\n  - 7\n"


def test_what_stands_apart_is_fixed_at_once():
    fixes = [removal(SEVERAL, place) for place in (("a", 0), ("b", 2), ("a", 2), ("b", 0))]

    made = make(SEVERAL, fixes)

    assert made.text == "a: [2, 4]\nb:\n  - 6\n"
    assert set(made.made) == set(fixes)


def test_of_fixes_that_overlap_the_first_is_made():
    first, second = removal(SEVERAL, ("a", 2)), removal(SEVERAL, ("a", 3))

    made = make(SEVERAL, [second, first])

    assert (made.text, made.made) == (SEVERAL.replace("3, ", ""), (first,))


def wrong_fix(line):
    return Fix(
        says="removes 5",
        change=Change(("b", line), REMOVED),
        edits=(Edit(line=line + 3, column=1, end_line=line + 3, end_column=1, text="x"),),
    )


def test_a_fix_that_does_not_fit_keeps_no_other_from_being_made():
    right, wrong = removal(SEVERAL, ("a", 0)), wrong_fix(1)

    made = make(SEVERAL, [wrong, right])
    then = make(made.text, [wrong])

    assert (made.made, made.refused) == ((right,), ())
    assert (then.made, then.refused) == ((), (wrong,))


def test_of_many_fixes_those_that_do_not_fit_are_found():
    source = load_text(SEVERAL, Report(), root="config")
    right = [removal(SEVERAL, ("a", i)) for i in range(4)]

    assert refused(source, [*right, wrong_fix(1), wrong_fix(2)]) == {wrong_fix(1), wrong_fix(2)}


def test_a_fix_that_would_change_something_else_is_refused():
    wrong = Fix(
        says="removes 1",
        change=Change(("a", 0), REMOVED),
        edits=(Edit(line=1, column=5, end_line=1, end_column=11),),
    )

    assert fixed("a: [1, 2, 3]\n", wrong, is_json=False) is None


def test_edits_that_lie_outside_of_a_text_are_refused():
    beyond = Edit(line=9, column=1, end_line=1, end_column=1)

    with pytest.raises(ValueError, match="do not fit"):
        apply("a: 1\n", [beyond])


def test_a_replaced_word_keeps_its_quotes():
    for written, expected in (("a", "b"), ("'a'", "'b'"), ('"a"', '"b"')):
        source = load_text(f"x: {written}\n", Report(), root="config")
        fix = fix_for(source, Change(("x",), "b"), "")
        assert fixed(f"x: {written}\n", fix, is_json=False) == f"x: {expected}\n"


def test_a_word_that_would_read_as_something_else_gets_quotes():
    source = load_text("x: a\n", Report(), root="config")

    fix = fix_for(source, Change(("x",), "1e3"), "")

    assert fixed("x: a\n", fix, is_json=False) == 'x: "1e3"\n'
