"""The public log: what it says to whom, and that nobody changes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import event, select, update

from forum.cli import main
from forum.films.models import Film
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import writing_allowed
from forum.moderation import decisions
from forum.moderation.decisions import Grounds
from forum.moderation.log import verify
from forum.moderation.models import Case, LogLabel
from forum.theories.models import Post
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    decide,
    found,
)

pytestmark = pytest.mark.usefixtures("app")


def three_entries():
    moderator = a_moderator("the_mod_one")
    for act in ("remove", "hide", "no_action"):
        decide(a_case(), act, moderator, note="between us")
    return moderator


def rewrite(app, *statements):
    """Change the log as somebody with the database's password could: past triggers and keys."""
    session().rollback()
    is_sqlite = db.engine.dialect.name == "sqlite"
    db.engine.dispose()
    with writing_allowed(), db.engine.connect() as connection:
        if is_sqlite:
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("DROP TRIGGER moderation_log_no_update")
            connection.exec_driver_sql("DROP TRIGGER moderation_log_no_delete")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.invalidate()


@pytest.mark.both_databases
def test_an_untouched_log_is_whole(app):
    three_entries()
    assert verify() is None


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE moderation_log SET reasons = 'It argues with the persoN.' WHERE seq = 2", 2),
        ("UPDATE moderation_log SET rule_version = 7 WHERE seq = 1", 1),
        ("UPDATE moderation_log SET seq = 99 WHERE seq = 2", 2),
        ("DELETE FROM moderation_log WHERE seq = 2", 2),
        ("DELETE FROM moderation_log WHERE seq = 3", 3),
        ("DELETE FROM moderation_log WHERE seq = 3; DELETE FROM log_head", 3),
        ("DELETE FROM log_head", 4),
        ("UPDATE log_labels SET text = 'Another' WHERE seq = 2", 2),
        ("DELETE FROM log_labels WHERE seq = 2", 2),
        ("UPDATE decisions SET note = 'nothing' WHERE log_seq = 3", 3),
    ],
)
def test_verification_names_the_line_that_was_changed(app, statement, line):
    three_entries()
    rewrite(app, *statement.split("; "))
    broken = verify()
    assert broken is not None
    assert broken.seq == line


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_log SET at = replace(at, '-11-', '-21-') WHERE seq = 2",
        "UPDATE moderation_log SET at = replace(at, '-1', 'x1') WHERE seq = 2",
        "UPDATE moderation_log SET at = replace(at, ' ', 'T') WHERE seq = 2",
        "UPDATE moderation_log SET reasons = CAST(x'49c3' AS TEXT) WHERE seq = 2",
        "UPDATE moderation_log SET reasons = x'4974' WHERE seq = 2",
        "UPDATE moderation_log SET with_second = 4 WHERE seq = 2",
    ],
)
def test_a_byte_that_makes_a_line_unreadable_is_named_like_any_other(app, statement):
    with time_machine.travel(datetime(2026, 11, 12, 13, 14, 15, 16, tzinfo=UTC), tick=False):
        three_entries()
    assert verify() is None
    rewrite(app, statement)
    broken = verify()
    assert broken is not None
    assert broken.seq == 2
    runner = app.test_cli_runner()
    assert "Line 2: it can't be read." in runner.invoke(main, ["log", "verify"]).output


def test_a_purge_erases_what_earlier_lines_called_the_post_and_the_chain_holds(app, guest):
    theory = a_theory(safe_title="He lives at number 7")
    reply = a_reply(theory)
    decide(a_case(theory), "no_action", a_moderator())
    decide(a_case(reply), "no_action", a_moderator())
    case = a_case(theory)
    decide(case, "purge", a_moderator())
    decide(case, "purge", a_moderator())
    page = guest.see("/moderation/log")
    assert "number 7" not in page
    assert page.count("A theory, purged") == 2
    assert found(select(LogLabel.text).where(LogLabel.text.contains("number 7"))) == []
    assert verify() is None


def test_a_new_safe_title_replaces_the_old_one_in_every_line_of_the_log(app, guest):
    theory = a_theory(safe_title="He dies in the end")
    decide(a_case(a_reply(theory)), "no_action", a_moderator())
    decide(a_case(theory), "hide", a_moderator())
    decide(again(found(select(Case).where(Case.closed_at.is_(None)))[0]), "restore", a_moderator())
    decide(a_case(theory), "retitle", a_moderator(), safe_title="What becomes of him")
    page = guest.see("/moderation/log")
    assert "He dies" not in page
    assert page.count("What becomes of him") == 4
    assert verify() is None


def test_the_log_forgets_the_names_of_a_film_that_is_hidden_later(app, guest):
    film = a_film("A lost film")
    decide(
        a_case(a_theory(a_thread(film), safe_title="About the lost film")), "hide", a_moderator()
    )
    with unit_of_work() as work:
        work.get_one(Film, film.id).state = "hidden"
        work.execute(update(Post).where(Post.film_id == film.id).values(film_state="hidden"))
    for place in ("/moderation/log", f"/moderation/log?film={film.slug}"):
        page = guest.see(place)
        assert "lost film" not in page
    assert "A theory" in guest.see("/moderation/log")


def test_the_command_says_whether_the_log_is_whole(app):
    three_entries()
    runner = app.test_cli_runner()
    assert "The log is whole." in runner.invoke(main, ["log", "verify"]).output
    rewrite(app, "UPDATE moderation_log SET reasons = 'x' WHERE seq = 2")
    broken = runner.invoke(main, ["log", "verify"])
    assert broken.exit_code == 1
    assert "Line 2: it was changed after it was written." in broken.output


def test_everybody_reads_the_log_and_only_moderators_its_notes(app, guest):
    three_entries()
    page = guest.see("/moderation/log")
    assert page.count('class="log-row"') == 3
    assert "It argues with the person." in page
    assert "between us" not in page
    assert "between us" in a_visitor(app, a_user(role="moderator")).see("/moderation/log")


def test_the_log_names_a_theory_by_its_safe_title_only(app, guest):
    theory = a_theory(safe_title="A safe name", title="The sealed name")
    decide(a_case(theory), "remove", a_moderator())
    page = guest.see("/moderation/log")
    assert "A safe name" in page
    assert "The sealed name" not in page


def test_the_log_is_narrowed_by_act_film_and_moderator(app, guest):
    film = a_film("Stalker", 1979)
    first, second = a_moderator("anna_mod"), a_moderator("bert_mod")
    decide(a_case(a_theory(a_thread(film))), "remove", first, reasons="The first reason.")
    decide(a_case(), "hide", second, reasons="The second reason.")
    for query in ("act=remove", "film=stalker-1979", "who=anna_mod"):
        page = guest.see(f"/moderation/log?{query}")
        assert "The first reason." in page
        assert "The second reason." not in page
    assert "No such entry." in guest.see("/moderation/log?act=purge")


def test_an_undone_decision_names_the_line_that_undoes_it(app, guest):
    decision = decide(a_case(), "remove", a_moderator())
    other = a_moderator()
    with unit_of_work():
        decisions.reverse(decision, Grounds(reasons="It was wrong."), by=other)
    page = guest.see("/moderation/log")
    assert "Undone by entry" in page
    assert "undoes entry" in page


def test_what_a_suspension_is_about_is_an_account_without_a_name(app, guest):
    user = a_user("named_nowhere")
    film = a_film()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decide(a_case(theory), "suspend", a_moderator())
    page = guest.see("/moderation/log")
    assert "An account" in page
    assert "named_nowhere" not in page


@pytest.mark.both_databases
def test_moderators_may_decide_while_the_log_is_verified(app):
    decide(a_case(), "remove", a_moderator())
    case, moderator = a_case(), a_visitor(app, a_user(role="moderator"))
    place, version = f"/moderation/cases/{case.id}/decision", again(case).version
    form = {"version": version, "act": "remove", "rule": "2", "reasons": "Rude."}
    answers = []

    def meanwhile(_connection, _cursor, statement, *_rest):
        if "FROM log_head" in statement and not answers:
            answers.append(0)
            with ThreadPoolExecutor(1) as another:
                answers.append(another.submit(moderator.post, place, **form).result().status_code)

    event.listen(db.engine, "before_cursor_execute", meanwhile)
    try:
        assert verify() is None
    finally:
        event.remove(db.engine, "before_cursor_execute", meanwhile)
        session().rollback()
    assert answers == [0, 303]
    assert verify() is None
