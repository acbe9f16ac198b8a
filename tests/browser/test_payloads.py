"""Payloads in every place where a text stands: none runs, and none asks another site for anything.

Pages are looked at without their security policy, so that the sanitiser must hold by itself, and
then with it: nothing may be refused, since there is nothing to refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import unescape

import pytest
from playwright.sync_api import Browser

from forum.accounts.operations import log_in
from forum.accounts.queries import user_named
from forum.accounts.viewers import Operator
from forum.lib.database import session, unit_of_work
from forum.lib.text import forbidden_character, has_stacked_marks
from forum.moderation.rules import change_text
from forum.theories.models import Post
from tests.browser import behind_the_pages as behind
from tests.browser import writing
from tests.browser.filling import OURS, TYPED, columns_of_text, fill, named
from tests.browser.house import House, Stage
from tests.browser.pages import GUEST, HANA, OWNER, USHER
from tests.browser.payloads import OWN, Watched, batched, candidates, live, watched
from tests.factories import a_user, viewer_of
from tests.figures import WHOLE, Count, sample

pytestmark = pytest.mark.at_length

A_BATCH = 400 if WHOLE else 200
A_FORM = 150
"""How many payloads stand on the pages at once, and in one form: as many as a text may hold."""
SAMPLED = 180
PARTS = 4 if WHOLE else 1
REPLIES = A_BATCH - 54
"""How many are added to the theory that has 54, so that each payload has a reply of its own."""

PLACES: Mapping[str, tuple[str, ...]] = {
    GUEST: (
        *("/", "/films", "/search?q=the", "{film}", "{long film}", "{film}/poster.svg"),
        *("{thread}", "{theory}", "/fans", "/fans/hana", "/moderation/log", "/rules", "/about"),
    ),
    HANA: (
        *("/", "{film}", "{thread}", "{long thread}", "{thread}?order=new", "{theory}"),
        *("{theory of many replies}", "{own theory}", "{revisions}?version=2", "{revisions}"),
        *("{reply revisions}", "{edit}", "{own reply}", "{reply to}", "{compose with a draft}"),
        *("{report}", "{reported}", "{withdrawal}", "/fans/hana", "/drafts", "/votes", "/inbox"),
        *("/standing", "{statement}", "{undone statement}", "/settings", "/settings/films"),
    ),
    USHER: ("/moderation/queue", "{case}", "{held case}", "/moderation/log", "{statement}"),
    OWNER: ("/rules/1/edit", "/texts/about/edit", "{case}"),
}
"""Where texts stand, by who opens it; of lists, every page is opened."""

UNSHOWN = {
    ("cases", "purge_reasons"),
    ("cases", "purge_note"),
    ("refused_revisions", "safe_title"),
    ("refused_revisions", "title"),
    ("refused_revisions", "body"),
    ("decided_posts", "safe_title_before"),
    ("revisions", "safe_title"),
    ("rule_versions", "title"),
    ("rule_versions", "text"),
    ("pending_revisions", "safe_title"),
    ("pending_revisions", "title"),
    ("pending_revisions", "body"),
}
"""What stands on no page of that evening: nothing was purged, no rule has a past and no change
waits there; what a safe title was before is never shown."""

FORMS = (
    (GUEST, "/signup", {"name", "email"}, "Sign up"),
    (GUEST, "/login", {"name"}, "Log in"),
    (GUEST, "/search", {"q"}, "Search"),
    (HANA, "{compose theory}", {"safe_title", "title", "body"}, "Publish"),
    (HANA, "{compose theory}", {"body"}, "Preview"),
    (HANA, "{film}/threads/new", {"body"}, "Preview"),
    (HANA, "{report}", {"words"}, "Report"),
    (USHER, "{held case}", {"reasons", "note", "safe_title"}, "Remove"),
)
"""Forms that come back with what was typed: who opens them, where, the fields, the button."""


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """Pages with everything on them."""
    return evening_stage


def prepare(house: House, stage: Stage) -> dict[str, str]:
    """A reply for every payload, a page that an admin wrote, and a session for everybody.

    Returns:
        What the browsers of those who are let in keep, by their names.
    """
    theory_id = int(stage.places["theory of many replies"].split("/")[2].split("-")[0])
    sessions = {}
    with behind.inside(house):
        theory = session().get_one(Post, theory_id)
        fan = a_user("busybody")
        for number in range(REPLIES):
            writing.reply(theory, fan, f"One more, {number}.", "neutral")
        with unit_of_work():
            change_text("about", "What this is.", "<p>What this is.</p>", 0, by=Operator())
        for who in filter(None, PLACES):
            user = user_named(who)
            assert user is not None
            with unit_of_work():
                sessions[who] = log_in(user, "A browser", by=viewer_of(user))
    return sessions


def let_in(window: Watched, who: str, sessions: Mapping[str, str]) -> None:
    """Give `window` the session of `who`, which began before anything was filled."""
    window.context.clear_cookies()
    if who:
        cookie = {"name": "sid", "value": sessions[who], "url": window.url}
        window.context.add_cookies([cookie])


def pages_from(window: Watched, path: str) -> Iterator[str]:
    """The sources of a list's pages, from the one at `path` to the last; each is looked at."""
    while path:
        window.opens(path)
        yield window.page.content()
        more = window.page.locator("a[rel=next]")
        path = (more.first.get_attribute("href") or "") if more.count() else ""


def walk(
    stage: Stage, window: Watched, sessions: Mapping[str, str], *, everybody: bool = True
) -> str:
    """Open every place as those who may, or only a fan's places; gives all that was seen."""
    seen = []
    for who, places in PLACES.items() if everybody else [(HANA, PLACES[HANA])]:
        let_in(window, who, sessions)
        if who == GUEST:
            window.opens("/films/anora-2024")
            window.page.get_by_role("button", name="I have seen it").first.click()
        for place in places:
            seen += pages_from(window, place.format_map(stage.places))
    return "".join(seen)


_TYPE = """([names, text]) => {
    for (const each of document.querySelectorAll("main input, main textarea")) {
        if (!names.includes(each.name)) continue;
        each.value = text;
        each.dispatchEvent(new Event("input", { bubbles: true }));
    }
}"""

_SHOWN = """() => document.querySelector("main").innerHTML
    + [...document.querySelectorAll("input, textarea")].map((each) => each.value).join(" ")"""

_PREVIEWED = "() => document.querySelector('[data-preview-into]').innerText.includes('MARK-typed')"


def send_forms(stage: Stage, window: Watched, sessions: Mapping[str, str], typed: str) -> list[str]:
    """Send every form with `typed` in it; gives those whose answer doesn't show it. A preview is
    looked at twice: in place, and on the page that comes back."""
    silent = []
    for who, place, fields, button in FORMS:
        let_in(window, who, sessions)
        page = window.page
        window.opens(place.format_map(stage.places))
        page.evaluate(_TYPE, [["safe_title", "title"], "Words that are right"])
        page.evaluate(_TYPE, [sorted(fields), typed])
        if button == "Preview":
            page.wait_for_function(_PREVIEWED)
            window.looks()
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name=button).first.click()
        window.looks()
        is_shown = "MARK-typed" in unescape(page.evaluate(_SHOWN))
        if not is_shown or (button == "Preview" and not page.evaluate(_PREVIEWED)):
            silent.append(f"{place}, {button}")
    return silent


def one_text(payloads: Sequence[str]) -> str:
    """All of `payloads` that a text may hold: with characters that none may, a form comes back
    without a preview."""
    allowed = [
        payload
        for payload in payloads
        if forbidden_character(payload) is None and not has_stacked_marks(payload)
    ]
    return "\n\n".join((*allowed, "MARK-typed"))


def test_every_column_of_text_is_filled_or_is_not_typed_in_by_anybody(house: House) -> None:
    assert named(TYPED) & named(OURS) == set()
    assert named(TYPED) | named(OURS) == columns_of_text()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_payload_runs_wherever_it_stands(
    browser: Browser, house: House, stage: Stage, part: int, count: Count
) -> None:
    tried = sample(candidates()[part::PARTS], SAMPLED // PARTS)
    payloads = live(browser, tried)
    assert len(payloads) > len(tried) // 3, "the control: bare, payloads run"
    sessions = prepare(house, stage)
    renders = 0
    with watched(browser, house.url) as window:
        for some in batched(payloads, A_BATCH):
            fill(house, some)
            seen = walk(stage, window, sessions)
            unseen = {
                (table, column)
                for table, column in named(TYPED)
                if f"MARK-{table}-{column}" not in seen
            }
            assert unseen <= UNSHOWN, "texts that were shown nowhere"
            for typed in batched(some, A_FORM):
                silent = send_forms(stage, window, sessions, one_text(typed))
                assert silent == [], "forms that came back without what was typed"
            renders += len(some) * (len(named(TYPED) - UNSHOWN) + len(FORMS))
        count("payloads: tried in the control", len(tried))
        count("payloads: live in the control", len(payloads))
        count("payloads: renders (payload × place)", renders)
        count("payloads: pages opened", window.opened)
        count("payloads: executions", len(window.ran))
        count("payloads: handlers and programs left in pages", len(window.armed))
        count("payloads: requests off the site", len(window.off_site))
        assert (window.ran, window.armed, window.off_site) == ([], [], [])


def test_with_its_policy_on_a_page_has_nothing_to_refuse(
    browser: Browser, house: House, stage: Stage
) -> None:
    sessions = prepare(house, stage)
    fill(house, OWN)
    with watched(browser, house.url, bypass_csp=False) as window:
        walk(stage, window, sessions, everybody=WHOLE)
        assert (window.ran, window.armed, window.off_site) == ([], [], [])
    assert house.reports == []


def test_our_own_payloads_are_all_live_in_the_control(browser: Browser) -> None:
    assert set(OWN) - set(live(browser, OWN)) == set()
    assert live(browser, ["Words.", "<b>bold</b>", "[a](https://example.org)"]) == []


@pytest.mark.parametrize("payload", ["<img src=x onerror=alert(1)>", "<x onclick=alert(1)>"])
def test_a_payload_that_is_let_through_is_caught(
    browser: Browser, house: House, payload: str
) -> None:
    house.app.add_url_rule("/planted", "planted", lambda: payload)
    with watched(browser, house.url) as window:
        window.opens("/about")
        assert (window.ran, window.armed) == ([], [])
        window.opens("/planted")
        assert (len(window.ran), len(window.armed)) == (1, 1)


def test_a_picture_from_elsewhere_is_caught(browser: Browser, house: House) -> None:
    planted = "<img src=http://foyer.test/a.png>"
    house.app.add_url_rule("/planted", "planted", lambda: planted)
    with watched(browser, house.url) as window:
        window.opens("/planted")
        assert len(window.off_site) == 1


def test_a_sample_is_no_whole() -> None:
    assert len(sample(range(1000), 10)) == (1000 if WHOLE else 10)
