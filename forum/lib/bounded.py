"""A dictionary in memory that holds at most so many bytes; the least used entries go first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """Values by key; safe for many threads.

    Args:
        capacity: bytes, by what `put()` is told of each value's size.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value, which counts as used by this."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
        return kept[0]

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Keep `value` in place of what was there; the least used make room for its `size`."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += size - (before[1] if before else 0)
            self._kept[key] = value, size
            while self._size > self._capacity and self._kept:
                self._size -= self._kept.popitem(last=False)[1][1]
