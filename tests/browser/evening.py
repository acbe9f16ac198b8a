"""An evening with the argument going: what pages look like once fans have been there for a while.

Made by the same operations that the site uses, with the awkward things that fans bring along: the
longest names and titles, words without a space, tables, deep answers, posts that were withdrawn or
taken down.
"""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from forum.accounts import credentials
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.theories import changes, drafts, moving
from forum.theories.cards import address
from forum.theories.models import Post
from forum.theories.writing import words
from forum.votes import operations as votes
from tests.browser import desk, writing
from tests.factories import a_fan, a_user, in_state, viewer_of

LONGEST_NAME = "Wilhelmina_Wasserman"
LONGEST_WORD = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle"
WIDE = f"""\
A first paragraph with **weight**, *stress*, `code` and [a link](https://example.org/a/very/long/path/that/does/not/break).

# What I saw

| shot | what is in it | how long | who looks | at whom | why it matters |
| --- | --- | --- | --- | --- | --- |
| 1 | the car | 40 s | she | nobody | {LONGEST_WORD} |

- one thing
  1. and another inside it
- {LONGEST_WORD}

> Somebody said this before me, at some length, and I answer it here as well as I can.

```
a line of code that is far longer than any screen that it will ever be read on, and has no break
```

>!Here is what a veil hides, with *stress* in it.!< And >!film:inception-2010 | the top!< too.
"""

# Of theories in the order of their ids: how many are convinced, and how many are not.
_OPINIONS = (
    *((9, 2), (4, 7), (11, 1), (6, 6), (3, 1), (0, 0)),
    *((5, 4), (2, 8), (1, 0), (7, 5), (0, 3), (12, 0)),
    *((8, 4), (2, 2), (5, 5), (1, 6), (0, 0)),
)


def furnish() -> dict[str, str]:
    """Let an evening pass.

    Returns:
        The addresses at which the things stand that pages are to show, by what they are.
    """
    with time_machine.travel(datetime.now(UTC) - timedelta(days=5), tick=True):
        hana = a_user("hana", trust="trusted")
        usher = a_user("usher_of_the_house", role="moderator")
        second = a_user("lantern", role="moderator")
        crowd = [a_user(name, trust="trusted") for name in _names()]
        newcomer = a_user("new_here", trust=None)
        a_user("owner", role="admin")
        anora = session().scalars(select(Film).where(Film.slug == "anora-2024")).one()
        for user in (hana, usher, second, newcomer, *crowd):
            a_fan(user, seen=(anora,))
        _vote(crowd, hana)
    with time_machine.travel(datetime.now(UTC) - timedelta(days=2, hours=3), tick=True):
        places = _argue(anora, hana, crowd)
        places |= _other_films(hana, usher, crowd)
        places |= desk.work(
            _first_theory(anora),
            hana=hana,
            usher=usher,
            second=second,
            crowd=crowd,
            newcomer=newcomer,
        )
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=7), tick=True):
        places |= _today(anora, hana, crowd)
    places["reset"] = _reset_link(hana)
    session().rollback()
    return places


def _names() -> list[str]:
    return [
        *("noor", "lastreel", "tobias_r", "marlowe", "quietcar", LONGEST_NAME),
        *("ines", "second-row", "B4lcony", "ushers_cat", "late_again", "popcornless"),
    ]


def _vote(crowd: list[User], hana: User) -> None:
    seeded = session().scalars(select(Post).where(Post.type == "theory").order_by(Post.id)).all()
    fans = [viewer_of(user) for user in crowd]
    for theory, (ups, downs) in zip(seeded, _OPINIONS, strict=True):
        for place, fan in enumerate(fans[: ups + downs]):
            with unit_of_work():
                votes.cast_vote(theory.id, 1 if place < ups else -1, by=fan)
    for theory, value in zip(seeded[:7], (1, -1, 1, 0, 1, 0, -1), strict=True):
        with unit_of_work():
            votes.cast_vote(theory.id, value, by=viewer_of(hana))


def _argue(film: Film, hana: User, crowd: list[User]) -> dict[str, str]:
    """Replies below the first theory, and a theory that has been edited."""
    question = _questions(film)[0]
    theory = _first_theory(film)
    first = writing.reply(
        theory, crowd[4], "You give the silence to her. I think it belongs to *him*.", "challenges"
    )
    _good_points(first, crowd[5:9])
    parent = first
    for depth in range(7):
        stance = ("neutral", "supports", "challenges")[depth % 3]
        parent = writing.reply(
            parent, crowd[depth], f"Level {depth + 2}: look at who moves first.", stance
        )
    gone = writing.reply(theory, crowd[1], "Taken back.", "supports")
    writing.reply(gone, crowd[2], "An answer that stays.", "neutral")
    removed = writing.reply(theory, crowd[3], "Not fit to be read.", "challenges")
    own = writing.reply(theory, hana, "What persuades me is the *wipers*.", "supports")
    _good_points(own, crowd[:3])
    wide = writing.reply(theory, crowd[5], WIDE, "neutral")
    with unit_of_work():
        changes.withdraw(gone, by=viewer_of(crowd[1]))
    in_state(removed, "removed")
    with unit_of_work():
        changes.revise(
            own,
            words("What persuades me is the wipers.\n\nAnd the *silence*.", stance="supports"),
            1,
            by=viewer_of(hana),
        )
    return {
        "theory": address(theory),
        "thread": address(question),
        "reply to": f"/posts/{wide.id}/replies/new",
        "own reply": f"/posts/{own.id}/edit",
        "reply revisions": f"/posts/{own.id}/revisions",
        "film": "/films/anora-2024",
    }


def _other_films(hana: User, usher: User, crowd: list[User]) -> dict[str, str]:
    """Questions about other films: without an answer, locked, of long names and many pages."""
    jeanne = session().scalars(select(Film).where(Film.title.startswith("Jeanne Dielman"))).one()
    stalker = session().scalars(select(Film).where(Film.slug == "stalker-1979")).one()
    inception = session().scalars(select(Film).where(Film.slug == "inception-2010")).one()
    for user in (hana, crowd[5], usher):
        a_fan(user, seen=(jeanne, stalker))
    empty = writing.thread(
        stalker, hana, "A question about the room", "Did any of them want to go in?"
    )
    locked = writing.thread(stalker, crowd[5], "The dog", "Whose dog is it, and since when?")
    writing.theory(
        locked,
        crowd[5],
        "On the dog",
        "It was the Zone’s from the start",
        "It comes when nobody calls.",
    )
    with unit_of_work():
        moving.set_locked(locked, True)
        changes.pin(locked, True, by=viewer_of(usher))
    long = writing.thread(
        jeanne,
        crowd[5],
        f"A safe title of eighty characters, with {LONGEST_WORD}"[:80],
        f"Why a question of a hundred and sixty characters, with {LONGEST_WORD} in it, at length?",
        WIDE,
    )
    for number in range(28):
        writing.theory(
            long,
            crowd[5] if number == 3 else crowd[number % 5],
            f"Safe title {number}",
            f"Theory {number}: {LONGEST_WORD if number == 3 else 'the clock did it'}",
            WIDE if number == 3 else f"Because of reason {number}.",
        )
    with_pages = (
        session()
        .scalars(
            select(Post).where(Post.type == "theory", Post.thread_id == long.id).order_by(Post.id)
        )
        .first()
    )
    assert with_pages is not None
    for number in range(54):
        writing.reply(with_pages, crowd[number % 5], f"Answer {number + 1} of many.", "neutral")
    a_fan(hana, seen=(inception,))
    withdrawn = writing.thread(inception, hana, "The last shot", "Does it fall?")
    writing.theory(withdrawn, crowd[0], "A view of it", "It wobbles", "I saw it wobble.")
    with unit_of_work():
        changes.withdraw(withdrawn, by=viewer_of(hana))
    return {
        "thread without an answer": address(empty),
        "locked thread": address(locked),
        "long thread": address(long),
        "theory of many replies": address(with_pages),
        "long film": f"/films/{jeanne.slug}",
        "film without a seal": "/films/inception-2010",
        "withdrawn thread": address(withdrawn),
        "sealed film": "/films/parasite-2019",
    }


def _today(anora: Film, hana: User, crowd: list[User]) -> dict[str, str]:
    """What was posted a few hours ago: figures still hidden, one's own theory, a draft."""
    threads = _questions(anora)
    blind = writing.theory(
        threads[0],
        crowd[0],
        "On what is heard",
        "Listen to the engine, not to her",
        "The engine runs through all of it, and stops once.\n\nThat is the *cut* that matters.",
    )
    for fan in crowd[1:6]:
        with unit_of_work():
            votes.cast_vote(blind.id, 1, by=viewer_of(fan))
    own = writing.theory(
        threads[0],
        hana,
        "A look out of the window",
        "The snow is the only witness",
        "Nobody looks at her but the *weather*.\n\nThe wipers go on over the silence.",
    )
    with unit_of_work():
        text = words(
            "Nobody looks at her but the *weather* and us.\n\nThe wipers go on.\n\nAsk why.",
            safe_title="A look out of the window",
            title="The snow is a witness",
            kind="allegory",
        )
        changes.revise(own, text, 1, by=viewer_of(hana))
    gone = writing.theory(
        threads[1], crowd[2], "Something else", "I was wrong about it", "All of it."
    )
    writing.reply(gone, hana, "You were not, you know.", "supports")
    with unit_of_work():
        changes.withdraw(gone, by=viewer_of(crowd[2]))
    with unit_of_work():
        by = viewer_of(hana)
        drafts.save_draft(
            "theory",
            threads[3].id,
            {
                "safe_title": "Where the noise goes",
                "title": "Ani opens a club",
                "kind": "alternate",
                "body": "She knows what a room wants before it does. That is a *trade*, and hers.",
            },
            by=by,
        )
        drafts.save_draft("reply", blind.id, {"stance": "challenges", "body": "And what of"}, by=by)
    return {
        "blind theory": address(blind),
        "own theory": address(own),
        "edit": f"/posts/{own.id}/edit",
        "revisions": f"/posts/{own.id}/revisions",
        "withdrawal": f"/posts/{own.id}/withdrawal",
        "withdrawn theory": address(gone),
        "compose theory": f"/threads/{threads[2].id}/theories/new",
        "compose with a draft": f"/threads/{threads[3].id}/theories/new",
    }


def _questions(film: Film) -> list[Post]:
    """A film's questions as its page lists them: what was asked last, first."""
    asked = select(Post).where(Post.type == "thread", Post.film_id == film.id)
    return list(session().scalars(asked.order_by(Post.id.desc())))


def _first_theory(film: Film) -> Post:
    """The oldest theory of the question that was asked last."""
    answers = select(Post).where(Post.type == "theory", Post.thread_id == _questions(film)[0].id)
    return session().scalars(answers.order_by(Post.id).limit(1)).one()


def _reset_link(user: User) -> str:
    with unit_of_work():
        return f"/reset/{credentials.make_reset_link(user, by=Operator())}"


def _good_points(reply: Post, users: list[User]) -> None:
    for user in users:
        with unit_of_work():
            votes.cast_vote(reply.id, 1, by=viewer_of(user))
