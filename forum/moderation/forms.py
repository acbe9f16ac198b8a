"""Forms of moderation."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, ValidationError
from wtforms.validators import NumberRange, Optional

from forum.lib.fields import Form, line_field, number_in, prose_field
from forum.lib.language import gettext as _
from forum.moderation.acts import ACTS
from forum.moderation.models import (
    NOTE_LENGTH,
    REASONS_LENGTH,
    RULE_TEXT_LENGTH,
    RULE_TITLE_LENGTH,
    WORDS_LENGTH,
    Rule,
)
from forum.theories.models import BODY_LENGTH, SAFE_TITLE_LENGTH

LONGEST_SUSPENSION = 365


class ReportForm(Form):
    """Which rule a post breaks, and in what way."""

    rule = RadioField(validate_choice=False, coerce=str)
    words = prose_field(WORDS_LENGTH, required=False)

    def __init__(self, rules: list[Rule], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule.choices = [(str(rule.number), f"{rule.number}. {rule.title}") for rule in rules]

    def validate_rule(self, field: Any) -> None:
        """One of the site's rules."""
        if field.data not in dict(self.rule.choices):
            raise ValidationError(_("Choose the rule that it breaks."))


class DecisionForm(Form):
    """Why something is decided."""

    version = HiddenField()
    rule = SelectField(validate_choice=False, coerce=str)
    reasons = prose_field(REASONS_LENGTH, required=False)
    note = prose_field(NOTE_LENGTH, required=False)
    days = IntegerField(
        validators=[
            Optional(),
            NumberRange(1, LONGEST_SUSPENSION, message=_("From 1 to 365 days.")),
        ]
    )
    safe_title = line_field(SAFE_TITLE_LENGTH, 4, required=False)

    def __init__(self, rules: list[Rule], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule.choices = [
            ("", _("None")),
            *((str(rule.number), f"{rule.number}. {rule.title}") for rule in rules),
        ]

    def validate_rule(self, field: Any) -> None:
        """One of the site's rules, or none."""
        if (field.data or "") not in dict(self.rule.choices):
            raise ValidationError(_("Choose one of the rules."))

    def fits(self, act: str) -> bool:
        """Whether it holds what `act` needs; what is missing is said at its field."""
        found = ACTS[act].needs_grounds
        needed = [
            (found, self.rule, _("Name the rule that it breaks.")),
            (found, self.reasons, _("Give the author your reasons.")),
            (act == "suspend", self.days, _("Say for how many days.")),
            (act == "retitle", self.safe_title, _("Write the new safe title.")),
        ]
        missing = [(field, text) for is_so, field, text in needed if is_so and not field.data]
        for field, text in missing:
            field.errors = [*field.errors, text]
        return not missing

    def seen_version(self) -> int:
        """The case's version that the form was made for; 0 if the field holds nonsense."""
        return number_in(self.version.data)


class ReversalForm(Form):
    """Why a decision was wrong."""

    reasons = prose_field(REASONS_LENGTH, required=False)


class NoteForm(Form):
    """A note to the other moderators."""

    text = prose_field(NOTE_LENGTH)


class RuleForm(Form):
    """A rule's next version."""

    version = HiddenField()
    title = line_field(RULE_TITLE_LENGTH, 3)
    text = prose_field(RULE_TEXT_LENGTH)


class TextForm(Form):
    """A page of the site; 0 is the version that no admin has written."""

    version = HiddenField(default="0")
    body = prose_field(BODY_LENGTH)
