"""When requests come and what they ask for: by the seed alone."""

import pytest
from simulator_tools import scenario

from router.simulator.traffic import Mix, arrivals


def times(pattern, duration=60, seed=0):
    return list(arrivals(scenario(arrivals=pattern, duration=duration, seed=seed)))


def test_constant_arrivals_come_at_equal_distances():
    assert times({"constant": 2}, duration=2) == [0.0, 0.5, 1.0, 1.5]


def test_a_rate_may_be_said_a_minute_or_an_hour():
    assert times({"constant": "120/m"}, 2) == times({"constant": "7200/h"}, 2) == [0, 0.5, 1, 1.5]


def test_poisson_arrivals_come_at_their_rate_on_average():
    came = times({"poisson": 5}, duration=2000)

    assert 9_700 < len(came) < 10_300
    assert came == sorted(came)


def test_bursts_come_again_and_again():
    pattern = {"bursts": {"size": 2, "every": 10, "over": 4}}

    assert times(pattern, duration=21) == [0, 2, 10, 12, 20]


def test_phases_follow_each_other():
    pattern = [{"constant": 1, "for": 2}, {"constant": 0, "for": 3}, {"constant": 2}]

    assert times(pattern, duration=6) == [0, 1, 5, 5.5]


def test_recorded_times_are_played_as_they_are(tmp_path):
    file = tmp_path / "times.txt"
    file.write_text("# seconds\n0.5\n\n2\n2 # twice\n70\n")

    assert times({"times": [0.5, 2, 2, 70]}) == times({"file": str(file)}) == [0.5, 2, 2]


def test_nobody_comes_after_the_end():
    assert max(times({"poisson": 50}, duration=3)) < 3


@pytest.mark.parametrize("pattern", [{"poisson": 5}, {"constant": 5}])
def test_the_seed_decides_and_nothing_else(pattern):
    assert times(pattern, seed=3) == times(pattern, seed=3)
    assert (times(pattern, seed=3) == times(pattern, seed=4)) is ("constant" in pattern)


def wishes(count, **kinds):
    mix = Mix(scenario(requests=[kinds] if "params" in kinds else kinds["kinds"]))
    return [mix.wish(number) for number in range(count)]


def test_kinds_are_drawn_by_weight():
    kinds = [{"weight": 3, "params": {"model": "a"}}, {"weight": 1, "params": {"model": "b"}}]

    drawn = [wish.params["model"] for wish in wishes(4000, kinds=kinds)]

    assert 2900 < drawn.count("a") < 3100


def test_no_two_prompts_are_alike_unless_there_are_only_so_many():
    own = {wish.params["prompt"] for wish in wishes(500, params={})}
    shared = {wish.params["prompt"] for wish in wishes(500, params={}, prompts=7)}

    assert (len(own), len(shared)) == (500, 7)


def test_users_are_named_in_the_metadata():
    drawn = wishes(500, params={}, users=5, metadata={"plan": "pro"})

    users = {wish.options["metadata"]["user"] for wish in drawn}
    assert users == {"u0", "u1", "u2", "u3", "u4"}
    assert {wish.options["metadata"]["plan"] for wish in drawn} == {"pro"}
