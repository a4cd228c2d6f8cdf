"""``clock``: the rehearsal's time, and months of it in a minute."""

import re
from datetime import timedelta
from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.running.asking import ask

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"(\d+)([wdhms])")
_WHOLE = re.compile(r"(?:\d+[wdhms])+")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Show the rehearsal's time, or move it ahead.", invoke_without_command=True
    )
    group.callback()(show)
    group.command()(advance)
    app.add_typer(group, name="clock")


def show(context: typer.Context) -> None:
    """Show the rehearsal's time, or move it ahead."""
    if context.invoked_subcommand is None:
        _tell(ask(state_of(context), "clock"))


def advance(
    context: typer.Context,
    by: Annotated[str, typer.Argument(help="As in 8d, 36h, 1w, 90m or 1d12h.")],
) -> None:
    """Move time ahead; what falls due on the way is done, in order."""
    seconds = length_of(by).total_seconds()
    _tell(ask(state_of(context), "clock/advance", {"seconds": seconds}))


def length_of(text: str) -> timedelta:
    """The time that ``text`` names.

    Raises:
        RehearsalError: it names none.
    """
    if _WHOLE.fullmatch(text) is None:
        raise RehearsalError(f"{text!r} is no length of time: write 8d, 36h, 1w, 90m or 1d12h")
    parts = [timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)]
    return sum(parts, timedelta())


def _tell(told: Document) -> None:
    ahead = timedelta(seconds=round(told["ahead_seconds"]))
    click.echo(told["time"] + (f" ({ahead} ahead)" if ahead else ""))
