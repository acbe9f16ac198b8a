"""Who argues here: the list of fans, and a fan's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request

from forum.accounts import queries
from forum.accounts.models import User
from forum.accounts.sessions import list_viewer
from forum.accounts.trust import trust_of, trust_word
from forum.accounts.views import blueprint
from forum.films.cards import film_card
from forum.films.queries import films_with, moderated_by
from forum.lib import clock
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.pages import pager
from forum.permissions import Viewer, can_find_film
from forum.theories.cards import WaitingLine, waiting_line
from forum.theories.queries import theories_by
from forum.theories.waiting import waiting_of
from forum.votes.cards import theory_card
from forum.votes.queries import opinions

FANS_A_PAGE = 60
THEORIES_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class FanLine:
    """A fan in a list, and at the head of their page."""

    name: str
    url: str
    thread_count: int
    theory_count: int
    reply_count: int
    joined: datetime
    role_label: str | None
    trust_label: str
    is_archive: bool


@blueprint.get("/fans")
def fans() -> Any:
    """Everybody with an account, by how many theories they have published."""
    page = queries.fans(request.args.get("after"), FANS_A_PAGE)
    return render_template(
        "accounts/fans.html",
        section="fans",
        fans=[_line(user) for user in page.items],
        pager=pager(page.next),
    )


@blueprint.get("/fans/<name>")
def fan(name: str) -> Any:
    """A fan's theories, each as the viewer may see it."""
    person = list_viewer()
    user = queries.user_named(name) if len(name) <= 20 and "\0" not in name else None
    if user is None:
        abort(404)
    page = theories_by(user.id, person, request.args.get("after"), THEORIES_A_PAGE)
    films = films_with(theory.film_id for theory, _ in page.items)
    mine = opinions(person, [theory for theory, _ in page.items])
    return render_template(
        "accounts/fan.html",
        section="fans",
        fan=_line(user, moderates=_moderated(user, person)),
        theories=[
            theory_card(
                theory,
                author,
                person,
                mine,
                film=film_card(films[theory.film_id]),
            )
            for theory, author in page.items
        ],
        waiting=_waiting(user, person),
        pager=pager(page.next),
    )


def _waiting(user: User, person: Viewer) -> list[WaitingLine]:
    """What waits of what `person` wrote, on their own page; nobody else learns of it."""
    if user.id != person.id:
        return []
    return [waiting_line(post, above, film.title) for post, above, film in waiting_of(user.id)]


def _moderated(user: User, person: Viewer) -> str:
    """The titles of the films that an account moderates, as far as `person` finds them."""
    films = [film for film in moderated_by(user.id) if can_find_film(person, film)]
    return ", ".join(film.title for film in films)


def _line(user: User, moderates: str = "") -> FanLine:
    posts = user.thread_count + user.theory_count + user.reply_count
    trust = trust_of(user.created_at, posts, user.trust_set, clock.now(), user.upheld_at)
    roles = {"moderator": _("moderator"), "admin": _("admin")}
    if moderates:
        roles["fan"] = _("moderator of %(films)s") % {"films": moderates}
    return FanLine(
        name=user.name,
        url=url_for("accounts.fan", name=user.name),
        thread_count=user.thread_count,
        theory_count=user.theory_count,
        reply_count=user.reply_count,
        joined=user.created_at,
        role_label=roles.get(user.role),
        trust_label=trust_word(trust),
        is_archive=user.is_archive,
    )
