"""Accounts on the command line: added, listed, disabled, given a new password and roles.

Knows how a role and its scope are typed. Refuses to know what a role allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import NUMBER, json_option, one_of
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table
from camket.speaking import Verbs, speak
from workflow.domain.errors import Refusal
from workflow.domain.roles import Grant, Role
from workflow.i18n import LANGUAGES, N_

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROLE_HELP = N_(
    "ROLE[:agreement=CODE][:party=CODE][:unit=KEY], for example reviewer:agreement=tu-son-2023;"
    " may be given several times."
)


@click.group("user", cls=Verbs, help=N_("Accounts: add, list, roles, disable, reset."))
def user() -> None:
    """Hold the verbs of accounts."""


@user.command(
    "add",
    help=N_("Make an account with roles, and show its first password once."),
    example="camket user add can-bo --name 'Cán bộ phường' --role unit_officer:unit=phuong-a",
)
@click.argument("key")
@click.option("--name", required=True, help=N_("The name that pages and reports show."))
@click.option("--mail", help=N_("Where reminders are sent."))
@click.option("--speaks", type=one_of(LANGUAGES), default="vi", help=N_("The account's language."))
@click.option("--role", "roles", multiple=True, metavar="ROLE", help=_ROLE_HELP)
@click.option("--no-password", is_flag=True, help=N_("Without a password: only for --as."))
@json_option
@at_desk
def add(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    key: str,
    name: str,
    mail: str | None,
    speaks: str,
    roles: Sequence[str],
    no_password: bool,
    as_json: bool,
) -> None:
    from workflow.accounts import add_user, reset_password

    grants = [_grant(one) for one in roles]
    password = None
    with desk.writing() as db:
        add_user(db, key, name=name, mail=mail, lang=speaks, grants=grants, act=desk.act())
        if not no_password:
            password = reset_password(db, key, act=desk.act())
    _say(key, password, as_json=as_json)


@user.command("list", help=N_("Every account with its roles."), example="camket user list")
@json_option
@at_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List accounts."""
    from workflow.access import grant_from
    from workflow.accounts import users

    with desk.reading() as db:
        found = [
            {
                "key": row.key,
                "name": row.name,
                "mail": row.mail,
                "lang": row.lang,
                "is_disabled": row.disabled_at is not None,
                "grants": [{"id": one.id, "grant": grant_from(one)} for one in held],
            }
            for row, held in users(db, by=desk.by, at=desk.now)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        (N_("Account"), N_("Name"), N_("Disabled"), N_("Roles")),
        [
            (
                one["key"],
                one["name"],
                one["is_disabled"],
                "; ".join(f"{held['id']} {_written(held['grant'])}" for held in one["grants"]),
            )
            for one in found
        ],
    )


@user.command(
    "grant",
    help=N_("Give an account a role within a scope."),
    example="camket user grant lanh-dao leader:agreement=tu-son-2023:party=tu-son",
)
@click.argument("key")
@click.argument("role")
@at_desk
def grant(desk: Desk, *, key: str, role: str) -> None:
    """Give a role."""
    from workflow.accounts import grant_role

    given = _grant(role)
    with desk.writing() as db:
        number = grant_role(db, key, given, act=desk.act())
    text = N_("{key} holds the role {role} (grant {number}).")
    click.echo(speak()(text, key=key, role=_written(given), number=number))


@user.command(
    "revoke",
    help=N_("Take a role away; it stays on record."),
    example="camket user revoke lanh-dao 4",
)
@click.argument("key")
@click.argument("number", type=NUMBER)
@at_desk
def revoke(desk: Desk, *, key: str, number: int) -> None:
    """Take a role away."""
    from workflow.accounts import revoke_role

    with desk.writing() as db:
        revoke_role(db, key, number, act=desk.act())
    click.echo(speak()(N_("Grant {number} of {key} is taken away."), key=key, number=number))


@user.command(
    "disable",
    help=N_("Let an account do nothing more; what it did stays."),
    example="camket user disable can-bo",
)
@click.argument("key")
@at_desk
def disable(desk: Desk, *, key: str) -> None:
    """Disable an account."""
    from workflow.accounts import disable_user

    with desk.writing() as db:
        disable_user(db, key, act=desk.act())
    click.echo(speak()(N_("{key} is disabled."), key=key))


@user.command(
    "reset",
    help=N_("Give an account a new password, shown once; a disabled one is let in again."),
    example="camket user reset can-bo",
)
@click.argument("key")
@json_option
@at_desk
def reset(desk: Desk, *, key: str, as_json: bool) -> None:
    """Reset a password."""
    from workflow.accounts import reset_password

    with desk.writing() as db:
        password = reset_password(db, key, act=desk.act())
    _say(key, password, as_json=as_json)


@user.command(
    "reset-two-step",
    help=N_("Take two-step sign-in from an account whose telephone is lost."),
    example="camket user reset-two-step can-bo",
)
@click.argument("key")
@at_desk
def reset_two_step(desk: Desk, *, key: str) -> None:
    """Reset a second factor."""
    from workflow.second_factor import reset as reset_factor

    with desk.writing() as db:
        reset_factor(db, key, act=desk.act())
    click.echo(speak()(N_("Two-step sign-in of {key} is off."), key=key))


def _say(key: str, password: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"key": key, "password": password})
    elif password is None:
        click.echo(speak()(N_("{key} is added, without a password."), key=key))
    else:
        text = N_("{key} may sign in with {password}, to be changed at the first sign-in.")
        click.echo(speak()(text, key=key, password=password))


def _grant(text: str) -> Grant:
    """Read a role and its scope. Raises ``Refusal("command.role_wrong")``."""
    name, *parts = text.split(":")
    scope = dict(part.partition("=")[::2] for part in parts)
    if (
        name not in set(Role)
        or not scope.keys() <= {"agreement", "party", "unit"}
        or len(scope) < len(parts)
        or not all(scope.values())
    ):
        raise Refusal("command.role_wrong", given=text[:80], known=[one.value for one in Role])
    return Grant(role=Role(name), **scope)


def _written(grant: Grant) -> str:
    scope = (("agreement", grant.agreement), ("party", grant.party), ("unit", grant.unit))
    return ":".join([grant.role.value, *(f"{name}={one}" for name, one in scope if one)])
