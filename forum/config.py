"""Settings: what an operator may decide, read once at start and checked before anything else runs.

They come from `config.toml` in the instance folder and from ``FORUM_*`` variables, which win. A
value that makes no sense stops the start with the setting's name, the value and what to do.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forum.lib import secret_file, values

CHECKOUT = Path(__file__).resolve().parent.parent
DERIVED = ""
"""The default of a setting that is worked out from the others."""


class SettingsError(Exception):
    """A setting that the forum refuses to start with; the message says which, and what to do."""


def setting(default: Any, check: values.Check, meaning: str, *, secret: bool = False) -> Any:
    """A field of `Settings`.

    Args:
        default: what holds when the operator says nothing.
        check: turns what was written into the value; raises ValueError on nonsense.
        meaning: one sentence for the README's table.
        secret: never shown, neither in messages nor in the object's representation.
    """
    metadata = {"check": check, "meaning": meaning, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, checked: an object of this class can be trusted.

    Raises:
        SettingsError: a value makes no sense.
    """

    instance: Path = setting(
        CHECKOUT / "instance",
        values.folder,
        "Folder of the database, the secret key, `config.toml` and `backups/`.",
    )
    database_url: str = setting(
        DERIVED,
        values.database_url,
        "`sqlite:///…` or `postgresql://USER:PASSWORD@HOST/NAME`; left out, SQLite's `forum.db` in"
        " the instance folder.",
        secret=True,
    )
    host: str = setting(
        "127.0.0.1",
        values.host,
        "Address to listen on; `0.0.0.0` listens on all of this machine's.",
    )
    port: int = setting(8000, values.whole(1, 65535), "Port to listen on.")
    public_url: str = setting(
        DERIVED,
        values.origin,
        "Address that visitors type, such as `https://forum.example`; left out, made from host and"
        " port.",
    )
    secret_key: str = setting(
        DERIVED,
        values.secret,
        "At least 32 bytes that sign cookies and tokens; left out, made at the first start and kept"
        " in `secret_key` in the instance folder.",
        secret=True,
    )
    site_name: str = setting("Foyer", values.line(1, 60), "Name of the site, in every page's head.")
    tagline: str = setting(
        "The lights are up. Nobody agrees on what the ending meant.",
        values.line(1, 160),
        "The sentence at the head of the front page.",
    )
    contact: str = setting(
        "", values.line(0, 200), "Whom to ask, shown where a fan needs a person: an address, say."
    )
    registration: str = setting(
        "open", values.one_of("open", "closed"), "`open` or `closed`: whether anyone may sign up."
    )
    rules_text: str | None = setting(
        None,
        values.prose,
        "What stands before the rules, until an admin rewrites it: Markdown, or a `.md` file.",
    )
    about_text: str | None = setting(
        None, values.prose, "The page about this site, likewise; left out, ours."
    )
    privacy_text: str | None = setting(
        None, values.prose, "The page about privacy, likewise; admins don't rewrite it."
    )
    hold_first_posts: int = setting(
        2,
        values.whole(0, 100),
        "How many posts of a newcomer wait for a moderator; their links always do.",
    )
    blind_hours: int = setting(
        72,
        values.whole(0, 24 * 365),
        "Hours after publication in which a theory's figures are hidden until one has voted.",
    )
    page_cache_mb: int = setting(
        24,
        values.whole(0, 4096),
        "Megabytes of each web server process for what it keeps of pages: a third each for guests'"
        " finished ones, for what fans share, and for parts of all others; 0 keeps none.",
    )
    redis_url: str = setting(
        "",
        values.redis_url,
        "`redis://HOST:6379/0`, where several processes on PostgreSQL tell each other of what they"
        " write; left out, guests' pages are up to a second old.",
        secret=True,
    )
    workers: int = setting(2, values.whole(1, 64), "Web server processes, each with four threads.")
    trusted_proxies: int = setting(
        0,
        values.whole(0, 10),
        "Proxies in front whose `X-Forwarded-*` headers are believed; 0 believes none.",
    )
    log_level: str = setting(
        "info",
        values.one_of("debug", "info", "warning", "error"),
        "`debug`, `info`, `warning` or `error`.",
    )

    def __post_init__(self) -> None:
        """Check and settle each value, then work out the ones that rest on others."""
        for spec in fields(self):
            raw = getattr(self, spec.name)
            if raw == spec.default and raw in (None, DERIVED):
                continue
            try:
                self._settle(spec.name, spec.metadata["check"](raw))
            except ValueError as problem:
                raise SettingsError(_complaint(spec.name, raw, problem)) from None
        if self.secret_key == DERIVED:
            raise SettingsError("secret_key is missing: call Settings.load(), which makes one.")
        if self.database_url == DERIVED:
            self._settle("database_url", f"sqlite:///{self.instance / 'forum.db'}")
        if self.public_url == DERIVED:
            self._settle("public_url", values.origin(f"http://{_reachable(self.host, self.port)}"))

    def _settle(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def is_https(self) -> bool:
        """Whether visitors come by HTTPS, which a proxy in front then speaks."""
        return self.public_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """Whether only visitors on this machine can use the public address."""
        return values.is_loopback(self._public_host)

    @property
    def cookie_prefix(self) -> str:
        """`__Host-`, which binds a cookie to HTTPS and this host, wherever browsers accept it."""
        return "" if self.is_loopback and not self.is_https else "__Host-"

    @property
    def trusted_hosts(self) -> list[str]:
        """Values of the Host header that are answered; anything else is a 400."""
        loopback = ["localhost", "127.0.0.1", "[::1]"]
        host = self._public_host
        own = f"[{host}]" if ":" in host else host
        return [own, *(name for name in loopback if name != own)] if self.is_loopback else [own]

    @property
    def local_address(self) -> str:
        """HOST:PORT under which this machine itself reaches the server."""
        return _reachable(self.host, self.port)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one SQLite file, and not PostgreSQL."""
        return self.database_url.startswith("sqlite")

    @property
    def _public_host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ, **overrides: Any) -> "Settings":
        """Read the settings: `overrides` win over ``FORUM_*``, and those over `config.toml`.

        The instance folder and the secret key are made when they are missing.

        Raises:
            SettingsError: a setting is unknown or makes no sense, or the folder can't be used.
        """
        given = {name: value for name in _names() if (value := environ.get(variable(name)))}
        given |= overrides
        instance = _make_folder(given.get("instance", CHECKOUT / "instance"))
        written = _read_file(instance / "config.toml")
        written.pop("instance", None)
        known = written | given | {"instance": instance}
        for name in ("rules_text", "about_text", "privacy_text"):
            if name in known:
                known[name] = _read_prose(name, known[name], instance)
        try:
            known["secret_key"] = known.get("secret_key") or secret_file.read(
                instance / "secret_key"
            )
        except (OSError, ValueError) as problem:
            raise SettingsError(f"The secret key can't be used: {problem}") from problem
        return cls(**known)


def variable(name: str) -> str:
    """The environment variable that sets `name`."""
    return f"FORUM_{name.upper()}"


def _names() -> list[str]:
    return [spec.name for spec in fields(Settings)]


def _complaint(name: str, value: object, problem: ValueError) -> str:
    secret = next(spec for spec in fields(Settings) if spec.name == name).metadata["secret"]
    shown = "(not shown)" if secret else repr(value)
    return (
        f"{name} = {shown}: {problem}. "
        f"Change {variable(name)} or {name} in config.toml, or leave it out for the default."
    )


def _reachable(host: str, port: int) -> str:
    """HOST:PORT to connect to when a server listens on `host`, which may mean "all addresses"."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _make_folder(value: object) -> Path:
    try:
        folder = values.folder(value)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except ValueError as problem:
        raise SettingsError(_complaint("instance", value, problem)) from None
    except OSError as problem:
        raise SettingsError(
            f"instance = {str(value)!r}: this folder can't be made ({problem.strerror}). "
            "Set FORUM_INSTANCE to a folder that this user may write to."
        ) from problem
    return folder


def _read_file(path: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:  # bad TOML and bad UTF-8 are ValueErrors
        raise SettingsError(f"{path} can't be read: {problem}. Correct or remove it.") from problem
    for name in written:
        if name not in _names():
            near = get_close_matches(name, _names(), n=1, cutoff=0.0)[0]
            raise SettingsError(
                f"{path}: there is no setting {name!r}. The nearest is {near!r}; "
                "the README lists all of them."
            )
    return written


def _read_prose(name: str, value: object, instance: Path) -> object:
    """The text itself, or the text of the file that `value` names (seen from the instance)."""
    if not isinstance(value, str) or "\n" in value or not value.endswith((".md", ".txt")):
        return value
    try:
        return (instance / value).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as problem:
        raise SettingsError(
            f"{name} = {value!r}: {instance / value} can't be read ({problem}). "
            "Name a readable UTF-8 file, or write the text itself."
        ) from problem
