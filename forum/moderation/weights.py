"""How much a report weighs: pure."""

from math import log

_TRUST = {"newcomer": 0.0, "member": 2.0, "trusted": 4.0}
_STAFF = 5.0
_DECIDED_FROM = 5
_AGREED_FROM = 0.7


def accuracy(upheld: int, declined: int) -> float:
    """What a reporter's record adds or takes: 0 until more than five are decided.

    With p the share upheld and n the number decided: (p - .7) / .3 * 5 * log4(n) from p = .7 on,
    else -(.7 - p) / .7 * 5 * log4(n). Source: Discourse, as the design cites it.
    """
    decided = upheld + declined
    if decided <= _DECIDED_FROM:
        return 0.0
    p = upheld / decided
    scale = 5 * log(decided, 4)
    if p >= _AGREED_FROM:
        return (p - _AGREED_FROM) / (1 - _AGREED_FROM) * scale
    return -(_AGREED_FROM - p) / _AGREED_FROM * scale


def weight(trust: str, is_staff: bool, upheld: int, declined: int) -> float:
    """A report's weight: 1, plus trust (0 to 4; staff 5), plus accuracy; never below 0."""
    standing = _STAFF if is_staff else _TRUST[trust]
    return max(0.0, 1 + standing + accuracy(upheld, declined))
