"""``github-token``: a token as GitHub gives one to a job, for trying who is let in."""

import shlex
from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.running.asking import ask


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("github-token")(github_token)


def github_token(
    context: typer.Context,
    repository: Annotated[str, typer.Option(help="OWNER/NAME.")],
    ref: Annotated[str, typer.Option(help="Branch or tag, in full.")] = "refs/heads/main",
    event: Annotated[str, typer.Option(help="push, pull_request, schedule ...")] = "push",
    environment: Annotated[str, typer.Option(help="The job's environment.")] = "",
    audience: Annotated[
        str,
        typer.Option(help="https://iam.googleapis.com/projects/.../providers/... for Google."),
    ] = "",
    workflow: Annotated[str, typer.Option(help="The workflow's name.")] = "deploy",
    actor: Annotated[str, typer.Option(help="Who has set it off.")] = "",
    lifetime: Annotated[float, typer.Option(help="Seconds that it is good for.")] = 300.0,
    request: Annotated[
        bool,
        typer.Option(
            "--request", help="Print the two variables by which a job's steps ask for tokens."
        ),
    ] = False,
) -> None:
    """Print a token of a job of a GitHub workflow, signed by the rehearsal's issuer."""
    job = {
        "repository": repository,
        "ref": ref,
        "event": event,
        "environment": environment,
        "workflow": workflow,
        "actor": actor,
    }
    state = state_of(context)
    if request:
        told = ask(state, "github-token/request", {"workflow": job})["variables"]
        for name, value in told.items():
            click.echo(f"export {name}={shlex.quote(value)}")
        return
    asked = {"workflow": job, "audience": audience, "lifetime_seconds": lifetime}
    click.echo(ask(state, "github-token", asked)["token"])
