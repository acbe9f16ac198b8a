"""Reference w: reference v with all that a vote changes here.

v counts on two numbers of one row. A vote changes the orders in which its theory and its question
stand, the film's figures, the journal, and the versions of pages. w sends the forum's own database
the very statements that a vote sends it, straight through the driver and from the same bare
Flask-Login route. They are recorded from two votes, so that they are always those of today.
"""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import URL, make_url

from benchmarks import reference, statements
from benchmarks.generator import people
from benchmarks.reference import Fan
from benchmarks.scene import Scene, votes
from benchmarks.sizes import VOTERS
from benchmarks.traffic import Act
from forum.theories.locking import ROW

RECORD = "REFERENCE_RECORD"
"""The variable that names the file that `record` wrote."""

_WINDOW = timedelta(hours=1)
_ID, _FILM, _THREAD = map([column.name for column in ROW].index, ("id", "film_id", "thread_id"))
_LOAD = "SELECT id, name FROM users WHERE id = ?"


def record(app: Flask, scene: Scene, path: Path) -> None:
    """Cast a vote for the first time and change it, and write down what the database was sent.

    Raises:
        StopIteration: every fan has voted already.
    """
    tries = ((statements.sent_by_act(app, act, 1), act) for act in votes(scene, scene.spread))
    first, act = next((sent, act) for sent, act in tries if "INTO votes " in str(sent))
    again = statements.sent_by_act(app, act, 2)
    named = {name: value for _, values in first for name, value in values.items()}
    # The first statement of each finds the session, for which there is Flask-Login here.
    (_, (lock, _), (before, _), *new), (_, _, _, *turned) = first, again
    written = {
        "address": _address(make_url(app.config["SQLALCHEMY_DATABASE_URI"])),
        "lock": lock,
        "before": before,
        "new": [sql for sql, _ in new],
        "turned": [sql for sql, _ in turned],
        "limits": [name for name in named if name.startswith("since_")],
        "constants": {n: value for n, value in named.items() if isinstance(value, int | float)},
    }
    path.write_text(json.dumps(written), "utf-8")


def _address(url: URL) -> str | None:
    if url.get_backend_name() == "sqlite":
        return url.database
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def acts(scene: Scene) -> list[Act]:
    """A vote of each fan who votes on each of the theories that fans vote on at once."""
    app = reference.create_app()
    cookies = [reference.cookie_of(app, people.FIRST_VOTER + place) for place in range(VOTERS)]
    several = len(scene.spread)
    return [
        Act(f"/v/{scene.spread[(place + turn) % several]}", cookie, "value=%V")
        for turn in range(several)
        for place, cookie in enumerate(cookies)
    ]


class Replay:
    """The forum's database through its driver, with the statements of a recorded vote.

    Args:
        recorded: what `record` wrote.
    """

    def __init__(self, recorded: dict[str, Any]) -> None:
        self._recorded = recorded
        self.database = reference.Database(recorded["address"])
        self._rng = random.Random(0)

    def fan(self, id: int) -> Fan | None:
        """The fan with an id."""
        row = self.database.run(_LOAD, (id,)).fetchone()
        return Fan(*row) if row else None

    def vote(self, fan_id: int, post_id: int, value: int) -> None:
        """Make `value` the fan's vote on the post; if it is that already, make it the opposite.

        Its ranks are drawn: what they are does not change what it costs to write them.
        """
        send, recorded, now = self.database.run, self._recorded, datetime.now(UTC)
        given = {
            **recorded["constants"],
            **dict.fromkeys(recorded["limits"], self.database.moment(now - _WINDOW)),
            **dict.fromkeys(("id", "post"), post_id),
            "by": fan_id,
            "now": self.database.moment(now),
        }
        with self.database.transaction():
            rows = send(recorded["lock"], given).fetchall()
            post = next(row for row in rows if row[_ID] == post_id)
            given |= {"film": post[_FILM], "thread": post[_THREAD]}
            old = send(recorded["before"], given).fetchone()[0]
            new = -value if old == value else value
            ups, downs = (new == 1) - (old == 1), (new == -1) - (old == -1)
            given |= {"old": old, "new": new, "more_ups": ups, "more_downs": downs}
            given |= {"more_votes": ups + downs, "to_hot": 60 + self._rng.random()}
            given |= {name: self._rng.random() for name in ("to_best", "to_divisive")}
            for statement in recorded["turned" if old else "new"]:
                send(statement, given)


def create_app() -> Flask:
    """The reference as an application, which reads its record when it is loaded."""
    app = Flask(__name__)
    app.secret_key = reference.SECRET
    reference.add_votes(app, Replay(json.loads(Path(os.environ[RECORD]).read_text("utf-8"))))
    return app
