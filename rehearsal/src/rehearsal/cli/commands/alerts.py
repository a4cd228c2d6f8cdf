"""``alerts``: the incidents of alert policies, and what each channel was sent."""

from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.documents import Document, encode
from rehearsal.running.asking import ask


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(alerts)


def alerts(
    context: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Show incidents, oldest first, and what each notification channel was sent."""
    told = ask(state_of(context), "alerts")
    if open_only:
        told["incidents"] = [one for one in told["incidents"] if one["state"] == "OPEN"]
    if form == "json":
        click.echo(encode(told))
        return
    for incident in told["incidents"]:
        click.echo(text_of(incident))
    for policy in told["not_evaluated"]:
        click.echo(f"NOT EVALUATED {policy['displayName']}: {policy['why']}", err=True)


def text_of(incident: Document) -> str:
    """An incident in lines: what and when, then what was sent."""
    closed = f" closed {incident['closeTime']}" if incident["state"] == "CLOSED" else ""
    labels = "".join(f"\n    {name}={value}" for name, value in incident["labels"].items())
    sent = "".join(
        f"\n    sent {one['time']} to {one['to']} ({one['type']}): {one['subject']}"
        for one in incident["sent"]
    )
    return (
        f"{incident['openTime']} {incident['state']}{closed} {incident['policy']['displayName']}:"
        f" {incident['summary']}{labels}{sent}"
    )
