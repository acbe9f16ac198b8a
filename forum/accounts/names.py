"""Names: which are allowed, and which look alike."""

import re
import unicodedata

from forum.lib.language import gettext as _

RESERVED = frozenset(
    {
        *("foyer", "admin", "administrator", "moderator", "moderators", "mod", "staff", "team"),
        *("operator", "root", "system", "support", "help", "official", "security", "archive"),
        *("the_archive", "guest", "anonymous", "deleted", "former_member", "everyone", "all"),
        *("you", "null", "none", "undefined", "new", "settings", "login", "logout", "signup"),
        *("search", "api"),
    }
)

_ALLOWED = re.compile(r"[A-Za-z0-9_-]{3,20}")
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "_": "", "-": ""})


def folded(text: str) -> str:
    """`text` as a key for look-ups: compatibility forms and letter case are made equal."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_well_formed(name: str) -> bool:
    """Whether `name` has 3 to 20 ASCII letters, digits, hyphens or underscores."""
    return _ALLOWED.fullmatch(name) is not None


def skeleton(name: str) -> str:
    """What is left of `name` when characters that look alike are made one.

    Two names with one skeleton could pass for each other: rn and m, vv and w, 0 and o, 1 and l.
    A name of separators alone keeps them, so that no skeleton is empty.
    """
    bare = folded(name).replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return bare.translate(_LOOKALIKES) or folded(name)


def is_reserved(name: str) -> bool:
    """Whether `name`, or one that looks like it, belongs to the site itself."""
    return skeleton(name) in _RESERVED_SKELETONS


def name_problem(name: str) -> str | None:
    """Why nobody can be called `name`, as a sentence, or None. Doesn't look whether it is taken."""
    if not is_well_formed(name):
        return _("3 to 20 letters (a to z), digits, hyphens or underscores.")
    if is_reserved(name):
        return _("This name belongs to the site. Choose another.")
    return None


_RESERVED_SKELETONS = frozenset(skeleton(name) for name in RESERVED)
