"""What changed between two texts, line by line and, within changed lines, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

_WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_TOO_LONG_FOR_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference.

    Attributes:
        kind: "same", "added" or "removed".
        parts: (text, whether it is what changed) in order.
    """

    kind: str
    parts: tuple[tuple[str, bool], ...]


def lines(old: str, new: str) -> list[Line]:
    """How `old` became `new`; equal lines are there too, so that the text can be read."""
    # An empty text has no line; one empty line would show as removed from every first version.
    before, after = (text.split("\n") if text else [] for text in (old, new))
    found: list[Line] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, before, after, False).get_opcodes():
        if kind == "equal":
            found += [Line("same", ((line, False),)) for line in before[a1:a2]]
            continue
        for removed, added in zip_longest(before[a1:a2], after[b1:b2]):
            found += _changed(removed, added)
    return found


def _changed(removed: str | None, added: str | None) -> list[Line]:
    if removed is None or added is None:
        kind, text = ("added", added) if removed is None else ("removed", removed)
        return [Line(kind, ((text or "", True),))]
    if len(removed) + len(added) > _TOO_LONG_FOR_WORDS:
        return [Line("removed", ((removed, True),)), Line("added", ((added, True),))]
    old, new = _WORDS.findall(removed), _WORDS.findall(added)
    matcher = SequenceMatcher(None, old, new, False)
    was, became = [], []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if a2 > a1:
            was.append(("".join(old[a1:a2]), kind != "equal"))
        if b2 > b1:
            became.append(("".join(new[b1:b2]), kind != "equal"))
    return [Line("removed", tuple(was)), Line("added", tuple(became))]
