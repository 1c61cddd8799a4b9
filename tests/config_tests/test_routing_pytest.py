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
        plain__yaml=FALLBACK,
        data__json='{"tests": 3}',
    )

    result.assert_outcomes()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_without_routing_tests_nothing_is_loaded(pytester):
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_it(): pass")
    pytester.makefile(".yaml", plain=FALLBACK)

    result = pytester.runpytest_subprocess(*LIGHT, *PLUGIN)

    [loaded] = re.findall(r"loaded: (.*)", result.stdout.str())
    assert loaded.split() == ["router", "router.config_tests", MODULE]
