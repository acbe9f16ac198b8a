"""Forms of the composers."""

from typing import Any

from wtforms import HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from forum.lib.fields import Form, line_field, number_in, prose_field
from forum.lib.language import gettext as _
from forum.lib.veils import leaks, scopes_named
from forum.theories.models import (
    BODY_LENGTH,
    KINDS,
    REPLY_LENGTH,
    SAFE_TITLE_LENGTH,
    STANCES,
    TITLE_LENGTH,
)
from forum.theories.writing import Words, scopes_in, words

_KIND_CHOICES = (
    SelectChoice("reading", _("Reading")),
    SelectChoice("plot", _("Plot")),
    SelectChoice("after", _("After")),
    SelectChoice("allegory", _("Allegory")),
    SelectChoice("alternate", _("Alternate")),
)
_STANCE_CHOICES = (
    SelectChoice("supports", _("Supports")),
    SelectChoice("challenges", _("Challenges")),
    SelectChoice("neutral", _("Neutral")),
)


class _Composer(Form):
    """What every composer has: a body, and the version that is edited, or the change that waits."""

    version = HiddenField(default="1")
    change = HiddenField(default="")

    def validate_body(self, field: Any) -> None:
        """Each film that a veil names must be ours, else the veil would open to everybody."""
        body = field.data or ""
        scopes = scopes_in(body)
        unknown = scopes_named(body) - set(scopes)
        if unknown:
            raise ValidationError(
                _("No film here has the address “%(slug)s”. Take it from the film’s page.")
                % {"slug": min(unknown)}
            )
        if not field.errors and leaks(body, scopes):
            raise ValidationError(
                _(
                    "A veil that names a film must begin and end in one paragraph, outside of"
                    " code, tables and other veils. As it stands it would hide nothing."
                )
            )

    def edited_version(self) -> int:
        """The version whose text was edited; 0 if the field holds nonsense."""
        return number_in(self.version.data)

    def fields_for_draft(self) -> dict[str, str]:
        """What was typed, for a draft."""
        return {
            name: str(field.data)
            for name, field in self._fields.items()
            if field.data and name not in ("version", "change")
        }


class ThreadForm(_Composer):
    """A question about a film's ending."""

    safe_title = line_field(SAFE_TITLE_LENGTH, 4)
    title = line_field(TITLE_LENGTH, 4)
    body = prose_field(BODY_LENGTH)

    def words(self) -> Words:
        """What was written, rendered."""
        return words(self.body.data, safe_title=self.safe_title.data, title=self.title.data)


class TheoryForm(_Composer):
    """A theory that answers a question."""

    safe_title = line_field(SAFE_TITLE_LENGTH, 4)
    title = line_field(TITLE_LENGTH, 4)
    kind = RadioField(
        choices=_KIND_CHOICES,
        default="reading",
        validate_choice=False,
        validators=[AnyOf(KINDS, message=_("Choose one of the five kinds."))],
    )
    body = prose_field(BODY_LENGTH)

    def words(self) -> Words:
        """What was written, rendered."""
        return words(
            self.body.data,
            safe_title=self.safe_title.data,
            title=self.title.data,
            kind=self.kind.data,
        )


class ReplyForm(_Composer):
    """A reply to a theory or to a reply."""

    stance = RadioField(
        choices=_STANCE_CHOICES,
        default="neutral",
        validate_choice=False,
        validators=[AnyOf(STANCES, message=_("Choose where you stand."))],
    )
    body = prose_field(REPLY_LENGTH)

    def words(self) -> Words:
        """What was written, rendered."""
        return words(self.body.data, stance=self.stance.data)
