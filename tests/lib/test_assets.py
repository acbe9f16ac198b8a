"""Static files: read once, kept for ever by browsers, found under an address that changes."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from forum.lib import assets
from tests.visitors import Visitor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "js").mkdir()
    (static / "css" / "order.txt").write_text("first.css\nsecond.css\n")
    (static / "css" / "first.css").write_text('a { content: "a  {b}"; }\n')
    (static / "css" / "second.css").write_text("/* why */\nb > c {\n  color: red;\n}\n")
    (static / "js" / "site.js").write_text("say();\n" * 50)
    (static / "drawing.unheard-of").write_bytes(b"\x00\x01")
    return static


@pytest.fixture
def visitor(folder: Path) -> Visitor:
    app = Flask("a site", static_folder=None)
    assets.init_app(app, folder)
    return Visitor(app)


def test_the_style_sheet_is_its_parts_in_order(folder):
    read = assets.read(folder)
    css = read.files["css/site.css"].decode()
    assert css.index("a") < css.index("color")
    assert '"a  {b}"' in css
    assert "why" not in css
    assert re.search(r"b\s*>\s*c\s*\{\s*color:\s*red", css)
    assert not {"css/first.css", "css/second.css", "css/order.txt"} & read.files.keys()


def test_addresses_change_with_any_content(folder):
    before = assets.read(folder)
    assert before.address("js/site.js") == f"/assets/{before.fingerprint}/js/site.js"
    (folder / "css" / "second.css").write_text("b > c { color: blue }")
    assert assets.read(folder).address("js/site.js") != before.address("js/site.js")


def test_a_file_that_is_not_there_has_no_address(folder):
    with pytest.raises(KeyError, match="gone"):
        assets.read(folder).address("gone.js")


def test_a_file_is_kept_for_ever_under_its_address(folder, visitor):
    response = visitor.get(assets.read(folder).address("js/site.js"))
    assert response.status_code == 200
    assert response.data == b"say();\n" * 50
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_old_address_gives_todays_file_and_is_not_kept(visitor):
    response = visitor.get("/assets/0123456789ab/js/site.js")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


def test_what_the_browser_has_is_not_sent_again(folder, visitor):
    address = assets.read(folder).address("js/site.js")
    tag = visitor.get(address).headers["ETag"]
    again = visitor.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_browsers_that_unpack_get_less(folder, visitor):
    address = assets.read(folder).address("js/site.js")
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == visitor.get(address).data
    assert len(packed.data) < len(visitor.get(address).data)
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["js/gone.js", "css/order.txt", "../secret_key", "js/../../secret_key", "js"]
)
def test_nothing_else_is_served(folder, visitor, path):
    assert visitor.get(f"/assets/{assets.read(folder).fingerprint}/{path}").status_code == 404


def test_an_unknown_kind_of_file_is_no_page(folder, visitor):
    response = visitor.get(assets.read(folder).address("drawing.unheard-of"))
    assert response.mimetype == "application/octet-stream"
    assert response.data == b"\x00\x01"


def test_every_file_that_pages_name_is_there(app):
    page = Visitor(app).see("/")
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        assert Visitor(app).get(address).status_code == 200
