"""``up``, ``down``, ``status``, ``reset``, ``logs``: the rehearsal's processes."""

from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.errors import RehearsalError
from rehearsal.running import lifecycle, terraform
from rehearsal.running import status as statuses
from rehearsal.running.parts import PARTS
from rehearsal.running.state import State
from rehearsal.running.status import SETTLED, PartStatus, Status

_NOT_RUNNING = 3
_WRONG = frozenset({"failed", "ended", "missing"})


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command()(reset)
    app.command()(logs)


def up(
    context: typer.Context,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host that is reached for real. May be repeated."),
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="Id of the project that is there at the start.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="A part that is left out. May be repeated."),
    ] = None,
) -> None:
    """Start the rehearsal; it goes on until `rehearsal down`."""
    state = state_of(context)
    shown: set[str] = set()

    def show(told: Status) -> None:
        for part in told.parts:
            if part.condition in SETTLED and part.name not in shown:
                shown.add(part.name)
                _show_part(part)

    lifecycle.up(state, project=project, allowed=allow or (), without=without or (), told=show)
    _show_place(state)


def down(context: typer.Context) -> None:
    """Stop the rehearsal; its state stays."""
    stopped = lifecycle.down(state_of(context))
    click.echo("The rehearsal has stopped; its state stays." if stopped else "Nothing runs.")


def status(context: typer.Context) -> None:
    """Show the parts, what is missing, and how to get it."""
    state = state_of(context)
    told = statuses.read(state)
    if told is None:
        click.echo(f"Nothing runs in {state.folder}: rehearsal up")
        for part in PARTS:
            if part.missing():
                click.echo(
                    f"  {part.name} will be missing, no {', '.join(part.missing())}: {part.remedy}"
                )
        raise typer.Exit(_NOT_RUNNING)
    _show(state, told)
    if told.lost():
        raise typer.Exit(1)


def reset(context: typer.Context) -> None:
    """Forget all resources; images that the engine has built stay."""
    again = lifecycle.reset(state_of(context))
    click.echo("All resources are forgotten." + (" The rehearsal runs anew." if again else ""))


def logs(
    context: typer.Context,
    part: Annotated[str, typer.Argument(help="A part that `rehearsal status` names.")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 200,
) -> None:
    """Show what a part has printed."""
    file = state_of(context).log(part)
    if not file.is_file():
        known = ", ".join(one.name for one in PARTS)
        raise RehearsalError(f"{part!r} has printed nothing; parts are {known}")
    for line in file.read_text(errors="replace").splitlines()[-lines:]:
        click.echo(line)


def _show(state: State, told: Status) -> None:
    for part in told.parts:
        _show_part(part)
    _show_place(state)


def _show_part(part: PartStatus) -> None:
    purposes = {one.name: one.purpose for one in PARTS}
    note = part.detail if part.condition in _WRONG else purposes[part.name]
    click.echo(f"{part.name:<10}{part.condition:<10}{note}")


def _show_place(state: State) -> None:
    click.echo(f"project   {state.settings().project}; state in {state.folder}")
    click.echo(f"terraform {terraform.provider(state.terraform).described}")
