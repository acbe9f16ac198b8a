"""The places and people of a generated forum, as requests find them."""

from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from benchmarks.generator.cases import fill_queue
from benchmarks.scene import Scene, let_in, look, replies, votes
from benchmarks.soak import mixed
from benchmarks.statements import of_page
from benchmarks.traffic import FORM, Act
from forum.lib.database import db, session
from forum.theories.models import Post
from tests.benchmarks.forums import NOW, building, quiet
from tests.visitors import ORIGIN


@pytest.fixture
def scene(app: Flask) -> Scene:
    building(Path("/nowhere")).build(quiet)
    scene = look(app)
    let_in(scene)
    return scene


def get(app: Flask, path: str, cookie: str) -> TestResponse:
    return request(app, "GET", path, headers={"Cookie": cookie})


def send(app: Flask, act: Act, number: int) -> TestResponse:
    headers = {**FORM, "Cookie": act.cookie}
    return request(app, "POST", act.path, headers=headers, data=act.in_pass(number))


def request(app: Flask, method: str, path: str, **kwargs: Any) -> TestResponse:
    # As wrk does: cookies stand in the request, and nothing is kept from one to the next.
    client = app.test_client(use_cookies=False)
    return Context().run(client.open, path, method=method, base_url=ORIGIN, **kwargs)


@pytest.mark.parametrize("person", ["guest", "reader"])
def test_every_page_is_open_to_those_who_ask_for_it(app: Flask, scene: Scene, person: str) -> None:
    for path in (scene.thread, scene.theory, scene.film, scene.long_thread, scene.long_theory):
        answer = get(app, path, getattr(scene, person))
        assert answer.status_code == 200, path
        assert "I have seen it" not in answer.text, path
        assert "I have seen it" in get(app, path, "").text, path


def test_the_reader_is_known_and_sees_their_own_votes(app: Flask, scene: Scene) -> None:
    page = get(app, scene.thread, scene.reader).text
    assert "Log out" in page
    assert page.count('aria-pressed="true"') > 5


def test_the_moderator_meets_a_full_queue(app: Flask, scene: Scene) -> None:
    fill_queue(db.engine, 120, 1, NOW)
    answer = get(app, "/moderation/queue", scene.moderator)
    assert answer.status_code == 200
    assert "120" in answer.text


def test_voters_at_once_are_at_theories_of_different_films(app: Flask, scene: Scene) -> None:
    acts = votes(scene, scene.spread, 30)
    assert len(set(acts)) == len(acts) == 30 * len(scene.spread)
    at_once = [session().get_one(Post, int(act.path.split("/")[2])).film_id for act in acts[:3]]
    assert len(set(at_once)) == 3
    assert [send(app, act, 1).status_code for act in acts[:3]] == [200] * 3


def test_each_pass_changes_every_vote(app: Flask, scene: Scene) -> None:
    ballot = scene.ballots[:1]
    journal = "SELECT COUNT(*) FROM vote_changes WHERE post_id = :id"

    def changes() -> int:
        session().rollback()
        return session().execute(db.text(journal), {"id": ballot[0]}).scalar_one()

    before = changes()
    for _ in range(2):  # a second run begins where the first left the votes
        acts = votes(scene, ballot, 3)
        for number in (1, 2, 3):
            assert [send(app, act, number).status_code for act in acts] == [200] * 3
    assert changes() == before + 18


def test_a_reply_is_posted_in_each_pass(app: Flask, scene: Scene) -> None:
    written = select(func.count()).select_from(Post).where(Post.type == "reply")
    before = session().scalars(written).one()
    session().rollback()
    act = replies(scene)[0]
    assert [send(app, act, number).status_code for number in (1, 2)] == [201, 201]
    assert session().scalars(written).one() == before + 2


def test_a_mixed_load_is_mostly_pages_and_each_act_succeeds(app: Flask, scene: Scene) -> None:
    acts = mixed(scene)
    assert 0.85 < sum(not act.form for act in acts) / len(acts) < 0.95
    kinds = {act.path.split("/")[-1]: act for act in acts if act.form}
    assert sorted(kinds) == ["replies", "votes"]
    assert send(app, kinds["votes"], 1).status_code == 200
    assert send(app, kinds["replies"], 1).status_code == 201
    for act in acts[:20]:
        assert act.form or get(app, act.path, act.cookie).status_code == 200


def test_statements_of_a_page_are_counted(app: Flask, scene: Scene) -> None:
    assert 0 < of_page(app, scene.thread, {"Cookie": scene.reader}) <= 8
    assert of_page(app, scene.thread, {"Cookie": scene.guest}) <= 1  # a kept page
