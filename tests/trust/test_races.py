"""Many people at once, each by requests of their own: nothing is lost, nothing is counted twice.

After each test the fixture compares every counter and rank with its recount.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, func, select, update
from werkzeug.test import TestResponse

from forum.accounts import credentials
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.cli import recount
from forum.config import Settings
from forum.lib import jobs
from forum.lib.database import unit_of_work
from forum.theories.models import Post, Reply, Revision, Theory, Thread
from forum.votes import ranking, ranks
from forum.votes.models import Peek, Vote, VoteChange
from forum.votes.operations import open_figures
from tests.conftest import settings_for
from tests.crowds import at_once
from tests.factories import (
    PASSWORD,
    a_case,
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    film_of,
    found,
    the_rules,
    thread_of,
)
from tests.visitors import Visitor
from tests.votes.crowd import give_votes

pytestmark = pytest.mark.both_databases

Send = Callable[[], TestResponse]


@pytest.fixture
def theory(app) -> Theory:
    return a_theory(a_thread(a_film("Anora", 2024)), safe_title="A safe theory")


def crowd(app, size: int, post: Post) -> list[Visitor]:
    return [a_visitor(app, seen=(film_of(post),)) for _ in range(size)]


def send(visitor: Visitor, path: str, **form: str) -> Send:
    return lambda: visitor.post(path, **form)


def statuses(responses: list[TestResponse]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def count(model: type) -> int:
    return found(select(func.count()).select_from(model))[0]


def test_forty_fans_who_vote_at_once_are_forty_votes(app, theory):
    fans = crowd(app, 40, theory)
    path = f"/posts/{theory.id}/votes"
    answers = at_once([send(fan, path, value="1") for fan in fans])
    assert statuses(answers) == {303: 40}
    now = again(theory)
    assert (now.ups, now.downs, now.vote_count) == (40, 0, 40)
    assert again(thread_of(theory)).vote_count == 40
    assert again(film_of(theory)).vote_count == 40
    assert count(Vote) == count(VoteChange) == 40


def test_one_fan_who_clicks_twenty_times_is_one_vote(app, theory):
    (fan,) = crowd(app, 1, theory)
    path = f"/posts/{theory.id}/votes"
    browsers = [a_copy_of(app, fan) for _ in range(20)]
    answers = at_once([send(browser, path, value="1") for browser in browsers])
    assert statuses(answers) == {303: 20}
    assert again(theory).vote_count == 1
    assert count(Vote) == count(VoteChange) == 1


def a_copy_of(app, visitor: Visitor) -> Visitor:
    """The same session in another tab: a client of its own, since clients are for one thread."""
    copy = Visitor(app)
    cookie = visitor.client.get_cookie("sid", domain="127.0.0.1")
    assert cookie is not None
    copy.client.set_cookie("sid", cookie.value, domain="127.0.0.1")
    copy.token = visitor.token
    return copy


def test_votes_that_change_to_and_fro_end_as_they_were_sent_last(app, theory):
    paths = [f"/posts/{post.id}/votes" for post in (theory, a_reply(theory))]
    fans = crowd(app, 8, theory)

    def toggle(number: int) -> tuple[list[int], int]:
        chance = random.Random(number)
        codes, value = [], "0"
        for _ in range(12):
            value, good = chance.choice(["1", "-1", "0"]), chance.choice(["1", "0"])
            for path, sent in zip(paths, (value, good), strict=True):
                codes.append(fans[number].post(path, value=sent).status_code)
        return codes, int(value)

    ends = at_once([lambda n=number: toggle(n) for number in range(8)])
    assert {code for codes, _ in ends for code in codes} == {303}
    last = Counter(value for _, value in ends)
    now = again(theory)
    assert (now.ups, now.downs) == (last[1], last[-1])


def test_one_fans_contrary_clicks_are_one_vote_in_the_end(app, theory):
    (fan,) = crowd(app, 1, theory)
    path = f"/posts/{theory.id}/votes"
    values = ["1", "-1", "0"] * 8
    acts = [send(a_copy_of(app, fan), path, value=value) for value in values]
    assert statuses(at_once(acts)) == {303: 24}
    votes = found(select(Vote.value))
    changes = found(select(VoteChange).order_by(VoteChange.id))
    assert len(votes) <= 1
    assert again(theory).vote_count == len(votes)
    value = 0
    for change in changes:
        assert change.old_value == value
        value = change.new_value
    assert [value] == (votes or [0])


def test_twelve_who_want_one_name_are_one_account(app):
    names = ["morning", "moming", "MORNING", "m0rning"] * 3
    guests = [Visitor(app) for _ in names]
    form = {"email": "a@example.org", "password": "seven lamps over brighton beach"}
    answers = at_once(
        [
            send(guest, "/signup", name=name, **form)
            for guest, name in zip(guests, names, strict=True)
        ]
    )
    assert statuses(answers) == {303: 1, 422: 11}
    assert count(User) == 1
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "Somebody here is called" in refused.text


def test_replies_at_once_each_have_a_place_of_their_own(app, theory):
    first = a_reply(theory)
    fans = crowd(app, 12, theory)
    acts = [
        send(fan, f"/posts/{(theory if n % 2 else first).id}/replies", stance="supports", body="I")
        for n, fan in enumerate(fans)
    ]
    assert statuses(at_once(acts)) == {303: 12}
    replies = found(select(Reply))
    assert len({reply.path for reply in replies}) == 13
    assert all("~" not in (reply.path or "~") for reply in replies)
    below = [reply for reply in replies if reply.parent_id == first.id]
    assert len(below) == 6
    assert all((reply.path or "").startswith(first.path or "~") for reply in below)
    now = again(theory)
    assert (now.reply_count, now.supports_count) == (13, 12)


def test_one_reset_link_used_by_eight_at_once_works_once(app):
    user = a_user("igor")
    with unit_of_work():
        token = credentials.make_reset_link(user, by=Operator())
    passwords = [f"quite another set of words {n}" for n in range(8)]
    acts = [send(Visitor(app), f"/reset/{token}", password=password) for password in passwords]
    answers = at_once(acts)
    assert statuses(answers) == {303: 1, 410: 7}
    winner = passwords[[answer.status_code for answer in answers].index(303)]
    guest = Visitor(app)
    guest.log_in("igor", winner)
    assert guest.get("/settings").status_code == 200


@pytest.mark.parametrize("way", ["reset", "settings"])
def test_an_old_password_lets_nobody_in_while_it_is_changed(app, way):
    user = a_user("igor")
    new = "quite another set of words"
    if way == "reset":
        with unit_of_work():
            token = credentials.make_reset_link(user, by=Operator())
        change = send(Visitor(app), f"/reset/{token}", password=new)
    else:
        change = send(a_visitor(app, user), "/settings/password", current=PASSWORD, new=new)
    thieves = [Visitor(app) for _ in range(7)]
    acts = [send(thief, "/login", name="igor", password=PASSWORD) for thief in thieves]
    answers = at_once([*acts[:2], change, *acts[2:]])
    assert answers[2].status_code == 303
    assert set(statuses(answers)) <= {303, 422}
    assert [thief.get("/settings").status_code for thief in thieves] == [303] * 7


def test_two_changes_of_a_password_at_once_are_one(app):
    user = a_user("igor")
    visitors = [a_visitor(app, user) for _ in range(4)]
    passwords = [f"quite another set of words {n}" for n in range(4)]
    acts = [
        send(visitor, "/settings/password", current=PASSWORD, new=new)
        for visitor, new in zip(visitors, passwords, strict=True)
    ]
    answers = at_once(acts)
    assert statuses(answers) == {303: 1, 422: 3}
    winner = passwords[[answer.status_code for answer in answers].index(303)]
    Visitor(app).log_in("igor", winner)


@pytest.mark.parametrize("kind", ["thread", "theory", "reply"])
def test_a_form_sent_five_times_at_once_is_one_post(app, theory, kind):
    path, model = {
        "thread": ("/films/anora-2024/threads", Thread),
        "theory": (f"/threads/{theory.thread_id}/theories", Theory),
        "reply": (f"/posts/{theory.id}/replies", Reply),
    }[kind]
    form = {"safe_title": "Sent twice", "title": "A title", "body": "Words.", "stance": "neutral"}
    before = count(model)
    (fan,) = crowd(app, 1, theory)
    acts = [send(a_copy_of(app, fan), path, kind="plot", **form) for _ in range(5)]
    answers = at_once(acts)
    assert statuses(answers) == {303: 5}
    assert len({answer.location for answer in answers}) == 1
    assert count(model) == before + 1


def test_a_quota_holds_against_posts_at_once(app, theory):
    (fan,) = crowd(app, 1, theory)
    path = f"/posts/{theory.id}/replies"
    acts = [send(a_copy_of(app, fan), path, stance="neutral", body=f"Reply {n}") for n in range(10)]
    assert statuses(at_once(acts)) == {303: 4, 429: 6}
    assert again(theory).reply_count == 4


def test_no_vote_begun_after_a_lock_is_counted(app, theory):
    fans = crowd(app, 8, theory)
    the_rules()
    moderator = a_visitor(app, a_user(role="moderator"), seen=(film_of(theory),))
    case = a_case(thread_of(theory))
    form = {"act": "lock", "rule": "2", "reasons": "It got personal.", "version": case.version}
    path, lock_path = f"/posts/{theory.id}/votes", f"/moderation/cases/{case.id}/decision"
    is_locked: list[bool] = []

    def vote_on(fan: Visitor) -> list[tuple[bool, int]]:
        codes = []
        for n in range(20):
            late = bool(is_locked)
            value = "1" if n % 2 == 0 else "-1"
            codes.append((late, fan.post(path, value=value).status_code))
        return codes

    def lock() -> list[tuple[bool, int]]:
        code = moderator.post(lock_path, **form).status_code
        is_locked.append(True)
        return [(False, code)]

    found_codes = at_once([*(lambda f=fan: vote_on(f) for fan in fans), lock])
    every = [pair for codes in found_codes for pair in codes]
    assert {code for _, code in every} <= {303, 403}
    assert {code for late, code in every if late} == {403}
    assert again(theory).thread_locked
    accepted = sum(code == 303 for codes in found_codes[:-1] for _, code in codes)
    assert count(VoteChange) == accepted


def test_a_theory_withdrawn_amid_votes_and_replies_leaves_nothing_hanging(app):
    film = a_film()
    user = a_user("igor")
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    author, fans = a_visitor(app, user), crowd(app, 9, theory)
    acts = [
        send(fan, f"/posts/{theory.id}/replies", stance="challenges", body="But no.")
        if n % 3 == 0
        else send(fan, f"/posts/{theory.id}/votes", value="1")
        for n, fan in enumerate(fans)
    ]
    answers = at_once([*acts, send(author, f"/posts/{theory.id}/withdrawal")])
    assert set(statuses(answers)) <= {303, 403}
    assert answers[-1].status_code == 303
    assert set(found(select(Reply.theory_state))) <= {"withdrawn"}
    assert again(film).vote_count == 0


def test_two_tabs_that_save_at_once_are_one_change_and_a_question(app):
    film = a_film()
    user = a_user("igor")
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    author = a_visitor(app, user)
    form = {"safe_title": "Safe title", "title": "A title", "kind": "plot", "version": "1"}
    acts = [
        send(a_copy_of(app, author), f"/posts/{theory.id}/revisions", body=f"Tab {n}", **form)
        for n in range(5)
    ]
    answers = at_once(acts)
    assert statuses(answers) == {303: 1, 409: 4}
    winner = [answer.status_code for answer in answers].index(303)
    assert again(theory).body == f"Tab {winner}"
    assert found(select(func.max(Revision.number))) == [2]


def test_a_seal_a_draft_and_figures_bear_many_clicks(app, theory):
    (fan,) = crowd(app, 1, theory)
    for path, form in [
        ("/films/anora-2024/viewing", {}),
        (f"/drafts/theory/{theory.thread_id}", {"body": "Half a thought"}),
        (f"/posts/{theory.id}/figures", {}),
        ("/films/anora-2024/viewing/withdrawal", {}),
        (f"/drafts/theory/{theory.thread_id}/removal", {}),
    ]:
        acts = [send(a_copy_of(app, fan), path, **form) for _ in range(8)]
        assert set(statuses(at_once(acts))) <= {303, 204}, path
    assert count(Peek) == 1


def test_votes_while_ranks_are_refreshed_leave_no_rank_behind(app, theory):
    fans = crowd(app, 6, theory)
    others = [a_theory(thread_of(theory)) for _ in range(3)]
    writer = a_visitor(app, a_user(role="admin"), seen=(film_of(theory),))
    paths = [f"/posts/{post.id}/votes" for post in (theory, *others)]
    film_id, thread_id = theory.film_id, theory.thread_id

    def vote_on(fan: Visitor) -> set[int]:
        codes = set()
        for n, path in enumerate(paths * 3):
            codes.add(fan.post(path, value="1" if n % 3 else "-1").status_code)
        return codes

    def write() -> set[int]:
        form = {"safe_title": "Safe title", "kind": "plot", "body": "Words."}
        path = f"/threads/{thread_id}/theories"
        return {writer.post(path, title=f"Title {n}", **form).status_code for n in range(5)}

    def refresh() -> set[int]:
        with app.app_context():
            for _ in range(8):
                with unit_of_work():
                    ranks.refresh_prior(film_id)
        return {303}

    acts = [*(lambda f=fan: vote_on(f) for fan in fans), write, refresh]
    assert set.union(*at_once(acts)) == {303}


def test_votes_while_everything_is_counted_anew_leave_no_number_behind(app, theory):
    fans = crowd(app, 5, theory)
    others = [a_theory(thread_of(theory)) for _ in range(5)]
    wrong = a_theory(thread_of(theory)).id
    paths = [f"/posts/{post.id}/votes" for post in (theory, *others)]

    done: list[Visitor] = []

    def vote_on(fan: Visitor) -> set[int]:
        codes = set()
        for n, path in enumerate(paths * 4):
            codes.add(fan.post(path, value="1" if n % 3 else "-1").status_code)
        done.append(fan)
        return codes

    def count_anew() -> set[int]:
        with app.app_context():
            while len(done) < len(fans):
                with unit_of_work() as work:  # something is always to be mended
                    spoilt = {"ups": Post.ups + 1, "best": 0.1, "reply_count": 7}
                    work.execute(update(Post).where(Post.id == wrong).values(spoilt))
                recount.mend()
        return {303}

    acts = [*(lambda f=fan: vote_on(f) for fan in fans), count_anew]
    assert set.union(*at_once(acts)) == {303}


def test_a_vote_between_reading_a_rank_and_writing_it_is_not_forgotten(app, theory):
    other = a_theory(thread_of(theory))
    (fan,) = crowd(app, 1, theory)
    with unit_of_work() as work:
        work.execute(update(Post).where(Post.id == other.id).values(best=0.1))
    path = f"/posts/{theory.id}/votes"
    vote = threading.Thread(target=lambda: fan.post(path, value="1"))

    def vote_first(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("UPDATE posts SET best") and vote.ident is None:
            vote.start()
            vote.join(timeout=1)  # it comes through, or waits for the lock

    event.listen(Engine, "before_cursor_execute", vote_first)
    recount.mend()
    event.remove(Engine, "before_cursor_execute", vote_first)
    vote.join()
    assert again(theory).ups == 1


class TestWhileFiguresAreBlind:
    @pytest.fixture
    def settings(self, tmp_path, database_url) -> Settings:
        return settings_for(tmp_path, database_url=database_url, blind_hours="72")

    def test_votes_while_figures_open_are_all_counted_above(self, app, theory):
        fans, theory_id = crowd(app, 12, theory), theory.id

        def vote_on(fan: Visitor) -> int:
            return fan.post(f"/posts/{theory_id}/votes", value="1").status_code

        def open_now() -> int:
            with app.app_context(), unit_of_work() as work:
                open_figures(work.get_one(Theory, theory_id), by=Operator())
            return 303

        acts = [lambda f=fan: vote_on(f) for fan in fans]
        assert at_once([*acts[:6], open_now, *acts[6:]]) == [303] * 13
        assert again(theory).vote_count == 12
        assert again(film_of(theory)).vote_count == 12


def test_a_job_is_done_once_by_workers_at_once(app, theory):
    give_votes(theory, 4)
    with unit_of_work():
        jobs.enqueue("refresh_prior", {"film_id": theory.film_id})

    def work() -> int:
        with app.app_context():
            return jobs.run_due()

    assert sum(at_once([work] * 4)) == 1
    assert again(film_of(theory)).prior == pytest.approx(ranking.prior_share(4, 0))
