"""Form fields for text that people write: what may stand in it, and how long it may be."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import StopValidation

from forum.lib import text
from forum.lib.language import gettext as _

_WHAT_WAS_SENT = object()


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose token and origin are checked for every request, not field by field."""

    class Meta:
        """WTForms' own settings."""

        csrf = False

    def __init__(self, formdata: Any = _WHAT_WAS_SENT, **kwargs: Any) -> None:
        if formdata is _WHAT_WAS_SENT:
            # Flask-WTF would read JSON as well, of any shape and depth; a form sends none.
            formdata = request.form if self.is_submitted() else None
        super().__init__(formdata=formdata, **kwargs)


def one_line(value: str | None) -> str:
    """A WTForms filter: see `forum.lib.text.one_line`."""
    return text.one_line(value or "")


def lines(value: str | None) -> str:
    """A WTForms filter: line ends as ``\\n``, no white space after the last word."""
    return (value or "").replace("\r\n", "\n").replace("\r", "\n").rstrip()


def wording(
    longest: int, shortest: int = 1, *, required: bool = True
) -> Callable[[Form, Field], None]:
    """A validator: `shortest` to `longest` characters, none that no text may hold."""

    def check(_form: Form, field: Field) -> None:
        value: str = field.data or ""
        if not required and not value.strip():
            return
        if len(value) < shortest or not value.strip():
            raise StopValidation(
                _("This is needed.")
                if not value.strip()
                else _("At least %(n)d characters, please.") % {"n": shortest}
            )
        if len(value) > longest:
            raise StopValidation(
                _("%(have)d characters, and %(most)d fit. Shorten it a little.")
                % {"have": len(value), "most": longest}
            )
        character = text.forbidden_character(value)
        if character is not None:
            raise StopValidation(
                _("It holds a character that can’t be shown (U+%(code)s). Take it out.")
                % {"code": f"{ord(character):04X}"}
            )
        if text.has_stacked_marks(value):
            raise StopValidation(_("Too many marks stand on one letter. Take some off."))

    return check


def line_field(
    longest: int, shortest: int = 1, *, required: bool = True, **render: Any
) -> StringField:
    """A field of one line."""
    return StringField(
        filters=[one_line],
        validators=[wording(longest, shortest, required=required)],
        render_kw={"maxlength": longest, **render},
    )


def prose_field(longest: int, *, required: bool = True, **render: Any) -> TextAreaField:
    """A field of Markdown."""
    return TextAreaField(
        filters=[lines],
        validators=[wording(longest, required=required)],
        render_kw={"maxlength": longest, **render},
    )


def number_in(text: str | None) -> int:
    """The number that a hidden field holds; 0 if it holds nonsense."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
