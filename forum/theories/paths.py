"""Where a reply stands: the ids from the first reply down to it, of fixed width, so that the order
of paths is the order in which a discussion is read."""

WIDTH = 7
DEEPEST = 60
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def below(parent_path: str | None, reply_id: int) -> tuple[str, int]:
    """The path and depth of a reply.

    Args:
        parent_path: the path of the reply that it answers; None if it answers the theory itself.
        reply_id: its own id.

    Returns:
        The path, and how deep it stands (0 for an answer to the theory). Beyond `DEEPEST` levels a
        reply stands beside the one that it answers.
    """
    parent = (parent_path or "")[: DEEPEST * WIDTH]
    return parent + _base36(reply_id), len(parent) // WIDTH


def ancestor_at(path: str, depth: int) -> int:
    """The id of the reply at `depth` on the way down `path`."""
    return int(path[depth * WIDTH : (depth + 1) * WIDTH], 36)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits.rjust(WIDTH, "0")
