"""How many SQL statements a page takes, counted in this process, in the application's context."""

from collections.abc import Mapping
from contextvars import Context
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from benchmarks.servers import HOST
from benchmarks.traffic import FORM, Act

_NO_STATEMENTS = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SET ")

_BEFORE = 3
"""Requests before one is counted: the first shows what a page is made of, the second is kept."""


def of_page(app: Flask, path: str, headers: Mapping[str, str]) -> int:
    """Statements of a page that was asked for before; those that begin or end work aside.

    What a page does past SQLAlchemy isn't seen here.
    """
    for _ in range(_BEFORE):
        _sent(app, "GET", path, headers)
    return len(_heard(app, "GET", path, headers))


def sent_by_act(app: Flask, act: Act, number: int) -> list[tuple[str, Mapping[str, Any]]]:
    """The statements of an act in one pass, with the values that they are sent with."""
    return _heard(app, "POST", act.path, {**FORM, "Cookie": act.cookie}, act.in_pass(number))


def of_act(app: Flask, act: Act) -> int:
    """Statements of the second of two acts, such as a changed vote."""
    return [len(sent_by_act(app, act, number)) for number in (1, 2)][-1]


def _heard(
    app: Flask, method: str, path: str, headers: Mapping[str, str], form: str | None = None
) -> list[tuple[str, Mapping[str, Any]]]:
    heard: list[tuple[str, Mapping[str, Any]]] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: Any, *_rest: object
    ) -> None:
        if not statement.startswith(_NO_STATEMENTS):
            heard.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        _sent(app, method, path, headers, form)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return heard


def _sent(
    app: Flask, method: str, path: str, headers: Mapping[str, str], form: str | None = None
) -> None:
    client = app.test_client(use_cookies=False)
    origin = f"http://{HOST}:{app.config['FOYER'].port}"
    # In an empty context, as in a server: within this one all requests would be one visitor's.
    answer = Context().run(
        client.open, path, method=method, base_url=origin, headers=dict(headers), data=form
    )
    if answer.status_code >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status}")
