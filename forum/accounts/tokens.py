"""Secrets that are handed out once and kept only as their digest."""

import hashlib
import hmac
import secrets

from flask import current_app


def new_token() -> str:
    """256 random bits, in 43 characters that are safe in an address and a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """HMAC-SHA-256 of `token` in hexadecimal, under the secret key: what the database keeps.

    So whoever can write to the database alone makes no session, and a new key ends every one.
    """
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"token:{token}".encode(), hashlib.sha256).hexdigest()


def form_token(secret_key: str, session_id: int, user_id: int) -> str:
    """What a form of this session must carry: HMAC-SHA-256 of the session's id and its account's.

    SQLite gives the id of a session that has ended to the next, which may be somebody else's.
    """
    whose = f"form:{session_id}:{user_id}".encode()
    return hmac.new(secret_key.encode(), whose, hashlib.sha256).hexdigest()
