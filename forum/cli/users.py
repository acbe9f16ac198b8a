"""`forum user`: accounts, by name."""

import sys

import click
from flask import current_app

from forum.accounts import credentials, operations, queries
from forum.accounts.forms import email_problem
from forum.accounts.models import ROLES, TRUST_LEVELS, User
from forum.accounts.names import name_problem
from forum.accounts.passwords import hash_password, weakness
from forum.accounts.viewers import Operator
from forum.cli.context import instance_folder, running_at, with_app
from forum.films import operations as films
from forum.films.models import Film
from forum.films.queries import film_at
from forum.lib.database import unit_of_work


@click.group()
def user() -> None:
    """Make accounts, set roles and trust, and help with forgotten passwords."""


@user.command()
@click.argument("name")
@click.option("--email", required=True, help="Their address; shown to nobody.")
@click.option("--role", type=click.Choice(ROLES), default="fan", show_default=True)
@with_app
def add(name: str, email: str, role: str) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    problem = name_problem(name)
    if problem:
        raise click.ClickException(f"{name} can't be a name. {problem}")
    problem = email_problem(email)
    if problem:
        raise click.ClickException(problem)
    password = _password()
    problem = weakness(password, [name, email])
    if problem:
        raise click.ClickException(f"Not this password. {problem}")
    password_hash = hash_password(password)
    try:
        with unit_of_work():
            operations.sign_up(name, email, password_hash, by=Operator(), role=role)
    except operations.NameTaken as taken:
        raise click.ClickException(str(taken)) from None
    click.echo(f"{name} can log in as {role}.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.option(
    "--film",
    "slugs",
    multiple=True,
    metavar="SLUG",
    help="Moderator of this film alone, named as in its address; may be given several times.",
)
@with_app
def set_role(name: str, role: str, slugs: tuple[str, ...]) -> None:
    """Make NAME a fan, a moderator or an admin, from their next request on.

    What NAME was before ends: also which films they moderated.
    """
    if slugs and role != "moderator":
        raise click.ClickException("--film names what a moderator moderates: ROLE is moderator.")
    account = _person(name)
    chosen = [_film(slug) for slug in dict.fromkeys(slugs)]
    with unit_of_work():
        # On the site, the moderator of chosen films is a fan like others.
        operations.set_role(account, "fan" if chosen else role, by=Operator())
        films.appoint(account.id, chosen, by=Operator())
    of = f" of {', '.join(f'{film.title} ({film.year})' for film in chosen)}" if chosen else ""
    click.echo(f"{account.name} is {role}{of} now.")


@user.command("trust")
@click.argument("name")
@click.argument("level", type=click.Choice((*TRUST_LEVELS, "computed")))
@with_app
def set_trust(name: str, level: str) -> None:
    """Set how far NAME is trusted, whatever their age and posts; "computed" takes that back."""
    account = _account(name)
    with unit_of_work():
        chosen = None if level == "computed" else level
        operations.set_trust(account, chosen, by=Operator())
    click.echo(f"The trust of {account.name} is {level} now.")


@user.command()
@click.argument("name")
@with_app
def reset(name: str) -> None:
    """Print a one-time link, good for 30 minutes, with which NAME sets a new password."""
    account = _person(name)
    with unit_of_work():
        token = credentials.make_reset_link(account, by=Operator())
    running = running_at(instance_folder())
    public_url = running.public_url if running else current_app.config["FOYER"].public_url
    click.echo(f"{public_url}/reset/{token}")


def _account(name: str) -> User:
    account = queries.user_named(name)
    if account is None:
        raise click.ClickException(f"Nobody here is called {name}.")
    return account


def _person(name: str) -> User:
    """The account called `name`, which is somebody's."""
    account = _account(name)
    if account.is_archive:
        raise click.ClickException(f"{account.name} is the archive: nobody logs in as it.")
    return account


def _film(slug: str) -> Film:
    film = film_at(slug)
    if film is None:
        raise click.ClickException(f"There is no film at /films/{slug}.")
    return film


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
