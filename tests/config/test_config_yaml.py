import pytest
import yaml
from config_tools import document, errors, loaded, problems, route, spots
from hypothesis import given
from hypothesis import strategies as st

BAD_TAGS = ["!!int x", "!!bool 3", "!!timestamp 2024-10-21", "!!set {a}", "!!seq {a: b}", "!own x"]


@pytest.mark.parametrize("written", BAD_TAGS)
def test_a_tag_that_does_not_fit_is_refused(written):
    _, found = loaded(f"x: {written}\n")

    assert [(p.line, p.column) for p in found] == [(1, 4)]
    assert "tag" in found[0].message


TRAPS = {
    "2024-10-21": "2024-10-21",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "on": "on",
    "off": "off",
    "yes": "yes",
    "no": "no",
    "NO": "NO",
    "y": "y",
    "12:30:30": "12:30:30",
    "190:20:30": "190:20:30",
    "1_000": "1_000",
    "0b101": "0b101",
    "=": "=",
    "1e3": 1000.0,
    "1E-2": 0.01,
    ".5": 0.5,
    "+12": 12,
    "-0": 0,
    "0755": 755,
    "0o755": 493,
    "0xff": 255,
    "true": True,
    "False": False,
    "~": None,
    "null": None,
    "": None,
    "'true'": "true",
    '"12"': "12",
    "!!str 12": "12",
    "!!int '12'": 12,
    "!!float 1": 1,
    "! 12": "12",
    "!!null ''": None,
    "!!bool true": True,
    "12e": "12e",
    "1.2.3": "1.2.3",
    "-": None,
}


@pytest.mark.parametrize(("written", "value"), [item for item in TRAPS.items() if item[0] != "-"])
def test_a_plain_word_means_what_yaml_1_2_says(written, value):
    read, found = loaded(f"x: {written}\n")

    assert (read, found) == ({"x": value}, ())
    assert type(read["x"]) is type(value)


@pytest.mark.parametrize("written", [".inf", "-.INF", ".nan", "1e999", "9" * 5000])
def test_a_number_that_is_not_finite_is_refused(written):
    (problem,) = problems(f"provider: openai\nweight: {written}\n")

    assert (problem.line, problem.column) == (2, 9)
    assert "number" in problem.message or "too large" in problem.message


def test_the_date_of_an_api_version_stays_a_text():
    text = "provider: azure\nresource_name: r\napi_version: 2024-10-21\n"

    assert route(text).options["api_version"] == "2024-10-21"


def test_a_repeated_key_is_an_error_where_it_is_repeated():
    found = problems("provider: openai\nretry: {attempts: 1}\nprovider: openai\n")

    assert [(p.line, p.column, p.message) for p in found] == [
        (3, 1, "key 'provider' is here twice")
    ]


def test_merge_keys_are_no_repetition():
    text = """
x-base: &base {attempts: 2, on_status_codes: [500]}
provider: openai
retry:
  <<: *base
  attempts: 4
"""
    retry = route(text).settings.retry

    assert (retry.retries, retry.codes) == (4, frozenset({500}))


def test_the_first_of_several_merged_mappings_wins():
    read, found = loaded(
        "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\nd:\n  <<: *a\n  <<: *b\n"
    )

    assert found == ()
    assert read["c"] == read["d"] == {"x": 1, "y": 2}


def test_merging_reaches_through_merged_mappings():
    read, _ = loaded("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n")

    assert read["c"] == {"x": 1, "y": 2}


def test_merging_what_is_no_mapping_is_an_error():
    assert errors("provider: openai\n<<: 3\n") == ["config: '<<' merges mappings only"]


def test_a_cycle_through_anchors_is_an_error_at_the_alias():
    found = problems("targets: &loop\n  - provider: openai\n    targets: *loop\n")

    assert [(p.line, p.column) for p in found] == [(3, 14)]
    assert "cycle" in found[0].message


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)
)
MERGED_LAUGHS = "a0: &a0 {x: 1}\n" + "".join(
    f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}\n" for i in range(1, 30)
)


@pytest.mark.parametrize("text", [LAUGHS, MERGED_LAUGHS], ids=["aliases", "merges"])
def test_a_billion_laughs_is_an_error(text):
    (problem,) = problems(text)

    assert "values once its aliases are followed" in problem.message


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{b: " * 100, '{"a":' * 5000, "- " * 99])
def test_deep_nesting_is_an_error_and_no_crash(text):
    (problem,) = problems(text + "\n")

    assert "nested" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("provider: openai\n\tname: x\n", 2, 1),
        ("provider: [openai\n", 2, 1),
        ("provider: *nobody\n", 1, 11),
        ("provider: openai\n---\nprovider: openai\n", 2, 1),
        ("provider: !secret x\n", 1, 11),
        ("provider: !!python/object:os.system x\n", 1, 11),
        ("provider: openai\n? [a]\n: 1\n", 2, 3),
        ('provider: "\\q"\n', 1, 11),
    ],
    ids=["tab", "unclosed", "alias", "documents", "tag", "object", "list as key", "escape"],
)
def test_what_is_not_usable_yaml_is_an_error_with_its_line(text, line, column):
    found = spots(text)

    assert found[0][0] == line
    assert found[0][1] >= column


def test_an_alias_of_a_wrong_value_is_reported_once():
    text = """\
x-a: &a {attempts: 9}
strategy: {mode: fallback}
targets:
  - {provider: openai, retry: *a}
  - {provider: openai, retry: *a}
"""

    assert spots(text) == [(1, 20)]


def test_columns_count_characters_and_not_bytes():
    assert spots("{name: 'größe 🖼', provider: opnai}\n") == [(1, 29)]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text("abc: #-'\"\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab c", min_size=1), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text("xyz", min_size=1), PLAIN, min_size=1))
def test_what_yaml_writes_is_read_back(value):
    text = yaml.safe_dump(value)

    assert loaded(text + "\n")[0] == value


def test_keys_that_begin_with_x_are_free():
    assert document("x-anything: [1, {a: b}]\nprovider: openai\n").problems == ()
