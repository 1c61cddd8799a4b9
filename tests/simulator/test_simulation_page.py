"""The page: one file that needs nothing else, whatever names are in it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from simulator_tools import FALLBACK, OPENAI, simulated

from router.simulator.page.axes import time_ticks, top_of
from router.simulator.page.document import page_of

VOID = {"meta"}
BREAKER = {"failure_threshold": 2, "cooldown_interval": 20_000}
GUARDED = {**FALLBACK, "strategy": {"mode": "fallback", "cb_config": BREAKER}}
OUTAGE = {"openai": {"outages": [{"from": 10, "to": 30}], "rate_limit": {"per_minute": 60}}}


class Reader(HTMLParser):
    """Reads a page, and notes what is open, what it refers to, and the words in it."""

    def __init__(self, page):
        super().__init__()
        self.open, self.names, self.references, self.words = [], set(), [], ""
        self.feed(page)

    def handle_starttag(self, name, attributes):
        self.names.add(name)
        self.references += [value for key, value in attributes if key in {"src", "href"}]
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, words):
        self.words += words


@pytest.fixture(scope="module")
def result():
    return simulated(GUARDED, providers=OUTAGE)


def test_the_page_is_whole_and_refers_to_nothing(result):
    page = page_of([result])

    read = Reader(page)
    assert read.open == []
    assert read.references == []
    assert not read.names & {"script", "link", "img", "iframe"}
    assert "http" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_the_page_says_what_there_is_to_see(result):
    read = Reader(page_of([result]))

    for words in (
        "Who was asked, and what became of it",
        "How long callers waited",
        "What it cost",
        "breaker: opened once, first at 11",
        "targets[1] stability-ai stable-image-core",
    ):
        assert words in read.words


def test_names_are_not_taken_for_markup(result):
    page = page_of([replace(result, config="<b>&.yaml", scenario='<script>alert("x")</script>')])

    assert "<script>" not in page
    assert "&lt;b&gt;&amp;.yaml" in page


def test_two_results_stand_beside_each_other(result):
    read = Reader(page_of([replace(result, config="a.yaml"), replace(result, config="b.yaml")]))

    assert read.open == []
    assert "There is no difference to speak of between a.yaml and b.yaml." in read.words


def test_a_run_without_requests_has_a_page_too():
    assert "no request came" in Reader(page_of([simulated(arrivals={"times": [90]})])).words


def test_a_run_in_which_all_fails_has_a_page_too():
    failed = simulated(OPENAI, duration=5, providers={"openai": {"error_rate": 1}})

    assert "No request was answered." in Reader(page_of([failed])).words


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (7, 10), (11, 20), (21, 25), (260, 500)])
def test_axes_end_at_round_numbers(highest, top):
    assert top_of(highest) == top


@pytest.mark.parametrize(
    ("duration", "last"), [(60, "60 s"), (3600, "60 min"), (86_400, "24 h"), (7 * 86_400, "7 d")]
)
def test_time_is_told_in_the_unit_that_fits(duration, last):
    ticks = time_ticks(duration)

    assert 4 <= len(ticks) <= 8
    assert ticks[-1] == (1.0, last)
