"""Child processes kept together: started, watched, stopped, and none left behind.

One thread polls; signals only set a flag, so nothing can happen in the middle of anything.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import TextIO

POLL = 0.1
"""Seconds between two looks at the children."""

GRACE = 10.0
"""Seconds that children have to end by themselves before they are killed."""

SAME_STOP = 0.5
"""Seconds within which a second signal belongs to the first."""

LONGEST_PAUSE = 60.0
"""Seconds: the most that a child which keeps dying waits for its next start."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """One program with everything that it starts: a process group of its own.

    Its own group, so that Ctrl-C in a terminal reaches the supervisor alone, which then asks each
    child to end in the way that lets it finish its work.
    """

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], *, restarts: bool
    ) -> None:
        self.name = name
        self.restarts = restarts
        self._command = command
        self._env = env
        self._pause = 1.0
        self._started = 0.0
        self._next_start = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def status(self) -> int | None:
        """The exit status, negative for the signal that ended it; None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it, in a process group of its own."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    def revive(self, log: TextIO) -> None:
        """Start it again if it died: after 1 s, then 2, 4, … as long as it keeps dying young."""
        moment = time.monotonic()
        if self.status is None or not self.restarts:
            return
        if not self._next_start:
            if moment - self._started > LONGEST_PAUSE:
                self._pause = 1.0
            self._next_start = moment + self._pause
            print(
                f"The {self.name} ended with status {self.status}; "
                f"it starts again in {self._pause:.0f} s.",
                file=log,
                flush=True,
            )
        elif moment >= self._next_start:
            self._next_start = 0.0
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self.start()

    def ask_to_end(self) -> None:
        """SIGTERM to the program, which ends its own children."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the whole group, so that nothing it started outlives it."""
        if self._process is None:
            return
        # Nobody may be left, which macOS calls "not permitted".
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Supervisor:
    """Runs children until it is told to stop, or until one that does not restart ends."""

    def __init__(self, children: Sequence[Child], *, log: TextIO = sys.stderr) -> None:
        self._children = children
        self._log = log
        self._asked_at = 0.0
        self._impatient = False

    def run(
        self, is_ready: Callable[[], bool], on_ready: Callable[[], None], *, wait: float
    ) -> int:
        """Start the children and stay until the end.

        Args:
            is_ready: whether the server answers; asked again and again.
            on_ready: called once, when it does.
            wait: seconds that it may take.

        Returns:
            The exit status: 0 after a stop that was asked for, else 1.
        """
        before = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
        try:
            for child in self._children:
                child.start()
            ready = self._watch_until(is_ready, time.monotonic() + wait)
            if ready:
                on_ready()
                self._watch_until(lambda: False, float("inf"))
            elif not self._asked_at and not self._dead():
                self._say(f"The server does not answer after {wait:.0f} s; it is stopped.")
            asked = self._asked_at > 0
            for child in self._dead():
                self._say(f"The {child.name} ended by itself with status {child.status}.")
            self._stop()
        finally:
            for child in self._children:
                child.kill()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0 if asked else 1

    def _watch_until(self, is_true: Callable[[], bool], deadline: float) -> bool:
        """True once `is_true`; False when told to stop, when a child is lost, or at `deadline`."""
        while not self._asked_at and not self._dead() and time.monotonic() < deadline:
            if is_true():
                return True
            for child in self._children:
                child.revive(self._log)
            time.sleep(POLL)
        return False

    def _dead(self) -> list[Child]:
        return [c for c in self._children if c.status is not None and not c.restarts]

    def _stop(self) -> None:
        for child in self._children:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        while any(child.pid for child in self._children) and not self._impatient:
            if time.monotonic() > deadline:
                self._say(f"Not everything ended within {GRACE:.0f} s; the rest is killed.")
                break
            time.sleep(POLL)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        moment = time.monotonic()
        # Make and service managers pass one stop on twice; only a later Ctrl-C is impatience.
        if self._asked_at and number == signal.SIGINT and moment - self._asked_at > SAME_STOP:
            self._impatient = True
        self._asked_at = self._asked_at or moment

    def _say(self, text: str) -> None:
        print(text, file=self._log, flush=True)


def _find_prctl() -> Callable[..., int] | None:
    """Linux's prctl(2), looked up once: after a fork is no time to load libraries."""
    try:
        return getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
    except OSError:
        return None


_prctl = _find_prctl()


def _end_with_parent() -> None:
    """Let the kernel send SIGTERM when the supervisor is gone, even after its kill -9."""
    pr_set_pdeathsig = 1
    if _prctl:
        _prctl(pr_set_pdeathsig, signal.SIGTERM)
