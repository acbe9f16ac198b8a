"""Law: every act asks for the right to it, first, wherever it is called from.

Each public function of an operation module takes ``by`` as a keyword that can't be left out, and
its first statement is ``require(can_…(by, …))``. Only what locks rows may stand before it: a
permission is asked of what the database holds under the lock, not of what a page once read.
"""

import ast

import pytest

from tests.laws.trees import Trees, modules, planted, sources

MORE_MODULES = (
    "forum.accounts.credentials",
    "forum.theories.changes",
    "forum.theories.drafts",
    "forum.moderation.cases",
    "forum.moderation.decisions",
    "forum.moderation.rules",
)
"""Operation modules besides those called operations."""

LOCKS = (
    "locked",
    "lock_account",
    "lock_author",
    "lock_case",
    "lock_decided",
    "locked_row",
    "still_has",
)


def operation_modules(trees: Trees) -> Trees:
    """Those of `trees` whose public functions are acts."""
    return {
        name: tree
        for name, tree in trees.items()
        if name.endswith(".operations") or name in MORE_MODULES
    }


def breaches(trees: Trees) -> list[str]:
    """Public functions of operation modules that may be called without a right to the act."""
    found = []
    for name, tree in operation_modules(trees).items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found += [f"{name}.{node.name} {problem}" for problem in _problems(node)]
    return found


def _problems(act: ast.FunctionDef) -> list[str]:
    found = []
    keywords = dict(zip(act.args.kwonlyargs, act.args.kw_defaults, strict=True))
    given = [default for arg, default in keywords.items() if arg.arg == "by"]
    if given != [None]:
        found.append("doesn't take by as a keyword without a default")
    statements = [node for node in act.body if not _is_docstring(node) and not _locks(node)]
    if not statements or not _requires(statements[0]):
        found.append("doesn't require a permission of by first")
    return found


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _locks(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr | ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    call = node.value
    if isinstance(call.func, ast.Name):
        return call.func.id in LOCKS
    return any(keyword.arg == "with_for_update" for keyword in call.keywords)


def _requires(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    names = {inner.id for inner in ast.walk(call) if isinstance(inner, ast.Name)}
    asks = any(name.startswith("can_") for name in names)
    return call.func.id == "require" and asks and "by" in names


def test_every_act_requires_a_permission_first() -> None:
    trees = modules(sources())
    assert len(operation_modules(trees)) >= 6
    assert breaches(trees) == []


GOOD = "def act(post, *, by):\n    post = locked(post, by=by)\n    require(can_edit(by, post))"


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (GOOD, None),
        ("def act(by, post):\n    require(can_edit(by, post))", "doesn't take by"),
        ("def act(post, *, by=None):\n    require(can_edit(by, post))", "doesn't take by"),
        ("def act(post, *, by):\n    post.title = ''", "doesn't require"),
        ("def act(post, *, by):\n    '''Act.'''", "doesn't require"),
        (
            "def act(post, *, by):\n    post.n += 1\n    require(can_edit(by, post))",
            "doesn't require",
        ),
        (
            "def act(post, *, by):\n    if by:\n        require(can_edit(by, post))",
            "doesn't require",
        ),
        ("def act(post, *, by):\n    require(YES)", "doesn't require"),
        ("def act(post, *, by):\n    require(can_edit(post.author, post))", "doesn't require"),
        ("def act(post, *, by):\n    can_edit(by, post)", "doesn't require"),
    ],
)
@pytest.mark.parametrize(
    "place", ["votes/operations.py", "theories/drafts.py", "camps/operations.py"]
)
def test_a_planted_act_without_its_permission_is_caught(
    place: str, breach: str, said: str | None
) -> None:
    found = breaches(modules(planted(place, breach)))
    assert len(found) == (0 if said is None else 1)
    assert said is None or f".act {said}" in found[0]
