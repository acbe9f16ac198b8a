"""`python -m benchmarks`, which `make bench` calls."""

import argparse
import signal
import sys
import time
from datetime import timedelta

from benchmarks.run import Run
from benchmarks.sizes import SIZES
from benchmarks.traffic import NoWrk
from benchmarks.works import WORKS


def main() -> None:
    """Measure, or only build."""
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measures what requests cost, beside a bare Flask page."
    )
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--seconds", type=float, default=5, help="for each measurement")
    parser.add_argument(
        "--keep-hours", type=float, default=12, help="how long a stopped run's works are kept"
    )
    parser.add_argument(
        "--soak", type=float, default=0, help="minutes of mixed load, to see whether memory stays"
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="WORDS",
        help='measure works whose name holds these words, such as "vote"; nothing is written',
    )
    given = parser.parse_args()
    if not any(given.only in work.key for work in WORKS):
        parser.error(f"no work's name holds {given.only!r}: it is one of those that a run prints")
    size = SIZES[given.size]
    begin = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - begin:7.1f} s  {line}", flush=True)

    oldest = timedelta(hours=given.keep_hours)
    kind = given.database or size.database
    run = Run(size, kind, given.seconds, oldest, say, given.soak, given.only)
    # However it is stopped, the servers that it started are to stop too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run.measure()
    except NoWrk as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")


if __name__ == "__main__":
    main()
