"""The canary: each text that anybody wrote holds a word of its own, and a crawl of every route, as
every kind of visitor, finds each word only where the table below allows it.

The table is written from the product's rules, not from the code: it asks no permission of forum's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from flask import Response
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from forum.lib.answers import FRAGMENT
from tests.figures import Count
from tests.routes import pages
from tests.visitors import Visitor
from tests.worlds import ABSENT, TAKEN_DOWN, Token, World

VISITORS = (
    *("stranger", "guest", "newcomer", "fan", "author", "film_moderator", "moderator", "admin"),
    "suspended",
)
"""A stranger's browser has opened no film; the guest's, and the accounts, have opened "open"."""

TOKEN = re.compile(r"token\d{4}x")
_ADDRESSES = re.compile(r"""\b(?:href|src|action|data-[a-z-]+)="([^"]*)\"""")

# --- the table ----------------------------------------------------------------------------------

GUESTS = {"stranger", "guest"}
MODERATORS = {"moderator", "admin"}
MODERATORS_OF = {film: {"film_moderator", *MODERATORS} for film in ("open", "hidden")}
MODERATORS_OF["shut"] = MODERATORS
"""Film → who works on its cases."""

OPENED = {"open": {*VISITORS} - {"stranger"}, "shut": set(), "hidden": set()}
"""Film → who has opened it."""

SHOWN = {"published", "hidden", "removed", "withdrawn"}
"""States of a post of which everybody learns that it exists, unless it stands below one in another
state. Of one that never came out its author learns and its moderators do, of a purged one nobody.
"""

LISTS = {"front.index", "films.index", "search.index", "accounts.fan", "accounts.fans"}
"""Pages that show guests nothing but safe titles, whatever their cookie says."""

OWN_FORM = {"theories.edit", "theories.revise"}
"""Where authors meet their own text as they typed it."""

STATEMENT = "moderation.statement"
"""Where whom a decision concerns reads why, beside their own text."""

WHOLE_BODIES = {
    "thread": {"theories.thread", "theories.revisions", STATEMENT, *OWN_FORM},
    "theory": {
        *("theories.theory", "theories.revisions", "theories.create_reply", STATEMENT),
        *OWN_FORM,
    },
    "reply": {
        *("theories.theory", "theories.revisions", "theories.compose_reply"),
        *("theories.create_reply", STATEMENT, *OWN_FORM),
    },
}
"""Type of a post → the pages that show its body; elsewhere only an excerpt without veils stands."""

CASE_PAGES = {
    *("moderation.case", "moderation.decide", "moderation.add_note"),
    *("moderation.confirm_purge", "moderation.refuse_purge"),
}
"""Where a moderator has one case before them: with its reports, notes and text."""

JUDGED = {"reported", "pending", "purging", "decided", "decided-of-moderator", "of-moderator"}
JUDGED |= {"of-admin", "refused"}
"""States of posts as their names tell them that moderators have a case about."""

CASE_STATES = {"decided": "removed", "decided-of-moderator": "removed"}
"""What became of a post in a case; the others stand."""

CONCERNED = {"author's": "author", "moderator's": "moderator"}
"""Decision → whom it concerns."""

SEALED_REPORTS = {"sealed"}
"""Reports of what nobody in the crawl has opened: they quote it, and so are sealed with it."""

PRIVATE = {
    ("report", "words"): CASE_PAGES,
    ("note", "note"): CASE_PAGES,
    ("decision", "note"): {*CASE_PAGES, "moderation.log"},
}
"""What moderators alone read, and where."""


def allowed(token: Token, who: str, endpoint: str) -> bool:
    """Whether the answer of `endpoint` to `who` may hold `token`."""
    kind, _, rest = token.post.partition("/")
    if kind in ("report", "note", "decision"):
        return _allowed_about_case(token, who, endpoint)
    if kind in ("user", "draft"):
        return kind == "draft" and who == rest
    if kind == "film":
        return who in OPENED[rest] and not (who in GUESTS and endpoint in LISTS)
    if token.part == "safe title":
        return who in finders(token.post)
    film, _kind, state = token.post.split("/")
    if who in MODERATORS_OF[film] and endpoint in CASE_PAGES and state in JUDGED:
        return _allowed_in_case(token, who)
    if token.part.startswith("pending "):
        # Its author goes on with it in the form where they wrote it.
        return who == writer(token.post) and endpoint in OWN_FORM
    if who not in readers(token.post) or (who in GUESTS and endpoint in LISTS):
        return False
    return _allowed_to_reader(token, who, endpoint)


def _allowed_about_case(token: Token, who: str, endpoint: str) -> bool:
    """What people said to moderators, and they to each other, is theirs; why they decided isn't."""
    kind, _, rest = token.post.partition("/")
    moderators = MODERATORS_OF["shut" if rest in SEALED_REPORTS else "open"]
    if (kind, token.part) in PRIVATE:
        # Nobody looks at the case about their own post: that would say who reported it.
        own = rest == f"{who}'s"
        if kind == "report" and rest in SEALED_REPORTS:
            return False
        return who in moderators and not own and endpoint in PRIVATE[kind, token.part]
    reads = who in {*moderators, CONCERNED[rest]}
    if endpoint in CASE_PAGES:
        return who in moderators
    return endpoint == "moderation.log" or (endpoint == STATEMENT and reads)


def _allowed_in_case(token: Token, who: str) -> bool:
    """Moderators read what a case is about once they have opened the film, or the case, which
    nobody does in the crawl: as it is, its body as it was, and what it may become."""
    if token.part in ("old title", "old safe title"):
        return False
    if who == writer(token.post):  # nobody sees the case about their own post
        return False
    return _opened_to(who, token)


def _opened_to(who: str, token: Token) -> bool:
    """Whether `who` has opened the film of a text, and the one that its veil names."""
    film = token.post.split("/")[0]
    part = token.part.removeprefix("old ").removeprefix("pending ")
    named = part.split()[1] if part in ("veil open", "veil shut") else film
    return who in OPENED[film] and who in OPENED[named]


def _allowed_to_reader(token: Token, who: str, endpoint: str) -> bool:
    _film, kind, _state = token.post.split("/")
    part = token.part.removeprefix("old ")
    if token.part.startswith("old ") and endpoint != "theories.revisions":
        return False
    if part.startswith("veil") and endpoint not in WHOLE_BODIES[kind]:
        return False
    if part in ("veil open", "veil shut"):
        # Where a change waits, the form begins with that.
        in_form = editable(token.post) and not token.post.endswith("/pending")
        is_own = who == writer(token.post) and endpoint in OWN_FORM and in_form
        return who in OPENED[part.split()[1]] or is_own
    return True


def finders(post: str) -> set[str]:
    """Who learns that `post` exists."""
    film, _kind, _state = post.split("/")
    own, above = standing(post)
    if own == "purged":
        return set()
    is_shown = {own, above} <= SHOWN and film != "hidden"
    return {*VISITORS} if is_shown else {"author", *MODERATORS_OF[film]}


def readers(post: str) -> set[str]:
    """Who reads what `post` says."""
    film, _kind, _state = post.split("/")
    own, _above = standing(post)
    opened = OPENED[film] if own == "published" else set()
    return finders(post) & (opened | {writer(post)})


def writer(post: str) -> str:
    """Who wrote it."""
    return post.rpartition("of-")[2] if "of-" in post else "author"


def editable(post: str) -> bool:
    """Whether its author may still edit `post`, and so meets it as it was typed."""
    return standing(post)[0] in ("published", "held") and not post.endswith("/locked")


def standing(post: str) -> tuple[str, str]:
    """The state of a post, and of the question or theory above it; a reply above doesn't matter."""
    state = post.split("/")[2]
    state = CASE_STATES.get(state, state)
    if state in (*TAKEN_DOWN, "refused", "taken-back"):
        return state, "published"
    below = re.fullmatch(r"below-(?:theory|thread)-(\w+)", state)
    return "published", below.group(1) if below else "published"


# --- the crawl ----------------------------------------------------------------------------------


@dataclass
class Crawl:
    """What one visitor was shown.

    Attributes:
        seen: token → the endpoints that showed it.
        leaks: what the table doesn't allow.
        asked: how many requests were sent.
    """

    world: World
    who: str
    visitor: Visitor
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    leaks: list[str] = field(default_factory=list)
    asked: int = 0
    _done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tokens = {token.text: token for token in self.world.tokens}
        self._routes = self.world.app.url_map.bind("")

    def walk(self, paths: Iterable[str]) -> None:
        """Open pages, and every address of the site that they name, until there is none left."""
        waiting = list(paths)
        while waiting:
            path = waiting.pop()
            if path in self._done:
                continue
            self._done.add(path)
            response = self.visitor.get(path)
            waiting += self.examine("GET", path, response)

    def send(self, path: str, accept: str, **form: str) -> None:
        """Post a form as a page does, or, accepting a fragment, as our script does."""
        headers = {"Accept": accept, "Referer": f"http://127.0.0.1:8000{path}"}
        response = self.visitor.post(path, headers=headers, **form)
        self.examine("POST", path, response)

    def examine(self, method: str, path: str, response: TestResponse) -> list[str]:
        """Compare all that `response` holds with the table; gives the addresses that it names."""
        self.asked += 1
        endpoint, asked = self._endpoint(method, path), f"{method} {path} as {self.who}"
        assert response.status_code < 500, f"{asked}: {response.status_code}"
        body = response.get_data(as_text=True)
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
        for text in {*TOKEN.findall(body), *TOKEN.findall(unquote(headers))}:
            self.seen[text].add(endpoint)
            token = self._tokens[text]
            if not allowed(token, self.who, endpoint):
                self.leaks.append(f"{asked}: {token.part} of {token.post}")
        addresses = [unescape(address) for address in _ADDRESSES.findall(body)]
        addresses += [response.location] if response.location else []
        for address in addresses:
            for text in TOKEN.findall(unquote(address)):
                if self._tokens[text].part != "safe title":
                    self.leaks.append(f"{asked}: {self._tokens[text].part} in {address}")
        return list(self._onward(path, addresses))

    def _onward(self, path: str, addresses: list[str]) -> Iterator[str]:
        here, _, query = path.partition("?")
        for address in addresses:
            parts = urlsplit(address)
            is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
            if not is_ours or parts.path.startswith("/assets/"):
                continue
            # One parameter at a time: lists whose every combination has an address have thousands.
            # What comes after logging in was examined as an address; the page is always the same.
            is_alike = (query and parts.path == here) or parts.path in ("/login", "/signup")
            yield parts.path if is_alike or not parts.query else f"{parts.path}?{parts.query}"

    def _endpoint(self, method: str, path: str) -> str:
        try:
            endpoint, _ = self._routes.match(path.partition("?")[0], method=method)
        except HTTPException:
            return "nothing"
        return str(endpoint)


def queries(world: World) -> Iterator[str]:
    """Pages as their parameters change them."""
    for order in ("best", "hot", "new", "divisive", "nonsense"):
        yield f"{world.addresses['open/thread/published']}?order={order}"
        yield f"{world.addresses['shut/thread/published']}?order={order}"
    for stance in ("supports", "challenges", "neutral", "nonsense"):
        yield f"{world.addresses['open/theory/published']}?stance={stance}"
    for id in world.posts.values():
        for version in (1, 2):
            yield f"/posts/{id}/revisions?version={version}"
    for words in ("film", "safe", "title", "body", "the", "token"):
        yield f"/search?q={words}"
        yield f"/films?q={words}&order=argued"
    for name in ("kind=report", "kind=edit", "film=1", "film=2", "kind=nonsense", "after=1~1~1"):
        yield f"/moderation/queue?{name}"
    for name in ("film=the-open-film-2001", "act=remove", "who=moderator", "entry=1", "after=2"):
        yield f"/moderation/log?{name}"
    for page in ("/", "/films", "/login", "/signup", world.addresses["shut/theory/published"]):
        yield f"{page}?said=theory-posted&next=%2Fdrafts&after=1~1~1"


def works(who: str) -> bool:
    """Whether `who` has a queue."""
    return who in {*MODERATORS, "film_moderator"}


def forms(world: World, who: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Forms that change nothing which another page of the crawl rests on: as wrong as they get, as
    previews, and as acts that are refused. Each with its address and what it accepts."""
    words = {"safe_title": "Safe words", "title": "Of my own", "body": "Mine.", "kind": "plot"}
    words |= {"stance": "neutral"}
    page = "text/html"
    for name, id in [*world.posts.items(), ("open/thread/absent", ABSENT)]:
        if name.split("/")[1] == "thread":
            place = f"/threads/{id}/theories"
            yield f"/threads/{id}/lock", page, {"value": "2" if works(who) else "1"}
            yield f"/drafts/theory/{id}", page, {}
        else:
            place = f"/posts/{id}/replies"
            yield f"/posts/{id}/figures", FRAGMENT, {}
            yield f"/posts/{id}/votes", FRAGMENT, {"value": "1"}
        yield place, page, {}
        yield place, FRAGMENT, {**words, "act": "preview"}
        yield f"/posts/{id}/revisions", page, {}
        yield f"/posts/{id}/revisions", page, {**words, "version": "1"}
        yield f"/posts/{id}/votes", page, {"value": "0"}
        if who != "author":
            yield f"/posts/{id}/withdrawal", page, {}
    for slug in world.films.values():
        yield f"/films/{slug}/threads", page, {}
        yield f"/films/{slug}/threads", page, {**words, "act": "preview"}
    for id in world.posts.values():
        yield f"/posts/{id}/reports", page, {"rule": "99", "words": "Mine."}
    for id in [*world.cases.values(), ABSENT]:
        place = f"/moderation/cases/{id}"
        yield f"{place}/decision", page, {"act": "no_action", "version": "1"}
        yield f"{place}/decision", page, {"act": "remove", "version": "2"}
        yield f"{place}/decision", page, {"act": "remove", "rule": "99"}
        yield f"{place}/notes", page, {}
        if id != world.cases["purging"]:
            yield f"{place}/purge", page, {}
            yield f"{place}/purge/refusal", page, {}
        yield f"{place}/release", page, {}
    yield f"/inbox/{ABSENT}", page, {}
    for id in [*world.decisions.values(), ABSENT]:
        if not works(who):
            yield f"/moderation/decisions/{id}/reversal", page, {}
    yield "/rules/1/versions", page, {}
    yield "/texts/about", page, {"body": "Mine.", "act": "preview"}
    yield "/preview", FRAGMENT, {"body": f"Mine, >!film:{world.films['shut']} | and mine!<"}


def crawl(world: World, who: str) -> Crawl:
    """Everything that `who` can reach."""
    visitor = world.visitor("guest" if who == "stranger" else who, has_seen=who != "stranger")
    found = Crawl(world, who, visitor)
    found.walk([*(path for _, path in pages(world)), *queries(world)])
    for path, accept, form in forms(world, who):
        found.send(path, accept, **form)
    for path in ("/nothing", "/films/the-shut-film-2001/nothing", "/threads/x", "/posts/1/votes"):
        found.walk([path])
    return found


@pytest.mark.parametrize("who", VISITORS)
def test_nothing_is_in_an_answer_but_what_the_table_allows(
    world: World, who: str, count: Count
) -> None:
    found = crawl(world, who)
    count("canary: requests", found.asked)
    count("canary: leaks", len(found.leaks))
    assert found.leaks == []
    assert found.asked > 1000
    unseen = {t.text for t in must_see(world, who)} - set(found.seen)
    assert [t for t in world.tokens if t.text in unseen] == []


def must_see(world: World, who: str) -> list[Token]:
    """What the crawl must have met, or it would prove nothing: all that `who` may see anywhere, but
    for what stands below held and purged posts, to which no page leads."""
    endpoints = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    return [
        token
        for token in world.tokens
        if any(allowed(token, who, endpoint) for endpoint in endpoints)
        and not (token.post.count("/") == 2 and standing(token.post)[1] in ("held", "purged"))
        # Of a composer that is closed to them:
        and not (who in ("newcomer", "suspended") and token.part == "safe_title")
    ]


def test_a_case_shows_what_is_sealed_once_its_moderator_opens_it(world: World) -> None:
    moderator, case = world.visitor("moderator"), world.cases["sealed"]
    address = f"/moderation/cases/{case}"
    parts = {
        token.text: token.part for token in world.tokens if token.post == "shut/theory/reported"
    }

    def shown() -> set[str]:
        return {parts[text] for text in TOKEN.findall(moderator.see(address)) if text in parts}

    assert shown() == {"safe title"}
    assert moderator.post(f"{address}/opening").status_code == 303
    opened = shown()
    # Opening it knowingly opens every veil in it, whichever film that names.
    assert opened >= {"safe title", "title", "body", "veil open", "veil shut", "old veil shut"}
    assert not opened & {"old title", "old safe title"}
    elsewhere = world.addresses["shut/theory/reported"]
    for path in ("/moderation/queue", "/moderation/log", "/inbox", elsewhere):
        seen = {parts.get(text) for text in TOKEN.findall(moderator.see(path))}
        assert seen <= {None, "safe title"}, path


def test_a_planted_leak_is_caught(world: World) -> None:
    tokens = {(token.post, token.part): token.text for token in world.tokens}
    sealed = tokens["shut/theory/published", "title"]
    title = tokens["open/theory/published", "title"]
    held = tokens["open/reply/held", "body"]
    safe = tokens["shut/theory/published", "safe title"]
    answers = {
        "page": Response(f"<p>{sealed}</p>"),
        "header": Response("", headers={"X-Poster": held}),
        "way": Response("", 302, headers={"Location": f"/fans/{sealed}"}),
        "link": Response(f'<a href="/theories/5-{title}">5</a>'),
        "escaped": Response(f'<a href="/fans/&#x74;{sealed[1:]}">6</a>'),
        "safe": Response(f'<a href="/theories/5-{safe}">{safe}</a>'),
    }
    for name, response in answers.items():
        world.app.add_url_rule(f"/{name}", f"planted.{name}", lambda found=response: found)
    fan = Crawl(world, "fan", world.visitor("fan"))
    fan.walk([f"/{name}" for name in answers])
    assert set(fan.leaks) == {
        "GET /page as fan: title of shut/theory/published",
        "GET /header as fan: body of open/reply/held",
        f"GET /way as fan: title in /fans/{sealed}",
        "GET /way as fan: title of shut/theory/published",
        f"GET /link as fan: title in /theories/5-{title}",
        f"GET /escaped as fan: title in /fans/{sealed}",
    }


def test_a_list_that_follows_a_guests_cookie_is_caught(world: World) -> None:
    token = next(t for t in world.tokens if (t.post, t.part) == ("open/thread/published", "title"))
    assert allowed(token, "guest", "films.show")
    assert not allowed(token, "guest", "front.index")
    assert allowed(token, "fan", "front.index")
    veil = next(t for t in world.tokens if (t.post, t.part) == ("open/theory/published", "veil"))
    assert allowed(veil, "fan", "theories.theory")
    assert not allowed(veil, "fan", "theories.thread")
