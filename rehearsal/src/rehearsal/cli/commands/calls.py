"""``calls``: what was called, by whom, with which permissions and verdicts."""

from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.documents import Document, encode
from rehearsal.running.asking import ask


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(calls)


def calls(
    context: typer.Context,
    method: Annotated[str, typer.Option(help="A part of the method's id.")] = "",
    principal: Annotated[str, typer.Option(help="A part of the caller's name.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The newest so many.")] = 100,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Show the calls of the real tools, oldest first."""
    asked = {"method": method, "principal": principal}
    found = ask(state_of(context), "calls", asked)["calls"][-limit:]
    if form == "json":
        click.echo(encode(found))
        return
    for call in found:
        click.echo(_line(call))


def _line(call: Document) -> str:
    permissions = "".join(
        f"\n    {'granted' if one['granted'] else 'DENIED'} {one['permission']} on"
        f" {one['resource']}"
        for one in call["permissions"]
    )
    fault = f" fault {call['fault']}" if call["fault"] else ""
    return (
        f"{call['time']} {call['status']} {call['method']} {call['principal']}{fault}{permissions}"
    )
