"""The secret key: a new one ends everything that was handed out under the old one."""

import dataclasses

from flask import Flask

from forum import create_app
from forum.accounts import credentials
from forum.accounts.viewers import Operator
from forum.config import Settings
from forum.lib.database import db, unit_of_work
from tests.factories import a_user, a_visitor
from tests.visitors import Visitor


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, in front of another process of the same forum."""
    other = Visitor(app)
    cookie = visitor.client.get_cookie("sid", domain="127.0.0.1")
    assert cookie is not None
    other.take_up("sid", cookie.value)
    return other


def test_a_new_key_ends_every_session_and_every_reset_link(app, settings: Settings):
    user = a_user()
    visitor = a_visitor(app, user)
    with unit_of_work():
        link = "/reset/" + credentials.make_reset_link(user, by=Operator())
    same = create_app(settings)
    assert moved(visitor, same).get("/settings").status_code == 200
    assert Visitor(same).get(link).status_code == 200
    key = "another secret, of thirty-two bytes and more"
    renewed = create_app(dataclasses.replace(settings, secret_key=key))
    assert moved(visitor, renewed).get("/settings").status_code == 303
    assert Visitor(renewed).get(link).status_code == 410
    for other in (same, renewed):
        with other.app_context():
            db.engine.dispose()
