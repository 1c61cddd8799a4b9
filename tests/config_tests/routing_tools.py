"""What the tests of routing tests share: a config and its tests as texts, run."""

import textwrap

from router.config_tests.running import make_ready
from router.lab.stage import loader_for

FALLBACK = """\
strategy: {mode: fallback}
targets:
  - provider: openai
    name: first
    override_params: {model: gpt-image-2}
    request_timeout: 60000
  - provider: stability-ai
    override_params: {model: stable-image-core}
"""

LONE = "provider: openai\noverride_params: {model: gpt-image-2}\n"


def written(folder, tests, config=FALLBACK):
    """Write a config and its tests; return the path of the tests."""
    (folder / "prod.yaml").write_text(config)
    path = folder / "prod.test.yaml"
    path.write_text(textwrap.dedent(tests))
    return path


def ready(folder, tests, config=FALLBACK, seed=0):
    return make_ready(written(folder, tests, config), loader_for(), seed)


def results(folder, tests, config=FALLBACK, seed=0):
    made = ready(folder, tests, config, seed)
    return [made.run(case) for case in made.suite.cases]


def one(folder, body, config=FALLBACK, seed=0):
    """Run one test, of which everything but the name is given."""
    test = "\n".join(["tests:", "  - name: a test", textwrap.indent(textwrap.dedent(body), "    ")])
    [result] = results(folder, test, config, seed)
    return result


def differences(result):
    """What was not as expected: `what: expected / was`."""
    return [
        f"{mismatch.what}: {mismatch.expected} / {mismatch.was}"
        for disappointment in result.disappointments
        for mismatch in disappointment.mismatches
    ]
