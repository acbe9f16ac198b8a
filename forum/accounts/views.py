"""Signing up, logging in and out, forgotten passwords."""

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)

from forum.accounts import credentials, operations, passwords, preferences, queries
from forum.accounts.again import unpacked
from forum.accounts.arrivals import settle
from forum.accounts.forms import LogInForm, ResetForm, SignUpForm
from forum.accounts.models import User
from forum.accounts.names import folded
from forum.accounts.operations import NameTaken
from forum.accounts.queries import PasswordChanged
from forum.accounts.sessions import (
    become,
    delete_cookie,
    device,
    replaced_session,
    set_cookie,
    viewer,
)
from forum.accounts.viewers import Fan
from forum.films.cards import FilmCard, film_card
from forum.films.queries import seen_by, waiting_for_a_question
from forum.lib import clock, throttle
from forum.lib.addresses import url_for
from forum.lib.answers import local_path, onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.lib.quotas import TooMany
from forum.lib.throttle import Limit
from forum.permissions import can_sign_up, require

blueprint = Blueprint("accounts", __name__)

_POSTERS = 4
_LOGIN_BY_NAME = Limit("login-name", 10, timedelta(minutes=5))
_LOGIN_BY_ADDRESS = Limit("login-address", 10, timedelta(minutes=5))
_SIGNUP_BY_ADDRESS = Limit("signup-address", 20, timedelta(hours=1))
_RESET_BY_ADDRESS = Limit("reset-address", 20, timedelta(hours=1))


@blueprint.get("/signup")
def signup() -> Any:
    """The form with which an account is made."""
    if not viewer().is_guest:
        return redirect(url_for("accounts.settings"), 303)
    return _signup_page(SignUpForm(formdata=None), request.args.get("next"), "", 200)


@blueprint.post("/signup")
def create_account() -> Any:
    """Make an account, and log in."""
    form, carry = SignUpForm(), request.form.get("carry", "")
    next_url = request.form.get("next")
    site = current_app.config["FOYER"]
    if _comes_from_the_other_door():
        return _signup_page(SignUpForm(formdata=None), next_url, carry, 200)
    if not viewer().is_guest:  # admins too: they make accounts by command, and stay who they are
        require(can_sign_up(viewer(), registration_open=True))
    if site.registration != "open":
        return _signup_page(form, next_url, carry, 403)
    try:
        throttle.count_try(*throttle.by_address(_SIGNUP_BY_ADDRESS))
    except TooMany as refusal:
        form.form_errors = [str(refusal)]
        return refused(_signup_page(form, next_url, carry, 429), refusal)
    if not form.validate():
        return _signup_page(form, next_url, carry, 422)
    password_hash = passwords.hash_password(form.password.data)
    try:
        with unit_of_work():
            user = operations.sign_up(form.name.data, form.email.data, password_hash, by=viewer())
            token = _begin_session(user, carry)
    except NameTaken as problem:
        form.name.errors = [str(problem)]
        return _signup_page(form, next_url, carry, 422)
    return _arrived(token, next_url, carry, "signed-up")


@blueprint.get("/login")
def login() -> Any:
    """The form with which a session begins."""
    if not viewer().is_guest:
        return onward(local_path(request.args.get("next"), url_for("front.index")))
    return login_page(request.args.get("next"))


@blueprint.post("/login")
def create_session() -> Any:
    """Begin a session. An unknown name gets the answer, and the work, of a wrong password."""
    form, carry = LogInForm(), request.form.get("carry", "")
    next_url = request.form.get("next")
    if _comes_from_the_other_door():
        return login_page(next_url, carry)
    if not form.validate():
        return login_page(next_url, carry, 422, form)
    name = form.name.data
    try:
        throttle.count_try((_LOGIN_BY_NAME, folded(name)), *throttle.by_address(_LOGIN_BY_ADDRESS))
    except TooMany as refusal:
        form.form_errors = [str(refusal)]
        return refused(login_page(next_url, carry, 429, form), refusal)
    user = queries.user_named(name)
    password_hash = user.password_hash if user is not None else None
    session().rollback()  # no transaction is open while the password is checked
    if not passwords.is_right(password_hash, form.password.data) or user is None:
        return _wrong_password(form, next_url, carry)
    better = None
    if password_hash and passwords.needs_rehash(password_hash):
        better = passwords.hash_password(form.password.data)
    try:
        with unit_of_work():
            token = _begin_session(user, carry, password_hash)
            if better:
                credentials.rehash_password(user, better, by=viewer())
            throttle.forget(_LOGIN_BY_NAME, folded(name))
            for limit, address in throttle.by_address(_LOGIN_BY_ADDRESS):
                throttle.take_back(limit, address)
    except PasswordChanged:
        return _wrong_password(form, next_url, carry)
    return _arrived(token, next_url, carry, "logged-in")


@blueprint.post("/logout")
def logout() -> Response:
    """End this session."""
    person = viewer()
    if isinstance(person, Fan):
        with unit_of_work():
            operations.log_out(person.session_id, by=person)
    return delete_cookie(onward(url_for("front.index"), said="logged-out"))


@blueprint.get("/forgotten")
def forgotten() -> str:
    """Whom to ask for a reset link, as long as the site sends no mail."""
    return render_template("accounts/forgotten.html", contact=current_app.config["FOYER"].contact)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Any:
    """Set a new password behind a one-time link."""
    form = ResetForm()
    if request.method == "POST":
        try:
            throttle.count_try(*throttle.by_address(_RESET_BY_ADDRESS))
        except TooMany as refusal:
            form.form_errors = [str(refusal)]
            page = render_template("accounts/reset.html", form=form, valid=True, name="")
            return refused((page, 429), refusal)
        valid = bool(name := _behind(token))
        if valid and form.validate():
            password_hash = passwords.hash_password(form.password.data)
            with unit_of_work():
                valid = credentials.reset_password(token, password_hash, by=viewer())
            if valid:
                return onward(url_for("accounts.login"), said="password-changed")
    else:
        valid = bool(name := _behind(token))
    status = (422 if valid else 410) if request.method == "POST" else (200 if valid else 410)
    return render_template("accounts/reset.html", form=form, valid=valid, name=name), status


def _behind(token: str) -> str:
    """The name of the account whose password a link sets; "" if it is spent."""
    link = queries.live_reset_link(token, clock.now())
    return session().get_one(User, link.user_id).name if link is not None else ""


def login_page(
    next_url: str | None = None,
    carry: str = "",
    status: int = 200,
    form: LogInForm | None = None,
    *,
    too_long: bool = False,
) -> Any:
    """The log-in page.

    Args:
        carry: what was half written when somebody was sent here.
        too_long: whether that is too long to be carried, and must be fetched from where it is.
    """
    page = render_template(
        "accounts/login.html",
        form=form or LogInForm(formdata=None),
        posters=_posters(),
        next_url=local_path(next_url, ""),
        carry=carry,
        too_long=too_long,
    )
    return page, status


def _comes_from_the_other_door() -> bool:
    """Whether log-in sends somebody to sign-up or the reverse, with what they wrote in a form."""
    return request.form.get("act") == "begin"


def _signup_page(form: SignUpForm, next_url: str | None, carry: str, status: int) -> Any:
    page = render_template(
        "accounts/signup.html",
        form=form,
        posters=_posters(),
        registration_open=current_app.config["FOYER"].registration == "open",
        next_url=local_path(next_url, ""),
        carry=carry,
    )
    return page, status


def _posters() -> list[FilmCard]:
    return [film_card(film) for film in waiting_for_a_question(_POSTERS)]


def _wrong_password(form: LogInForm, next_url: str | None, carry: str) -> Any:
    form.form_errors = [_("Name and password don’t belong together. Check both.")]
    return login_page(next_url, carry, 422, form)


def _begin_session(user: User, carry: str, checked: str | None = None) -> str:
    """Log `user` in and keep what they brought along; part of the current transaction."""
    token = operations.log_in(
        user, device(), by=viewer(), replaces=replaced_session(), checked=checked
    )
    fan = Fan(
        id=user.id,
        name=user.name,
        role=user.role,
        trust_set=user.trust_set,
        created_at=user.created_at,
        now=clock.now(),
        load_seen=seen_by,
    )
    settle(fan, carry)
    return token


def _arrived(token: str, next_url: str | None, carry: str, said: str) -> Response:
    """Where somebody goes who is in: on, or to what they sent when their session had ended."""
    again = unpacked(carry)
    if again is None:
        answer = onward(local_path(next_url, url_for("front.index")), said=said)
    else:
        become(token)
        answer = make_response(render_template("errors/resend.html", again=again))
    kept = preferences.Preferences((), preferences.current().theme)
    return set_cookie(preferences.keep(answer, kept), token)


def refused(page: tuple[str, int], refusal: TooMany) -> tuple[str, int, dict[str, str]]:
    """`page` with the header that says when to try again."""
    return (*page, {"Retry-After": str(refusal.retry_after)})
