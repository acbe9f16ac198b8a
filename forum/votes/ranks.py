"""The ranks on a theory's row: computed in Python at vote time, checked like counters."""

from collections.abc import Iterator

from sqlalchemy import func, select, update

from forum.counters import Drift
from forum.films.models import Film
from forum.lib.database import session
from forum.theories.models import Post, Theory
from forum.votes import ranking

TOLERANCE = 1e-9
_BATCH = 1000


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
    found = []
    for theory, prior in _theories():
        for name, value in ranks_of(theory, theory.ups_weight, theory.downs_weight, prior).items():
            kept = getattr(theory, name)
            if kept is None or value is None:
                if kept is not value:
                    found.append(Drift(f"posts.{name}", theory.id, kept or 0.0, value or 0.0))
            elif abs(kept - value) > TOLERANCE:
                found.append(Drift(f"posts.{name}", theory.id, kept, value))
    return found


def recompute(film_id: int | None = None) -> None:
    """Set every theory's ranks, of one film or of all, from its kept votes."""
    for theory, prior in _theories(film_id):
        values = ranks_of(theory, theory.ups_weight, theory.downs_weight, prior)
        session().execute(
            update(Post).where(Post.id == theory.id).values(values),
            execution_options={"synchronize_session": False},
        )


def refresh_priors() -> None:
    """Set every film's prior from its open votes, and the ranks of the films whose prior moved."""
    for film in session().scalars(select(Film).where(Film.theory_count > 0)):
        ups, downs = _open_votes(film.id)
        prior = ranking.prior_share(ups, downs)
        if abs(prior - film.prior) > TOLERANCE:
            film.prior = prior
            session().flush()
            recompute(film.id)


def _open_votes(film_id: int) -> tuple[float, float]:
    ups, downs = (
        session()
        .execute(
            select(
                func.coalesce(func.sum(Theory.ups_weight), 0.0),
                func.coalesce(func.sum(Theory.downs_weight), 0.0),
            ).where(Theory.film_id == film_id, Theory.state == "published", Theory.blind.is_(False))
        )
        .one()
    )
    return ups, downs


def _theories(film_id: int | None = None) -> Iterator[tuple[Theory, float]]:
    statement = select(Theory, Film.prior).join(Film, Film.id == Theory.film_id)
    if film_id is not None:
        statement = statement.where(Theory.film_id == film_id)
    rows = session().execute(statement.execution_options(yield_per=_BATCH))
    yield from ((theory, prior) for theory, prior in rows)
