"""Run: where everything here starts.

python benchmarks/gateway/run.py [--rounds 3] [--seconds 6] [--only NAME ...] [--out DIR]
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    from gateway.comparison import main

    main()
