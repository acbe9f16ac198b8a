"""The addresses of every page of the site, from the application's own routes."""

import itertools
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from tests.worlds import ABSENT, World

SAFE = ("GET", "HEAD", "OPTIONS")


def rules(app: Flask, method: str) -> list[Rule]:
    """Every route that takes `method`, by address."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(found, key=lambda rule: rule.rule)


def unsafe_rules(app: Flask) -> list[tuple[str, Rule]]:
    """Every (method, route) that may change something."""
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    return [(method, rule) for method in sorted(methods - {*SAFE}) for rule in rules(app, method)]


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """The types of post that a route with a post in its address is about."""
    beginning = rule.rule.split("<")[0]
    return {"/threads/": ("thread",), "/theories/": ("theory",)}.get(
        beginning, ("thread", "theory", "reply")
    )


def pages(world: World) -> Iterator[tuple[Rule, str]]:
    """The address of every page: of all that a route may be about, and of what is absent.

    Raises:
        KeyError: a route takes something that the world doesn't have.
    """
    for rule in rules(world.app, "GET"):
        yield from ((rule, path) for path in paths(world, rule))


def paths(world: World, rule: Rule) -> list[str]:
    """`rule` with everything in its address that it may be about.

    Raises:
        KeyError: it takes something that the world doesn't have.
    """
    posts = {name: id for name, id in world.posts.items() if name.split("/")[1] in kinds_of(rule)}
    if rule.rule.endswith("-<slug>"):  # a post's own address: only one slug is right
        own = [world.addresses[name] for name in posts]
        return [*own, filled(rule, next(iter(posts.values())), "wrong"), filled(rule, ABSENT, "x")]
    choices: dict[str, list[object]] = {
        "post_id": [*posts.values(), ABSENT],
        "slug": [*world.films.values(), "absent-1999"],
        "case_id": [*world.cases.values(), ABSENT],
        "decision_id": [*world.decisions.values(), ABSENT],
        "notice_id": [world.notice_id, ABSENT],
        "number": [1, 2, ABSENT],
        "name": ["about", "rules", "nobody"] if is_text(rule) else [*world.accounts, "nobody"],
        "session_id": [*(account.session_id for account in world.accounts.values()), ABSENT],
        "kind": ["thread", "theory", "reply", "poem"],
        "target_id": [*world.film_ids.values(), world.posts["shut/theory/held"], ABSENT],
        "token": ["spent"],
        "fingerprint": ["any"],
        "path": ["css/site.css", "js/site.js", "none"],
    }
    return [filled(rule, *each) for each in itertools.product(*(choices[n] for n in names(rule)))]


def first_path(world: World, rule: Rule) -> str:
    """`rule` with things in its address that are there."""
    return paths(world, rule)[0]


def is_text(rule: Rule) -> bool:
    """Whether the name in the address of `rule` is that of a page of the site, not of a fan."""
    return rule.rule.startswith("/texts/")


def names(rule: Rule) -> list[str]:
    """What stands in the address of `rule`, in order."""
    return [part.split(">")[0].rpartition(":")[2] for part in rule.rule.split("<")[1:]]


def filled(rule: Rule, *values: object) -> str:
    """The address of `rule` with `values` in it."""
    first, *rest = rule.rule.split("<")
    pairs = zip(values, rest, strict=True)
    return first + "".join(f"{value}{part.split('>', 1)[1]}" for value, part in pairs)
