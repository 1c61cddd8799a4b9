"""The command line as a whole: help, versions, exit codes."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

COMMANDS = (
    "check",
    "edit",
    "generate",
    "import",
    "init",
    "keys",
    "logs",
    "models",
    "sandbox",
    "schema",
    "variation",
)
HEAVY = (
    "rich",
    "yaml",
    "jsonschema",
    "httpx",
    "httpx2",
    "anyio",
    "PIL",
    "router.answer",
    "router.client",
)

WITHOUT_CLICK = """
import importlib.util, sys
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "click" else find_spec(name)
from router.__main__ import main
sys.exit(main())
"""


def python(program, *args):
    return subprocess.run(
        [sys.executable, "-c", program, *args],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_help_lists_every_command(run):
    result = run("--help")

    assert result.exit_code == 0
    assert all(f"\n  {command} " in result.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_examples(run, command):
    result = run(command, "--help")

    assert result.exit_code == 0
    assert f"Examples:\n    pixroute {command}" in result.stdout


@pytest.mark.parametrize("columns", ["40", "80"])
@pytest.mark.parametrize("command", ["check", "edit", "variation"])
def test_help_fits_the_terminal(terminal, command, columns):
    screen = terminal(command, "--help", columns=int(columns))

    assert screen.end() == 0
    prose = screen.seen.partition("Examples:")[0].splitlines()
    assert max(map(len, prose)) <= int(columns)


def test_help_loads_nothing_heavy():
    program = (
        "import sys\n"
        "sys.argv = ['pixroute', '--help']\n"
        "from router.__main__ import main\n"
        "main()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    assert python(program).stdout.endswith("\n[]\n")


def test_version(pipe):
    assert pipe("--version").stdout == f"pixroute {version('pixroute')}\n"


def test_without_its_extra_it_says_what_to_install():
    result = python(WITHOUT_CLICK, "check")

    assert result.returncode == 2
    assert result.stderr.endswith("pip install 'pixroute[cli]'\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("args", [["chekc"], ["check", "--nonsense"], []], ids=str)
def test_usage_errors_exit_with_2(pipe, args):
    assert pipe(*args).returncode == 2


@pytest.mark.parametrize(
    ("args", "title"),
    [
        ([], "pixroute config"),
        (["config"], "pixroute config"),
        (["virtual-keys"], "pixroute virtual keys"),
        (["catalog"], "pixroute catalog"),
        (["gateway"], "pixroute gateway"),
    ],
    ids=str,
)
def test_schema_prints_a_schema(run, args, title):
    result = run("schema", *args)

    assert json.loads(result.stdout)["title"] == title


def test_an_unknown_schema_lists_those_there_are(run):
    result = run("schema", "nonsense")

    assert result.exit_code == 2
    assert "'config', 'virtual-keys', 'catalog', 'gateway'" in result.stderr
