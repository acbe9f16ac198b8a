"""What stands beside the code: the README's table of settings, the locks, the targets of make."""

import re
import subprocess
import tomllib
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from forum.config import CHECKOUT, Settings, variable

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


def table() -> str:
    """The README's table of settings, made from `Settings`."""
    rows = ["| setting | variable | default | meaning |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{s.name}` | `{variable(s.name)}` | {default(s)} | {s.metadata['meaning']} |"
        for s in fields(Settings)
    ]
    return "\n".join(rows)


def default(spec: Field[Any]) -> str:
    assert spec.default is not MISSING
    if spec.default in (None, ""):
        return ""
    if isinstance(spec.default, Path):
        return f"`{spec.default.relative_to(CHECKOUT)}/`"
    return f"`{spec.default}`"


def test_the_readme_lists_every_setting_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- settings:.*?-->\n(.*?)\n?<!-- end of settings -->", readme, re.DOTALL)
    assert found
    assert found[1] == table(), f"put this table into README.md:\n{table()}"


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+==[^ ]+", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def test_the_lock_for_tests_holds_the_other_one_whole() -> None:
    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert len(pins(lock)) == len(re.findall(r"(?<=\n)[a-z0-9-]+==[^\n]*\\\n +--hash", "\n" + text))


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for lock, wanted in zip(
        LOCKS,
        (project["project"]["dependencies"], project["dependency-groups"]["dev"]),
        strict=True,
    ):
        names = {re.split(r"[\[>=<;]", line)[0].strip() for line in wanted}
        assert names - {pin.split("==")[0] for pin in pins(lock)} == set()


def test_every_target_of_make_is_explained() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = set(re.findall(r"^  make ([a-z-]+) ", said, re.MULTILINE))
    assert listed >= {"help", "run", "test", "check", "seed", "fmt", "clean", "locks", "laws"}


def test_documents_link_to_files_that_are_there() -> None:
    for document in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{document.name} links to {target}"
