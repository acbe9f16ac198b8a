"""Every page, once: where it is, who opens it, what it is called."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser import behind_the_pages as behind
from tests.browser.people import Person

GUEST, HANA, USHER, NEWCOMER, OWNER = "", "hana", "usher_of_the_house", "new_here", "owner"


@dataclass(frozen=True)
class Spec:
    """A page as somebody meets it.

    Attributes:
        path: its address; in braces, a place of the evening (`tests.browser.evening`).
        title: what the browser's tab says before the site's name.
        who: the name of the fan who opens it; "" for a guest.
        status: of the answer; 4xx ones are meant.
        first: what they do before they open it.
        then: what they do on it, which leads to what is looked at.
    """

    path: str
    title: str
    who: str = GUEST
    status: int = 200
    first: Callable[[Person], None] | None = None
    then: Callable[[Person], None] | None = None


def _has_seen_anora(person: Person) -> None:
    person.opens("/films/anora-2024")
    person.presses("I have seen it")


def _sends_nothing(button: str) -> Callable[[Person], None]:
    return lambda person: person.presses(button)


def _logs_in_wrongly(person: Person) -> None:
    person.logs_in("hana", "not the password at all")


def _logs_in_too_often(person: Person) -> None:
    person.expects("status of 422")
    for _ in range(11):
        _logs_in_wrongly(person)


def _begins_a_theory(person: Person) -> None:
    person.writes("Safe title", "On the last sound")
    person.writes("Title", "It is the engine")
    person.writes("The theory", "Listen to *it*.\n\nNot to >!them!<.")


def _previews(person: Person) -> None:
    _begins_a_theory(person)
    person.presses("Preview")


def _opens_the_menus(person: Person) -> None:
    person.page.locator("details.menu").evaluate("(menu) => { menu.open = true; }")
    person.page.locator("details.theme").evaluate("(menu) => { menu.open = true; }")


def _opens_the_table(person: Person) -> None:
    person.page.locator("summary", has_text="as a table").click()


def _posts_without_a_session(person: Person) -> None:
    _begins_a_theory(person)
    person.context.clear_cookies(name="sid")
    person.presses("Publish the theory")


def _logs_in_anew_elsewhere(person: Person) -> None:
    _begins_a_theory(person)
    person.is_let_in_as("hana")
    person.presses("Publish the theory")


PAGES = {
    # A guest, before the seal.
    "front": Spec("/", "{tagline}"),
    "menus": Spec("/rules", "Rules", then=_opens_the_menus),
    "films": Spec("/films", "Films"),
    "films-by-letter": Spec("/films?letter=t&order=year", "Films"),
    "films-none": Spec("/films?q=nosuchfilm", "Films"),
    "film-sealed": Spec("{film}", "Anora (2024)"),
    "film-sealed-bare": Spec("{sealed film}", "Parasite (2019)"),
    "film-sealed-long": Spec(
        "{long film}", "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles (1975)"
    ),
    "thread-sealed": Spec("{thread}", "A question about her last choice, Anora"),
    "theory-sealed": Spec("{theory}", "What the last minutes feel like, Anora"),
    "search": Spec("/search", "Search"),
    "search-found": Spec("/search?q=the", "Search"),
    "search-none": Spec("/search?q=nosuchfilm", "Search"),
    "fans": Spec("/fans", "Fans"),
    "fan-archive": Spec("/fans/the_archive", "the_archive"),
    "fan-sealed": Spec("/fans/Wilhelmina_Wasserman", "Wilhelmina_Wasserman"),
    "signup": Spec("/signup", "Sign up"),
    "signup-errors": Spec("/signup", "Sign up", status=422, then=_sends_nothing("Sign up")),
    "login": Spec("/login?next=/votes", "Log in"),
    "login-errors": Spec("/login", "Log in", status=422, then=_logs_in_wrongly),
    "forgotten": Spec("/forgotten", "Forgotten password"),
    "reset": Spec("{reset}", "A new password"),
    "reset-errors": Spec("{reset}", "A new password", status=422, then=_sends_nothing("Save")),
    "reset-spent": Spec("/reset/nothing", "A new password", status=410),
    "about": Spec("/about", "About"),
    "rules": Spec("/rules", "Rules"),
    "privacy": Spec("/privacy", "Privacy"),
    "not-found": Spec("/threads/99999", "Nothing is showing at this address.", status=404),
    "bad-method": Spec("/logout", "Not this way.", status=405),
    # A guest who has seen it.
    "film-open-guest": Spec("{film}", "Anora (2024)", first=_has_seen_anora),
    "thread-open-guest": Spec(
        "{thread}", "Did Anora ever really escape?, Anora", first=_has_seen_anora
    ),
    "theory-open-guest": Spec(
        "{theory}", "The last scenes set her free, Anora", first=_has_seen_anora
    ),
    # A fan.
    "front-fan": Spec("/", "{tagline}", HANA),
    "front-newcomer": Spec("/", "{tagline}", NEWCOMER),
    "menus-fan": Spec("/rules", "Rules", HANA, then=_opens_the_menus),
    "film-open": Spec("{film}", "Anora (2024)", HANA),
    "film-open-long": Spec(
        "{long film}", "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles (1975)", HANA
    ),
    "film-open-bare": Spec("{film without a seal}", "Inception (2010)", HANA),
    "film-opened-notice": Spec(
        "{sealed film}", "Parasite (2019)", HANA, then=_sends_nothing("I have seen it")
    ),
    "thread-open": Spec("{thread}", "Did Anora ever really escape?, Anora", HANA),
    "thread-table": Spec(
        "{thread}", "Did Anora ever really escape?, Anora", HANA, then=_opens_the_table
    ),
    "thread-divisive": Spec(
        "{thread}?order=divisive", "Did Anora ever really escape?, Anora", HANA
    ),
    "thread-unanswered": Spec(
        "{thread without an answer}", "Did any of them want to go in?, Stalker", HANA
    ),
    "thread-locked": Spec("{locked thread}", "Whose dog is it, and since when?, Stalker", HANA),
    "thread-withdrawn": Spec("{withdrawn thread}", "Does it fall?, Inception", HANA),
    "thread-long": Spec(
        "{long thread}",
        "Why a question of a hundred and sixty characters, with "
        "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle in it, at "
        "length?, Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles",
        HANA,
    ),
    "thread-moderated": Spec("{thread}", "Did Anora ever really escape?, Anora", USHER),
    "theory-open": Spec("{theory}", "The last scenes set her free, Anora", HANA),
    "theory-blind": Spec("{blind theory}", "Listen to the engine, not to her, Anora", HANA),
    "theory-own": Spec("{own theory}", "The snow is a witness, Anora", HANA),
    "theory-withdrawn": Spec("{withdrawn theory}", "Something else, Anora", HANA),
    "theory-many-replies": Spec(
        "{theory of many replies}",
        "Theory 0: the clock did it, Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles",
        HANA,
        then=lambda person: person.follows("More"),
    ),
    "ask": Spec("{film}/threads/new", "Your question, Anora", HANA),
    "ask-not-yet": Spec("{film}/threads/new", "Not as things stand.", NEWCOMER, status=403),
    "write": Spec("{compose theory}", "Your theory, Anora", HANA),
    "write-errors": Spec(
        "{compose theory}", "Your theory, Anora", HANA, 422, then=_sends_nothing("Publish")
    ),
    "write-preview": Spec("{compose theory}", "Your theory, Anora", HANA, then=_previews),
    "write-draft": Spec("{compose with a draft}", "Your theory, Anora", HANA),
    "write-logged-out": Spec(
        "{compose theory}", "Log in", HANA, 401, then=_posts_without_a_session
    ),
    "write-resend": Spec(
        "{compose theory}", "Send it again", HANA, 403, then=_logs_in_anew_elsewhere
    ),
    "reply": Spec("{reply to}", "Your reply, Anora", HANA),
    "edit": Spec("{edit}", "Edit your theory, Anora", HANA),
    "edit-reply": Spec("{own reply}", "Edit your reply, Anora", HANA),
    "revisions": Spec("{revisions}", "What changed: The snow is a witness", HANA),
    "revisions-reply": Spec("{reply revisions}", "What changed: a reply", HANA),
    "withdraw": Spec("{withdrawal}", "Withdraw: The snow is a witness", HANA),
    "fan": Spec("/fans/hana", "hana", HANA),
    "drafts": Spec("/drafts", "Drafts", HANA),
    "drafts-none": Spec("/drafts", "Drafts", NEWCOMER),
    "votes": Spec("/votes", "My votes", HANA),
    "votes-none": Spec("/votes", "My votes", NEWCOMER),
    "my-films": Spec("/settings/films", "My films", HANA),
    "settings": Spec("/settings", "Settings", HANA),
    "inbox": Spec("/inbox", "Inbox", HANA),
    "inbox-none": Spec("/inbox", "Inbox", NEWCOMER),
    "report": Spec("{report}", "Report: What the last minutes feel like", HANA),
    "report-errors": Spec(
        "{report}",
        "Report: What the last minutes feel like",
        HANA,
        422,
        then=_sends_nothing("Report"),
    ),
    "report-again": Spec("{reported}", "Report: What the last minutes feel like", HANA),
    "standing": Spec("/standing", "Your standing", HANA),
    "standing-clear": Spec("/standing", "Your standing", NEWCOMER),
    "statement": Spec("{statement}", "Removed", HANA),
    "statement-undone": Spec("{undone statement}", "Removed", HANA),
    "statement-usher": Spec("{statement}", "Removed", USHER),
    "theory-held": Spec("{held theory}", "It snows inside, Anora", NEWCOMER),
    # Moderators.
    "queue": Spec("/moderation/queue", "Queue", USHER),
    "case": Spec("{case}", "What the last minutes feel like, Queue", USHER),
    "case-held": Spec("{held case}", "A first try, Queue", USHER),
    "case-sealed": Spec("{case}", "What the last minutes feel like, Queue", OWNER),
    "case-errors": Spec(
        "{held case}", "A first try, Queue", USHER, 422, then=_sends_nothing("Remove")
    ),
    "log": Spec("/moderation/log", "The log"),
    "log-moderator": Spec("/moderation/log", "The log", USHER),
    "log-none": Spec("/moderation/log?act=purge", "The log"),
    "rules-owner": Spec("/rules", "Rules", OWNER),
    "edit-rule": Spec("/rules/1/edit", "Rule 1", OWNER),
    "edit-text": Spec("/texts/about/edit", "About", OWNER),
    "settings-errors": Spec("/settings", "Settings", HANA, 422, then=_sends_nothing("Change")),
    # Last: after it nobody logs in by the form for some minutes.
    "login-too-often": Spec("/login", "Log in", status=429, then=_logs_in_too_often),
}


def _keeps_order(person: Person) -> None:
    person.is_let_in_as(behind.account(person.house, "lantern", role="moderator"))


FIRST_DAY = {
    "first-day-queue": Spec("/moderation/queue", "Queue", first=_keeps_order),
    "first-day-front": Spec("/", "{tagline}"),
    "first-day-fans": Spec("/fans", "Fans"),
    "first-day-film": Spec("/films/anora-2024", "Anora (2024)", first=_has_seen_anora),
    "first-day-thread": Spec(
        "/threads/15", "Did Anora ever really escape?, Anora", first=_has_seen_anora
    ),
}
"""Pages that look different when nobody has been here yet: only what is seeded is there."""


def show(person: Person, spec: Spec, places: dict[str, str]) -> None:
    """Bring `person` to the page of `spec`."""
    if spec.who:
        person.is_let_in_as(spec.who)
    if spec.first:
        spec.first(person)
    if spec.status >= 400:
        person.expects(f"status of {spec.status}")
    person.opens(spec.path.format_map(places))
    if spec.then:
        spec.then(person)
    person.page.wait_for_load_state()
