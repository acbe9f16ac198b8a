"""Whether what somebody writes waits for a moderator: pure."""

import re
from difflib import SequenceMatcher

FIRST_POSTS = 2
MOST_CHANGE = 0.3
_LINK = re.compile(r"https?://|www\.|\]\(|\b[a-z0-9-]+\.(?:[a-z]{2,24})/", re.IGNORECASE)
_BARE_DOMAIN = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?:com|net|org|io|to|click|xyz|top|site|online|tv|cc|me|info|ru|live|watch|stream|movie)\b",
    re.IGNORECASE,
)


def links_in(text: str) -> int:
    """How many links `text` holds, written out or as Markdown, bare domains included."""
    return len(_LINK.findall(text)) + len(_BARE_DOMAIN.findall(text))


def reason_to_hold(
    *, is_newcomer: bool, approved: int, text: str, first_posts: int = FIRST_POSTS
) -> str | None:
    """Why a new post is held: "first", "link", or None if it isn't.

    Args:
        is_newcomer: whether the author's trust is the lowest.
        approved: how many of their posts stand published.
        text: everything that they wrote, titles too.
        first_posts: how many posts of a newcomer are held.
    """
    if not is_newcomer:
        return None
    if links_in(text):
        return "link"
    return "first" if approved < first_posts else None


def reason_to_hold_change(*, is_newcomer: bool, old: str, new: str) -> str | None:
    """Why a change to a post that stands is held: "link" if a newcomer adds one, "change" if they
    change more than 30 % of it, else None."""
    if not is_newcomer:
        return None
    if links_in(new) > links_in(old):
        return "link"
    same = SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()
    return "change" if 1 - same > MOST_CHANGE else None
