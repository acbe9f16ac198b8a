"""Backups of a PostgreSQL database, through PostgreSQL's own programs."""

import os
import subprocess
import tempfile
from itertools import takewhile
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from forum.lib.backups import BackupError, finished, require_kind, seal

AFRESH = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
"""Tables that the backup does not know must go too, or later migrations would trip over them."""

LOCK_WAIT = "10s"
"""How long a restore waits for somebody else's transaction."""


def dump_postgres(url: str, target: Path) -> None:
    """Write the PostgreSQL database at `url` to the new sealed file `target`.

    Raises:
        BackupError: pg_dump is missing or fails, or `target` can't be written.
    """
    with finished(target) as draft:
        _call(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}")
        _call(url, "pg_restore", "--list", str(draft))
        seal(draft, "postgresql")


def restore_postgres(source: Path, url: str, safety: Path) -> None:
    """Bring the sealed backup `source` back into the database at `url`, in one transaction.

    Args:
        source: a backup.
        url: the database, whose present tables are replaced.
        safety: where a backup of what is there now is kept.

    Raises:
        BackupError: `source` is no sound backup, or a program is missing or fails.
    """
    require_kind(source, "postgresql")
    with tempfile.TemporaryDirectory(dir=safety.parent) as folder:
        script, first = Path(folder, "restore.sql"), Path(folder, "first.sql")
        first.write_text(AFRESH, encoding="ascii")
        _call(url, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
        dump_postgres(url, safety)
        quiet = ("--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
        _call(url, "psql", *quiet, "--single-transaction", f"--file={first}", f"--file={script}")


def lines_of_table(source: Path, table: str, url: str) -> list[str]:
    """The rows of a small table in the sealed backup `source`, as PostgreSQL writes them.

    Raises:
        BackupError: `source` is no sound backup, or pg_restore is missing or fails.
    """
    require_kind(source, "postgresql")
    only = ("--data-only", f"--table={table}", "--file=-")
    lines = iter(_call(url, "pg_restore", *only, str(source)).splitlines())
    found = any(line.startswith("COPY ") for line in lines)  # goes on after that line
    return list(takewhile(lambda line: line != "\\.", lines)) if found else []


def _call(url: str, program: str, *arguments: str) -> str:
    try:
        return subprocess.run(
            [program, *arguments],
            env=_environment(make_url(url)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except FileNotFoundError:
        raise BackupError(
            f"{program} is not installed. Install PostgreSQL's client programs, of the server's "
            "version or newer (on Debian: apt-get install postgresql-client)."
        ) from None
    except subprocess.CalledProcessError as problem:
        said = " ".join(problem.stderr.split()) or f"exit status {problem.returncode}"
        raise BackupError(f"{program} failed: {said}") from problem


def _environment(url: URL) -> dict[str, str]:
    """Where to connect, by variables: a password in the arguments could be seen by every user."""
    parts = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "database": url.database,
        "options": f"-c lock_timeout={LOCK_WAIT}",
    } | dict(url.query)
    given = {f"PG{name.upper()}": str(value) for name, value in parts.items() if value is not None}
    return dict(os.environ) | given
