"""``env``, ``run``, ``shell``: the environment in which unmodified tools rehearse."""

import os
import shlex
import shutil
from typing import Annotated, NoReturn

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.environment import REHEARSING_AS
from rehearsal.errors import RehearsalError
from rehearsal.running.entering import environment_for

_As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="ACCOUNT",
        help="Whose credentials: a service account's or user's e-mail address, or nobody."
        " Default: the project's owner.",
        show_default=False,
    ),
]
_AS_TYPED = {"allow_interspersed_args": False, "ignore_unknown_options": True}
"""Options after the command's name are the command's own."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("env")(env)
    app.command(context_settings=_AS_TYPED)(run)
    app.command()(shell)


def env(context: typer.Context, account: _As = None) -> None:
    """Print the variables, for `eval "$(rehearsal env)"`."""
    variables = environment_for(state_of(context), account)
    for name in sorted(os.environ.keys() - variables.keys()):
        click.echo(f"unset {name}")
    for name, value in sorted(variables.items()):
        if os.environ.get(name) != value:
            click.echo(f"export {name}={shlex.quote(value)}")


def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...")],
    account: _As = None,
) -> None:
    """Run one command; it rehearses, and its exit code is passed on."""
    _become(command, environment_for(state_of(context), account))


def shell(context: typer.Context, account: _As = None) -> None:
    """Open a shell in which gcloud, bq, docker and terraform rehearse."""
    variables = environment_for(state_of(context), account)
    click.echo(
        f"Rehearsing as {variables[REHEARSING_AS]} in project"
        f" {variables['GOOGLE_CLOUD_PROJECT']}; exit leaves the rehearsal.",
        err=True,
    )
    _become([os.environ.get("SHELL") or "/bin/sh"], variables)


def _become(command: list[str], variables: dict[str, str]) -> NoReturn:
    program = shutil.which(command[0], path=variables["PATH"])
    if program is None:
        raise RehearsalError(f"there is no program {command[0]}")
    os.execve(program, command, variables)  # noqa: S606 - it is what the user has asked for
