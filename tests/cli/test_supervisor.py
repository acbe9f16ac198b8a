"""The supervisor: what it starts it also ends, whatever happens in between."""

import ctypes
import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forum.cli import supervisor
from forum.cli.supervisor import Child, Supervisor


def child(name: str, code: str, *, restarts: bool = False) -> Child:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return Child(name, command, os.environ, restarts=restarts)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(is_true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def after(is_true: Callable[[], object], *signals: signal.Signals, pause: float = 0) -> None:
    """Send this process `signals`, from another thread, once `is_true`."""

    def send() -> None:
        wait_for(is_true)
        for number in signals:
            os.kill(os.getpid(), number)
            time.sleep(pause)

    threading.Thread(target=send, daemon=True).start()


SLEEP = "import time; time.sleep(600)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_ends_all_children_and_is_no_failure(number: signal.Signals) -> None:
    children = [child("server", SLEEP), child("worker", SLEEP, restarts=True)]
    said: list[str] = []
    after(lambda: said, number)
    before = signal.getsignal(number)
    status = Supervisor(children, log=io.StringIO()).run(
        lambda: True, lambda: said.append("ready"), wait=20
    )
    assert status == 0
    assert said == ["ready"]
    assert [c.status for c in children] == [-signal.SIGTERM] * 2
    assert signal.getsignal(number) is before


def test_a_server_that_cannot_start_is_a_failure_and_ends_the_worker() -> None:
    log = io.StringIO()
    children = [child("server", "raise SystemExit(3)"), child("worker", SLEEP, restarts=True)]
    status = Supervisor(children, log=log).run(lambda: False, pytest.fail, wait=20)
    assert status == 1
    assert log.getvalue() == "The server ended by itself with status 3.\n"
    assert children[1].pid is None


def test_a_server_that_never_answers_is_given_up() -> None:
    log = io.StringIO()
    server = child("server", SLEEP)
    assert Supervisor([server], log=log).run(lambda: False, pytest.fail, wait=0.3) == 1
    assert "does not answer after 0 s" in log.getvalue()
    assert server.pid is None


def test_a_dead_worker_comes_back_later_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "POLL", 0.01)
    starts = tmp_path / "starts"
    log = io.StringIO()
    worker = child(
        "worker", f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(7)", restarts=True
    )
    after(lambda: starts.exists() and len(starts.read_text()) == 3, signal.SIGTERM)
    began = time.monotonic()
    assert Supervisor([child("server", SLEEP), worker], log=log).run(bool, bool, wait=30) == 0
    assert time.monotonic() - began > 3  # 1 s, then 2 s
    assert "The worker ended with status 7; it starts again in 1 s." in log.getvalue()
    assert "it starts again in 2 s." in log.getvalue()


def test_a_worker_that_lived_long_comes_back_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    log = io.StringIO()
    worker = child("worker", "pass", restarts=True)
    for expected, lived in (("1 s", 1), ("2 s", 1), ("4 s", 1), ("1 s", 61)):
        worker.start()
        worker._process.wait()  # type: ignore[union-attr]  # it has been started
        moment += lived
        worker.revive(log)
        assert log.getvalue().splitlines()[-1].endswith(f"in {expected}.")
        worker.revive(log)
        assert worker.status == 0  # not yet
        moment += 5
        worker.revive(log)
        worker._process.wait()  # type: ignore[union-attr]  # it has been started


def test_a_living_worker_is_left_alone() -> None:
    worker = child("worker", SLEEP, restarts=True)
    worker.start()
    pid = worker.pid
    worker.revive(io.StringIO())
    assert worker.pid == pid
    worker.kill()
    assert worker.pid is None


def test_a_child_that_never_started_can_be_killed() -> None:
    never = child("server", SLEEP)
    never.ask_to_end()
    never.kill()
    assert (never.pid, never.status) == (None, None)


STUBBORN = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(below.pid, file=open({file!r}, "w"), flush=True)
    time.sleep(600)
"""


def test_what_does_not_end_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    file = tmp_path / "pid"
    stubborn = child("server", STUBBORN.format(file=str(file)))
    log = io.StringIO()

    def is_ready() -> bool:
        return file.exists() and file.read_text().endswith("\n")

    after(is_ready, signal.SIGTERM)
    assert Supervisor([stubborn], log=log).run(is_ready, bool, wait=20) == 0
    assert "Not everything ended within" in log.getvalue()
    assert stubborn.status == -signal.SIGKILL
    wait_for(lambda: not is_alive(int(file.read_text())))


def test_a_second_ctrl_c_ends_the_patience_but_an_echo_of_the_first_does_not(
    tmp_path: Path,
) -> None:
    file = tmp_path / "pid"
    stubborn = child("server", STUBBORN.format(file=str(file)))

    def is_ready() -> bool:
        return file.exists() and file.read_text().endswith("\n")

    # Make passes SIGTERM on as well; neither that nor a late SIGTERM is impatience.
    after(is_ready, signal.SIGINT, signal.SIGTERM, signal.SIGINT, pause=0.7)
    began = time.monotonic()
    assert Supervisor([stubborn], log=io.StringIO()).run(is_ready, bool, wait=20) == 0
    assert 1.3 < time.monotonic() - began < 9


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = f"""
        import os, sys, io
        from forum.cli.supervisor import Child, Supervisor
        child = Child("server", [sys.executable, "-c", {SLEEP!r}], os.environ, restarts=False)
        note = lambda: print(child.pid, file=open({str(file)!r}, "w"), flush=True)
        Supervisor([child]).run(lambda: True, note, wait=20)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    wait_for(lambda: file.exists() and file.read_text().endswith("\n"))
    pid = int(file.read_text())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_alive(pid))


def test_without_prctl_children_start_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_prctl", None)
    supervisor._end_with_parent()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert supervisor._find_prctl() is None


def test_a_library_that_cannot_be_loaded_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: None) -> None:
        raise OSError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert supervisor._find_prctl() is None
