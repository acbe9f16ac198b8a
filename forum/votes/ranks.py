"""The ranks on a theory's row: computed in Python at vote time, checked like counters."""

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import defer

from forum.counters import Drift
from forum.films.models import Film
from forum.lib.database import session, table_of
from forum.theories.models import Post, Theory
from forum.votes import ranking

TOLERANCE = 1e-9
_BATCH = 1000

_OPEN = (Theory.state == "published", Theory.blind.is_(False))
_OPEN_VOTES = (
    func.coalesce(func.sum(Theory.ups_weight), 0.0),
    func.coalesce(func.sum(Theory.downs_weight), 0.0),
)

_posts = table_of(Post)
_RERANK = (
    update(_posts)
    .where(_posts.c.id == bindparam("post"))
    .values(best=bindparam("best"), hot=bindparam("hot"), divisive=bindparam("divisive"))
)


def ranks_of(theory: Post, ups: float, downs: float, prior: float) -> dict[str, float | None]:
    """Values for the columns ``best``, ``hot`` and ``divisive``.

    While a theory is blind they are those of one without votes: no order gives its figures away.

    Args:
        theory: read for ``blind`` and ``published_at``.
        ups, downs: its weighted votes.
        prior: its film's share.
    """
    if theory.blind:
        ups = downs = 0.0
    best = ranking.best(ups, downs, prior)
    return {
        "best": best,
        "hot": ranking.hot(best, theory.published_at or theory.created_at),
        "divisive": ranking.divisive(ups, downs),
    }


def drifted() -> list[Drift]:
    """Theories whose kept ranks differ from those of their votes."""
    return [
        Drift(f"posts.{name}", theory.id, getattr(theory, name) or 0.0, value or 0.0)
        for theory, ranks in _wrong()
        for name, value in ranks.items()
        if _differs(getattr(theory, name), value)
    ]


def films_that_drifted() -> list[int]:
    """Ids of the films of those theories."""
    return sorted({theory.film_id for theory, _wrong_ranks in _wrong()})


def mend(film_id: int) -> None:
    """Set the ranks of a film's theories that differ from those of their votes."""
    _lock_film(film_id)
    _recompute(film_id)


def films_to_refresh() -> list[int]:
    """Ids of the films whose open votes have moved away from the prior that ranks rest on."""
    films = session().execute(
        select(Film.id, Film.prior, *_OPEN_VOTES)
        .join(Theory, Theory.film_id == Film.id)
        .where(*_OPEN)
        .group_by(Film.id, Film.prior)
    )
    return [
        film_id
        for film_id, prior, ups, downs in films
        if abs(ranking.prior_share(ups, downs) - prior) > TOLERANCE
    ]


def refresh_prior(film_id: int) -> None:
    """Set a film's prior from its open votes, and its theories' ranks from that."""
    _lock_film(film_id)
    ups, downs = (
        session().execute(select(*_OPEN_VOTES).where(Theory.film_id == film_id, *_OPEN)).one()
    )
    prior = ranking.prior_share(ups, downs)
    session().execute(
        update(Film).where(Film.id == film_id).values(prior=prior),
        execution_options={"synchronize_session": False},
    )
    _recompute(film_id)


def _lock_film(film_id: int) -> None:
    # Posts before their film, by id: the order in which votes lock them. The questions too, so that
    # no theory comes in with the old prior meanwhile.
    session().execute(
        select(Post.id)
        .where(Post.film_id == film_id, Post.type != "reply")
        .order_by(Post.id)
        .with_for_update()
    )


def _recompute(film_id: int) -> None:
    """Set the ranks of a film's theories, which are locked: a vote since would be forgotten.

    All of them at once, since whoever votes there meanwhile waits.
    """
    changes = [{"post": theory.id, **ranks} for theory, ranks in _wrong(film_id)]
    if changes:
        session().connection().execute(_RERANK, changes)


def _wrong(film_id: int | None = None) -> Iterator[tuple[Theory, dict[str, float | None]]]:
    """Theories of whose ranks one differs, with their ranks as they should be."""
    for theory, prior in _theories(film_id):
        ranks = ranks_of(theory, theory.ups_weight, theory.downs_weight, prior)
        if any(_differs(getattr(theory, name), at) for name, at in ranks.items()):
            yield theory, ranks


def _differs(kept: float | None, value: float | None) -> bool:
    if kept is None or value is None:
        return kept is not value
    return abs(kept - value) > TOLERANCE


def _theories(film_id: int | None = None) -> Iterator[tuple[Theory, float]]:
    """Theories with their film's prior, by id; in batches, since ranks change under way."""
    # The rows as they are now: a worker's session may still hold theories of an earlier job.
    statement = (
        select(Theory, Film.prior)
        .join(Film, Film.id == Theory.film_id)
        .options(defer(Theory.body, raiseload=True), defer(Theory.html, raiseload=True))
        .execution_options(populate_existing=True)
    )
    if film_id is not None:
        statement = statement.where(Theory.film_id == film_id)
    last = 0
    while True:
        batch = (
            session()
            .execute(statement.where(Theory.id > last).order_by(Theory.id).limit(_BATCH))
            .all()
        )
        yield from ((theory, prior) for theory, prior in batch)
        if len(batch) < _BATCH:
            return
        last = batch[-1][0].id
