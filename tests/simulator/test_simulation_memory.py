"""Memory: what a run keeps does not grow with the number of its requests."""

import gc
import tracemalloc

from simulator_tools import OPENAI, tally_of

SLACK = 60_000  # bytes: a third of what the traces of 400 requests would take


def kept_by(requests):
    """Return the bytes that are still there at the end of a run of so many requests."""
    held = []

    def look(tally):
        if tally.ended >= requests - 200:
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        tally_of(
            OPENAI,
            look,
            duration=requests / 10,
            arrivals={"constant": 10},
            providers={"openai": {"latency": {"between": [1, 2]}}},
        )
    finally:
        tracemalloc.stop()
    return held[0]


def test_twice_the_requests_need_no_more_memory():
    small, large = kept_by(500), kept_by(900)

    assert large < small + SLACK
