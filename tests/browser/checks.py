"""What a page is examined for, by scripts that run inside it and by axe."""

from itertools import pairwise
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]

_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const cuts = (e) => getComputedStyle(e).overflowX !== "visible";
    const isCut = (e) => e && (cuts(e) || isCut(e.parentElement));
    return [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > width + 1)
        .filter((e) => !isCut(e.parentElement) && !e.closest(".vh, .skip"))
        .map((e) => e.outerHTML.slice(0, 120));
}"""

_LOW = """() => {
    const controls = "button, input, textarea, summary, .button, .tab, .nav-link, .choice label,"
        + " .choice-line";
    // A finger meets the label around a choice, which is a control of its own here.
    const inText = ".choice-input, .choice-line input, .veil > summary";
    return [...document.querySelectorAll(controls)]
        .filter((e) => e.checkVisibility() && e.type !== "hidden" && !e.matches(inText))
        .filter((e) => e.getBoundingClientRect().height < 43.5)
        .map((e) => `${e.outerHTML.slice(0, 90)}: ${e.getBoundingClientRect().height} px`);
}"""

_SHIFTS = """() => new Promise((tell) => {
    let sum = 0;
    const add = (list) => { for (const shift of list.getEntries()) sum += shift.value; };
    const watch = new PerformanceObserver(add);
    watch.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => { watch.disconnect(); tell(sum); }, 250);
})"""

# The focus shows on an element, on the label of a choice, or on the frame of a Markdown field.
_FOCUS = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const places = [at, at.nextElementSibling, at.closest(".writing-source")].filter(Boolean);
    const styles = places.map((e) => getComputedStyle(e));
    const box = at.getBoundingClientRect();
    return {
        what: at.outerHTML.slice(0, 100),
        ring: styles.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2),
        onscreen: box.bottom > 0 && box.top < innerHeight,
    };
}"""

# After a key was pressed the browser shows a focus that a script moves as one that a key moved.
_STOPS = f"""() => {{
    const places = "a[href], button, input, select, textarea, summary, [tabindex]";
    const stops = [];
    for (const each of document.querySelectorAll(places)) {{
        const hidden = !each.checkVisibility({{ visibilityProperty: true }});
        if (hidden || each.disabled || each.tabIndex < 0 || each.type === "hidden") continue;
        each.focus();
        if (document.activeElement === each) stops.push(({_FOCUS})());
    }}
    document.activeElement.blur();
    return stops;
}}"""

_MOVES = """() => {
    const takesTime = (list) => list.split(",").some((each) => parseFloat(each) > 0);
    const moves = (style) => style.scrollBehavior === "smooth"
        || (style.transitionProperty !== "none" && takesTime(style.transitionDuration))
        || (style.animationName !== "none" && takesTime(style.animationDuration));
    const found = document.getAnimations().map(() => "an animation that runs");
    for (const each of document.querySelectorAll("*")) {
        for (const part of [null, "::before", "::after", "::backdrop", "::details-content"]) {
            if (moves(getComputedStyle(each, part))) {
                found.push(`${each.outerHTML.slice(0, 90)} ${part ?? ""}`);
            }
        }
    }
    return found;
}"""


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found


def too_low(page: Page) -> list[str]:
    """Controls that are lower than a finger needs: 44 px."""
    found: list[str] = page.evaluate(_LOW)
    return found


def shifts(page: Page) -> float:
    """How much of the page has moved after it was shown: Chromium's cumulative layout shift."""
    return float(page.evaluate(_SHIFTS))


def focus(page: Page) -> dict[str, Any] | None:
    """What has the focus, whether a ring shows it, whether it is on the screen; None if nothing."""
    found: dict[str, Any] | None = page.evaluate(_FOCUS)
    return found


def stops(page: Page) -> list[dict[str, Any]]:
    """What `focus` says at each place of the page that the keyboard reaches, in their order."""
    page.keyboard.press("Tab")
    found: list[dict[str, Any]] = page.evaluate(_STOPS)
    return found


def moving(page: Page) -> list[str]:
    """What moves by itself, or takes time to change."""
    found: list[str] = page.evaluate(_MOVES)
    return found


def zoom_to_twice(page: Page) -> None:
    """Show the page as a window of 1280 × 900 does at 200 %: half as much, twice as large."""
    page.context.new_cdp_session(page).send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False},
    )
    assert page.evaluate("() => [innerWidth, devicePixelRatio]") == [640, 2]


def headings_out_of_order(page: Page) -> list[str]:
    """What breaks the outline: no first level or two, something before it, a level skipped."""
    headings = page.locator("h1, h2, h3, h4, h5, h6")
    levels = [int(tag[1]) for tag in headings.evaluate_all("all => all.map((e) => e.tagName)")]
    if levels[:1] != [1] or levels.count(1) != 1:
        return [f"h{level}" for level in levels] or ["no heading"]
    return [f"h{lower} after h{upper}" for upper, lower in pairwise(levels) if lower > upper + 1]


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe finds by `rules`, as lines that say where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", rules
    )
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
