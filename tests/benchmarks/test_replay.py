"""What reference w writes is what a vote writes."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from benchmarks import replay
from benchmarks.generator import people
from benchmarks.scene import let_in, look
from forum import counters
from forum.cli.recount import mend
from forum.lib.database import session
from forum.votes import ranks
from tests.benchmarks.forums import building, quiet

pytestmark = pytest.mark.both_databases

FAN = people.FIRST_VOTER + 7


def rows(statement: str, **given: Any) -> list[tuple[Any, ...]]:
    session().rollback()
    return [tuple(row) for row in session().execute(text(statement), given)]


def test_a_replayed_vote_is_written_as_a_vote_is(app: Flask, tmp_path: Path) -> None:
    building(Path("/nowhere")).build(quiet)
    scene = look(app)
    let_in(scene)
    record = tmp_path / "record.json"
    replay.record(app, scene, record)
    replayed = replay.Replay(json.loads(record.read_text("utf-8")))
    post = scene.spread[-1]
    session().rollback()
    known = {"fan": FAN, "post": post}
    old = rows("SELECT value FROM votes WHERE user_id = :fan AND post_id = :post", **known)
    figures = rows("SELECT ups, downs FROM posts WHERE id = :post", post=post)
    versions = set(rows("SELECT key, version FROM page_versions"))

    with closing(replayed.database):
        fan = replayed.fan(FAN)
        assert fan is not None
        for _ in range(2):  # the second time it stands already, and is turned
            replayed.vote(fan.id, post, 1)

    journal = rows(
        "SELECT old_value, new_value FROM vote_changes WHERE user_id = :fan AND post_id = :post"
        " ORDER BY id DESC LIMIT 2",
        **known,
    )
    before = old[0][0] if old else 0
    first = -1 if before == 1 else 1
    assert journal == [(first, -first), (before, first)]
    assert rows("SELECT value FROM votes WHERE user_id = :fan AND post_id = :post", **known) == [
        (-first,)
    ]
    ups, downs = figures[0]
    turned = (ups - (before == 1) + (first == -1), downs - (before == -1) + (first == 1))
    assert rows("SELECT ups, downs FROM posts WHERE id = :post", post=post) == [turned]
    assert set(rows("SELECT key, version FROM page_versions")) != versions
    assert counters.drifted() == []
    assert {drift.id for drift in ranks.drifted()} == {post}  # which are drawn
    mend()


def test_whoever_votes_by_replay_is_at_the_theories_of_the_scene(app: Flask) -> None:
    building(Path("/nowhere")).build(quiet)
    scene = look(app)
    acts = replay.acts(scene)
    assert {act.path for act in acts} == {f"/v/{post}" for post in scene.spread}
    assert len({act.cookie for act in acts}) == len(acts) // len(scene.spread)
