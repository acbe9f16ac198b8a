"""References, loads and what they cost, on a server that really runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from benchmarks import reference
from benchmarks.homes import Home
from benchmarks.processes import Tree
from benchmarks.servers import Server, same_server
from benchmarks.traffic import Act, Load, ask, drive, pace


@pytest.fixture
def voting(tmp_path: Path) -> tuple[Flask, Path]:
    path = tmp_path / "reference.db"
    reference.Database(str(path)).prepare()
    return reference.create_app(str(path)), path


def counted(path: Path, post: int) -> tuple[int, int]:
    row = reference.Database(str(path)).run("SELECT ups, downs FROM posts WHERE id = ?", (post,))
    return tuple(row.fetchone())


def test_the_constant_is_the_page_of_rows() -> None:
    client = reference.create_app().test_client()
    page, constant = client.get("/b").data, client.get("/a").data
    assert page == constant
    assert 21_000 < len(page) < 23_000
    assert page.count(b"<li") == reference.ROWS
    assert b"&lt;i&gt;both" in page


def test_a_vote_is_one_persons_and_counted_once(voting: tuple[Flask, Path]) -> None:
    app, path = voting
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": reference.cookie_of(app, 3)}
    for value, figures in ((1, (1, 0)), (1, (1, 0)), (-1, (0, 1))):
        assert client.post("/v/7", headers=headers, data={"value": value}).status_code == 200
        assert counted(path, 7) == figures


def test_nobody_votes_without_a_session(voting: tuple[Flask, Path]) -> None:
    app, path = voting
    assert app.test_client().post("/v/7", data={"value": 1}).status_code == 401
    assert counted(path, 7) == (0, 0)


def test_acts_change_from_pass_to_pass() -> None:
    act = Act("/", "", "a=%V&b=%W&n=%N")
    assert [act.in_pass(n) for n in (1, 2)] == ["a=1&b=-1&n=1", "a=-1&b=1&n=2"]


def test_a_server_is_driven_and_its_cost_counted(voting: tuple[Flask, Path]) -> None:
    app, path = voting
    home = Home(path.parent, f"sqlite:///{path.parent / 'forum.db'}", None)
    env = {reference.DATABASE: str(path)}
    log = path.parent / "log"
    acts = [Act("/v/9", reference.cookie_of(app, id), "value=%V") for id in range(1, 41)]
    application = "benchmarks.reference:create_app()"
    with same_server(home, application, "/a", log, env=env) as server:
        assert len(server.tree.processes()) >= 3  # gunicorn and its workers
        assert server.tree.memory().rss >= server.tree.memory().pss > 0
        assert 0 < server.tree.memory("gunicorn").pss < server.tree.memory().pss
        assert ask(server, "/b").status == 200
        paced = pace(server, acts, rate=40, seconds=1)
        assert (paced.requests, paced.errors) == (40, 0)
        assert paced.cpu > 0
        assert counted(path, 9) == (40, 0)
        _drive_with_wrk(server, path, acts)


def _drive_with_wrk(server: Server, path: Path, acts: list[Act]) -> None:
    if shutil.which("wrk") is None:
        return  # a program of the benchmarks alone: make bench installs it
    driven = drive(server, Load("/b", connections=4), 1)
    assert driven.requests > 0
    assert driven.errors == 0
    assert driven.bytes > 20_000 * driven.requests
    assert drive(server, Load("/nowhere"), 1).errors > 0
    voted = drive(server, Load(connections=4, acts=acts), 1)
    assert voted.errors == 0
    assert sum(counted(path, 9)) == 40


def test_a_tree_counts_children_and_those_that_ended() -> None:
    burn = "sum(range(3_000_000))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{burn}']); {burn}"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{child}; print('done', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        tree = Tree(process.pid)
        assert tree.processes() == [process.pid]
        assert tree.cpu() >= 2 / os.sysconf("SC_CLK_TCK")
    finally:
        process.communicate(b"\n")
    assert Tree(process.pid).cpu() == 0


def test_a_server_that_does_not_start_says_where_to_look(tmp_path: Path) -> None:
    home = Home(tmp_path, f"sqlite:///{tmp_path / 'forum.db'}", None)
    with (
        pytest.raises(RuntimeError, match="log says why"),
        same_server(home, "benchmarks.reference:nothing_of_that_name()", "/", tmp_path / "log"),
    ):
        pass
