"""Where benchmarks keep what they make; nothing of it but the results is committed."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
RESULTS = CHECKOUT / "benchmarks" / "results"
CACHE = Path(os.environ.get("BENCH_CACHE") or CHECKOUT / "benchmarks" / ".cache")
"""Built forums, PostgreSQL's files, FlaskBB, the finished works of a run under way."""

TEXTS = CHECKOUT.parent / "shared" / "data"
"""Real texts, where this machine has them; their licences are not ours, so none is committed."""


def folder(*names: str) -> Path:
    """A folder in the cache, made when it is missing."""
    path = CACHE.joinpath(*names)
    # PostgreSQL, started by root, runs as a user of its own and must get in.
    path.mkdir(mode=0o755, parents=True, exist_ok=True)
    return path
