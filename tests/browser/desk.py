"""What moderators find on their desk that evening, and what they have done about it."""

from forum.accounts.models import User
from forum.lib.database import session, unit_of_work
from forum.moderation import cases, decisions
from forum.moderation.cases import report
from forum.moderation.decisions import Grounds
from forum.moderation.models import Case
from forum.moderation.opening import open_case_of
from forum.theories import operations
from forum.theories.models import Post
from forum.theories.writing import words
from tests.browser import writing
from tests.factories import a_case, decide, viewer_of


def work(
    theory: Post, *, hana: User, usher: User, second: User, crowd: list[User], newcomer: User
) -> dict[str, str]:
    """Report, hold, claim and decide; gives the addresses of what is then to be seen."""
    asked = session().get_one(Post, theory.thread_id)
    insult = writing.reply(
        theory, crowd[5], "Whoever believes this has not seen a film in their life.", "challenges"
    )
    for user, said in (
        (crowd[0], "The first sentence."),
        (hana, ""),
        (crowd[1], "All of it. " * 20),
    ):
        with unit_of_work():
            report(insult, 2, said.strip(), by=viewer_of(user))
    reported = _case(insult)
    with unit_of_work():
        cases.add_note(reported, "Had a word with them last week.", by=viewer_of(second))
    held = words(
        "My first theory here.", safe_title="A first try", title="It snows inside", kind="reading"
    )
    with unit_of_work():
        waiting = operations.post_theory(asked, held, by=viewer_of(newcomer))
    case = _case(waiting)
    with unit_of_work():
        cases.claim(case, by=viewer_of(second))
    gone = writing.reply(theory, hana, "You people never *look*.", "challenges")
    final = decide(a_case(gone, viewer_of(usher)), "remove", viewer_of(usher))
    harsh = writing.reply(theory, hana, "Nonsense, and here is why.", "challenges")
    undone = decide(a_case(harsh, viewer_of(usher)), "remove", viewer_of(usher))
    assert final is not None
    assert undone is not None
    with unit_of_work():
        decisions.reverse(
            undone, Grounds(reasons="It argues with the theory."), by=viewer_of(second)
        )
    return {
        "case": f"/moderation/cases/{reported.id}",
        "held case": f"/moderation/cases/{case.id}",
        "held theory": f"/theories/{waiting.id}",
        "report": f"/posts/{theory.id}/reports/new",
        "reported": f"/posts/{insult.id}/reports/new",
        "statement": f"/standing/decisions/{final.id}",
        "undone statement": f"/standing/decisions/{undone.id}",
    }


def _case(post: Post) -> Case:
    with unit_of_work():
        case = open_case_of(post)
    assert case is not None
    return case
