"""Every code has a page, and what the page says is so."""

import ast
import sys

import pytest
from lint_tools import DOCS, ROOT, check_files, codes, examples

from router.config import report
from router.lint.pages import page
from router.lint.registry import RULES

WITHOUT_CONFIG = {"no-config"}
PAGES = {rule.code: page(rule.code) for rule in RULES}
WITH_EXAMPLES = [rule for rule in RULES if rule.code not in WITHOUT_CONFIG]


@pytest.fixture
def written(monkeypatch):
    """Return what the script would write, by path."""
    monkeypatch.syspath_prepend(str(DOCS))
    import lint_pages

    yield dict(lint_pages.pages())
    sys.modules.pop("lint_pages", None)


def test_the_pages_are_what_the_rules_say(written):
    for path, text in written.items():
        assert path.read_text(encoding="utf-8") == text, "run: make docs"


def test_there_is_a_page_for_each_code_and_no_other(written):
    assert {path.name for path in (DOCS / "lint").iterdir()} == {path.name for path in written}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rules_sentences_read_as_one_line(rule):
    for sentence in (rule.title, rule.harm, rule.remedy):
        assert sentence
        assert not sentence.endswith(".")
        assert "\n" not in sentence
    assert rule.harm[0].islower()
    assert rule.title[0].isupper()


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.code)
def test_the_wrong_example_has_exactly_this_finding(rule, tmp_path):
    problems = check_files(tmp_path, examples(PAGES[rule.code], "Wrong"))

    assert set(codes(problems)) == {rule.code}
    assert {problem.severity for problem in problems} == {rule.severity}


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.code)
def test_the_right_example_has_no_finding(rule, tmp_path):
    assert check_files(tmp_path, examples(PAGES[rule.code], "Right")) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.code)
def test_a_finding_tells_where_it_is_its_harm_and_what_to_do(rule, tmp_path):
    for problem in check_files(tmp_path, examples(PAGES[rule.code], "Wrong")):
        assert problem.file
        assert problem.line
        assert problem.column
        assert problem.message
        assert problem.advice


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if not rule.fatal], ids=lambda rule: rule.code
)
def test_a_config_silences_a_finding_as_its_page_says(rule, tmp_path):
    files = dict(examples(PAGES[rule.code], "Wrong"))
    [silence] = examples(PAGES[rule.code], "To silence it").values()
    if rule.code == "lint-setting":
        files = {"configs/config.yaml": "provider: openai\nx-lint: {ignore: [lint-setting, odd]}\n"}
        silence = ""
    files["configs/config.yaml"] += silence

    assert check_files(tmp_path, files) == []


def test_a_folder_without_configs_has_a_code_of_its_own(tmp_path):
    (tmp_path / "configs").mkdir()

    assert codes(check_files(tmp_path, {})) == ["no-config"]


def codes_in(path):
    """Yield every code that a module gives to problems."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    given = (node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "code")
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_reading_gives_no_code_that_has_no_page():
    rooms = ("config", "cli", "gateway", "config_tests")
    paths = [path for room in rooms for path in (ROOT / "router" / room).glob("*.py")]
    given = {code for path in paths for code in codes_in(path) if "-" in code}

    assert "unset-variable" in given
    assert given | set(report.CODES.values()) <= set(PAGES)
