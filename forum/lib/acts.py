"""Acts, which are requests that may write: a process on SQLite is at one of them at a time.

They would wait for each other at SQLite's lock anyway. On the way there their threads take Python
from one another at each statement, and so hold up the one that has the lock: eight clients got no
more votes through than one.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from forum.lib.origin import SAFE_METHODS

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

_COURTESY = 0.02
"""Seconds for which an act has the process to itself."""


def one_at_a_time(inner: WSGI) -> WSGI:
    """WSGI middleware by which a process begins no act before the one that it is at has ended.

    One that takes long (it hashes a password, or its form comes in slowly) is waited for once, for
    what is left of its time; from then on others go on beside it.
    """
    lock = threading.Lock()
    began = 0.0

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal began
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            return inner(environ, start_response)
        spent = time.monotonic() - began if lock.locked() else 0.0
        has_turn = lock.acquire(timeout=max(0.0, _COURTESY - spent))
        if has_turn:
            began = time.monotonic()
        try:
            return inner(environ, start_response)
        finally:
            if has_turn:
                lock.release()

    return answer
