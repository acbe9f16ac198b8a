"""The checks of this folder are awake: each is shown a fault that it must see."""

import pytest
from playwright.sync_api import Browser

from tests.browser import checks
from tests.browser.house import House
from tests.browser.people import Person

pytestmark = pytest.mark.at_length

_PLANT = """(tag, text) => {
    const planted = document.createElement(tag);
    planted.textContent = text;
    document.querySelector("main").prepend(planted);
    return planted;
}"""

FAULTS = {
    "a message of an error": "console.error('something')",
    "a warning": "console.warn('something')",
    "an exception": "setTimeout(() => { throw new Error('something'); })",
    "a promise that nobody keeps": "Promise.reject(new Error('something'))",
    "a request off the site": "fetch('https://foyer.test/').catch(() => {})",
    "markup out of text": "document.body.innerHTML += ' '",
    "a style in the page": "document.body.setAttribute('style', 'color: red')",
    "a picture from elsewhere": "new Image().src = 'https://foyer.test/a.png'",
    "a file that is not there": "fetch('/nothing').catch(() => {})",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_unseen_is_noticed(fault: str, browser: Browser, house: House) -> None:
    person = Person(browser, house)
    person.opens("/about")
    person.page.evaluate(f"() => {{ try {{ {FAULTS[fault]} }} catch {{ }} }}")
    person.page.wait_for_load_state("networkidle")
    person.context.close()
    with pytest.raises(AssertionError):
        person.assert_undisturbed()


def test_what_was_expected_and_never_came_is_noticed(browser: Browser, house: House) -> None:
    person = Person(browser, house)
    person.expects("status of 422")
    person.opens("/about")
    person.context.close()
    with pytest.raises(AssertionError, match="never came"):
        person.assert_undisturbed()


def test_a_page_that_is_not_whole_is_noticed(browser: Browser, house: House) -> None:
    with Person(browser, house, width=390) as person:
        page = person.page
        person.opens("/about")
        assert checks.too_wide(page) == checks.too_low(page) == []
        assert checks.headings_out_of_order(page) == checks.violations(page, checks.ALL_RULES) == []
        page.evaluate(f"() => {{ ({_PLANT})('p', 'wide').style.width = '900px'; }}")
        page.evaluate(f"() => {{ ({_PLANT})('button', 'low'); }}")
        page.evaluate(f"() => {{ ({_PLANT})('h3', 'too deep'); }}")
        page.evaluate(f"() => {{ ({_PLANT})('input', ''); }}")
        assert "wide" in str(checks.too_wide(page))
        assert "low" in str(checks.too_low(page))
        assert checks.headings_out_of_order(page) != []
        assert "label" in str(checks.violations(page, checks.ALL_RULES))


def test_a_focus_that_nobody_sees_is_noticed(browser: Browser, house: House) -> None:
    with Person(browser, house) as person:
        person.opens("/about")
        person.page.evaluate(f"() => {{ ({_PLANT})('button', 'a').style.outline = 'none'; }}")
        person.page.keyboard.press("Tab")
        assert (checks.focus(person.page) or {})["ring"]
        person.page.get_by_role("button", name="a", exact=True).focus()
        assert not (checks.focus(person.page) or {})["ring"]


def test_a_stop_where_the_focus_is_lost_is_noticed(browser: Browser, house: House) -> None:
    with Person(browser, house) as person:
        person.opens("/about")
        assert all(stop["ring"] for stop in checks.stops(person.page))
        person.page.evaluate(f"() => {{ ({_PLANT})('button', 'a').style.outline = 'none'; }}")
        lost = [stop for stop in checks.stops(person.page) if not stop["ring"]]
        assert len(lost) == 1


@pytest.mark.parametrize(
    "style", ["transition = 'color 1s'", "animation = 'turn 2s'", "scrollBehavior = 'smooth'"]
)
def test_motion_that_nobody_wants_is_noticed(browser: Browser, house: House, style: str) -> None:
    with Person(browser, house, reduced_motion="reduce") as person:
        person.opens("/about")
        assert checks.moving(person.page) == []
        person.page.evaluate(f"() => {{ ({_PLANT})('p', 'a').style.{style}; }}")
        assert "<p" in str(checks.moving(person.page))


def test_a_page_that_is_too_wide_when_it_is_zoomed_is_noticed(
    browser: Browser, house: House
) -> None:
    with Person(browser, house) as person:
        person.opens("/about")
        person.page.evaluate(f"() => {{ ({_PLANT})('p', 'wide').style.width = '800px'; }}")
        assert checks.too_wide(person.page) == []
        checks.zoom_to_twice(person.page)
        assert "wide" in str(checks.too_wide(person.page))


def test_a_page_that_moves_is_noticed(browser: Browser, house: House) -> None:
    with Person(browser, house, width=390) as person:
        person.opens("/about")
        late = f"({_PLANT})('p', 'late').style.height = '200px'"
        person.page.evaluate(f"() => {{ setTimeout(() => {{ {late}; }}, 50); }}")
        assert checks.shifts(person.page) > 0.01
