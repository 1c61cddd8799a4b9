"""Every config of `configs/` has routing tests beside it, and they pass."""

import pytest

from router.config_tests.running import make_ready
from router.config_tests.telling import tell
from router.lab.stage import loader_for
from router.workspace import config_files
from tests.configs.asking import CONFIGS

FILES = sorted(CONFIGS.glob("*.test.yaml"))
SCHEMA = "# yaml-language-server: $schema=../schemas/tests.schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_routing_tests_of_a_shipped_config_pass(path):
    ready = make_ready(path, loader_for())

    results = [ready.run(case) for case in ready.suite.cases]

    failed = {result.case.name: tell(result) for result in results if not result.passed}
    assert not failed, "\n".join(failed.values())


def test_every_shipped_config_has_tests():
    configs = {path.stem for path in config_files(CONFIGS)}

    assert configs == {path.name.removesuffix(".test.yaml") for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_test_file_is_for_people_to_read(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0] == SCHEMA
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 80
