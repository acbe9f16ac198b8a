"""Foyer: a forum where fans argue about how films end. `create_app` puts it together."""

import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, abort, current_app, g, render_template, request
from flask_migrate import Migrate
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from forum import consequences, errors, fan_pages, guest_pages
from forum.accounts import fan_views, preferences, sessions, settings_views
from forum.accounts import views as account_views
from forum.accounts.again import sent
from forum.config import Settings
from forum.films import views as film_views
from forum.front import views as front_views
from forum.lib import (
    addresses,
    answers,
    assets,
    compression,
    database,
    fragments,
    headers,
    language,
    origin,
    pieces,
    unchanged,
)
from forum.lib.engines import engine_options
from forum.lib.markup import excerpt
from forum.lib.templates import Templates
from forum.moderation import decision_views, log_views, report_views, rule_views, standing_views
from forum.moderation import views as moderation_views
from forum.moderation.standing import sanction_line, waiting_count
from forum.notices import notice
from forum.notifications import views as notification_views
from forum.search import views as search_views
from forum.texts import views as text_views
from forum.theories import change_views, composing, draft_views
from forum.theories import views as theory_views
from forum.votes import views as vote_views

CHECKOUT = Path(__file__).resolve().parent.parent
MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# Modules that add routes to a blueprint of another module, named here so that they are loaded.
_MORE_ROUTES = (
    change_views,
    composing,
    draft_views,
    fan_views,
    settings_views,
    decision_views,
    log_views,
    report_views,
    rule_views,
    standing_views,
)

BLUEPRINTS = (
    front_views.blueprint,
    film_views.blueprint,
    theory_views.blueprint,
    vote_views.blueprint,
    moderation_views.blueprint,
    notification_views.blueprint,
    account_views.blueprint,
    search_views.blueprint,
    text_views.blueprint,
)


class Forum(Flask):
    """An application of which nothing is a coroutine, so that nobody looks whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve.

    Args:
        settings: read from the environment and the instance folder by default.

    Raises:
        SettingsError: a setting makes no sense.
    """
    settings = settings or Settings.load()
    app = Forum(
        __name__,
        static_folder=None,
        template_folder=str(CHECKOUT / "templates"),
        instance_path=str(settings.instance),
    )
    app.config.update(_configuration(settings))
    _set_up_logs(settings.log_level)
    _set_up_templates(app, settings)
    addresses.init_app(app)
    database.init_app(app)
    Migrate(app, database.db, directory=str(MIGRATIONS))
    compression.init_app(app)
    headers.init_app(app, https=settings.is_https)
    assets.init_app(app, CHECKOUT / "static")
    app.before_request(_begin)
    sessions.init_app(app)
    app.before_request(_refuse_forgeries)
    pieces.init_app(app)
    third = settings.page_cache_mb / 3
    if third:
        fan_pages.init_app(app, third)
        unchanged.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.init_app(app)
    consequences.init_app()
    fragments.init_app(app, third)
    if third:
        guest_pages.init_app(app, third, settings.redis_url)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # as Flask documents
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "FOYER": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "COOKIE_PREFIX": settings.cookie_prefix,
        "SECURE_COOKIES": bool(settings.cookie_prefix),
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 100,
        "WTF_CSRF_ENABLED": False,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }


def _set_up_logs(level: str) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def _set_up_templates(app: Flask, settings: Settings) -> None:
    app.jinja_environment = Templates
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["site"] = {
        "name": settings.site_name,
        "tagline": settings.tagline,
        "address": settings.public_url,
        "contact": settings.contact,
        "registration_open": settings.registration == "open",
    }
    app.jinja_env.filters["excerpt"] = lru_cache(maxsize=2048)(excerpt)
    app.jinja_env.filters["runtime_clock"] = lambda minutes: f"{minutes // 60}:{minutes % 60:02d}"
    language.init_app(app)

    @app.context_processor
    def page_context() -> dict[str, Any]:
        return {
            "viewer": sessions.viewer(),
            "theme": preferences.current().theme,
            "here": answers.here(),
            "section": None,
            "inbox_count": getattr(sessions.viewer(), "unread", 0),
            "queue_count": waiting_count(sessions.viewer()),
            "sanction": sanction_line(sessions.viewer()),
            "notice": notice(answers.code_said()),
        }


def _begin() -> None:
    g.request_id = headers.request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_forgeries() -> Any:
    """Every unsafe request comes from a page of ours, and carries its session's token."""
    if request.method in origin.SAFE_METHODS or request.endpoint == "texts.csp_report":
        return None
    if request.endpoint is None:
        return None  # 404 or 405 follow
    if not origin.is_same_origin(request, current_app.config["FOYER"].public_url):
        abort(403)
    token = sessions.current_form_token()
    if token and not origin.carries(request, token):
        return render_template("errors/resend.html", again=sent()), 403
    return None
