"""The site's rules, and the pages that an admin may rewrite."""

import tomllib
from pathlib import Path

from sqlalchemy import select

from forum import events
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import insert_into, session
from forum.lib.markup import render
from forum.moderation.models import Rule, RuleVersion, SiteText
from forum.permissions import Viewer, can_change_texts, can_operate, require
from forum.theories.locking import lock_account

_STARTING = Path(__file__).parent / "rules.toml"


def seed_rules(*, by: Viewer) -> None:
    """Write the starting rules; rules that are there stay as they are.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    there = set(session().scalars(select(Rule.number)))
    for number, entry in enumerate(tomllib.loads(_STARTING.read_text("utf-8"))["rule"], 1):
        if number not in there:
            rule = Rule(number=number, version=0, title="", text="", html="")
            session().add(rule)
            _rewrite(rule, entry["title"], entry["text"], render(entry["text"]).html, None)


class Outdated(Exception):
    """The rule or page was rewritten by somebody else since its form was opened."""


def change_rule(
    rule: Rule, title: str, text: str, html: str, *, by: Viewer, version: int | None = None
) -> None:
    """Give a rule its next version; decisions go on citing the one they were made by.

    Args:
        html: `text` rendered, before the transaction.
        version: the one that was rewritten; None for whichever stands.

    Raises:
        Refused: `by` is no admin, or not any more.
        Outdated: another version stands by now.
    """
    lock_account(by)
    require(can_change_texts(by))
    session().refresh(rule, with_for_update=True)
    if (rule.title, rule.text) == (title, text):
        return
    if version is not None and rule.version != version:
        raise Outdated
    _rewrite(rule, title, text, html, by.id)
    events.record(Kind.RULE_CHANGED, by=by, codes={"rule": rule.number, "version": rule.version})


def change_text(name: str, body: str, html: str, version: int, *, by: Viewer) -> None:
    """Rewrite a page of the site, such as "about".

    Args:
        html: `body` rendered, before the transaction.
        version: the one that was rewritten; 0 for the one that no admin has written.

    Raises:
        Refused: `by` is no admin, or not any more.
        Outdated: another version stands by now.
    """
    lock_account(by)
    require(can_change_texts(by))
    kept = session().get(SiteText, name, populate_existing=True)
    if kept is not None and kept.body == body:
        return
    values = {"body": body, "html": html, "changed_at": clock.now()}
    written = session().execute(
        insert_into(SiteText)
        .values(name=name, **values)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"version": SiteText.version + 1, **values},
            where=SiteText.version == version,
        )
        .returning(SiteText.version)
    )
    if written.scalar() != version + 1:
        raise Outdated
    events.record(Kind.TEXT_CHANGED, by=by, codes={"text": name})


def _rewrite(rule: Rule, title: str, text: str, html: str, by_id: int | None) -> None:
    now = clock.now()
    rule.title, rule.text, rule.html, rule.changed_at = title, text, html, now
    rule.version += 1
    session().flush()
    session().add(
        RuleVersion(
            number=rule.number,
            version=rule.version,
            title=title,
            text=text,
            changed_at=now,
            by_id=by_id,
        )
    )
