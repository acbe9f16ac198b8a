"""Law: a module has at most 300 lines, a function at most 50; migrations are exempt."""

import pytest

from tests.laws.trees import Sources, functions, modules, planted, sources

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50

EXCEPTIONS = {
    "forum.permissions": "every rule stands in one place: that is worth more than a short file",
}
"""Dotted name of a module or function that may be longer → why."""


def breaches(found: Sources) -> list[str]:
    """Modules and functions that are too long, and exceptions that none needs."""
    ours = {path: text for path, text in found.items() if not path.startswith("migrations/")}
    long = {}
    for (name, tree), text in zip(modules(ours).items(), ours.values(), strict=True):
        lines = len(text.splitlines())
        if lines > LONGEST_MODULE:
            long[name] = f"{lines} lines, {LONGEST_MODULE} at most"
        for function in functions(tree):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > LONGEST_FUNCTION:
                long[f"{name}.{function.name}"] = f"{lines} lines, {LONGEST_FUNCTION} at most"
    unneeded = [f"{name} is short enough now" for name in EXCEPTIONS if name not in long]
    return [f"{name}: {said}" for name, said in long.items() if name not in EXCEPTIONS] + unneeded


def test_modules_and_functions_are_short() -> None:
    assert breaches(sources()) == []


def test_every_exception_says_why() -> None:
    assert [name for name, why in EXCEPTIONS.items() if len(why) < 20] == []


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        ("\n" * 400, "forum.votes.ranking: "),
        ("def long():\n" + "    n = 1\n" * 50, "forum.votes.ranking.long: 51 lines"),
        (
            "class A:\n    async def long(self):\n" + "        n = 1\n" * 50,
            "ranking.long: 51 lines",
        ),
    ],
)
def test_planted_length_is_caught(breach: str, said: str) -> None:
    found = breaches(planted("votes/ranking.py", breach))
    assert len(found) == 1
    assert said in found[0]


def test_a_function_of_fifty_lines_is_short_enough() -> None:
    breach = "def fits():\n" + "    n = 1\n" * 49
    assert breaches(planted("votes/ranking.py", breach)) == []
