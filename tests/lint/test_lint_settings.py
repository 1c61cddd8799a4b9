"""Settings: a config says which findings it wants, and how grave they are."""

import json

import pytest
from lint_tools import check_files, check_text, codes, examples, ignoring, told

from router.lint.pages import page
from router.lint.registry import CODES, RULES
from router.lint.settings import NO_WISHES, LintSettings

OLD = "provider: openai\noverride_params: {model: dall-e-3}\nweight: 2\n"


def test_what_is_ignored_is_not_told(tmp_path):
    found = check_text(f"{OLD}x-lint: {{ignore: [idle-weight]}}\n", tmp_path)

    assert codes(found) == ["retired-model"]


def test_a_severity_is_what_the_config_says(tmp_path):
    text = f"{OLD}x-lint: {{severity: {{idle-weight: note, retired-model: error}}}}\n"

    found = check_text(text, tmp_path)

    assert {one.code: one.severity for one in found} == {
        "idle-weight": "note",
        "retired-model": "error",
    }


def test_options_and_the_config_add_up(tmp_path):
    text = f"{OLD}x-lint: {{ignore: [idle-weight]}}\n"

    assert check_text(text, tmp_path, wishes=ignoring("retired-model")) == []


def test_only_what_is_selected_is_told(tmp_path):
    wishes = LintSettings(select=frozenset({"idle-weight"}))

    assert codes(check_text(OLD, tmp_path, wishes=wishes)) == ["idle-weight"]


@pytest.mark.parametrize(
    "wishes",
    [LintSettings(select=frozenset({"idle-weight"})), ignoring("unknown-key")],
    ids=["not selected", "ignored"],
)
def test_what_keeps_a_config_from_being_read_is_told_in_any_case(wishes, tmp_path):
    silent = "{ignore: [unknown-key], severity: {unknown-key: note}}"
    text = f"provider: openai\nretrry: 1\nx-lint: {silent}\n"

    found = check_text(text, tmp_path, wishes=wishes)

    assert [(one.code, one.severity) for one in found if one.code == "unknown-key"] == [
        ("unknown-key", "error")
    ]


def test_warnings_beside_an_error_are_silenced_as_well(tmp_path):
    text = f"{OLD}retrry: 1\nx-lint: {{ignore: [retired-model]}}\n"

    assert codes(check_text(text, tmp_path)) == ["idle-weight", "unknown-key"]


@pytest.mark.parametrize(
    ("setting", "said", "hint"),
    [
        ("{ignored: []}", "unknown key 'ignored'", "did you mean 'ignore'?"),
        ("{ignore: idle-weight}", "ignore is 'idle-weight'; expected a list of codes", ""),
        ("{ignore: [idle-wieght]}", "'idle-wieght' is no code of a finding", "'idle-weight'?"),
        ("{ignore: [7]}", "7 is no code of a finding", "--explain"),
        ("{ignore: [schema]}", "schema cannot be silenced", ""),
        ("{severity: [a]}", "severity is a list; expected a mapping of codes", ""),
        ("{severity: {odd: note}}", "'odd' is no code of a finding", ""),
        ("{severity: {idle-weight: wraning}}", "is 'wraning'", "did you mean 'warning'?"),
    ],
)
def test_a_mistake_in_the_settings_is_a_finding_itself(setting, said, hint, tmp_path):
    problem = told(check_text(f"provider: openai\nx-lint: {setting}\n", tmp_path), "lint-setting")

    assert said in problem.message
    assert hint in problem.hint
    assert problem.line == 2
    assert problem.severity == "warning"


def test_settings_that_are_no_mapping_are_a_finding_where_no_schema_says_so(tmp_path):
    keys = "a: {provider: openai}\nx-lint: [unused-virtual-key]\n"
    files = {"configs/virtual-keys.yaml": keys, "configs/one.yaml": "virtual_key: a\n"}

    [problem] = check_files(tmp_path, files)

    assert problem.code == "lint-setting"
    assert "x-lint is a list; expected a mapping" in problem.message


def test_virtual_keys_have_settings_of_their_own(tmp_path):
    keys = "a: {provider: openai}\nb: {provider: google}\n"
    files = {"configs/virtual-keys.yaml": keys, "configs/one.yaml": "virtual_key: a\n"}
    silent = files | {
        "configs/virtual-keys.yaml": f"{keys}x-lint: {{ignore: [unused-virtual-key]}}\n"
    }

    assert codes(check_files(tmp_path, files)) == ["unused-virtual-key"]
    assert check_files(tmp_path, silent) == []


def wrong_configs(rule):
    """Return a page's wrong config, where that alone is what is wrong."""
    files = examples(page(rule.code), "Wrong")
    return files.values() if list(files) == ["configs/config.yaml"] else ()


def errors(problems):
    return [(one.code, one.place) for one in problems if one.severity == "error"]


IDLE_GROUP = """\
strategy: {mode: loadbalance}
targets: [{provider: openai, weight: 0}, {provider: google, weight: 0}]
"""
CLOSED_BREAKER = "provider: openai\ncb_config: {failure_status_codes: [500]}\n"


@pytest.mark.parametrize("where", ["options", "config"])
@pytest.mark.parametrize(
    "text",
    [
        IDLE_GROUP,
        CLOSED_BREAKER,
        *(example for rule in RULES if rule.fatal for example in wrong_configs(rule)),
    ],
)
def test_no_error_that_keeps_a_config_from_being_used_can_be_silenced(text, where, tmp_path):
    silent = {"ignore": list(CODES), "severity": dict.fromkeys(CODES, "note")}
    own = f"x-lint: {json.dumps(silent)}\n" if where == "config" else ""
    wishes = LintSettings(select=frozenset(), ignore=frozenset(CODES)) if not own else NO_WISHES
    plain = errors(check_text(text, tmp_path))

    found = errors(check_text(text + own, tmp_path, wishes=wishes))

    assert plain
    assert found == plain


KEYS = {
    "configs/virtual-keys.yaml": "a: {provider: openai}\nb: {provider: openai, api_key: '${B}'}\n",
    "configs/one.yaml": "virtual_key: a\nx-lint: {ignore: [unset-variable]}\n",
}


def test_a_variable_that_nobody_needs_can_be_silenced(tmp_path):
    assert codes(check_files(tmp_path, KEYS)) == ["unused-virtual-key"]


def test_a_variable_that_somebody_needs_cannot(tmp_path):
    used = KEYS | {"configs/two.yaml": "virtual_key: b\nx-lint: {ignore: [unset-variable]}\n"}

    problem = told(check_files(tmp_path, used), "unset-variable")

    assert problem.severity == "error"
