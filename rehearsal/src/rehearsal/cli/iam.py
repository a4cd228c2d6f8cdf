"""``iam``: why somebody may do something, or may not."""

from collections.abc import Iterator
from typing import Annotated

import click
import msgspec
import typer

from rehearsal.cli.app import state_of
from rehearsal.documents import encode
from rehearsal.iam.why import Explanation, Grant
from rehearsal.running.asking import ask

_MOST_ROLES = 5

group = typer.Typer(help="Ask who may do what, and why.", no_args_is_help=True)


@group.command()
def why(
    context: typer.Context,
    principal: Annotated[str, typer.Argument(help="An e-mail address, or a member of a policy.")],
    permission: Annotated[str, typer.Argument(help="As run.jobs.run.")],
    resource: Annotated[str, typer.Argument(help="As an error names it, or projects/P/....")],
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Tell which bindings grant a permission, or which roles would."""
    asked = {"principal": principal, "permission": permission, "resource": resource}
    told = ask(state_of(context), "iam/why", asked)
    if form == "json":
        click.echo(encode(told))
        return
    for line in lines(msgspec.convert(told, Explanation)):
        click.echo(line)


def lines(explanation: Explanation) -> Iterator[str]:
    """An explanation for a person."""
    verdict = "may" if explanation.given else "may NOT"
    yield (
        f"{explanation.principal} {verdict} use {explanation.permission} on {explanation.resource}"
    )
    for grant in explanation.given:
        yield f"  by {_told(grant)}"
    for grant in explanation.held_back:
        yield f"  not at this moment by {_told(grant)}"
    if not explanation.given:
        yield from _remedy(explanation)


def _told(grant: Grant) -> str:
    condition = f" if {grant.condition}" if grant.condition else ""
    return f"{grant.role} on {grant.resource}{condition}"


def _remedy(explanation: Explanation) -> Iterator[str]:
    yield f"  one of these roles would do: {', '.join(explanation.roles[:_MOST_ROLES])}"
    for place in explanation.places:
        yield f"  on {place}"
