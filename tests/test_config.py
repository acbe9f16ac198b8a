"""Settings: where they come from, which win, and what is refused, in which words."""

import multiprocessing
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from forum.config import Settings, SettingsError
from forum.lib import secret_file, values

SECRET = "0123456789abcdef" * 2


def load(folder: Path, toml: str = "", **environ: str) -> Settings:
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(toml, encoding="utf-8")
    return Settings.load({"FORUM_INSTANCE": str(folder), **environ})


def test_defaults_serve_this_machine_only(tmp_path: Path) -> None:
    settings = Settings.load({}, instance=tmp_path / "new" / "deep")
    assert settings.instance.is_dir()
    assert settings.instance.stat().st_mode & 0o777 == 0o700
    assert settings.database_url == f"sqlite:///{settings.instance}/forum.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.site_name, settings.registration) == ("Foyer", "open")
    assert (settings.blind_hours, settings.workers, settings.trusted_proxies) == (72, 2, 0)
    assert settings.rules_text is None
    assert settings.is_sqlite
    assert settings.is_loopback
    assert not settings.is_https
    assert settings.cookie_prefix == ""
    assert settings.trusted_hosts == ["127.0.0.1", "localhost", "[::1]"]


def test_the_default_instance_is_beside_the_package() -> None:
    default = next(spec.default for spec in fields(Settings) if spec.name == "instance")
    assert default == Path(__file__).resolve().parent.parent / "instance"


def test_variables_win_over_the_file_and_overrides_over_both(tmp_path: Path) -> None:
    toml = 'port = 9000\nsite_name = "Lobby"\nworkers = 3'
    settings = load(tmp_path, toml, FORUM_PORT="9001", FORUM_WORKERS="")
    assert (settings.port, settings.site_name, settings.workers) == (9001, "Lobby", 3)
    environ = {"FORUM_INSTANCE": str(tmp_path), "FORUM_PORT": "9001"}
    assert Settings.load(environ, port=9002).port == 9002


def test_an_https_site_binds_its_cookies_to_the_host(tmp_path: Path) -> None:
    settings = load(tmp_path, 'public_url = "https://Forum.Example:443/"')
    assert settings.public_url == "https://forum.example"
    assert settings.is_https
    assert settings.cookie_prefix == "__Host-"
    assert settings.trusted_hosts == ["forum.example"]
    assert settings.local_address == "127.0.0.1:8000"


def test_plain_http_beyond_this_machine_gets_no_weaker_cookies(tmp_path: Path) -> None:
    settings = load(tmp_path, 'public_url = "http://192.0.2.7:8000"')
    assert not settings.is_loopback
    assert settings.cookie_prefix == "__Host-"


@pytest.mark.parametrize(
    ("host", "public_url", "local"),
    [
        ("0.0.0.0", "http://127.0.0.1:81", "127.0.0.1:81"),
        ("::", "http://[::1]:81", "[::1]:81"),
        ("[::1]", "http://[::1]:81", "[::1]:81"),
        ("localhost", "http://localhost:81", "localhost:81"),
    ],
)
def test_the_public_address_follows_host_and_port(
    tmp_path: Path, host: str, public_url: str, local: str
) -> None:
    settings = load(tmp_path, FORUM_HOST=host, FORUM_PORT="81")
    assert (settings.public_url, settings.local_address) == (public_url, local)
    assert settings.is_loopback


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("https://forum.example", "https://forum.example"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("https://kinö.example", "https://xn--kin-una.example"),
        ("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080"),
        ("http://forum.example:80", "http://forum.example"),
    ],
)
def test_public_url_is_settled_as_browsers_spell_it(written: str, settled: str) -> None:
    assert values.origin(written) == settled
    assert values.origin(settled) == settled


@pytest.mark.parametrize(
    "written",
    [
        "forum.example",
        "ftp://forum.example",
        "https://",
        "https://forum.example/forum",
        "https://forum.example?x",
        "https://forum.example#x",
        "https://me@forum.example",
        "https://forum.example:0",
        "https://forum.example:99999",
        "https://[::1",
        "https://a b",
        "https://" + "a" * 64 + ".example",
        8000,
    ],
)
def test_public_url_refuses_what_is_no_origin(written: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        values.origin(written)


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgresql://u@/n?host=/run/pg", "postgresql+psycopg://u@/n?host=/run/pg"),
        ("postgresql+psycopg://h/n", "postgresql+psycopg://h/n"),
        ("sqlite:////srv/forum.db", "sqlite:////srv/forum.db"),
    ],
)
def test_database_url_names_the_installed_driver(written: str, settled: str) -> None:
    assert values.database_url(written) == settled


@pytest.mark.parametrize(
    "written",
    [
        "mysql://h/n",
        "postgresql+psycopg2://h/n",
        "postgresql://h",
        "postgresql://h:port/n",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///forum.db",
        "sqlite:////srv/forum.db?mode=memory",
        "forum.db",
        "",
    ],
)
def test_database_url_refuses_what_cannot_be_shared_between_processes(written: str) -> None:
    with pytest.raises(ValueError, match="must"):
        values.database_url(written)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "99999"),
        ("port", "http"),
        ("port", True),
        ("port", 80.5),
        ("workers", 0),
        ("workers", None),
        ("blind_hours", -1),
        ("trusted_proxies", "many"),
        ("registration", "maybe"),
        ("registration", 1),
        ("log_level", "loud"),
        ("site_name", ""),
        ("site_name", "two\nlines"),
        ("tagline", "x" * 161),
        ("contact", "\x00"),
        ("host", "http://x"),
        ("host", "a:80"),
        ("rules_text", "   "),
        ("about_text", "x" * (values.MAX_PROSE + 1)),
        ("public_url", "forum.example"),
    ],
)
def test_nonsense_is_refused_with_name_value_and_what_to_do(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**{"secret_key": SECRET, name: value})
    message = str(caught.value)
    assert message.startswith(f"{name} = {value!r}: must be ")
    assert f"Change FORUM_{name.upper()} or {name} in config.toml" in message


@pytest.mark.parametrize(
    ("name", "value"),
    [("secret_key", "short-and-private"), ("database_url", "mysql://u:private@h")],
)
def test_a_refused_secret_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**{"secret_key": SECRET} | {name: value})
    assert "private" not in str(caught.value)
    assert f"{name} = (not shown)" in str(caught.value)


def test_secrets_stay_out_of_the_representation() -> None:
    settings = Settings(secret_key=SECRET, database_url="postgresql://u:pass-word@h/n")
    assert SECRET not in repr(settings)
    assert "pass-word" not in repr(settings)


def test_settings_without_a_secret_key_do_not_exist() -> None:
    with pytest.raises(SettingsError, match="secret_key is missing"):
        Settings()


def test_settings_are_frozen_and_may_be_replaced(tmp_path: Path) -> None:
    settings = load(tmp_path, 'rules_text = "Be kind."')
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]  # what is tested
    assert replace(settings, blind_hours=0).blind_hours == 0
    assert replace(settings, blind_hours=0).rules_text == "Be kind."


def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no setting 'sitename'. The nearest is 'site_name'"):
        load(tmp_path, 'sitename = "Lobby"')


@pytest.mark.parametrize("toml", ["port = ", 'port = "\udce9"'])
def test_a_broken_file_is_named(tmp_path: Path, toml: str) -> None:
    tmp_path.joinpath("config.toml").write_bytes(toml.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError, match=r"config\.toml can't be read"):
        Settings.load({}, instance=tmp_path)


def test_the_instance_cannot_be_moved_by_the_file_inside_it(tmp_path: Path) -> None:
    assert load(tmp_path, 'instance = "/elsewhere"').instance == tmp_path


@pytest.mark.parametrize("name", ["a?b", "a#b", " "])
def test_an_instance_that_no_address_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    folder = name if name == " " else str(tmp_path / name)
    with pytest.raises(SettingsError, match=r"^instance = "):
        Settings.load({"FORUM_INSTANCE": folder})


def test_an_instance_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="is a file, and must be a folder"):
        Settings.load({"FORUM_INSTANCE": str(tmp_path / "file")})
    with pytest.raises(SettingsError, match="can't be made"):
        Settings.load({"FORUM_INSTANCE": str(tmp_path / "file" / "below")})


def test_a_text_may_be_a_file_of_the_instance(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("# Rules\n\nBe kind — always.", encoding="utf-8")
    settings = load(tmp_path, 'rules_text = "rules.md"\nabout_text = "Two\\nlines.md"')
    assert settings.rules_text == "# Rules\n\nBe kind — always."
    assert settings.about_text == "Two\nlines.md"
    with pytest.raises(SettingsError, match=r"privacy_text = 'none.md'.*can't be read"):
        load(tmp_path, 'privacy_text = "none.md"')
    with pytest.raises(SettingsError, match="privacy_text = 5: must be text"):
        load(tmp_path, "privacy_text = 5")


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = Settings.load({}, instance=tmp_path)
    assert len(first.secret_key) == 64
    assert Settings.load({}, instance=tmp_path).secret_key == first.secret_key
    path = tmp_path / "secret_key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_file.is_private(path)
    path.chmod(0o640)
    assert not secret_file.is_private(path)
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_secret_key_leaves_no_file(tmp_path: Path) -> None:
    assert Settings.load({"FORUM_SECRET_KEY": SECRET}, instance=tmp_path).secret_key == SECRET
    assert not (tmp_path / "secret_key").exists()


def test_an_empty_secret_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingsError, match="secret_key is empty"):
        Settings.load({}, instance=tmp_path)


def test_a_secret_key_file_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(SettingsError, match="at least 32 bytes"):
        Settings.load({}, instance=tmp_path)


def test_starts_at_the_same_time_share_one_secret(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        secrets = pool.map(secret_file.read, [tmp_path / "secret_key"] * 40, chunksize=1)
        # Let them end by themselves: one that is ended while it notes what was covered may hang.
        pool.close()
        pool.join()
    assert len(set(secrets)) == 1


def test_the_second_to_make_a_secret_takes_the_first_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret_key"
    path.write_text("first\n")
    # As if the file had come into being between the look and the making.
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    assert secret_file.read(path) == "first"
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    ("name", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_told_by_the_address(name: str, loopback: bool) -> None:
    assert values.is_loopback(name) is loopback
