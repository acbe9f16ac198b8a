"""Where junk is thrown."""

import pytest
from flask import Flask

from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    the_rules,
)
from tests.trust.places import Place
from tests.visitors import Visitor


@pytest.fixture
def place(app: Flask) -> Place:
    film = a_film()
    user = a_user("the_critic", role="admin")
    by = a_fan(user, seen=(film,))
    thread = a_thread(film)
    theory = a_theory(thread)
    the_rules()
    return Place(
        app=app,
        film=film,
        thread=thread,
        theory=theory,
        reply=a_reply(theory),
        own=a_reply(theory, by),
        switched=a_thread(film),
        case_id=a_case(theory).id,
        admin=a_visitor(app, user),
        guest=Visitor(app),
    )
