"""Text that runs as a program wherever a page takes it for markup, and the proof that it does.

A payload counts only if it is live: if it runs, or asks another site for something, on a page that
shows it without our sanitiser, in the same Chromium. What runs nowhere would prove nothing.
"""

import html
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Error, Frame, Page, Request, Route

from tests.film_lists import SHARED

OWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    '"><svg onload=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) ',
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#106;avascript:alert(1)",
    "[a](javascript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "![a](http://foyer.test/a.png)",
    "<img src=http://foyer.test/b.png>",
    "<link rel=stylesheet href=http://foyer.test/c.css>",
    "<style>@import 'http://foyer.test/d.css'</style>",
    "<video><source onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>a</a>",
    "<x onclick=alert(1)>a",
    "<form action=javascript:alert(1)><input type=submit>",
    "<svg><a xlink:href=javascript:alert(1)><text x=20 y=20>a</text></a>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<body onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    ">!<img src=x onerror=alert(1)>!<",
    "`<img src=x onerror=alert(1)>",
    "\\<img src=x onerror=alert(1)>",
)
"""Our own list, for places where the known ones are missing; and what they lack."""

OPTIONS = {"bypass_csp": True, "viewport": {"width": 1280, "height": 900}}
"""Pages are shown without their security policy: the sanitiser must hold by itself."""


@cache
def candidates() -> list[str]:
    """Every payload that we know, live or not."""
    folder, text = SHARED / "data" / "security", SHARED / "data" / "text" / "blns.json"
    found = list(OWN)
    if folder.exists():
        found += (folder / "xss-payloadbox.txt").read_text("utf-8").splitlines()
        found += [path.read_text("utf-8") for path in sorted((folder / "svg").glob("*.svg"))]
        found += (folder / "markdown-it-xss.md").read_text("utf-8").splitlines()
    if text.exists():
        found += json.loads(text.read_text("utf-8"))
    return list(dict.fromkeys(each.strip(" \r\n") for each in found if each.strip()))


def batched(things: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """`things` in batches of at most `most`."""
    return (things[start : start + most] for start in range(0, len(things), most))


# --- watching ------------------------------------------------------------------------------------

# Runs first in every frame: whatever a payload calls to be seen is told to the page on top.
_WATCH = """(() => {
    const tell = () => { window.top.postMessage("foyer:ran", "*"); };
    for (const name of ["alert", "confirm", "prompt", "print"]) {
        Object.defineProperty(window, name, { value: tell, writable: false });
    }
    if (window === window.top) {
        window.foyerRan = [];
        window.addEventListener("message", (event) => {
            if (event.data !== "foyer:ran") return;
            let from = event.source;
            while (from && from !== window && from.parent !== window) from = from.parent;
            const frames = [...document.querySelectorAll("iframe")];
            const frame = frames.find((each) => each.contentWindow === from);
            window.foyerRan.push(frame ? frame.name : "");
        });
    }
})();"""

# What people do to a page: every handler there is gets its event, every address that is a program
# is followed. Gives how many there were.
_TOUCH = """(root) => {
    let touched = 0;
    const program = /^[\\x00-\\x20]*(j\\s*a\\s*v\\s*a|v\\s*b|d\\s*a\\s*t\\s*a:)/i;
    for (const each of root.querySelectorAll("*")) {
        for (const { name, value } of [...each.attributes]) {
            try {
                if (name.startsWith("on")) {
                    touched += 1;
                    each.dispatchEvent(new Event(name.slice(2), { cancelable: true }));
                } else if (/^(xlink:)?href$|action$|^src$/.test(name) && program.test(value)) {
                    touched += 1;
                    if (each.click) each.click();
                    else each.dispatchEvent(new MouseEvent("click", { cancelable: true }));
                    if (each.requestSubmit) each.requestSubmit();
                }
            } catch { /* what cannot be touched runs nothing */ }
        }
    }
    return touched;
}"""


_TOUCH_FRAMES = f"""() => {{
    for (const frame of document.querySelectorAll("iframe")) {{
        if (frame.contentDocument) ({_TOUCH})(frame.contentDocument);
    }}
}}"""


@dataclass
class Watched:
    """A window in which nothing of what it shows may run, nor ask another site for anything.

    Attributes:
        url: the address that is its own; everything else is refused and noted in `off_site`.
        ran: the pages on which something ran; armed: those with handlers or programs in them.
    """

    context: BrowserContext
    url: str
    off_site: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)
    opened: int = 0
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.add_init_script(_WATCH)
        self.context.on("request", self._note)
        self.context.route(lambda address: not self._is_own(address), lambda route: route.abort())
        self.page = self.context.new_page()

    def _is_own(self, address: str) -> bool:
        return address.startswith((self.url + "/", "about:", "data:", "blob:"))

    def _note(self, request: Request) -> None:
        if not self._is_own(request.url):
            self.off_site.append(f"{request.url[:80]} from {self.page.url[:80]}")

    def opens(self, path: str) -> None:
        """Open a page of the site, and look at it."""
        self.page.goto(self.url + path, wait_until="load")
        self.looks()

    def looks(self) -> None:
        """Touch whatever on the page might run, and see whether it did."""
        self.opened += 1
        if self.page.evaluate(f"() => ({_TOUCH})(document)"):
            self.armed.append(self.page.url)
        if self.page.evaluate("() => window.foyerRan.length"):
            self.ran.append(self.page.url)


@contextmanager
def watched(browser: Browser, url: str, *, bypass_csp: bool = True) -> Iterator[Watched]:
    """A window onto the site at `url`."""
    context = browser.new_context(**{**OPTIONS, "bypass_csp": bypass_csp})
    try:
        yield Watched(context, url)
    finally:
        context.close()


# --- the control ---------------------------------------------------------------------------------

_CONTROL = "http://control.test"
_A_PAGE = 150

_BARE = MarkdownIt("commonmark", {"html": True})
_BARE.validateLink = lambda _url: True  # type: ignore[method-assign]  # as its docs say


def _in_itself(payload: str) -> str:
    """A payload where a page shows it as it was typed."""
    return payload


def _in_places(payload: str) -> str:
    """A payload in fields, in an address, and as Markdown of which everything is let be."""
    return "\n".join(
        (
            f'<input value="{payload}">',
            f"<input value='{payload}'>",
            f'<a href="{payload}">a</a>',
            _BARE.render(f"{payload}\n\n[a](<{payload}>)"),
        )
    )


def live(browser: Browser, payloads: Sequence[str]) -> list[str]:
    """Those of `payloads` that run on a page without our sanitiser, in their order."""
    proven: set[str] = set()
    for place in (_in_itself, _in_places):
        waiting = [payload for payload in payloads if payload not in proven]
        for some in batched(waiting, _A_PAGE):
            proven.update(_ran(browser, some, place))
    return [payload for payload in payloads if payload in proven]


def _ran(browser: Browser, payloads: Sequence[str], place: Callable[[str], str]) -> Iterator[str]:
    frames = "".join(
        f'<iframe name="{number}" srcdoc="{html.escape(place(payload))}"></iframe>'
        for number, payload in enumerate(payloads)
    )
    ran: set[str] = set()

    def answer(route: Route) -> None:
        if route.request.url == f"{_CONTROL}/page":
            route.fulfill(
                body=f"<!doctype html><meta charset=utf-8>{frames}",
                content_type="text/html; charset=utf-8",
            )
        else:
            if not route.request.url.startswith(_CONTROL):
                ran.add(_asking(route.request))
            route.abort()

    context = browser.new_context(**OPTIONS)
    try:
        context.add_init_script(_WATCH)
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(f"{_CONTROL}/page", wait_until="load")
        page.evaluate(_TOUCH_FRAMES)
        page.wait_for_timeout(100)
        ran.update(page.evaluate("() => window.foyerRan"))
    finally:
        context.close()
    return (payloads[int(name)] for name in ran if name)


def _asking(request: Request) -> str:
    """The name of the frame that asks; "" for a window that only just opens, which has none yet."""
    try:
        return _name(request.frame)
    except Error:
        return ""


def _name(frame: Frame) -> str:
    """The name of the frame on the control page in which `frame` stands."""
    while frame.parent_frame and frame.parent_frame.parent_frame:
        frame = frame.parent_frame
    return frame.name
