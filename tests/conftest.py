"""What holds for all tests: the same examples everywhere, a Ctrl-C that is heard, and no width.

With the same examples a red run can be run again.
"""

import os
import signal

from hypothesis import HealthCheck, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start what runs in the background deaf to it; tests of Ctrl-C would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Python's readline, which pytest loads, gives its process a width, and so all that are started.
os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")

settings.register_profile(
    "pixroute",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("pixroute")
