"""What changed between two texts, line by line and, within changed lines, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

MOST_STEPS = 100_000
"""What comparing two texts may cost, whatever repeats in them; about a tenth of a second."""

MOST_AT_ONCE = 40_000
"""What comparing their lines, or the words of two lines, may take of it."""

_WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_TOO_LONG_FOR_WORDS = 4000
_NOWHERE = (-1, None)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference.

    Attributes:
        kind: "same", "added" or "removed".
        parts: (text, whether it is what changed) in order.
    """

    kind: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(slots=True)
class _Steps:
    """How many are left, until everything counts as changed."""

    left: int = MOST_STEPS


def lines(old: str, new: str) -> list[Line]:
    """How `old` became `new`; equal lines are there too, so that the text can be read."""
    # An empty text has no line; one empty line would show as removed from every first version.
    before, after = (text.split("\n") if text else [] for text in (old, new))
    found: list[Line] = []
    steps = _Steps()
    for is_same, was, became in _runs(before, after, steps):
        if is_same:
            found += [Line("same", ((line, False),)) for line in was]
            continue
        for removed, added in zip_longest(was, became):
            found += _changed(removed, added, steps)
    return found


def _changed(removed: str | None, added: str | None, steps: _Steps) -> list[Line]:
    if removed is None or added is None:
        kind, text = ("added", added) if removed is None else ("removed", removed)
        return [Line(kind, ((text or "", True),))]
    if removed == added:
        return [Line("same", ((removed, False),))]
    if len(removed) + len(added) > _TOO_LONG_FOR_WORDS:
        return [Line("removed", ((removed, True),)), Line("added", ((added, True),))]
    was, became = [], []
    for is_same, old, new in _runs(_WORDS.findall(removed), _WORDS.findall(added), steps):
        if old:
            was.append(("".join(old), not is_same))
        if new:
            became.append(("".join(new), not is_same))
    return [Line("removed", tuple(was)), Line("added", tuple(became))]


def _runs(
    old: list[str], new: list[str], steps: _Steps
) -> Iterator[tuple[bool, list[str], list[str]]]:
    """(whether they are the same, a stretch of `old`, what stands for it in `new`) in order."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    ends = len(old) - tail, len(new) - tail
    between = _blocks(old[head : ends[0]], new[head : ends[1]], steps)
    kept = [(head + start_a, head + start_b, length) for start_a, start_b, length in between]
    a = b = 0
    for start_a, start_b, length in [(0, 0, head), *kept, (*ends, tail)]:
        if (a, b) != (start_a, start_b):
            yield False, old[a:start_a], new[b:start_b]
        a, b = start_a + length, start_b + length
        if length:
            yield True, old[start_a:a], new[start_b:b]


def _alike(old: list[str], new: list[str]) -> int:
    """How many words or lines both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(old), len(new)))


def _blocks(old: list[str], new: list[str], steps: _Steps) -> list[tuple[int, int, int]]:
    """(where in `old`, where in `new`, length) of what stays if as little as possible is taken out
    and put in; nothing stays where that takes too many steps to find.

    E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), which can count what it
    costs; difflib takes minutes over a thousand lines of which each repeats the others.
    """
    stop = max(0, steps.left - MOST_AT_ONCE)
    # By diagonal: how far in `old` the way leads after so many edits, and the blocks that it met.
    reach: dict[int, tuple[int, Any]] = {1: (0, None)}
    edits = 0
    while old and new:
        for diagonal in range(-edits, edits + 1, 2):
            put, (taken, way) = reach.get(diagonal + 1, _NOWHERE), reach.get(diagonal - 1, _NOWHERE)
            a, way = put if put[0] > taken else (taken + 1, way)
            start = a
            while a < len(old) and a - diagonal < len(new) and old[a] == new[a - diagonal]:
                a += 1
            if a > start:
                way = (way, (start, start - diagonal, a - start))
            if a >= len(old) and a - diagonal >= len(new):
                return _in_order(way)
            reach[diagonal] = a, way
            steps.left -= 1 + a - start
            if steps.left < stop:
                return []
        edits += 1
    return []


def _in_order(way: Any) -> list[tuple[int, int, int]]:
    """The blocks of a way, which names the last one first."""
    found = []
    while way is not None:
        way, block = way
        found.append(block)
    return found[::-1]
