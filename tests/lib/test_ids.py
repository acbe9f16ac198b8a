"""Ids that are known before their rows are written."""

import pytest

from forum.lib import clock
from forum.lib.database import session, unit_of_work
from forum.lib.ids import next_id
from forum.lib.jobs import Job
from tests.crowds import at_once

pytestmark = pytest.mark.both_databases


def keep(id: int | None) -> Job:
    job = Job(id=id, kind="nothing", payload={}, run_at=clock.now())
    session().add(job)
    session().flush()
    return job


def test_rows_with_known_ids_and_others_follow_one_another(app):
    with unit_of_work():
        first = keep(next_id(Job))
        assert keep(None).id > first.id
    with unit_of_work():
        id = next_id(Job)
        assert id > first.id
        assert keep(id).id == id


def test_nobody_is_given_the_id_of_another(app):
    def add() -> None:
        with app.app_context(), unit_of_work():
            keep(next_id(Job))

    at_once([add] * 12)
    ids = [job.id for job in session().query(Job)]
    assert len(set(ids)) == 12
