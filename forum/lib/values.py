"""Checks for values that a person wrote: each gives the settled value or raises ValueError.

The messages complete the sentence "NAME = VALUE: …". Every check accepts its own result, so that a
value that was checked once may be checked again.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Check = Callable[[object], Any]

MAX_PROSE = 100_000
"""Characters in a text page that an operator writes."""

MIN_SECRET = 32
"""Bytes in a secret key, below which signatures could be guessed."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?", re.IGNORECASE)


def whole(low: int, high: int) -> Check:
    """A check for a whole number from `low` to `high`, also written as text."""

    def check(value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
            number = None
        else:
            number = int(text)
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return check


def one_of(*allowed: str) -> Check:
    """A check for one of a few words, in any letter case."""

    def check(value: object) -> str:
        text = _text(value).strip().lower()
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return check


def line(shortest: int, longest: int) -> Check:
    """A check for one line of `shortest` to `longest` characters."""

    def check(value: object) -> str:
        text = _text(value).strip()
        if not text.isprintable() or not shortest <= len(text) <= longest:
            raise ValueError(f"must be one line of {shortest} to {longest} characters")
        return text

    return check


def prose(value: object) -> str:
    """Several lines of text."""
    text = _text(value)
    if not text.strip() or "\0" in text or len(text) > MAX_PROSE:
        raise ValueError(f"must be a text of 1 to {MAX_PROSE} characters")
    return text


def secret(value: object) -> str:
    """A secret of at least 32 bytes."""
    text = _text(value).strip()
    if len(text.encode()) < MIN_SECRET:
        raise ValueError(f"must be at least {MIN_SECRET} bytes of chance")
    return text


def folder(value: object) -> Path:
    """An absolute path; the folder may be missing, but nothing else may stand in its place."""
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("must be the path of a folder")
    if any(character in str(value) for character in "\0?#"):
        raise ValueError("must be a path without ? and #, which addresses of databases can't hold")
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("is a file, and must be a folder")
    return path


def host(value: object) -> str:
    """A host name or an IP address to listen on, without scheme or port."""
    text = _text(value).strip().lower().removeprefix("[").removesuffix("]")
    if not _is_address(text) and not _HOST.fullmatch(text):
        raise ValueError("must be a host name or an IP address, without http:// and without a port")
    return text


def origin(value: object) -> str:
    """Scheme, host and port as a browser's Origin header spells them."""
    wrong = ValueError("must be http:// or https://, a host and perhaps a port, without a path")
    try:
        parts = urlsplit(_text(value).strip())
        port = parts.port
        name = (parts.hostname or "").encode("idna" if parts.hostname else "ascii").decode()
    except ValueError:  # a bad port, bracket or name; UnicodeError is one of them
        raise wrong from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or extra or port == 0:
        raise wrong
    if not _is_address(name) and not _HOST.fullmatch(name):
        raise wrong
    shown = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != usual else "")


def database_url(value: object) -> str:
    """An address of an SQLite file or a PostgreSQL database, with the driver that is installed."""
    text = _text(value).strip()
    scheme, _, rest = text.partition("://")
    if scheme in ("postgres", "postgresql"):
        text = f"postgresql+psycopg://{rest}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if url.drivername == "sqlite":
        # A database in memory would be another one in each process of the server.
        if not url.database or not Path(url.database).is_absolute() or url.host or url.query:
            raise ValueError("must name a file by its full path, such as sqlite:////srv/forum.db")
    elif not url.database:
        raise ValueError("must end with the database's name, such as postgresql://localhost/forum")
    return text


def redis_url(value: object) -> str:
    """An address of a Redis database; empty for none."""
    text = _text(value).strip()
    if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def is_loopback(name: str) -> bool:
    """Whether the host `name` can only mean this machine."""
    if _is_address(name):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return "%" not in name  # a zone means nothing to anyone else


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value
