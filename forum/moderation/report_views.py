"""Reporting a post."""

from typing import Any

from flask import redirect, render_template

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.quotas import TooMany
from forum.moderation import cases, queries
from forum.moderation.case_text import named_post
from forum.moderation.forms import ReportForm
from forum.moderation.views import blueprint
from forum.permissions import can_report, require
from forum.theories import cards
from forum.theories.finding import found_or_404
from forum.theories.models import Post


@blueprint.get("/posts/<int:post_id>/reports/new")
def compose_report(post_id: int) -> Any:
    """Say which rule a post breaks."""
    post = found_or_404(post_id, viewer())
    verdict = can_report(viewer(), post)
    if verdict.code == "guest":
        here = url_for("moderation.compose_report", post_id=post.id)
        return redirect(url_for("accounts.login", next=here), 303)
    require(verdict)
    return _page(post, ReportForm(queries.rules(), formdata=None), 200)


@blueprint.post("/posts/<int:post_id>/reports")
def create_report(post_id: int) -> Any:
    """Tell the moderators."""
    post = found_or_404(post_id, viewer())
    require(can_report(viewer(), post))
    form = ReportForm(queries.rules())
    if not form.validate():
        return _page(post, form, 422)
    try:
        with unit_of_work():
            waits = cases.report(post, int(form.rule.data), form.words.data or "", by=viewer())
    except TooMany as refusal:
        form.form_errors = [str(refusal)]
        return (*_page(post, form, 429), {"Retry-After": str(refusal.retry_after)})
    place = cards.permalink(post) if post.type == "reply" else cards.address(post)
    return onward(place, said="reported" if waits else "already-reviewed")


def _page(post: Post, form: ReportForm, status: int) -> Any:
    author = session().get_one(User, post.author_id)
    page = render_template(
        "moderation/report.html",
        section="films",
        post=named_post(post, author, viewer()),
        form=form,
        action=url_for("moderation.create_report", post_id=post.id),
        already=queries.has_open_report(post.id, viewer().id) and status == 200,
    )
    return page, status
