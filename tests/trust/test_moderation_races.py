"""Moderators at the same time, on both databases: exactly one decision each."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.events import Event, Kind
from forum.films import operations as films
from forum.films.models import Film, FilmModerator
from forum.lib.database import unit_of_work
from forum.moderation.log import verify
from forum.moderation.models import Case, Decision, LogEntry
from forum.notifications.models import Notice
from forum.theories.models import Post
from tests.crowds import at_once
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_film_moderator,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    decide,
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
            # They agree about every other case; else the second hides it, or lets it stand.
            second = ("remove", "hide", "remove", "no_action")[index % 4]
            act = second if number else "remove"
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
    for counted in (Decision, LogEntry):
        assert found(select(func.count()).select_from(counted)) == [CASES]
    # The author hears of each decision once, but for those that let the theory stand.
    told = found(select(func.count()).where(Decision.act != "no_action"))
    assert found(select(func.count()).select_from(Notice)) == told
    # What was hidden stays in the queue until somebody has looked at it.
    hidden = found(select(func.count()).where(Decision.act == "hide"))
    assert found(select(func.count()).where(Case.closed_at.is_(None))) == hidden
    assert verify() is None


def two_spammers():
    """Two new accounts whose theories and replies stand in the same questions of the same films,
    in opposite orders, with those of a third; and a case about each."""
    films = [a_film() for _ in range(3)]
    # Admins post without a quota.
    pair = [a_fan(a_user(role="admin"), seen=tuple(films)) for _ in range(2)]
    threads = [a_thread(film) for film in films]
    theories = [a_theory(thread) for thread in threads]
    for first, second in (pair, pair[::-1]):
        for thread, theory in zip(threads, theories, strict=True):
            a_reply(theory, by=first)
            a_reply(a_theory(thread, by=second), by=first)
        threads.reverse()
        theories.reverse()
    with unit_of_work() as work:
        for fan in pair:
            work.get_one(User, fan.id).role = "fan"
    posts = [found(select(Post).where(Post.author_id == fan.id).limit(1))[0] for fan in pair]
    return pair, [a_case(post) for post in posts]


def both(act) -> list[int]:
    """What two moderators are answered who do `act` (called with 0 and 1) at the same time."""
    start = threading.Barrier(2)

    def run(number: int) -> int:
        start.wait()
        return act(number).status_code

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, (0, 1)))


def test_two_spammers_are_swept_away_and_brought_back_at_once(app):
    the_rules()
    moderators = [a_visitor(app, a_user(role="moderator")) for _ in range(2)]
    grounds = {"rule": "4", "reasons": "Spam."}
    for _ in range(4):
        pair, pages = two_spammers()
        forms = [(case.id, case.version) for case in pages]

        def sweep(number: int, forms=forms):
            case_id, version = forms[number]
            place = f"/moderation/cases/{case_id}/decision"
            return moderators[number].post(place, act="ban_and_remove", version=version, **grounds)

        assert both(sweep) == [303, 303]
        theirs = Post.author_id.in_([fan.id for fan in pair])
        assert set(found(select(Post.state).where(theirs))) == {"removed"}
        last = found(select(Decision.id).order_by(Decision.id.desc()).limit(2))

        def bring_back(number: int, last=last):
            return moderators[number].post(f"/moderation/decisions/{last[number]}/reversal")

        assert both(bring_back) == [303, 303]
        assert set(found(select(Post.state).where(theirs))) == {"published"}
    assert verify() is None


def test_a_decision_is_undone_once_by_two_and_while_its_author_acts(app):
    the_rules()
    film = a_film()
    user = a_user()
    thread = a_thread(film)
    theories = [a_theory(thread, by=a_fan(user, seen=(film,))) for _ in range(5)]
    others = [a_theory(thread) for _ in theories]
    moderators = [a_visitor(app, a_user(role="moderator")) for _ in range(2)]
    author = a_visitor(app, user, seen=(film,))
    for theory, other in zip(theories, others, strict=True):
        decision = decide(a_case(theory), "remove", a_moderator())
        place, vote = f"/moderation/decisions/{decision.id}/reversal", f"/posts/{other.id}/votes"

        def act(number: int, place=place, vote=vote):
            author.post(vote, value="1") if number else None
            return moderators[number].post(place, reasons="It was wrong.")

        assert both(act) == [303, 303]
        assert found(select(func.count()).where(LogEntry.reverts_seq == decision.log_seq)) == [1]
        assert found(select(Post.state).where(Post.id == theory.id)) == ["published"]
    assert verify() is None


def test_deciding_about_somebody_who_votes_meanwhile_waits_and_fails_nobody(app):
    the_rules()
    theory, user = a_theory(a_thread()), a_user(role="admin")  # without quotas
    author = a_fan(user, seen=(film_of(theory),))
    judging = a_moderator(role="admin")
    cases = [a_case(a_reply(theory, author), judging) for _ in range(40)]
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


def test_a_sweep_and_what_others_do_on_the_same_film_fail_nobody(app):
    the_rules()
    film = a_film()
    thread, elsewhere = a_thread(film), a_thread(film)
    spammer, rude = (a_fan(a_user(role="admin"), seen=(film,)) for _ in range(2))  # no quotas
    spam = [a_theory(thread, by=spammer) for _ in range(40)]
    others = [a_theory(elsewhere, by=rude) for _ in range(30)]
    with unit_of_work() as work:
        for fan in (spammer, rude):
            work.get_one(User, fan.id).role = "fan"
    cases = [a_case(post) for post in (spam[0], *others)]
    first, *rest = [(case.id, case.version) for case in cases]
    moderators = [a_visitor(app, a_user(role="moderator")) for _ in range(2)]
    voter, voted = a_visitor(app, a_user(role="admin"), seen=(film,)), others[0].id

    def decided(number: int, act: str, case_id: int, version: int) -> int:
        form = {"act": act, "rule": "4", "reasons": "Spam.", "version": version}
        return moderators[number].post(f"/moderation/cases/{case_id}/decision", **form).status_code

    def hide(cases: list[tuple[int, int]]) -> set[int]:
        return {decided(1, "hide", *case) for case in cases}

    def vote() -> set[int]:
        return {
            voter.post(f"/posts/{voted}/votes", value=str(n % 2)).status_code for n in range(25)
        }

    sweep = partial(decided, 0, "ban_and_remove", *first)
    assert at_once([lambda: {sweep()}, partial(hide, rest[1:15]), vote]) == [{303}] * 3
    [swept] = found(select(Decision.id).where(Decision.act == "ban_and_remove"))
    undo = partial(moderators[0].post, f"/moderation/decisions/{swept}/reversal")
    assert at_once([lambda: {undo().status_code}, partial(hide, rest[15:]), vote]) == [{303}] * 3
    assert verify() is None


def test_an_operator_who_appoints_somebody_twice_at_once_appoints_them_once(app):
    user_id, films_there = a_user().id, [a_film().id for _ in range(3)]

    def appoint() -> None:
        with app.app_context(), unit_of_work() as work:
            chosen = [work.get_one(Film, film_id) for film_id in films_there]
            films.appoint(user_id, chosen, by=Operator())

    for _ in range(10):
        at_once([appoint] * 2)
        appointed = select(FilmModerator.film_id).order_by(FilmModerator.film_id)
        assert found(appointed) == films_there
        with unit_of_work():
            films.appoint(user_id, [], by=Operator())
    recorded = select(func.count()).where(Event.kind == Kind.USER_FILMS_CHANGED)
    assert found(recorded) == [20]


def test_a_dismissal_waits_for_what_was_decided_and_stops_what_comes_after(app):
    the_rules()
    film = a_film()
    keeper_id = a_film_moderator(film).id
    for _ in range(10):
        with unit_of_work():
            films.appoint(keeper_id, [film], by=Operator())
        case = a_case(a_theory(a_thread(film)))
        desk = a_visitor(app, found(select(User).where(User.id == keeper_id))[0])
        grounds = {"version": case.version, "rule": "2", "reasons": "Rude."}

        def dismiss() -> int:
            with app.app_context(), unit_of_work():
                films.appoint(keeper_id, [], by=Operator())
            return 0

        def hide(case=case, desk=desk, grounds=grounds) -> int:
            place = f"/moderation/cases/{case.id}/decision"
            return desk.post(place, act="hide", **grounds).status_code

        _, answer = at_once([dismiss, hide])
        decided = found(select(Decision.id).where(Decision.case_id == case.id))
        assert (answer == 303) == bool(decided)
        either = Event.kind.in_([Kind.POST_HIDDEN, Kind.USER_FILMS_CHANGED])
        last = found(select(Event.kind).where(either).order_by(Event.id.desc()).limit(1))
        assert last == [Kind.USER_FILMS_CHANGED]
    assert verify() is None
