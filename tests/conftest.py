"""Hypothesis: the same examples everywhere, so that a red run can be run again."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "pixroute",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("pixroute")
