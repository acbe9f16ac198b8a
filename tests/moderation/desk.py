"""What moderators do at their desk, for the tests about it: looking, and sending decisions."""

from sqlalchemy import select

from forum.moderation.models import Case
from tests.factories import (
    a_theory,
    a_user,
    a_visitor,
    again,
    found,
)


def a_moderating_visitor(app, name="", **kwargs):
    return a_visitor(app, a_user(name, role="moderator"), **kwargs)


def a_reported_case(app, post=None, rule="2", words="said in anger"):
    post = post or a_theory()
    a_visitor(app).post(f"/posts/{post.id}/reports", rule=rule, words=words)
    return found(select(Case).where(Case.post_id == post.id))[0]


def sends(visitor, case, act, **form):
    given = {"version": again(case).version, "act": act, **form}
    return visitor.post(f"/moderation/cases/{case.id}/decision", **given)
