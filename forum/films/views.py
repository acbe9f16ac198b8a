"""Pages of films, and the seal."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from forum.accounts import preferences
from forum.accounts.sessions import list_viewer, viewer
from forum.films import operations, queries
from forum.films.cards import StatementCard, bearing_label, film_card, statement_card
from forum.films.finding import film_or_404
from forum.films.models import Film
from forum.films.posters import draw_poster
from forum.lib.addresses import url_for
from forum.lib.answers import local_path, onward
from forum.lib.database import unit_of_work
from forum.lib.language import gettext as _
from forum.lib.page_versions import argued_key, film_key, made_of
from forum.lib.pages import Order, pager, with_query
from forum.permissions import can_open_thread
from forum.theories import cards
from forum.theories.queries import leading_theories, readable_posts, threads_of
from forum.votes.cards import theory_card
from forum.votes.queries import opinions

blueprint = Blueprint("films", __name__)

FILMS_A_PAGE = 48
LEADING_EACH = 3
_LETTERS = [*"abcdefghijklmnopqrstuvwxyz"]


@blueprint.get("/films")
def index() -> Any:
    """All listed films: by title, year or how much is argued; by letter, decade or words."""
    order = request.args.get("order", "title")
    order = order if order in queries.ORDERS else "title"
    initial = request.args.get("letter", "").lower()
    letter = initial if initial in (*_LETTERS, "0", "#") else None
    decade = request.args.get("decade", type=int)
    decade = decade if decade is not None and 1870 <= decade <= 2100 else None
    words = request.args.get("q", "")[:200]
    page = queries.browse(
        list_viewer(),
        order=order,
        words=words,
        letter=letter,
        decade=decade,
        cursor=request.args.get("after"),
        size=FILMS_A_PAGE,
    )
    return render_template(
        "films/index.html",
        section="films",
        films=[film_card(film) for film in page.items],
        letters=_letter_links(letter),
        decades=_decade_links(decade),
        orders=_orders(order),
        q=words,
        chosen=_chosen(letter, decade),
        total=queries.site_counts()[0],
        pager=pager(page.next),
    )


@blueprint.get("/films/<slug>")
def show(slug: str) -> Any:
    """A film: its questions by safe title, or, once it is opened, as they are really put."""
    person = viewer()
    film = film_or_404(slug, person)
    made_of(film_key(film.id), argued_key(film.id), film_id=film.id)
    sealed = film.id not in person.seen
    asked = threads_of(film.id, person, request.args.get("after"))
    threads = [cards.thread_line(thread, person) for thread, _ in asked.items]
    leading = {}
    if not sealed:
        leading = leading_theories(LEADING_EACH, [thread.id for thread in threads])
    mine = opinions(person, [theory for each in leading.values() for theory, _ in each])
    return render_template(
        "films/film.html",
        section="films",
        film=film_card(film),
        sealed=sealed,
        threads=threads,
        pager=pager(asked.next),
        leading={
            thread_id: [theory_card(theory, author, person, mine) for theory, author in each]
            for thread_id, each in leading.items()
        },
        statements=[] if sealed else _statements(film),
        notes=[] if sealed else film.notes,
        notes_source=None if sealed else film.notes_source,
        ask=can_open_thread(person, film),
        ask_url=url_for("theories.compose_thread", slug=film.slug),
        seen_action=url_for("films.open_seal", slug=film.slug),
        unsee_action=url_for("films.close_seal", slug=film.slug),
    )


@blueprint.get("/films/<slug>/poster.svg")
def poster(slug: str) -> Response:
    """A film's poster, drawn from its title and year."""
    film = film_or_404(slug, viewer())
    response = Response(draw_poster(film.title, film.year), content_type="image/svg+xml")
    if film.state == "listed":  # what only moderators find is kept by nobody else
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.post("/films/<slug>/viewing")
def open_seal(slug: str) -> Response:
    """ "I have seen it": kept on the account, or in a guest's cookie."""
    person = viewer()
    film = film_or_404(slug, person)
    answer = _back_to(film, "seal-opened")
    if person.is_guest:
        return preferences.keep(answer, preferences.current().opening(film.id))
    with unit_of_work():
        operations.open_seal(film, by=person)
    return answer


@blueprint.post("/films/<slug>/viewing/withdrawal")
def close_seal(slug: str) -> Response:
    """Seal a film again."""
    person = viewer()
    film = film_or_404(slug, person)
    answer = _back_to(film, "seal-closed")
    if person.is_guest:
        return preferences.keep(answer, preferences.current().sealing(film.id))
    with unit_of_work():
        operations.close_seal(film, by=person)
    return answer


@blueprint.get("/settings/films")
def mine() -> Any:
    """The films that one has opened, where each can be sealed again."""
    person = viewer()
    if person.is_guest:
        return redirect(url_for("accounts.login", next=url_for("films.mine")), 303)
    page = queries.seen_films(person.id, request.args.get("after"), FILMS_A_PAGE)
    return render_template(
        "films/mine.html",
        section="settings",
        films=[film_card(film) for film in page.items],
        unsee_actions={film.id: url_for("films.close_seal", slug=film.slug) for film in page.items},
        pager=pager(page.next),
    )


def _back_to(film: Film, said: str) -> Response:
    place = url_for("films.show", slug=film.slug)
    return onward(local_path(request.form.get("next"), place), said=said)


def _statements(film: Film) -> list[StatementCard]:
    said = queries.statements_about(film.id)
    theories = readable_posts((b.theory_id for _, bearings in said for b in bearings), viewer())
    return [
        statement_card(
            statement,
            tuple(
                (theory.title or "", cards.address(theory), bearing_label(bearing.bearing))
                for bearing in bearings
                if (theory := theories.get(bearing.theory_id)) is not None
            ),
        )
        for statement, bearings in said
    ]


def _letter_links(current: str | None) -> list[tuple[str, str, bool]]:
    every = (_("A–Z"), with_query(letter=None), current is None)
    labels = [(letter.upper(), letter) for letter in _LETTERS] + [("0–9", "0"), ("#", "#")]
    return [
        every,
        *((label, with_query(letter=key), key == current) for label, key in labels),
    ]


def _chosen(letter: str | None, decade: int | None) -> str:
    """To which films the list is narrowed, in words; "" for all."""
    begins = {None: "", "0": _("beginning with a digit"), "#": _("beginning with a sign")}
    by_letter = begins.get(letter, _("beginning with %(letter)s"))
    by_decade = _("of the %(year)ds") % {"year": decade} if decade else ""
    words = by_letter % {"letter": (letter or "").upper()}
    return ", ".join(filter(None, (words, by_decade)))


def _decade_links(current: int | None) -> list[tuple[str, str, bool]]:
    every = (_("Any decade"), with_query(decade=None), current is None)
    return [
        every,
        *(
            (_("%(year)ds") % {"year": first}, with_query(decade=str(first)), first == current)
            for first in queries.decades()
        ),
    ]


def _orders(current: str) -> list[Order]:
    kinds = (
        ("title", _("By title"), ""),
        ("year", _("By year"), _("The latest first")),
        ("argued", _("Most argued"), _("By how many theories there are")),
    )
    return [
        Order(
            key,
            label,
            with_query(order=None if key == "title" else key),
            key == current,
            explanation,
        )
        for key, label, explanation in kinds
    ]
