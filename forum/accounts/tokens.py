"""Secrets that are handed out once and kept only as their digest."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits, in 43 characters that are safe in an address and a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The SHA-256 of `token` in hexadecimal: what the database keeps."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(secret_key: str, session_id: int) -> str:
    """What a form of this session must carry: HMAC-SHA-256 of the session's id."""
    return hmac.new(secret_key.encode(), f"form:{session_id}".encode(), hashlib.sha256).hexdigest()
