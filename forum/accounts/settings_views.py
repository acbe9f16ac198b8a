"""One's own account: password, sessions, theme."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, redirect, render_template, request

from forum.accounts import credentials, operations, passwords, preferences, queries
from forum.accounts.forms import PasswordForm
from forum.accounts.models import User
from forum.accounts.queries import PasswordChanged
from forum.accounts.sessions import device, set_cookie, viewer
from forum.accounts.viewers import Fan
from forum.accounts.views import blueprint, refused
from forum.lib import clock, throttle
from forum.lib.addresses import url_for
from forum.lib.answers import local_path, onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.lib.quotas import TooMany
from forum.lib.throttle import Limit

_PASSWORD_BY_ACCOUNT = Limit("password-account", 10, timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of one's own sessions."""

    id: int
    device: str
    started_at: datetime
    seen_at: datetime
    current: bool
    end_url: str


@blueprint.get("/settings")
def settings() -> Any:
    """One's own account."""
    person = viewer()
    if not isinstance(person, Fan):
        return redirect(url_for("accounts.login", next=url_for("accounts.settings")), 303)
    return _settings_page(PasswordForm(formdata=None), 200)


@blueprint.post("/settings/password")
def password() -> Any:
    """Change one's password; every other session ends."""
    person = viewer()
    if not isinstance(person, Fan):
        return redirect(url_for("accounts.login", next=url_for("accounts.settings")), 303)
    form = PasswordForm(name=person.name)
    try:
        throttle.count_try((_PASSWORD_BY_ACCOUNT, str(person.id)))
    except TooMany as refusal:
        form.form_errors = [str(refusal)]
        return refused(_settings_page(form, 429), refusal)
    if not form.validate():
        return _settings_page(form, 422)
    password_hash = session().get_one(User, person.id).password_hash
    session().rollback()
    if not passwords.is_right(password_hash, form.current.data):
        return _wrong_password(form)
    new_hash = passwords.hash_password(form.new.data)
    try:
        with unit_of_work():
            credentials.change_password(
                new_hash, person.session_id, by=person, checked=password_hash
            )
            token = operations.log_in(
                session().get_one(User, person.id), device(), by=person, replaces=person.session_id
            )
            throttle.forget(_PASSWORD_BY_ACCOUNT, str(person.id))
    except PasswordChanged:
        return _wrong_password(form)
    return set_cookie(onward(url_for("accounts.settings"), said="password-changed"), token)


@blueprint.post("/settings/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of one's own sessions elsewhere."""
    with unit_of_work():
        operations.end_session(session_id, by=viewer())
    return onward(url_for("accounts.settings"), said="session-ended")


@blueprint.post("/settings/theme")
def theme() -> Response:
    """Keep the theme in this browser: dark, light, or as the system has it."""
    value = request.form.get("value")
    if value not in preferences.THEMES:
        abort(400)
    answer = onward(local_path(request.form.get("next"), url_for("front.index")))
    kept = preferences.Preferences(preferences.current().seen, value)
    return preferences.keep(answer, kept)


def _wrong_password(form: PasswordForm) -> Any:
    form.current.errors = [_("This is not your password. Check it.")]
    return _settings_page(form, 422)


def _settings_page(form: PasswordForm, status: int) -> Any:
    person = viewer()
    sessions = queries.sessions_of(person.id, clock.now())
    page = render_template(
        "accounts/settings.html",
        section="settings",
        form=form,
        sessions=[
            SessionLine(
                id=one.id,
                device=one.device,
                started_at=one.created_at,
                seen_at=one.seen_at,
                current=one.id == person.session_id,
                end_url=url_for("accounts.end_session", session_id=one.id),
            )
            for one in sessions
        ],
    )
    return page, status
