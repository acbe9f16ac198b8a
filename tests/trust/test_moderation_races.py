"""Moderators at the same time, on both databases: exactly one decision each."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from forum.moderation.log import verify
from forum.moderation.models import Case, Decision, LogEntry
from forum.notifications.models import Notice
from tests.crowds import at_once
from tests.factories import (
    a_case,
    a_fan,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    film_of,
    found,
    the_rules,
)

pytestmark = pytest.mark.both_databases

CASES = 200


def test_two_moderators_and_200_cases_give_one_decision_each(app):
    the_rules()
    thread = a_thread()
    cases = [a_case(a_theory(thread)) for _ in range(CASES)]
    versions = {case.id: case.version for case in cases}
    pair = [a_visitor(app, a_user(role="moderator")) for _ in range(2)]
    start = threading.Barrier(2)

    def work(number: int) -> list[int]:
        start.wait()
        statuses = []
        for index, (case_id, version) in enumerate(versions.items()):
            # Every other case they disagree about.
            act = "hide" if number and index % 2 else "remove"
            answer = pair[number].post(
                f"/moderation/cases/{case_id}/decision",
                version=version,
                act=act,
                rule="2",
                reasons="Rude.",
            )
            statuses.append(answer.status_code)
        return statuses

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, (0, 1))
    assert [sorted(answers) for answers in zip(first, second, strict=True)] == [[303, 409]] * CASES
    for counted in (Decision, LogEntry, Notice):
        assert found(select(func.count()).select_from(counted)) == [CASES]
    assert found(select(func.count()).where(Case.closed_at.is_(None))) == [0]
    assert verify() is None


def test_deciding_about_somebody_who_votes_meanwhile_waits_and_fails_nobody(app):
    the_rules()
    theory, user = a_theory(a_thread()), a_user(role="admin")  # without quotas
    author = a_fan(user, seen=(film_of(theory),))
    cases = [a_case(a_reply(theory, author)) for _ in range(40)]
    sent = [(case.id, case.version) for case in cases]
    voter = a_visitor(app, user)
    moderator = a_visitor(app, a_user(role="admin"), seen=(film_of(theory),))
    path = f"/posts/{theory.id}/votes"

    def vote() -> set[int]:
        return {voter.post(path, value=str(n % 2)).status_code for n in range(50)}

    def judge() -> set[int]:
        form = {"act": "remove", "rule": "2", "reasons": "Rude."}
        return {
            moderator.post(f"/moderation/cases/{id}/decision", version=version, **form).status_code
            for id, version in sent
        }

    assert at_once([vote, judge]) == [{303}, {303}]
