"""A worker process that counts requests, says so, and works on until its input ends.

Run as a script with how many requests it ends, and how many more it begins.
"""

import sys

from router.gateway.metrics import Metrics
from tests.gateway.recorded import a_trace, attempt, exchange, record


def main():
    ended, begun = int(sys.argv[1]), int(sys.argv[2])
    metrics = Metrics()
    trace = a_trace(attempt(duration=42.0))
    record(metrics, *(exchange(trace, seconds=42.5) for _ in range(ended)))
    for _ in range(begun):
        metrics.begin()
    sys.stdout.write("counted\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "render":
            text, _ = metrics.render()
            sys.stdout.buffer.write(b"%d\n" % len(text) + text)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
