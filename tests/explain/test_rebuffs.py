"""What a provider would not take is seen before it is asked: explain tells it, and what follows."""

import pytest
from told import asked, group, openai, stability, text, told

from router.lab.stage import Stage, loader_for
from router.testing import simulate

FIRST, SECOND = "config.targets[0]", "config.targets[1]"


def played(config, **params):
    """Play the request with nothing wrong."""
    loader = loader_for()

    async def main():
        stage = Stage(loaded=loader.load(config), loader=loader)
        return await stage.ask({"prompt": "a red kite", **params})

    return simulate(main)


def test_what_the_first_target_would_not_take_is_told():
    config = group("fallback", openai(), stability())

    targets = asked(config, size="huge")

    assert targets[FIRST]["chance_first"] == 1
    assert targets[FIRST]["fails_with"]["status"] == 400
    assert targets[FIRST]["fails_with"]["kind"] == "bad_request"
    assert "huge" in targets[FIRST]["fails_with"]["message"]
    assert targets[SECOND]["fails_with"] is None


def test_the_best_goes_on_to_who_takes_it_as_a_run_does():
    config = group("fallback", openai(), stability())

    best = told(config, size="huge")["request"]["best"]
    run = played(config, size="huge")

    assert (best["path"], best["attempts"], best["dollars"]) == (SECOND, 2, 0.03)
    assert best["path"] == run.trace.served.path
    assert best["attempts"] == len(run.trace.attempts)
    assert best["seconds"] == 4


def test_the_text_says_so_in_place_of_a_price():
    drawn = text(group("fallback", openai(), stability()), size="huge")

    assert "asked first" in drawn
    assert 'would answer 400 bad_request: Invalid value: "huge"' in " ".join(drawn.split())
    assert "best    2 attempts   ~4 s   $0.030   (at targets[1])" in drawn
    assert "~16 s" not in drawn


def test_a_draw_that_would_be_answered_at_once_is_the_best():
    config = group("loadbalance", openai(), stability(), strategy={"failover": True})

    best = told(config, size="huge")["request"]["best"]

    assert (best["path"], best["attempts"]) == (SECOND, 1)


@pytest.mark.parametrize(
    "config",
    [openai(), group("fallback", openai(), stability(), strategy={"on_status_codes": [500]})],
    ids=["alone", "nobody goes on"],
)
def test_where_nobody_gives_pictures_there_is_no_best(config):
    assert told(config, size="huge")["request"]["best"] is None
    assert "best    no pictures: nobody who is asked can give them" in text(config, size="huge")
    assert played(config, size="huge").status == 400


def test_who_retries_what_will_not_be_taken_waits_for_nothing_at_best():
    stubborn = openai(retry={"attempts": 1, "on_status_codes": [400]})

    best = told(group("fallback", stubborn, stability()), size="huge")["request"]["best"]

    assert best["attempts"] == 3
    assert 4.7 <= best["seconds"] <= 5


def test_a_good_request_is_rebuffed_by_nobody():
    targets = asked(group("fallback", openai(), stability()), size="1024x1024")

    assert [one["fails_with"] for one in targets.values()] == [None, None]
