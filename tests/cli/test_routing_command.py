"""`pixroute test`: what it prints, what it writes, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from router.emulators import drawing

TESTS = """\
tests:
  - name: Stability is asked first
    then: {asked: [stability-ai]}
  - name: "it is < 1 s \\e[31m & more"
    given: {stability-ai: 503}
    latency: 5
    then: {waited_at_most: 1}
"""
PASSING = "tests: [{name: all is well, then: {status: 200}}]\n"
DIFFERENCE = """\
    expected waited_at_most  1 s
    was                      10 s
    trace    0.0 s   targets[0]  stability-ai  stable-image-core  503 overloaded
             5.0 s   targets[1]  openai        gpt-image-2        200
             10.0 s  answered
"""


@pytest.fixture
def tests(config):
    """Write a config and its tests; return the path of the tests."""

    def write(text=TESTS, name="prod"):
        config(name=f"{name}.yaml")
        return config(text, name=f"{name}.test.yaml")

    return write


def test_what_failed_is_told_beside_what_was_expected(run, tests):
    tests()

    result = run("test", "prod.yaml")

    first, name, *told, last = result.stdout.splitlines()
    assert first == "prod.test.yaml .F"
    assert name == "  it is < 1 s ?[31m & more  prod.test.yaml:4"
    assert "\n".join([*told, ""]) == DIFFERENCE
    assert last.startswith("2 tests, 1 failed, 0.")
    assert result.exit_code == 1


def test_all_that_pass_are_a_line(run, tests):
    tests(PASSING)

    result = run("test")

    assert result.stdout.startswith("prod.test.yaml .\n1 test, all passed, 0.")
    assert result.exit_code == 0


@pytest.mark.parametrize(("words", "line"), [("FIRST", "."), ("prod it is", "F"), ("prod", ".F")])
def test_tests_are_chosen_by_words_of_their_names(run, tests, words, line):
    tests()

    assert run("test", "-k", words).stdout.startswith(f"prod.test.yaml {line}\n")


def test_no_test_of_such_a_name_is_no_success(run, tests):
    tests()

    result = run("test", "-k", "refusal")

    assert result.exit_code == 2
    assert result.stderr == "no test has 'refusal' in its name\n"


def test_nothing_to_run_says_how_to_begin(run):
    result = run("test")

    assert result.exit_code == 2
    assert "there are no tests in the current folder and in configs/" in result.stderr
    assert "pixroute test --init CONFIG" in result.stderr


def test_a_path_that_is_not_there_is_told(run):
    result = run("test", "gone.yaml")

    assert result.exit_code == 2
    assert "gone.yaml does not exist" in result.stderr


def test_a_config_that_cannot_be_read_is_told_and_not_that_it_has_no_tests(run, config):
    Path("broken.yaml").write_bytes(b"\x00\xff\xfe")

    result = run("test", "broken.yaml")

    assert result.exit_code == 2
    assert "broken.yaml cannot be run\n" in result.stdout
    assert "config is not a UTF-8 text" in result.stdout
    assert "no tests" not in result.output


def test_a_mistake_in_a_test_file_is_told_as_check_tells_one_and_the_others_run(run, tests):
    tests(PASSING, "good")
    tests("tests: [{name: a, thn: {}}]\n", "wrong")

    result = run("test", ".")

    assert result.exit_code == 2
    assert "good.test.yaml .\n" in result.stdout
    assert "wrong.test.yaml cannot be run\n" in result.stdout
    assert "wrong.test.yaml:1:19  error  unknown key 'thn'\n" in result.stdout
    assert "1 test, 1 file cannot be run, 0." in result.stdout


def test_json_is_one_object(run, tests):
    tests()
    tests("tests: 3\n", "wrong")

    report = json.loads(run("test", "--format", "json").stdout)

    [prod, wrong] = report["files"]
    [good, bad] = prod["tests"]
    [failure] = bad["failures"]
    assert (report["ok"], report["tests"], report["failed"]) == (False, 2, 1)
    assert good == {"name": "Stability is asked first", "line": 2, "ok": True, "failures": []}
    assert failure["differences"] == [{"what": "waited_at_most", "expected": "1 s", "was": "10 s"}]
    assert [attempt["status"] for attempt in failure["attempts"]] == [503, 200]
    assert wrong["tests"] == []
    assert report["problems"][0]["message"] == "tests is 3"


def test_junit_has_a_case_for_each_test_and_each_mistake(run, tests):
    tests()
    tests("tests: 3\n", "wrong")

    code = run("test", "--junit", "junit.xml").exit_code

    prod, wrong = ET.parse("junit.xml").getroot()
    good, bad = prod
    assert code == 2
    assert (prod.get("tests"), prod.get("failures"), prod.get("errors")) == ("2", "1", "0")
    assert (good.get("name"), len(good)) == ("Stability is asked first", 0)
    assert bad.get("name") == "it is < 1 s ?[31m & more"
    assert bad[0].get("message") == "waited_at_most: expected 1 s, was 10 s"
    assert "stability-ai" in bad[0].text
    assert (wrong[0][0].tag, wrong.get("errors")) == ("error", "1")


def test_the_seed_is_that_of_tests_that_name_none(run, config):
    config("strategy: {mode: loadbalance}\n" + Path(config()).read_text().partition("\n")[2])
    config(
        "tests: [{name: a, when: {repeat: 20}, then: {share: {openai: 0}}}]\n", "config.test.yaml"
    )

    told = [run("test", "--seed", seed).stdout.split("was")[1] for seed in ("1", "1", "2", "two")]

    shares = [text.partition("(")[2].partition(")")[0] for text in told]
    assert shares[0] == shares[1]
    assert len(set(shares)) > 1


def test_a_first_set_is_written_passes_and_is_not_replaced(run, config):
    config()

    made = run("test", "--init", "config.yaml")
    ran = run("test")
    again = run("test", "--init", "config.yaml")

    assert made.stdout.startswith("wrote config.test.yaml: what the config does today; read it")
    assert ran.stdout.startswith("config.test.yaml ......\n6 tests, all passed")
    assert again.exit_code == 1
    assert again.stderr == "error: config.test.yaml exists already; move it away first\n"


def test_a_first_set_warns_of_what_nobody_answers(run, config):
    config(f"{Path(config()).read_text()}budget: {{max_cost: 0.00001}}\n")

    made = run("test", "--init", "config.yaml")

    assert made.exit_code == 0
    assert made.stderr.startswith("warning: nobody answers a plain request: 402 out_of_budget: ")


def test_a_first_set_of_a_wrong_config_is_none(run, config):
    config("provider: opnai\n")

    result = run("test", "--init", "config.yaml")

    assert result.exit_code == 2
    assert "config.yaml:1:11  error  unknown provider 'opnai'" in result.stdout
    assert not Path("config.test.yaml").exists()


def test_init_runs_nothing_beside_it(run, config):
    config()

    assert run("test", "--init", "config.yaml", "config.yaml").exit_code == 2


def test_no_key_is_read(run, config, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    config("provider: openai\napi_key: ${OPENAI_API_KEY}\nopenai_project: ${OPENAI_API_KEY}\n")
    config("tests: [{name: a, then: {status: 418}}]\n", "config.test.yaml")

    result = run("test", "--format", "json")

    assert "sk-real" not in result.output


@pytest.mark.parametrize("columns", [50, 100])
def test_it_fits_a_terminal(terminal, tests, columns):
    tests()

    ran = terminal("test", columns=columns)
    code = ran.end()

    assert code == 1
    assert max(map(len, ran.lines)) <= columns
    assert ran.seen.startswith("prod.test.yaml .F\n")


@pytest.mark.parametrize(("ending", "code"), [(">&-", 1), ("| head -c 5 >/dev/null", 0)])
def test_whoever_does_not_read_on_is_no_error(tests, ending, code):
    tests()

    line = f'"$0" -m router test {ending}'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (code, "")


def test_a_picture_that_cannot_be_made_without_pillow_is_told_with_what_to_install(
    run, config, monkeypatch
):
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)
    asking = "{model: gpt-image-2, output_format: webp, size: 1040x1040}"
    config(
        f"provider: openai\ntests: [{{name: a, when: {asking}, then: {{status: 200}}}}]\n",
        "prod.yaml",
    )

    result = run("test", "prod.yaml")

    assert result.exit_code != 0
    assert "pip install 'pixroute[sandbox]'" in result.stderr
