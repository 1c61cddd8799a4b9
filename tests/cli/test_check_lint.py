"""The command check as a linter: codes, choices, fixes, formats."""

import json
import re
from pathlib import Path

import pytest
import yaml

from router.lint.registry import CODES

ROOT = Path(__file__).resolve().parents[2]

OLD = """\
provider: openai   # ours
override_params: {model: dall-e-3}
weight: 2
"""
SUCCESSOR = "gpt-image-2.5-sunburst"
UNEVEN = """\
strategy: {mode: fallback}
targets:
  - {provider: openai, override_params: {model: gpt-image-2}}
  - {provider: stability-ai, override_params: {model: stable-image-core}}
"""


def test_a_finding_ends_with_its_code(run, config):
    path = config(OLD)

    result = run("check", path, "--sandbox")

    assert f"{path}:3:1  warning  'weight' has no effect at the top of a config  [idle-weight]" in (
        result.stdout.splitlines()
    )
    assert result.stdout.endswith("2 warnings in 1 file; --fix puts them right\n")
    assert result.exit_code == 0


def test_strictly_a_warning_is_a_failure(run, config):
    assert run("check", config(OLD), "--sandbox", "--strict").exit_code == 1
    assert run("check", config(UNEVEN), "--sandbox", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"idle-weight", "retired-model"}),
        (("--ignore", "idle-weight"), {"retired-model"}),
        (("--ignore", "idle-weight,retired-model"), set()),
        (("--select", "idle-weight"), {"idle-weight"}),
        (
            ("--select", "idle-weight", "--select", "retired-model"),
            {"idle-weight", "retired-model"},
        ),
    ],
)
def test_codes_are_chosen(run, config, options, expected):
    result = run("check", config(OLD), "--sandbox", "--format", "json", *options)

    assert {problem["code"] for problem in json.loads(result.stdout)["problems"]} == expected


def test_a_code_that_is_none_is_a_usage_error(run, config):
    result = run("check", config(OLD), "--ignore", "idle-wieght")

    assert result.exit_code == 2
    assert "did you mean 'idle-weight'?" in result.stderr


def test_notes_are_counted_and_shown_when_asked_for(run, config):
    path = config(UNEVEN)

    plain, asked = run("check", path, "--sandbox"), run("check", path, "--sandbox", "--notes")

    assert plain.stdout == f"{path}: fallback of openai, stability-ai\n1 note (--notes shows it)\n"
    assert f"{path}:4:55  note  stability-ai stable-image-core cannot edit" in asked.stdout
    assert asked.stdout.endswith("1 note in 1 file\n")


def test_a_fix_is_made_in_the_file_and_told(run, config):
    path = config(OLD)

    result = run("check", path, "--sandbox", "--fix")

    assert path.read_text() == (
        f"provider: openai   # ours\noverride_params: {{model: {SUCCESSOR}}}\n"
    )
    assert result.stdout.splitlines()[:2] == [
        f"{path}:2:26  fixed  asks for {SUCCESSOR} in place of dall-e-3  [retired-model]",
        f"{path}:3:1  fixed  removes the weight  [idle-weight]",
    ]
    assert result.exit_code == 0


def test_only_what_is_selected_is_fixed(run, config):
    path = config(OLD)

    run("check", path, "--sandbox", "--fix", "--select", "idle-weight")

    assert path.read_text() == OLD.replace("weight: 2\n", "")


def test_without_fix_a_file_stays_as_it_is(run, config):
    path = config(OLD)

    run("check", path, "--sandbox")

    assert path.read_text() == OLD


def test_a_file_keeps_its_mode(run, config):
    path = config(OLD)
    path.chmod(0o640)

    run("check", path, "--sandbox", "--fix")

    assert path.stat().st_mode & 0o777 == 0o640


def test_a_comment_goes_with_the_line_that_it_is_about(run, config):
    path = config(
        "strategy:\n  mode: fallback\n  on_status_codes:\n    # teapot!\n    - 418\n"
        "    # busy\n    - 503\ntargets:\n  - {provider: openai}\n  - {provider: stability-ai}\n"
    )

    run("check", path, "--sandbox", "--fix")

    assert "on_status_codes:\n    # busy\n    - 503\n" in path.read_text()
    assert "teapot" not in path.read_text()


ANCHORED = """\
strategy: {mode: fallback}
targets:
  - &first
    provider: openai
    weight: 2
  - *first
"""
SECRET = "provider: openai\nvirtual_keys: {a: {provider: openai, api_key: sk-the-only-copy}}\n"


def test_what_an_alias_shows_twice_is_told_once(run, config):
    found = json.loads(run("check", config(ANCHORED), "--sandbox", "--format", "json").stdout)

    assert [one["code"] for one in found["problems"]].count("idle-weight") == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ANCHORED, "not fixed: aliases show the same lines in other places"),
        (SECRET, "not fixed: a secret stands in it, maybe the only copy"),
        (
            "provider: openai\nweight: 0\n",
            "not fixed: who wrote 0 may have wanted no traffic there",
        ),
        (
            "provider: openai\nretry: {attempts: 1, on_status_codes: [418]}\n",
            "not fixed: the list would be empty",
        ),
        ('? "provider"\n: openai\n? weight\n: 2\n', "not fixed: the text around it cannot"),
    ],
    ids=["alias", "secret", "zero", "whole list", "layout"],
)
def test_why_nothing_is_fixed_is_said_where_it_is_asked_for(run, config, text, why):
    path = config(text)

    asked = run("check", path, "--sandbox", "--fix").stdout
    plain = run("check", path, "--sandbox").stdout

    assert why in " ".join(asked.replace("│", " ").split())
    assert "not fixed" not in plain
    assert path.read_text() == text


UNWRITABLE = "b" * 245 + ".yaml"
"""A name that leaves no room for that of the file that is to take its place."""


def test_a_file_that_cannot_be_written_keeps_no_other_from_being_fixed_and_told(run, config):
    paths = [config(OLD, name) for name in ("a.yaml", UNWRITABLE, "c.yaml")]

    result = run("check", *paths, "--sandbox", "--fix")

    assert result.exit_code == 1
    assert [path.read_text() == OLD for path in paths] == [False, True, False]
    assert result.stdout.count("  fixed  ") == 4
    assert result.stdout.count("not fixed: the file could not be written") == 2
    assert result.stderr.count("error: ") == 1
    assert f"{UNWRITABLE} cannot be written: File name too long" in result.stderr


def test_github_is_told_what_was_fixed(run, config):
    path = config(OLD)

    result = run("check", path, "--sandbox", "--fix", "--format", "github")

    lines = [line.partition(" (")[0].split("::")[1:] for line in result.stdout.splitlines()]
    assert lines == [
        [
            f"notice file={path},line=2,col=26,endColumn=34,title=retired-model",
            f"fixed: asks for {SUCCESSOR} in place of dall-e-3",
        ],
        [
            f"notice file={path},line=3,col=1,endColumn=7,title=idle-weight",
            "fixed: removes the weight",
        ],
    ]


def test_standard_input_cannot_be_fixed(run):
    result = run("check", "-", "--fix", stdin=OLD)

    assert result.exit_code == 2
    assert "standard input cannot be fixed" in result.stderr


def test_a_fix_is_told_in_json_with_its_edits(run, config):
    path = config(OLD)

    found = json.loads(run("check", path, "--sandbox", "--format", "json").stdout)
    [weight] = [one for one in found["problems"] if one["code"] == "idle-weight"]
    fixed = json.loads(run("check", path, "--sandbox", "--fix", "--format", "json").stdout)

    assert weight["fix"] == {
        "says": "removes the weight",
        "edits": [{"line": 3, "column": 1, "end_line": 4, "end_column": 1, "text": ""}],
    }
    assert weight["unfixed"] == ""
    assert weight["harm"]
    assert weight["hint"]
    assert [one["code"] for one in fixed["fixed"]] == ["retired-model", "idle-weight"]
    assert fixed["problems"] == []


def test_github_gets_one_line_for_each_finding(run, config):
    path = config(OLD.replace("weight: 2", "retrry: {a: 100%}"))

    result = run("check", path, "--sandbox", "--format", "github")

    lines = result.stdout.splitlines()
    assert all(line.startswith(("::warning ", "::error ")) for line in lines)
    [error] = [line for line in lines if line.startswith("::error")]
    assert error == (
        f"::error file={path},line=3,col=1,endColumn=7,title=unknown-key::"
        "unknown key 'retrry' (config.retrry: did you mean 'retry'?)"
    )
    assert result.exit_code == 1


def test_what_github_would_read_as_its_own_is_escaped():
    from router.cli.annotations import annotation
    from router.config.problems import Problem

    problem = Problem(message="100 %\nof: it", place="p", file="a:b,c.yaml", severity="note")

    assert annotation(problem) == (
        "::notice file=a%3Ab%2Cc.yaml,title=invalid::100 %25%0Aof: it (p)"
    )


def test_a_code_is_explained_by_its_page(run):
    result = run("check", "--explain", "dead-condition")

    assert result.exit_code == 0
    assert result.stdout.startswith("# dead-condition\n")
    assert "## Wrong" in result.stdout
    assert "<!--" not in result.stdout


def test_without_a_code_all_are_listed(run):
    result = run("check", "--explain")

    assert [line.split()[0] for line in result.stdout.splitlines()] == list(CODES)


def test_a_code_that_is_none_is_not_explained(run):
    result = run("check", "--explain", "ded-condition")

    assert result.exit_code == 2
    assert "did you mean 'dead-condition'?" in result.stderr


def test_a_problem_of_shared_keys_is_told_at_their_file(run, config):
    keys = config("a: {provider: openai}\nb: {provider: google}\n", "configs/virtual-keys.yaml")
    config("virtual_key: a", "configs/one.yaml")

    result = run("check", "configs", "--sandbox")

    assert result.stdout.startswith(f"{keys.relative_to(keys.parents[1])}:2:1  warning  ")
    assert "[unused-virtual-key]" in result.stdout
    assert "configs/one.yaml: openai\n" in result.stdout


@pytest.mark.parametrize("columns", [50, 100])
def test_findings_fit_the_terminal(terminal, config, columns):
    screen = terminal(
        "check",
        config(UNEVEN + "budget: {deadline: 60}\n"),
        "--sandbox",
        "--notes",
        columns=columns,
    )

    assert screen.end() == 0
    told = [line for line in screen.lines if "│" in line or "[" in line]
    assert told
    assert max(map(len, told)) <= columns


def test_the_hook_for_pre_commit_checks_the_configs_that_it_is_given(run):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    paths = sorted((ROOT / "configs").iterdir())
    files = [
        path
        for path in paths
        if re.search(hook["files"], f"configs/{path.name}")
        and not re.search(hook["exclude"], path.name)
    ]

    result = run(*hook["entry"].split()[1:], *files)

    assert hook["id"] == "pixroute-check"
    assert hook["entry"].startswith("pixroute check ")
    assert {"fallback.yaml", "virtual-keys.yaml"} <= {path.name for path in files}
    assert result.exit_code == 0


def test_a_config_whose_lines_cannot_be_told_is_linted_all_the_same(run, config):
    # YAML reads this pair as two characters.
    text = r'{"provider": "openai", "weight": 2, "x-of": "\ud83d\ude00"}'
    path = config(text, "config.json")

    result = run("check", path, "--sandbox", "--fix")

    assert "[idle-weight]" in result.stdout
    assert path.read_text() == text


def test_a_text_from_standard_input_is_linted(run):
    result = run("check", "-", "--sandbox", stdin=OLD)

    assert "<stdin>:3:1  warning  " in result.stdout


def test_beside_a_misspelt_key_all_else_is_found_as_well(run, config):
    path = config(OLD + "retrry: {attempts: 1}\n")

    found = json.loads(run("check", path, "--sandbox", "--format", "json").stdout)

    codes = [problem["code"] for problem in found["problems"]]
    assert codes == ["retired-model", "idle-weight", "unknown-key"]


def test_beside_a_misspelt_key_nothing_is_fixed_and_that_is_said(run, config):
    text = OLD + "retrry: {attempts: 1}\n"
    path = config(text)

    result = run("check", path, "--sandbox", "--fix")

    assert result.exit_code == 1
    assert result.stdout.count("not fixed: errors come first") == 2
    assert path.read_text() == text


def test_without_keys_all_else_is_found_as_well(run, config):
    result = run("check", config(OLD))

    assert result.exit_code == 1
    assert "OPENAI_API_KEY is not set" in result.stdout
    assert "[idle-weight]" in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        "provider: opnai\nweight: 2\n",
        "startegy: {mode: loadbalance}\ntargets: [{provider: openai, weight: 2}]\n",
        "strategy: {mod: loadbalance}\ntargets: [{provider: openai, weight: 2}]\n",
    ],
)
def test_beside_an_error_that_leaves_the_meaning_open_nothing_is_guessed(run, config, text):
    result = run("check", config(text), "--sandbox", "--notes")

    assert result.exit_code == 1
    assert "[idle-weight]" not in result.stdout
    assert result.stdout.endswith("1 error in 1 file\n")


def test_a_misspelt_query_makes_no_other_condition_a_dead_one(run, config):
    path = config(
        "strategy:\n"
        "  mode: conditional\n"
        "  default: a\n"
        "  conditions:\n"
        "    - {qurey: {metadata.plan: pro}, then: a}\n"
        "    - {query: {metadata.plan: team}, then: b}\n"
        "targets: [{name: a, provider: openai}, {name: b, provider: google}]\n"
    )

    result = run("check", path, "--sandbox")

    assert "did you mean 'query'?" in result.stdout
    assert result.stdout.endswith("1 error in 1 file\n")


BAD_TEST = "tests: [{name: a, thn: {}}]\n"
BAD_WORD = "tests: [{name: a, given: {gogle: 503}, then: {status: 200}}]\n"


def codes_of(result):
    return {problem["code"] for problem in json.loads(result.stdout)["problems"]}


@pytest.mark.parametrize("tests", [BAD_TEST, BAD_WORD], ids=["key", "word"])
@pytest.mark.parametrize("way", ["file", "text"])
def test_a_wrong_test_in_a_config_hides_no_other_finding(run, config, tests, way):
    text = OLD + tests
    given = {"stdin": text} if way == "text" else {}

    path = "-" if way == "text" else config(text)
    result = run("check", path, "--sandbox", "--format", "json", **given)

    assert result.exit_code == 1
    assert {"retired-model", "idle-weight"} < codes_of(result)
    assert len(codes_of(result)) == 3


def test_wrong_tests_are_told_beside_a_config_that_cannot_be_used(run, config):
    path = config("provider: opnai\n" + BAD_TEST)

    result = run("check", path, "--sandbox", "--format", "json")

    assert codes_of(result) == {"unknown-provider", "unknown-key"}


@pytest.mark.parametrize("variables", [["--sandbox"], []], ids=["keys", "no keys"])
def test_a_test_that_names_nobody_is_an_error_as_it_is_when_run(run, config, variables):
    config("provider: openai\n", "prod.yaml")
    config(BAD_WORD, "prod.test.yaml")

    result = run("check", "prod.test.yaml", *variables)

    assert result.exit_code == 1
    assert "'gogle' is nobody in prod.yaml" in result.stdout
    assert "[bad-test]" in result.stdout
    assert result.stdout.endswith("1 error in 1 file\n")


KEYS_CALLED_LIKE_SETTINGS = """\
weight: {provider: openai, api_kee: x}
retry: {provider: openai, api_key: "${A:-x}"}
"""


def test_a_file_of_virtual_keys_is_not_taken_for_a_config(run, config):
    path = config(KEYS_CALLED_LIKE_SETTINGS, "virtual-keys.yaml")

    result = run("check", path, "--notes", "--format", "json")

    assert codes_of(result) == {"unknown-key"}


@pytest.mark.parametrize(
    ("own", "options"),
    [
        ("", ["--ignore", "unset-variable"]),
        ("", ["--select", "idle-weight"]),
        ("x-lint: {ignore: [unset-variable]}\n", []),
    ],
)
def test_what_is_found_in_virtual_keys_can_be_silenced(run, config, own, options):
    path = config("a: {provider: openai, api_key: '${A}'}\n" + own, "virtual-keys.yaml")

    plain = codes_of(run("check", path, "--format", "json"))
    silenced = codes_of(run("check", path, "--format", "json", *options))

    assert silenced == set()
    assert plain == ({"unset-variable"} if options else set())
