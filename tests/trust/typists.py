"""People who send forms with whatever in them, and look at what is answered."""

from dataclasses import dataclass, field

from werkzeug.test import TestResponse

from tests.trust.places import says_what_to_do
from tests.trust.text_forms import EVERYBODY, TextForm, text_forms
from tests.visitors import Visitor
from tests.worlds import World


@dataclass
class Typists:
    """One of each role, who send forms; what was done is undone, so that no quota is used up.

    Attributes:
        sent: how many forms were sent; done: how many of them did something.
        errors: answers that are errors of ours; silent: refusals that say nothing.
    """

    world: World
    sent: int = 0
    done: int = 0
    errors: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    _present: dict[str, Visitor] = field(default_factory=dict)

    def send(self, role: str, form: TextForm, fields: dict[str, str], about: str) -> None:
        """Send `form` as `role`, and look at the answer."""
        visitor = self.visitor(role)
        if form.method == "GET":
            response = visitor.get(form.path, query_string=fields)
        else:
            response = visitor.post(form.path, **fields)
        self.look(form, response, f"{form.endpoint} as {role}, {about}")

    def send_raw(self, form: TextForm, kind: str, body: bytes, about: str) -> None:
        """Send `body`, of the type `kind`, where `form` goes, as the first of those it is for."""
        role = form.who[0]
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.visitor(role).token}
        headers |= {"Content-Type": kind} if kind else {}
        response = self.visitor(role).send(form.method, form.path, headers=headers, data=body)
        self.look(form, response, f"{form.endpoint} as {role}, {about}")

    def visitor(self, role: str) -> Visitor:
        """Somebody of `role`, as they stand."""
        if role not in self._present:
            self._present[role] = self.world.visitor(role)
        return self._present[role]

    def look(self, form: TextForm, response: TestResponse, about: str) -> None:
        """Count an answer, look at the page that it leads to, and undo what was done."""
        self.sent += 1
        said = f"{about}: {response.status_code}"
        if response.status_code >= 500:
            self.errors.append(said)
        elif response.status_code >= 400 and not says_what_to_do(response):
            self.silent.append(said)
        if response.status_code < 400 and form.method != "GET":
            self.done += 1
            if form.who != ("guest",) and response.location:
                shown = self.visitor(form.who[0]).get(response.location, follow_redirects=True)
                if shown.status_code >= 500:
                    self.errors.append(f"{about}, and then: {shown.status_code}")
            self.world.restore()
            self._present.clear()
        elif form.who == ("guest",):  # a wrong try counts, and the tenth would be refused as such
            self.world.restore()

    def type(self, text: str) -> None:
        """Send every form with `text` in it: field by field by those whom it is for, and in all
        its fields at once by one of those whom it is not for."""
        for form in text_forms(self.world):
            for role in form.who:
                for name, fields in zip(form.typed, form.with_text(text), strict=True):
                    self.send(role, form, fields, f"{name} {text[:40]!r}")
            others = [role for role in EVERYBODY if role not in form.who]
            if others:
                role = others[self.sent % len(others)]
                self.send(role, form, dict.fromkeys(form.typed, text), f"all {text[:40]!r}")
