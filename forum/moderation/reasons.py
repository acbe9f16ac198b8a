"""What the form of a decision begins with: a suggestion, or reasons that somebody took."""

from collections import Counter
from typing import Any

from forum.lib.language import gettext as _
from forum.moderation.models import Case

Canned = tuple[str, str, int]
"""Reasons that are ready: what they are called, their text, the rule that they cite."""

CANNED: tuple[Canned, ...] = (
    (
        _("Gives an ending away"),
        _("It gives an ending away to people who haven’t opened that film."),
        1,
    ),
    (_("About the person"), _("It argues with the person and not with what they say."), 2),
    (_("Advertising"), _("It advertises something that has nothing to do with the film."), 4),
    (_("Pirated copy"), _("It leads to a copy that the film’s makers didn’t allow."), 4),
    (_("Off the film"), _("It doesn’t speak of this film’s ending."), 5),
)

READY = frozenset(text for _label, text, _rule in CANNED)


def suggestion(case: Case, reports: list[Any]) -> dict[str, Any]:
    """What the form is filled with: the rule that most of `reports` cite, the weightiest where
    several do, and its usual words."""
    suggested: dict[str, Any] = {"version": str(case.version), "rule": "", "reasons": ""}
    cited = Counter(report.rule_number for report, *_rest in reports)
    number = 4 if case.hold_reason == "link" else None
    if cited:
        number = cited.most_common(1)[0][0]
    if number is not None:
        words = next((text for _label, text, rule in CANNED if rule == number), "")
        suggested |= {"rule": str(number), "reasons": words}
    return suggested


def take(form: Any, number: int) -> None:
    """Put the ready reasons of that `number`, from 1, into the form of a decision: below what was
    typed, but in place of others that were ready; nothing happens where there are none such."""
    if not 1 <= number <= len(CANNED):
        return
    _label, text, rule = CANNED[number - 1]
    typed = form.reasons.data or ""
    form.reasons.data = text if not typed or typed in READY else f"{typed}\n{text}"
    form.rule.data = str(rule)
