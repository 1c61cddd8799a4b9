"""What is wrong with a test file is told with its place; which files have tests is seen."""

from pathlib import Path

import pytest
from routing_tools import FALLBACK, ready, written

from router.config.problems import ConfigError
from router.config_tests.collecting import NothingThereError, collect, collect_here
from router.config_tests.running import make_ready
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


@pytest.mark.parametrize(
    ("then", "place"),
    [("{cache: hit}", "then.cache"), ("[{served_by: cache}]", "then[0].served_by")],
)
def test_what_only_a_cache_can_do_is_not_expected_without_one(tmp_path, then, place):
    [problem] = problems(tmp_path, f"tests: [{{name: a, then: {then}}}]")

    assert f"tests[0].{place}: there is no cache in prod.yaml" in problem


@pytest.mark.parametrize(
    ("when", "then", "told"),
    [
        ("[{}, {}, {}]", "[{status: 200}, {status: 200}]", "then has 2 parts for 3 requests"),
        ("[{}, {}]", "[{status: 200}]", "then has 1 part for 2 requests"),
        ("{}", "[{status: 200}, {status: 200}]", "then has 2 parts for 1 request"),
    ],
)
def test_expectations_must_fit_the_requests(tmp_path, when, then, told):
    [problem] = problems(tmp_path, f"tests: [{{name: a, when: {when}, then: {then}}}]")

    assert f"tests[0].then: {told}; write one for each" in problem


@pytest.mark.parametrize("second", ["{status: 429, after: 10}", "{kind: ok, after: 60}"])
def test_the_times_of_answers_must_rise(tmp_path, second):
    script = f"[{{status: 503, after: 60}}, 500, {second}]"

    [problem] = problems(tmp_path, f"tests: [{{{TEST}, given: {{openai: {script}}}}}]")

    assert "tests[0].given.openai[2].after: after is" in problem
    assert "expected more than 60, the time of an answer before it" in problem


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("waited: -3", "then.waited: waited is -3; expected 0 or more"),
        ("cost: {from: -1}", "then.cost.from: from is -1; expected 0 or more"),
        ("attempts: 2.5", "then.attempts: attempts is 2.5; expected a whole number"),
        ("share: {openai: 50}", "then.share.openai: openai is 50; expected 1 or less"),
        ("size: 1x", "then.size: size '1x' is no size such as 1024x1024"),
        ("waited: {from: 5, to: 2}", "then.waited.to: to is 2, and from is 5; nothing is between"),
        ("share: {openai: {from: 0.5, to: 0}}", "then.share.openai.to: to is 0, and from is 0.5"),
        ("{waited: 5, waited_at_most: 3}", "waited_at_most is 3, and waited at least 5"),
        ("{cost: {from: 1}, cost_at_most: 0.5}", "cost_at_most is 0.5, and cost at least 1"),
    ],
)
def test_what_no_request_can_come_to_is_no_expectation(tmp_path, then, told):
    wanted = then if then.startswith("{") else f"{{{then}}}"

    [problem] = problems(tmp_path, f"tests: [{{name: a, then: {wanted}}}]")

    assert told in problem


def test_mistakes_of_every_sort_are_told_at_once(tmp_path):
    tests = """\
        tests:
          - {name: dup, given: {opnai: reste}, then: {stauts: 200}}
          - {name: dup, given: {opnai: [{status: 503, after: 9}, {status: 500, after: 1}]}}
          - {name: third, when: [{}, {}], then: [{asked: [opnai]}]}
    """
    path = written(tmp_path, tests, f"{FALLBACK}retrry: {{attempts: 1}}\n")

    with pytest.raises(ConfigError) as refused:
        make_ready(path, loader_for())
    told = "\n".join(problem.message for problem in refused.value.problems)

    assert "unknown key 'retrry'" in told
    assert "opnai is 'reste'" in told
    assert "unknown key 'stauts'" in told
    assert "two tests are named 'dup'" in told
    assert "'then' is missing" in told
    assert "after is 1" in told
    assert "then has 1 part for 2 requests" in told


def test_unknown_names_are_told_beside_other_mistakes(tmp_path):
    tests = f"tests: [{{{TEST}, given: {{opnai: 503}}}}, {{{TEST}, thn: {{}}}}]"

    told = "\n".join(problems(tmp_path, tests))

    assert "'opnai' is nobody in prod.yaml" in told
    assert "unknown key 'thn'" in told
    assert "two tests are named 'a test'" in told


@pytest.mark.parametrize(
    "test",
    [
        "given: {opnai: 503}, then: {status: 200}",
        "latency: {opnai: 3}, then: {status: 200}",
        "then: {share: {opnai: 1}}",
        "then: {asked_first: {opnai: 1}}",
    ],
)
def test_an_unknown_name_is_marked_where_it_stands(tmp_path, test):
    tests = f"tests: [{{name: a, {test}}}]"

    [problem] = problems(tmp_path, tests)

    assert problem.startswith(f"1:{tests.index('opnai') + 1}:")


def test_two_tests_of_one_name_are_a_mistake(tmp_path):
    [problem] = problems(tmp_path, f"tests: [{{{TEST}}}, {{{TEST}}}]")

    assert "two tests are named 'a test'; the other is tests[0]" in problem


def test_a_test_file_without_its_config_says_what_to_do(tmp_path):
    path = tmp_path / "alone.test.yaml"
    path.write_text(f"tests: [{{{TEST}}}]")

    with pytest.raises(ConfigError, match=r"write config: FILE, or put alone\.yaml beside it"):
        make_ready(path, loader_for())


def test_what_is_wrong_with_the_config_is_told_too(tmp_path):
    path = written(tmp_path, f"tests: [{{{TEST}}}]", "provider: opnai\n")

    with pytest.raises(ConfigError, match=r"prod.yaml:1:11.*opnai"):
        make_ready(path, loader_for())


@pytest.mark.parametrize("ending", ["yaml", "yml", "json"])
def test_a_config_has_tests_of_its_own_and_beside_it(tmp_path, ending):
    (tmp_path / "prod.yaml").write_text(f"{FALLBACK}tests: [{{{TEST}}}]")
    beside = tmp_path / f"prod.test.{ending}"
    beside.write_text('{"tests": [{"name": "b", "then": {"status": 200}}]}')

    files = collect([tmp_path / "prod.yaml", tmp_path])
    results = [
        made.run(case).passed
        for made in (make_ready(file, loader_for()) for file in files)
        for case in made.suite.cases
    ]

    assert files == (tmp_path / "prod.yaml", beside)
    assert results == [True, True]


def test_mistakes_in_a_configs_own_tests_have_the_configs_places(tmp_path):
    path = tmp_path / "prod.yaml"
    path.write_text(f"{FALLBACK}tests:\n  - {{name: a, thn: {{status: 200}}}}\n")

    with pytest.raises(ConfigError) as refused:
        make_ready(path, loader_for())

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


@pytest.mark.parametrize("content", [b"\x00\xff\xfe\x80", b"targets: [", b"- 1\n"])
def test_a_config_that_cannot_be_read_is_told_as_such(tmp_path, content):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)

    files = collect([path])

    assert files == (path,)
    with pytest.raises(ConfigError, match=r"broken\.yaml.* error: config"):
        make_ready(path, loader_for())


def test_a_config_that_cannot_be_read_does_not_hide_the_tests_beside_it(tmp_path):
    path = written(tmp_path, f"tests: [{{{TEST}}}]", "targets: [")

    assert collect([tmp_path / "prod.yaml"]) == (path,)


def test_a_target_that_leaves_the_provider_to_the_request_may_be_anybodys(tmp_path):
    made = ready(
        tmp_path,
        "tests: [{name: a, given: {dall-e: 503}, then: {status: 200}}]".replace(
            "dall-e", "replicate"
        ),
        "on_unsupported: adapt\n",
    )

    assert made.suite.cases[0].given.keys() == {"replicate"}
