"""`.ci/environment.py`: when it has nothing to do, and what it says when a step fails."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parent.parent / ".ci" / "environment.py"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a checkout of its own that has its environment already."""
    spec = importlib.util.spec_from_file_location("environment", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    for name in (module.RUN, module.DEV, "pyproject.toml"):
        (tmp_path / name).write_text(name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    for lock in (module.RUN, module.DEV):
        module.stamp_path(lock).write_text(module.expected(lock))
    monkeypatch.setattr(sys, "argv", ["environment.py", module.RUN])
    return module


def test_an_environment_that_holds_the_lock_is_left_alone(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "install", pytest.fail)
    assert tool.main() == 0


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed(
    tool: ModuleType, tmp_path: Path, changed: str
) -> None:
    (tmp_path / changed).write_text("changed")
    assert not tool.is_ready(tool.RUN)


def test_a_moved_checkout_is_installed_anew(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".venv" / "bin" / "pip").write_text("#!/elsewhere/.venv/bin/python\n")
    noted = tool.expected(tool.RUN).replace(str(tmp_path), "/elsewhere")
    tool.stamp_path(tool.RUN).write_text(noted)
    assert not tool.is_ready(tool.RUN)
    assert not tool.is_usable()
    (tmp_path / ".venv" / "bin" / "pip").write_text(f"#!{tmp_path}/.venv/bin/python\n")
    assert tool.is_usable()


def test_an_environment_whose_python_is_gone_is_made_anew(tool: ModuleType, tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not tool.is_ready(tool.RUN)
    assert not tool.is_usable()


def test_a_failed_step_leaves_no_stamp_and_says_what_to_do(
    tool: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: str) -> None:
        raise subprocess.CalledProcessError(1, ["pip"])

    monkeypatch.setattr(tool, "is_usable", lambda: True)
    monkeypatch.setattr(tool, "pip", fail)
    (tmp_path / tool.RUN).write_text("changed")
    assert tool.main() == 1
    assert "Check the network" in capsys.readouterr().err
    assert not tool.is_ready(tool.RUN)
    assert not tool.is_ready(tool.DEV)


def test_the_tools_for_tests_include_what_running_needs(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(tool, "is_usable", lambda: True)
    monkeypatch.setattr(tool, "pip", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(sys, "argv", ["environment.py", tool.DEV])
    (tmp_path / tool.DEV).write_text("changed")
    assert tool.main() == 0
    assert asked[0] == ("--require-hashes", "-r", tool.DEV)
    assert tool.is_ready(tool.DEV)
    assert tool.is_ready(tool.RUN)
