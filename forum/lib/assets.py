"""Static files: one style sheet out of many, and addresses that change with the content."""

import gzip
import hashlib
import mimetypes
import re
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
        packed: the same, compressed once for all; only what gets smaller by it.
        fingerprint: of all contents together; it stands in every address, as a folder, so that
            modules that import each other by relative paths carry it too.
    """

    files: dict[str, bytes]
    packed: dict[str, bytes]
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
    files[STYLE_SHEET] = _tightened(b"\n".join(files.pop(f"css/{part}") for part in parts))
    whole = hashlib.sha256()
    for path, content in sorted(files.items()):
        whole.update(path.encode() + b"\0" + content + b"\0")
    packed = {path: gzip.compress(content, mtime=0) for path, content in files.items()}
    smaller = {path: short for path, short in packed.items() if len(short) < len(files[path])}
    return Assets(files, smaller, whole.hexdigest()[:12])


_STRING_OR_SLACK = re.compile(
    rb"""("[^"]*"|'[^']*')|/\*.*?\*/\s*|;?\s*(\})\s*|\s*([{;,])\s*|(:)\s+|\s+""", re.DOTALL
)


def _tightened(css: bytes) -> bytes:
    """`css` without comments and without the spaces that only people need; strings stay."""

    def kept(match: re.Match[bytes]) -> bytes:
        is_comment = match[0].startswith(b"/*")
        return b"" if is_comment else match[match.lastindex] if match.lastindex else b" "

    return _STRING_OR_SLACK.sub(kept, css)


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
        packs = path in assets.packed and request.accept_encodings.quality("gzip") > 0
        content = assets.packed[path] if packs else content
        response = Response(content, content_type=f"{kind}; charset=utf-8")
        response.vary.add("Accept-Encoding")
        if packs:
            response.content_encoding = "gzip"
        current = fingerprint == assets.fingerprint
        response.headers["Cache-Control"] = _LONG if current else "no-cache"
        response.set_etag(f"{assets.fingerprint}-gzip" if packs else assets.fingerprint)
        response.make_conditional(request)
        return response

    app.register_blueprint(blueprint)
