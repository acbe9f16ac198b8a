"""Passwords: argon2id, and what makes one too easy to guess."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from forum.lib.language import gettext as _

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 128
_GUESSABLE_BELOW = 3  # of zxcvbn's 0 to 4
_JUDGED_LENGTH = 72  # zxcvbn's time grows with the square of the length

_hasher = PasswordHasher(memory_cost=47104, time_cost=1, parallelism=1)
_NOBODYS_HASH = _hasher.hash("what nobody's password is compared with")


def hash_password(password: str) -> str:
    """The argon2id hash of `password`; takes about 50 ms, so call it outside of transactions."""
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one behind `password_hash`.

    With no hash (no such account) the same work is done, so that the time tells nothing.
    """
    try:
        _hasher.verify(password_hash or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether `password_hash` was made with older costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def weakness(password: str, about: list[str]) -> str | None:
    """Why `password` won't do, as a sentence, or None.

    Args:
        password: as typed.
        about: words that somebody would guess first, such as the name, the e-mail, the site.
    """
    if len(password) < MINIMUM_LENGTH:
        return _("%(have)d characters. It needs %(need)d or more; a sentence is fine.") % {
            "have": len(password),
            "need": MINIMUM_LENGTH,
        }
    if len(password) > MAXIMUM_LENGTH:
        return _("Longer than %(most)d characters. A shorter one is safe too.") % {
            "most": MAXIMUM_LENGTH
        }
    if zxcvbn(password[:_JUDGED_LENGTH], user_inputs=about)["score"] < _GUESSABLE_BELOW:
        return _("Too easy to guess. Four or five unrelated words make a good one.")
    return None
