"""Many people at once: each in a thread of their own, all beginning together."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Run every act in a thread of its own, held back until all are ready.

    Returns:
        What each gave, in the order of `acts`.

    Raises:
        Exception: the first that an act raised.
    """
    together = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        together.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [waiting.result() for waiting in [threads.submit(run, act) for act in acts]]
