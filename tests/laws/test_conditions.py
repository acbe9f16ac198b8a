"""Law: a permission asked of tables too holds only ``|``, ``&``, either, negate, among, given.

In such a body ``and``, ``or``, ``not``, ``in``, ``~`` and chained comparisons give a wrong filter
without an error, and ``~True`` is -2, which is true and leaks. Neither may it branch, nor follow an
attribute of an attribute, which a column doesn't have.
"""

import ast

import pytest

from tests.laws.trees import modules, planted, sources

HELPERS = ("either", "negate", "among", "given")
_FORBIDDEN = (
    ast.BoolOp,
    ast.Not,
    ast.Invert,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.If,
    ast.IfExp,
    ast.Match,
    ast.For,
    ast.While,
    ast.Try,
    ast.comprehension,
    ast.Lambda,
    ast.Subscript,
)


def two_faced(permissions: ast.Module) -> list[ast.FunctionDef]:
    """The SQL faces (functions whose names end with ``_by``) and the bodies behind them."""
    own = {node.name: node for node in permissions.body if isinstance(node, ast.FunctionDef)}
    wanted = [name for name in own if name.endswith("_by")]
    for name in wanted:
        wanted += [
            called for called in _called(own[name]) if called in own and called not in wanted
        ]
    return [own[name] for name in wanted]


def breaches(permissions: ast.Module) -> list[str]:
    """What stands in those bodies and means different things for a row and for a table."""
    bodies = two_faced(permissions)
    allowed = {*HELPERS, *(body.name for body in bodies)}
    found = []
    for body in bodies:
        for node in ast.walk(body):
            if isinstance(node, _FORBIDDEN):
                found.append(f"{body.name}: {type(node).__name__}")
            elif isinstance(node, ast.Compare) and len(node.ops) > 1:
                found.append(f"{body.name}: a chained comparison")
            elif isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
                found.append(f"{body.name}: an attribute of {ast.unparse(node.value)}")
        found += [f"{body.name}: {name}()" for name in _called(body) if name not in allowed]
    return found


def _called(body: ast.FunctionDef) -> list[str]:
    return [ast.unparse(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)]


def _permissions(breach: str = "") -> ast.Module:
    found = planted("permissions.py", breach) if breach else sources()
    return modules(found)["forum.permissions"]


def test_bodies_with_two_faces_mean_the_same_for_rows_and_tables() -> None:
    names = {body.name for body in two_faced(_permissions())}
    assert names >= {"findable_by", "readable_by", "films_findable_by"}
    assert names >= {"_findable", "_readable", "_film_findable"}
    assert breaches(_permissions()) == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("post.state == 'held' and post.film_id == 1", "_b: BoolOp"),
        ("(post.a == 1) | (post.b == 1 or post.c == 1)", "_b: BoolOp"),
        ("not post.pinned", "_b: Not"),
        ("~(post.state == 'held')", "_b: Invert"),
        ("post.state in ('held',)", "_b: In"),
        ("post.state not in ('held',)", "_b: NotIn"),
        ("post.parent_id is None", "_b: Is"),
        ("post.a if viewer.is_guest else post.b", "_b: IfExp"),
        ("1 < post.depth < 3", "_b: a chained comparison"),
        ("post.thread.state == 'held'", "_b: an attribute of post.thread"),
        ("any((post.a, post.b))", "_b: any()"),
        ("bool(post.a)", "_b: bool()"),
        ("can_find(viewer, post)", "can_find: If"),
        ("post.state.startswith('h')", "_b: post.state.startswith()"),
    ],
)
def test_a_planted_condition_is_caught(condition: str, said: str) -> None:
    body = f"def _b(viewer, post):\n    return {condition}"
    face = "def listable_by(viewer, posts):\n    return _b(viewer, posts)"
    assert said in breaches(_permissions(f"{body}\n\n\n{face}"))


def test_a_planted_branch_is_caught() -> None:
    face = (
        "def listable_by(viewer, posts):\n"
        "    if viewer.is_guest:\n        return posts.pinned\n    return posts.state == 'held'"
    )
    assert breaches(_permissions(face)) == ["listable_by: If"]


def test_the_helpers_alone_are_no_breach() -> None:
    face = (
        "def listable_by(viewer, posts):\n"
        "    shown = among(posts.state, STATES) & negate(posts.pinned == True)\n"
        "    return either(shown, posts.author_id == viewer.id) | (posts.a == 1)"
    )
    assert breaches(_permissions(face)) == []
