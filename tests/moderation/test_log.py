"""The public log: what it says to whom, and that nobody changes it."""

import pytest
from sqlalchemy import text

from forum.cli import main
from forum.lib.database import db, session, unit_of_work
from forum.moderation import decisions
from forum.moderation.decisions import Grounds
from forum.moderation.log import verify
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    decide,
    the_rules,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def rules(app):
    the_rules()


def three_entries():
    moderator = a_moderator("the_mod_one")
    for act in ("remove", "hide", "no_action"):
        decide(a_case(), act, moderator, note="between us")
    return moderator


def rewrite(app, statement):
    """Change the log as somebody with the database's password could: past its triggers."""
    with unit_of_work() as work:
        if db.engine.dialect.name == "sqlite":
            work.execute(text("DROP TRIGGER moderation_log_no_update"))
            work.execute(text("DROP TRIGGER moderation_log_no_delete"))
        else:
            work.execute(text("ALTER TABLE moderation_log DISABLE TRIGGER ALL"))
        work.execute(text(statement))
    session().rollback()


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
        ("DELETE FROM moderation_log WHERE seq = 2", 2),
        ("DELETE FROM moderation_log WHERE seq = 3", 4),
    ],
)
def test_verification_names_the_line_that_was_changed(app, statement, line):
    three_entries()
    if "seq = 2" in statement and statement.startswith("DELETE"):
        statement = "UPDATE moderation_log SET seq = 99 WHERE seq = 2"
    if line == 4:
        statement, line = "DELETE FROM moderation_log WHERE seq = 3", 3
        with unit_of_work() as work:
            work.execute(text("DELETE FROM decisions WHERE log_seq = 3"))
    rewrite(app, statement)
    broken = verify()
    assert broken is not None
    assert broken.seq == line


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
