"""What commands need around them: settings that complain politely, an application, a lock."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import click
from flask import current_app, has_app_context

from forum import create_app
from forum.config import Settings, SettingsError, variable

P = ParamSpec("P")
R = TypeVar("R")


def load_settings(**overrides: Any) -> Settings:
    """The settings, or a message and exit status 1 when one of them makes no sense."""
    try:
        return Settings.load(**overrides)
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from problem


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run `command` inside an application: the current one, or one made for it."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if has_app_context():  # called as `flask --app forum …`, or by a test
            return command(*args, **kwargs)
        with create_app(load_settings()).app_context():
            return command(*args, **kwargs)

    return run


def instance_folder() -> Path:
    """The current application's folder of database, secret key and backups."""
    return Path(current_app.instance_path)


class Address(NamedTuple):
    """Where a forum that runs is reached: HOST:PORT on this machine, and the public URL."""

    local: str
    public_url: str


@contextmanager
def only_one(instance: Path, address: Address | None = None) -> Iterator[None]:
    """Hold the instance folder, so that no second server and no restore gets in between.

    Args:
        address: where the forum that runs there meanwhile is reached; None if none does.

    Raises:
        click.ClickException: a forum runs on this folder already.
    """
    with (instance / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise click.ClickException(
                f"A forum (process {file.readline().strip()}) runs on {instance}. "
                f"Stop it first, or name another folder by {variable('instance')}."
            ) from None
        file.truncate(0)
        file.write("\n".join([str(os.getpid()), *(address or ())]))
        file.flush()
        yield


def running_at(instance: Path) -> Address | None:
    """Where the forum that runs on the instance folder is reached: a port may have been given to it
    alone. None if none does."""
    if not instance_is_held(instance):
        return None
    lines = (instance / "run.lock").read_text("utf-8").splitlines()
    # Fewer while it is being written, or where it is a restore that holds the folder.
    return Address(*lines[1:]) if len(lines) == 3 else None


def instance_is_held(instance: Path) -> bool:
    """Whether a forum runs on the instance folder."""
    try:
        with only_one(instance):
            return False
    except click.ClickException:
        return True
    except OSError:  # not ours to lock: whoever runs there, it is not this user
        return False
