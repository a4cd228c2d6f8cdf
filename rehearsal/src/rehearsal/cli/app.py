"""The command line: collects the commands, and tells errors in one sentence."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import click
import typer

from rehearsal.cli import commands
from rehearsal.errors import RehearsalError
from rehearsal.running.state import State, default_folder

_FAILED = 1


def build() -> typer.Typer:
    """The application with all commands."""
    app = typer.Typer(
        help="Google Cloud on this machine, at its true addresses: a rehearsal for one system.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for module in sorted(module.name for module in iter_modules(commands.__path__)):
        import_module(f"{commands.__name__}.{module}").register(app)
    return app


def _options(
    context: typer.Context,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the rehearsal. Default: $REHEARSAL_STATE, else .state beside it.",
            show_default=False,
        ),
    ] = None,
) -> None:
    context.obj = State((state or default_folder()).absolute())


def state_of(context: typer.Context) -> State:
    """The rehearsal that a command is about."""
    state = context.find_object(State)
    if state is None:
        raise RuntimeError("a command was called without the application's options")
    return state


def main() -> None:
    """Runs the command line; an error is one sentence and a code that is not 0."""
    try:
        build()()
    except RehearsalError as error:
        click.echo(f"rehearsal: {error}", err=True)
        sys.exit(_FAILED)
