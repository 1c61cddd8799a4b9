"""What is wrong with a test file is told with its place; which files have tests is seen."""

from pathlib import Path

import pytest
from routing_tools import FALLBACK, ready, written

from router.config.problems import ConfigError
from router.config_tests.collecting import NothingThereError, collect, collect_here
from router.config_tests.running import make_ready
from router.lab.grey import grey
from router.lab.stage import loader_for

TEST = "name: a test, then: {status: 200}"


def problems(folder, tests):
    with pytest.raises(ConfigError) as refused:
        ready(folder, tests)
    return [str(problem).partition("prod.test.yaml:")[2] for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        ("", "tests is empty; expected a mapping such as: tests: ["),
        ("tests: []", "1:8: error: tests.tests: tests is empty"),
        ("tests: [{name: a, then: {}, timeout: 3}]", "unknown key 'timeout'; expected one of"),
        ("tets: []", "1:1: error: tests.tets: unknown key 'tets'; did you mean 'tests'?"),
        ("tests: [{then: {status: 200}}]", "tests.tests[0]: 'name' is missing"),
        ("tests: [{name: a}]", "tests.tests[0]: 'then' is missing"),
        ("tests: [{name: a, then: {}}]", "tests.tests[0].then: then is empty"),
        (f"tests: [{{{TEST}, givn: {{}}}}]", "unknown key 'givn'; did you mean 'given'?"),
        (f"tests: [{{{TEST}, given: {{openai: 99}}}}]", "openai is 99; expected 400 or more"),
        (f"tests: [{{{TEST}, given: {{openai: [reste]}}}}]", "did you mean 'reset'?"),
        (f"tests: [{{{TEST}, given: {{openai: {{status: 503, x: 1}}}}}}]", "unknown key 'x'"),
        (f"tests: [{{{TEST}, when: {{sise: 1x1}}}}]", "did you mean 'size'?"),
        (f"tests: [{{{TEST}, when: []}}]", "when is empty"),
        ("tests: [{name: a, then: {asked: openai}}]", "asked is 'openai'; expected a list"),
        ("tests: [{name: a, then: {waited: {form: 1}}}]", "did you mean 'from'?"),
        ("tests: [{name: a, then: {kind: refusal}}]", "did you mean 'refused'?"),
        ("config: other.yaml\ntests: [{name: a, then: {status: 200}}]", "there is no such file"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(tmp_path, tests, told):
    assert any(told in problem for problem in problems(tmp_path, tests)), problems(tmp_path, tests)


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("given: {opnai: 503}, then: {status: 200}", "0].given.opnai: 'opnai' is nobody in"),
        ("latency: {opnai: 3}, then: {status: 200}", "0].latency.opnai: 'opnai' is nobody in"),
        ("then: {asked: [openai, opnai x2]}", "0].then.asked: 'opnai' is nobody in"),
        ("then: {not_asked: [replicate]}", "0].then.not_asked: 'replicate' is nobody in"),
        ("then: {served_by: 'targets[2]'}", "0].then.served_by: 'targets[2]' is nobody in"),
        ("then: {share: {frist: 1}}", "0].then.share.frist: 'frist' is nobody in"),
        ("then: [{asked_first: {frist: 1}}]", "0].then[0].asked_first.frist: 'frist' is nobody in"),
    ],
)
def test_a_name_that_means_nobody_is_told_with_those_that_do(tmp_path, test, told):
    [problem] = problems(tmp_path, f"tests: [{{name: a, {test}}}]")

    assert told in problem
    assert "stability-ai" in problem


def test_expectations_must_fit_the_requests(tmp_path):
    tests = "tests: [{name: a, when: [{}, {}, {}], then: [{status: 200}, {status: 200}]}]"

    [problem] = problems(tmp_path, tests)

    assert "tests[0].then: then has 2 parts for 3 requests" in problem


def test_two_tests_of_one_name_are_a_mistake(tmp_path):
    [problem] = problems(tmp_path, f"tests: [{{{TEST}}}, {{{TEST}}}]")

    assert "two tests are named 'a test'; the other is tests[0]" in problem


def test_a_test_file_without_its_config_says_what_to_do(tmp_path):
    path = tmp_path / "alone.test.yaml"
    path.write_text(f"tests: [{{{TEST}}}]")

    with pytest.raises(ConfigError, match=r"write config: FILE, or put alone\.yaml beside it"):
        make_ready(path, loader_for(), grey)


def test_what_is_wrong_with_the_config_is_told_too(tmp_path):
    path = written(tmp_path, f"tests: [{{{TEST}}}]", "provider: opnai\n")

    with pytest.raises(ConfigError, match=r"prod.yaml:1:11.*opnai"):
        make_ready(path, loader_for(), grey)


@pytest.mark.parametrize("ending", ["yaml", "yml", "json"])
def test_a_config_has_tests_of_its_own_and_beside_it(tmp_path, ending):
    (tmp_path / "prod.yaml").write_text(f"{FALLBACK}tests: [{{{TEST}}}]")
    beside = tmp_path / f"prod.test.{ending}"
    beside.write_text('{"tests": [{"name": "b", "then": {"status": 200}}]}')

    files = collect([tmp_path / "prod.yaml", tmp_path])
    results = [
        made.run(case).passed
        for made in (make_ready(file, loader_for(), grey) for file in files)
        for case in made.suite.cases
    ]

    assert files == (tmp_path / "prod.yaml", beside)
    assert results == [True, True]


def test_mistakes_in_a_configs_own_tests_have_the_configs_places(tmp_path):
    path = tmp_path / "prod.yaml"
    path.write_text(f"{FALLBACK}tests:\n  - {{name: a, thn: {{status: 200}}}}\n")

    with pytest.raises(ConfigError) as refused:
        make_ready(path, loader_for(), grey)

    assert str(refused.value.problems[0]).endswith(
        "prod.yaml:10:15: error: config.tests[0].thn: unknown key 'thn'; did you mean 'then'?"
    )


def test_a_folder_stands_for_its_own_tests_only(tmp_path):
    written(tmp_path, "tests: []")
    (tmp_path / "below").mkdir()
    written(tmp_path / "below", "tests: []")
    (tmp_path / "virtual-keys.yaml").write_text("tests: {provider: openai}")

    assert collect([tmp_path]) == (tmp_path / "prod.test.yaml",)


def test_without_a_path_it_is_this_folder_or_else_configs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nothing = collect_here()
    (tmp_path / "configs").mkdir()
    written(tmp_path / "configs", "tests: []")
    below = collect_here()
    written(tmp_path, "tests: []")

    assert nothing == ()
    assert below == (Path("configs/prod.test.yaml"),)
    assert collect_here() == (Path("prod.test.yaml"),)


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NothingThereError):
        collect([tmp_path / "gone.yaml"])


def test_a_target_that_leaves_the_provider_to_the_request_may_be_anybodys(tmp_path):
    made = ready(
        tmp_path,
        "tests: [{name: a, given: {dall-e: 503}, then: {status: 200}}]".replace(
            "dall-e", "replicate"
        ),
        "on_unsupported: adapt\n",
    )

    assert made.suite.cases[0].given.keys() == {"replicate"}
