"""`forum user`: what it refuses, as the pages do."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from forum.accounts.models import User
from forum.cli import main
from tests.factories import PASSWORD, found


@pytest.mark.parametrize("address", ["", "ani", "x" * 300, f"{'x' * 60}@{'y' * 250}.example"])
def test_an_account_is_made_only_with_an_address(app, settings, monkeypatch, address):
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    add = ["user", "add", "ani", "--email"]
    refused = CliRunner().invoke(main, [*add, address], input=f"{PASSWORD}\n")
    assert refused.exit_code == 1
    assert "This is no e-mail address" in refused.output
    assert found(select(User.name).where(User.name == "ani")) == []
    made = CliRunner().invoke(main, [*add, "ani@example.org"], input=f"{PASSWORD}\n")
    assert made.output == "ani can log in as fan.\n"
