"""What kinds of theories and stances of replies are called."""

from forum.lib.language import counted, number, words
from forum.lib.language import gettext as _


def kind_label(kind: str) -> str:
    """A theory's kind as its byline says it."""
    return {
        "reading": _("A reading"),
        "plot": _("A plot theory"),
        "after": _("What happens after"),
        "allegory": _("An allegory"),
        "alternate": _("An alternate ending"),
    }[kind]


def stance_label(stance: str) -> str:
    """A reply's stance as its byline says it."""
    return {
        "supports": _("supports"),
        "challenges": _("challenges"),
        "neutral": _("neutral"),
    }[stance]


def counted_stance(stance: str, count: int) -> str:
    """How many replies take a stance."""
    shown = number(count)
    return {
        "supports": counted("%(count)s support", "%(count)s supports", count, count=shown),
        "challenges": counted("%(count)s challenge", "%(count)s challenges", count, count=shown),
        "neutral": words("%(count)s neutral", count=shown),
    }[stance]


def stance_words(stance: str, *, own: bool) -> str:
    """The same as it follows a name or, for one's `own`, "you"."""
    if not own:
        return _("is neutral") if stance == "neutral" else stance_label(stance)
    return {
        "supports": _("support it"),
        "challenges": _("challenge it"),
        "neutral": _("are neutral"),
    }[stance]
