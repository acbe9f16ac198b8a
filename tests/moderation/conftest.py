"""What every test of moderation begins with."""

import pytest

from tests.conftest import settings_for
from tests.factories import the_rules


@pytest.fixture
def settings(request, tmp_path, database_url):
    """A forum in which as many first posts of a newcomer wait as a module's `HOLD_FIRST_POSTS`
    says, none if it says nothing."""
    held = getattr(request.module, "HOLD_FIRST_POSTS", "0")
    return settings_for(tmp_path, database_url=database_url, hold_first_posts=held)


@pytest.fixture(autouse=True)
def rules(app):
    """The starting rules, which reports and decisions cite."""
    the_rules()
