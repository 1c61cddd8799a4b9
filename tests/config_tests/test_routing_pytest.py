"""pytest collects routing tests, shows what `pixroute test` shows, and pays for nothing else."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from routing_tools import FALLBACK

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
MODULE = "router.config_tests.pytest_plugin"
IS_INSTALLED = any(point.value == MODULE for point in entry_points(group="pytest11"))
PLUGIN = () if IS_INSTALLED else ("-p", MODULE)
LIGHT = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
TESTS = """\
tests:
  - {name: all is well, then: {asked: [openai]}}
  - {name: nobody answers, then: {served_by: nobody}}
"""
LOADED = """
import sys

def pytest_unconfigure():
    print("loaded:", *sorted(name for name in sys.modules if name.split(".")[0] == "router"))
"""


@pytest.fixture
def run(pytester):
    """Run pytest over files given by name."""

    def invoke(*args, **files):
        for name, content in files.items():
            path = pytester.path / name.replace("__", ".")
            path.write_text(content)
        return pytester.runpytest(*LIGHT, *PLUGIN, *args)

    return invoke


def test_the_package_names_the_plugin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["entry-points"]["pytest11"] == {"pixroute": MODULE}


def test_test_files_and_configs_with_tests_are_collected(run):
    result = run("-v", prod__yaml=FALLBACK, prod__test__yaml=TESTS, own__yaml=FALLBACK + TESTS)

    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        ["own.yaml::all is well PASSED*", "prod.test.yaml::nobody answers FAILED*"]
    )


def test_a_failure_shows_what_was_expected_and_the_trace(run):
    result = run(prod__yaml=FALLBACK, prod__test__yaml=TESTS)

    result.stdout.fnmatch_lines(
        [
            "*nobody answers*",
            "expected served_by  nobody",
            "was                 config.targets?0?",
            "trace    0.0 s  targets?0?  openai  gpt-image-2  200",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py" not in result.stdout.str()


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(run):
    result = run(prod__yaml=FALLBACK, prod__test__yaml=TESTS.replace("then", "thn"))

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*prod.test.yaml:2:25  error  unknown key 'thn'"])


def test_other_programs_files_are_left_alone(run):
    result = run(
        "-v",
        alerts__yaml="rule_files: [a.yml]\ntests:\n  - interval: 1m\n",
        other__test__yaml="tests: [{command: ls}]\n",
        broken__yaml="tests: [",
        serverless__yaml="provider:\n  name: aws\n",
        serverless__test__yaml="stage: test\n",
        compose__yaml="services:\n  web: {image: nginx}\n",
        compose__test__yaml="services:\n  web: {command: pytest}\n",
        plain__yaml=FALLBACK,
        data__json='{"tests": 3}',
    )

    result.assert_outcomes()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("testz:\n  - {name: x, then: {status: 404}}\n", "unknown key 'testz'"),
        ("", "empty"),
        ("- {name: x, then: {status: 404}}\n", "is a list"),
        ("tests:\n  - name: x\n   given: [\n", "not valid YAML"),
    ],
    ids=["misspelt", "empty", "a list", "no YAML"],
)
def test_a_test_file_beside_its_config_that_cannot_be_used_is_an_error(run, content, said):
    result = run(prod__yaml=FALLBACK, prod__test__yaml=content)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*prod.test.yaml*  error  *{said}*"])


@pytest.mark.parametrize(
    "content",
    [
        "tests:\n  - {name: x, then: {status: 404}}\n",
        "testz:\n  - {name: x, then: {served_by: openai}}\n",
        "tests:\n  - name: x\n   given: [\n",
    ],
    ids=["moved", "misspelt", "no YAML"],
)
def test_a_test_file_without_its_config_is_an_error(run, content):
    result = run(moved__test__yaml=content)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*moved.test.yaml:*  error  *"])


def test_a_test_file_that_is_named_is_an_error_whatever_is_in_it(run):
    result = run("broken.test.yaml", broken__test__yaml="x: [")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*broken.test.yaml:*  error  *not valid YAML*"])


def test_without_routing_tests_nothing_is_loaded(pytester):
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_it(): pass")
    pytester.makefile(".yaml", plain=FALLBACK)

    result = pytester.runpytest_subprocess(*LIGHT, *PLUGIN)

    [loaded] = re.findall(r"loaded: (.*)", result.stdout.str())
    assert loaded.split() == ["router", "router.config_tests", MODULE]
