"""A secret kept in a file that only its owner may read, made at the first use."""

import os
import secrets
from pathlib import Path

READABLE_BY_OTHERS = 0o077


def read(path: Path) -> str:
    """The secret in `path`; when the file is missing, a new one of 384 random bits.

    Several processes may call this at once: all get the same secret.

    Raises:
        OSError: the file can't be read or written.
        ValueError: the file is empty.
    """
    if not path.exists():
        _create(path)
    text = path.read_text(encoding="utf-8").strip()
    if not text:
        raise ValueError(f"{path} is empty. Remove it, and a new key is made (all are logged out).")
    return text


def is_private(path: Path) -> bool:
    """Whether nobody but the owner may read or change the file."""
    return not path.stat().st_mode & READABLE_BY_OTHERS


def _create(path: Path) -> None:
    # Written whole under another name and then linked: a link, like O_EXCL, fails when the name is
    # taken, and whoever finds the name finds a finished file, even after a crash in between.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its secret holds
    finally:
        draft.unlink()
