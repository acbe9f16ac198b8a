"""Make `.venv` hold exactly what a lock file says. Uses the standard library only.

    python3 .ci/environment.py requirements.lock

The lock's hash is kept in the environment, so that a second call takes a fraction of a second. An
environment that was half made, moved, or made by a Python that is gone is made anew.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DEV = "requirements-dev.lock"
RUN = "requirements.lock"


def stamp_path(lock: str) -> Path:
    """Where the environment notes which state of `lock` it holds."""
    return VENV / f"foyer-{lock}.sha256"


def expected(lock: str) -> str:
    """What that note must say: the lock's hash, and where and by what the package is installed."""
    files = (ROOT / lock, ROOT / "pyproject.toml")
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return "\n".join([*digests, str(ROOT), ""])


def is_ready(lock: str) -> bool:
    """Whether nothing has to be done for `lock`."""
    try:
        noted = stamp_path(lock).read_text(encoding="utf-8")
    except OSError:
        return False
    return noted == expected(lock) and os.access(VENV / "bin" / "python", os.X_OK)


def is_usable() -> bool:
    """Whether `.venv` is an environment of this checkout that pip can work on."""
    python = VENV / "bin" / "python"
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if not os.access(python, os.X_OK):
        return False
    if subprocess.run([python, "-c", test], capture_output=True, check=False).returncode:
        return False
    first_line = (VENV / "bin" / "pip").read_bytes().split(b"\n")[0]
    return str(VENV).encode() in first_line  # else it was moved here, and its scripts point away


def pip(*arguments: str) -> None:
    """Run the environment's pip: silent when all is well, its own words when not."""
    quiet = ["-qq", "--no-input", "--disable-pip-version-check", "--retries=2"]
    command = [VENV / "bin" / "python", "-m", "pip", "install", *quiet, *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def install(lock: str) -> None:
    """Bring `.venv` to the state of `lock`, and this checkout into it."""
    started = time.monotonic()
    what = "and the tools for tests " if lock == DEV else ""
    print(f"Installing what Foyer needs {what}into .venv …", flush=True)
    for stamp in VENV.glob("foyer-*.sha256"):
        stamp.unlink()
    if not is_usable():
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    pip("--require-hashes", "-r", lock)
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    # The lock for tests holds the other one whole (a law compares them): both are in place now.
    for name in {lock, RUN}:
        stamp_path(name).write_text(expected(name), encoding="utf-8")
    print(f"Done in {time.monotonic() - started:.0f} s.", flush=True)


def main() -> int:
    """Install `sys.argv[1]` unless it is there; 1 when that fails."""
    lock = sys.argv[1]
    if VENV.is_symlink():
        print(f"{VENV} is a link to somebody else's environment; remove the link.", file=sys.stderr)
        return 1
    if is_ready(lock):
        return 0
    with (ROOT / ".venv.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two starts at once: the second waits, and finds it done
        if is_ready(lock):
            return 0
        try:
            install(lock)
        except subprocess.CalledProcessError as problem:
            print(
                f"This step failed (status {problem.returncode}); its message is above. Check the "
                "network and the space on the disk, then try again.",
                file=sys.stderr,
            )
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
