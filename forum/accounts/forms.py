"""Forms of accounts."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import PasswordField, ValidationError
from wtforms.validators import StopValidation

from forum.accounts import passwords
from forum.accounts.models import EMAIL_LENGTH
from forum.accounts.names import name_problem
from forum.accounts.queries import free_names, is_taken
from forum.lib.fields import Form, line_field
from forum.lib.language import gettext as _

_TYPED_NAME = 200  # longer than any name, so that a wrong one is explained, not cut


def _needed(_form: Form, field: Any) -> None:
    if not field.data:
        raise StopValidation(_("This is needed."))
    if len(field.data) > 10_000 or "\0" in field.data:
        raise StopValidation(_("This can’t be a password."))


def email_problem(address: str) -> str | None:
    """What is wrong with an e-mail address as it is written, with what to do; None if nothing."""
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as problem:
        return _("This is no e-mail address: %(why)s") % {"why": problem}
    return None


class SignUpForm(Form):
    """Name, e-mail and password, each once."""

    name = line_field(_TYPED_NAME)
    email = line_field(EMAIL_LENGTH, inputmode="email")  # a phone shows the keys for one
    password = PasswordField(validators=[_needed])

    def validate_name(self, field: Any) -> None:
        """A name that the rules allow and nobody has."""
        problem = name_problem(field.data)
        if problem:
            raise ValidationError(problem)
        if is_taken(field.data):
            said = _("Somebody here is called %(name)s.") % {"name": field.data}
            free = free_names(field.data)
            if free:
                said += " " + _("Free: %(names)s.") % {"names": ", ".join(free)}
            raise ValidationError(said)

    def validate_email(self, field: Any) -> None:
        """A well-formed address; whether it receives mail is another matter."""
        problem = email_problem(field.data)
        if problem:
            raise ValidationError(problem)

    def validate_password(self, field: Any) -> None:
        """Long enough, and not what somebody would guess first."""
        weakness = passwords.weakness(field.data, [self.name.data or "", self.email.data or ""])
        if weakness:
            raise ValidationError(weakness)


class LogInForm(Form):
    """Name and password."""

    name = line_field(_TYPED_NAME)
    password = PasswordField(validators=[_needed])


class PasswordForm(Form):
    """The password as it is, and as it shall be."""

    current = PasswordField(validators=[_needed])
    new = PasswordField(validators=[_needed])

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = name

    def validate_new(self, field: Any) -> None:
        """As at sign-up."""
        weakness = passwords.weakness(field.data, [self._name])
        if weakness:
            raise ValidationError(weakness)


class ResetForm(Form):
    """A new password, behind a reset link."""

    password = PasswordField(validators=[_needed])

    def validate_password(self, field: Any) -> None:
        """As at sign-up."""
        weakness = passwords.weakness(field.data, [])
        if weakness:
            raise ValidationError(weakness)
