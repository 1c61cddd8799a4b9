"""Every setting of a group or a target comes from the place that was written nearest."""

from router.config.load import load
from router.config.origins import origins
from router.config.report import Report

CONFIG = """\
strategy: {mode: fallback, cb_config: {failure_threshold: 2}}
retry: {attempts: 1}
default_params: {size: 1024x1024, quality: low}
targets:
  - provider: openai
    retry: {attempts: 3}
    override_params: {model: gpt-image-2}
    default_params: {quality: high}
  - strategy: {mode: loadbalance}
    budget: {attempts: 2}
    drop_params: [style]
    targets:
      - provider: stability-ai
"""


def found(path, name):
    source = load(CONFIG, Report(), root="config")
    origin = origins(source)[path].get(name)
    return origin and (origin.path, origin.line)


def test_a_setting_of_ones_own_stands_before_an_inherited_one():
    assert found("config.targets[0]", "retry") == ("config.targets[0]", 6)
    assert found("config.targets[1]", "retry") == ("config", 2)


def test_settings_come_from_the_farthest_group_too():
    assert found("config.targets[1].targets[0]", "retry") == ("config", 2)
    assert found("config.targets[1].targets[0]", "drop_params.style") == ("config.targets[1]", 11)


def test_a_breaker_is_found_within_the_strategy():
    assert found("config.targets[0]", "cb_config") == ("config", 1)


def test_parameters_are_inherited_one_by_one():
    assert found("config.targets[0]", "default_params.size") == ("config", 3)
    assert found("config.targets[0]", "default_params.quality") == ("config.targets[0]", 8)


def test_what_binds_where_it_is_written_is_not_inherited():
    assert found("config.targets[1]", "budget") == ("config.targets[1]", 10)
    assert found("config.targets[1].targets[0]", "budget") is None


def test_a_setting_that_nobody_wrote_has_no_origin():
    assert found("config.targets[0]", "request_timeout") is None


def test_a_mapping_has_places_and_no_lines():
    source = load({"provider": "openai", "retry": {"attempts": 1}}, Report(), root="config")

    assert origins(source)["config"]["retry"].line is None
