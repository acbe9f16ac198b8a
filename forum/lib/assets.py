"""Static files: one style sheet out of many, and addresses that change with the content."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

STYLE_SHEET = "css/site.css"
_ORDER = "css/order.txt"
_LONG = "public, max-age=31536000, immutable"

mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True)
class Assets:
    """What the browser may load, read once at start.

    Attributes:
        files: path below the static folder → content.
        fingerprint: of all contents together; it stands in every address, as a folder, so that
            modules that import each other by relative paths carry it too.
    """

    files: dict[str, bytes]
    fingerprint: str

    def address(self, path: str) -> str:
        """Where `path` is served.

        Raises:
            KeyError: there is no such file.
        """
        if path not in self.files:
            raise KeyError(f"no static file {path!r}")
        return f"/assets/{self.fingerprint}/{path}"


def read(folder: Path) -> Assets:
    """Read `folder`; the style sheet is its parts in the order that css/order.txt lists."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    parts = files.pop(_ORDER).decode().split()
    files[STYLE_SHEET] = b"\n".join(files.pop(f"css/{part}") for part in parts)
    whole = hashlib.sha256()
    for path, content in sorted(files.items()):
        whole.update(path.encode() + b"\0" + content + b"\0")
    return Assets(files, whole.hexdigest()[:12])


def init_app(app: Flask, folder: Path) -> None:
    """Serve the files of `folder` and give templates ``asset(path)``."""
    assets = read(folder)
    app.jinja_env.globals["asset"] = assets.address
    blueprint = Blueprint("assets", __name__)

    @blueprint.get("/assets/<fingerprint>/<path:path>")
    def show(fingerprint: str, path: str) -> Response:
        content = assets.files.get(path)
        if content is None:
            abort(404)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        response = Response(content, content_type=f"{kind}; charset=utf-8")
        current = fingerprint == assets.fingerprint
        response.headers["Cache-Control"] = _LONG if current else "no-cache"
        response.set_etag(assets.fingerprint)
        response.make_conditional(request)
        return response

    app.register_blueprint(blueprint)
