"""``terraform-provider``: lets terraform work where the provider's registry can't be reached."""

import os
import shlex
from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.running.terraform import CHOICE, Provider, provider, variables


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("terraform-provider")(terraform_provider)


def terraform_provider(
    context: typer.Context,
    which: Annotated[
        Provider | None,
        typer.Option("--use", help="Which one. Default: the real one where its registry answers."),
    ] = None,
) -> None:
    """Print what terraform needs to find hashicorp/google, for `eval "$(rehearsal ...)"`.

    A rehearsal need not run: validate, test and plan with mocks need none. Its own shell has the
    variable already.
    """
    state = state_of(context)
    state.prepare()
    environment = dict(os.environ) | ({CHOICE: which.value} if which else {})
    for name, value in variables(state.terraform, environment).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    chosen = provider(state.terraform, environment)
    click.echo(f"terraform uses {chosen.described}", err=True)
