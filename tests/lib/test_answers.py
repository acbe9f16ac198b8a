"""Where a page may send its visitor: only to pages of this site."""

import pytest
from flask import Flask

from forum.lib.answers import elsewhere, here, local_path, onward, wants_fragment

LOCAL = [
    ("/", "/"),
    ("/films", "/films"),
    ("/films?letter=a&order=year", "/films?letter=a&order=year"),
    ("/films/anora-2024", "/films/anora-2024"),
    ("/threads/7-a-question?after=1~2", "/threads/7-a-question?after=1~2"),
    ("/posts/5", "/posts/5"),
    ("/films?q=%E6%98%A0%E7%94%BB", "/films?q=%E6%98%A0%E7%94%BB"),
    ("/search?q=a+b", "/search?q=a+b"),
    ("/films#post-5", "/films"),
    ("/films?said=voted&q=a&said=reported", "/films?q=a"),
]

FOREIGN = [
    *(None, "", " ", "films", "?q=1", "#a", "//evil.test", "///evil.test", "////evil.test/films"),
    *("https://evil.test", "https://evil.test/films", "HTTP://evil.test", "http:evil.test"),
    *("http:/films", "https:/films", "javascript:x()", "data:text/html,x", "mailto:a@b.test"),
    *("/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "\t//evil.test", " //evil.test"),
    *("/\\evil.test", "\\\\evil.test", "\\/evil.test", "/\\/evil.test", "/films\\..\\evil"),
    *("/%09/evil.test", "/%2F/evil.test", "/%5Cevil.test", "/.evil.test", "/..//evil.test"),
    *("http://127.0.0.1:8000/films", "//127.0.0.1:8000/films", "http://[::1/films", "//[::1"),
    *("/nowhere", "/films/a/b/c", "/threads/x", "/posts/-1", "/logout", "/posts/5/votes"),
    *("/films\0", "/films\x7f", "/\u202efilms", "/\u2028/evil.test", "/films?q=\0"),
    "/" + "a" * 2000,
    "/films?q=" + "a" * 2000,
]


@pytest.mark.parametrize(("wanted", "path"), LOCAL)
def test_paths_of_our_pages_are_taken(app: Flask, wanted, path):
    with app.test_request_context():
        assert local_path(wanted, "/otherwise") == path


@pytest.mark.parametrize("wanted", FOREIGN, ids=repr)
def test_anything_else_is_not(app: Flask, wanted):
    with app.test_request_context():
        assert local_path(wanted, "/otherwise") == "/otherwise"


def test_what_was_sent_never_comes_back_as_it_was(app: Flask):
    with app.test_request_context():
        built = local_path("/films/%0d%0aSet-Cookie:x?q=%0d%0aSet-Cookie:x", "/otherwise")
        assert not set("\r\n") & set(built)


def test_the_way_on_says_what_was_done(app: Flask):
    with app.test_request_context():
        response = onward("/films?letter=a", said="voted", anchor="post-5")
        assert (response.status_code, response.location) == (
            303,
            "/films?letter=a&said=voted#post-5",
        )
        assert onward("/films", said="voted").location == "/films?said=voted"
        assert onward("/films").location == "/films"
        assert elsewhere("/films", 301).status_code == 301


def test_a_page_knows_its_own_address(app: Flask):
    with app.test_request_context("/films?letter=a"):
        assert here() == "/films?letter=a"
    with app.test_request_context("/films"):
        assert here() == "/films"
    with app.test_request_context("/films?letter=a", method="POST"):
        assert here() == "/films"


def test_only_our_script_gets_parts_of_pages(app: Flask):
    for accepted, wanted in [("text/vnd.foyer.fragment+html", True), ("text/html", False)]:
        with app.test_request_context(headers={"Accept": accepted}):
            assert wants_fragment() is wanted
