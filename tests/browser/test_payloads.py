"""Payloads in every place where a text stands: none runs, and none asks another site for anything.

Pages are looked at without their security policy, so that the sanitiser must hold by itself, and
then with it: nothing may be refused, since there is nothing to refuse.
"""

from collections.abc import Iterator, Mapping
from html import unescape

import pytest
from playwright.sync_api import Browser

from forum.accounts.operations import log_in
from forum.accounts.queries import user_named
from forum.accounts.viewers import Operator
from forum.lib.database import session, unit_of_work
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

A_BATCH = 200
SAMPLED = 180
PARTS = 2 if WHOLE else 1
REPLIES = 146
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
    (HANA, "{compose theory}", {"safe_title", "title", "body"}, "Preview"),
    (HANA, "{film}/threads/new", {"safe_title", "title", "body"}, "Preview"),
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
            change_text("about", "What this is.", "<p>What this is.</p>", by=Operator())
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


def send_forms(stage: Stage, window: Watched, sessions: Mapping[str, str], typed: str) -> list[str]:
    """Send every form with `typed` in it; gives those whose answer doesn't show it."""
    silent = []
    for who, place, fields, button in FORMS:
        let_in(window, who, sessions)
        window.opens(place.format_map(stage.places))
        window.page.evaluate(
            """([names, text]) => {
                const all = [...document.querySelectorAll("main input, main textarea")];
                for (const each of all) if (names.includes(each.name)) each.value = text;
            }""",
            [sorted(fields), typed],
        )
        main = window.page.get_by_role("main")
        main.get_by_role("button", name=button).first.click()
        window.page.wait_for_load_state("networkidle")
        window.looks()
        shown = window.page.evaluate(
            """() => document.body.innerHTML + [...document.querySelectorAll("input, textarea")]
                .map((each) => each.value).join(" ")"""
        )
        if "MARK-typed" not in unescape(shown):
            silent.append(f"{place}, {button}")
    return silent


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
            silent = send_forms(stage, window, sessions, f"{' '.join(some)} MARK-typed")
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
