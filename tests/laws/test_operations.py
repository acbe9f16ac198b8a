"""Law: every act asks for the right to it, first, wherever it is called from.

Each public function of an operation module takes ``by`` as a keyword that can't be left out, and
its first statement is ``require(can_…(by, …))``. Only what locks rows may stand before it: a
permission is asked of what the database holds under the lock, not of what a page once read. Where a
moderator may have taken it away meanwhile, one of the locks compares the account that acts with
what it was when its request began.
"""

import ast

import pytest

from tests.laws.trees import Trees, functions, modules, planted, sources

MORE_MODULES = (
    "forum.accounts.credentials",
    "forum.theories.changes",
    "forum.theories.drafts",
    "forum.moderation.cases",
    "forum.moderation.decisions",
    "forum.moderation.rules",
)
"""Operation modules besides those called operations."""

LOCKS_ON_THE_ACCOUNT = ("locked", "lock_account", "lock_author", "lock_case", "locked_row")
"""Locks that refuse an account whose role, trust or sanction is another by now."""

LOCKS = (*LOCKS_ON_THE_ACCOUNT, "lock_decided", "still_has")

NOT_TAKEN_AWAY = {
    *("can_find", "can_open_seal", "can_have_account", "can_keep_draft"),
    *("can_log_in", "can_sign_up", "can_operate"),
}
"""Permissions that last as long as a request, or are the operator's."""


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
    locks = [node for node in act.body if _locks(node)]
    statements = [node for node in act.body if not _is_docstring(node) and node not in locks]
    if not statements or not _requires(statements[0]):
        found.append("doesn't require a permission of by first")
    elif not _permissions(statements[0]) <= NOT_TAKEN_AWAY:
        before = [node for node in locks if node.lineno < statements[0].lineno]
        if not any(map(_locks_the_account, before)):
            found.append("doesn't lock the account that acts first")
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


def _locks_the_account(node: ast.stmt) -> bool:
    """Whether a lock is on the account, too; on everything of an author's it is on theirs alone."""
    [call, *_inner] = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
    is_named = isinstance(call.func, ast.Name) and call.func.id in LOCKS_ON_THE_ACCOUNT
    return is_named and all(keyword.arg != "everything" for keyword in call.keywords)


def _requires(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    return call.func.id == "require" and bool(_permissions(node)) and "by" in _names(node)


def _permissions(node: ast.stmt) -> set[str]:
    return {name for name in _names(node) if name.startswith("can_")}


def _names(node: ast.stmt) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def test_every_act_requires_a_permission_first() -> None:
    trees = modules(sources())
    assert len(operation_modules(trees)) >= 6
    assert breaches(trees) == []


def test_a_lock_on_the_account_compares_it() -> None:
    found = {
        function.name: function
        for tree in modules(sources()).values()
        for function in functions(tree)
    }
    compares = {"require_the_same", *LOCKS_ON_THE_ACCOUNT}
    for name in LOCKS_ON_THE_ACCOUNT:
        assert _names(found[name]) & compares, name


GOOD = "def act(post, *, by):\n    post = locked(post, by=by)\n    require(can_edit(by, post))"


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (GOOD, None),
        ("def act(*, by):\n    require(can_have_account(by))", None),
        (GOOD.replace("*, by", "by"), "doesn't take by"),
        (GOOD.replace("*, by", "*, by=None"), "doesn't take by"),
        ("def act(post, *, by):\n    require(can_edit(by, post))", "doesn't lock the account"),
        (GOOD.replace("locked(post, by=by)", "lock_decided(post)"), "doesn't lock the account"),
        (
            GOOD.replace("locked(post", "lock_case(post, everything=True"),
            "doesn't lock the account",
        ),
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
