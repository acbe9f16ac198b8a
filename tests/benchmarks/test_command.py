"""`make bench` says what is wrong with what it is asked for."""

import subprocess
import sys


def test_works_that_there_are_not_are_not_measured() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "a page that nobody knows"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no work's name holds 'a page that nobody knows'" in done.stderr
    assert "Traceback" not in done.stderr
