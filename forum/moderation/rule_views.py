"""The rules, and rewriting them and the page about the site."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from markupsafe import Markup

from forum.accounts.sessions import viewer
from forum.lib.addresses import LARGEST_ID, url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.fields import number_in
from forum.lib.language import gettext as _
from forum.lib.markup import render, reveal
from forum.moderation import queries, rules
from forum.moderation.forms import RuleForm, TextForm
from forum.moderation.models import Rule
from forum.moderation.views import blueprint
from forum.permissions import can_change_texts, require
from forum.texts.views import starting_text

_TEXTS = {"about": _("About"), "rules": _("Before the rules")}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on the page of all."""

    number: int
    title: str
    html: Markup
    version: int
    edit_url: str | None


@blueprint.get("/rules", endpoint="rules")
def show_rules() -> Any:
    """The site's rules, as reports and decisions cite them."""
    may_edit = bool(can_change_texts(viewer()))
    _version, _body, html = _standing("rules")
    return render_template(
        "moderation/rules.html",
        rules=[_line(rule, may_edit) for rule in queries.rules()],
        preface=reveal(html, ()) if html else None,
        preface_edit_url=url_for("moderation.edit_text", name="rules") if may_edit else None,
    )


@blueprint.get("/rules/<int:number>/edit")
def edit_rule(number: int) -> Any:
    """Rewrite a rule."""
    require(can_change_texts(viewer()))
    rule = _found(number)
    return _rule_page(rule, RuleForm(formdata=None, obj=rule), 200)


@blueprint.post("/rules/<int:number>/versions")
def change_rule(number: int) -> Any:
    """Give a rule its next version."""
    require(can_change_texts(viewer()))
    rule = _found(number)
    form = RuleForm()
    if not form.validate():
        return _rule_page(rule, form, 422)
    html = render(form.text.data).html
    seen = number_in(form.version.data)
    try:
        with unit_of_work():
            rules.change_rule(
                rule, form.title.data, form.text.data, html, by=viewer(), version=seen
            )
    except rules.Outdated:
        session().expire_all()
        fresh = _found(number)
        form.version.data = str(fresh.version)
        return _rule_page(fresh, form, 409, outdated=True)
    return onward(url_for("moderation.rules"), said="rule-changed", anchor=f"rule-{rule.number}")


@blueprint.get("/texts/<name>/edit")
def edit_text(name: str) -> Any:
    """Rewrite a page of the site."""
    require(can_change_texts(viewer()))
    if name not in _TEXTS:
        abort(404)
    version, body, _html = _standing(name)
    form = TextForm(formdata=None, data={"version": str(version), "body": body})
    return _text_page(name, form, 200)


@blueprint.post("/texts/<name>")
def change_text(name: str) -> Any:
    """Save a page of the site, or preview it."""
    require(can_change_texts(viewer()))
    if name not in _TEXTS:
        abort(404)
    form = TextForm()
    if not form.validate():
        return _text_page(name, form, 422)
    html = render(form.body.data).html
    if request.form.get("act") == "preview":
        return _text_page(name, form, 200, preview=reveal(html, ()))
    seen = number_in(form.version.data)
    try:
        with unit_of_work():
            rules.change_text(name, form.body.data, html, seen, by=viewer())
    except rules.Outdated:
        session().expire_all()
        version, _body, stands = _standing(name)
        form.version.data = str(version)
        return _text_page(name, form, 409, stands=reveal(stands, ()))
    return onward(_text_url(name), said="text-changed")


def _text_url(name: str) -> str:
    """The page on which a text stands."""
    return url_for("moderation.rules" if name == "rules" else f"texts.{name}")


def _standing(name: str) -> tuple[int, str, str]:
    """The version of a page that stands, with its Markdown and HTML."""
    kept = queries.site_text(name)
    if kept is not None:
        return kept.version, kept.body, kept.html
    body = starting_text(name) or ""
    return 0, body, render(body).html


def _found(number: int) -> Rule:
    rule = session().get(Rule, number) if 0 < number <= LARGEST_ID else None
    if rule is None:
        abort(404)
    return rule


def _line(rule: Rule, may_edit: bool) -> RuleLine:
    return RuleLine(
        number=rule.number,
        title=rule.title,
        html=reveal(rule.html, ()),
        version=rule.version,
        edit_url=url_for("moderation.edit_rule", number=rule.number) if may_edit else None,
    )


def _rule_page(rule: Rule, form: RuleForm, status: int, *, outdated: bool = False) -> Any:
    page = render_template(
        "moderation/rule_edit.html",
        form=form,
        stands=_line(rule, may_edit=False) if outdated else None,
        number=rule.number,
        heading=_("Rule %(number)d") % {"number": rule.number},
        action=url_for("moderation.change_rule", number=rule.number),
    )
    return page, status


def _text_page(
    name: str,
    form: TextForm,
    status: int,
    *,
    preview: Markup | None = None,
    stands: Markup | None = None,
) -> Any:
    page = render_template(
        "texts/edit.html",
        form=form,
        heading=_TEXTS[name],
        crumb=(_("Rules") if name == "rules" else _TEXTS[name], _text_url(name), False),
        action=url_for("moderation.change_text", name=name),
        preview=preview,
        stands=stands,
    )
    return page, status
